"""Realms: which capital's law holds where. Borders are halfway between seats, bent by noise."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.random import Seed, key, stream
from aigc_procgen.core.records import Record

from .cache import Cache
from .noise import bent
from .places import Namer, Place
from .shape import ENDLESS, ROUND, Shape

__all__ = ["Realm", "Realms"]

_SPAN = 1152  # tiles: one seat lies in every square of this side
_ASIDE = 330  # tiles that a seat lies from its square's middle at most
_BEND = 150  # tiles that borders are bent aside, at most
_FOUND = 540  # tiles from its seat within which a realm's capital lies

Towns = Callable[[int, int, int], Iterable[Place]]
"""The towns around a tile, the nearest first: (x, y, reach)."""


@dataclass(frozen=True, kw_only=True)
class Realm(Record):
    """A realm: its id is "realm:square x:square y", its capital a town's id; (x, y) its seat."""

    id: str
    name: str
    capital: str
    x: int
    y: int


class Realms:
    """The realms of a seed; which realm a tile is in depends on the seed and the tile alone."""

    def __init__(self, seed: Seed, namer: Namer, towns: Towns, shape: Shape = ENDLESS) -> None:
        self._shape = shape
        # In a world that comes round a whole number of realms fits.
        self._span = ROUND // 2 if shape.wrap else _SPAN
        self._seed, self._namer, self._towns = seed, namer, towns
        self._bends = (key(seed, "field", "border x"), key(seed, "field", "border y"))
        self._realms: Cache[tuple[int, int], Realm | None] = Cache(
            self._make, 1 << 18, lambda _: 500
        )

    def of_square(self, square: tuple[int, int]) -> Realm | None:
        """The realm whose seat lies in a square of the lattice; None for land without a crown."""
        return self._realms.get(self._shape.home(*square, self._span))

    def at(self, x: int, y: int) -> Realm | None:
        """The realm of a tile, on land or sea; None where nobody rules."""
        return self.of_square(self.square_at(x, y))

    def region(
        self, x: int, y: int, width: int, height: int, step: int = 1
    ) -> tuple[NDArray[np.int32], tuple[tuple[int, int], ...]]:
        """For samples every `step` tiles an index int32 [height, width] into the squares given."""
        across, down = bent(
            *(self._bends, x, y, width, height, step),
            shift=9,
            octaves=4,
            most=_BEND,
            period=self._shape.period,
        )
        across += (np.arange(width, dtype=np.int32) * step)[None, :]
        down += (np.arange(height, dtype=np.int32) * step)[:, None]
        span = self._span
        squares = tuple(
            (column, row)
            for row in range((y - _BEND) // span - 1, (y + height * step + _BEND) // span + 2)
            for column in range((x - _BEND) // span - 1, (x + width * step + _BEND) // span + 2)
        )
        best = np.full((height, width), np.iinfo(np.int64).max, np.int64)
        found = np.zeros((height, width), np.int32)
        for index, square in enumerate(squares):
            seat_x, seat_y = self._seat(square)
            far_x, far_y = across - (seat_x - x), down - (seat_y - y)
            far = far_x.astype(np.int64) ** 2 + far_y.astype(np.int64) ** 2
            nearer = far < best
            best[nearer] = far[nearer]
            found[nearer] = index
        return found, squares

    def square_at(self, x: int, y: int) -> tuple[int, int]:
        """The square whose seat rules a tile."""
        index, squares = self.region(x, y, 1, 1)
        return squares[int(index[0, 0])]

    def _seat(self, square: tuple[int, int]) -> tuple[int, int]:
        dice = stream(self._seed, "seat", *self._shape.home(*square, self._span))
        middle, aside = self._span // 2, _ASIDE * self._span // _SPAN
        return (
            square[0] * self._span + middle + dice.between(-aside, aside),
            square[1] * self._span + middle + dice.between(-aside, aside),
        )

    def _make(self, square: tuple[int, int]) -> Realm | None:
        x, y = self._seat(square)
        name = f"realm:{square[0]}:{square[1]}"
        for town in self._towns(x, y, _FOUND):
            if self.square_at(town.x, town.y) == square:
                named = self._namer(self._seed, f"{name}:{town.id}", "realm")
                return Realm(id=name, name=named, capital=town.id, x=x, y=y)
        return None
