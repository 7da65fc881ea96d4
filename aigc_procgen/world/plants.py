"""Wild growth: trees, bushes and finds on open land, by biome and ground.

Each tile's draws come from a hash of its own coordinates and its four neighbours', so plants on
both sides of a chunk's border fit together without either chunk being made.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from .biomes import PROP_KINDS, biomes, growth
from .chunk import Prop
from .noise import Period, hash_grid
from .terrain import WALKABLE

__all__ = ["SOLID", "grow", "walkable"]

# Props that nobody can walk through.
SOLID = ("altar", "forge", "fountain", "hearth", "pillar", "statue", "table", "tree")


@cache
def _chances() -> NDArray[np.int32]:
    """Chances in ten thousand, int32 [kind, biome]."""
    table = np.zeros((len(PROP_KINDS), len(biomes())), np.int32)
    for index, biome in enumerate(biomes()):
        for kind, chances in biome.props:
            table[PROP_KINDS.index(kind), index] = chances
    return table


def grow(
    key: int,
    x: int,
    y: int,
    biome: NDArray[np.uint8],
    terrain: NDArray[np.uint8],
    period: Period = None,
) -> NDArray[np.uint8]:
    """What grows or lies where: index into PROP_KINDS plus one, or 0; uint8 [height, width].

    (x, y) is the tile of the first element. No two trees stand side by side, so a wood can be
    walked through.
    """
    height, width = biome.shape
    xs = np.arange(x - 1, x + width + 1, dtype=np.int64)
    ys = np.arange(y - 1, y + height + 1, dtype=np.int64)
    if period:
        xs, ys = xs % period[0], ys % period[1]
    draws = hash_grid(key, xs, ys)
    rank = (draws >> np.uint64(32)).astype(np.int64)
    middle = rank[1:-1, 1:-1]
    # The highest rank of a cross of five tiles: one tile in five may bear a tree.
    peak = (
        (middle > rank[:-2, 1:-1])
        & (middle >= rank[2:, 1:-1])
        & (middle > rank[1:-1, :-2])
        & (middle >= rank[1:-1, 2:])
    )
    low = (draws[1:-1, 1:-1] & np.uint64(0xFFFFFFFF)).astype(np.int64)
    thick = growth()[terrain]
    chances = _chances()[:, biome]
    out = np.zeros(biome.shape, np.uint8)
    for index, kind in reversed(list(enumerate(PROP_KINDS))):
        # Each kind has eleven bits of the hash to itself; finds are rare and use more.
        if kind == "tree":
            hit = peak & ((low >> 21) * 2000 < chances[index] * thick // 100 << 11)
        elif kind == "bush":
            hit = (low >> 10 & 2047) * 10000 < chances[index] * thick // 100 << 11
        else:
            hit = ((low * (2 * index + 1) & 0xFFFF) * 10000 < chances[index] << 16) & (thick > 0)
        out[hit] = index + 1
    return out


def walkable(
    terrain: NDArray[np.uint8], props: Iterable[Prop], x: int, y: int
) -> NDArray[np.bool_]:
    """Where somebody can stand, bool [height, width], on terrain from tile (x, y) on."""
    free = WALKABLE[terrain]
    for kind, column, row in props:
        if kind in SOLID:
            free[row - y, column - x] = False
    return np.asarray(free)
