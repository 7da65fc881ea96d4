"""`Land`: chunks of a seed's country, made when first asked for, alike in any order or thread."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.errors import InvalidArgument, check_choice, check_int
from aigc_procgen.core.random import Seed, check_seed, key, stream

from . import biomes, overview, routes
from .fields import Fields
from .layouts import CLEAR, KEEP, Stamp, lay_out
from .noise import hash_grid
from .places import LARGEST_RADIUS, PLACE_KINDS, Namer, Place, Places, plain_name
from .roads import Roads
from .terrain import TERRAIN_INDEX, WALKABLE

__all__ = ["CHUNK", "Chunk", "Land", "Prop"]

CHUNK = 64
LIMIT = 1 << 31
_BLOCKING = ("tree", "statue", "altar", "chest")
_SHALLOW, _DIRT, _COBBLE = (TERRAIN_INDEX[n] for n in ("shallow_water", "dirt", "cobblestone"))
_DEEP, _LAVA, _ROCK = (TERRAIN_INDEX[n] for n in ("deep_water", "lava", "mountain"))


@dataclass(frozen=True, kw_only=True)
class Prop:
    """A thing that stands on a tile; kinds are sprite categories."""

    kind: str
    x: int
    y: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Chunk:
    """64 x 64 tiles. Arrays are [y, x] and read-only; x and y count chunks.

    terrain uint8 indexes `TERRAINS`, biome uint8 the rows of biomes.json; elevation, temperature
    and moisture are int16 in thousandths; walkable is bool, False also under trees and statues.
    """

    x: int
    y: int
    terrain: NDArray[np.uint8]
    elevation: NDArray[np.int16]
    temperature: NDArray[np.int16]
    moisture: NDArray[np.int16]
    biome: NDArray[np.uint8]
    walkable: NDArray[np.bool_]
    props: tuple[Prop, ...]

    @property
    def nbytes(self) -> int:
        """Bytes that the chunk's arrays take, and an estimate for its props."""
        arrays = (self.terrain, self.elevation, self.temperature, self.moisture, self.biome)
        return sum(array.nbytes for array in arrays) + self.walkable.nbytes + 200 * len(self.props)

    def digest(self) -> str:
        """SHA-256 over everything in the chunk, as 64 hexadecimal digits."""
        total = sha256(f"{self.x},{self.y};".encode())
        for array in (self.terrain, self.biome, self.walkable):
            total.update(array.tobytes())
        for field in (self.elevation, self.temperature, self.moisture):
            total.update(field.astype("<i2").tobytes())
        for prop in self.props:
            total.update(f"{prop.kind},{prop.x},{prop.y};".encode())
        return total.hexdigest()


