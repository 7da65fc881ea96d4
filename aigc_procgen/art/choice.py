"""Which of a few drawings to keep, and where to cut one: whole numbers counted on finished pixels,
least is best.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.pixels import orphans

__all__ = ["best_of", "count_specks", "even_shift", "evened", "head_of", "unlikeness"]

Pixels = NDArray[np.uint8]
Counts = NDArray[np.int64]

_FAR = 200  # the largest difference of two colours: what is of another thing counts no more


def best_of(obeyed: Counts, faults: Counts) -> int:
    """Which of several drawings to keep: those that show most of what was asked of them, int64 [n],
    and of these the one with the fewest faults [n]; the first of equals.
    """
    return int(np.lexsort((faults, -obeyed))[0])


def count_specks(figures: Pixels) -> Counts:
    """How many pixels of each figure [n, ..., h, w, 4] stand alone in their colour, int64 [n]."""
    count, *_, height, width, _ = figures.shape
    alone = orphans(figures.reshape(-1, height, width, 4))
    return np.asarray(alone.reshape(count, -1).sum(1), np.int64)


def unlikeness(figure: Pixels, faces: Pixels, *, above: bool = True) -> Counts:
    """How little each face [n, size, size, 4] looks like the one of a figure [s, s, 4], int64 [n].

    The mean difference of colours between the skin of both, and for half as much, unless `above` is
    False, between what is above it: hair, hats, horns. All are 0 where the figure shows no head.
    """
    skin, crown = head_of(figure)
    size = faces.shape[1]
    middle = faces[:, size * 3 // 8 : size * 3 // 4, size // 4 : size * 3 // 4]
    top = faces[:, : size // 3]
    return np.array(
        [
            2 * _difference(skin, _solid(own)) + (_difference(crown, _solid(hair)) if above else 0)
            for own, hair in zip(middle, top, strict=True)
        ],
        np.int64,
    )


def head_of(figure: Pixels) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The colours [k, 3] of the face of a figure that looks at the player, and those above it.

    The face is as wide as a sixteenth of the picture and twice as high, just above the shoulders:
    headgear, hair and horns change where a figure begins, but not how far its face is above them.
    """
    size = len(figure)
    half, high = size // 2, size // 8
    opaque = figure[..., 3] > 0
    # How far the figure reaches from its middle without a gap: a staff beside it does not count.
    left = np.cumprod(opaque[:, :half][:, ::-1], 1).sum(1)
    right = np.cumprod(opaque[:, half:], 1).sum(1)
    broad = (left > 0) & (right > 0) & ((left + right) * 16 >= size * 5)
    # A hat may be as broad as shoulders, but not for as many rows; short coats are not either.
    for thick in (size * 3 // 16, high):
        rows = [row for row in range(size - thick) if broad[row : row + thick].all()]
        if rows:
            break
    shoulder = rows[0] if rows else 0
    chin, brow = shoulder, max(shoulder - high, 0)
    narrow, wide = max(size // 32, 1), size * 5 // 32
    face = figure[brow:chin, half - narrow : half + narrow]
    return _solid(face), _solid(figure[:brow, half - wide : half + wide])


def _solid(picture: Pixels) -> NDArray[np.int32]:
    """The colours int32 [k, 3] of a picture's opaque pixels."""
    return picture[picture[..., 3] > 0][:, :3].astype(np.int32)


def _difference(some: NDArray[np.int32], others: NDArray[np.int32]) -> int:
    """The mean difference of two colours, one of each, in hundredths; 0 if there are none."""
    first, often = _counted(some)
    second, oftener = _counted(others)
    apart = np.abs(first[:, None] - second[None]).sum(-1).clip(max=_FAR)
    total = int((apart * often[:, None] * oftener[None]).sum())
    return total * 100 // max(len(some) * len(others), 1)


def _counted(colours: NDArray[np.int32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The different ones [u, 3] of colours [k, 3], and how often each occurs [u]."""
    codes = (colours[:, 0] << 16) | (colours[:, 1] << 8) | colours[:, 2]
    found, often = np.unique(codes, return_counts=True)
    parts = np.stack([found >> 16, (found >> 8) & 255, found & 255], 1)
    return parts.astype(np.int64), often.astype(np.int64)


def even_shift(picture: Pixels, size: int) -> tuple[int, int]:
    """How far down and right a piece of ground [h, w, 4], whose opposite rims meet, is rolled so
    that colours change across the rims of its tiles of `size` as much as inside of them.

    A network draws joints of masonry in step with the lattice of its latents: unmoved, the rims of
    tiles all lie in the middle of stones, or all in joints.
    """
    colour = picture[..., :3].astype(np.int64)
    shifts = []
    for axis in (0, 1):
        steps = np.abs(np.roll(colour, -1, axis) - colour).sum((1 - axis, 2))
        by_phase = steps.reshape(-1, size).sum(0)
        uneven = np.abs(by_phase * size - by_phase.sum())
        shifts.append(size - 1 - int(uneven.argmin()))
    return shifts[0], shifts[1]


def evened(tiles: Pixels, shown: Pixels | None = None) -> Pixels:
    """Tiles [n, (frames,) size, size, 4] whose opposite rims meet, each rolled to where its rims
    (in its first frame) are as busy as its inside; `shown` is the same in other colours, if those
    are wanted, for the shifts must not depend on colours.
    """
    rolled = np.empty_like(tiles)
    for number, tile in enumerate(tiles):
        size = tile.shape[-2]
        shift = even_shift(tile.reshape(-1, size, size, 4)[0], size)
        rolled[number] = np.roll((tiles if shown is None else shown)[number], shift, (-3, -2))
    return rolled
