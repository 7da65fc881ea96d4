"""Distances over the tiles of a dungeon that is being made: flat lists, whole numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .records import DIRECTIONS, TILE

__all__ = ["SHUT", "WALL", "Ground"]

WALL, SHUT = 0, 1  # 2 is free; 3 and more are drops
_FREE, _DROP = 2, 3  # a drop has 3 + the number of its direction
_CLOSED = (TILE["lock"], TILE["gate"], TILE["bar"])


class Ground:
    """The tiles as a flat list with a rim of wall around every floor, and steps between them."""

    def __init__(self, tiles: NDArray[np.uint8]) -> None:
        floors, height, width = tiles.shape
        self.row = width + 2
        self.area = self.row * (height + 2)
        kind = np.full((floors, height + 2, width + 2), WALL, np.uint8)
        inside = kind[:, 1:-1, 1:-1]
        inside[:] = np.where((tiles == TILE["wall"]) | (tiles == TILE["pool"]), WALL, _FREE)
        inside[np.isin(tiles, _CLOSED)] = SHUT
        self.kind: list[int] = kind.ravel().tolist()
        self.steps = [dy * self.row + dx for dx, dy in DIRECTIONS.values()]
        self.stairs: dict[int, int] = {}
        pairs = (tiles[:-1] == TILE["stairs_down"]) & (tiles[1:] == TILE["stairs_up"])
        for floor, y, x in np.argwhere(pairs).tolist():
            here, there = self.index((x, y, floor)), self.index((x, y, floor + 1))
            self.stairs[here], self.stairs[there] = there, here

    def index(self, spot: tuple[int, int, int]) -> int:
        """The flat index of (x, y, floor)."""
        x, y, floor = spot
        return int(floor * self.area + (y + 1) * self.row + x + 1)

    def spot(self, index: int) -> tuple[int, int, int]:
        """The (x, y, floor) of a flat index."""
        floor, rest = divmod(index, self.area)
        return rest % self.row - 1, rest // self.row - 1, floor

    def block(self, index: int) -> None:
        """Nobody walks there any more."""
        self.kind[index] = WALL

    def free(self, index: int) -> None:
        """Everybody may walk there now."""
        self.kind[index] = _FREE

    def direct(self, index: int, toward: str) -> None:
        """A drop: walked in one direction only."""
        self.kind[index] = _DROP + list(DIRECTIONS).index(toward)

    def traced(self, before: list[int], start: int, goal: int) -> list[int]:
        """The tiles of the way from `start` (left out) to a goal, by what `spread` gave."""
        way = []
        while goal != start:
            way.append(goal)
            goal = before[goal]
        return way[::-1]

    def spread(
        self, start: int, costly: dict[int, int], goals: set[int] | None = None
    ) -> tuple[list[int], list[int], int]:
        """Distances from a tile to all (or until the nearest goal), the tile before each, the goal.

        A shut tile is entered in 2 steps (open, walk) from the tile `costly[shut]`, or from
        anywhere if that is -1. A bucket queue (R. Dial, 1969) with prices of one and two.
        """
        kind, stairs = self.kind, self.stairs
        far = [-1] * len(kind)
        before = [-1] * len(kind)
        far[start] = 0
        now, soon, later = [start], list[int](), list[int]()
        distance = 0
        while now or soon:
            for here in now:
                if far[here] != distance:
                    continue
                if goals is not None and here in goals:
                    return far, before, here
                own = kind[here]
                for number, step in enumerate(self.steps):
                    if own > _FREE and own - _DROP != number:
                        continue
                    there = here + step
                    state = kind[there]
                    if state == WALL or (state > _FREE and state - _DROP != number):
                        continue
                    price = 1
                    if state == SHUT:
                        side = costly.get(there)
                        if side is None or side not in (-1, here):
                            continue
                        price = 2
                    known = far[there]
                    if known < 0 or known > distance + price:
                        far[there], before[there] = distance + price, here
                        (soon if price == 1 else later).append(there)
                if here in stairs:
                    there = stairs[here]
                    if far[there] < 0 or far[there] > distance + 1:
                        far[there], before[there] = distance + 1, here
                        soon.append(there)
            now, soon, later = soon, later, []
            distance += 1
        return far, before, -1
