"""Journeys: from place to place by road, and by ship where no road leads."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from math import isqrt

from aigc_procgen.core.records import Record

from .places import Place

__all__ = ["Ferry", "Leg", "find_journey"]

_ABOARD = 40  # tiles on foot that going aboard is worth
_SEARCHED = 300  # places around either end from which roads are followed first
_BUDGET = 4000  # places looked at

Steps = Callable[[Place], Iterable[tuple[Place, int]]]
"""From a place to others, and how many tiles that is."""


@dataclass(frozen=True, kw_only=True)
class Ferry(Record):
    """A ship's way between the harbours of two places: `way` are tiles (x, y) from pier to pier,
    at most 16 tiles apart in x and in y and all in open water but the ends; `length` is in tiles.
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


def find_journey(start: Place, goal: Place, roads: Steps, lanes: Steps) -> list[Leg] | None:
    """The legs from a place to another, the shortest that is seen; None if none is found."""
    if start == goal:
        return []
    one, two = _known(start, goal, roads), _known(goal, start, roads)
    if goal.id in one or start.id in two:
        return _searched(start, goal, roads, lambda place: ())
    if len(two) < len(one):  # from an isle, ships are few
        legs = _searched(goal, start, roads, lambda place: () if place.id in one else lanes(place))
        return legs and [
            Leg(by=leg.by, places=leg.places[::-1], length=leg.length) for leg in legs[::-1]
        ]
    return _searched(start, goal, roads, lambda place: () if place.id in two else lanes(place))


def _known(place: Place, other: Place, roads: Steps) -> set[str]:
    """The ids of places that roads lead to, the nearest by road first, up to the other."""
    found = {place.id}
    queue = deque([place])
    while queue and len(found) < _SEARCHED and other.id not in found:
        for near, _ in roads(queue.popleft()):
            if near.id not in found:
                found.add(near.id)
                queue.append(near)
    return found


def _searched(start: Place, goal: Place, roads: Steps, lanes: Steps) -> list[Leg] | None:
    """A* over places (Hart, Nilsson & Raphael 1968)."""

    def left(place: Place) -> int:
        return isqrt((place.x - goal.x) ** 2 + (place.y - goal.y) ** 2)

    best = {start.id: 0}
    came: dict[str, tuple[Place, str, int]] = {}
    queue = [(left(start), start.id, start)]
    closed: set[str] = set()
    while queue and len(closed) < _BUDGET:
        _, _, place = heappop(queue)
        if place.id in closed:
            continue
        if place.id == goal.id:
            return _legs(start, place, came)
        closed.add(place.id)
        for by, ways, more in (("foot", roads, 0), ("ship", lanes, _ABOARD)):
            for other, length in ways(place):
                total = best[place.id] + length + more
                if other.id not in closed and total < best.get(other.id, total + 1):
                    best[other.id] = total
                    came[other.id] = (place, by, length)
                    heappush(queue, (total + left(other), other.id, other))
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
