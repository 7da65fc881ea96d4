"""The way that the mission means to be gone: to the nearest key, the next …, then the goal."""

from __future__ import annotations

from itertools import pairwise

from .ground import SHUT, Ground
from .records import DIRECTIONS, OPPOSITE, Way

__all__ = ["Walkthrough"]

_NAMES = tuple(DIRECTIONS)


class Walkthrough:
    """A walk that is being planned on the tiles: `route` are flat indexes, `pulls` where in it."""

    def __init__(self, ground: Ground, ways: list[Way], start: int) -> None:
        self.ground = ground
        self.route = [start]
        self.pulls: dict[int, int] = {}  # place in the route -> the lever's tile
        self.opens: set[int] = set()  # places in the route that are entered by opening
        self.costly: dict[int, int] = {}
        for way in ways:
            if way.kind == "stairs":
                continue
            tile = ground.index(way.spot)
            if way.kind == "drop":
                ground.direct(tile, way.toward)
            elif way.kind == "bar":
                dx, dy = DIRECTIONS[OPPOSITE[way.toward]]
                self.costly[tile] = ground.index((way.x + dx, way.y + dy, way.floor))

    def fetch(self, openers: dict[int, tuple[int, bool]]) -> None:
        """Walks to every tile of `openers`, nearest first; each opens a tile, by key or lever."""
        left = dict(openers)
        while left:
            if self.route[-1] in left:
                found = self.route[-1]
            else:
                _, before, found = self.ground.spread(self.route[-1], self.costly, set(left))
                self._go(before, found)
            tile, lever = left.pop(found)
            if lever:
                self.pulls[len(self.route) - 1] = found
                self.ground.free(tile)
            else:
                self.costly[tile] = -1

    def reach(self) -> tuple[list[int], list[int]]:
        """Steps from here to every tile and the tile before each; -1 where no way leads."""
        far, before, _ = self.ground.spread(self.route[-1], self.costly)
        return far, before

    @property
    def length(self) -> int:
        """Steps so far."""
        return len(self.route) - 1 + len(self.opens) + len(self.pulls)

    def finish(self, before: list[int], goal: int) -> None:
        """Walks to the goal by what `reach` gave."""
        self._go(before, goal)

    def _go(self, before: list[int], goal: int) -> None:
        if goal < 0:
            raise AssertionError("unreachable: the mission leaves a way to every key that it needs")
        for tile in self.ground.traced(before, self.route[-1], goal):
            self.route.append(tile)
            if self.ground.kind[tile] == SHUT:
                self.opens.add(len(self.route) - 1)
                self.ground.free(tile)

    def steps(self, foes: set[int]) -> tuple[str, ...]:
        """The walk as steps of the rules, with a fight before every tile in `foes`."""
        steps, left = [], set(foes)
        if 0 in self.pulls:
            steps.append("pull")
        for place, (here, there) in enumerate(pairwise(self.route), 1):
            change = there - here
            if change in self.ground.steps and abs(change) < self.ground.area:
                direction = _NAMES[self.ground.steps.index(change)]
                if place in self.opens:
                    steps.append(f"open {direction}")
                if there in left:
                    left.remove(there)
                    steps.append(f"fight {direction}")
                steps.append(direction)
            else:
                steps.append("down" if change > 0 else "up")
            if place in self.pulls:
                steps.append("pull")
        return tuple(steps)
