"""The borders between two materials: sixteen masks, and a scene in which each of them lies.

Materials lie at the corners of tiles, and a border runs between corners that differ (marching
squares). All of it is whole numbers, so it is the same everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.random import stream

__all__ = [
    "CORNER_TORUS",
    "MASK_VARIANTS",
    "Scene",
    "corner_masks",
    "cut",
    "joined",
    "scene",
]

MASK_VARIANTS = 2
_RIM = 5  # pixels on either side of a border that a network draws of both materials, of 32
_WAVER = 8  # pixels that a border may stray inside a tile, of 32
# Corners that wrap, among which every two by two occurs once: a de Bruijn torus.
_CORNERS = ("###.", "##.#", ".#..", "#...")
# Corners that wrap, among which every two by two occurs, and those twice whose border runs straight
# through: they lie in rows. No smaller torus of three rows or four has them all.
_STAGE = ("#.##.##", "#.##...", "##.....")


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Tiles of two materials, `rows` x `columns`, in which every border occurs; it wraps.
    Straight ones, of which many lie in a row, occur in all variants.

    `places` [16, variants] are the tiles (row * columns + column) whose corners are of the upper
    material as the index says: bit 1 the north-west, 2 the north-east, 4 the south-east and 8 the
    south-west one. For each tile, `over` bool [rows columns, size, size] is where the upper
    material shows, and `rim` where the border is near.
    """

    rows: int
    columns: int
    places: NDArray[np.intp]
    over: NDArray[np.bool_]
    rim: NDArray[np.bool_]


@lru_cache(maxsize=8)
def scene(size: int) -> Scene:
    """The scene with tiles of `size` pixels."""
    numbers = _corner_numbers(_torus(_STAGE))
    rows, columns = numbers.shape
    found = [np.flatnonzero(numbers == number) for number in range(16)]
    places = np.stack([np.resize(every[:MASK_VARIANTS], MASK_VARIANTS) for every in found])
    variants = np.zeros(numbers.shape, np.intp)
    for variant in reversed(range(MASK_VARIANTS)):  # what lies once is of the first
        variants.flat[places[:, variant]] = variant
    over = corner_masks(size)[variants, numbers]
    canvas = joined(over)
    rim = _spread(canvas, _RIM * size // 32) & _spread(~canvas, _RIM * size // 32)
    stage = Scene(
        rows=rows,
        columns=columns,
        places=places,
        over=over.reshape(-1, size, size),
        rim=cut(rim, size),
    )
    for array in (stage.places, stage.over, stage.rim):
        array.flags.writeable = False
    return stage


def _corner_numbers(corners: NDArray[np.bool_]) -> NDArray[np.intp]:
    """For a torus of corners [h, w], which of the sixteen tiles lies south-east of each."""
    east, south = np.roll(corners, -1, 1), np.roll(corners, -1, 0)
    return np.asarray(corners + 2 * east + 4 * np.roll(south, -1, 1) + 8 * south, np.intp)


def _torus(rows: tuple[str, ...]) -> NDArray[np.bool_]:
    return np.array([[letter == "#" for letter in row] for row in rows])


CORNER_TORUS = _corner_numbers(_torus(_CORNERS))
"""The sixteen corner tiles, laid [4, 4] so that each fits beside the next and around the rims."""


@lru_cache(maxsize=8)
def corner_masks(size: int) -> NDArray[np.bool_]:
    """Masks bool [variant, 16, size, size]; bits 1, 2, 4, 8 are the corners NW, NE, SE, SW.

    A pixel belongs to the corners that are nearer (by bilinear interpolation between them), and
    inside a tile the border wavers; it leaves a tile in the middle of an edge, so two masks that
    share an edge's corners meet there.
    """
    steps = 2 * np.arange(size) + 1  # halves of pixels
    near, far = 2 * size - steps, steps
    masks = np.zeros((MASK_VARIANTS, 16, size, size), bool)
    # Highest in the middle of a tile, nothing at its rim.
    inward = np.minimum(steps, near)
    window = np.minimum(np.minimum(inward[:, None], inward[None]), size // 2)
    for variant in range(MASK_VARIANTS):
        waver = _waver(size, variant) * window  # up to 1,000 times half a size
        for bits in range(16):
            nw, ne, se, sw = (1 if bits >> corner & 1 else -1 for corner in range(4))
            north = nw * near + ne * far
            south = sw * near + se * far
            level = near[:, None] * north[None] + far[:, None] * south[None]
            # Across a straight border the level falls by 4 size a pixel.
            stray = waver * (8 * _WAVER * size // 32) // 1000
            masks[variant, bits] = level + stray > 0 if 0 < bits < 15 else bits == 15
    masks.flags.writeable = False
    return masks


def _waver(size: int, variant: int) -> NDArray[np.int64]:
    """Smooth noise int64 [size, size], at most 1,000 either way."""
    words = stream("aigc_procgen", "waver", size, variant).words(size * size)
    noise = (words % np.uint64(2001)).astype(np.int64).reshape(size, size) - 1000
    for _ in range(max(size // 8, 1)):
        for axis in (0, 1):
            noise = noise + np.roll(noise, 1, axis) + np.roll(noise, -1, axis)
    return np.asarray(noise * 1000 // max(int(np.abs(noise).max()), 1))


def joined(tiles: NDArray[Any]) -> NDArray[Any]:
    """Tiles [rows, columns, size, size, ...] as one picture [rows size, columns size, ...]."""
    rows, columns, size = tiles.shape[:3]
    return tiles.swapaxes(1, 2).reshape(rows * size, columns * size, *tiles.shape[4:])


def cut(picture: NDArray[Any], size: int) -> NDArray[Any]:
    """A picture's tiles [n, size, size, ...], row by row."""
    rows, columns = picture.shape[0] // size, picture.shape[1] // size
    tiles = picture.reshape(rows, size, columns, size, *picture.shape[2:]).swapaxes(1, 2)
    return tiles.reshape(rows * columns, size, size, *picture.shape[2:])


def _spread(mask: NDArray[np.bool_], reach: int) -> NDArray[np.bool_]:
    """The pixels at most `reach` steps from those of a mask that wraps."""
    for _ in range(reach):
        grown = mask.copy()
        for axis in (0, 1):
            grown |= np.roll(mask, 1, axis) | np.roll(mask, -1, axis)
        mask = grown
    return mask
