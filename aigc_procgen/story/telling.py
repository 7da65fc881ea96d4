"""The words of a quest: its title, the objectives' texts and everything that is said."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256

from ..core.random import Seed, stream
from .aftermath import outcomes_of
from .fact_set import PLAYER, Fact, Facts
from .facts import Action, done_facts, station, target_of, traces
from .grammar import TRANSLATED, grammar_of
from .haste import deadline_of, lapses_of
from .objectives import Alternative, Line, Objective
from .planner import Plan
from .progress import steps_of, walk
from .proposals import GRAMMAR, Proposer, Writer, make_writer
from .quest_record import Quest
from .rivals import Rival, rival_of
from .sides import Side, side_of
from .tables import load_table
from .words import Speaker

__all__ = ["told"]

_SORTS = ("person", "place", "item", "monster")
_NAMING = ("name", "called", "proper", "article", "plural", "count", *TRANSLATED)
_ORDINARY = ("give", "listen", "read", "report", "take")  # deeds of any way
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
    speaker = Speaker(seed, facts, giver, found.roles, "quest", quest_id, language=language)
    grammar, table = speaker.grammar, load_table("objectives", language)
    heard = {line.text: ago for ago, quest in enumerate(lately) for line in quest.lines}
    speaker.heard = heard
    writer = speaker.writer = make_writer(voice, language)
    because = speaker.table_line("causes", found.cause[0], index)
    if former:
        speaker.roles |= {"former": former}
        because = speaker.line("taken_over", index=index)
    ask = speaker.table_line("asks", found.strategy.name, index)
    objectives, states = _objectives(found, facts, language)
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
            lines.append(Line(key=key, speaker=who, act=act, text=text, source=source))

    mood = found.strategy.mood
    add("greet", giver, speaker.line("greet", index=index))
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
    _add_replies(seed, facts, found, objectives, giver, index, heard, add, language, writer)
    main = objectives
    if side is not None:
        objectives = _beside(side, main, states, language)
        if side.act:
            other = Speaker(seed, facts, side.who, {}, side.name, index, language=language)
            other.heard, other.writer = heard, writer
            last = max(o.id for o in objectives if o.optional)
            add(f"reply {last}", side.who, other.line(side.act, index=index))
    deeds = [o for o in main if o.verb not in ("report", "listen", "stealth")] or main
    title = found.strategy.name
    if deeds:
        title = _deed(deeds[0].action, deeds[0].place, facts, language)
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
    told = [
        fact
        for entity in about
        for predicate in _DESCRIBING
        for fact in facts.find(predicate, entity)
    ]
    kept = grammar_of(language).kept(facts, sorted(about), Facts(told))
    return tuple(sorted({*told, *kept}))


def _deed(action: Action, place: str, facts: Facts, language: str) -> str:
    """What an action asks the player to do, without saying where."""
    grammar, table = grammar_of(language), load_table("objectives", language)
    verb, *entities = action
    sort = "place" if ("place", entities[-1]) in facts else ""
    if len(entities) == 2 and entities[0] == entities[1]:
        sort = "itself"
    template = table.get(f"{verb}_{sort}", table[verb])
    names = [grammar.phrase(facts, entity, "the") for entity in entities]
    return str(template.format(*names, place=grammar.phrase(facts, place, "")))


def _described(
    actions: Sequence[Action], states: Sequence[Facts], name: str, language: str
) -> tuple[list[Objective], list[Facts]]:
    """The objectives `name`0, 1… of the deeds among some actions, and the facts before each and
    after the last; `states` are those of all the actions.
    """
    objectives: list[Objective] = []
    before: list[Facts] = []
    grammar, table = grammar_of(language), load_table("objectives", language)
    for action, facts in zip(actions, states, strict=False):
        if action[0] == "goto":
            continue
        before.append(facts)
        place = station(action, facts) or facts.place_of(PLAYER) or ""
        inside = place if _below(action, place, facts) else ""
        text = _deed(action, place, facts, language)
        away = grammar.phrase(facts, place, "") if facts.value("name", place) else ""
        if away and away not in text:
            text = table["below" if inside else "at"].format(deed=text, place=away)
        target = target_of(action)
        objectives.append(
            Objective(
                id=f"{name}{len(objectives)}",
                verb=action[0],
                target=target,
                place=place,
                count=int(facts.value("count", target, "1")),
                after=(objectives[-1].id,) if objectives else (),
                action=action,
                done_when=done_facts(action),
                text=grammar.finished(text),
                inside=inside,
            )
        )
    return objectives, [*before, states[-1]]


def _below(action: Action, place: str, facts: Facts) -> bool:
    """Whether the thing of the action lies in what is under the place."""
    return (
        action[0] == "take"
        and ("at", action[1], place) in facts
        and facts.value("kind", place) in load_table("things")["deep"]
    )


def _objectives(
    found: Plan, facts: Facts, language: str
) -> tuple[tuple[Objective, ...], list[Facts]]:
    """The plan's deeds without the ways between them, each with the facts of its own turn, and
    with the other ways that are proven to lead to the same end.
    """
    objectives, states = _described(found.actions, found.states, "o", language)
    marks: set[tuple[int, tuple[str, ...]]] = set()
    for detour in found.detours:
        first = sum(action[0] != "goto" for action in found.actions[: detour.first])
        last = first + sum(
            action[0] != "goto" for action in found.actions[detour.first : detour.last]
        )
        deeds = [action for action in detour.actions if action[0] != "goto"]
        # What both ways have in common is no other way.
        while last > first and deeds and objectives[last - 1].action == deeds[-1]:
            last, deeds = last - 1, deeds[:-1]
        while last > first and deeds and objectives[first].action == deeds[0]:
            first, deeds = first + 1, deeds[1:]
        if last == first or not deeds or (first, detour.marks) in marks:
            continue
        before = states[first]
        rest = [objective.action for objective in objectives[last:]]
        if all(fact in before for fact in done_facts(deeds[-1])):
            continue
        gone = steps_of(deeds, before)
        if gone is None or walk(rest, gone[1][-1]) is None:
            continue
        letter = "abcdefgh"[len(objectives[first].any_of)]
        steps, _ = _described(*gone, f"o{first}{letter}", language)
        marks.add((first, detour.marks))
        own = objectives[first]
        objectives[first] = replace(
            own,
            marks=detour.instead,
            traces=_traces([o.action for o in objectives[first:last]]),
            any_of=(
                *own.any_of,
                Alternative(
                    name=detour.name,
                    marks=detour.marks,
                    until=objectives[last - 1].id,
                    objectives=tuple(steps),
                    traces=_traces(deeds),
                    outcomes=outcomes_of(found, deeds, detour.marks, facts),
                ),
            ),
        )
    return tuple(objectives), states


def _beside(
    side: Side, main: tuple[Objective, ...], states: Sequence[Facts], language: str
) -> tuple[Objective, ...]:
    """The objectives with those of a side branch in their place among them."""
    gone = steps_of(side.deeds, states[side.before])
    assert gone is not None, "a side branch is proven when it is found"
    steps, _ = _described(*gone, "s", language)
    before = main[: side.before]
    after = (before[-1].id,) if before else ()
    optional = [replace(step, optional=True, after=step.after or after) for step in steps]
    optional[-1] = replace(optional[-1], reward=side.reward)
    return (*before, *optional, *main[side.before :])


def _traces(deeds: Sequence[Action]) -> tuple[Fact, ...]:
    """What still tells long after that somebody did these deeds: the last telling one shows."""
    telling = [action for action in deeds if action[0] not in _ORDINARY and traces(action)]
    return traces((telling or list(deeds))[-1])


def _add_replies(
    seed: Seed,
    facts: Facts,
    found: Plan,
    objectives: tuple[Objective, ...],
    giver: str,
    index: int,
    heard: Mapping[str, int],
    add: Callable[[str, str, str], None],
    language: str,
    writer: Writer | None,
) -> None:
    """What is said while the deeds are done: answers to questions, thanks for what is brought."""
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
        topic = names[1] if verb == "listen" else names[0]
        speaker = Speaker(
            seed, facts, person, {"topic": topic}, objective.id, index, language=language
        )
        speaker.heard, speaker.writer = heard, writer
        if verb == "listen":
            act = "tell_self" if names[1] == person else "tell"
            text = speaker.line(act, index=index) or speaker.line("tell_self", index=index)
        else:
            mood = found.strategy.mood
            text = speaker.line(
                "thanks" if ends or person == giver else "receive", mood=mood, index=index
            )
        add(f"reply {objective.id}", person, text)
    marks = {mark for o in objectives if o.any_of for mark in o.marks[:1]}
    marks |= {mark for o in objectives for other in o.any_of for mark in other.marks[:1]}
    speaker = Speaker(seed, facts, giver, found.roles, "thanks", index, language=language)
    speaker.heard, speaker.writer = heard, writer
    for mark in sorted(marks):
        add(f"thanks {mark}", giver, speaker.line(f"thanks_{mark}", index=index))
