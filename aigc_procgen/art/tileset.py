"""The pictures of materials that land is laid of, drawn when first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.errors import check_choice
from aigc_procgen.core.pack import Pack
from aigc_procgen.core.random import Seed, key, stream

from .fallback import draws, owner, scaled, tile_size
from .ground import COLUMNS, ROWS, border, patch
from .masks import cut, joined
from .pictures import kinds, moving_tiles, tiles
from .together import together

__all__ = ["FRAMES", "MOVING", "ORDER", "Tileset", "build_tileset"]

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
_BUILT = ("stone_floor", "stone_wall", "brick_wall")  # these end where they end
_TALL = ("mountain", "stone_wall", "brick_wall")
_VARIANTS = 8  # single tiles of a material whose pack paints no ground


class Tileset:
    """The pictures of materials, drawn when first asked for.

    A material is the tiles of one patch where its pack paints ground, else as many single tiles, of
    which some are drawn several times so that a few stay rare. What a pack lacks, the pack that
    ships draws.
    """

    def __init__(self, pack: Pack, seed: Seed, names: tuple[str, ...]) -> None:
        self.pack, self.seed, self.names = pack, seed, names
        self.size = tile_size(pack)
        places = {name: place for place, name in enumerate(ORDER)}
        # A pack's own materials that this list does not know flow over everything.
        self.height = np.array([places.get(name, len(ORDER)) for name in names])
        self.soft = np.array([name not in _BUILT for name in names])
        self.tall = np.array([name in _TALL for name in names])
        for name in names:
            check_choice("material", name, kinds(owner(pack, "tiles", name), "tiles"))
        self._patches: dict[tuple[int, bool, bool], NDArray[np.uint8]] = {}
        self._borders: dict[tuple[int, int, bool], NDArray[np.uint8]] = {}

    def _painter(self, material: int) -> Pack | None:
        """The pack that paints a material, if the one that draws it does."""
        name = self.names[material]
        drawn_by = owner(self.pack, "tiles", name)
        return drawn_by if draws(drawn_by, "ground", name) else None

    def painted(self, material: int) -> bool:
        """Whether the material is one patch, whose tiles must lie as they do in it."""
        return self._painter(material) is not None

    def tiles(self, material: int, frame: int = 0, *, half: bool = False) -> NDArray[np.uint8]:
        """The tiles uint8 [ROWS COLUMNS, size, size, 4] of a material, by its place in `names`.

        With `half` they lie half a tile further to the south-east.
        """
        moving = frame > 0 and self.names[material] in MOVING
        return np.asarray(self._frames(material, moving, half)[frame if moving else 0])

    def _frames(self, material: int, moving: bool, half: bool) -> NDArray[np.uint8]:
        """All frames of the tiles [frames, n, size, size, 4], of what does not move one."""
        place = material, moving, half
        if place not in self._patches:
            if half:
                whole = self._frames(material, moving, False)
                self._patches[place] = self._moved(whole, self.painted(material))
            else:
                self._patches[place] = self._drawn(material, FRAMES if moving else 1)
        return self._patches[place]

    def _moved(self, drawn: NDArray[np.uint8], painted: bool) -> NDArray[np.uint8]:
        """Tiles [frames, n, size, size, 4] half a tile on: each in itself, or in the patch."""
        half = self.size // 2
        if not painted:
            return np.roll(drawn, (-half, -half), (2, 3))
        patches = drawn.reshape(-1, ROWS, COLUMNS, *drawn.shape[2:])
        return np.stack(
            [cut(np.roll(joined(patch), (-half, -half), (0, 1)), self.size) for patch in patches]
        )

    def prepare(
        self,
        frame: int,
        *,
        whole: Iterable[int] = (),
        half: Iterable[int] = (),
        borders: Iterable[tuple[int, int]] = (),
    ) -> None:
        """Draws what is not drawn yet of the `tiles` of these materials, whole or half a tile
        further, and of these `borders`, side by side.
        """
        tasks: list[Callable[[], object]] = []
        moved = set(half)
        for material in sorted({*whole, *moved}):
            moving = frame > 0 and self.names[material] in MOVING
            aside = material in moved  # drawn from the tiles that are not, so both are there
            if (material, moving, aside) not in self._patches:
                tasks.append(partial(self.tiles, material, frame, half=aside))
        for pair in dict.fromkeys(borders):
            moving = frame > 0 and any(self.names[material] in MOVING for material in pair)
            if (*pair, moving) not in self._borders:
                tasks.append(partial(self.border, *pair, frame))
        if len(tasks) > 1:
            together(*tasks)

    def border(self, lower: int, upper: int, frame: int = 0) -> NDArray[np.uint8] | None:
        """The tiles of `masks.scene` in two materials, uint8 [rows columns, size, size, 4].

        None where no model can draw both; a mask cuts one out of the other there.
        """
        pair = self.names[lower], self.names[upper]
        painter = self._painter(lower)
        if painter is None or self._painter(upper) is not painter:
            return None
        moving = frame > 0 and any(name in MOVING for name in pair)
        place = lower, upper, moving
        if place not in self._borders:
            drawn = border(painter, self.seed, *pair, MOVING, FRAMES if moving else 1)
            self._borders[place] = scaled(drawn, painter, self.pack)
        return np.asarray(self._borders[place][frame if moving else 0])

    def _drawn(self, material: int, frames: int) -> NDArray[np.uint8]:
        """Of one material [frames, ROWS COLUMNS, size, size, 4]."""
        name = self.names[material]
        if painter := self._painter(material):
            return scaled(patch(painter, self.seed, name, frames), painter, self.pack)
        drawn_by = owner(self.pack, "tiles", name)
        if frames == 1:
            drawn = tiles(drawn_by, self.seed, name, 3 * _VARIANTS)[:, None]
        else:
            drawn = moving_tiles(drawn_by, self.seed, name, 3 * _VARIANTS, frames)
        few = scaled(drawn[_alike(drawn[:, 0], _VARIANTS)], drawn_by, self.pack).swapaxes(0, 1)
        # The first ones are common and the rest rare: a calm ground with a surprise now and then.
        words = stream("aigc_procgen", "variants").words(2 * ROWS * COLUMNS) % np.uint64(_VARIANTS)
        return few[:, words.reshape(2, -1).min(0).astype(np.intp)]


def build_tileset(pack: Pack, seed: Seed, names: tuple[str, ...]) -> Tileset:
    """The tileset of a pack and seed, kept with the pack.

    `InvalidArgument` for a material that neither the pack nor the one that ships draws.
    """
    kept: Tileset = pack.keep(("tileset", key(seed), names), lambda: Tileset(pack, seed, names))
    return kept


def _alike(pictures: NDArray[np.uint8], count: int) -> NDArray[np.intp]:
    """The rows of the `count` pictures whose sum of colours is nearest to the median of all."""
    sums = pictures[..., :3].astype(np.int64).sum((1, 2))
    median = np.sort(sums, 0)[len(sums) // 2]
    distance = np.abs(sums - median).sum(1)
    return np.sort(np.argsort(distance, kind="stable")[:count])
