"""What may be done on the way of a quest and need not be: a witness, a kindness, a find."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice

from ..core.random import Stream
from .fact_set import PLAYER, Facts
from .facts import Action, verbs
from .patterns import Pattern, filled, patterns_of, solve
from .planner import Plan
from .progress import walk
from .tables import load_table, require

__all__ = ["Side", "side_of"]

_STAGES = 2  # places of a quest that are looked at
_SOLUTIONS = 2
_TRIES = 2


@dataclass(frozen=True, kw_only=True)
class Side:
    """Deeds beside a plan, before its deed number `before`; `who` then says a line of `act`."""

    name: str
    before: int
    deeds: tuple[Action, ...]
    reward: int
    act: str
    who: str


@dataclass(frozen=True, kw_only=True)
class _Sort:
    name: str
    weight: int
    reward: int
    act: str
    where: tuple[Pattern, ...]
    steps: tuple[Pattern, ...]


@cache
def _sorts() -> tuple[_Sort, ...]:
    found = []
    for name, entry in load_table("sides").items():
        if name == "about":
            continue
        steps = patterns_of("sides", f"{name}.steps", entry["steps"])
        for step in steps:
            require(step[0] in verbs(), "sides", f"{name} has no step {step[0]!r}")
        found.append(
            _Sort(
                name=name,
                weight=int(entry["weight"]),
                reward=int(entry["reward"]),
                act=str(entry["act"]),
                where=patterns_of("sides", f"{name}.where", entry["where"]),
                steps=steps,
            )
        )
    return tuple(found)


def side_of(
    found: Plan, deeds: Sequence[Action], states: Sequence[Facts], dice: Stream
) -> Side | None:
    """A side branch of a plan, proven to be legal there and to leave the rest legal, or None.

    `states` are the facts before each deed, and one more for the end.
    """
    giver = found.roles["giver"]
    topics = sorted({value for value in found.roles.values() if value != giver})
    stages: dict[str, int] = {}
    for number in range(len(deeds)):
        stages.setdefault(states[number].place_of(PLAYER) or "", number)
    sorts, tries = list(_sorts()), 0
    while sorts and tries < _TRIES:
        picked = dice.weighted(range(len(sorts)), [sort.weight for sort in sorts])
        sort = sorts.pop(picked)
        asked = any("?topic" in pattern for pattern in sort.where)
        busy = _busy(deeds, asked)
        for place, number in [*stages.items()][:_STAGES]:
            bound = {"?place": place, "?giver": giver}
            for extra in [{"?topic": topic} for topic in topics] if asked else [{}]:
                for known in islice(solve(sort.where, states[number], bound | extra), _SOLUTIONS):
                    steps = tuple(filled(step, known) for step in sort.steps)
                    if {part for step in steps for part in step[1:]} & busy:
                        continue
                    tries += 1
                    if walk([*steps, *deeds[number:]], states[number]) is not None:
                        return Side(
                            name=sort.name,
                            before=number,
                            deeds=steps,
                            reward=sort.reward,
                            act=sort.act,
                            who=known.get("?who", ""),
                        )
    return None


def _busy(deeds: Sequence[Action], asked: bool) -> set[str]:
    """What the plan's own deeds handle; a witness may well speak of it."""
    if asked:
        return {action[1] for action in deeds if action[0] == "listen"}
    return {part for action in deeds for part in action[1:]}
