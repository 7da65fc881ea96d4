"""Sea lanes: which harbours ships sail between, and the way they take.

Ships move over points of water 16 tiles apart, to all eight around. Harbours are joined as places
are by roads, in the relative neighbourhood graph (Toussaint 1980) of the lengths by water: so all
that lie on one sea hang together, as long as no gap between them is longer than a ship sails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .cache import Cache
from .chunk import frozen
from .fields import Fields
from .harbours import BERTHS, Harbour, navigable
from .journeys import tiles_between
from .places import CELL, Place

__all__ = ["Lane", "Lanes"]

_FARTHEST = 64  # points that a ship sails without seeing a harbour: 1024 tiles
_NEVER = 255

Whole = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Lane:
    """A ship's way from one place's harbour to that of `goal`: its points int64 [n, 2] in tiles,
    the first and the last at the piers' ends, and its `length` in tiles.
    """

    goal: Place
    length: int
    way: NDArray[np.int64]


class Lanes:
    """The lanes of a land: `places(x, y, width, height)` are its places, `harbour` theirs."""

    def __init__(
        self,
        fields: Fields,
        places: Callable[[int, int, int, int], Iterable[Place]],
        harbour: Callable[[Place], Harbour | None],
        budget: int,
    ) -> None:
        self._fields, self._places, self._harbour = fields, places, harbour
        self._floods = Cache(self._flooded, budget // 2, lambda found: found.nbytes + 500)
        self._lanes = Cache(self._made, budget // 2, lambda lanes: 300 + 900 * len(lanes))

    def of(self, place: Place) -> tuple[Lane, ...]:
        """The lanes from a place's harbour, the shortest first; none if it has no harbour."""
        return self._lanes.get(place)

    def _made(self, place: Place) -> tuple[Lane, ...]:
        own = self._harbour(place)
        if own is None:
            return ()
        far = _FARTHEST * BERTHS
        others = []
        for other in self._places(place.x - 2 * far, place.y - 2 * far, 4 * far, 4 * far):
            if max(abs(other.x - own.x), abs(other.y - own.y)) > far + 100 or other == place:
                continue
            harbour = self._harbour(other)
            if other.id == place.id:  # the same in a small world that comes round
                continue
            if harbour and (steps := self._steps(own, harbour)) <= _FARTHEST:
                others.append((steps, other.id, other, harbour))
        others.sort(key=lambda item: (*item[:2], item[2].x, item[2].y))
        lanes = []
        for index, (steps, _, other, harbour) in enumerate(others):
            between = (third for gap, _, _, third in others[:index] if gap < steps)
            if not any(self._steps(third, harbour) < steps for third in between):
                way = self._way(place, own, other, harbour)
                length = sum(tiles_between(*step) for step in np.diff(way, axis=0).tolist())
                lanes.append(Lane(goal=other, length=length, way=frozen(way)))
        # In a world that comes round a harbour may be seen on two sides.
        kept: dict[str, Lane] = {}
        for lane in sorted(lanes, key=lambda lane: (lane.length, lane.goal.id)):
            kept.setdefault(lane.goal.id, lane)
        return tuple(kept.values())

    def _way(self, place: Place, own: Harbour, other: Place, harbour: Harbour) -> Whole:
        """The points from one harbour to the other: there and back ships take the same."""
        if place.id < other.id:
            return _way(self._floods.get((own.x, own.y)), own, harbour)
        return _way(self._floods.get((harbour.x, harbour.y)), harbour, own)[::-1].copy()

    def _steps(self, one: Harbour, two: Harbour) -> int:
        """How many points of water lie between two harbours; more than `_FARTHEST` for never."""
        down = (two.y - one.y) // BERTHS + _FARTHEST
        across = (two.x - one.x) // BERTHS + _FARTHEST
        if not (0 <= down <= 2 * _FARTHEST and 0 <= across <= 2 * _FARTHEST):
            return _NEVER
        return int(self._floods.get((one.x, one.y))[down, across])

    def _flooded(self, berth: tuple[int, int]) -> NDArray[np.uint8]:
        """How many steps ships take from a point to those around it, `_NEVER` for never, uint8
        [129, 129].
        """
        far, side = _FARTHEST * BERTHS, 2 * _FARTHEST + 1
        land = self._fields.region(berth[0] - far, berth[1] - far, side, side, BERTHS)
        water = navigable(land.terrain, land.elevation)
        # Also of those whose middle lies outside: else ships would see each other's rims otherwise.
        left, top, across = berth[0] - far - CELL, berth[1] - far - CELL, 2 * (far + CELL) + 1
        for place in self._places(left, top, across, across):
            # Houses may stand on stilts.
            rows, columns = (
                slice(
                    max(-(-(middle - place.radius - first) // BERTHS), 0),
                    max((middle + place.radius - first) // BERTHS + 1, 0),
                )
                for middle, first in ((place.y, berth[1] - far), (place.x, berth[0] - far))
            )
            water[rows, columns] = False
        found = np.full((side, side), _NEVER, np.uint8)
        wave = np.zeros((side, side), bool)
        wave[_FARTHEST, _FARTHEST] = True
        for steps in range(_FARTHEST + 1):
            found[wave] = steps
            grown = wave.copy()
            grown[1:] |= wave[:-1]
            grown[:-1] |= wave[1:]
            wide = grown.copy()
            wide[:, 1:] |= grown[:, :-1]
            wide[:, :-1] |= grown[:, 1:]
            wave = wide & water & (found == _NEVER)
            if not wave.any():
                break
        return frozen(found)


def _way(flood: NDArray[np.uint8], one: Harbour, two: Harbour) -> Whole:
    """The points from one harbour to the other, straight ahead where it can."""
    row = (two.y - one.y) // BERTHS + _FARTHEST
    column = (two.x - one.x) // BERTHS + _FARTHEST
    padded = np.pad(flood, 1, constant_values=_NEVER)
    points = [(row, column)]
    while flood[row, column]:
        row, column = min(
            (
                (row + down, column + across)
                for down in (-1, 0, 1)
                for across in (-1, 0, 1)
                if padded[row + down + 1, column + across + 1] == flood[row, column] - 1
            ),
            key=lambda at: ((at[0] - _FARTHEST) ** 2 + (at[1] - _FARTHEST) ** 2, at),
        )
        points.append((row, column))
    way = (np.array(points[::-1], np.int64)[:, ::-1] - _FARTHEST) * BERTHS
    return np.asarray(way + np.array((one.x, one.y)))
