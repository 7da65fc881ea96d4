"""Land, places and ways, as a pure function of a seed; whole numbers only."""

from .biomes import biome_names
from .chunk import CHUNK, Chunk, Prop
from .land import LIMIT, Land
from .places import PLACE_KINDS, Place
from .plants import SOLID
from .terrain import TERRAIN_COLOURS, TERRAINS, WALKABLE

__all__ = [
    "CHUNK",
    "LIMIT",
    "PLACE_KINDS",
    "SOLID",
    "TERRAINS",
    "TERRAIN_COLOURS",
    "WALKABLE",
    "Chunk",
    "Land",
    "Place",
    "Prop",
    "biome_names",
]
