"""From terrain to a picture: the tiles of every material, and organic borders between them.

Ground lies between the middles of tiles: each of its pieces has the materials of four tiles at its
corners, and those that lie higher cover the lower ones by the masks of `masks`; where one model
draws both, it draws the border itself. What is built fills whole tiles.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.errors import check_int
from aigc_procgen.core.random import Seed, key

from .ground import COLUMNS, ROWS
from .masks import joined, scene
from .tileset import FRAMES, MOVING, ORDER, Tileset, build_tileset

__all__ = ["FRAMES", "MOVING", "ORDER", "Tileset", "build_tileset", "draw_terrain"]


def draw_terrain(
    terrain: NDArray[np.uint8],
    tileset: Tileset,
    x: int,
    y: int,
    seed: Seed,
    *,
    frame: int = 0,
    built: NDArray[np.bool_] | None = None,
    period: tuple[int, int] | None = None,
) -> NDArray[np.uint8]:
    """A picture uint8 [size * h, size * w, 4] of terrain [h + 2, w + 2], its border one tile wide.

    (x, y) is the tile of the picture's upper left corner, which decides variants: neighbouring
    pictures fit together. In a `frame` above 0 the materials of `MOVING` have moved; `FRAMES`
    frames loop. `built` bool [names] says which materials fill whole tiles, if not the usual ones.
    With a `period` of tiles in both ways, multiples of `COLUMNS` and `ROWS`, pictures come round
    with the land.
    """
    check_int("frame", frame, 0, FRAMES - 1)
    height, width = terrain.shape[0] - 2, terrain.shape[1] - 2
    size = tileset.size
    half = size // 2
    # The ground lies between the middles of tiles: half a tile off, and one more of them.
    square = ~tileset.soft if built is None else built
    filled = square[terrain]
    shown = np.unique(terrain[1:-1, 1:-1][filled[1:-1, 1:-1]]).tolist()
    layers = _layers(_soft_corners(terrain, ~square), tileset, ~square)
    tileset.prepare(
        frame,
        whole=shown,
        half=[layer.material for layer in layers],
        borders=[
            (lower, layer.material) for layer in layers for lower, _ in layer.over if lower >= 0
        ],
    )
    soft, tall = _draw_soft(layers, (height + 1, width + 1), tileset, x, y, seed, frame, period)
    inside = np.s_[half : half + height * size, half : half + width * size]
    picture = joined(soft)[inside].copy()
    standing = np.zeros(((height + 2) * size, (width + 2) * size), bool)
    standing[half:-half, half:-half] = joined(tall)
    cells = standing.reshape(height + 2, size, width + 2, size).swapaxes(1, 2)
    cells[filled] = tileset.tall[terrain[filled]][:, None, None]
    whole = picture.reshape(height, size, width, size, 4).swapaxes(1, 2)
    middle = terrain[1:-1, 1:-1]
    variants = _Variants(key(seed, "variants"), x, y, height, width, period)
    for material in shown:
        here = middle == material
        tiles = tileset.tiles(material, frame)
        whole[here] = tiles[variants.of(tileset.painted(material))[here]]
    _shade(picture, standing, size)
    return picture


def _draw_soft(
    layers: list[_Layer],
    shape: tuple[int, int],
    tileset: Tileset,
    x: int,
    y: int,
    seed: Seed,
    frame: int,
    period: tuple[int, int] | None,
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """The ground between the middles of tiles [h + 1, w + 1, size, size, 4], and where it is tall.

    The materials that lie higher are drawn over the lower ones, from the corners that they hold.
    """
    rows, columns = shape
    size = tileset.size
    picture = np.zeros((rows, columns, size, size, 4), np.uint8)
    tall = np.zeros((rows, columns, size, size), bool)
    variants = _Variants(key(seed, "ground"), x - 1, y - 1, rows, columns, period)
    stage = scene(size)
    for layer in layers:
        material = layer.material
        tiles = tileset.tiles(material, frame, half=True)
        variant = variants.of(tileset.painted(material))
        picture[layer.full] = tiles[variant[layer.full]]
        tall[layer.full] = tileset.tall[material]
        for lower, where in layer.over:
            places = stage.places[layer.bits[where], variants.draw[where] % stage.places.shape[1]]
            over = stage.over[places]
            shown = np.where(over[..., None], tiles[variant[where]], picture[where])
            # Where three materials meet, the second border is a plain cut.
            drawn = tileset.border(lower, material, frame) if lower >= 0 else None
            if drawn is not None:
                shown = np.where(stage.rim[places][..., None], drawn[places], shown)
            picture[where] = shown
            tall[where] = np.where(over, tileset.tall[material], tall[where])
    return picture, tall


class _Layer(NamedTuple):
    """One material of the ground: the corners of each tile that it or a higher one holds, the tiles
    that it fills, and those that it covers a part of, by the material that filled them (or -1).
    """

    material: int
    bits: NDArray[np.intp]
    full: NDArray[np.bool_]
    over: list[tuple[int, tuple[NDArray[np.intp], ...]]]


def _layers(corners: NDArray[np.uint8], tileset: Tileset, soft: NDArray[np.bool_]) -> list[_Layer]:
    """The materials at the corners [4, h + 1, w + 1], from the lowest to the highest."""
    level = tileset.height[corners]
    whole = np.full(corners.shape[1:], -1)  # the material of tiles that hold but one so far
    # Where all four corners were built the ground does not show: nothing is drawn there.
    shows = np.unique(corners[:, soft[corners[0]]])
    layers = []
    for material in sorted(shows.tolist(), key=lambda index: int(tileset.height[index])):
        held = level >= tileset.height[material]
        bits = (held * np.array([1, 2, 4, 8])[:, None, None]).sum(0)
        bits[~(corners == material).any(0)] = 0
        full = bits == 15
        partly = (bits > 0) & ~full
        over = [
            (lower, np.nonzero(partly & (whole == lower)))
            for lower in np.unique(whole[partly]).tolist()
        ]
        layers.append(_Layer(material, bits, full, over))
        whole[full] = material
        whole[partly] = -1
    return layers


def _soft_corners(terrain: NDArray[np.uint8], soft: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """The materials at the corners NW, NE, SE, SW of the tiles between tiles [4, h + 1, w + 1].

    Under what was built the ground goes on as it is beside it: from the corner to the north or
    south, or else to the west or east, or else the opposite one. If all were built they stay.
    """
    nw, ne, se, sw = terrain[:-1, :-1], terrain[:-1, 1:], terrain[1:, 1:], terrain[1:, :-1]
    found = []
    for own, others in (
        (nw, (sw, ne, se)),
        (ne, (se, nw, sw)),
        (se, (ne, sw, nw)),
        (sw, (nw, se, ne)),
    ):
        corner = own.copy()
        for other in others:
            np.copyto(corner, other, where=~soft[corner])
        found.append(corner)
    return np.stack(found)


def _variant_of(
    seed_key: int, x: int, y: int, width: int, height: int, period: tuple[int, int] | None
) -> NDArray[np.uint64]:
    """A random number a tile, from the tile's coordinates: uint64 [height, width]."""
    columns = np.arange(width, dtype=np.int64) + x
    rows = np.arange(height, dtype=np.int64) + y
    if period:
        columns, rows = (
            (line + side // 2) % side - side // 2
            for line, side in zip((columns, rows), period, strict=True)
        )
    xs, ys = columns.astype(np.uint64), rows.astype(np.uint64)
    word = xs[None] * np.uint64(0x9E3779B97F4A7C15) ^ ys[:, None] * np.uint64(0xC2B2AE3D27D4EB4F)
    word = (word + np.uint64(seed_key)) * np.uint64(0xBF58476D1CE4E5B9)
    return np.asarray(
        (word ^ (word >> np.uint64(31))) * np.uint64(0x94D049BB133111EB) >> np.uint64(33)
    )


class _Variants:
    """Which of a material's tiles lies where: by place in a patch, or by a draw."""

    def __init__(
        self,
        seed_key: int,
        x: int,
        y: int,
        height: int,
        width: int,
        period: tuple[int, int] | None,
    ) -> None:
        draw = _variant_of(seed_key, x, y, width, height, period)
        self.draw = (draw >> np.uint64(16)).astype(np.intp)
        self._any = (draw % np.uint64(ROWS * COLUMNS)).astype(np.intp)
        rows, columns = np.arange(y, y + height) % ROWS, np.arange(x, x + width) % COLUMNS
        self._lattice = rows[:, None] * COLUMNS + columns

    def of(self, painted: bool) -> NDArray[np.intp]:
        """Numbers of tiles [height, width]."""
        return self._lattice if painted else self._any


def _shade(picture: NDArray[np.uint8], standing: NDArray[np.bool_], size: int) -> None:
    """Darkens the ground south and east of what is tall, and the foot of what is tall itself.

    `standing` is where something tall stands, with a rim of `size` pixels around the picture.
    """
    height, width = picture.shape[:2]

    def moved(dy: int, dx: int) -> NDArray[np.bool_]:
        return standing[size + dy : size + dy + height, size + dx : size + dx + width]

    here = moved(0, 0)
    steps = range(1, size // 4 + 1)
    north = np.logical_or.reduce([moved(-step, 0) for step in steps])
    west = np.logical_or.reduce([moved(0, -step) for step in steps[: size // 8]])
    foot = ~np.logical_and.reduce([moved(step, 0) for step in steps])
    for where, share in ((~here & north, 5), (~here & ~north & west, 6), (here & foot, 5)):
        shaded = picture[where]
        shaded[:, :3] = shaded[:, :3].astype(np.uint16) * share // 8
        picture[where] = shaded
