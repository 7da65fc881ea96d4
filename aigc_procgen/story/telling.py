"""The words of a quest: its title, the objectives' texts and everything that is said."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256

from ..core.random import Seed, stream
from .aftermath import outcomes_of
from .deeds import deed_text, objectives_of, with_side
from .fact_set import PLAYER, Facts
from .grammar import TRANSLATED, grammar_of
from .haste import deadline_of, lapses_of
from .objectives import Line, Objective
from .planner import Plan
from .proposals import GRAMMAR, Proposer, make_writer
from .quest_record import Quest
from .rivals import Rival, rival_of
from .sides import side_of
from .strategies import strategy_of
from .tables import load_table
from .turns import count_turns
from .words import Speaker

__all__ = ["told"]

_SORTS = ("person", "place", "item", "monster")
_NAMING = ("name", "called", "proper", "article", "plural", "count", *TRANSLATED)
_DESCRIBING = (*_SORTS, *_NAMING, "kind", "role", "voice", "gender", "at")


def told(
    seed: Seed,
    facts: Facts,
    found: Plan,
    giver: str,
    index: int,
    lately: tuple[Quest, ...] = (),
    former: str = "",
    *,
    language: str,
    voice: Proposer | None = None,
) -> Quest:
    """The quest of a plan, with its words; those of quests of lately are not said again.

    `former` is who asked for it before the giver took it over.
    """
    mark = sha256(repr((found.strategy.name, found.actions, giver, index)).encode()).hexdigest()
    quest_id = f"quest:{mark[:12]}"
    deed = found.strategy.deed
    speaker = Speaker(
        seed, facts, giver, found.roles, "quest", quest_id, language=language, deed=deed
    )
    grammar, table = speaker.grammar, load_table("objectives", language)
    heard = {line.text: ago for ago, quest in enumerate(lately) for line in quest.lines}
    speaker.heard = heard
    speaker.turns = count_turns(lately, facts)
    writer = speaker.writer = make_writer(voice, language)
    because = speaker.table_line("causes", found.cause[0], index)
    if former:
        speaker.roles |= {"former": former}
        because = speaker.line("taken_over", index=index)
    ask = speaker.table_line("asks", found.strategy.name, index)
    objectives, states = objectives_of(found, facts, language)
    dice = stream(seed, "beside", quest_id)
    side = None
    if objectives and dice.chance(1, 2):
        side = side_of(found, [o.action for o in objectives], states, dice)
    rival = rival_of(found, facts, dice)
    if objectives:
        because = because or table["because"].format(deed=objectives[0].text)
        ask = ask or table["ask"].format(deed=objectives[-1].text)
    speaker.roles |= {"because": because, "ask": ask}
    lines: list[Line] = []

    def add(act: str, who: str, text: str) -> None:
        if text:
            source = writer.source_of(text) if writer else GRAMMAR
            key = f"{quest_id}.{len(lines)}"
            heard[text] = len(lately)
            lines.append(Line(key=key, speaker=who, act=act, text=text, source=source))

    mood = found.strategy.mood
    greeting = speaker.line("greet_again", index=index) if index else ""  # they have met
    if not greeting or greeting in heard:
        greeting = speaker.line("greet", index=index)
    add("greet", giver, greeting)
    add("offer", giver, speaker.line("offer", mood=mood, index=index))
    deadline = deadline_of(found, facts)
    for act in ("haste", "hurry", "late") if deadline is not None else ():
        add(act, giver, speaker.line(act, index=index))
    if rival is not None:
        speaker.roles |= {"rival": rival.person, "item": rival.item}
        add("rival", giver, speaker.line("rival", index=index))
    for act in ("accept", "refuse"):
        add(act, PLAYER, speaker.line(act, index=index, voice="player"))
    for act in ("accepted", "refused", "progress", "changed", "closed"):
        add(act, giver, speaker.line(act, mood=mood, index=index))
    _add_replies(seed, facts, found, objectives, giver, index, speaker, add)
    main = objectives
    if side is not None:
        objectives = with_side(side, main, states, language)
        if side.act:
            verb, *names = side.deeds[-1]
            topic = {"topic": names[1] if verb == "listen" else names[0]}
            other = Speaker(seed, facts, side.who, topic, side.name, index, language=language)
            other.listens_as(speaker)
            last = max(o.id for o in objectives if o.optional)
            add(f"reply {last}", side.who, other.line(side.act, index=index))
    deeds = [o for o in main if o.verb not in ("report", "listen", "stealth")] or main
    title = found.strategy.name
    if deeds:
        title = deed_text(deeds[0].action, deeds[0].place, facts, language)
    return Quest(
        id=quest_id,
        seed=seed,
        index=index,
        world=facts.digest(),
        giver=giver,
        motivation=found.strategy.motivation,
        strategy=found.strategy.name,
        because=because,
        cause=found.cause,
        roles=dict(sorted(found.roles.items())),
        title=grammar.finished(title),
        objectives=objectives,
        lines=tuple(lines),
        rewards={"coins": 5 + 5 * len(main)},
        outcomes=outcomes_of(found, found.actions, _marks(objectives, found), facts),
        proof=found.actions,
        named=_named(facts, found, {giver, former}, objectives, lines, rival, language),
        language=language,
        deadline=deadline,
        lapses=lapses_of(found, facts, quest_id) if deadline is not None else (),
        rival=rival,
    )


def _marks(objectives: tuple[Objective, ...], found: Plan) -> tuple[str, ...]:
    """How the plan's own way looks to others."""
    return next((o.marks for o in objectives if o.any_of), found.strategy.marks)


