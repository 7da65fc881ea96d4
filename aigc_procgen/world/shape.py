"""The shape of a world: an island of a size, or land of somebody else's heights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.errors import InvalidArgument, check_int

__all__ = ["ENDLESS", "ROUND", "Height", "Shape", "heightmap", "make_shape"]

Height = Callable[[int, int, int, int, int], NDArray[Any]]
"""Heights in thousandths (0 is the sea's edge, 1000 a high peak) of samples: (x, y, width, height,
step) to whole numbers [height, width] at tiles x + step * column, y + step * row. A pure function
that threads may call."""

ROUND = 1536
"""Tiles: whole lattices of noise, rivers, winds, places, districts, chunks and realms fit it."""
_SMALLEST, _LARGEST = 512, 1 << 31  # tiles on a side of an island
_HIGHEST = 4000  # thousandths, up or down
_SUNK = 1300  # thousandths by which land lies lower at an island's rim


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What a world's land is bounded by and made of; both None for endless land of the seed."""

    size: tuple[int, int] | None = None
    height: Height | None = None
    wrap: bool = False

    @property
    def period(self) -> tuple[int, int] | None:
        """After how many tiles in both ways land comes round again; None if it does not."""
        return self.size if self.wrap else None

    def home(self, x: int, y: int, unit: int = 1) -> tuple[int, int]:
        """Where a tile, or a square of `unit` tiles, lies on the map of a world that comes round:
        from minus a half of its size on. Elsewhere it is where it is.
        """
        if not self.wrap or self.size is None:
            return x, y
        across, down = self.size[0] // unit, self.size[1] // unit
        return (x + across // 2) % across - across // 2, (y + down // 2) % down - down // 2

    def sunk(self, x: int, y: int, width: int, height: int, step: int) -> NDArray[np.int32]:
        """How much lower an island lies than endless land, thousandths [height, width]."""
        assert self.size
        rows = _towards_rim(y, height, step, self.size[1])[:, None]
        columns = _towards_rim(x, width, step, self.size[0])
        # Rounded corners: the parts of both ways add up as squares do.
        part = np.minimum(rows * rows + columns * columns, 1 << 20) >> 10
        return (part * part >> 10) * _SUNK >> 10

    def own(self, x: int, y: int, width: int, height: int, step: int) -> NDArray[np.int32]:
        """The given heights, looked over."""
        assert self.height
        found = np.asarray(self.height(x, y, width, height, step))
        if found.shape != (height, width) or found.dtype.kind not in "iu":
            raise InvalidArgument(
                f"height must return whole numbers [{height}, {width}] for (x={x}, y={y}, "
                f"{width}, {height}, step={step}), not {found.dtype} {list(found.shape)}"
            )
        if int(found.min()) < -_HIGHEST or int(found.max()) > _HIGHEST:
            raise InvalidArgument(
                f"height must return -{_HIGHEST} to {_HIGHEST} (thousandths), "
                f"not {int(found.min())} to {int(found.max())}"
            )
        return found.astype(np.int32)

    def mark(self) -> str:
        """A digest of the given heights around the origin, "" without any: for saved games."""
        if self.height is None:
            return ""
        seen = self.own(-2048, -2048, 64, 64, 64)
        return blake2b(seen.astype("<i4").tobytes(), digest_size=8).hexdigest()


ENDLESS = Shape()


def make_shape(size: Any = None, height: Any = None, wrap: Any = False) -> Shape:
    """A shape of a game's arguments: a side or (width, height) in tiles, and a function, and
    whether land goes on at the other side.
    """
    if size is not None:
        sides = size if isinstance(size, tuple | list) else (size, size)
        if len(sides) != 2:
            raise InvalidArgument(
                f"size must be a number of tiles or (width, height), not {size!r}"
            )
        width, depth = (check_int("size", side, _SMALLEST, _LARGEST) for side in sides)
        size = (width, depth)
    if height is not None and not callable(height):
        raise InvalidArgument(
            "height must be a function of (x, y, width, height, step), not "
            f"{type(height).__name__}: heightmap(array) makes one"
        )
    if wrap is not False and wrap is not True:
        raise InvalidArgument(f"wrap must be True or False, not {wrap!r:.80}")
    if wrap:
        if height is not None:
            raise InvalidArgument("wrap must be False with a height of your own: leave one out")
        if size is None or size[0] % ROUND or size[1] % ROUND:
            raise InvalidArgument(
                f"size must be a multiple of {ROUND} tiles, {ROUND} or more, in a world with "
                f"wrap=True, not {size!r}"
            )
    return Shape(size=size, height=height, wrap=wrap)


def heightmap(heights: Any, *, scale: int = 1, beyond: int = -400) -> Height:
    """A map of heights as land: a function for `world(seed, height=…)`.

    `heights` are whole numbers [rows, columns] in thousandths, 0 at the sea's edge; the middle of
    the map lies on the origin, each number stands for `scale` tiles (1 to 1024) on a side, with
    straight slopes between, and `beyond` is the height around it. Raises `InvalidArgument`.

    >>> import numpy as np
    >>> int(heightmap(np.array([[0, 800], [0, 800]]), scale=4)(1, 0, 1, 1, 1)[0, 0])
    700
    """
    table = np.asarray(heights)
    if table.ndim != 2 or min(table.shape, default=0) < 2 or table.dtype.kind not in "iu":
        raise InvalidArgument(
            "heights must be whole numbers [rows, columns], 2 x 2 or more, not "
            f"{table.dtype} {list(table.shape)}"
        )
    scale = check_int("scale", scale, 1, 1024)
    beyond = check_int("beyond", beyond, -_HIGHEST, _HIGHEST)
    if int(table.min()) < -_HIGHEST or int(table.max()) > _HIGHEST:
        raise InvalidArgument(
            f"heights must be -{_HIGHEST} to {_HIGHEST} (thousandths), "
            f"not {int(table.min())} to {int(table.max())}"
        )
    table = np.pad(table.astype(np.int64), 1, constant_values=beyond)

    def along(first: int, count: int, step: int, side: int) -> tuple[Any, Any]:
        """The index below each sample, and how many halves of a tile it lies beyond."""
        place = first + step * np.arange(count, dtype=np.int64) + (side - 2) * scale // 2
        # Numbers stand for the middles of their tiles; in halves of a tile all is whole.
        halves = np.clip(2 * place + 1 + scale, 0, 2 * scale * (side - 1))
        index = np.minimum(halves // (2 * scale), side - 2)
        return index, halves - 2 * scale * index

    def at(x: int, y: int, width: int, height: int, step: int) -> NDArray[np.int32]:
        rows, down = along(y, height, step, table.shape[0])
        columns, across = along(x, width, step, table.shape[1])
        whole = 2 * scale
        upper = table[rows][:, columns] * (whole - across) + table[rows][:, columns + 1] * across
        below = table[rows + 1]
        lower = below[:, columns] * (whole - across) + below[:, columns + 1] * across
        mixed = upper * (whole - down)[:, None] + lower * down[:, None]
        return np.asarray(mixed // (whole * whole), np.int32)

    return at


def _towards_rim(first: int, count: int, step: int, side: int) -> NDArray[np.int64]:
    """0 in the inner half of a side, 1024 at its rim and beyond, int64 [count]."""
    far = np.abs(2 * (first + step * np.arange(count, dtype=np.int64)) + 1)  # of side
    return np.asarray(np.clip((2 * far - side) * 1024 // side, 0, 1024))
