"""`World`: all parts of a world in one object, and how it is saved and loaded."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from aigc_procgen.core.errors import SaveError
from aigc_procgen.core.pack import Pack
from aigc_procgen.core.random import Seed
from aigc_procgen.saves import Saved, read_save, write_save
from aigc_procgen.world.chunk import CHUNK
from aigc_procgen.world.land import LIMIT
from aigc_procgen.world.shape import Height, make_shape

from .base import WORLD_VERSION
from .lore import Lore
from .pictures import Pictures

if TYPE_CHECKING:
    from aigc_procgen.story.proposals import Proposer

__all__ = ["World", "load_world", "world"]


class World(Pictures, Lore):
    """An endless world of one seed. Every answer is the same in any order, thread and process.

    `changes` is the game's own: anything JSON can hold, kept by `save` and `load_world`.
    `cache_bytes` bounds the memory of chunks that are kept; `workers` (0 to 64) are the threads of
    `prefetch`, which end with the world, with `close` or with a `with` block. With a `size` in
    tiles, 512 or more, or (width, height), the land is an island of that size around the origin and
    the rest is sea; with `wrap` it goes on at the other side instead, for ever round, and sizes are
    multiples of 1536: any coordinates are good there, and those that you get lie from minus a half
    of the size on, but for what you asked about a region. `height` is land of your own, a function
    such as `heightmap` makes: climate, rivers, places and roads follow it. `voice` puts what people
    of quests say otherwise, see `load_voice`.
    """

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the seed, `changes` and what was edited as JSON, whole or not at all."""
        saved = Saved(
            seed=self.seed,
            changes=self.changes,
            edits=self._land.edits.to_data(),
            size=self._shape.size,
            height=self._shape.mark(),
            wrap=self._shape.wrap,
        )
        write_save(path, saved, self.version)


def load_world(
    path: str | os.PathLike[str],
    *,
    pack: Pack | None = None,
    cache_bytes: int = 64_000_000,
    workers: int = 1,
    height: Height | None = None,
    voice: Proposer | None = None,
) -> World:
    """The world that `World.save` wrote; raises `SaveError` if the file is damaged or too new.

    A world of your own `height` needs it again: a save holds no functions, and tells if it is
    another one.
    """
    saved = read_save(path, WORLD_VERSION)
    if make_shape(None, height).mark() != saved.height:
        wanted = "the height that it was saved with" if saved.height else "no height of your own"
        raise SaveError(f"{str(path)!r} must be loaded with {wanted}: load_world(path, height=…)")
    loaded = World(
        saved.seed,
        pack=pack,
        cache_bytes=cache_bytes,
        workers=workers,
        size=saved.size,
        height=height,
        voice=voice,
        wrap=saved.wrap,
    )
    loaded.changes = saved.changes
    try:
        loaded._land.edits.load(saved.edits, LIMIT // CHUNK)
    except ValueError as error:
        raise SaveError(f"path must be a saved game, {str(path)!r} is damaged: {error}") from None
    return loaded


def world(
    seed: Seed,
    *,
    pack: Pack | None = None,
    cache_bytes: int = 64_000_000,
    workers: int = 1,
    size: int | tuple[int, int] | None = None,
    height: Height | None = None,
    voice: Proposer | None = None,
    wrap: bool = False,
) -> World:
    """The world of a seed, a whole number or a text; the rest as for `World`.

    >>> import aigc_procgen as procgen
    >>> procgen.world(42).terrain(0, 0, 3, 2).shape
    (2, 3)
    """
    return World(
        seed,
        pack=pack,
        cache_bytes=cache_bytes,
        workers=workers,
        size=size,
        height=height,
        voice=voice,
        wrap=wrap,
    )
