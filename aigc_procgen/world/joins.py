"""Which places are joined by roads, decided with as little of the land as possible.

Places are joined as in the relative neighbourhood graph (Toussaint 1980): two are neighbours when
no third is nearer to both. That is decided from the places around alone, keeps what is near
connected, and does not cross itself. Most pairs are ruled out by a third place that is already
known, wherever in its cell the other may lie: so most of the land around is never made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from .cache import Cache
from .places import CELL, INNER, Place

__all__ = ["MARGIN", "Edge", "Joins"]

_LONGEST = 220  # tiles between two neighbours
MARGIN = 40  # tiles around the two in which the way is looked for
_CELLS = 2  # cells between two neighbours' cells at most: three are 241 tiles or more

Cell = tuple[int, int]
Box = tuple[int, int, int, int]  # left, top, right, bottom, all included


@dataclass(frozen=True, kw_only=True)
class Edge:
    """Two neighbouring places; the cell of `start` comes first, in rows."""

    start: Place
    goal: Place

    def other(self, place: Place) -> Place:
        """The end that is not this place."""
        return self.goal if place.id == self.start.id else self.start

    def box(self) -> Box:
        """The tiles in which the road lies: left, top, right, bottom, the last two excluded."""
        one, two = self.start, self.goal
        return (
            min(one.x, two.x) - MARGIN,
            min(one.y, two.y) - MARGIN,
            max(one.x, two.x) + MARGIN + 1,
            max(one.y, two.y) + MARGIN + 1,
        )


class Joins:
    """Which places are joined. `place_at(cell)` is the place of a cell of 96 tiles, if it has one;
    `is_made(cell)` whether that can be told at once, which decides the cost alone.
    """

    def __init__(
        self,
        place_at: Callable[[Cell], Place | None],
        is_made: Callable[[Cell], bool],
        budget: int,
    ) -> None:
        self._place_at, self._is_made = place_at, is_made

        def decide(pair: tuple[Cell, Cell]) -> Edge | None:
            return self._decided(*pair)

        self._edges = Cache(decide, budget, lambda edge: 700 if edge else 400)

    def near(self, x: int, y: int, width: int, height: int) -> Iterator[Edge]:
        """Every edge whose `box` meets the region, once."""
        left, top = x // CELL, y // CELL
        inside, pairs = _pairs_near(x - left * CELL, y - top * CELL, width, height)
        # The places inside are needed in any case, and rule out most pairs that lie outside.
        for column, row in inside:
            self._place_at((left + column, top + row))
        here = x - MARGIN, y - MARGIN, x + width - 1 + MARGIN, y + height - 1 + MARGIN
        far = []
        for (column, row), (other_column, other_row) in pairs:
            pair = (left + column, top + row), (left + other_column, top + other_row)
            if self._is_made(pair[0]) and self._is_made(pair[1]):
                yield from self._met(pair, here)
            else:
                far.append(pair)
        for pair in far:
            yield from self._met(pair, here)

    def _met(self, pair: tuple[Cell, Cell], here: Box) -> Iterator[Edge]:
        edge = self._edges.get(pair)
        if edge and _meet(_hull(_point(edge.start), _point(edge.goal)), here):
            yield edge

    def of(self, place: Place) -> list[Edge]:
        """The edges of a place, those to the nearest cells first."""
        own = place.x // CELL, place.y // CELL
        found = []
        for dx, dy in _around():
            other = own[0] + dx, own[1] + dy
            pair = (own, other) if (dy, dx) > (0, 0) else (other, own)
            if edge := self._edges.get(pair):
                found.append(edge)
        return found

    def _decided(self, one: Cell, two: Cell) -> Edge | None:
        between = [
            (one[0] + dx, one[1] + dy) for dx, dy in _between(two[0] - one[0], two[1] - one[1])
        ]
        boxes = []
        for cell in (one, two):
            box = self._box(cell)
            if box is None:
                return None
            boxes.append(box)
        if boxes[0][0] != boxes[0][2] or boxes[1][0] != boxes[1][2]:
            known = [
                third
                for cell in between
                if self._is_made(cell) and (third := self._place_at(cell)) is not None
            ]
            if _is_ruled_out(boxes[0], boxes[1], known):
                return None
        start, goal = self._place_at(one), self._place_at(two)
        if start is None or goal is None:
            return None
        length = _least(_point(start), _point(goal))
        if length > _LONGEST**2:
            return None
        for cell in sorted(between, key=self._is_made, reverse=True):  # what is at hand first
            box = _inner(cell)
            if _least(box, _point(start)) >= length or _least(box, _point(goal)) >= length:
                continue
            third = self._place_at(cell)
            if (
                third is not None
                and _least(_point(third), _point(start)) < length
                and _least(_point(third), _point(goal)) < length
            ):
                return None
        return Edge(start=start, goal=goal)

    def _box(self, cell: Cell) -> Box | None:
        """Where the place of a cell lies or may lie; None if it is known to have none."""
        if not self._is_made(cell):
            return _inner(cell)
        place = self._place_at(cell)
        return _point(place) if place else None


def _is_ruled_out(one: Box, two: Box, known: list[Place]) -> bool:
    """True if places anywhere in the two boxes are too far apart or have a third between them."""
    length = _least(one, two)
    if length > _LONGEST**2:
        return True
    if two[0] == two[2]:
        one, two = two, one
    if one[0] != one[2]:
        return any(
            _most(one, _point(third)) < length and _most(two, _point(third)) < length
            for third in known
        )
    # Nearer to the third than to a point is half of the plane: a box lies in it with its corners.
    x, y = one[:2]
    corners = [
        (left, top, (x - left) ** 2 + (y - top) ** 2)
        for left in (two[0], two[2])
        for top in (two[1], two[3])
    ]
    return any(
        (third.x - x) ** 2 + (third.y - y) ** 2 < length
        and all((third.x - left) ** 2 + (third.y - top) ** 2 < far for left, top, far in corners)
        for third in known
    )


@lru_cache(maxsize=64)
def _pairs_near(
    x: int, y: int, width: int, height: int
) -> tuple[tuple[Cell, ...], tuple[tuple[Cell, Cell], ...]]:
    """For a region that begins in the cell (0, 0): the cells inside, and the pairs of cells with
    which an edge may meet it.
    """
    right, bottom = x + width - 1 + MARGIN, y + height - 1 + MARGIN
    here = (x - MARGIN, y - MARGIN, right, bottom)
    inside = [
        (column, row)
        for row in range(here[1] // CELL, bottom // CELL + 1)
        for column in range(here[0] // CELL, right // CELL + 1)
    ]
    pairs = []
    for row in range(here[1] // CELL - _CELLS, bottom // CELL + _CELLS + 1):
        for column in range(here[0] // CELL - _CELLS, right // CELL + _CELLS + 1):
            box = _inner((column, row))
            for dx, dy in _later():
                other = (column + dx, row + dy)
                if _meet(_hull(box, _inner(other)), here):
                    pairs.append(((column, row), other))
    return tuple(inside), tuple(pairs)


@cache
def _around() -> tuple[Cell, ...]:
    """From a cell to those with which its place may be joined, the nearest first."""
    steps = range(-_CELLS, _CELLS + 1)
    offsets = [(dx, dy) for dy in steps for dx in steps if dx or dy]
    return tuple(sorted(offsets, key=lambda step: (step[0] ** 2 + step[1] ** 2, step)))


@cache
def _later() -> tuple[Cell, ...]:
    """Those of `_around` that come later, in rows."""
    return tuple(step for step in _around() if (step[1], step[0]) > (0, 0))


@cache
def _between(dx: int, dy: int) -> tuple[Cell, ...]:
    """From a cell to those whose place may be nearer to both than its own and that of the cell
    (dx, dy) further are to each other; the likeliest first.
    """
    one, two = _inner((0, 0)), _inner((dx, dy))
    length = min(_most(one, two), _LONGEST**2)
    return tuple(
        sorted(
            (
                cell
                for cell in _around()
                if cell != (dx, dy)
                and _least(_inner(cell), one) < length
                and _least(_inner(cell), two) < length
            ),
            key=lambda cell: ((2 * cell[0] - dx) ** 2 + (2 * cell[1] - dy) ** 2, cell),
        )
    )


def _inner(cell: Cell) -> Box:
    """The tiles of a cell in which its place may lie."""
    left, top = cell[0] * CELL, cell[1] * CELL
    return left + INNER[0], top + INNER[0], left + INNER[1], top + INNER[1]


def _point(place: Place) -> Box:
    return place.x, place.y, place.x, place.y


def _hull(one: Box, two: Box) -> Box:
    return (
        min(one[0], two[0]),
        min(one[1], two[1]),
        max(one[2], two[2]),
        max(one[3], two[3]),
    )


def _meet(one: Box, two: Box) -> bool:
    return one[0] <= two[2] and two[0] <= one[2] and one[1] <= two[3] and two[1] <= one[3]


def _least(one: Box, two: Box) -> int:
    """The square of the least distance between points of two boxes."""
    across = max(two[0] - one[2], one[0] - two[2], 0)
    down = max(two[1] - one[3], one[1] - two[3], 0)
    return across * across + down * down


def _most(one: Box, two: Box) -> int:
    """The square of the greatest distance between points of two boxes."""
    across = max(two[2] - one[0], one[2] - two[0])
    down = max(two[3] - one[1], one[3] - two[1])
    return across * across + down * down
