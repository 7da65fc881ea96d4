"""Gradient noise in 32-bit whole numbers, for any region of an endless plane.

The algorithm is Perlin's (SIGGRAPH 1985, with the fade curve of 2002) on a lattice whose
wavelength is a power of two. On a regular grid the gradients are needed at lattice corners only,
and the part along x is the same for every row of a lattice band: it is made once per band and
broadcast. A tile's value depends on its coordinates and the key alone, never on the region asked.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["bent", "fractal", "hash_grid"]

_BITS = 11  # of the position inside a lattice cell; sums stay inside 32 bits
_ONE = 1 << _BITS
_BLOCK = 32768  # samples
# Sixteen directions of length 16, rounded.
_GRADIENT_X = np.array([16, 15, 11, 6, 0, -6, -11, -15, -16, -15, -11, -6, 0, 6, 11, 15], np.int32)
_GRADIENT_Y = np.array([0, 6, 11, 15, 16, 15, 11, 6, 0, -6, -11, -15, -16, -15, -11, -6], np.int32)
# 6t^5 - 15t^4 + 10t^3 in steps of 1/2048, exactly rounded down.
_FADE = np.array(
    [(6 * t**5 - 15 * t**4 * _ONE + 10 * t**3 * _ONE**2) // _ONE**4 for t in range(_ONE)], np.int32
)


def hash_grid(key: int, xs: NDArray[np.int64], ys: NDArray[np.int64]) -> NDArray[np.uint64]:
    """64 random bits for every point of a grid: uint64 [len(ys), len(xs)] (SplitMix64's mixer)."""
    word = xs.astype(np.uint64)[None, :] * np.uint64(0x9E3779B97F4A7C15)
    word = word ^ (ys.astype(np.uint64)[:, None] * np.uint64(0xC2B2AE3D27D4EB4F))
    word = word + np.uint64(key & 0xFFFFFFFFFFFFFFFF)
    word = (word ^ (word >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(word ^ (word >> np.uint64(31)))


@lru_cache(maxsize=512)
def _axis(
    start: int, count: int, step: int, shift: int
) -> tuple[int, int, NDArray[np.intp], NDArray[np.int32], NDArray[np.int32]]:
    """Along one axis: first lattice line, lines, line of each sample, place in its cell, fade."""
    points = start + step * np.arange(count, dtype=np.int64)
    lines = points >> shift
    inside = points & ((1 << shift) - 1)
    part = (inside << _BITS >> shift).astype(np.int32)
    first = int(lines[0])
    return first, int(lines[-1]) - first + 2, (lines - first).astype(np.intp), part, _FADE[part]


class _Octave:
    """One octave of a region: what every row of a lattice band shares, and how to add rows."""

    def __init__(
        self, key: int, area: tuple[int, int, int, int], shift: int, step: int, octave: int
    ) -> None:
        x, y, width, height = area
        # Every octave's lattice begins elsewhere: else all would be 0 at the same tiles.
        place = key * 0x9E3779B97F4A7C15
        x += place >> 40 & (1 << shift) - 1
        y += place >> 16 & (1 << shift) - 1
        first_x, lines_x, column, part_x, fade_x = _axis(x, width, step, shift)
        first_y, lines_y, self._row, part_y, fade_y = _axis(y, height, step, shift)
        corners = hash_grid(
            key,
            np.arange(first_x, first_x + lines_x, dtype=np.int64),
            np.arange(first_y, first_y + lines_y, dtype=np.int64),
        )
        direction = (corners >> np.uint64(60)).astype(np.intp)
        gradient_x, gradient_y = _GRADIENT_X[direction], _GRADIENT_Y[direction]
        # On a lattice line, gradient · offset is linear in the row's offset: base + slope * part.
        left, right = gradient_x[:, column], gradient_x[:, column + 1]
        left *= part_x
        right *= part_x - _ONE
        right -= left
        right *= fade_x
        left <<= _BITS
        left += right
        self._base = left
        left, right = gradient_y[:, column], gradient_y[:, column + 1]
        right -= left
        right *= fade_x
        left <<= _BITS
        left += right
        self._slope = left
        # The lower line less the upper one, as seen from the upper one's offset.
        self._more_base = self._base[1:] - self._base[:-1] - (self._slope[1:] << _BITS)
        self._more_slope = self._slope[1:] - self._slope[:-1]
        self._part_y, self._fade_y = part_y[:, None], fade_y[:, None]
        self._shift = _BITS + octave

    def add_rows(
        self,
        rows: slice,
        total: NDArray[np.int32],
        one: NDArray[np.int32],
        two: NDArray[np.int32],
    ) -> None:
        """Adds the octave to `total`, with two buffers of its shape; all sums stay below 2**30."""
        row, part = self._row[rows], self._part_y[rows]
        np.take(self._more_slope, row, 0, out=one, mode="clip")
        one *= part
        np.take(self._more_base, row, 0, out=two, mode="clip")
        one += two
        one >>= _BITS
        one *= self._fade_y[rows]
        np.take(self._base, row, 0, out=two, mode="clip")
        one += two
        np.take(self._slope, row, 0, out=two, mode="clip")
        two *= part
        one += two
        one >>= self._shift
        total += one


def fractal(
    key: int,
    x: int,
    y: int,
    width: int,
    height: int,
    *,
    shift: int,
    octaves: int,
    step: int = 1,
    exact: bool = True,
) -> NDArray[np.int32]:
    """Octaves of gradient noise, each half as strong as the one before: int32 [height, width].

    The first has a wavelength of `2**shift` tiles and reaches about ±24000. Samples lie at tiles
    `x + step * i`, `y + step * j` and have the values that these tiles have in any other region;
    unless `exact` is False: then octaves finer than a sample's step are left out, which would be
    specks on a map.
    """
    area = (x, y, width, height)
    parts = [
        _Octave(key + octave, area, shift - octave, step, octave)
        for octave in range(octaves)
        if exact or (1 << (shift - octave)) >= 2 * step
    ]
    total = np.zeros((height, width), np.int32)
    # Blocks of rows that stay in the processor's cache make large regions three times as fast.
    count = max(1, _BLOCK // width)
    one, two = np.empty((2, min(count, height), width), np.int32)
    for first in range(0, height, count):
        rows = slice(first, min(first + count, height))
        size = rows.stop - first
        for part in parts:
            part.add_rows(rows, total[rows], one[:size], two[:size])
    return total


def bent(
    keys: tuple[int, int],
    x: int,
    y: int,
    width: int,
    height: int,
    step: int,
    *,
    shift: int,
    octaves: int,
    most: int,
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """How far noise moves samples aside when it bends the plane: across and down, int32
    [height, width], at most `most` of any unit. Octaves finer than a sample's step are left out.
    """
    across, down = (
        np.clip(
            fractal(key, x, y, width, height, shift=shift, octaves=octaves, step=step, exact=False)
            * most
            >> 14,
            -most,
            most,
        )
        for key in keys
    )
    return across, down
