"""From terrain to a picture: variants of every material, and organic borders between them.

Borders follow the sixteen-corner scheme: a material that lies above its neighbour's flows over it
in one of sixteen masks, one for each set of corners that it touches (marching squares on the
corners of tiles). The masks are drawn by whole-number noise, so they are the same everywhere.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.errors import check_int
from aigc_procgen.core.pack import Pack
from aigc_procgen.core.random import Seed, Stream, key, stream

from .fallback import owner, scaled
from .pictures import moving_tiles, tiles

__all__ = ["FRAMES", "MOVING", "ORDER", "Tileset", "build_tileset", "corner_masks", "draw_terrain"]

MOVING = ("deep_water", "shallow_water", "lava")
"""The materials whose tiles move."""

FRAMES = 4
"""How many pictures a tile that moves has."""

# From the lowest to the highest: the higher one flows over the lower one's tiles.
ORDER = (
    "deep_water",
    "shallow_water",
    "lava",
    "ice",
    "swamp",
    "sand",
    "ash",
    "dirt",
    "gravel",
    "dry_grass",
    "grass",
    "forest_floor",
    "snow",
    "cobblestone",
    "stone_floor",
    "mountain",
    "stone_wall",
    "brick_wall",
)
_BUILT = ("cobblestone", "stone_floor", "stone_wall", "brick_wall")  # these end where they end
_TALL = ("mountain", "stone_wall", "brick_wall")
_MASK_VARIANTS = 4
_REACH = 9  # pixels that a material flows over its neighbour, of 32


class Tileset:
    """Pictures of materials uint8 [material, variant, size, size, 4], and the names' order."""

    def __init__(self, names: tuple[str, ...], pictures: NDArray[np.uint8]) -> None:
        self.names = names
        self.pictures = pictures
        self.size = pictures.shape[2]
        places = {name: place for place, name in enumerate(ORDER)}
        # A pack's own materials that this list does not know flow over everything.
        self.height = np.array([places.get(name, len(ORDER)) for name in names])
        self.soft = np.array([name not in _BUILT for name in names])
        self.tall = np.array([name in _TALL for name in names])


def build_tileset(
    pack: Pack, seed: Seed, names: tuple[str, ...], variants: int = 8, frame: int = 0
) -> Tileset:
    """Draws `variants` tiles of every material in `names`; kept with the pack.

    In a `frame` above 0 the materials of `MOVING` have moved; `FRAMES` frames loop. Of three times
    as many candidates those nearest to the material's usual colour are taken, so that the ground
    does not look like a chessboard. A material that the pack lacks is drawn by the pack that ships;
    `InvalidArgument` if that lacks it too.
    """
    check_int("frame", frame, 0, FRAMES - 1)

    def draw(name: str, frames: int) -> NDArray[np.uint8]:
        """Of one material [frames, variants, size, size, 4]."""
        drawn_by = owner(pack, "tiles", name)
        if frames == 1:
            drawn = tiles(drawn_by, seed, name, 3 * variants)[:, None]
        else:
            drawn = moving_tiles(drawn_by, seed, name, 3 * variants, frames)
        return scaled(drawn[_alike(drawn[:, 0], variants)], drawn_by, pack).swapaxes(0, 1)

    def make() -> Tileset:
        return Tileset(names, np.stack([draw(name, 1)[0] for name in names]))

    def move() -> list[Tileset]:
        frames = [still.pictures.copy() for _ in range(FRAMES)]
        for place, name in enumerate(names):
            if name in MOVING:
                for pictures, moved in zip(frames, draw(name, FRAMES), strict=True):
                    pictures[place] = moved
        return [Tileset(names, pictures) for pictures in frames]

    still: Tileset = pack.keep(("tileset", key(seed), names, variants), make)
    if frame == 0:
        return still
    moving: list[Tileset] = pack.keep(("moving", key(seed), names, variants), move)
    return moving[frame]


