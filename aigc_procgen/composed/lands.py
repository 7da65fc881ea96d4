"""The land of a world: chunks, regions, maps, and what a game changes of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.errors import InvalidArgument
from aigc_procgen.world.chunk import Chunk, Prop
from aigc_procgen.world.edits import Edit
from aigc_procgen.world.land import LIMIT
from aigc_procgen.world.realms import Realm

from .ways import Ways

__all__ = ["Lands"]


class Lands(Ways):
    """The part of `World` that is land."""

    def chunk(self, x: int, y: int) -> Chunk:
        """The 64 x 64 tiles from tile (64 x, 64 y) on."""
        return self._land.chunk(x, y)

    def terrain(self, x: int, y: int, width: int, height: int) -> NDArray[np.uint8]:
        """Terrain uint8 [height, width] of a region in tiles, indexing `TERRAINS`."""
        return self._land.terrain(x, y, width, height)

    def walkable_area(self, x: int, y: int, width: int, height: int) -> NDArray[np.bool_]:
        """Where somebody can stand in a region, bool [height, width]."""
        return self._land.walkable_area(x, y, width, height)

    def walkable(self, x: int, y: int) -> bool:
        """Whether somebody can stand on the tile."""
        return self._land.walkable(x, y)

    def props(self, x: int, y: int, width: int, height: int) -> tuple[Prop, ...]:
        """What stands in a region (trees, statues …), from north to south."""
        found = self._land.props(x, y, width, height)
        return tuple(sorted(found, key=lambda prop: (prop.y, prop.x, prop.kind)))

    def prefetch(self, x: int, y: int, radius: int) -> None:
        """Begins to make the chunks with tiles at most `radius` tiles (up to 4096) from tile
        (x, y), the nearest first, and returns at once; see `pending`.

        A newer call takes the place of what still waits from an older one. Of more chunks than
        half the cache holds only the nearest are made. An error in a thread is raised by the next
        `prefetch`, `pending` or `close`. A chunk that is asked for while it is being made is
        waited for; without `workers` nothing is made ahead.
        """
        self._ahead.ask(self._land.missing(x, y, radius))

    @property
    def pending(self) -> int:
        """How many chunks of `prefetch` are not made yet."""
        return self._ahead.pending

    def set_terrain(self, x: int, y: int, terrain: str | int | NDArray[Any]) -> None:
        """Changes the ground of a tile, or of a region from tile (x, y) on; kept by `save`.

        `terrain` is a name or an index of `TERRAINS`, or an array of indexes [height, width]. All
        methods of land and pictures show it; places, roads and stories know nothing of it.
        """
        self._land.set_terrain(x, y, terrain)

    def remove_prop(self, x: int, y: int) -> Prop | None:
        """Takes away what stands on a tile (a felled tree, a chest) and returns it, or None."""
        return self._land.remove_prop(x, y)

    def reset(self, x: int, y: int, width: int, height: int) -> None:
        """Makes a region again as the seed has it."""
        self._land.reset(x, y, width, height)

    def edits(
        self, x: int = -LIMIT, y: int = -LIMIT, width: int = 2 * LIMIT, height: int = 2 * LIMIT
    ) -> Iterator[Edit]:
        """Every tile of a region, or of all the world, that differs from what the seed made: its
        x, y, terrain and prop, chunk by chunk from the north-west.
        """
        return iter(self._land.edited(x, y, width, height))

    @property
    def edited(self) -> int:
        """How many tiles differ from what the seed made, in ground or in what stands on them."""
        return len(self._land.edits)

    def overview(
        self, x: int, y: int, width: int, height: int, *, step: int = 4
    ) -> NDArray[np.uint8]:
        """A map RGBA uint8 [height / step, width / step, 4] with relief, roads and places."""
        return self._land.overview(x, y, width, height, step=step)

    def map(
        self,
        x: int,
        y: int,
        width: int,
        height: int,
        *,
        step: int = 2,
        title: str | None = None,
    ) -> NDArray[np.uint8]:
        """A map to hang up, RGBA uint8: `overview` with borders, names, a frame, legend and scale.

        Without a `title` it is called after the largest place near its middle. Villages are
        named up to a step of 3, towns up to 10; beyond 2048 x 2048 tiles only realms are.
        """
        if title is None:
            title = self.map_title(x, y, width, height)
        return self._land.map(x, y, width, height, step, title=title)

    def map_title(self, x: int, y: int, width: int, height: int) -> str:
        """What a map of a region is called: after the town nearest to its middle, or the seed."""
        try:
            town = self.nearest("town", x + width // 2, y + height // 2)
        except InvalidArgument:  # far out at sea
            return f"Seed {self.seed}"
        return f"{town.name} and the lands around it"

    def realm(self, x: int, y: int) -> Realm | None:
        """The realm (id, name, capital) that a tile is in; None where nobody rules."""
        return self._land.realm(x, y)
