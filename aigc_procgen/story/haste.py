"""Deadlines in a game's own clock, and what lateness brings.

The clock is a fact `("time", "12")`, or the argument `now`: whole units, of whatever length a game
likes. A unit is meant as the time of one walk between places, or of one deed.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from ..core.errors import InvalidArgument, check_int
from .fact_set import Facts
from .facts import Action, attempt, events
from .patterns import filled
from .planner import Plan
from .tables import load_table, require

if TYPE_CHECKING:
    from .quest_record import Quest

__all__ = ["deadline_of", "lapsed", "lapses_of", "short_of_time", "time_of"]


@cache
def _haste() -> dict[str, Any]:
    table = load_table("haste")
    for predicate, lapses in table["lapses"].items():
        for event in lapses:
            require(event[0] in events(), "haste", f"lapses.{predicate} has no event {event[0]!r}")
    return table


def time_of(facts: Facts, now: int | None = None) -> int | None:
    """The hour of the game's clock: `now`, or else what the facts say; None without a clock."""
    if now is not None:
        return check_int("now", now, -(1 << 53), 1 << 53)
    hour = next((fact[-1] for fact in facts.find("time")), None)
    if hour is None:
        return None
    if not hour.removeprefix("-").isdecimal():
        raise InvalidArgument(f"facts must tell the time as a whole number, not {hour!r}")
    return int(hour)


def deadline_of(found: Plan, facts: Facts) -> int | None:
    """The last hour at which a plan may be finished; None if it can wait."""
    if found.strategy.mood != "urgent":
        return None
    allowed = _haste()["allowed"]
    return (time_of(facts) or 0) + int(allowed["base"]) + int(allowed["step"]) * len(found.actions)


def lapses_of(found: Plan, facts: Facts, quest: str) -> tuple[Action, ...]:
    """The events that follow if a plan is not carried out in time, proven from these facts."""
    bound = {f"?{name}": value for name, value in found.roles.items()}
    kept: list[Action] = []
    for pattern in _haste()["lapses"].get(found.cause[0], []):
        event = filled(tuple(pattern), bound)
        after = attempt(event, facts)
        if after is not None:
            kept.append(event)
            facts = after
    return (*kept, ("let_down", found.roles["giver"], quest))


def short_of_time(left: int) -> bool:
    """Whether so many units are little."""
    return left <= int(_haste()["short"])


def lapsed(quest: Quest, facts: Facts, now: int | None) -> Facts:
    """The facts after what lateness brings; see `Quest.lapse`."""
    if quest.check(facts, now).state != "late":
        raise InvalidArgument(f"facts must be past the deadline of {quest.id}: ask check(facts)")
    for event in quest.lapses:
        # What the player did meanwhile may have spared somebody.
        facts = attempt(event, facts) or facts
    return facts
