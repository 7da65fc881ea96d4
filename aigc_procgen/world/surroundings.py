"""What the land around a place is like, in words that explain why people came and what befell."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .biomes import biomes
from .fields import Fields
from .places import Place
from .shores import UNIT
from .terrain import TERRAIN_INDEX

__all__ = ["surroundings"]

_STEP = 8  # tiles between the samples
_REACH = 6  # samples from a place's middle to the rim of what is near
_WATER = 20 * UNIT  # a river is near that can be fetched from
_BORDER = 200  # tiles
# Kinds of land, the share of the samples (hundredths) that makes a country of it, and the biomes.
_COUNTRIES = (
    ("swamp", 15, ("swamp",)),
    ("forest", 35, ("forest", "jungle", "taiga")),
    ("snow", 40, ("snowfield", "glacier", "taiga", "tundra", "frozen shore")),
    ("dry", 35, ("desert", "badlands", "savanna", "heath")),
    ("grassland", 25, ("meadow", "savanna", "heath")),
)


def surroundings(
    fields: Fields, square_at: Callable[[int, int], tuple[int, int]], place: Place
) -> tuple[str, ...]:
    """Features of the land within some 50 tiles of a place, the most telling first.

    Of "river", "coast", "mountain", "border", "swamp", "forest", "snow", "dry" and "grassland".
    `square_at` tells which realm's land a tile is, for the border, within 200 tiles.
    """
    reach, count = _REACH * _STEP, 2 * _REACH + 1
    land = fields.region(place.x - reach, place.y - reach, count, count, _STEP)
    found = []
    if int(land.shore.min()) < _WATER:
        found.append("river")
    if int(land.elevation.min()) < 0:
        found.append("coast")
    if int((land.terrain == TERRAIN_INDEX["mountain"]).sum()) > 1:
        found.append("mountain")
    own = square_at(place.x, place.y)
    sides = ((_BORDER, 0), (-_BORDER, 0), (0, _BORDER), (0, -_BORDER))
    if any(square_at(place.x + across, place.y + down) != own for across, down in sides):
        found.append("border")
    names = np.array([biome.name for biome in biomes()])[land.biome]
    for country, share, kinds in _COUNTRIES:
        if int(np.isin(names, kinds).sum()) * 100 >= share * names.size:
            found.append(country)
    return tuple(found)
