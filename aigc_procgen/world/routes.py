"""Ways on foot: A* over tiles (Hart, Nilsson & Raphael, 1968), inside a box that bounds it."""

from __future__ import annotations

import heapq
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.errors import InvalidArgument

__all__ = ["find"]

_MARGIN = 64  # tiles that a way may swing out of the box of its ends
_LONGEST = 2048  # tiles between the ends, along either axis


class _Walkable(Protocol):
    def walkable_region(self, x: int, y: int, width: int, height: int) -> NDArray[np.bool_]: ...


def find(
    land: _Walkable, start: tuple[int, int], goal: tuple[int, int]
) -> NDArray[np.int64] | None:
    """The shortest 4-connected way, int64 [n, 2] as (x, y) with both ends, or None."""
    for name, point in (("start", start), ("goal", goal)):
        if len(point) != 2:
            raise InvalidArgument(f"{name} must be a tile (x, y), not {point!r}")
    (start_x, start_y), (goal_x, goal_y) = start, goal
    if max(abs(start_x - goal_x), abs(start_y - goal_y)) > _LONGEST:
        raise InvalidArgument(
            f"goal must lie within {_LONGEST} tiles of start, not at {goal!r} from {start!r}: "
            f"walk there by way of places between"
        )
    left, top = min(start_x, goal_x) - _MARGIN, min(start_y, goal_y) - _MARGIN
    width, height = abs(start_x - goal_x) + 2 * _MARGIN + 1, abs(start_y - goal_y) + 2 * _MARGIN + 1
    # A blocked frame of one tile spares the search every test for the edge.
    free = np.zeros((height + 2, width + 2), bool)
    free[1:-1, 1:-1] = land.walkable_region(left, top, width, height)
    row = width + 2
    first = (start_y - top + 1) * row + start_x - left + 1
    last = (goal_y - top + 1) * row + goal_x - left + 1
    cells = free.ravel().tolist()
    if not (cells[first] and cells[last]):
        return None
    last_y, last_x = divmod(last, row)
    came = {first: first}
    cost = {first: 0}
    heap = [(0, 0, first)]
    while heap:
        _, _, point = heapq.heappop(heap)
        if point == last:
            break
        step = cost[point] + 1
        for near in (point + 1, point - 1, point + row, point - row):
            if cells[near] and step < cost.get(near, 1 << 60):
                cost[near] = step
                came[near] = point
                y, x = divmod(near, row)
                guess = abs(x - last_x) + abs(y - last_y)
                # Of equal sums the one nearer to the goal first: fewer tiles are looked at.
                heapq.heappush(heap, (step + guess, guess, near))
    if last not in came:
        return None
    tiles = [last]
    while tiles[-1] != first:
        tiles.append(came[tiles[-1]])
    ys, xs = np.divmod(np.array(tiles[::-1], np.int64), row)
    return np.stack([xs + left - 1, ys + top - 1], 1)
