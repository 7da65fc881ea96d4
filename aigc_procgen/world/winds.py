"""Rain and wind: mountains take the rain out of the air, and the land behind them stays dry.

Winds blow along the rows, from the west in middle latitudes and from the east in warm and in cold
ones. On a lattice of points one looks a bounded way upwind for ground that stands higher: the
higher and the nearer, the drier (a rain shadow). Downwind, ground that rises draws rain before it.
Any point depends on the land within that way alone, so blocks can be made in any order.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from .cache import Cache
from .chunk import frozen

__all__ = ["REACH", "Winds", "rain_between"]

REACH = 512  # tiles that a shadow is long, at most
_SPACING = 32  # tiles between two points of the lattice
_BLOCK = 32  # points on a side of what is made at once
_COAST = 160  # thousandths: lower ground stops no clouds, and is as dry as ground of that height
_FALL = 30  # thousandths by which a shadow grows weaker in 32 tiles
_RISE = 60  # the same for rain before rising ground
_DRY, _WET = 900, 380  # the most that shadow takes and that slopes give
_COARSEST = 256  # tiles a sample, beyond which shadows are shorter than a sample and left out

Height = Callable[[int, int, int, int, int], NDArray[np.int32]]
"""Broad heights in thousandths of samples: (x, y, width, height, step) to [height, width]."""
Share = Callable[[int, int, int], NDArray[np.int32]]
"""How much of the wind comes from the west, of 256: (y, height, step) to int32 [height]."""


def rain_between(
    ground: NDArray[np.int32], west: NDArray[np.int32], spacing: int
) -> NDArray[np.int32]:
    """What wind adds to the wetness of points [rows, columns] and takes from it, in thousandths.

    `ground` is their height and `west` [rows] the share of 256 of wind from the west. Within
    `REACH` of the first and the last column not all that lies upwind is known.
    """
    land = np.maximum(ground, _COAST)
    change = np.zeros_like(land)
    for flipped, share in ((False, west), (True, 256 - west)):
        if share.any():
            seen = land[:, ::-1] if flipped else land
            one_way = _blown(seen, spacing)
            change += (one_way[:, ::-1] if flipped else one_way) * share[:, None] >> 8
    return change


def _blown(land: NDArray[np.int32], spacing: int) -> NDArray[np.int32]:
    """The same for wind from the west alone."""
    behind, before = land.copy(), land.copy()
    for step in range(1, REACH // spacing + 1):
        higher = land[:, :-step] - _FALL * spacing * step // _SPACING
        np.maximum(behind[:, step:], higher, out=behind[:, step:])
        rise = _RISE * spacing * step // _SPACING
        if rise < 2 * _WET:
            np.maximum(before[:, :-step], land[:, step:] - rise, out=before[:, :-step])
    shadow = np.minimum((behind - land) * 5 // 2, _DRY)
    slope = np.minimum((before - land) * 3 // 2, _WET)
    return np.asarray(slope * (_DRY - shadow) // _DRY - shadow)


class Winds:
    """What the wind adds to the wetness of a seed's land, whose broad height is given."""

    def __init__(self, height: Height, west: Share) -> None:
        self._height, self._west = height, west

        def block(place: tuple[int, int]) -> NDArray[np.int32]:
            return self._made(*place)

        self._blocks = Cache(block, 1 << 20, lambda found: found.nbytes + 500)

    def rain(self, x: int, y: int, width: int, height: int, step: int) -> NDArray[np.int32]:
        """For samples every `step` tiles int32 [height, width], about -500 to 170.

        Up to 32 tiles a sample every tile has its value whatever the region; beyond, that is of
        the samples' own coarse heights, and with more than 256 it is 0.
        """
        if step > _COARSEST:
            return np.zeros((height, width), np.int32)
        if step > _SPACING:
            more = REACH // step
            ground = self._height(x - more * step, y, width + 2 * more, height, step)
            change = rain_between(ground, self._west(y, height, step), step)
            return np.asarray(change[:, more : more + width])
        columns, across = _places(x, width, step)
        rows, down = _places(y, height, step)
        table = self._lattice(int(columns[0]), int(rows[0]), int(columns[-1]), int(rows[-1]))
        columns, rows = columns - columns[0], rows - rows[0]
        # First along the lattice's lines, then between them.
        along = table[:, columns] * (_SPACING - across) + table[:, columns + 1] * across
        mixed = along[rows] * (_SPACING - down)[:, None] + along[rows + 1] * down[:, None]
        return np.asarray(mixed >> 10)

    def _lattice(self, left: int, top: int, right: int, bottom: int) -> NDArray[np.int32]:
        """The points of these columns and rows and one more, whichever blocks they lie in."""
        strips = []
        for row in range(top // _BLOCK, (bottom + 1) // _BLOCK + 1):
            rows = slice(max(top - row * _BLOCK, 0), bottom + 2 - row * _BLOCK)
            strip = [
                self._blocks.get((column, row))[
                    rows, max(left - column * _BLOCK, 0) : right + 2 - column * _BLOCK
                ]
                for column in range(left // _BLOCK, (right + 1) // _BLOCK + 1)
            ]
            strips.append(np.concatenate(strip, 1))
        return np.concatenate(strips)

    def _made(self, column: int, row: int) -> NDArray[np.int32]:
        more = REACH // _SPACING
        left, top = (column * _BLOCK - more) * _SPACING, (row * _BLOCK - 1) * _SPACING
        ground = self._height(left, top, _BLOCK + 2 * more, _BLOCK + 2, _SPACING)
        change = rain_between(ground, self._west(top, _BLOCK + 2, _SPACING), _SPACING)
        change = change[:, more : more + _BLOCK]
        # Clouds stray to both sides: a shadow has soft flanks.
        soft = change[:-2] + 2 * change[1:-1] + change[2:] >> 2
        return frozen(soft.astype(np.int32))


def _places(first: int, count: int, step: int) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Along one axis, the lattice's point before each sample and how far beyond it that lies."""
    place = first + step * np.arange(count, dtype=np.int64)
    return place // _SPACING, (place % _SPACING).astype(np.int32)