class Land:
    """The country of a seed. Safe to use from many threads; keeps chunks up to `cache_bytes`."""

    def __init__(
        self, seed: Seed, *, cache_bytes: int = 64_000_000, namer: Namer = plain_name
    ) -> None:
        self.seed = check_seed(seed)
        self._fields = Fields(self.seed)
        self._places = Places(self.seed, self._fields, namer)
        self._roads = Roads(self._fields, self._places)
        self._prop_key = key(self.seed, "props")
        self._budget = check_int("cache_bytes", cache_bytes, 0, 1 << 50)
        self._chunks: OrderedDict[tuple[int, int], Chunk] = OrderedDict()
        self._stamps: OrderedDict[str, Stamp] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    # -- ground -----------------------------------------------------------------------------------

    def chunk(self, x: int, y: int) -> Chunk:
        """The chunk of tiles `64 * x … 64 * x + 63`, and so for y."""
        check_int("x", x, -LIMIT // CHUNK, LIMIT // CHUNK - 1)
        check_int("y", y, -LIMIT // CHUNK, LIMIT // CHUNK - 1)
        place = (int(x), int(y))
        with self._lock:
            if place in self._chunks:
                self._chunks.move_to_end(place)
                return self._chunks[place]
        # Made outside the lock: two threads may both make it, and make the same.
        chunk = self._make(*place)
        with self._lock:
            if place not in self._chunks:
                self._chunks[place] = chunk
                self._bytes += chunk.nbytes
                while self._bytes > self._budget and len(self._chunks) > 1:
                    self._bytes -= self._chunks.popitem(last=False)[1].nbytes
        return chunk

    def _make(self, chunk_x: int, chunk_y: int) -> Chunk:
        left, top = chunk_x * CHUNK, chunk_y * CHUNK
        # One tile of margin: whether a prop stands depends on its neighbours.
        land = self._fields.region(left - 1, top - 1, CHUNK + 2, CHUNK + 2)
        terrain = land.terrain.copy()
        natural = np.ones(terrain.shape, bool)
        self._draw_roads(terrain, natural, left - 1, top - 1)
        props: list[Prop] = []
        for place in self._places_touching(left - 1, top - 1, CHUNK + 2, CHUNK + 2):
            self._draw_place(place, terrain, natural, left - 1, top - 1, props)
        props = [p for p in props if left <= p.x < left + CHUNK and top <= p.y < top + CHUNK]
        props += self._wild_props(terrain, land.biome, natural, left, top)
        inner = (slice(1, -1), slice(1, -1))
        walkable = WALKABLE[terrain[inner]]
        for prop in props:
            if prop.kind in _BLOCKING:
                walkable[prop.y - top, prop.x - left] = False
        return Chunk(
            x=chunk_x,
            y=chunk_y,
            terrain=_frozen(terrain[inner]),
            elevation=_frozen(land.elevation[inner].astype(np.int16)),
            temperature=_frozen(land.temperature[inner].astype(np.int16)),
            moisture=_frozen(land.moisture[inner].astype(np.int16)),
            biome=_frozen(land.biome[inner]),
            walkable=_frozen(walkable),
            props=tuple(sorted(props, key=lambda prop: (prop.y, prop.x, prop.kind))),
        )

    def _draw_roads(
        self, terrain: NDArray[np.uint8], natural: NDArray[np.bool_], left: int, top: int
    ) -> None:
        """Dirt two tiles wide, cobbled bridges over water; passes are cut through rock."""
        height, width = terrain.shape
        wet = (terrain == _SHALLOW) | (terrain == _DEEP) | (terrain == _LAVA)
        paving = np.where(wet, _COBBLE, _DIRT).astype(np.uint8)
        for line in self._roads.near(left - 1, top - 1, width + 2, height + 2):
            tiles = np.array(line, np.int64)
            for dx, dy in ((0, 0), (1, 0), (0, 1), (1, 1)):
                xs, ys = tiles[:, 0] + dx - left, tiles[:, 1] + dy - top
                inside = (xs >= 0) & (xs < width) & (ys >= 0) & (ys < height)
                xs, ys = xs[inside], ys[inside]
                terrain[ys, xs] = paving[ys, xs]
                natural[ys, xs] = False

    def _draw_place(
        self,
        place: Place,
        terrain: NDArray[np.uint8],
        natural: NDArray[np.bool_],
        left: int,
        top: int,
        props: list[Prop],
    ) -> None:
        stamp = self._stamp(place)
        height, width = terrain.shape
        corner_x, corner_y = place.x - place.radius - left, place.y - place.radius - top
        side = 2 * place.radius + 1
        x0, x1 = max(corner_x, 0), min(corner_x + side, width)
        y0, y1 = max(corner_y, 0), min(corner_y + side, height)
        if x0 >= x1 or y0 >= y1:
            return
        part = stamp.terrain[y0 - corner_y : y1 - corner_y, x0 - corner_x : x1 - corner_x]
        window = terrain[y0:y1, x0:x1]
        blocked = ~WALKABLE[window] | (window == _SHALLOW)
        window[(part == CLEAR) & blocked] = _DIRT
        built = part < CLEAR
        window[built] = part[built]
        natural[y0:y1, x0:x1] &= part == KEEP
        props += [Prop(kind=k, x=place.x + dx, y=place.y + dy) for k, dx, dy in stamp.props]

    def _stamp(self, place: Place) -> Stamp:
        with self._lock:
            if place.id in self._stamps:
                self._stamps.move_to_end(place.id)
                return self._stamps[place.id]
        stamp = lay_out(self.seed, place)
        with self._lock:
            self._stamps[place.id] = stamp
            while len(self._stamps) > 512:
                self._stamps.popitem(last=False)
        return stamp

    def _wild_props(
        self,
        terrain: NDArray[np.uint8],
        biome: NDArray[np.uint8],
        natural: NDArray[np.bool_],
        left: int,
        top: int,
    ) -> list[Prop]:
        """Props by the biome's chances; of neighbours that both came up, the higher draw stands."""
        xs = np.arange(left - 1, left + CHUNK + 1, dtype=np.int64)
        ys = np.arange(top - 1, top + CHUNK + 1, dtype=np.int64)
        draw = hash_grid(self._prop_key, xs, ys)
        chance = (draw >> np.uint64(40)).astype(np.int64) % 10_000
        rank = (draw & np.uint64(0xFFFFFFFF)).astype(np.int64)
        # A prop stands where its biome's own ground is, so no trees in a lake's patch.
        table = np.array([row.ground for row in biomes.biomes()], np.uint8)
        open_ground = natural & (terrain == table[biome]) & WALKABLE[terrain]
        kind = np.full(terrain.shape, -1, np.int8)
        for index in np.unique(biome):
            low = 0
            for name, chances in biomes.biomes()[index].props:
                hit = (biome == index) & open_ground & (chance >= low) & (chance < low + chances)
                kind[hit] = biomes.PROP_KINDS.index(name)
                low += chances
        score = np.where(kind >= 0, rank, -1)
        highest = score[1:-1, 1:-1]
        stands = highest >= 0
        for dy in (-1, 0, 1):
            for dx in (-1, 0, 1):
                if dx or dy:
                    near = score[1 + dy : CHUNK + 1 + dy, 1 + dx : CHUNK + 1 + dx]
                    stands &= highest > near
        inner = kind[1:-1, 1:-1]
        return [
            Prop(kind=biomes.PROP_KINDS[inner[y, x]], x=left + int(x), y=top + int(y))
            for y, x in np.argwhere(stands)
        ]

    def terrain(self, x: int, y: int, width: int, height: int) -> NDArray[np.uint8]:
        """Terrain uint8 [height, width] of any region, indexing `TERRAINS`."""
        return self._gather("terrain", x, y, width, height, np.uint8)

    def walkable_region(self, x: int, y: int, width: int, height: int) -> NDArray[np.bool_]:
        """Where a walker can stand, bool [height, width]."""
        return self._gather("walkable", x, y, width, height, np.bool_)

    def _gather(self, name: str, x: int, y: int, width: int, height: int, dtype: type) -> NDArray:  # type: ignore[type-arg]
        check_region(x, y, width, height)
        out = np.empty((height, width), dtype)
        for chunk_y in range(y // CHUNK, (y + height - 1) // CHUNK + 1):
            for chunk_x in range(x // CHUNK, (x + width - 1) // CHUNK + 1):
                part = getattr(self.chunk(chunk_x, chunk_y), name)
                left, top = chunk_x * CHUNK, chunk_y * CHUNK
                x0, x1 = max(x, left), min(x + width, left + CHUNK)
                y0, y1 = max(y, top), min(y + height, top + CHUNK)
                out[y0 - y : y1 - y, x0 - x : x1 - x] = part[
                    y0 - top : y1 - top, x0 - left : x1 - left
                ]
        return out

    def walkable(self, x: int, y: int) -> bool:
        """Whether a walker can stand on the tile."""
        chunk = self.chunk(x // CHUNK, y // CHUNK)
        return bool(chunk.walkable[y % CHUNK, x % CHUNK])

    def props(self, x: int, y: int, width: int, height: int) -> tuple[Prop, ...]:
        """The props of a region, from north to south."""
        check_region(x, y, width, height)
        found = []
        for chunk_y in range(y // CHUNK, (y + height - 1) // CHUNK + 1):
            for chunk_x in range(x // CHUNK, (x + width - 1) // CHUNK + 1):
                found += [
                    prop
                    for prop in self.chunk(chunk_x, chunk_y).props
                    if x <= prop.x < x + width and y <= prop.y < y + height
                ]
        return tuple(sorted(found, key=lambda prop: (prop.y, prop.x, prop.kind)))

    # -- places and ways --------------------------------------------------------------------------

    def places(self, x: int, y: int, width: int, height: int) -> tuple[Place, ...]:
        """Every place whose middle lies in the region."""
        check_region(x, y, width, height)
        return self._places.within(x, y, width, height)

    def _places_touching(self, x: int, y: int, width: int, height: int) -> tuple[Place, ...]:
        reach = LARGEST_RADIUS + 1
        return self._places.within(x - reach, y - reach, width + 2 * reach, height + 2 * reach)

    def nearest(self, kind: str, x: int, y: int) -> Place:
        """The place of that kind nearest to the tile; "any" for all kinds.

        Raises `InvalidArgument` for an unknown kind, or if none lies within 48 cells (5,000 tiles).
        """
        check_choice("kind", kind, ("any", *PLACE_KINDS))
        check_region(x, y, 1, 1)
        place = self._places.nearest(kind, x, y)
        if place is None:
            raise InvalidArgument(f"kind {kind!r} has no place within 5,000 tiles of {x}, {y}")
        return place

    def spawn(self) -> tuple[int, int]:
        """A walkable tile to begin at: by the plaza of the town or village nearest to (0, 0)."""
        town = min(
            (self.nearest(kind, 0, 0) for kind in ("town", "village")),
            key=lambda place: (place.x**2 + place.y**2, place.id),
        )
        return town.x, town.y + 1

    def spots(self, place: Place, count: int) -> tuple[tuple[int, int], ...]:
        """Up to `count` different tiles inside a place that can be walked to from its middle.

        The order is the same for the same seed and place, so the first spots stay the first when
        more are asked for.
        """
        check_int("count", count, 0, 100_000)
        radius = place.radius
        free = self.walkable_region(
            place.x - radius, place.y - radius, 2 * radius + 1, 2 * radius + 1
        )
        reached = np.zeros_like(free)
        queue = deque([(radius, radius)])
        reached[radius, radius] = True
        while queue:
            x, y = queue.popleft()
            for near_x, near_y in ((x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)):
                inside = 0 <= near_x <= 2 * radius and 0 <= near_y <= 2 * radius
                if inside and free[near_y, near_x] and not reached[near_y, near_x]:
                    reached[near_y, near_x] = True
                    queue.append((near_x, near_y))
        reached[radius, radius] = reached[radius + 1, radius] = False  # where the player arrives
        tiles = [
            (place.x - radius + int(x), place.y - radius + int(y)) for y, x in np.argwhere(reached)
        ]
        return tuple(stream(self.seed, "spots", place.id).sample(tiles, count))

    def route(self, start: tuple[int, int], goal: tuple[int, int]) -> NDArray[np.int64] | None:
        """Walkable tiles int64 [n, 2] as (x, y), start and goal included, or None if none is found.

        The search keeps to the box of both ends and a margin, so it always ends.
        """
        return routes.find(self, start, goal)

    def overview(
        self, x: int, y: int, width: int, height: int, *, step: int = 4
    ) -> NDArray[np.uint8]:
        """A shaded map RGBA uint8 [height / step, width / step, 4] with roads and places."""
        check_region(x, y, width, height)
        check_int("step", step, 1, 4096)
        return overview.draw(self._fields, self._places, self._roads, (x, y, width, height), step)


def check_region(x: int, y: int, width: int, height: int) -> None:
    """Raises `InvalidArgument` if a region is empty, huge or beyond the coordinates' limits."""
    check_int("width", width, 1, 1 << 20)
    check_int("height", height, 1, 1 << 20)
    check_int("x", x, -LIMIT, LIMIT - int(width))
    check_int("y", y, -LIMIT, LIMIT - int(height))


def _frozen(array: NDArray) -> NDArray:  # type: ignore[type-arg]
    array = np.ascontiguousarray(array)
    array.flags.writeable = False
    return array
