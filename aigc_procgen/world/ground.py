"""`Ground`: puts fields, places, roads and plants together, one chunk at a time.

Whatever a chunk needs from around it (places, roads) is asked for by its own coordinates and
cached, so any chunk can be the first one made, in any thread, and has the same bits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.random import Seed, key

from .biomes import PROP_KINDS
from .cache import Cache
from .canvas import KEEP, Layout
from .chunk import CHUNK, Chunk, Prop, frozen
from .fields import Fields
from .harbours import REACH, Harbour, find_harbour
from .joins import Edge, Joins
from .lanes import Lane, Lanes
from .layouts import lay_out
from .outwards import RINGS, outwards
from .places import CELL, CELLS, DISTRICT, SETTLED, District, Namer, Place, make_district
from .plants import grow, walkable
from .roads import SIDES, Road, gate, make_road, side_towards
from .shape import ENDLESS, Shape
from .terrain import TERRAIN_INDEX

__all__ = ["Ground"]

_NEAR = 6  # places from which a wild place's way to a pier is looked for
_WET = [TERRAIN_INDEX[name] for name in ("deep_water", "shallow_water")]
_BRIDGED = [TERRAIN_INDEX[name] for name in ("deep_water", "shallow_water", "ice", "lava")]


class Ground:
    """Makes the chunks of a seed. Everything it hands out is immutable."""

    def __init__(self, seed: Seed, namer: Namer, budget: int, shape: Shape = ENDLESS) -> None:
        self.seed, self.shape = seed, shape
        self.fields = Fields(seed, shape)
        self._plants = key(seed, "plants")

        def district(place: tuple[int, int]) -> District:
            return make_district(seed, self.fields, *place, shape)

        def name(place: Place) -> Place:
            x, y = shape.home(place.x, place.y)
            return replace(place, x=x, y=y, name=namer(seed, place.id, place.kind))

        # Sizes are of the arrays, with something for the objects around them.
        self._districts = Cache(district, budget * 5 // 16, lambda _: 48 * 48 * 5 + 8000)
        self._named = Cache(name, budget // 16, lambda _: 600)
        self._joins = Joins(self.place_at, self._is_made, budget // 8)
        self._roads = Cache(self._make_road, budget // 4, _size_of_road)
        self._harbours = Cache(self._make_harbour, budget // 16, _size_of_harbour)
        self._lanes = Lanes(self.fields, self.places, self.harbour, budget // 16)
        self._layouts = Cache(self._make_layout, budget // 8, _size_of_layout)

    def place_at(self, cell: tuple[int, int]) -> Place | None:
        """The place of a cell, if it has one; `named` gives it its name."""
        return self._districts.get((cell[0] // CELLS, cell[1] // CELLS)).places.get(cell)

    def places(self, x: int, y: int, width: int, height: int) -> Iterator[Place]:
        """The places whose centre lies in the region, by cell; `named` gives them names."""
        for row in range(y // CELL, (y + height - 1) // CELL + 1):
            for column in range(x // CELL, (x + width - 1) // CELL + 1):
                place = self.place_at((column, row))
                if place and x <= place.x < x + width and y <= place.y < y + height:
                    yield place

    def outwards(
        self, x: int, y: int, reach: int = (RINGS + 1) * DISTRICT
    ) -> Iterator[tuple[int, Place]]:
        """The square of its distance from a tile and every place at most `reach` tiles off, the
        nearest first.
        """

        def places_of(dx: int, dy: int) -> Iterable[Place]:
            return self._districts.get((dx, dy)).places.values()

        return outwards(places_of, x, y, reach)

    def named(self, place: Place) -> Place:
        """A place with its name, on the map of a world that comes round."""
        return self._named.get(place)

    def roads(self, x: int, y: int, width: int, height: int) -> Iterator[Road]:
        """The roads that may have tiles in the region, and ways to harbours with their piers."""
        for edge in self._joins.near(x, y, width, height):
            road = self._roads.get(edge)
            if road is not None:
                yield road
        for harbour in self._harbours_near(x, y, width, height):
            yield Road(tiles=harbour.tiles)

    def _harbours_near(self, x: int, y: int, width: int, height: int) -> Iterator[Harbour]:
        """The harbours that may have something in the region."""
        reach = REACH + 2
        for place in self.places(x - reach, y - reach, width + 2 * reach, height + 2 * reach):
            if harbour := self.harbour(place):
                yield harbour

    def neighbours(self, place: Place) -> Iterator[Place]:
        """The places to which a road leads from a place, and through no other."""
        for edge in self._joins.of(place):
            if self._roads.get(edge) is not None:
                yield edge.other(place)

    def joined(self, place: Place) -> Iterator[Place]:
        """The neighbours of a place, and those whose way to the water ends at the same pier."""
        yield from (near := list(self.neighbours(place)))
        own = self.harbour(place)
        if own is None:
            return
        for other in self.places(own.x - REACH, own.y - REACH, 2 * REACH + 1, 2 * REACH + 1):
            there = None if other == place or other in near else self.harbour(other)
            if there and (there.x, there.y) == (own.x, own.y):
                yield other

    def harbour(self, place: Place) -> Harbour | None:
        """The harbour of a place, if it has one."""
        return self._harbours.get(place)

    def lanes(self, place: Place) -> tuple[Lane, ...]:
        """The ways of ships from a place's harbour."""
        return self._lanes.of(place)

    def chunk(self, cx: int, cy: int) -> Chunk:
        """Makes a chunk."""
        x, y = cx * CHUNK, cy * CHUNK
        land = self.fields.region(x, y, CHUNK, CHUNK)
        terrain = land.terrain
        beside = self._pave(terrain, x, y)
        growth = terrain.copy()
        growth[beside] = TERRAIN_INDEX["cobblestone"]  # nothing grows on it, nor beside a road
        props: list[Prop] = []
        for column in range(x // CELL, (x + CHUNK - 1) // CELL + 1):
            for row in range(y // CELL, (y + CHUNK - 1) // CELL + 1):
                if place := self.place_at((column, row)):
                    props += self._settle(place, terrain, growth, x, y)
        props += self._moored(terrain, x, y)
        grown = grow(self._plants, x, y, land.biome, growth, self.shape.period)
        rows, columns = np.nonzero(grown)
        kinds = grown[rows, columns].tolist()
        props += [
            Prop(PROP_KINDS[kind - 1], x + column, y + row)
            for kind, column, row in zip(kinds, columns.tolist(), rows.tolist(), strict=True)
        ]
        props.sort(key=lambda prop: (prop.y, prop.x))
        return Chunk(
            x=cx,
            y=cy,
            terrain=frozen(terrain),
            elevation=frozen(land.elevation.astype(np.int16)),
            temperature=frozen(land.temperature.astype(np.int16)),
            moisture=frozen(land.moisture.astype(np.int16)),
            biome=frozen(land.biome),
            walkable=frozen(walkable(terrain, props, x, y)),
            props=tuple(props),
        )

    def _pave(self, terrain: NDArray[np.uint8], x: int, y: int) -> NDArray[np.bool_]:
        """Lays the roads over a chunk's terrain; returns their tiles and those beside them."""
        road = np.zeros((CHUNK + 2, CHUNK + 2), bool)
        for way in self.roads(x - 1, y - 1, CHUNK + 2, CHUNK + 2):
            tiles = way.tiles - (x - 1, y - 1)
            tiles = tiles[((tiles >= 0) & (tiles < CHUNK + 2)).all(axis=1)]
            road[tiles[:, 1], tiles[:, 0]] = True
        here = road[1:-1, 1:-1]
        wet = np.isin(terrain, _BRIDGED)
        terrain[here & wet] = TERRAIN_INDEX["cobblestone"]
        terrain[here & ~wet] = TERRAIN_INDEX["dirt"]
        beside = here | road[:-2, 1:-1] | road[2:, 1:-1] | road[1:-1, :-2] | road[1:-1, 2:]
        return np.asarray(beside)

    def _settle(
        self,
        place: Place,
        terrain: NDArray[np.uint8],
        growth: NDArray[np.uint8],
        x: int,
        y: int,
    ) -> list[Prop]:
        """Puts the part of a place that lies in the chunk into its arrays; returns its props."""
        left, top = max(place.x - place.radius, x), max(place.y - place.radius, y)
        right = min(place.x + place.radius + 1, x + CHUNK)
        bottom = min(place.y + place.radius + 1, y + CHUNK)
        if left >= right or top >= bottom:
            return []
        layout = self._layouts.get(place)
        first_x, first_y = place.x - place.radius, place.y - place.radius
        there = np.s_[top - first_y : bottom - first_y, left - first_x : right - first_x]
        here = np.s_[top - y : bottom - y, left - x : right - x]
        drawn = layout.terrain[there]
        terrain[here] = np.where(drawn == KEEP, terrain[here], drawn)
        growth[here][~layout.wild[there]] = TERRAIN_INDEX["cobblestone"]
        return [
            Prop(*prop)
            for prop in layout.props
            if left <= prop[1] < right and top <= prop[2] < bottom
        ]

    def _moored(self, terrain: NDArray[np.uint8], x: int, y: int) -> list[Prop]:
        """The boats that lie at piers in the chunk: one a spot, though two places share a pier."""
        harbours = self._harbours_near(x, y, CHUNK, CHUNK)
        spots = dict.fromkeys(spot for harbour in harbours for spot in harbour.moorings)
        return [
            Prop("boat", column, row)
            for column, row in spots
            if 0 <= column - x < CHUNK and 0 <= row - y < CHUNK
            if terrain[row - y, column - x] in _WET
        ]

    def _is_made(self, cell: tuple[int, int]) -> bool:
        return (cell[0] // CELLS, cell[1] // CELLS) in self._districts

    def _make_road(self, edge: Edge) -> Road | None:
        return make_road(self.seed, self._districts.get, edge, self.shape.period)

    def _make_harbour(self, place: Place) -> Harbour | None:
        dx, dy = place.x // DISTRICT, place.y // DISTRICT
        found = find_harbour(self.seed, self._districts.get((dx, dy)), dx, dy, place)
        if found is None or place.kind in SETTLED:
            return found
        # Who has not far to walk to a town's pier builds none.
        near = [place]
        for other in near:
            for further in self.neighbours(other) if len(near) < _NEAR else ():
                if further.kind in SETTLED and self.harbour(further):
                    return None
                if further not in near:
                    near.append(further)
        return found

    def _make_layout(self, place: Place) -> Layout:
        used = {side_towards(place, edge.other(place)) for edge in self._joins.of(place)}
        if harbour := self.harbour(place):
            used.add(harbour.side)
        gates = {}
        for side in SIDES:
            x, y = gate(self.seed, place, side)
            gates[side] = (x - place.x, y - place.y)
        size = 2 * place.radius + 1
        land = self.fields.region(place.x - place.radius, place.y - place.radius, size, size)
        return lay_out(self.seed, place, land.terrain, gates, tuple(sorted(used)))


def _size_of_road(road: Road | None) -> int:
    return 500 + (road.tiles.nbytes if road else 0)


def _size_of_harbour(harbour: Harbour | None) -> int:
    return 500 + (harbour.tiles.nbytes if harbour else 0)


def _size_of_layout(layout: Layout) -> int:
    return 2 * layout.wild.size + 150 * len(layout.props)
