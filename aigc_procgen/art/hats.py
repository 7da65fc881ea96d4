"""Hats of one colour on a person's figure and on their face, which two networks draw.

Neither network is told what colour a hat has, so the one on the face is dyed like that on the
figure: the shading stays, colours are scaled to the other's middle one, and the nearest ones of the
pack's palette taken.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .choice import head_of

__all__ = ["DYED", "dyed"]

Pixels = NDArray[np.uint8]

# What covers the hair: of crowns, bands and horns a figure shows too little beside it.
DYED = ("hat", "hood", "helm", "wizard_hat")
_OUTLINE = 60  # colours whose brightest channel is below are outlines, whatever they surround
_LIKE = 90  # sum of the channels' differences up to which two hats pass for one colour
_SHADE = 8  # added to channels before they are scaled, or black ones could not change


def dyed(face: Pixels, figure: Pixels, headgear: str, palette: Pixels) -> Pixels:
    """A face [size, size, 4], whose colours are those of a palette [k, 3], with its headgear in the
    colour that it has on a figure [s, s, 4] which looks at the player.

    The face itself if that is so already, if they wear none of `DYED`, or if the figure does not
    show it.
    """
    if headgear not in DYED:
        return face
    worn = _lit(head_of(figure)[1])
    hat = _worn(face, headgear)
    if len(worn) == 0 or not hat.any():
        return face
    colours = face[hat][:, :3].astype(np.int32)
    old, new = _middle(colours), _middle(worn)
    if np.abs(old - new).sum() <= _LIKE:
        return face
    colours = (colours + _SHADE) * (new + _SHADE) // (old + _SHADE)
    apart = np.square(colours[:, None] - palette[None].astype(np.int32)).sum(-1)
    result = face.copy()
    result[hat, :3] = palette[apart.argmin(1)]
    return result


def _worn(face: Pixels, headgear: str) -> NDArray[np.bool_]:
    """The lit pixels [size, size] of what is on a head: of colours that much of its top has and
    that the face below has not, and joined to the top by such. A hood goes down to the shoulders.
    """
    size = len(face)
    code = face[..., :3].astype(np.int32) @ np.array([65536, 256, 1], np.int32)
    free = (face[..., 3] > 0) & (face[..., :3].max(-1) >= _OUTLINE)
    # Beside a face there may be more of a hood or helm; below a hat, hair.
    beside = size * 3 // 8 if headgear in ("hood", "helm") else 0
    below = np.s_[size * 7 // 16 : size * 3 // 4, beside : size - beside]
    top = np.s_[: size // 3]
    of_hat = _frequent(code[top][free[top]], 24)
    free &= np.isin(code, np.setdiff1d(of_hat, _frequent(code[below][free[below]], 32)))
    free[size * 13 // 16 if headgear == "hood" else size // 2 :] = False
    hat: NDArray[np.bool_] = np.zeros_like(free)
    hat[top] = free[top]
    while True:
        grown = hat.copy()
        for axis in (0, 1):
            for step in (-1, 1):
                grown |= np.roll(hat, step, axis)
        grown &= free
        if np.array_equal(grown, hat):
            return hat
        hat = grown


def _frequent(codes: NDArray[np.int32], parts: int) -> NDArray[np.int32]:
    """The colours that at least one of so many parts of the pixels has."""
    found, often = np.unique(codes, return_counts=True)
    return np.asarray(found[often * parts >= len(codes)])


def _lit(colours: NDArray[np.int32]) -> NDArray[np.int32]:
    """Those of colours [k, 3] that are no outline."""
    return np.asarray(colours[colours.max(1, initial=0) >= _OUTLINE])


def _middle(colours: NDArray[np.int32]) -> NDArray[np.int32]:
    """The median of every channel [3] of colours [k, 3]."""
    return np.asarray(np.sort(colours, 0)[len(colours) // 2])
