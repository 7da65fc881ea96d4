"""Making a tile wrap: its borders are taken from its inside, cut where nobody sees it.

The cut is the minimum-error path of Efros & Freeman, "Image Quilting for Texture Synthesis and
Transfer" (SIGGRAPH 2001), made periodic so that healing one axis leaves the other as it was.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.random import Stream

from .colour import Pixels

__all__ = ["blotches", "heal", "warp"]


def _cheapest(cost: NDArray[np.int64]) -> NDArray[np.intp]:
    """The column of each row of a path down `cost` [rows, columns]; it starts where it ends."""
    best: tuple[int, NDArray[np.intp]] | None = None
    rows, columns = cost.shape
    far = np.int64(1) << 40
    for start in range(columns):
        total = np.full(columns, far)
        total[start] = cost[0, start]
        came = np.zeros((rows, columns), np.intp)
        for row in range(1, rows):
            padded = np.concatenate([[far], total, [far]])
            options = np.stack([padded[:-2], padded[1:-1], padded[2:]])
            came[row] = options.argmin(0) - 1 + np.arange(columns)
            total = options.min(0) + cost[row]
        ends = [column for column in (start - 1, start, start + 1) if 0 <= column < columns]
        end = min(ends, key=lambda column: int(total[column]))
        if best is None or int(total[end]) < best[0]:
            path = np.empty(rows, np.intp)
            path[-1] = end
            for row in range(rows - 1, 0, -1):
                path[row - 1] = came[row, path[row]]
            best = (int(total[end]), path)
    assert best is not None
    return best[1]


def _heal_columns(tile: Pixels) -> Pixels:
    """Wraps from left to right: the outer columns come from the tile rolled by half."""
    size = tile.shape[1]
    other = np.roll(tile, size // 2, 1)
    gap = ((tile.astype(np.int64) - other.astype(np.int64)) ** 2).sum(-1)
    near, far = size // 16, size * 7 // 16
    left = near + _cheapest(gap[:, near:far])
    right = size - far + _cheapest(gap[:, size - far : size - near])
    place = np.arange(size)[None]
    inside = (place > left[:, None]) & (place < right[:, None])
    return np.where(inside[..., None], tile, other)


def heal(tile: Pixels, axes: str) -> Pixels:
    """The tile [size, size, 4], made to wrap along the `axes` ("x", "y" or "xy")."""
    if "x" in axes:
        tile = _heal_columns(tile)
    if "y" in axes:
        tile = _heal_columns(tile.transpose(1, 0, 2)).transpose(1, 0, 2)
    return tile


def blotches(size: int, cells: int, dice: Stream) -> NDArray[np.float32]:
    """Smooth noise float32 [size, size] in -1..1 that wraps: `cells` x `cells` random values."""
    words = dice.words(cells * cells) >> np.uint64(40)
    grid = (words.astype(np.float32) / np.float32(1 << 23) - 1).reshape(cells, cells)
    place = np.arange(size, dtype=np.float32) * cells / size
    low = place.astype(int)
    part = place - low
    part = part * part * (3 - 2 * part)
    rows = grid[low] * (1 - part)[:, None] + grid[(low + 1) % cells] * part[:, None]
    return np.asarray(rows[:, low] * (1 - part) + rows[:, (low + 1) % cells] * part)


def warp(tile: Pixels, reach: float, dice: Stream) -> Pixels:
    """The tile with its pixels moved by up to `reach` along smooth noise; it still wraps."""
    size = tile.shape[0]
    down, right = blotches(size, 3, dice) * reach, blotches(size, 3, dice) * reach
    rows = (np.arange(size)[:, None] + np.rint(down).astype(int)) % size
    columns = (np.arange(size)[None] + np.rint(right).astype(int)) % size
    return np.asarray(tile[rows, columns])
