"""A map to look at: ground colours, shaded hills, coasts, roads, and marks for places."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .fields import Fields
from .places import CELL, Places
from .roads import Roads
from .terrain import TERRAIN_COLOURS, TERRAIN_INDEX

__all__ = ["draw"]

_WATER = (TERRAIN_INDEX["deep_water"], TERRAIN_INDEX["shallow_water"])
_ROAD = (150, 108, 66)
_COAST = (40, 52, 74)
_MARKS = {
    "town": ((196, 40, 40), 3),
    "village": ((214, 110, 44), 2),
    "farm": ((230, 196, 96), 1),
    "shrine": ((240, 240, 255), 1),
    "camp": ((120, 70, 40), 1),
    "ruin": ((96, 88, 104), 1),
    "mine": ((40, 40, 48), 1),
}
_MOST_CELLS = 150  # above that, roads are hairlines that nobody sees and would take seconds


def draw(
    fields: Fields, places: Places, roads: Roads, area: tuple[int, int, int, int], step: int
) -> NDArray[np.uint8]:
    """RGBA uint8 [height / step, width / step, 4] of the region `area` (x, y, width, height)."""
    x, y, width, height = area
    columns, rows = max(width // step, 1), max(height // step, 1)
    # One sample more to the west and north gives the slope.
    land = fields.region(x - step, y - step, columns + 1, rows + 1, step)
    terrain, high = land.terrain[1:, 1:], np.maximum(land.elevation, 0)
    slope = (high[1:, 1:] - high[:-1, 1:]) + (high[1:, 1:] - high[1:, :-1])
    light = np.clip(256 + slope * 5 // (2 * step), 150, 340)
    depth = np.clip(land.elevation[1:, 1:], -500, 0)
    light = np.where(np.isin(terrain, _WATER), 256 + depth // 6, light)
    picture = TERRAIN_COLOURS[terrain].astype(np.int32) * light[..., None] >> 8
    wet = np.isin(land.terrain, _WATER)
    coast = (wet[1:, 1:] != wet[:-1, 1:]) | (wet[1:, 1:] != wet[1:, :-1])
    picture[coast] = (picture[coast] + np.array(_COAST)) // 2
    if (width // CELL + 1) * (height // CELL + 1) <= _MOST_CELLS:
        for line in roads.near(x, y, width, height):
            _dot(picture, np.array(line, np.int64), x, y, step, _ROAD, 0)
    for place in places.within(x, y, width, height):
        colour, size = _MARKS[place.kind]
        middle = np.array([[place.x, place.y]], np.int64)
        _dot(picture, middle, x, y, step, (24, 20, 24), size + 1)
        _dot(picture, middle, x, y, step, colour, size)
    out = np.full((rows, columns, 4), 255, np.uint8)
    out[..., :3] = np.clip(picture, 0, 255)
    return out


def _dot(
    picture: NDArray[np.int32],
    tiles: NDArray[np.int64],
    x: int,
    y: int,
    step: int,
    colour: tuple[int, int, int],
    size: int,
) -> None:
    """Paints squares of `2 * size + 1` pixels around tiles (x, y); what is outside is left out."""
    rows, columns = picture.shape[:2]
    for dy in range(-size, size + 1):
        for dx in range(-size, size + 1):
            px, py = (tiles[:, 0] - x) // step + dx, (tiles[:, 1] - y) // step + dy
            inside = (px >= 0) & (px < columns) & (py >= 0) & (py < rows)
            picture[py[inside], px[inside]] = colour
