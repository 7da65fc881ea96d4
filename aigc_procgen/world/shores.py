"""How far every sample of a region is from the nearest water, and how high that water stands.

Waters are straight parts of known level and width. Which of them can be the nearest anywhere in a
block of samples is found out first, from the block's middle: few are, and only those are measured
at every sample.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["FAR", "UNIT", "VALLEY", "Shores", "draw_shores", "no_shores"]

UNIT = 16  # parts of a tile in which distances are counted
VALLEY = 40  # tiles beside the water over which land falls towards it
FAR = (VALLEY + 1) * UNIT  # a distance that means "no water near"
_OFFSET = 4096  # packs distances and heights, which may be negative, into one number
_NO_LEVEL = 1 << 15
_LONGEST = 2047  # lengths above are taken for that
_SLACK = 16  # by which two measured lengths may be rounded apart
_FARTHEST = 20_000  # from here on a length is above the longest in any case: its square fits
_SHEET = 64  # samples on a side of what is looked at together
_BLOCK = 8  # samples on a side of a block
_SMALL_BLOCK = 4  # where blocks are larger than valleys
_WIDE = 8 * UNIT  # between two samples, from which on they are
_PAIRS = 1024  # blocks with a part, of which all samples are measured at once

Whole = NDArray[np.int32]


@dataclass(frozen=True, kw_only=True)
class Shores:
    """For samples of a region, int32 [height, width]: how far the nearest water's edge is, in
    sixteenths of a tile (below 0 in the water, `FAR` beyond the valley), and the height of that
    water's surface in thousandths.
    """

    far: Whole
    level: Whole


def no_shores(width: int, height: int) -> Shores:
    """Those of a region without water."""
    return Shores(
        far=np.full((height, width), FAR, np.int32), level=np.zeros((height, width), np.int32)
    )


def draw_shores(across: Whole, down: Whole, parts: Whole, step: int) -> Shores:
    """The shores of parts [n, 8] for samples [height, width] that lie at (across, down), all in
    parts of a tile and `step` tiles from each other, but for what bends them aside.

    A part runs from x, y, level and half width to x, y, level and half width.
    """
    height, width = across.shape
    found = no_shores(width, height)
    side = _SMALL_BLOCK if step * UNIT >= _WIDE else _BLOCK
    for top in range(0, height, _SHEET):
        for left in range(0, width, _SHEET):
            here = np.s_[top : top + _SHEET, left : left + _SHEET]
            xs, ys = _blocks(across[here], side), _blocks(down[here], side)
            best, lowest = _drawn(xs, ys, parts)
            far = (best >> 16) - _OFFSET
            # Where waters overlap the lowest surface holds: so each goes on falling along its
            # course.
            level = np.minimum((best & 0xFFFF) - _NO_LEVEL, lowest)
            level[far >= FAR] = 0
            shape = found.far[here].shape
            found.far[here] = _sheet(far, shape, side)
            found.level[here] = _sheet(level, shape, side)
    return found


def _blocks(field: Whole, side: int) -> Whole:
    """A sheet cut into blocks [n, side²], what is missing at its rim repeated."""
    height, width = field.shape
    over = (-height % side, -width % side)
    if any(over):
        field = np.pad(field, ((0, over[0]), (0, over[1])), mode="edge")
    rows, columns = field.shape[0] // side, field.shape[1] // side
    cut = field.reshape(rows, side, columns, side).swapaxes(1, 2)
    return cut.reshape(rows * columns, side * side)


def _sheet(blocks: Whole, shape: tuple[int, ...], side: int) -> Whole:
    """The sheet of a shape whose blocks these are."""
    rows, columns = -(-shape[0] // side), -(-shape[1] // side)
    whole = blocks.reshape(rows, columns, side, side).swapaxes(1, 2)
    return whole.reshape(rows * side, columns * side)[: shape[0], : shape[1]]


def _drawn(xs: Whole, ys: Whole, parts: Whole) -> tuple[Whole, Whole]:
    """Of samples in blocks [n, samples] the least distance, packed with its level, and the lowest
    of the surfaces that they lie in.
    """
    best = np.full(xs.shape, (FAR + _OFFSET) << 16, np.int32)
    lowest = np.full(xs.shape, _NO_LEVEL, np.int32)
    blocks, near = _candidates(xs, ys, parts)
    for first in range(0, len(blocks), _PAIRS):
        some = slice(first, first + _PAIRS)
        which = blocks[some]
        far, level = _measured(xs[which], ys[which], parts[near[some]].T[:, :, None])
        # What is beyond the valley is more than what stands there before.
        packed = (far + _OFFSET << 16) + (level + _NO_LEVEL)
        level[far >= 0] = _NO_LEVEL
        starts = np.flatnonzero(np.diff(which, prepend=-1))
        drawn = which[starts]
        best[drawn] = np.minimum(best[drawn], np.minimum.reduceat(packed, starts))
        lowest[drawn] = np.minimum(lowest[drawn], np.minimum.reduceat(level, starts))
    return best, lowest


def _candidates(xs: Whole, ys: Whole, parts: Whole) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Blocks and the parts that may be nearest to one of their samples, or have it in their water:
    the indexes of pairs, block by block.
    """
    lows, highs = [], []
    middles, reaches = [], []
    for axis in (xs, ys):
        low, high = axis.min(1), axis.max(1)
        lows.append(low.min())
        highs.append(high.max())
        middles.append(low + high >> 1)
        reaches.append((high - low >> 1) + 1)
    wide = FAR + np.maximum(parts[:, 3], parts[:, 7])
    close = np.ones(len(parts), bool)
    for index, low, high in zip((0, 1), lows, highs, strict=True):
        close &= np.minimum(parts[:, index], parts[:, index + 4]) - wide <= high
        close &= np.maximum(parts[:, index], parts[:, index + 4]) + wide >= low
    some = np.flatnonzero(close)
    if not len(some):
        return some, some
    one = parts[some].T[:, None]
    length = _measured_lengths(middles[0][:, None], middles[1][:, None], one)[0]
    # Half a block's diagonal is at most that; a distance changes by no more on the way.
    reach = np.maximum(*reaches) + np.minimum(*reaches) // 2 + _SLACK
    least = length - reach[:, None] - np.maximum(one[3], one[7])
    most = length + reach[:, None] - np.minimum(one[3], one[7])
    most[length >= _LONGEST] = FAR
    keep = least <= np.maximum(np.minimum(most.min(1), FAR), 0)[:, None]
    blocks, near = np.nonzero(keep)
    return blocks, some[near]