def _alike(pictures: NDArray[np.uint8], count: int) -> NDArray[np.intp]:
    """The rows of the `count` pictures whose sum of colours is nearest to the median of all."""
    sums = pictures[..., :3].astype(np.int64).sum((1, 2))
    median = np.sort(sums, 0)[len(sums) // 2]
    distance = np.abs(sums - median).sum(1)
    return np.sort(np.argsort(distance, kind="stable")[:count])


@lru_cache(maxsize=8)
def corner_masks(size: int) -> NDArray[np.bool_]:
    """Masks bool [variant, 16, size, size]; bits 1, 2, 4, 8 are the corners NW, NE, SE, SW.

    Two masks that share an edge's corners meet there without a gap: the depth of the flow along an
    edge wavers between ends where it is always the same.
    """
    reach = _REACH * size // 32
    masks = np.zeros((_MASK_VARIANTS, 16, size, size), bool)
    ys, xs = np.mgrid[:size, :size]
    last = size - 1
    for variant in range(_MASK_VARIANTS):
        draw = stream("aigc_procgen", "mask", size, variant)
        edges = [_wavering(draw, size, reach) for _ in range(4)]
        depth_n, depth_e, depth_s, depth_w = edges
        # Near a corner alone, a wavering quarter of a disc.
        near = [xs * xs + ys * ys, (last - xs) ** 2 + ys * ys]
        near += [(last - xs) ** 2 + (last - ys) ** 2, xs * xs + (last - ys) ** 2]
        wave = _speckle(draw, size)
        wave[[0, -1]] = wave[:, [0, -1]] = 0  # at a tile's rim the next tile goes on from here
        corners = [distance + wave * reach // 4 < reach * reach for distance in near]
        for bits in range(16):
            mask = np.zeros((size, size), bool)
            for corner in range(4):
                if bits >> corner & 1:
                    mask |= corners[corner]
            if bits & 3 == 3:
                mask |= ys < depth_n[xs]
            if bits & 6 == 6:
                mask |= last - xs < depth_e[ys]
            if bits & 12 == 12:
                mask |= last - ys < depth_s[xs]
            if bits & 9 == 9:
                mask |= xs < depth_w[ys]
            masks[variant, bits] = mask
    masks.flags.writeable = False
    return masks


def _wavering(draw: Stream, size: int, reach: int) -> NDArray[np.int64]:
    """A depth in pixels for every pixel of an edge: `reach` at the ends, wavering between."""
    words = draw.words(6)
    knots = np.zeros(6, np.int64)
    knots[1:-1] = (words[:4] % np.uint64(7)).astype(np.int64) - 3
    place = np.arange(size) * 5 * 16 // max(size - 1, 1)
    left = np.minimum(place // 16, 4)
    part = place - left * 16
    bend = (knots[left] * (16 - part) + knots[left + 1] * part) // 16
    return np.asarray(reach + bend * size // 32 - 1)


def _speckle(draw: Stream, size: int) -> NDArray[np.int64]:
    coarse = (draw.words((size // 4 + 1) ** 2) % np.uint64(5)).astype(np.int64)
    grid = coarse.reshape(size // 4 + 1, -1) - 2
    return np.asarray(grid.repeat(4, 0).repeat(4, 1)[:size, :size] * 2)


def _variant_of(seed_key: int, x: int, y: int, width: int, height: int) -> NDArray[np.uint64]:
    """A random number a tile, from the tile's coordinates: uint64 [height, width]."""
    xs = (np.arange(width, dtype=np.int64) + x).astype(np.uint64)
    ys = (np.arange(height, dtype=np.int64) + y).astype(np.uint64)
    word = xs[None] * np.uint64(0x9E3779B97F4A7C15) ^ ys[:, None] * np.uint64(0xC2B2AE3D27D4EB4F)
    word = (word + np.uint64(seed_key)) * np.uint64(0xBF58476D1CE4E5B9)
    return np.asarray(
        (word ^ (word >> np.uint64(31))) * np.uint64(0x94D049BB133111EB) >> np.uint64(33)
    )


def draw_terrain(
    terrain: NDArray[np.uint8], tileset: Tileset, x: int, y: int, seed: Seed
) -> NDArray[np.uint8]:
    """A picture uint8 [size * h, size * w, 4] of terrain [h + 2, w + 2], its border one tile wide.

    (x, y) is the tile of the picture's upper left corner, which decides variants: neighbouring
    pictures fit together.
    """
    height, width = terrain.shape[0] - 2, terrain.shape[1] - 2
    size = tileset.size
    draw = _variant_of(key(seed, "variants"), x, y, width, height)
    count = tileset.pictures.shape[1]
    # The first variants are common and the rest rare: a calm ground with a surprise now and then.
    variant = np.minimum(draw % np.uint64(count), (draw >> np.uint64(8)) % np.uint64(count))
    variant = variant.astype(np.intp)
    middle = terrain[1:-1, 1:-1]
    picture = tileset.pictures[middle, variant]  # [h, w, size, size, 4]
    masks = corner_masks(size)
    mask_variant = (draw >> np.uint64(16)).astype(np.intp) % _MASK_VARIANTS
    above = tileset.height[terrain]
    for material in sorted(np.unique(terrain), key=lambda index: int(tileset.height[index])):
        if not tileset.soft[material]:
            continue
        bits = _corner_bits(terrain == material)
        bits[above[1:-1, 1:-1] >= tileset.height[material]] = 0
        rows, columns = np.nonzero(bits)
        if not len(rows):
            continue
        mask = masks[mask_variant[rows, columns], bits[rows, columns]]
        over = tileset.pictures[material, variant[rows, columns]]
        picture[rows, columns] = np.where(mask[..., None], over, picture[rows, columns])
    _shade(picture, tileset.tall[terrain])
    return np.asarray(picture.swapaxes(1, 2).reshape(height * size, width * size, 4))


def _corner_bits(here: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Which corners of the inner tiles touch a tile of the material: intp [h, w], 0 to 15."""
    h, w = here.shape[0] - 2, here.shape[1] - 2

    def at(dy: int, dx: int) -> NDArray[np.bool_]:
        return here[1 + dy : 1 + dy + h, 1 + dx : 1 + dx + w]

    north, south, west, east = at(-1, 0), at(1, 0), at(0, -1), at(0, 1)
    bits = (north | west | at(-1, -1)) * 1
    bits = bits + (north | east | at(-1, 1)) * 2
    bits = bits + (south | east | at(1, 1)) * 4
    return (bits + (south | west | at(1, -1)) * 8).astype(np.intp)


def _shade(picture: NDArray[np.uint8], tall: NDArray[np.bool_]) -> None:
    """Darkens the ground south and east of what is tall, and the foot of what is tall itself."""
    size = picture.shape[2]
    inner, north, west = tall[1:-1, 1:-1], tall[:-2, 1:-1], tall[1:-1, :-2]
    south = tall[2:, 1:-1]
    depth = size // 4
    for where, area, share in (
        (~inner & north, np.s_[:depth], 5),
        (~inner & west & ~north, np.s_[:, : depth // 2], 6),
        (inner & ~south, np.s_[-depth:], 5),
    ):
        rows, columns = np.nonzero(where)
        if len(rows):
            part = picture[(rows, columns)]
            window = part[(slice(None), *(area if isinstance(area, tuple) else (area,)))]
            window[..., :3] = window[..., :3].astype(np.uint16) * share // 8
            picture[(rows, columns)] = part
