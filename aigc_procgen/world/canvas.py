"""The footprint of one place while it is being laid out, in coordinates around its centre."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .terrain import TERRAIN_INDEX, WALKABLE

__all__ = ["KEEP", "Canvas", "Layout", "Prop", "Rect"]

KEEP = 255  # in a layout's terrain: the land stays as it is
_WET = [TERRAIN_INDEX["deep_water"], TERRAIN_INDEX["shallow_water"], TERRAIN_INDEX["lava"]]
_BRIDGED = [*_WET, TERRAIN_INDEX["ice"]]
_WALLS = [TERRAIN_INDEX["stone_wall"], TERRAIN_INDEX["brick_wall"], TERRAIN_INDEX["mountain"]]

_BUILDABLE = WALKABLE.copy()
_BUILDABLE[_WET] = False

Prop = tuple[str, int, int]  # kind, x, y
Rect = tuple[int, int, int, int]  # left, top, right, bottom, all included


@dataclass(frozen=True, kw_only=True)
class Layout:
    """What a place puts on the land, [2 * radius + 1] squared around its centre."""

    terrain: NDArray[np.uint8]  # KEEP where the land stays
    wild: NDArray[np.bool_]  # where wild plants may stand
    props: tuple[Prop, ...]  # in world tiles


class Canvas:
    """Draws on a footprint. (0, 0) is the centre, x goes east and y south, in tiles."""

    def __init__(self, radius: int, land: NDArray[np.uint8]) -> None:
        self.radius = radius
        self.land = land
        self.terrain = np.full_like(land, KEEP)
        self.wild = np.ones(land.shape, bool)
        self.props: dict[tuple[int, int], str] = {}
        ys, xs = np.mgrid[-radius : radius + 1, -radius : radius + 1]
        self.xs, self.ys = xs, ys
        # How much of all to the north-west cannot be built on (Crow 1984): streets look for lots
        # at thousands of places.
        sums = np.zeros((len(land) + 1, len(land) + 1), np.int32)
        sums[1:, 1:] = (~_BUILDABLE[land]).cumsum(0).cumsum(1)
        self._unfit: list[list[int]] = sums.tolist()

    def area(self, rect: Rect) -> tuple[slice, slice]:
        """The rectangle as slices of the arrays, cut at the footprint's rim."""
        far = self.radius
        left, top, right, bottom = rect
        return (
            slice(max(top + far, 0), max(bottom + far + 1, 0)),
            slice(max(left + far, 0), max(right + far + 1, 0)),
        )

    def fill(self, rect: Rect, material: str) -> None:
        """Covers a rectangle with a material."""
        self.terrain[self.area(rect)] = TERRAIN_INDEX[material]
        self.wild[self.area(rect)] = False

    def pave(self, rect: Rect, material: str) -> None:
        """Covers a rectangle with a street of the material, or of cobblestone over water."""
        self.fill(rect, material)
        here = self.area(rect)
        bridge = np.isin(self.land[here], _BRIDGED)
        self.terrain[here][bridge] = TERRAIN_INDEX["cobblestone"]

    def ashore(self, rect: Rect, side: str) -> Rect:
        """The rectangle of a street that leads to `side`, cut where it would end in water: what is
        dry again behind the water is reached by a bridge. Of one that is all water the near end is
        left.
        """
        left, top, right, bottom = rect
        upright = side in ("north", "south")
        wet = np.isin(self.land[self.area(rect)], _WET).any(1 if upright else 0)
        dry = np.flatnonzero(~wet).tolist()
        # Of all water north and west streets keep their last tile, the others their first.
        first, last = (dry[0], dry[-1]) if dry else (wet.size - 1, 0)
        if side == "north":
            return left, top + first, right, bottom
        if side == "south":
            return left, top, right, top + last
        if side == "west":
            return left + first, top, right, bottom
        return left, top, left + last, bottom

    def fill_where(self, mask: NDArray[np.bool_], material: str) -> None:
        """Covers the tiles of a mask with a material."""
        self.terrain[mask] = TERRAIN_INDEX[material]
        self.wild[mask] = False

    def put(self, kind: str, x: int, y: int) -> None:
        """Sets a prop on a tile, unless one is there or the tile is a wall or water."""
        at = (y + self.radius, x + self.radius)
        ground = int(self.terrain[at])
        ground = int(self.land[at]) if ground == KEEP else ground
        if (x, y) not in self.props and ground not in _WET + _WALLS:
            self.props[x, y] = kind
            self.wild[at] = False

    def is_land(self, rect: Rect) -> bool:
        """True if the whole rectangle lies in the footprint, on dry ground that can be walked."""
        left, top, right, bottom = rect
        if min(left, top) < -self.radius or max(right, bottom) > self.radius:
            return False
        left, right = left + self.radius, right + self.radius + 1
        north, south = self._unfit[top + self.radius], self._unfit[bottom + self.radius + 1]
        return south[right] - south[left] == north[right] - north[left]

    def is_floor(self, x: int, y: int) -> bool:
        """True if the tile is inside a house or in its door."""
        at = (y + self.radius, x + self.radius)
        return bool(self.terrain[at] == TERRAIN_INDEX["stone_floor"])

    def is_untouched(self, rect: Rect) -> bool:
        """True if nothing was drawn on any tile of the rectangle."""
        return bool((self.terrain[self.area(rect)] == KEEP).all())

    def finish(self, x: int, y: int) -> Layout:
        """The layout of a place whose centre is the world's tile (x, y)."""
        self.props.pop((0, 0), None)
        self.terrain.setflags(write=False)
        self.wild.setflags(write=False)
        props = sorted(self.props.items(), key=lambda item: (item[0][1], item[0][0]))
        return Layout(
            terrain=self.terrain,
            wild=self.wild,
            props=tuple((kind, x + dx, y + dy) for (dx, dy), kind in props),
        )