def _named(
    facts: Facts,
    found: Plan,
    askers: set[str],
    objectives: tuple[Objective, ...],
    lines: list[Line],
    rival: Rival | None,
    language: str,
) -> tuple[tuple[str, ...], ...]:
    """The describing facts of all that a quest speaks of, sorted."""
    about = {*askers, *found.roles.values(), *found.cause[1:], *(line.speaker for line in lines)}
    if rival is not None:
        about |= {rival.person, rival.item, *rival.reason[1:]}
    ways = [step for o in objectives for other in o.any_of for step in other.objectives]
    for objective in (*objectives, *ways):
        about |= {*objective.action[1:], objective.target, objective.place}
    about |= {facts.place_of(entity) or "" for entity in about}
    told = facts.about(sorted(about), _DESCRIBING)
    kept = grammar_of(language).kept(facts, sorted(about), Facts(told))
    return tuple(sorted({*told, *kept}))


def _add_replies(
    seed: Seed,
    facts: Facts,
    found: Plan,
    objectives: tuple[Objective, ...],
    giver: str,
    index: int,
    first: Speaker,
    add: Callable[[str, str, str], None],
) -> None:
    """What is said while the deeds are done: answers to questions, thanks for what is brought.

    `first` is who spoke before.
    """
    language = first.language
    last = objectives[-1].id if objectives else ""
    rows = [(objective, objective.id == last) for objective in objectives]
    for other in (other for objective in objectives for other in objective.any_of):
        rows += [(step, False) for step in other.objectives[:-1]]
        rows.append((other.objectives[-1], other.until == last))
    for objective, ends in rows:
        verb, *names = objective.action
        person = names[-1] if verb in ("give", "exchange") else names[0]
        if verb not in ("listen", "report", "give") or ("person", person) not in facts:
            continue
        told_of, roles, deed, mood = facts, {"asker": giver}, "", found.strategy.mood
        if verb == "listen":
            act = "tell_self" if names[1] == person else "tell"
            roles["topic"] = names[1]
            told_of = facts.change(remove=[("secret", names[1])])  # no more, once it is told
        elif ends or person == giver:
            act, deed, roles = "thanks", found.strategy.deed, found.roles
        elif verb == "give":
            act, roles["topic"] = "receive", names[0]
        else:
            act = "thanks"
            for errand in found.errands:
                if errand.giver == person:
                    deed, roles = strategy_of(errand.strategy).deed, errand.roles
        speaker = Speaker(
            seed, told_of, person, roles, objective.id, index, language=language, deed=deed
        )
        speaker.listens_as(first)
        text = speaker.line(act, mood=mood, index=index)
        if verb == "listen":  # to somebody who has nothing to say of it
            text = text or speaker.line("tell_self", index=index)
        add(f"reply {objective.id}", person, text)
    marks = {mark for o in objectives if o.any_of for mark in o.marks[:1]}
    marks |= {mark for o in objectives for other in o.any_of for mark in other.marks[:1]}
    speaker = Speaker(
        seed,
        facts,
        giver,
        found.roles,
        "thanks",
        index,
        language=language,
        deed=found.strategy.deed,
    )
    speaker.listens_as(first)
    for mark in sorted(marks):
        add(f"thanks {mark}", giver, speaker.line(f"thanks_{mark}", index=index))
