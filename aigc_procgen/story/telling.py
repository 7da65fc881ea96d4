"""The words of a quest: its title, the objectives' texts and everything that is said."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256

from ..core.random import Seed
from .fact_set import PLAYER, Facts
from .facts import Action, apply, done_facts, station, target_of
from .objectives import Line, Objective
from .planner import Plan
from .quest_record import Quest
from .words import Speaker, phrase, sentence_case

__all__ = ["told"]

_SORTS = ("person", "place", "item", "monster")
_NAMING = ("name", "called", "proper", "article", "plural", "count")
_DESCRIBING = (*_SORTS, *_NAMING, "kind", "role", "voice", "gender", "at")
# What an objective tells the player, by verb; {0} and {1} are the action's entities.
_OBJECTIVES = {
    "explore": "search {place}",
    "listen": "hear {0} out",
    "report": "tell {0}",
    "take": "take {0}",
    "gather": "gather {0}",
    "give": "give {0} to {1}",
    "exchange": "trade {0} for {1} with {2}",
    "kill": "put an end to {0}",
    "damage": "beat {0} in a fight",
    "capture": "lead {0} away",
    "escort": "free {0}",
    "use": "use {0} on {1}",
    "repair": "mend {0}",
    "defend": "stand guard over {0}",
    "experiment": "try out {0}",
    "read": "read {0}",
    "spy": "watch {0} unseen",
    "stealth": "get close to {0} unseen",
}


def told(
    seed: Seed,
    facts: Facts,
    found: Plan,
    giver: str,
    index: int,
    lately: tuple[Quest, ...] = (),
) -> Quest:
    """The quest of a plan, with its words; those of quests of lately are not said again."""
    mark = sha256(repr((found.strategy.name, found.actions, giver, index)).encode()).hexdigest()
    quest_id = f"quest:{mark[:12]}"
    speaker = Speaker(seed, facts, giver, found.roles, "quest", quest_id)
    speaker.heard = frozenset(line.text for quest in lately for line in quest.lines)
    because = speaker.table_line("causes", found.cause[0], index)
    ask = speaker.table_line("asks", found.strategy.name, index)
    objectives = _objectives(found, facts)
    if not because:
        because = (
            f"It matters to me that somebody should {objectives[0].text}." if objectives else ""
        )
    ask = ask or (sentence_case(objectives[-1].text) + "." if objectives else "")
    speaker.roles |= {"because": because, "ask": ask}
    lines: list[Line] = []

    def add(act: str, who: str, text: str) -> None:
        if text:
            lines.append(Line(key=f"{quest_id}.{len(lines)}", speaker=who, act=act, text=text))

    mood = found.strategy.mood
    add("greet", giver, speaker.line("greet", index=index))
    add("offer", giver, speaker.line("offer", mood=mood, index=index))
    for act in ("accept", "refuse"):
        add(act, PLAYER, speaker.line(act, index=index, voice="player"))
    for act in ("accepted", "refused", "progress", "changed", "closed"):
        add(act, giver, speaker.line(act, mood=mood, index=index))
    _add_replies(seed, facts, found, objectives, giver, index, add)
    deeds = [o for o in objectives if o.verb not in ("report", "listen", "stealth")] or objectives
    title = _deed(deeds[0].action, deeds[0].place, facts) if deeds else found.strategy.name
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
        title=sentence_case(title),
        objectives=objectives,
        lines=tuple(lines),
        rewards={"coins": 5 + 5 * len(objectives)},
        outcomes=tuple(
            (person, "grateful" if person == giver else "affected")
            for person in sorted({giver, *found.roles.values()})
            if ("person", person) in facts
        ),
        proof=found.actions,
        named=_named(facts, found, giver, objectives, lines),
    )


def _named(
    facts: Facts,
    found: Plan,
    giver: str,
    objectives: tuple[Objective, ...],
    lines: list[Line],
) -> tuple[tuple[str, ...], ...]:
    """The describing facts of all that a quest speaks of, sorted."""
    about = {giver, *found.roles.values(), *found.cause[1:], *(line.speaker for line in lines)}
    for objective in objectives:
        about |= {*objective.action[1:], objective.target, objective.place}
    about |= {facts.place_of(entity) or "" for entity in about}
    return tuple(
        sorted(
            fact
            for entity in about
            for predicate in _DESCRIBING
            for fact in facts.find(predicate, entity)
        )
    )


def _deed(action: Action, place: str, facts: Facts) -> str:
    """What an action asks the player to do, without saying where."""
    names = [phrase(facts, entity) for entity in action[1:]]
    return _OBJECTIVES[action[0]].format(*names, place=facts.value("name", place, place))


def _objectives(found: Plan, facts: Facts) -> tuple[Objective, ...]:
    """The plan's deeds without the ways between them, each with the facts of its own turn."""
    objectives: list[Objective] = []
    for action in found.actions:
        if action[0] != "goto":
            place = station(action, facts) or facts.place_of(PLAYER) or ""
            text = _deed(action, place, facts)
            away = facts.value("name", place)
            if away and away not in text:
                text += f", at {away}"
            target = target_of(action)
            objectives.append(
                Objective(
                    id=f"o{len(objectives)}",
                    verb=action[0],
                    target=target,
                    place=place,
                    count=int(facts.value("count", target, "1")),
                    after=(objectives[-1].id,) if objectives else (),
                    action=action,
                    done_when=done_facts(action),
                    text=sentence_case(text),
                )
            )
        facts = apply(action, facts)
    return tuple(objectives)


def _add_replies(
    seed: Seed,
    facts: Facts,
    found: Plan,
    objectives: tuple[Objective, ...],
    giver: str,
    index: int,
    add: Callable[[str, str, str], None],
) -> None:
    """What is said while the deeds are done: answers to questions, thanks for what is brought."""
    for number, objective in enumerate(objectives):
        verb, *names = objective.action
        person = names[-1] if verb in ("give", "exchange") else names[0]
        if verb not in ("listen", "report", "give") or ("person", person) not in facts:
            continue
        topic = names[1] if verb == "listen" else names[0]
        speaker = Speaker(seed, facts, person, {"topic": topic}, objective.id, index)
        last = number == len(objectives) - 1
        if verb == "listen":
            act = "tell_self" if names[1] == person else "tell"
            text = speaker.line(act, index=index) or speaker.line("tell_self", index=index)
        else:
            mood = found.strategy.mood
            text = speaker.line(
                "thanks" if last or person == giver else "receive", mood=mood, index=index
            )
        add(f"reply {objective.id}", person, text)
