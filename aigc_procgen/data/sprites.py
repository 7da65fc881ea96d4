"""Sprites: one thing on nothing, outlined, without its cast shadow, in the middle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .colour import Pixels, adjust, drop_shadow, hard_alpha

__all__ = ["centred", "clean", "colourings", "halved", "variants"]


def _box(image: Pixels) -> tuple[int, int, int, int] | None:
    """Top, bottom, left, right (ends not included) of what is opaque; None if nothing is."""
    solid = image[..., 3] > 0
    rows, columns = np.flatnonzero(solid.any(1)), np.flatnonzero(solid.any(0))
    if not len(rows):
        return None
    return int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1


def centred(image: Pixels, size: int, *, stand: bool = False) -> Pixels:
    """The opaque part in the middle of size x size; `stand` puts it on the bottom row but one.

    What is larger than the square is cut evenly at both sides.
    """
    box = _box(image)
    result = np.zeros((size, size, 4), np.uint8)
    if box is None:
        return result
    part = image[box[0] : box[1], box[2] : box[3]]
    part = part[max(0, (len(part) - size) // 2) :][:size]
    part = part[:, max(0, (part.shape[1] - size) // 2) :][:, :size]
    height, width = part.shape[:2]
    top = max(0, size - 1 - height) if stand else (size - height) // 2
    left = (size - width) // 2
    result[top : top + height, left : left + width] = part
    return result


def clean(image: Pixels, *, keep_shadow: bool = False) -> Pixels:
    """The picture with hard alpha and without its cast shadow."""
    image = hard_alpha(image)
    return image if keep_shadow else drop_shadow(image)


def _unveiled(image: Pixels) -> Pixels:
    """What is half transparent, dark or not, becomes opaque: the veil of a ghost is no shadow."""
    result = image.copy()
    result[..., 3] = np.where(image[..., 3] >= 64, 255, 0)
    return result


def halved(image: Pixels) -> Pixels:
    """Half as wide and high: each pixel the mean of the four, opaque if two of them are."""
    height, width = image.shape[0] // 2 * 2, image.shape[1] // 2 * 2
    blocks = image[:height, :width].reshape(height // 2, 2, width // 2, 2, 4).astype(np.float32)
    cover = blocks[..., 3:] / 255
    weight = np.maximum(cover.sum((1, 3)), 1)
    colour = (blocks[..., :3] * cover).sum((1, 3)) / weight
    solid = cover.sum((1, 3)) >= 2
    result = np.concatenate([np.where(solid, colour, 0), np.where(solid, 255, 0)], -1)
    return np.asarray(np.rint(result), np.uint8)


def colourings(entry: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The changes of colour that an entry of the table asks for; a single empty one if none."""
    rows = {"rows": entry["rows"]} if "rows" in entry else {}
    changes = [{"hue": hue, **rows} if hue else {} for hue in entry.get("hues", ())]
    changes += [{"ramp": ramp, **rows} for ramp in entry.get("ramps", ())]
    tints = [{"tint": tint, **rows} for tint in entry.get("tints", ())]
    return [*changes, *([{}, *tints] if tints or not changes else [])]


def variants(
    image: Pixels,
    entry: Mapping[str, Any],
    size: int,
    *,
    stand: bool = False,
    changes: Sequence[Mapping[str, Any]] = (),
) -> list[Pixels]:
    """The finished sprites [size, size, 4] of one file, one for each of the `changes` of colour,
    which are those of the entry if none are given.
    """
    if entry.get("veiled"):
        image = _unveiled(image)
    picture = clean(image, keep_shadow=bool(entry.get("opaque_shadow")))
    if entry.get("half"):
        picture = halved(picture)
    result = []
    for change in changes or colourings(entry):
        top, bottom = change.get("rows", (0, len(picture)))
        whole = {**{name: entry[name] for name in ("gain", "lift") if name in entry}, **change}
        made = picture.copy()
        made[top:bottom] = _outlined_adjust(picture[top:bottom], whole)
        result.append(centred(made, size, stand=stand))
    return result


def _outlined_adjust(image: Pixels, change: Mapping[str, Any]) -> Pixels:
    """The change for all but the black outline, which stays black."""
    ink = image[..., :3].max(-1) < 14
    inside = image.copy()
    inside[ink] = 0
    result = adjust(inside, change)
    result[ink] = image[ink]
    return result
