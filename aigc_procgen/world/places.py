"""Places: at most one in every cell of a coarse grid, where the land suits it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from aigc_procgen.core.random import Seed, stream
from aigc_procgen.core.records import Record

from . import biomes
from .fields import Fields

__all__ = ["CELL", "LARGEST_RADIUS", "PLACE_KINDS", "Namer", "Place", "Places", "plain_name"]

CELL = 112  # tiles: a walk of half a minute from place to place
PLACE_KINDS = ("town", "village", "farm", "shrine", "camp", "ruin", "mine")
# (chances, radius in tiles) by kind
_KINDS = {
    "town": (5, 22),
    "village": (8, 15),
    "farm": (6, 9),
    "shrine": (3, 5),
    "camp": (3, 5),
    "ruin": (5, 9),
    "mine": (2, 5),
}
LARGEST_RADIUS = max(radius for _, radius in _KINDS.values())

Namer = Callable[[Seed, str, str], str]  # (seed, place id, kind) -> name


@dataclass(frozen=True, kw_only=True)
class Place(Record):
    """Somewhere people live or lived; x and y are the tile of its middle, radius is in tiles."""

    id: str
    kind: str
    name: str
    x: int
    y: int
    radius: int


def plain_name(seed: Seed, place_id: str, kind: str) -> str:
    """A name of two or three syllables, for land that nobody else names."""
    draw = stream(seed, "plain name", place_id)
    starts = ("al", "bren", "cor", "dun", "el", "fal", "gar", "hol", "ister", "kel", "lor", "mar")
    ends = ("mere", "ford", "wick", "ham", "stead", "vale", "bury", "combe", "holt", "worth")
    return (draw.choice(starts) + draw.choice(ends)).capitalize()


class Places:
    """The places of a seed, by cell."""

    def __init__(self, seed: Seed, fields: Fields, namer: Namer = plain_name) -> None:
        self._seed = seed
        self._fields = fields
        self._namer = namer
        self.in_cell = lru_cache(maxsize=8192)(self._find)

    def _find(self, cell_x: int, cell_y: int) -> Place | None:
        """The place of a cell, or None where it fell into the sea or onto a peak."""
        draw = stream(self._seed, "place", cell_x, cell_y)
        margin = LARGEST_RADIUS + 2  # places of neighbouring cells never touch
        x = cell_x * CELL + draw.between(margin, CELL - 1 - margin)
        y = cell_y * CELL + draw.between(margin, CELL - 1 - margin)
        kind = draw.weighted(PLACE_KINDS, [_KINDS[name][0] for name in PLACE_KINDS])
        radius = _KINDS[kind][1]
        # Nine points of the ground decide: the middle and most of the rest must be dry and level.
        reach = radius * 3 // 4
        land = self._fields.region(x - reach, y - reach, 3, 3, max(reach, 1))
        habitable = np.array([biome.habitable for biome in biomes.biomes()])[land.biome]
        if not habitable[1, 1] or habitable.sum() < 7:
            return None
        if int(land.elevation.max()) > 420:
            kind = "mine" if kind in ("town", "village", "farm") else kind
            radius = _KINDS[kind][1]
        place_id = f"place:{cell_x}:{cell_y}"
        name = self._namer(self._seed, place_id, kind)
        return Place(id=place_id, kind=kind, name=name, x=x, y=y, radius=radius)

    def within(self, x: int, y: int, width: int, height: int) -> tuple[Place, ...]:
        """The places whose middle lies in the region, by cell from the north-west."""
        found = []
        for cell_y in range(y // CELL, (y + height - 1) // CELL + 1):
            for cell_x in range(x // CELL, (x + width - 1) // CELL + 1):
                place = self.in_cell(cell_x, cell_y)
                if place and x <= place.x < x + width and y <= place.y < y + height:
                    found.append(place)
        return tuple(found)

    def nearest(self, kind: str, x: int, y: int, rings: int = 48) -> Place | None:
        """The nearest place of the kind, or of any kind for "any"; None beyond `rings` cells."""
        middle_x, middle_y = x // CELL, y // CELL
        best: tuple[int, str, Place] | None = None
        for ring in range(rings + 1):
            # Nothing in this ring or beyond can be nearer than its inner edge.
            if best and best[0] <= (max(ring - 1, 0) * CELL) ** 2:
                break
            for cell_x, cell_y in _ring(middle_x, middle_y, ring):
                place = self.in_cell(cell_x, cell_y)
                if place and kind in (place.kind, "any"):
                    found = ((place.x - x) ** 2 + (place.y - y) ** 2, place.id, place)
                    best = min(best, found, key=lambda entry: entry[:2]) if best else found
        return best[2] if best else None


def _ring(x: int, y: int, ring: int) -> list[tuple[int, int]]:
    """The cells at Chebyshev distance `ring`, in a fixed order."""
    side = range(-ring, ring + 1)
    return [(x + dx, y + dy) for dy in side for dx in side if max(abs(dx), abs(dy)) == ring]