@cache
def _roots() -> Whole:
    """The root of 16 * index, rounded down, for lengths up to 2047."""
    squares = np.arange(_LONGEST + 1, dtype=np.int32) ** 2
    steps = np.arange(1 << 18, dtype=np.int32) << 4
    return (np.searchsorted(squares, steps, side="right") - 1).astype(np.int32)


def _measured(across: Whole, down: Whole, part: Whole) -> tuple[Whole, Whole]:
    """How far samples are from a part's edge, below 0 in its water, and its level there.

    `part` [8, …] broadcasts against the samples.
    """
    length, along = _measured_lengths(across, down, part)
    length -= part[3] + (along * (part[7] - part[3]) >> 8)
    along *= part[6] - part[2]
    along >>= 8
    along += part[2]
    return length, along


def _measured_lengths(across: Whole, down: Whole, part: Whole) -> tuple[Whole, Whole]:
    """How far samples are from a part's middle line, and how far along it, of 256."""
    x0, y0, _, _, x1, y1, _, _ = part
    dx, dy = x1 - x0, y1 - y0
    xs, ys = across - x0, down - y0
    # Of a part without a length all is at its start.
    along = xs * dx
    along += ys * dy
    along //= np.maximum(dx * dx + dy * dy >> 8, 1)
    np.minimum(along, 256, out=along)
    np.maximum(along, 0, out=along)
    xs -= along * dx >> 8
    ys -= along * dy >> 8
    for axis in (xs, ys):
        np.minimum(axis, _FARTHEST, out=axis)
        np.maximum(axis, -_FARTHEST, out=axis)
    xs *= xs
    ys *= ys
    xs += ys
    xs >>= 4
    np.minimum(xs, (1 << 18) - 1, out=xs)
    return np.asarray(_roots().take(xs)), along
