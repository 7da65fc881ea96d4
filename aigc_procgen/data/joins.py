"""New drawings out of two of one category: the lower half of one and the upper half of another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.errors import check_choice

from .colour import Pixels

__all__ = ["ALONG", "Join", "cost_of", "find_join", "join"]

ALONG = ("upright", "diagonal")
"""How a drawing lies: its upper end at the top, or at the top right as weapons are drawn."""

_REACH = 3  # pixels that the upper half may be moved in each direction
_SHARE = (0.2, 0.85)  # of a drawing's own pixels, on its side of the cut
_NEW = 0.15  # of the pixels of either drawing, to be seen as another one
_DIFFERENT = 24  # of 255, in one channel
_OPPOSITE = 3 * 255  # how far a red pixel is from a transparent one, as `_weighed` has them


@dataclass(frozen=True, kw_only=True)
class Join:
    """Where two drawings meet: the upper one is moved `right` and `down` by so many pixels, and is
    seen from the height `cut` on. `cost` is 0 where both are the same along the cut, 1 where one
    is all red and the other has nothing.
    """

    along: str
    right: int
    down: int
    cut: int
    cost: float


def _heights(size: int, along: str) -> NDArray[np.intp]:
    """How far up along the drawing each pixel lies, [size, size]."""
    rows, columns = np.mgrid[:size, :size]
    up = size - 1 - rows
    return np.asarray(up + columns if along == "diagonal" else up)


def _moved(image: Pixels, right: int, down: int) -> Pixels:
    """The picture moved; what leaves the square is lost, what comes in is transparent."""
    size = len(image)
    result = np.zeros_like(image)
    to_rows, to_columns = (slice(max(by, 0), size + min(by, 0)) for by in (down, right))
    rows, columns = (slice(max(-by, 0), size + min(-by, 0)) for by in (down, right))
    result[to_rows, to_columns] = image[rows, columns]
    return result


def _weighed(images: Pixels) -> NDArray[np.int32]:
    """Colours that are nothing where a pixel is transparent, and alpha for as much as two more."""
    solid = images[..., 3:] > 0
    return np.where(solid, images.astype(np.int32) * (1, 1, 1, 2), 0)


def find_join(lower: Pixels, upper: Pixels, along: str) -> Join | None:
    """The place where two drawings [size, size, 4] of hard alpha meet with the least to be seen.

    Every shift of a few pixels and every cut straight across is tried; what counts is how far the
    two differ along the cut, as in graph-cut textures (Kwatra et al., SIGGRAPH 2003). None if they
    nowhere touch, or if it gives nearly one of the two again. Sums of whole numbers, and one
    division of two of them, decide: the place is the same on every machine.
    """
    check_choice("along", along, ALONG)
    size = len(lower)
    shifts = sorted(
        (
            (right, down)
            for right in range(-_REACH, _REACH + 1)
            for down in range(-_REACH, _REACH + 1)
        ),
        key=lambda shift: (abs(shift[0]) + abs(shift[1]), shift),
    )
    moved = np.stack([_moved(upper, *shift) for shift in shifts])
    whole = (moved[..., 3] > 0).sum((1, 2)) == (upper[..., 3] > 0).sum()
    heights = _heights(size, along).ravel()
    order = np.argsort(heights, kind="stable")
    starts = np.searchsorted(heights[order], np.arange(heights.max() + 1))

    def across(values: NDArray[Any]) -> NDArray[np.int32]:
        """The sum of what each shift has [shifts, size, size], at each height [shifts, heights]."""
        flat = values.reshape(len(values), -1)[:, order]
        return np.add.reduceat(flat, starts, axis=1, dtype=np.int32)

    below, above = lower[None, ..., 3] > 0, moved[..., 3] > 0
    apart = across(np.abs(_weighed(lower)[None] - _weighed(moved)).sum(-1))
    either, both = across(below | above), across(below & above)
    kept, taken = across(below).cumsum(1), across(above).cumsum(1)
    # At the cut: its own row of pixels and the one below it.
    apart, either, both = (
        rows + np.concatenate([np.zeros_like(rows[:, :1]), rows[:, :-1]], 1)
        for rows in (apart, either, both)
    )
    total, least = kept[:, -1:], np.array(_SHARE)[:, None, None]
    share = np.roll(kept, 1, 1) / np.maximum(total, 1)
    rest = 1 - np.roll(taken, 1, 1) / np.maximum(taken[:, -1:], 1)
    fits = whole[:, None] & (both >= 2)
    for part in (share, rest):
        fits &= (part > least[0]) & (part < least[1])
    fits[:, 0] = False
    if not fits.any():
        return None
    cost = np.where(fits, apart / np.maximum(either, 1), np.inf)
    best, cut = divmod(int(cost.argmin()), cost.shape[1])
    right, down = shifts[best]
    found = Join(
        along=along,
        right=right,
        down=down,
        cut=cut,
        cost=float(cost[best, cut]) / _OPPOSITE,
    )
    made = join(lower, upper, found)
    new = min(_changed(lower, made), _changed(moved[best], made))
    return None if new < _NEW else found


def _changed(before: Pixels, after: Pixels) -> float:
    """The share of the pixels of either picture that are not nearly the same in both."""
    solid = (before[..., 3] > 0) | (after[..., 3] > 0)
    other = np.abs(before.astype(int) - after.astype(int)).max(-1) > _DIFFERENT
    return float(other.sum() / max(int(solid.sum()), 1))


def cost_of(lower: Pixels, upper: Pixels, found: Join) -> float:
    """What `Join.cost` would be for other colours of the two drawings."""
    moved = _moved(upper, found.right, found.down)
    heights = _heights(len(lower), found.along)
    at_cut = (heights == found.cut) | (heights == found.cut - 1)
    either = at_cut & ((lower[..., 3] > 0) | (moved[..., 3] > 0))
    apart = np.abs(_weighed(lower) - _weighed(moved)).sum(-1)[at_cut].sum()
    return float(apart / max(int(either.sum()), 1) / _OPPOSITE)


def join(lower: Pixels, upper: Pixels, found: Join) -> Pixels:
    """The two drawings in one, as `find_join` found it for them (or for other colours of them)."""
    upper = _moved(upper, found.right, found.down)
    own = _heights(len(lower), found.along) < found.cut
    return np.where(own[..., None], lower, upper)
