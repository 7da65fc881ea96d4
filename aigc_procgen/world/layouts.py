"""What stands in a place: a stamp of terrain that is laid over the land, and its furniture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.random import Seed, Stream, stream

from .places import Place
from .terrain import TERRAIN_INDEX

__all__ = ["KEEP", "CLEAR", "Stamp", "lay_out"]

KEEP = 255  # the land as it is
CLEAR = 254  # the land as it is, but dry, level and without trees
_COBBLE, _FLOOR, _DIRT = (TERRAIN_INDEX[n] for n in ("cobblestone", "stone_floor", "dirt"))
_STONE, _BRICK, _GRASS = (TERRAIN_INDEX[n] for n in ("stone_wall", "brick_wall", "grass"))
_ROCK, _GRAVEL, _ASH = (TERRAIN_INDEX[n] for n in ("mountain", "gravel", "ash"))


@dataclass(frozen=True, kw_only=True)
class Stamp:
    """Terrain uint8 [2r + 1, 2r + 1] around a place's middle, and props as (kind, dx, dy)."""

    terrain: NDArray[np.uint8]
    props: tuple[tuple[str, int, int], ...]


def lay_out(seed: Seed, place: Place) -> Stamp:
    """The stamp of a place; the same for the same seed and place."""
    draw = stream(seed, "layout", place.id)
    radius = place.radius
    ys, xs = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    ground = np.where(xs * xs + ys * ys <= radius * radius + radius, CLEAR, KEEP).astype(np.uint8)
    props: list[tuple[str, int, int]] = []
    _BUILDERS[place.kind](ground, radius, draw, props)
    ground.flags.writeable = False
    return Stamp(terrain=ground, props=tuple(sorted(props)))


