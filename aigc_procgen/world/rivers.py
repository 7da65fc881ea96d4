"""Rivers and lakes as curves of known height and width.

A river's course is a chain of quadratic Bézier curves, one for each point of the drainage's
lattice, from the middle of the way in to the middle of the way out: tributaries meet in a tangent
and heights fall along every curve, because they fall along its three points.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.random import Seed, key

from .cache import Cache
from .drainage import BLOCK, RIM, SPACING, WATER_UNITS, Basin, Height, first_point, make_basin
from .noise import Period, bent, hash_grid
from .shores import UNIT, VALLEY, Shores, draw_shores, no_shores

__all__ = ["Rivers"]

_COARSEST = 32  # tiles a sample, beyond which rivers are thinner than a sample and left out
_JITTER = 14  # tiles that a point lies from its lattice's middle at most
_SPRING = 60  # rain that makes a river
_WIDEST = 9 * UNIT  # half of the widest river
_LAST = 9 * UNIT  # half of a lake at which a river ends without a hollow
_LAKE = 34  # thousandths: hollows that are filled deeper are lakes
_PARTS = 4  # straight parts of a curve, an even number
_BEND = 11  # tiles that a course is bent aside by noise, at most
_REACH = VALLEY + 29 + _BEND  # tiles from a lattice's line within which a river changes land
_NONE = np.zeros((0, 8), np.int32)


class Rivers:
    """The rivers and lakes of a seed over land whose broad height and rain are given."""

    def __init__(self, seed: Seed, height: Height, period: Period = None) -> None:
        self._period = period
        self._jitter = key(seed, "river points")
        self._bends = (key(seed, "field", "bend x"), key(seed, "field", "bend y"))

        def basin(place: tuple[int, int]) -> Basin:
            return make_basin(height, *place)

        def parts(place: tuple[int, int]) -> NDArray[np.int32]:
            return self._parts_of_block(*place)

        self._basins = Cache(basin, 2 << 20, Basin.nbytes)
        self._parts = Cache(parts, 4 << 20, lambda found: found.nbytes + 500)

    def basin(self, column: int, row: int) -> Basin:
        """A block of the lattice; block (0, 0) has the origin in its middle."""
        return self._basins.get((column, row))

    def shores(self, x: int, y: int, width: int, height: int, step: int = 1) -> Shores:
        """Distances to water and its heights for samples every `step` tiles.

        With more than 32 tiles a sample there is no water: rivers are thinner than that.
        """
        thin = step > _COARSEST
        parts = _NONE if thin else self._near(x, y, width * step, height * step)
        if not len(parts):
            return no_shores(width, height)
        return draw_shores(*self._bent(x, y, width, height, step), parts, step)

    def _bent(
        self, x: int, y: int, width: int, height: int, step: int
    ) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Where samples lie once the plane is bent, from (x, y), in parts of a tile."""
        across, down = bent(
            *(self._bends, x, y, width, height, step),
            shift=6,
            octaves=2,
            most=_BEND * UNIT,
            period=self._period,
        )
        across += (np.arange(width, dtype=np.int32) * (step * UNIT))[None, :]
        down += (np.arange(height, dtype=np.int32) * (step * UNIT))[:, None]
        return across, down

    def _near(self, x: int, y: int, width: int, height: int) -> NDArray[np.int32]:
        """The parts that may change the region, with places from (x, y): int32 [n, 8]."""
        size = BLOCK * SPACING
        reach = _REACH + 2 * SPACING
        found = [_NONE]
        left, top = x - reach + size // 2, y - reach + size // 2
        for row in range(top // size, (top + height + 2 * reach) // size + 1):
            for column in range(left // size, (left + width + 2 * reach) // size + 1):
                parts = self._parts.get((column, row))
                shift_x = (first_point(column) * SPACING - x) * UNIT
                shift_y = (first_point(row) * SPACING - y) * UNIT
                edge = _REACH * UNIT
                near = (
                    (np.minimum(parts[:, 0], parts[:, 4]) + shift_x < width * UNIT + edge)
                    & (np.maximum(parts[:, 0], parts[:, 4]) + shift_x > -edge)
                    & (np.minimum(parts[:, 1], parts[:, 5]) + shift_y < height * UNIT + edge)
                    & (np.maximum(parts[:, 1], parts[:, 5]) + shift_y > -edge)
                )
                found.append(parts[near] + np.array([shift_x, shift_y, 0, 0] * 2, np.int32))
        return np.concatenate(found)

    def _parts_of_block(self, column: int, row: int) -> NDArray[np.int32]:
        """All straight parts whose curves bend around points of a block; int32 [n, 8]."""
        basin = self.basin(column, row)
        nodes = self._nodes(column, row, basin)
        lake = (basin.depth >= _LAKE) & ~basin.sea
        wet = (basin.flow >= _SPRING) & ~basin.sea
        goes = (basin.way >= 0) & ~basin.sea
        steps = np.array(basin.steps, np.intp)[:, ::-1]  # rows, columns
        sources = np.argwhere(wet & goes)
        goals = sources + steps[basin.way[wet & goes]]
        own = ((goals >= RIM) & (goals < RIM + BLOCK)).all(1)
        sources, goals = sources[own], goals[own]
        met, inner = np.zeros_like(wet), np.zeros_like(wet)
        met[goals[:, 0], goals[:, 1]] = True
        inner[RIM : RIM + BLOCK, RIM : RIM + BLOCK] = True
        here = inner & (wet | met)
        # Where each point's water leaves it: halfway to the next point, or in the point itself.
        rows, columns = np.nonzero(here & goes)
        down, across = steps[basin.way[rows, columns]].T
        outs = nodes.copy()
        outs[rows, columns] = _middle(nodes[rows, columns], nodes[rows + down, columns + across])
        found = [_lakes(nodes, basin, lake, here & lake)]
        ends = nodes[here & ~lake & ~goes & ~basin.sea]
        ends[:, 3] = _LAST
        found.append(np.concatenate([ends, ends], 1))
        springs = here & goes & ~met
        first = nodes[springs]
        first[:, 3] = UNIT
        found.append(np.concatenate([first, outs[springs]], 1))
        starts, over = nodes[sources[:, 0], sources[:, 1]], nodes[goals[:, 0], goals[:, 1]]
        found.append(_curves(_middle(starts, over), over, outs[goals[:, 0], goals[:, 1]]))
        return np.concatenate(found).astype(np.int32)

    def _nodes(self, column: int, row: int, basin: Basin) -> NDArray[np.int64]:
        """The points of a block and its rim: x, y, level, half width; int64 [rows, columns, 4]."""
        first = (first_point(column) - RIM, first_point(row) - RIM)
        roots = np.searchsorted(_squares(), basin.flow, side="right") - 1
        half = np.minimum(24 + roots * 5 // 4, _WIDEST)
        levels = basin.water // WATER_UNITS
        return np.stack([*self._points(first, len(levels)), levels, half], 2).astype(np.int64)

    def _points(
        self, first: tuple[int, int], side: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where the points lie, x and y, in parts of a tile from the block's corner."""
        columns = np.arange(first[0], first[0] + side, dtype=np.int64)
        rows = np.arange(first[1], first[1] + side, dtype=np.int64)
        if self._period:
            columns, rows = (
                columns % (self._period[0] // SPACING),
                rows % (self._period[1] // SPACING),
            )
        dice = hash_grid(self._jitter, columns, rows)
        span = np.uint64(2 * _JITTER * UNIT + 1)
        aside = [
            (dice >> np.uint64(shift) & np.uint64(0xFFFF)).astype(np.int64) % int(span)
            for shift in (0, 16)
        ]
        base = (np.arange(side, dtype=np.int64) - RIM) * SPACING + SPACING // 2
        xs = base[None, :] * UNIT + aside[0] - _JITTER * UNIT
        ys = base[:, None] * UNIT + aside[1] - _JITTER * UNIT
        return xs, ys


@cache
def _squares() -> NDArray[np.int64]:
    """Squares up to that of the flow's root at which a river is widest."""
    return np.arange(_WIDEST, dtype=np.int64) ** 2


def _lakes(
    nodes: NDArray[np.int64],
    basin: Basin,
    lake: NDArray[np.bool_],
    here: NDArray[np.bool_],
) -> NDArray[np.int64]:
    """Broad parts from points of lakes to neighbours of the same lake, each pair once: [n, 8]."""
    # So wide at a point that points all around make one sheet.
    around = np.lib.stride_tricks.sliding_window_view(np.pad(lake, 1), (3, 3)).sum((2, 3))
    broad = nodes.copy()
    broad[..., 3] = (11 + 2 * around) * UNIT
    rows, columns = np.nonzero(here)
    found = [np.concatenate([broad[here], broad[here]], 1)]
    for across, down in basin.steps[4:]:
        others = (rows + down, columns + across)
        apart = np.abs(basin.water[others] - basin.water[rows, columns])
        same = lake[others] & (apart <= 4 * WATER_UNITS)
        found.append(np.concatenate([broad[here], broad[others]], 1)[same])
    return np.concatenate(found)


def _middle(one: NDArray[np.int64], two: NDArray[np.int64]) -> NDArray[np.int64]:
    """Halfway between nodes [n, 4], as wide as the first."""
    middle = one + two >> 1
    middle[:, 3] = one[:, 3]
    return middle


def _curves(
    begin: NDArray[np.int64], over: NDArray[np.int64], end: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Quadratic Bézier curves of nodes [n, 4] in straight parts [n parts, 8]; a level is that of
    `over` in the middle.
    """
    points = np.empty((len(begin), _PARTS + 1, 4), np.int64)
    middle = _PARTS // 2
    for b in range(_PARTS + 1):
        a = _PARTS - b
        points[:, b] = (a * a * begin + 2 * a * b * over + b * b * end) // _PARTS**2
        # Not the curve's own height: a lake at the point ends where its river has fallen to it.
        one, two, part = (begin, over, b) if b < middle else (over, end, b - middle)
        points[:, b, 2:] = (one * (middle - part) + two * part)[:, 2:] // middle
    return np.concatenate([points[:, :-1], points[:, 1:]], 2).reshape(-1, 8)
