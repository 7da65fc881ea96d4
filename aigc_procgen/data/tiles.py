"""Terrain tiles: many seamless variants of the few tiles that a material has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.random import Stream

from .colour import Pixels, adjust, spread
from .seams import blotches, heal, warp

__all__ = ["opaque", "vary"]


def opaque(image: Pixels) -> Pixels:
    """A tile has no holes: transparent pixels take the mean colour of the others."""
    result = image.copy()
    holes = result[..., 3] < 255
    if holes.any() and not holes.all():
        result[holes, :3] = result[~holes][:, :3].mean(0).astype(np.uint8)
    result[..., 3] = 255
    return result


def _moved(tile: Pixels, entry: Mapping[str, Any], dice: Stream) -> Pixels:
    """The tile turned, mirrored, warped and rolled as far as its material allows."""
    if entry.get("turn"):
        tile = np.rot90(tile, dice.below(4))
        if dice.chance(1, 2):
            tile = tile[::-1]
    elif entry.get("mirror") and dice.chance(1, 2):
        tile = tile[:, ::-1]
    if "warp" in entry:
        tile = warp(tile, float(entry["warp"]), dice)
    if entry.get("roll"):
        tile = np.roll(tile, (dice.below(tile.shape[0]), dice.below(tile.shape[1])), (0, 1))
    return tile


def _jittered(tile: Pixels, entry: Mapping[str, Any], dice: Stream) -> Pixels:
    """Brightness by up to `jitter` percent for all channels alike, and a third of it for each."""
    jitter = int(entry.get("jitter", 5))
    bright = 100 - jitter + dice.below(2 * jitter + 1)
    gains = [bright + dice.below(2 * (jitter // 3) + 1) - jitter // 3 for _ in range(3)]
    rgb = tile[..., :3].astype(np.int32) * np.array(gains) // 100
    return np.dstack([np.clip(rgb, 0, 255).astype(np.uint8), tile[..., 3]])


def vary(
    tiles: list[Pixels], entry: Mapping[str, Any], count: int, dice: Stream
) -> NDArray[np.uint8]:
    """`count` variants uint8 [count, size, size, 4] of the tiles of one family.

    The tiles themselves, recoloured and healed, come first; then tiles turned, warped and rolled,
    two of them mixed along a mask that wraps, and brightness and tint jittered by a few percent,
    each where `entry` allows it.
    """
    axes = str(entry.get("heal", ""))
    # One stretch for the family: its tiles keep their brightness among each other.
    bounds = spread(tiles)
    sources = [heal(opaque(adjust(tile, entry, bounds)), axes) for tile in tiles]
    made = sources[:count]
    while len(made) < count:
        tile = _moved(dice.choice(sources), entry, dice)
        if entry.get("blend") and len(sources) > 1 and dice.chance(2, 3):
            other = _moved(dice.choice(sources), entry, dice)
            field = blotches(tile.shape[0], 4, dice)
            tile = np.where((field > np.median(field))[..., None], tile, other)
        made.append(_jittered(tile, entry, dice))
    return np.stack(made)
