"""Harbours: the way from a place to the water, and the pier at which a ship can lie."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.random import Seed, stream

from .places import DISTRICT, STEP, District, Place, place_rules
from .roads import ROCKY, SIDES, TIGHT, draw_way, gate, gate_sample, keep_clear
from .terrain import TERRAIN_INDEX

__all__ = ["BERTHS", "REACH", "Harbour", "find_harbour", "navigable"]

BERTHS = 16  # tiles between the points at which ships can be
REACH = 72  # tiles from a place's middle, in x and in y, to the last of its pier
_DEEP, _SHALLOW = TERRAIN_INDEX["deep_water"], TERRAIN_INDEX["shallow_water"]
_MOVES = ((-1, 0), (0, -1), (0, 1), (1, 0))


@dataclass(frozen=True, kw_only=True)
class Harbour:
    """The harbour of a place: (x, y) is the last tile of the pier, which can be walked on.

    `side` is where the way to it leaves the place, `tiles` int64 [n, 2] that way and the pier;
    at `moorings` boats may lie, if there is water.
    """

    side: str
    x: int
    y: int
    tiles: NDArray[np.int64]
    moorings: tuple[tuple[int, int], ...]


def navigable(terrain: NDArray[np.uint8], elevation: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Where ships can sail, of samples: the sea, and lakes where they are deep; never rivers."""
    return np.asarray((terrain == _DEEP) | ((terrain == _SHALLOW) & (elevation < 0)))


def find_harbour(seed: Seed, district: District, dx: int, dy: int, place: Place) -> Harbour | None:
    """The harbour that a place of the district (dx, dy) may have: the cheapest way to water that
    is near in the same district. None if there is none.
    """
    left, top = dx * DISTRICT // STEP, dy * DISTRICT // STEP
    open_water = navigable(district.terrain, district.elevation)
    berth = np.zeros_like(open_water)
    every = BERTHS // STEP
    berth[::every, ::every] = open_water[::every, ::every]
    roomy = berth & _inner(open_water)
    rows = np.arange(top, top + len(berth), dtype=np.int64) * STEP
    columns = np.arange(left, left + len(berth), dtype=np.int64) * STEP
    near = (np.abs(rows - place.y) <= REACH - STEP)[:, None] & (
        np.abs(columns - place.x) <= REACH - STEP
    )
    # A pier reaches out to where there is water all around, if there is such a place.
    berth = roomy & near if (roomy & near).any() else berth & near
    if not berth.any():
        return None
    cost = np.array(place_rules().roads, np.int32)[district.terrain]
    keep_clear(cost, district.places.values(), left, top)
    cost[~near] = 0
    berth &= (cost > 0) & (cost < TIGHT)
    starts = {}
    for side in SIDES[place.kind in ROCKY :]:
        at = gate_sample(cost, gate(seed, place, side), side, left, top)
        if 0 <= at[0] < len(near) and 0 <= at[1] < len(near) and near[at]:
            starts[at] = side
            cost[at] = max(10, cost[at])
    nodes = _cheapest(cost, berth, starts)
    if nodes is None:
        return None
    side = starts[nodes[0]]
    points = (np.array(nodes, np.int64)[:, ::-1] + (left, top)) * STEP
    x, y = points[-1].tolist()
    curve = np.concatenate([[gate(seed, place, side)], points]).astype(np.int64)
    head = np.array([(x + i, y + j) for i in (-1, 0, 1) for j in (-1, 0, 1)], np.int64)
    wide = place.kind in ("town", "village")
    tiles = np.unique(np.concatenate([draw_way(curve, wide=wide), head]), axis=0)
    tiles.setflags(write=False)
    dice = stream(seed, "moorings", place.id)
    paved = set(map(tuple, tiles.tolist()))
    beside = [(x + 2 * across, y + 2 * down) for down, across in _MOVES]
    free = [spot for spot in dice.shuffled(beside) if spot not in paved]
    moorings = tuple(free[: dice.between(1, 2)])
    return Harbour(side=side, x=x, y=y, tiles=tiles, moorings=moorings)


def _inner(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The samples of a mask whose neighbours are all in it; beyond the rim all are."""
    padded = np.pad(mask, 1, constant_values=True)
    across = padded[:, :-2] & padded[:, 1:-1] & padded[:, 2:]
    return np.asarray(across[:-2] & across[1:-1] & across[2:])


def _cheapest(
    cost: NDArray[np.int32], goals: NDArray[np.bool_], starts: dict[tuple[int, int], str]
) -> list[tuple[int, int]] | None:
    """The cheapest way over samples from a start to a goal (Dijkstra 1959); 0 costs block."""
    height, width = cost.shape
    price, ends = cost.tolist(), goals.tolist()
    best = dict.fromkeys(starts, 0)
    came: dict[tuple[int, int], tuple[int, int]] = {}
    queue = [(0, at) for at in sorted(starts)]
    closed = set()
    while queue:
        so_far, at = heappop(queue)
        if at in closed:
            continue
        closed.add(at)
        if ends[at[0]][at[1]]:
            way = [at]
            while way[-1] in came:
                way.append(came[way[-1]])
            return way[::-1]
        for down, across in _MOVES:
            other = row, column = at[0] + down, at[1] + across
            if not (0 <= row < height and 0 <= column < width) or not price[row][column]:
                continue
            total = so_far + price[row][column]
            if other not in best or total < best[other]:
                best[other] = total
                came[other] = at
                heappush(queue, (total, other))
    return None