def _house(
    ground: NDArray[np.uint8], x: int, y: int, width: int, height: int, door_y: int, draw: Stream
) -> None:
    """Walls around a floor; the door is a gap in the upper or lower wall, in row `door_y`."""
    ground[y : y + height, x : x + width] = _BRICK if draw.chance(2, 3) else _STONE
    ground[y + 1 : y + height - 1, x + 1 : x + width - 1] = _FLOOR
    ground[door_y, x + width // 2] = _FLOOR


def _settlement(
    ground: NDArray[np.uint8],
    radius: int,
    draw: Stream,
    props: list[tuple[str, int, int]],
    *,
    streets: tuple[int, ...],
    paving: int,
    plaza: int,
) -> None:
    """Parallel streets crossed by a main road, houses with doors onto the streets, a plaza."""
    size = 2 * radius + 1
    inside = ground != KEEP
    street = np.zeros_like(inside)
    street[:, radius : radius + 2] = True
    for offset in streets:
        street[radius + offset : radius + offset + 2] = True
    ground[street & inside] = paving
    middle = slice(radius - plaza, radius + plaza + 2)
    for offset in streets:
        top = radius + offset
        for above in (True, False):
            x = 2
            while x < size - 6:
                width, height = draw.between(5, 7), draw.between(4, 5)
                y = top - height if above else top + 2
                lot = (slice(y - 1, y + height + 1), slice(x - 1, x + width + 1))
                wall = (slice(y, y + height), slice(x, x + width))
                free = (
                    0 < y
                    and y + height < size
                    and x + width < size
                    and inside[lot].all()
                    and not np.isin(ground[wall], (paving, _BRICK, _STONE, _FLOOR)).any()
                    and not _near_plaza(x, y, width, height, radius, plaza)
                )
                if free and draw.chance(5, 6):
                    _house(ground, x, y, width, height, y + height - 1 if above else y, draw)
                    x += width + draw.between(1, 3)
                else:
                    x += 1
    ground[middle, middle] = _COBBLE
    props += [("statue", 0, -2)] if plaza > 2 else []
    for _ in range(radius):
        dx, dy = draw.between(-radius, radius), draw.between(-radius, radius)
        around = ground[
            max(dy + radius - 1, 0) : dy + radius + 2, max(dx + radius - 1, 0) : dx + radius + 2
        ]
        if (around == CLEAR).all():
            props.append((draw.choice(("tree", "tree", "bush")), dx, dy))


def _near_plaza(x: int, y: int, width: int, height: int, radius: int, plaza: int) -> bool:
    low, high = radius - plaza - 1, radius + plaza + 2
    return x <= high and x + width > low and y <= high and y + height > low


def _town(g: NDArray[np.uint8], r: int, d: Stream, props: list[tuple[str, int, int]]) -> None:
    _settlement(g, r, d, props, streets=(-14, -5, 5, 14), paving=_COBBLE, plaza=4)


def _village(g: NDArray[np.uint8], r: int, d: Stream, props: list[tuple[str, int, int]]) -> None:
    _settlement(g, r, d, props, streets=(-8, 6), paving=_DIRT, plaza=2)


def _farm(g: NDArray[np.uint8], r: int, d: Stream, props: list[tuple[str, int, int]]) -> None:
    """A house to the north, a yard, and ploughed strips with crops in rows."""
    _house(g, r - 3, r - 7, 7, 5, r - 3, d)
    g[r - 2 : r + 1, r - 2 : r + 3] = _DIRT
    for x in range(r - 6, r + 7):
        for y in range(r + 2, r + 7):
            if g[y, x] == CLEAR:
                g[y, x] = _DIRT if (x - r) % 3 else _GRASS
                if (x - r) % 3 == 0 and d.chance(2, 3):
                    props.append(("bush", x - r, y - r))


def _shrine(g: NDArray[np.uint8], r: int, d: Stream, props: list[tuple[str, int, int]]) -> None:
    g[r - 2 : r + 3, r - 2 : r + 3] = _FLOOR
    g[r + 3 : r + 5, r] = _COBBLE
    props += [("altar", 0, -1), ("statue", -2, -2), ("statue", 2, -2)]
    if d.chance(1, 2):
        props += [("statue", -2, 2), ("statue", 2, 2)]


def _camp(g: NDArray[np.uint8], r: int, d: Stream, props: list[tuple[str, int, int]]) -> None:
    g[r - 1 : r + 2, r - 1 : r + 2] = _DIRT
    g[r, r - 1] = _ASH
    for _ in range(3):
        props.append(("chest", d.between(-3, 3), d.choice((-3, 3))))


def _ruin(g: NDArray[np.uint8], r: int, d: Stream, props: list[tuple[str, int, int]]) -> None:
    """Rooms whose walls have fallen in part: two stones in five are gone."""
    for _ in range(3):
        width, height = d.between(5, 9), d.between(5, 8)
        x, y = d.between(2, 2 * r - width - 1), d.between(2, 2 * r - height - 1)
        for dy in range(height):
            for dx in range(width):
                edge = dx in (0, width - 1) or dy in (0, height - 1)
                if g[y + dy, x + dx] == KEEP:
                    continue
                if not edge:
                    g[y + dy, x + dx] = _FLOOR
                elif d.chance(3, 5):
                    g[y + dy, x + dx] = _STONE
    g[r - 1 : r + 2, r - 1 : r + 2] = _FLOOR
    g[r:, r] = np.where(g[r:, r] == _STONE, _FLOOR, g[r:, r])  # a way in, always
    props += [("statue", 1, -1)]


def _mine(g: NDArray[np.uint8], r: int, d: Stream, props: list[tuple[str, int, int]]) -> None:
    g[r - 4 : r, r - 4 : r + 5] = _ROCK
    g[r - 2 : r, r] = _GRAVEL
    g[r : r + 3, r - 2 : r + 3] = _GRAVEL
    props += [("gem", -2, 1), ("gem", 2, 2), ("chest", 2, 0)]


_Builder = Callable[[NDArray[np.uint8], int, Stream, list[tuple[str, int, int]]], None]
_BUILDERS: dict[str, _Builder] = {
    "town": _town,
    "village": _village,
    "farm": _farm,
    "shrine": _shrine,
    "camp": _camp,
    "ruin": _ruin,
    "mine": _mine,
}
