"""Gradient noise in 32-bit whole numbers, for any region of an endless plane.

The algorithm is Perlin's (SIGGRAPH 1985, with the fade curve of 2002) on a lattice whose
wavelength is a power of two. On a regular grid the gradients are needed at lattice corners only,
and the part along x is the same for every row of a lattice band: it is made once per band and
broadcast. A tile's value depends on its coordinates and the key alone, never on the region asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Layer", "Period", "bent", "fractals", "hash_grid"]

Period = tuple[int, int] | None
_BITS = 11  # of the position inside a lattice cell; sums stay inside 32 bits
_ONE = 1 << _BITS
_BLOCK = 32_768  # samples of one octave
_TOGETHER = 64_000  # samples of several, or a quarter as many points on the lines of their lattices
_MASK = (1 << 64) - 1
_SPREAD = 0x9E3779B97F4A7C15
# Sixteen directions of length 16, rounded.
_GRADIENT_X = np.array([16, 15, 11, 6, 0, -6, -11, -15, -16, -15, -11, -6, 0, 6, 11, 15], np.int32)
_GRADIENT_Y = np.array([0, 6, 11, 15, 16, 15, 11, 6, 0, -6, -11, -15, -16, -15, -11, -6], np.int32)
# 6t^5 - 15t^4 + 10t^3 in steps of 1/2048, exactly rounded down.
_FADE = np.array(
    [(6 * t**5 - 15 * t**4 * _ONE + 10 * t**3 * _ONE**2) // _ONE**4 for t in range(_ONE)], np.int32
)


def hash_grid(key: int, xs: NDArray[np.int64], ys: NDArray[np.int64]) -> NDArray[np.uint64]:
    """64 random bits for every point of a grid: uint64 [len(ys), len(xs)] (SplitMix64's mixer)."""
    return _hashed(np.uint64(key & _MASK), xs.astype(np.uint64), ys.astype(np.uint64)[:, None])


def _hashed(
    key: NDArray[np.uint64] | np.uint64, xs: NDArray[np.uint64], ys: NDArray[np.uint64]
) -> NDArray[np.uint64]:
    """The same of arrays that broadcast."""
    word = xs * np.uint64(_SPREAD) ^ ys * np.uint64(0xC2B2AE3D27D4EB4F)
    word += key
    word ^= word >> np.uint64(30)
    word *= np.uint64(0xBF58476D1CE4E5B9)
    word ^= word >> np.uint64(27)
    word *= np.uint64(0x94D049BB133111EB)
    word ^= word >> np.uint64(31)
    return word


class Layer(NamedTuple):
    """One field of noise: `octaves` of them, the first `2**shift` tiles long."""

    key: int
    shift: int
    octaves: int


class _Octave(NamedTuple):
    """One octave of the layer with an index."""

    layer: int
    key: int
    number: int
    shift: int  # of its own wavelength


class _Octaves:
    """Octaves of a region: what every row of a lattice band shares, and how to add rows."""

    def __init__(
        self,
        octaves: list[_Octave],
        area: tuple[int, int, int, int],
        step: int,
        period: Period,
    ) -> None:
        x, y, width, height = area
        asides = [_aside(octave.key, octave.shift) for octave in octaves]
        shift = np.array([octave.shift for octave in octaves], np.int64)[:, None]
        first_x, lines_x, column, part_x, fade_x = _axis(
            np.array([x + aside[0] for aside in asides], np.int64)[:, None], width, step, shift
        )
        first_y, lines_y, row, part_y, fade_y = _axis(
            np.array([y + aside[1] for aside in asides], np.int64)[:, None], height, step, shift
        )
        count = len(octaves)
        keys = np.array([octave.key & _MASK for octave in octaves], np.uint64)
        xs, ys = first_x + np.arange(lines_x), first_y + np.arange(lines_y)
        if period:  # the lattice's lines come round again
            xs, ys = xs % (period[0] >> shift), ys % (period[1] >> shift)
        corners = _hashed(
            keys[:, None, None],
            xs.astype(np.uint64)[:, None, :],
            ys.astype(np.uint64)[:, :, None],
        )
        direction = (corners >> np.uint64(60)).astype(np.intp)
        gradient_x, gradient_y = _GRADIENT_X[direction].ravel(), _GRADIENT_Y[direction].ravel()
        # Which corner lies left of each sample, on every lattice line.
        lines = np.arange(0, count * lines_y * lines_x, lines_x).reshape(count, lines_y, 1)
        here = lines + column[:, None, :]
        beside = here + 1
        part_x, fade_x = part_x[:, None, :], fade_x[:, None, :]
        # On a lattice line, gradient · offset is linear in the row's offset: base + slope * part.
        left, right = gradient_x.take(here), gradient_x.take(beside)
        left *= part_x
        right *= part_x - _ONE
        right -= left
        right *= fade_x
        left <<= _BITS
        left += right
        base = left
        left, right = gradient_y.take(here), gradient_y.take(beside)
        right -= left
        right *= fade_x
        left <<= _BITS
        left += right
        slope = left
        # The lower line less the upper one, as seen from the upper one's offset.
        more_base = base[:, 1:] - base[:, :-1] - (slope[:, 1:] << _BITS)
        more_slope = slope[:, 1:] - slope[:, :-1]
        self._base, self._slope = base.reshape(-1, width), slope.reshape(-1, width)
        self._more_base = more_base.reshape(-1, width)
        self._more_slope = more_slope.reshape(-1, width)
        octave_of = np.arange(count)[:, None]
        self._row, self._band = row + octave_of * lines_y, row + octave_of * (lines_y - 1)
        self._part_y, self._fade_y = part_y[:, :, None], fade_y[:, :, None]
        self._shift = np.array([octave.number for octave in octaves], np.int32)[:, None, None]
        self._shift += _BITS
        self._layers = [octave.layer for octave in octaves]

    def __len__(self) -> int:
        return len(self._shift)

    def add_rows(
        self,
        rows: slice,
        totals: NDArray[np.int32],
        one: NDArray[np.int32],
        two: NDArray[np.int32],
    ) -> None:
        """Adds each octave to its layer's of `totals` [layers, rows, width], with two buffers
        [octaves, rows, width]; all sums stay below 2**30.
        """
        row, band, part = self._row[:, rows], self._band[:, rows], self._part_y[:, rows]
        np.take(self._more_slope, band, 0, out=one, mode="clip")
        one *= part
        np.take(self._more_base, band, 0, out=two, mode="clip")
        one += two
        one >>= _BITS
        one *= self._fade_y[:, rows]
        np.take(self._base, row, 0, out=two, mode="clip")
        one += two
        np.take(self._slope, row, 0, out=two, mode="clip")
        two *= part
        one += two
        one >>= self._shift
        for layer, octave in zip(self._layers, one, strict=True):
            totals[layer] += octave


def _aside(key: int, shift: int) -> tuple[int, int]:
    """Where the lattice of an octave begins, in tiles: else all would be 0 at the same tiles."""
    place = key * _SPREAD
    return place >> 40 & (1 << shift) - 1, place >> 16 & (1 << shift) - 1


def _axis(
    first: NDArray[np.int64], count: int, step: int, shift: NDArray[np.int64]
) -> tuple[NDArray[np.int64], int, NDArray[np.intp], NDArray[np.int32], NDArray[np.int32]]:
    """Along one axis, of octaves [n, 1]: the first lattice line [n, 1], the most lines of any, and
    [n, samples] the line of each sample, its place in its cell, and its fade.
    """
    points = first + step * np.arange(count, dtype=np.int64)
    lines = points >> shift
    points -= lines << shift
    part = ((points << _BITS) >> shift).astype(np.int32)
    start = lines[:, :1].copy()
    lines -= start
    return start, int(lines[:, -1].max()) + 2, lines, part, _FADE[part]


def fractals(
    layers: Sequence[Layer],
    x: int,
    y: int,
    width: int,
    height: int,
    *,
    step: int = 1,
    exact: bool = True,
    period: Period = None,
) -> NDArray[np.int32]:
    """Fields of gradient noise int32 [layers, height, width], each the sum of its octaves, of which
    every one is half as long and half as strong as the one before.

    A field reaches about ±24000. Samples lie at tiles `x + step * i`, `y + step * j` and have the
    values that these tiles have in any other region; unless `exact` is False: then octaves finer
    than a sample's step are left out, which would be specks on a map. With a `period` of tiles in
    both ways, multiples of the longest wavelength, the noise comes round again.
    """
    chosen = [
        _Octave(index, layer.key + number, number, layer.shift - number)
        for index, layer in enumerate(layers)
        for number in range(layer.octaves)
        if exact or (1 << (layer.shift - number)) >= 2 * step
    ]
    totals = np.zeros((len(layers), height, width), np.int32)
    count = max(1, _BLOCK // width)
    batches = _batches(chosen, width, height, step)
    most = max(map(len, batches), default=0)
    one, two = np.empty((2, most, min(count, height), width), np.int32)
    for batch in batches:
        part = _Octaves(batch, (x, y, width, height), step, period)
        few = len(part)
        for first in range(0, height, count):
            rows = slice(first, min(first + count, height))
            size = rows.stop - first
            part.add_rows(rows, totals[:, rows], one[:few, :size], two[:few, :size])
    return totals


def _batches(octaves: list[_Octave], width: int, height: int, step: int) -> list[list[_Octave]]:
    """What is made at once: of a small region many octaves, those with lattices of like size
    together; of a large one, one by one and in blocks of rows that stay in the processor's cache,
    which makes it three times as fast.
    """
    if 2 * width * height > _TOGETHER:
        return [[octave] for octave in octaves]
    batches: list[list[_Octave]] = []
    for octave in sorted(octaves, key=lambda octave: -octave.shift):
        lines = (height * step >> octave.shift) + 2
        count = len(batches[-1]) + 1 if batches else 0
        if batches and count * width * max(height, 4 * lines) <= _TOGETHER:
            batches[-1].append(octave)
        else:
            batches.append([octave])
    return batches


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
    period: Period = None,
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """How far noise moves samples aside when it bends the plane: across and down, int32
    [height, width], at most `most` of any unit. Octaves finer than a sample's step are left out.
    """
    layers = [Layer(key, shift, octaves) for key in keys]
    aside = fractals(layers, x, y, width, height, step=step, exact=False, period=period)
    aside *= most
    aside >>= 14
    np.clip(aside, -most, most, out=aside)
    return aside[0], aside[1]
