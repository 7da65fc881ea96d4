"""Journeys: from place to place by road, and by ship where no road leads."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from math import isqrt
from typing import NamedTuple

from aigc_procgen.core.records import Record

from .places import Place

__all__ = ["ABOARD", "Ferry", "Leg", "Step", "find_journey", "tiles_between"]

ABOARD = 40  # tiles on foot that going aboard is worth
_SEARCHED = 300  # places around either end from which roads are followed first
_BUDGET = 4000  # places looked at


class Step(NamedTuple):
    """From a place to the next: how many tiles that is, and what it costs, which is no less than
    the places lie apart.
    """

    place: Place
    length: int
    cost: int


Steps = Callable[[Place], Iterable[Step]]
Far = Callable[[Place, Place], int]
"""How many tiles two places lie apart, rounded down."""


def tiles_between(across: int, down: int) -> int:
    """The length of a way as the crow flies, in tiles rounded up: no detour is shorter."""
    square = across * across + down * down
    return isqrt(square - 1) + 1 if square else 0


@dataclass(frozen=True, kw_only=True)
class Ferry(Record):
    """A ship's way between the harbours of two places: `way` are tiles (x, y) from pier to pier,
    at most 16 tiles apart in x and in y and all in open water but the ends; `length` is its tiles,
    the same there and back. Between places that share a pier no ship sails.
    """

    start: Place
    goal: Place
    length: int
    way: tuple[tuple[int, int], ...] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Leg(Record):
    """A part of a journey: `by` is "foot" or "ship".

    On foot `places` are those that the roads lead through, start and goal among them; by ship they
    are the two whose harbours it sails between. `length` is in tiles, on foot as the crow flies
    from place to place.
    """

    by: str
    places: tuple[Place, ...]
    length: int


def find_journey(
    start: Place, goal: Place, roads: Steps, lanes: Steps, far: Far
) -> list[Leg] | None:
    """The legs from a place to another; None if none is found within `_BUDGET` places looked at.

    Where roads alone lead there, as far as they are followed from either end, it is the shortest
    way on foot. Else it is the cheapest over roads and ferries, but for ferries that nobody needs:
    from places whence roads lead to the goal, and to places whither roads lead from the start.
    """
    if start == goal:
        return []
    one, two = _known(start, goal, roads), _known(goal, start, roads)
    if goal.id in one or start.id in two:
        return _searched(start, goal, roads, lambda place: (), far)

    def needed(own: set[str], others: set[str]) -> Steps:
        def steps(place: Place) -> Iterable[Step]:
            if place.id not in others:
                yield from (step for step in lanes(place) if step.place.id not in own)

        return steps

    if len(two) < len(one):  # from an isle, ships are few
        legs = _searched(goal, start, roads, needed(two, one), far)
        return legs and [
            Leg(by=leg.by, places=leg.places[::-1], length=leg.length) for leg in legs[::-1]
        ]
    return _searched(start, goal, roads, needed(one, two), far)


def _known(place: Place, other: Place, roads: Steps) -> set[str]:
    """The ids of places that roads lead to, the nearest by road first, up to the other."""
    found = {place.id}
    queue = deque([place])
    while queue and len(found) < _SEARCHED and other.id not in found:
        for near, _, _ in roads(queue.popleft()):
            if near.id not in found:
                found.add(near.id)
                queue.append(near)
    return found


def _searched(start: Place, goal: Place, roads: Steps, lanes: Steps, far: Far) -> list[Leg] | None:
    """A* over places (Hart, Nilsson & Raphael 1968). No step costs less than it brings nearer, so
    what is found is the cheapest.
    """
    best = {start.id: 0}
    came: dict[str, tuple[Place, str, int]] = {}
    queue = [(far(start, goal), start.id, start)]
    closed: set[str] = set()
    while queue and len(closed) < _BUDGET:
        _, _, place = heappop(queue)
        if place.id in closed:
            continue
        if place.id == goal.id:
            return _legs(start, place, came)
        closed.add(place.id)
        for by, ways in (("foot", roads), ("ship", lanes)):
            for other, length, cost in ways(place):
                total = best[place.id] + cost
                if other.id not in closed and total < best.get(other.id, total + 1):
                    best[other.id] = total
                    came[other.id] = (place, by, length)
                    heappush(queue, (total + far(other, goal), other.id, other))
    return None


def _legs(start: Place, goal: Place, came: dict[str, tuple[Place, str, int]]) -> list[Leg]:
    """What lies between, stretches on foot as one."""
    legs: list[Leg] = []
    place = goal
    while place.id != start.id:
        before, by, length = came[place.id]
        if legs and by == legs[-1].by == "foot":
            last = legs.pop()
            legs.append(Leg(by=by, places=(before, *last.places), length=length + last.length))
        else:
            legs.append(Leg(by=by, places=(before, place), length=length))
        place = before
    return legs[::-1]
