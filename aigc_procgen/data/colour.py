"""Colour changes of RGBA pictures: ramps, gain, hue, hard alpha, cast shadows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["adjust", "drop_shadow", "hard_alpha", "lightness", "spread", "turn_hue"]

Pixels = NDArray[np.uint8]


def lightness(image: Pixels) -> NDArray[np.float32]:
    """Rec. 601 luma of uint8 pictures [..., 3 or 4], float32 [...] in 0..255."""
    weights = np.array([0.299, 0.587, 0.114], np.float32)
    return np.asarray(image[..., :3].astype(np.float32) @ weights)


def hard_alpha(image: Pixels) -> Pixels:
    """The picture with alpha 0 or 255 only, and RGB 0 where it is 0.

    Half transparent dark pixels are cast shadows and go; half transparent colour stays from
    alpha 96 on.
    """
    alpha = image[..., 3]
    dark = image[..., :3].max(-1) < 40
    keep = np.where(dark, alpha >= 250, alpha >= 96)
    result = image.copy()
    result[..., 3] = np.where(keep, 255, 0)
    result[~keep] = 0
    return result


def _neighbours(mask: NDArray[np.bool_], *, diagonal: bool) -> NDArray[np.bool_]:
    """True where one of the 4 (or 8) pixels around is set; outside the picture nothing is."""
    height, width = mask.shape
    padded = np.pad(mask, 1)
    around = np.zeros_like(mask)
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            if (down or right) and (diagonal or not (down and right)):
                around |= padded[1 + down : 1 + down + height, 1 + right : 1 + right + width]
    return around


def drop_shadow(image: Pixels) -> Pixels:
    """Removes the opaque black shadow that a thing casts and leaves its one-pixel outline.

    A shadow is black, touches no colour, and hangs together with the outside.
    """
    solid = image[..., 3] > 0
    black = solid & (image[..., :3].max(-1) < 14)
    loose = black & ~_neighbours(solid & ~black, diagonal=True)
    outside = ~solid
    frame = np.ones_like(solid)
    frame[1:-1, 1:-1] = False
    gone = loose & (frame | _neighbours(outside, diagonal=True))
    while True:
        more = loose & _neighbours(gone, diagonal=True) & ~gone
        if not more.any():
            break
        gone |= more
    result = image.copy()
    result[gone] = 0
    return result


def turn_hue(
    rgb: NDArray[np.float32], degrees: float, saturation: float = 1
) -> NDArray[np.float32]:
    """RGB [..., 3] in 0..255 with its hue turned and its saturation scaled, luma kept.

    The YIQ rotation: one linear map, so that smooth shading stays smooth.
    """
    to_yiq = np.array(
        [[0.299, 0.587, 0.114], [0.596, -0.274, -0.322], [0.211, -0.523, 0.312]], np.float32
    )
    turn = np.deg2rad(degrees)
    cosine, sine = saturation * np.cos(turn), saturation * np.sin(turn)
    spin = np.array([[1, 0, 0], [0, cosine, -sine], [0, sine, cosine]], np.float32)
    matrix = np.linalg.inv(to_yiq) @ spin @ to_yiq
    return np.asarray(rgb @ matrix.T.astype(np.float32))


def spread(images: Sequence[Pixels]) -> tuple[float, float]:
    """The 2nd and the 98th percentile of the lightness of all opaque pixels of the pictures."""
    solid = np.concatenate([lightness(image)[image[..., 3] > 0] for image in images])
    if not solid.size:
        return 0.0, 1.0
    low, high = np.percentile(solid, (2, 98))
    return float(low), float(high)


def _ramp(
    image: Pixels, colours: Sequence[Sequence[int]], bounds: tuple[float, float]
) -> NDArray[np.float32]:
    """Lightness, stretched between the bounds, as a place on the ramp."""
    low, high = bounds
    light = lightness(image)
    place = np.clip((light - low) / max(high - low, 1.0), 0, 1) * (len(colours) - 1)
    table = np.array(colours, np.float32)
    lower = np.minimum(place.astype(int), len(colours) - 2)
    # Quarter steps only: pixel art has few colours.
    part = (np.rint((place - lower) * 4) / 4)[..., None]
    return np.asarray(table[lower] * (1 - part) + table[lower + 1] * part, np.float32)


def adjust(
    image: Pixels, change: Mapping[str, Any], bounds: tuple[float, float] | None = None
) -> Pixels:
    """The picture [h, w, 4] with the changes of a table entry: ramp, hue, saturation, gain, lift,
    tint.

    A ramp is stretched between the `bounds` of lightness; without them between the picture's own.
    Gain and lift change only pixels that no ramp has coloured. A tint [r, g, b] in percent is of
    grey pixels alone: the steel of a sword and not its hilt.
    """
    rgb = image[..., :3].astype(np.float32)
    if "hue" in change or "saturation" in change:
        rgb = turn_hue(rgb, float(change.get("hue", 0)), float(change.get("saturation", 1)))
    rgb = rgb * np.float32(change.get("gain", 1)) + np.float32(change.get("lift", 0))
    if "ramp" in change:
        green = image[..., 1] > image[..., ::2].max(-1)
        everywhere = not change.get("ramp_green")
        ramped = _ramp(image, change["ramp"], bounds or spread([image]))
        rgb = np.where((green | everywhere)[..., None], ramped, rgb)
    if "tint" in change:
        high, low = image[..., :3].max(-1).astype(np.int32), image[..., :3].min(-1)
        dull = (high - low) * 4 <= high
        tinted = rgb * (np.array(change["tint"], np.float32) / 100)
        rgb = np.where(dull[..., None], tinted, rgb)
    result = image.copy()
    result[..., :3] = np.clip(np.rint(rgb), 0, 255).astype(np.uint8)
    result[image[..., 3] == 0] = 0
    return result
