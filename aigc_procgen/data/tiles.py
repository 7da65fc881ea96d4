"""Terrain tiles: many seamless variants of the few tiles that a material has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.random import Stream

from .colour import Pixels, adjust

__all__ = ["blend_mask", "opaque", "vary"]


def opaque(image: Pixels) -> Pixels:
    """A tile has no holes: transparent pixels take the mean colour of the others."""
    result = image.copy()
    holes = result[..., 3] < 255
    if holes.any() and not holes.all():
        result[holes, :3] = result[~holes][:, :3].mean(0).astype(np.uint8)
    result[..., 3] = 255
    return result


def blend_mask(size: int, dice: Stream) -> NDArray[np.bool_]:
    """A blotchy mask [size, size] over about half of the tile that wraps at every edge."""
    cells = 4
    grid = (dice.words(cells * cells) >> np.uint64(40)).astype(np.float32).reshape(cells, cells)
    place = np.arange(size, dtype=np.float32) * cells / size
    low = place.astype(int)
    part = place - low
    part = part * part * (3 - 2 * part)
    rows = grid[low] * (1 - part)[:, None] + grid[(low + 1) % cells] * part[:, None]
    field = rows[:, low] * (1 - part) + rows[:, (low + 1) % cells] * part
    return np.asarray(field > np.median(field))


def _moved(tile: Pixels, entry: Mapping[str, Any], dice: Stream) -> Pixels:
    """The tile turned, mirrored and rolled as far as its material allows."""
    if entry.get("turn"):
        tile = np.rot90(tile, dice.below(4))
        if dice.chance(1, 2):
            tile = tile[::-1]
    elif entry.get("mirror") and dice.chance(1, 2):
        tile = tile[:, ::-1]
    if entry.get("roll"):
        tile = np.roll(tile, (dice.below(tile.shape[0]), dice.below(tile.shape[1])), (0, 1))
    return tile


def vary(
    tiles: list[Pixels], entry: Mapping[str, Any], count: int, dice: Stream
) -> NDArray[np.uint8]:
    """`count` variants uint8 [count, size, size, 4] of the tiles of one family.

    The unchanged tiles come first; then tiles turned and rolled, two of them mixed along a mask
    that wraps, and brightness and tint jittered by a few percent, each where `entry` allows it.
    """
    made = [opaque(adjust(tile, entry)) for tile in tiles][:count]
    sources = list(made)
    while len(made) < count:
        tile = _moved(dice.choice(sources), entry, dice)
        if entry.get("blend") and len(sources) > 1 and dice.chance(2, 3):
            other = _moved(dice.choice(sources), entry, dice)
            mask = blend_mask(tile.shape[0], dice)
            tile = np.where(mask[..., None], tile, other)
        # One bright step for all channels and a small one for each: the light, then the tint.
        bright = 94 + dice.below(13)
        gains = [bright + dice.below(5) - 2 for _ in range(3)]
        rgb = tile[..., :3].astype(np.int32) * np.array(gains) // 100
        made.append(np.dstack([np.clip(rgb, 0, 255).astype(np.uint8), tile[..., 3]]))
    return np.stack(made)
