"""What a plan asks the player to do: its deeds as objectives, each with its text and its turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .aftermath import outcomes_of
from .fact_set import PLAYER, Fact, Facts
from .facts import Action, done_facts, station, target_of, traces
from .grammar import grammar_of
from .objectives import Alternative, Objective
from .planner import Plan
from .progress import steps_of, walk
from .sides import Side
from .tables import load_table

__all__ = ["deed_text", "objectives_of", "with_side"]

_ORDINARY = ("give", "listen", "read", "report", "take")  # deeds of any way


def deed_text(action: Action, place: str, facts: Facts, language: str) -> str:
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
        text = deed_text(action, place, facts, language)
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


def objectives_of(
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


def with_side(
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
