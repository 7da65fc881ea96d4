"""Roads: the way between two places that are joined.

The way is an A* search (Hart, Nilsson & Raphael 1968) on
samples of the land in a box around the two, so it is the same whoever asks.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.random import Seed, key

from .joins import Edge
from .noise import Period, hash_grid
from .places import DISTRICT, STEP, District, Place, place_rules
from .terrain import TERRAIN_INDEX

__all__ = [
    "ROCKY",
    "SIDES",
    "TIGHT",
    "Road",
    "draw_way",
    "gate",
    "gate_sample",
    "keep_clear",
    "make_road",
    "side_towards",
]

ROCKY = ("cave", "mine")
SIDES = ("north", "east", "south", "west")
# Tiles that roads keep from footprints, so that no bend of theirs cuts a corner of one.
ROOM = 4
# What a sample costs at least that is nearer than that, more than any terrain: for want of others.
TIGHT = 1100

_DEEP, _WET = 3, 9  # samples of deep, and of any, water that one road may bridge
_NEVER = 1 << 30
_FINE = 4  # bits of a tile that curves are drawn with

Districts = Callable[[tuple[int, int]], District]


@dataclass(frozen=True, kw_only=True)
class Road:
    """The tiles of a road, int64 [n, 2] as (x, y), 4-connected, from gate to gate."""

    tiles: NDArray[np.int64]


def side_towards(place: Place, other: Place) -> str:
    """The side ("north", "east", "south", "west") by which a road to the other leaves.

    Nobody leaves a cave or a mine by the rock behind it, to the north.
    """
    across, down = other.x - place.x, other.y - place.y
    if abs(across) >= abs(down) or (down < 0 and place.kind in ROCKY):
        return "east" if across > 0 else "west"
    return "south" if down > 0 else "north"


def gate(seed: Seed, place: Place, side: str) -> tuple[int, int]:
    """The tile just outside the footprint where roads of that side end."""
    far = place.radius + 1
    # Streets to the north and south of a town do not meet in its middle: that looks grown.
    shift = key(seed, "gate", place.id, side) % 13 - 6 if place.kind == "town" else 0
    return {
        "north": (place.x + shift, place.y - far),
        "south": (place.x + shift, place.y + far),
        "west": (place.x - far, place.y),
        "east": (place.x + far, place.y),
    }[side]


def gate_sample(
    cost: NDArray[np.int32], tile: tuple[int, int], side: str, left: int, top: int
) -> tuple[int, int]:
    """Row and column in `cost` of the sample outside a gate at which its road begins: the nearest
    with `ROOM` to its own footprint, or the very nearest where that is cheaper, which it is only if
    the next footprint leaves no room.

    As for `keep_clear`, the sample [0, 0] lies at (left, top).
    """
    x, y = tile

    def sample(room: int) -> tuple[int, int]:
        across = {"west": -room, "east": room + STEP - 1}.get(side, 0)
        down = {"north": -room, "south": room + STEP - 1}.get(side, 0)
        return (y + down) // STEP - top, (x + across) // STEP - left

    def price(at: tuple[int, int]) -> int:
        inside = min(at) >= 0 and at[0] < cost.shape[0] and at[1] < cost.shape[1]
        return int(cost[at]) or _NEVER if inside else _NEVER

    return min(sample(ROOM), sample(0), key=price)


def keep_clear(cost: NDArray[np.int32], places: Collection[Place], left: int, top: int) -> None:
    """Blocks samples in the footprints of places, and makes those near them `TIGHT` or dearer, the
    nearer the more; the sample [0, 0] lies at (left, top), which are numbers of samples.
    """
    for room in range(ROOM, -1, -1):
        price = TIGHT + 100 * (ROOM - room) if room else 0
        for place in places:
            reach = place.radius + room
            rows, columns = (
                slice(
                    max(-(-(middle - reach) // STEP) - first, 0),
                    max((middle + reach) // STEP + 1 - first, 0),
                )
                for middle, first in ((place.y, top), (place.x, left))
            )
            cost[rows, columns] = price


def make_road(seed: Seed, districts: Districts, edge: Edge, period: Period = None) -> Road | None:
    """The road of an edge; None when too much water lies between."""
    # Samples so far inside the box that bends (a tile back, two on) and a second tile stay in it:
    # a chunk lays only roads whose box it meets.
    left, top, right, bottom = edge.box()
    left, top = -(-(left + 1) // STEP), -(-(top + 1) // STEP)
    right, bottom = (right - 4) // STEP, (bottom - 4) // STEP
    terrain, elevation, places = _survey(districts, left, top, right + 1, bottom + 1)
    cost = np.array(place_rules().roads, np.int32)[terrain]
    xs = np.arange(left, right + 1, dtype=np.int64)
    ys = np.arange(top, bottom + 1, dtype=np.int64)
    samples = (xs, ys)
    if period:
        samples = (xs % (period[0] // STEP), ys % (period[1] // STEP))
    random = hash_grid(key(seed, "road"), *samples)
    cost += (random & np.uint64(7)).astype(np.int32)  # straight lines over a plain look ruled
    keep_clear(cost, places, left, top)
    ends = []
    for place, other in ((edge.start, edge.goal), (edge.goal, edge.start)):
        side = side_towards(place, other)
        tile = gate(seed, place, side)
        sample = gate_sample(cost, tile, side, left, top)
        ends.append((tile, sample))
        cost[sample] = max(10, cost[sample])
    nodes = _search(cost, elevation, ends[0][1], ends[1][1])
    if nodes is None:
        return None
    crossed = terrain[nodes[:, 0], nodes[:, 1]]
    deep = int((crossed == TERRAIN_INDEX["deep_water"]).sum())
    if deep > _DEEP or deep + int((crossed == TERRAIN_INDEX["shallow_water"]).sum()) > _WET:
        return None
    bend = (random[nodes[:, 0], nodes[:, 1]] >> np.uint64(8)).astype(np.int64)
    points = (nodes[:, ::-1] + (left, top)) * STEP
    bent = np.stack([bend & 3, bend >> 2 & 3], 1) - 1
    points += np.where(cost[nodes[:, :1], nodes[:, 1:]] < TIGHT, bent, 0)
    curve = np.concatenate([[ends[0][0]], points, [ends[1][0]]]).astype(np.int64)
    wide = {"town", "village"} & {edge.start.kind, edge.goal.kind}
    tiles = draw_way(curve, wide=bool(wide))
    tiles.setflags(write=False)
    return Road(tiles=tiles)


def _survey(
    districts: Districts, left: int, top: int, right: int, bottom: int
) -> tuple[NDArray[np.uint8], NDArray[np.int32], list[Place]]:
    """Samples of terrain and elevation, and the places, of a box in steps of 8 tiles."""
    size = DISTRICT // STEP
    terrain = np.empty((bottom - top, right - left), np.uint8)
    elevation = np.empty(terrain.shape, np.int32)
    places: list[Place] = []
    for dy in range(top // size, (bottom - 1) // size + 1):
        for dx in range(left // size, (right - 1) // size + 1):
            district = districts((dx, dy))
            x0, x1 = max(left, dx * size), min(right, (dx + 1) * size)
            y0, y1 = max(top, dy * size), min(bottom, (dy + 1) * size)
            here = np.s_[y0 - top : y1 - top, x0 - left : x1 - left]
            there = np.s_[y0 - dy * size : y1 - dy * size, x0 - dx * size : x1 - dx * size]
            terrain[here] = district.terrain[there]
            elevation[here] = district.elevation[there]
            places.extend(district.places.values())
    return terrain, elevation, places


def _search(
    cost: NDArray[np.int32],
    elevation: NDArray[np.int32],
    start: tuple[int, int],
    goal: tuple[int, int],
) -> NDArray[np.int64] | None:
    """The cheapest way over samples in eight directions, [n, 2] as (row, column)."""
    # A rim of blocked samples spares the search every test of the box's bounds.
    width = cost.shape[1] + 2
    price = np.pad(cost, 1).ravel().tolist()
    height = np.pad(elevation, 1).ravel().tolist()
    first = (start[0] + 1) * width + start[1] + 1
    last = (goal[0] + 1) * width + goal[1] + 1
    goal_row, goal_column = divmod(last, width)
    # Move, length, and the samples beside it: no slanting move squeezes past a blocked one.
    moves = [(step, 10, step, step) for step in (-1, 1, -width, width)]
    moves += [(down + across, 14, down, across) for down in (-width, width) for across in (-1, 1)]
    best = {first: 0}
    came: dict[int, int] = {}
    queue = [(0, first)]
    closed = set()
    while queue:
        _, node = heappop(queue)
        if node == last:
            break
        if node in closed:
            continue
        closed.add(node)
        so_far, level = best[node], height[node]
        for move, length, one, two in moves:
            other = node + move
            step = price[other]
            if not step or other in closed or not (price[node + one] and price[node + two]):
                continue
            total = so_far + (step + abs(height[other] - level) // 12) * length
            if other not in best or total < best[other]:
                best[other] = total
                came[other] = node
                row, column = divmod(other, width)
                far, near = abs(row - goal_row), abs(column - goal_column)
                if far < near:
                    far, near = near, far
                heappush(queue, (total + 100 * far + 40 * near, other))
    if last not in best:
        return None
    nodes = [last]
    while nodes[-1] != first:
        nodes.append(came[nodes[-1]])
    return np.array([divmod(node, width) for node in reversed(nodes)], np.int64) - 1


def draw_way(points: NDArray[np.int64], *, wide: bool) -> NDArray[np.int64]:
    """Tiles of a smooth curve along the points (Chaikin's corner cutting, twice)."""
    points = points << _FINE
    for _ in range(2):
        one, two = points[:-1], points[1:]
        cut = np.stack([3 * one + two >> 2, one + 3 * two >> 2], 1).reshape(-1, 2)
        points = np.concatenate([points[:1], cut, points[-1:]])
    # Sixteen samples a segment are closer than a tile: no segment is longer than sixteen tiles.
    steps = np.arange(17)[None, :, None]
    one, two = points[:-1, None], points[1:, None]
    line = (one + ((two - one) * steps >> 4) >> _FINE).reshape(-1, 2)
    # Beside each tile its right neighbour: without it, diagonal steps would not be 4-connected.
    brush = [(0, 0), (1, 0), (0, 1), (1, 1)] if wide else [(0, 0), (1, 0)]
    corner = line.min(0)
    line -= corner
    drawn = np.zeros(line.max(0) + 2, bool)  # on a sheet: sorting pairs takes ten times as long
    for right, down in brush:
        drawn[line[:, 0] + right, line[:, 1] + down] = True
    return np.asarray(np.argwhere(drawn) + corner)
