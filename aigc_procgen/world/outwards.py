"""Places from a tile outwards, the nearest first, with no more of the land made than that takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from heapq import heappop, heappush

from .places import DISTRICT, INNER, Place

__all__ = ["RINGS", "outwards"]

RINGS = 24  # of districts around the tile's own: over 9000 tiles

Squared = int


def outwards(
    places_of: Callable[[int, int], Iterable[Place]],
    x: int,
    y: int,
    reach: int = (RINGS + 1) * DISTRICT,
) -> Iterator[tuple[Squared, Place]]:
    """The square of its distance and each place, of two at one distance the one whose id is first.

    `places_of(dx, dy)` gives the places of a district; it is asked when one of them may be next.
    None that is farther than `reach` tiles is found.
    """
    waiting: list[tuple[Squared, tuple[int, int]]] = []  # districts, by where their land begins
    found: list[tuple[Squared, str, Place]] = []
    ring = 0
    while True:
        # A ring's districts lie at least this far off, and all of them must be in line by then.
        while ring <= RINGS and (not waiting or waiting[0][0] >= _least(ring)):
            for dx, dy in _ring(x // DISTRICT, y // DISTRICT, ring):
                heappush(waiting, (_gap(dx, dy, x, y), (dx, dy)))
            ring += 1
        if found and (not waiting or found[0][0] < waiting[0][0]):
            far, _, place = heappop(found)
            if far > reach * reach:
                return
            yield far, place
        elif waiting and waiting[0][0] <= reach * reach:
            for place in places_of(*heappop(waiting)[1]):
                heappush(found, ((place.x - x) ** 2 + (place.y - y) ** 2, place.id, place))
        else:
            return


def _least(ring: int) -> Squared:
    return ((ring - 1) * DISTRICT + INNER[0]) ** 2 if ring else 0


def _gap(dx: int, dy: int, x: int, y: int) -> Squared:
    """The square of the distance to the nearest tile of a district where a place may lie."""
    gaps = []
    for index, at in ((dx, x), (dy, y)):
        first = index * DISTRICT + INNER[0]
        last = (index + 1) * DISTRICT - 1 - INNER[0]
        gaps.append(max(first - at, 0, at - last))
    return gaps[0] ** 2 + gaps[1] ** 2


def _ring(x: int, y: int, ring: int) -> list[tuple[int, int]]:
    """The districts at exactly that many steps from (x, y), king's moves."""
    around = range(-ring, ring + 1)
    return [(x + dx, y + dy) for dy in around for dx in around if max(abs(dx), abs(dy)) == ring]
