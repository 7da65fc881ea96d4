"""Where water runs: a lattice of points over endless land, each draining to a lower neighbour.

Rivers come first and the land is fitted to them (Génevaux et al., "Terrain generation using
procedural models based on hydrology", SIGGRAPH 2013). The land's broad height is sampled on a
lattice; hollows are filled to their rims by a fixed number of rounds of Planchon and Darboux's
algorithm (Catena 46, 2002); each point then drains to the neighbour down the steepest slope, and
rain is added up along the way, again for a fixed number of rounds. So a point depends on the land
within a fixed distance alone: any block can be made first, and all blocks agree where they meet.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .chunk import frozen

__all__ = ["BLOCK", "RIM", "SPACING", "WATER_UNITS", "Basin", "first_point", "make_basin"]

SPACING = 48  # tiles between two points of the lattice
BLOCK = 64  # points on a side of what is made at once
_SEA = -70  # thousandths: a point so low is under the sea, whatever finer noise is added
WATER_UNITS = 16  # a thousandth of height, so that filled hollows still have a slope
RIM = 2  # points around a block that its rivers and lakes come from and go to
_FILL = 36  # rounds of filling: how many points from the sea land may lie and surely drain to it
_GATHER = 40  # rounds of gathering: how many points a river remembers
_DRY = 4000 * WATER_UNITS  # what is added to land that no round has reached
_SLOPE = WATER_UNITS  # the least fall from point to point
_WAYS = ((-1, -1), (0, -1), (1, -1), (-1, 0), (1, 0), (-1, 1), (0, 1), (1, 1))

Height = Callable[[int, int, int, int, int], tuple[NDArray[np.int32], NDArray[np.int32]]]
"""Broad height and rain of samples: (x, y, width, height, step) to int32 [height, width] each."""


@dataclass(frozen=True, kw_only=True)
class Basin:
    """A block of the lattice with two points more on each side; arrays are [68, 68], by row.

    `water` is the height of the water's surface, in sixteenths of a thousandth, falling from
    every point to the one it drains to; `way` the direction it drains to as an index into
    `steps`, or -1 for none; `flow` the rain that has come together there; `depth` how deep the
    hollow at the point is filled, in thousandths; `sea` whether the point is under the sea.
    """

    water: NDArray[np.int32]
    way: NDArray[np.int8]
    flow: NDArray[np.int32]
    depth: NDArray[np.int32]
    sea: NDArray[np.bool_]
    steps = _WAYS

    def nbytes(self) -> int:
        """How much memory it takes."""
        return self.water.nbytes + self.way.nbytes + self.flow.nbytes + self.depth.nbytes + 5000


def first_point(index: int) -> int:
    """The lattice's point, along one axis, at which a block begins; the origin is in a middle."""
    return index * BLOCK - BLOCK // 2


def make_basin(height: Height, column: int, row: int) -> Basin:
    """The block whose first point is `first_point` of column and row."""
    margin = RIM + _FILL + _GATHER + 2
    size = BLOCK + 2 * margin
    left, top = (first_point(index) - margin for index in (column, row))
    corner = (left * SPACING + SPACING // 2, top * SPACING + SPACING // 2)
    land, rain = height(*corner, size, size, SPACING)
    ground = land * WATER_UNITS
    sea = land <= _SEA
    water = _filled(ground, sea)
    # What lies nearer to the rim served the rounds of filling, and the rain's way upwind, alone.
    inner = np.s_[_FILL : size - _FILL, _FILL : size - _FILL]
    margin -= _FILL
    ground, sea, water, rain = ground[inner], sea[inner], water[inner], rain[inner]
    # Where no round arrived, the land keeps its own height and its hollows end in lakes.
    unreached = water - ground >= _DRY
    way = _ways(water)
    water = np.where(unreached, ground, water)
    # A river from there never runs up onto water that was filled.
    goals = _goals(way)
    lowest = np.iinfo(np.int32).min  # for points that have no goal
    rises = np.append(water.ravel(), np.int32(lowest))[goals].reshape(water.shape) >= water
    way[rises] = -1
    goals[rises.ravel()] = way.size
    flow = _gathered(rain, goals)
    keep = np.s_[margin - RIM : margin + BLOCK + RIM, margin - RIM : margin + BLOCK + RIM]
    return Basin(
        water=frozen(water[keep].copy()),
        way=frozen(way[keep].copy()),
        flow=frozen(flow[keep].copy()),
        depth=frozen((water - ground)[keep] // WATER_UNITS),
        sea=frozen(sea[keep].copy()),
    )


def _filled(ground: NDArray[np.int32], sea: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Heights of water so that every point reached drains to the sea over falling points; right
    from `_FILL` points inside the rim on.
    """
    whole = np.where(sea, ground, ground + _DRY)
    across, lowest = np.empty_like(whole), np.empty_like(whole)
    for index in range(_FILL):
        # What lies nearer to the rim than rounds are left can reach nothing that is asked for.
        here = np.s_[index : len(whole) - index, index : len(whole) - index]
        water, row, least = whole[here], across[here], lowest[here]
        # The lowest of the nine around, beyond the rim nothing.
        np.minimum(water[:, :-1], water[:, 1:], out=row[:, :-1])
        row[:, -1] = water[:, -1]
        np.minimum(row[:, 1:], water[:, :-1], out=row[:, 1:])
        np.minimum(row[:-1], row[1:], out=least[:-1])
        least[-1] = row[-1]
        np.minimum(least[1:], row[:-1], out=least[1:])
        least += _SLOPE
        np.maximum(least, ground[here], out=least)
        np.minimum(water, least, out=water)
    return whole


def _ways(water: NDArray[np.int32]) -> NDArray[np.int8]:
    """The direction of the steepest fall from every point, or -1 where none falls.

    Steepest among eight on a square lattice: two ways never cross.
    """
    padded = np.pad(water, 1, mode="edge")
    rows, columns = water.shape
    best = np.zeros(water.shape, np.int32)
    way = np.full(water.shape, -1, np.int8)
    for index, (across, down) in enumerate(_WAYS):
        other = padded[1 + down : 1 + down + rows, 1 + across : 1 + across + columns]
        # A diagonal is longer by the root of two.
        fall = (water - other) * np.int32(181 if across and down else 256)
        way[fall > best] = index
        np.maximum(best, fall, out=best)
    return way


def _goals(way: NDArray[np.int8]) -> NDArray[np.int64]:
    """The index of the point that each drains to, or the number of points: for none, or one
    beyond the rim.
    """
    offsets = np.array([across + down * way.shape[1] for across, down in _WAYS], np.int64)
    goals = np.arange(way.size) + offsets[way.ravel()]
    goals[(way.ravel() < 0) | (goals < 0) | (goals >= way.size)] = way.size
    return goals


def _gathered(rain: NDArray[np.int32], goals: NDArray[np.int64]) -> NDArray[np.int32]:
    """Rain of each point and of all that drain into it within the rounds."""
    flow = rain.ravel().copy()
    here, amount = np.arange(rain.size), rain.ravel()
    for _ in range(_GATHER):  # all rain moves on by one point: ever fewer points have any
        moved = np.zeros(rain.size + 1, np.int32)
        np.add.at(moved, goals[here], amount)
        here = np.flatnonzero(moved[:-1])
        amount = moved[here]
        flow[here] += amount
    return flow.reshape(rain.shape)
