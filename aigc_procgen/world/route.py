"""The way from one tile to another, over whatever can be walked on."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray

from .chunk import CHUNK, Chunk
from .terrain import TERRAINS

__all__ = ["find_route"]

_SLOW = ("shallow_water", "swamp", "ice", "ash")
_FAST = ("dirt", "cobblestone", "stone_floor")
_COST = np.array([3 if name in _FAST else 9 if name in _SLOW else 4 for name in TERRAINS], np.uint8)
_POCKET = 3000  # tiles around the goal, tried first: most unreachable goals are shut in
_MOVES = ((0, -1), (-1, 0), (1, 0), (0, 1))


def find_route(
    chunk: Callable[[int, int], Chunk],
    start: tuple[int, int],
    goal: tuple[int, int],
    budget: int,
) -> NDArray[np.int64] | None:
    """Walkable tiles from start to goal, int64 [n, 2] as (x, y), each beside the one before.

    A* with a heuristic of ground's usual cost (Hart, Nilsson & Raphael 1968): it may pass over
    a somewhat shorter way by road. None if there is no way within `budget` tiles looked at.
    """
    costs: dict[tuple[int, int], bytes] = {}

    def cost(x: int, y: int) -> int:
        """0 where nobody can walk."""
        place = (x // CHUNK, y // CHUNK)
        if place not in costs:
            here = chunk(*place)
            costs[place] = (_COST[here.terrain] * here.walkable).tobytes()
        return costs[place][(y % CHUNK) * CHUNK + x % CHUNK]

    if not cost(*start) or not cost(*goal):
        return None
    if _is_shut_in(cost, goal, start):
        return None
    far = abs(start[0] - goal[0]) + abs(start[1] - goal[1])
    queue = [(4 * far, 0, start)]
    best = {start: 0}
    came: dict[tuple[int, int], tuple[int, int]] = {}
    closed: set[tuple[int, int]] = set()
    while queue and len(closed) < budget:
        _, _, tile = heappop(queue)
        if tile == goal:
            way = [tile]
            while way[-1] != start:
                way.append(came[way[-1]])
            return np.array(way[::-1], np.int64)
        if tile in closed:
            continue
        closed.add(tile)
        x, y = tile
        so_far = best[tile]
        for dx, dy in _MOVES:
            other = (x + dx, y + dy)
            if other in closed:
                continue
            step = cost(*other)
            if not step:
                continue
            total = so_far + step
            if total < best.get(other, total + 1):
                best[other] = total
                came[other] = tile
                left = abs(other[0] - goal[0]) + abs(other[1] - goal[1])
                # Of equals, the one that has come farther: open land is crossed without fanning.
                heappush(queue, (total + 4 * left, -total, other))
    return None


def _is_shut_in(
    cost: Callable[[int, int], int], goal: tuple[int, int], start: tuple[int, int]
) -> bool:
    """True if all that can be walked to from the goal is a small pocket without the start."""
    seen = {goal}
    queue = deque([goal])
    while queue:
        x, y = queue.popleft()
        for dx, dy in _MOVES:
            other = (x + dx, y + dy)
            if other not in seen and cost(*other):
                seen.add(other)
                queue.append(other)
        if start in seen or len(seen) > _POCKET:
            return False
    return True
