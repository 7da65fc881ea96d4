"""Maps: the land in colours with hill shading, coasts, roads and marks for places."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from . import biomes
from .ground import Ground
from .shores import UNIT
from .terrain import TERRAIN_COLOURS, TERRAIN_INDEX

__all__ = ["WIDEST", "draw_mark", "draw_overview"]

WIDEST = 2048 * 2048  # tiles up to which roads and places are drawn: beyond, they are a crowd
_ROAD = np.array([122, 84, 52], np.uint8)
_BRIDGE = np.array([196, 186, 164], np.uint8)
_COAST = 150  # of 256: how dark water is where it meets land
_INK = (38, 28, 24)
_MARKS = {  # half side in map pixels, colour
    "town": (3, (214, 58, 48)),
    "village": (2, (236, 150, 52)),
    "farm": (1, (244, 220, 110)),
    "shrine": (1, (190, 130, 230)),
    "camp": (1, (250, 250, 240)),
    "ruin": (1, (150, 150, 165)),
    "mine": (1, (90, 200, 220)),
    "cave": (1, (60, 46, 60)),
}


def draw_overview(
    ground: Ground, x: int, y: int, width: int, height: int, step: int
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """A map of `width` x `height` pixels, one every `step` tiles, uint8 [height, width, 4], and
    which of them are land above the sea, bool [height, width].
    """
    land = ground.fields.region(x - step, y - step, width + 2, height + 2, step, exact=False)
    # Patches that a walker enjoys are mottle on a map: most of them are left out.
    terrain = land.terrain
    if step > 1:
        plain = biomes.ground(land.biome, land.patch * 3 // 5)
        wet = np.isin(terrain, _WATERY)
        terrain = np.where(wet | (terrain == TERRAIN_INDEX["sand"]), terrain, plain)
        # A river thinner than a map's pixel is drawn as one: a line must not be dotted.
        thin = ~wet & (land.shore * 2 < step * UNIT) & (land.elevation > 0)
        terrain[thin] = TERRAIN_INDEX["shallow_water"]
    height_map = np.maximum(land.elevation, 0)
    # Light from the north-west, as maps have it; per tile, so that every step looks alike.
    rise = height_map[:-2, :-2] - height_map[2:, 2:]
    shade = 256 - np.clip(rise * 6 // (2 + step), -64, 64)
    inner = terrain[1:-1, 1:-1]
    water = np.isin(inner, _WATERY[:2])
    shade = np.where(water, 256 + np.clip(land.elevation[1:-1, 1:-1] // 6, -48, 0), shade)
    sea = np.isin(terrain, _WATERY)
    dry = ~sea
    coast = sea[1:-1, 1:-1] & (land.elevation[1:-1, 1:-1] < 0)
    coast &= dry[:-2, 1:-1] | dry[2:, 1:-1] | dry[1:-1, :-2] | dry[1:-1, 2:]
    shade = np.where(coast, _COAST, shade)
    picture = np.full((height, width, 4), 255, np.uint8)
    colours = TERRAIN_COLOURS[inner].astype(np.int32) * shade[..., None] >> 8
    picture[..., :3] = np.clip(colours, 0, 255)
    if width * height * step * step <= WIDEST:
        _draw_roads(picture, ground, water, x, y, step)
        _draw_places(picture, ground, x, y, step)
    return picture, land.elevation[1:-1, 1:-1] > 0


_WATERY = [TERRAIN_INDEX[name] for name in ("deep_water", "shallow_water", "ice")]


def _draw_roads(
    picture: NDArray[np.uint8],
    ground: Ground,
    water: NDArray[np.bool_],
    x: int,
    y: int,
    step: int,
) -> None:
    height, width = picture.shape[:2]
    road = np.zeros((height, width), bool)
    for way in ground.roads(x, y, width * step, height * step):
        tiles = (way.tiles - (x, y)) // step
        tiles = tiles[((tiles >= 0) & (tiles < (width, height))).all(axis=1)]
        road[tiles[:, 1], tiles[:, 0]] = True
    picture[road & ~water, :3] = _ROAD
    picture[road & water, :3] = _BRIDGE


def _draw_places(picture: NDArray[np.uint8], ground: Ground, x: int, y: int, step: int) -> None:
    height, width = picture.shape[:2]
    # A mark on the rim is drawn by both maps that share it.
    more = 5 * step
    for place in ground.places(
        x - more, y - more, width * step + 2 * more, height * step + 2 * more
    ):
        column, row = (place.x - x) // step, (place.y - y) // step
        draw_mark(picture, place.kind, column, row, _INK)
        if place.kind == "town" and 0 <= row < height and 0 <= column < width:
            picture[row, column, :3] = 255


def draw_mark(
    picture: NDArray[np.uint8], kind: str, column: int, row: int, ink: tuple[int, int, int]
) -> None:
    """Draws the mark of a kind of place around a pixel, cut at the picture's rim."""
    half, colour = _MARKS[kind]
    for far, paint in ((half + 1, ink), (half, colour)):
        top, left = max(row - far, 0), max(column - far, 0)
        bottom, right = max(row + far + 1, 0), max(column + far + 1, 0)
        picture[top:bottom, left:right, :3] = paint
