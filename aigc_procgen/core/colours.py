"""Names of colours, and which of them a picture mostly has: whole numbers of finished pixels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["COLOURS", "colour_votes"]

COLOURS = (
    "red",
    "orange",
    "yellow",
    "green",
    "cyan",
    "blue",
    "purple",
    "brown",
    "gray",
    "black",
    "white",
)
"""Every name of a colour, in the order of `colour_votes`."""

_INK = 26  # pixels no brighter than this are outline and do not vote
# Where hues begin, in degrees, and which name a hue from there on has.
_HUES = np.array([16, 42, 68, 160, 200, 258, 335])
_NAMES = np.array([0, 1, 2, 3, 4, 5, 6, 0])
_ORANGE, _BROWN, _GRAY, _BLACK, _WHITE = map(
    COLOURS.index, ("orange", "brown", "gray", "black", "white")
)


def colour_votes(pictures: NDArray[np.uint8]) -> NDArray[np.int64]:
    """How many pixels of each picture [n, h, w, 4] are of each of `COLOURS`, int64 [n, 11];
    outlines and what is transparent are of none.
    """
    rgb = pictures[..., :3].astype(np.int32)
    high, low = rgb.max(-1), rgb.min(-1)
    red, green, blue = np.moveaxis(rgb, -1, 0)
    spread = np.maximum(high - low, 1)
    hue = np.where(
        high == red,
        (60 * (green - blue)) // spread % 360,
        np.where(
            high == green, 120 + (60 * (blue - red)) // spread, 240 + (60 * (red - green)) // spread
        ),
    )
    voted = _NAMES[np.searchsorted(_HUES, hue, side="right")]
    voted = np.where((voted == _ORANGE) & (high < 190), _BROWN, voted)
    dull = (high - low) * 5 < high
    grey = np.where(high > 190, _WHITE, np.where(high > 84, _GRAY, _BLACK))
    voted = np.where(dull, grey, voted)
    counts = (pictures[..., 3] > 0) & (high > _INK)
    votes = [((voted == name) & counts).sum((-2, -1)) for name in range(len(COLOURS))]
    return np.asarray(np.stack(votes, -1), np.int64)
