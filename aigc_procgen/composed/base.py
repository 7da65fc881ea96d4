"""What every part of a world knows: its seed, its land, its pack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from aigc_procgen.core.pack import Pack, check_pack, default_pack
from aigc_procgen.core.random import Seed, check_seed
from aigc_procgen.world.land import Land
from aigc_procgen.world.prefetch import Prefetcher
from aigc_procgen.world.shape import Height, make_shape

if TYPE_CHECKING:
    from aigc_procgen.story.proposals import Proposer

__all__ = ["WORLD_VERSION", "Base"]

WORLD_VERSION = 7  # changes whenever a seed gives another world


class Base:
    """A seed and what is made for it once; the arguments are those of `World`."""

    def __init__(
        self,
        seed: Seed,
        *,
        pack: Pack | None = None,
        cache_bytes: int = 64_000_000,
        workers: int = 1,
        size: int | tuple[int, int] | None = None,
        height: Height | None = None,
        voice: Proposer | None = None,
        wrap: bool = False,
    ) -> None:
        self.seed = check_seed(seed)
        self._shape = make_shape(size, height, wrap)
        self.version = WORLD_VERSION
        self.changes: dict[str, Any] = {}
        self._pack = check_pack(pack)
        self._drawn_before = False
        if voice is not None:
            from aigc_procgen.story.proposals import make_writer

            make_writer(voice)  # says what is wrong with it now, not at the first quest
        self.voice = voice
        self._land = Land(self.seed, cache_bytes=cache_bytes, namer=_name, shape=self._shape)
        self._ahead = Prefetcher(self._land.make, workers)

    def __repr__(self) -> str:
        return f"World({self.seed!r}, version {self.version})"

    @property
    def pack(self) -> Pack:
        """The pack that draws this world; loaded when first needed."""
        if self._pack is None:
            self._pack = default_pack()
        return self._pack

    def close(self) -> None:
        """Ends the threads of `prefetch`; all else still works."""
        self._ahead.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _name(seed: Seed, place_id: str, kind: str) -> str:
    # With the network of names: when one is read.
    from aigc_procgen.story.place_names import place_name

    return place_name(seed, place_id, kind)
