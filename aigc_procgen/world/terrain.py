"""The kinds of ground, their order in every array, and which of them carry a walker."""

from __future__ import annotations

import numpy as np

__all__ = ["TERRAINS", "TERRAIN_COLOURS", "TERRAIN_INDEX", "WALKABLE"]

TERRAINS = (
    "deep_water",
    "shallow_water",
    "sand",
    "grass",
    "dry_grass",
    "forest_floor",
    "dirt",
    "swamp",
    "snow",
    "ice",
    "gravel",
    "ash",
    "lava",
    "cobblestone",
    "stone_floor",
    "mountain",
    "stone_wall",
    "brick_wall",
)
TERRAIN_INDEX = {name: index for index, name in enumerate(TERRAINS)}
_BLOCKED = ("deep_water", "lava", "mountain", "stone_wall", "brick_wall")
WALKABLE = np.array([name not in _BLOCKED for name in TERRAINS])
# What a map shows, RGB.
TERRAIN_COLOURS = np.array(
    [
        (32, 62, 122),
        (66, 134, 178),
        (222, 202, 142),
        (112, 168, 72),
        (188, 178, 88),
        (52, 108, 56),
        (156, 116, 74),
        (84, 110, 84),
        (238, 242, 248),
        (172, 212, 240),
        (142, 136, 126),
        (84, 76, 80),
        (232, 96, 28),
        (176, 168, 152),
        (150, 150, 160),
        (108, 96, 86),
        (92, 94, 104),
        (160, 84, 62),
    ],
    np.uint8,
)
