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

__all__ = ["fractal", "hash_grid", "noise"]

_BITS = 11  # of the position inside a lattice cell; sums stay inside 32 bits
_ONE = 1 << _BITS
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


def noise(
    key: int, x: int, y: int, width: int, height: int, shift: int, step: int = 1
) -> NDArray[np.int32]:
    """One octave, int32 [height, width] in about -24000..24000, of wavelength `2**shift` tiles.

    Samples lie at tiles `x + step * i`, `y + step * j`.
    """
    first_x, lines_x, column, part_x, fade_x = _axis(x, width, step, shift)
    first_y, lines_y, row, part_y, fade_y = _axis(y, height, step, shift)
    corners = hash_grid(
        key,
        np.arange(first_x, first_x + lines_x, dtype=np.int64),
        np.arange(first_y, first_y + lines_y, dtype=np.int64),
    )
    direction = (corners >> np.uint64(60)).astype(np.intp)
    # For one lattice line, gradient · offset is linear in the row's offset: base + offset * slope.
    gradient_x, gradient_y = _GRADIENT_X[direction], _GRADIENT_Y[direction]
    left, right = gradient_x[:, column] * part_x, gradient_x[:, column + 1] * (part_x - _ONE)
    base = left + ((right - left) * fade_x >> _BITS)
    left, right = gradient_y[:, column], gradient_y[:, column + 1]
    slope = left * np.int32(_ONE) + (right - left) * fade_x
    above = base[row] + (slope[row] * part_y[:, None] >> _BITS)
    below = base[row + 1] + (slope[row + 1] * (part_y - _ONE)[:, None] >> _BITS)
    return np.asarray(above + ((below - above) * fade_y[:, None] >> _BITS))


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
) -> NDArray[np.int32]:
    """Octaves from wavelength `2**shift` down, each half as strong: int32 [height, width].

    Octaves finer than a sample's step are left out: they would be noise to the eye.
    """
    total = np.zeros((height, width), np.int32)
    for octave in range(octaves):
        if (1 << (shift - octave)) < 2 * step:
            break
        total += noise(key + octave, x, y, width, height, shift - octave, step) >> octave
    return total
