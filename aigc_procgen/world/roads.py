"""Roads between places of neighbouring cells, each found from the bare land alone.

A road depends on its two places and the fields, never on chunks: whichever chunk asks first, every
chunk on its way sees the same road.
"""

from __future__ import annotations

import heapq
from functools import lru_cache

import numpy as np

from .fields import Fields
from .places import CELL, Place, Places
from .terrain import TERRAIN_INDEX

__all__ = ["Roads"]

_STEP = 4  # tiles between the points of the grid that roads are found on
_MARGIN = 40  # tiles that a road may swing out of the box of its two ends
_BUDGET = 6000  # points looked at before a road is given up
_DEEP, _SHALLOW, _LAVA, _ROCK = (
    TERRAIN_INDEX[name] for name in ("deep_water", "shallow_water", "lava", "mountain")
)
# (dx, dy, length in tenths)
_MOVES = [(1, 0, 10), (-1, 0, 10), (0, 1, 10), (0, -1, 10)]
_MOVES += [(1, 1, 14), (1, -1, 14), (-1, 1, 14), (-1, -1, 14)]

Line = tuple[tuple[int, int], ...]


class Roads:
    """The roads of a seed; each is a line of tiles, 4-connected, from middle to middle."""

    def __init__(self, fields: Fields, places: Places) -> None:
        self._fields = fields
        self._places = places
        self.between = lru_cache(maxsize=4096)(self._find)

    def near(self, x: int, y: int, width: int, height: int) -> list[Line]:
        """The roads that may cross the region, in a fixed order."""
        reach = CELL + _MARGIN
        lines = []
        for cell_y in range((y - reach) // CELL, (y + height + reach) // CELL + 1):
            for cell_x in range((x - reach) // CELL, (x + width + reach) // CELL + 1):
                here = self._places.in_cell(cell_x, cell_y)
                for other in ((cell_x + 1, cell_y), (cell_x, cell_y + 1)):
                    there = self._places.in_cell(*other)
                    if here and there and _box_meets(here, there, x, y, width, height):
                        line = self.between(here, there)
                        if line:
                            lines.append(line)
        return lines

    def _find(self, start: Place, goal: Place) -> Line:
        """The cheapest way on the coarse grid (A*), or () where the sea lies between."""
        left = min(start.x, goal.x) - _MARGIN
        top = min(start.y, goal.y) - _MARGIN
        width = (abs(start.x - goal.x) + 2 * _MARGIN) // _STEP + 2
        height = (abs(start.y - goal.y) + 2 * _MARGIN) // _STEP + 2
        land = self._fields.region(left, top, width, height, _STEP)
        extra = np.zeros((height, width), np.int64)
        extra[land.terrain == _SHALLOW] = 60
        extra[land.terrain == _ROCK] = 45
        extra[(land.terrain == _DEEP) | (land.terrain == _LAVA)] = -1
        cost, high = extra.tolist(), land.elevation.tolist()
        first = ((start.x - left) // _STEP, (start.y - top) // _STEP)
        last = ((goal.x - left) // _STEP, (goal.y - top) // _STEP)
        best = {first: 0}
        came: dict[tuple[int, int], tuple[int, int]] = {}
        heap = [(0, first)]
        seen = 0
        while heap and seen < _BUDGET:
            _, point = heapq.heappop(heap)
            seen += 1
            if point == last:
                break
            x, y = point
            for dx, dy, length in _MOVES:
                near_x, near_y = x + dx, y + dy
                if not (0 <= near_x < width and 0 <= near_y < height):
                    continue
                if cost[near_y][near_x] < 0 and (near_x, near_y) != last:
                    continue
                climb = abs(high[near_y][near_x] - high[y][x]) // 3
                total = best[point] + length + max(cost[near_y][near_x], 0) + climb
                near = (near_x, near_y)
                if total < best.get(near, 1 << 60):
                    best[near] = total
                    came[near] = point
                    guess = 10 * max(abs(near_x - last[0]), abs(near_y - last[1]))
                    heapq.heappush(heap, (total + guess, near))
        if last not in came and first != last:
            return ()
        points = [last]
        while points[-1] != first:
            points.append(came[points[-1]])
        corners = [(left + px * _STEP, top + py * _STEP) for px, py in reversed(points)]
        corners[0], corners[-1] = (start.x, start.y), (goal.x, goal.y)
        return _line(corners)


def _box_meets(a: Place, b: Place, x: int, y: int, width: int, height: int) -> bool:
    return (
        min(a.x, b.x) - _MARGIN < x + width
        and max(a.x, b.x) + _MARGIN >= x
        and min(a.y, b.y) - _MARGIN < y + height
        and max(a.y, b.y) + _MARGIN >= y
    )


def _line(corners: list[tuple[int, int]]) -> Line:
    """The tiles between the corners, each beside the one before."""
    x, y = corners[0]
    tiles = [(x, y)]
    for goal_x, goal_y in corners[1:]:
        while (x, y) != (goal_x, goal_y):
            # The longer axis first, then turns: a staircase where the way is diagonal.
            if abs(goal_x - x) >= abs(goal_y - y):
                x += 1 if goal_x > x else -1
            else:
                y += 1 if goal_y > y else -1
            tiles.append((x, y))
    return tuple(tiles)
