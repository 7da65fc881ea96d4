"""The places of a world, the ways between them, and what lies below."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.errors import InvalidArgument
from aigc_procgen.dungeon.make import make_dungeon
from aigc_procgen.world.journeys import Ferry, Leg
from aigc_procgen.world.places import CELLS, DISTRICT, Place

from .base import Base

if TYPE_CHECKING:
    from aigc_procgen.dungeon.records import Dungeon

__all__ = ["Ways"]

_NEIGHBOURS = 8  # places whose people and troubles a quest can reach
_NEAR = 420  # tiles within which they lie


class Ways(Base):
    """The part of `World` that is places and ways."""

    def places(self, x: int, y: int, width: int, height: int) -> tuple[Place, ...]:
        """Every place whose middle lies in the region."""
        return self._land.places(x, y, width, height)

    def nearest(self, kind: str, x: int = 0, y: int = 0) -> Place:
        """The place of that kind ("any" for all) nearest to the tile."""
        return self._land.nearest(kind, x, y)

    def route(self, start: tuple[int, int], goal: tuple[int, int]) -> NDArray[np.int64] | None:
        """Walkable tiles int64 [n, 2] as (x, y) from start to goal, or None."""
        return self._land.route(start, goal)

    def roads(self, place: Place) -> tuple[Place, ...]:
        """The places to which a road leads from a place without passing through another; also where
        both have their own way to one pier.
        """
        return self._land.roads(place)

    def harbour(self, place: Place) -> tuple[int, int] | None:
        """The last tile (x, y) of a place's pier, where ships lie; None without a harbour.

        Towns and villages have one where water is near that ships can sail; others only if they
        cannot walk to one of those.
        """
        return self._land.harbour(place)

    def ferries(self, place: Place) -> tuple[Ferry, ...]:
        """Where ships sail to from a place's harbour, the nearest harbour by water first."""
        return self._land.ferries(place)

    def journey(self, start: Place, goal: Place) -> tuple[Leg, ...] | None:
        """How to get from a place to another: legs on foot along roads, and by ship where no road
        leads; () if they are one place, None if no way is found.
        """
        return self._land.journey(start, goal)

    def spawn(self) -> tuple[int, int]:
        """A good tile to begin at."""
        return self._land.spawn()

    def spots(self, place: Place, count: int) -> tuple[tuple[int, int], ...]:
        """Up to `count` tiles inside a place where somebody can stand and be reached."""
        return self._land.spots(place, count)

    def neighbours(self, place: Place) -> tuple[Place, ...]:
        """The place and the eight nearest others: as far as its people's stories reach."""
        return self._land.neighbours(place, _NEIGHBOURS, _NEAR)

    def has_dungeon(self, place: Place) -> bool:
        """Whether `dungeon` knows something under the place: under mines and ruins."""
        from aigc_procgen.dungeon.places import is_deep  # as all of dungeons: when needed

        return is_deep(place.kind)

    def dungeon(self, place: Place, **controls: Any) -> Dungeon:
        """What lies under a mine, ruin, cave or dungeon; `controls` are those of `dungeon`.

        The place decides its size, depth, dangers and theme where they are not given.
        """
        from aigc_procgen.dungeon.places import dungeon_of_place

        seed, chosen = dungeon_of_place(self.seed, place.id, place.kind, place.radius)
        return make_dungeon(seed, **(chosen | controls))

    def _place_at(self, place_id: str) -> Place:
        _, *cell = place_id.split(":")
        if len(cell) == 2 and all(part.lstrip("-").isdecimal() for part in cell):
            side = DISTRICT // CELLS
            x, y = (int(part) * side for part in cell)
            for place in self.places(x, y, side, side):
                if place.id == place_id:
                    return place
        raise InvalidArgument(f"place must be one of this world, not {place_id!r}")
