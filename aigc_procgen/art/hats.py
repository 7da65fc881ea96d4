"""Hats of one colour on a person's figure and on their face, which two networks draw.

Neither network is told what colour a hat has, so the one on the face is dyed like that on the
figure: the shading stays, colours are scaled to the other's middle one, and the nearest ones of the
pack's palette taken.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.pixels import codes_of

from .choice import head_of

__all__ = ["DYED", "dyed"]

Pixels = NDArray[np.uint8]
Colours = NDArray[np.int32]

# What covers the hair: of crowns, bands and horns a figure shows too little beside it.
DYED = ("hat", "hood", "helm", "wizard_hat")
_INK = 20  # colours of a figure whose brightest channel is below are outlines
_OUTLINE = 60  # the same for faces, which are outlined in darker shades of what is inside
_KIN = 120  # sum of the channels' differences up to which two colours of a figure are of one thing
_LIKE = 45  # the same, up to which two hats pass for one
_SHADE = 8  # added to channels before they are scaled, or black ones could not change


def dyed(face: Pixels, figure: Pixels, headgear: str, palette: Pixels) -> Pixels:
    """A face [size, size, 4], whose colours are those of a palette [k, 3], with its headgear in the
    colour that it has on a figure [s, s, 4] which looks at the player.

    The face itself if that is so already, if they wear none of `DYED`, or if either does not show
    it plainly.
    """
    if headgear not in DYED:
        return face
    worn = head_of(figure)[1]
    worn = worn[worn.max(1, initial=0) >= _INK]
    hat = _worn(face, headgear)
    if len(worn) == 0 or not hat.any():
        return face
    colours = face[hat][:, :3].astype(np.int32)
    old, new = _middle(colours), _middle(_kin(worn))
    if np.abs(old - new).sum() <= _LIKE:
        return face
    colours = (colours + _SHADE) * (new + _SHADE) // (old + _SHADE)
    result = face.copy()
    result[hat, :3] = palette[_nearest(colours, palette.astype(np.int32))]
    return result


def _worn(face: Pixels, headgear: str) -> NDArray[np.bool_]:
    """The lit pixels [size, size] of what is on a head: of colours that much of its top has and
    that the face below has not, and joined to the top by such. Hoods and helms go down beside the
    face. None if that is less than half of the top.
    """
    size = len(face)
    code = codes_of(face)
    lit = (face[..., 3] > 0) & (face[..., :3].max(-1) >= _OUTLINE)
    deep = headgear in ("hood", "helm")
    beside = size * 3 // 8 if deep else 0  # below a hat there may be hair
    below = np.s_[size * 7 // 16 : size * 3 // 4, beside : size - beside]
    top = np.s_[: size // 3]
    of_hat = _frequent(code[top][lit[top]], 24)
    free = lit & np.isin(code, np.setdiff1d(of_hat, _frequent(code[below][lit[below]], 32)))
    free[size * 13 // 16 if deep else size // 2 :] = False
    hat: NDArray[np.bool_] = np.zeros_like(free)
    hat[top] = free[top]
    if 2 * hat.sum() < lit[top].sum():
        return np.zeros_like(free)
    while True:
        near = np.pad(hat, 1)
        grown = near[:-2, 1:-1] | near[2:, 1:-1] | near[1:-1, :-2] | near[1:-1, 2:]
        grown = (hat | grown) & free
        if np.array_equal(grown, hat):
            return hat
        hat = grown


def _nearest(colours: Colours, palette: Colours) -> NDArray[np.intp]:
    """The entry [n] of a palette [k, 3] that is most like each of colours [n, 3]: another
    brightness matters less than another hue, or what is black would turn dark green.
    """
    apart = colours[:, None] - palette[None]
    hue = 3 * apart - apart.sum(-1, keepdims=True)
    return np.asarray((np.square(3 * apart).sum(-1) + 2 * np.square(hue).sum(-1)).argmin(1))


def _frequent(codes: NDArray[np.int32], parts: int) -> NDArray[np.int32]:
    """The colours that at least one of so many parts of the pixels has."""
    found, often = np.unique(codes, return_counts=True)
    return np.asarray(found[often * parts >= len(codes)])


def _kin(colours: Colours) -> Colours:
    """Those of colours [k, 3] that are near the one which most are near to: not ears or plumes."""
    near = np.abs(colours[:, None] - colours[None]).sum(-1) <= _KIN
    return np.asarray(colours[near[near.sum(1).argmax()]])


def _middle(colours: Colours) -> NDArray[np.int32]:
    """The median of every channel [3] of colours [k, 3]."""
    return np.asarray(np.sort(colours, 0)[len(colours) // 2])
