"""`Land`: an endless world of a seed: chunks, places, ways and maps, in whole numbers only."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from math import isqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.errors import InvalidArgument, check_choice, check_int
from aigc_procgen.core.random import Seed, check_seed, key

from .biomes import Biome, biomes
from .cache import Cache
from .chunk import CHUNK, Chunk, Prop
from .edits import Edit, Edits, check_kind, check_terrain
from .ground import Ground
from .journeys import ABOARD, Ferry, Leg, Step, find_journey, tiles_between
from .namer import plain_name
from .outwards import RINGS
from .overview import draw_overview
from .places import CELL, DISTRICT, PLACE_KINDS, Namer, Place
from .prefetch import squares_around
from .realms import Realm, Realms
from .route import find_route
from .shape import ENDLESS, Shape
from .surroundings import surroundings
from .terrain import TERRAIN_COLOURS

__all__ = ["LIMIT", "Land"]

LIMIT = 1 << 31  # tiles from the origin in every direction
_LARGEST = 1 << 24  # elements of an array that one call may ask for
_CHUNK_BYTES = 50_000  # of most chunks
_FARTHEST = 1 << 12  # tiles around a tile in which chunks can be made ahead


class Land:
    """The land of a seed. All methods are pure functions of it and safe to call from threads.

    `cache_bytes` (8 MiB or more) bounds the memory that finished chunks and what they are made
    from may keep.
    `namer(seed, place id, kind)` gives the names of places; `shape` bounds and raises the land.
    """

    def __init__(
        self,
        seed: Seed,
        *,
        cache_bytes: int = 96 << 20,
        namer: Namer = plain_name,
        shape: Shape = ENDLESS,
    ) -> None:
        self.seed = check_seed(seed)
        budget = check_int("cache_bytes", cache_bytes, 8 << 20, 1 << 40)
        self._ground = Ground(self.seed, namer, budget // 3, shape)
        self.edits = Edits(budget // 8)
        self._shape = shape
        self._realms = Realms(self.seed, namer, self._towns, shape)
        self._features: Cache[Place, tuple[str, ...]] = Cache(
            lambda place: surroundings(self._ground.fields, self._realms.square_at, place),
            1 << 18,
            lambda _: 500,
        )
        room = budget - budget // 3 - budget // 8
        self._chunks: Cache[tuple[int, int], Chunk] = Cache(
            lambda place: self._ground.chunk(*place), room, Chunk.nbytes
        )
        self._ahead = room // 2 // _CHUNK_BYTES

    def chunk(self, cx: int, cy: int) -> Chunk:
        """The chunk that begins at tile (64 * cx, 64 * cy); from the cache if it is there."""
        most = LIMIT // CHUNK
        cx, cy = check_int("cx", cx, -most, most - 1), check_int("cy", cy, -most, most - 1)
        return self._chunk(cx, cy)

    def _chunk(self, cx: int, cy: int) -> Chunk:
        return self.edits.apply(self._seeded(cx, cy))

    def _seeded(self, cx: int, cy: int) -> Chunk:
        return self._chunks.get(self._shape.home(cx, cy, CHUNK))

    def make(self, square: tuple[int, int]) -> None:
        """Makes a chunk, so that the next one who asks finds it in the cache."""
        self._seeded(*square)

    def _home(self, x: int, y: int, width: int, height: int) -> list[tuple[int, int, int, int]]:
        """A region as parts (x, y, width, height) on the map of a world that comes round."""
        if not self._shape.period:
            return [(x, y, width, height)]
        sides = self._shape.period
        spans = []
        for axis, (first, count) in enumerate(((x, width), (y, height))):
            half, side = sides[axis] // 2, sides[axis]
            if count >= side:
                spans.append([(-half, side)])
                continue
            home = (first + half) % side - half
            here = min(count, half - home)
            spans.append([(home, here), (-half, count - here)] if here < count else [(home, here)])
        return [(left, top, w, h) for top, h in spans[1] for left, w in spans[0]]

    def missing(self, x: int, y: int, radius: int) -> list[tuple[int, int]]:
        """The chunks around a tile that the cache has not, nearest first; see `make`.

        At most as many as half of the cache holds: more would drop each other.
        """
        x, y = _check_tile("x", x), _check_tile("y", y)
        radius = check_int("radius", radius, 0, _FARTHEST)
        near = squares_around(x, y, radius, LIMIT)[: self._ahead]
        homes = dict.fromkeys(self._shape.home(*square, CHUNK) for square in near)
        return [square for square in homes if square not in self._chunks]

    def digest(self, cx: int, cy: int) -> str:
        """A hash of all that a chunk holds, 32 hexadecimal digits."""
        return self.chunk(cx, cy).digest()

    def terrain(self, x: int, y: int, width: int, height: int) -> NDArray[np.uint8]:
        """The ground of a region, uint8 [height, width], indexes of TERRAINS."""
        return self._gather("terrain", x, y, width, height)

    def biome(self, x: int, y: int) -> Biome:
        """The biome of a tile."""
        chunk = self._seeded(x // CHUNK, y // CHUNK)
        return biomes()[int(chunk.biome[y % CHUNK, x % CHUNK])]

    def walkable_area(self, x: int, y: int, width: int, height: int) -> NDArray[np.bool_]:
        """Where somebody can stand in a region, bool [height, width]."""
        return self._gather("walkable", x, y, width, height).astype(bool)

    def walkable(self, x: int, y: int) -> bool:
        """True if the ground carries a walker and nothing solid (a tree, a statue) is on it."""
        x, y = _check_tile("x", x), _check_tile("y", y)
        chunk = self._chunk(x // CHUNK, y // CHUNK)
        return bool(chunk.walkable[y % CHUNK, x % CHUNK])

    def props(self, x: int, y: int, width: int, height: int) -> tuple[Prop, ...]:
        """What stands or lies in a region, by chunk and row."""
        x, y, width, height = _check_area(x, y, width, height, _LARGEST)
        found = []
        for cy in range(y // CHUNK, (y + height - 1) // CHUNK + 1):
            for cx in range(x // CHUNK, (x + width - 1) // CHUNK + 1):
                chunk = self._chunk(cx, cy)
                across, down = (cx - chunk.x) * CHUNK, (cy - chunk.y) * CHUNK
                for kind, left, top in chunk.props:
                    prop = Prop(kind, left + across, top + down)
                    if x <= prop.x < x + width and y <= prop.y < y + height:
                        found.append(prop)
        return tuple(found)

    def set_terrain(self, x: int, y: int, terrain: str | int | NDArray[Any]) -> None:
        """Changes the ground of a tile, or of a region from tile (x, y) on.

        `terrain` is a name or an index of TERRAINS, or an array of indexes [height, width]. What
        grew there stays; places, roads and the people's stories know nothing of it.
        """
        found = check_terrain(terrain)
        height, width = found.shape
        x, y, _, _ = _check_area(x, y, width, height, _LARGEST)
        if self._shape.period and len(self._home(x, y, width, height)) > 1:
            for row in range(height):
                for column in range(width):
                    at = self._shape.home(x + column, y + row)
                    self.edits.set_terrain(*at, found[row : row + 1, column : column + 1])
        else:
            self.edits.set_terrain(*self._shape.home(x, y), found)

    def add_prop(self, kind: str, x: int, y: int) -> None:
        """Lets something stand on a tile, instead of what stood there."""
        x, y = self._shape.home(_check_tile("x", x), _check_tile("y", y))
        self.edits.set_prop(x, y, check_kind(kind))

    def remove_prop(self, x: int, y: int) -> Prop | None:
        """Takes away what stands on a tile and returns it; None if nothing does."""
        x, y = _check_tile("x", x), _check_tile("y", y)
        found = self.props(x, y, 1, 1)
        if not found:
            return None
        self.edits.set_prop(*self._shape.home(x, y), None)
        return found[0]

    def reset(self, x: int, y: int, width: int, height: int) -> None:
        """Takes back every change of a region: it is again as the seed made it."""
        for part in self._home(*_check_area(x, y, width, height, 1 << 64)):
            self.edits.reset(*part)

    def edited(self, x: int, y: int, width: int, height: int) -> list[Edit]:
        """Every changed tile of a region, chunk by chunk from the north-west."""
        parts = self._home(*_check_area(x, y, width, height, 1 << 64))
        return [edit for part in parts for edit in self.edits.edits(*part)]

    def places(self, x: int, y: int, width: int, height: int) -> tuple[Place, ...]:
        """All places whose centre lies in the region, sorted by id."""
        area = _check_area(x, y, width, height, _LARGEST << 2)
        found = [place for part in self._home(*area) for place in self._ground.places(*part)]
        return tuple(map(self._ground.named, sorted(found, key=lambda place: place.id)))

    def neighbours(self, place: Place, count: int, reach: int) -> tuple[Place, ...]:
        """The place and the `count` others nearest to it, of those at most `reach` tiles off in
        either direction; of two at one distance the one whose id comes first.
        """
        near: dict[str, Place] = {}
        for _, other in self._ground.outwards(place.x, place.y, reach * 3 // 2):
            if -reach <= other.x - place.x < reach and -reach <= other.y - place.y < reach:
                near.setdefault(other.id, self._ground.named(other))
                if len(near) > count:
                    break
        return tuple(near.values())

    def _towns(self, x: int, y: int, reach: int) -> Iterator[Place]:
        for _, place in self._ground.outwards(x, y, reach):
            # The rim of the world has no land beyond it.
            if place.kind == "town" and max(-place.x, place.x + 1, -place.y, place.y + 1) <= LIMIT:
                yield place

    def nearest(self, kind: str, x: int, y: int) -> Place:
        """The nearest place of a kind, or of any with "any", as the crow flies.

        Raises `InvalidArgument` when there is none within some 9000 tiles.
        """
        check_choice("kind", kind, (*PLACE_KINDS, "any"))
        return self._ground.named(self._nearest(kind, _check_tile("x", x), _check_tile("y", y)))

    def _nearest(self, kind: str, x: int, y: int) -> Place:
        """The same without a name."""
        for _, place in self._ground.outwards(x, y):
            if kind in ("any", place.kind):
                return place
        raise InvalidArgument(
            f"kind {kind!r} has no place within {RINGS * DISTRICT} tiles of x={x}, y={y}; "
            "ask nearer to land"
        )

    def spawn(self) -> tuple[int, int]:
        """A tile (x, y) to begin at: on the plaza of the town nearest to the origin."""
        town = self._nearest("town", 0, 0)
        return self._shape.home(town.x, town.y + 1)

    def route(
        self, start: tuple[int, int], goal: tuple[int, int], *, budget: int = 120_000
    ) -> NDArray[np.int64] | None:
        """Walkable tiles from start to goal, int64 [n, 2] as (x, y), each beside the one before.

        None if there is no way, or none is found after looking at `budget` tiles.
        """
        budget = check_int("budget", budget, 1, 1 << 24)
        ends = []
        for name, tile in (("start", start), ("goal", goal)):
            if not isinstance(tile, tuple | list | np.ndarray) or len(tile) != 2:
                raise InvalidArgument(f"{name} must be a pair (x, y), not {tile!r}")
            ends.append((_check_tile(f"{name}[0]", tile[0]), _check_tile(f"{name}[1]", tile[1])))
        # The search looks about; it must not run over the world's rim.
        if any(max(map(abs, end)) > LIMIT - 4096 for end in ends):
            raise InvalidArgument("start and goal must lie 4096 tiles or more inside the world")
        start, goal = ends
        if self._shape.period:  # the way may lead over the rim
            across, down = self._shape.home(goal[0] - start[0], goal[1] - start[1])
            goal = (start[0] + across, start[1] + down)
        way = find_route(self._chunk, start, goal, budget)
        if way is not None and self._shape.period:
            sides = np.array(self._shape.period)
            way = (way + sides // 2) % sides - sides // 2
        return way

    def roads(self, place: Place) -> tuple[Place, ...]:
        """The places to which a road or the way to one pier leads, and through no other, by id."""
        found = sorted(self._ground.joined(self._unnamed(place)), key=lambda other: other.id)
        return tuple(self._ground.named(other) for other in found)

    def harbour(self, place: Place) -> tuple[int, int] | None:
        """The last tile (x, y) of a place's pier, which can be walked on; None without one."""
        found = self._ground.harbour(self._unnamed(place))
        return self._shape.home(found.x, found.y) if found else None

    def ferries(self, place: Place) -> tuple[Ferry, ...]:
        """The ships from a place's harbour to others, the shortest way first."""
        start = self._unnamed(place)
        return tuple(
            Ferry(
                start=self._ground.named(start),
                goal=self._ground.named(lane.goal),
                length=lane.length,
                way=tuple((x, y) for x, y in lane.way.tolist()),
            )
            for lane in self._ground.lanes(start)
            if lane.length  # who shares a pier walks
        )

    def journey(self, start: Place, goal: Place) -> tuple[Leg, ...] | None:
        """The legs of a journey by road, and by ship where no road leads; None if none is found."""

        def apart(one: Place, two: Place) -> tuple[int, int]:
            return self._shape.home(two.x - one.x, two.y - one.y)  # over the rim if that is nearer

        def far(one: Place, two: Place) -> int:
            across, down = apart(one, two)
            return isqrt(across * across + down * down)

        def roads(place: Place) -> Iterator[Step]:
            for other in self._ground.joined(place):
                length = tiles_between(*apart(place, other))
                yield Step(other, length, length)

        def lanes(place: Place) -> Iterator[Step]:
            for lane in filter(lambda lane: lane.length, self._ground.lanes(place)):
                piers = zip((place, lane.goal), lane.way[[0, -1]].tolist(), strict=True)
                walks = sum(tiles_between(x - end.x, y - end.y) for end, (x, y) in piers)
                yield Step(lane.goal, lane.length, lane.length + walks + ABOARD)

        legs = find_journey(self._unnamed(start), self._unnamed(goal), roads, lanes, far)
        if legs is None:
            return None
        named = self._ground.named
        return tuple(replace(leg, places=tuple(map(named, leg.places))) for leg in legs)

    def _unnamed(self, place: Place) -> Place:
        """The place as the land itself knows it; `InvalidArgument` if it does not."""
        if isinstance(place, Place) and max(abs(place.x), abs(place.y)) < LIMIT:
            found = self._ground.place_at((place.x // CELL, place.y // CELL))
            if found is not None and found.id == place.id:
                return found
        raise InvalidArgument(f"place must be a Place of this world, not {place!r:.80}")

    def spots(self, place: Place, count: int) -> tuple[tuple[int, int], ...]:
        """Different tiles (x, y) in a place where people can stand, some steps apart.

        All can be walked to from the place's centre inside the place, none is a doorway or in
        the very middle. Raises `InvalidArgument` when the place has fewer than `count`.
        """
        count = check_int("count", count, 0, 4096)
        if not isinstance(place, Place):
            raise InvalidArgument(f"place must be a Place of this world, not {place!r:.80}")
        reach = place.radius
        left, top, size = place.x - reach, place.y - reach, 2 * reach + 1
        free = self.walkable_area(left, top, size, size)
        middle = self._seeded(place.x // CHUNK, place.y // CHUNK)
        if not middle.walkable[place.y % CHUNK, place.x % CHUNK]:
            raise InvalidArgument(f"place must be a Place of this world, not {place.id!r}")
        near = _standing(free)
        tiles = [(left + column, top + row) for row, column in np.argwhere(near).tolist()]
        tiles.sort(key=lambda tile: key(self.seed, "spot", place.id, *tile))
        if any(self.edits.any(*part) for part in self._home(left, top, size, size)):
            # What was free from the start goes first: nobody moves because a tree was felled.
            old = _standing(self._gather("walkable", left, top, size, size, seed=True) > 0)
            tiles.sort(key=lambda tile: not old[tile[1] - top, tile[0] - left])
        chosen: list[tuple[int, int]] = []
        for apart in (4, 2, 1):
            for x, y in tiles:
                if len(chosen) == count:
                    return tuple(self._shape.home(*tile) for tile in chosen)
                if all(max(abs(x - a), abs(y - b)) >= apart for a, b in chosen):
                    chosen.append((x, y))
        if len(chosen) < count:
            raise InvalidArgument(
                f"count must be at most {len(chosen)} for {place.id}, not {count}"
            )
        return tuple(self._shape.home(*tile) for tile in chosen)

    def overview(self, x: int, y: int, width: int, height: int, step: int = 4) -> NDArray[np.uint8]:
        """A map to look at, uint8 [height // step, width // step, 4] (RGBA).

        Ground with hill shading, coasts and rivers; up to 2048 x 2048 tiles also roads and places.
        """
        return self._overview(x, y, width, height, step)[0]

    def map(
        self, x: int, y: int, width: int, height: int, step: int = 2, *, title: str = ""
    ) -> NDArray[np.uint8]:
        """A map to hang up, uint8 RGBA, a little larger than [height // step, width // step, 4].

        The overview with realms' borders and names of realms, towns (with a step of 3 tiles or
        less villages too), in a frame with the title, a legend and a scale.
        """
        if not isinstance(title, str):
            raise InvalidArgument(f"title must be a text, not {title!r:.80}")
        from .map_sheet import draw_map  # a game may show none

        picture, dry = self._overview(x, y, width, height, step)
        return draw_map(picture, dry, self._ground, self._realms, x, y, step, title)

    def _overview(
        self, x: int, y: int, width: int, height: int, step: int
    ) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
        """The picture of `overview`, and where it is land."""
        step = check_int("step", step, 1, 1 << 12)
        _check_area(x, y, width, height, _LARGEST * step * step)
        if min(width, height) < step:
            raise InvalidArgument(
                f"step must be at most the width and the height, {width} and {height}, not {step}"
            )
        rows, columns = height // step, width // step
        picture, dry = draw_overview(self._ground, x, y, columns, rows, step)
        for part in self._home(x, y, columns * step, rows * step):
            for column, row, terrain in self.edits.terrain_in(*part):
                # In a region larger than the world, where it lies first.
                across, down = column - x, row - y
                if self._shape.period:
                    across, down = across % self._shape.period[0], down % self._shape.period[1]
                picture[down // step, across // step, :3] = TERRAIN_COLOURS[terrain]
        return picture, dry

    def realm(self, x: int, y: int) -> Realm | None:
        """The realm that a tile is in, by land or by sea; None where nobody rules."""
        return self._realms.at(_check_tile("x", x), _check_tile("y", y))

    def realms_beside(
        self, realm: Realm, wanted: Callable[[str], object] = bool
    ) -> tuple[Realm, ...]:
        """The realms whose seats lie in the four squares beside a realm's own.

        To find a realm takes time: only those are looked for whose id is `wanted`.
        """
        column, row = (int(part) for part in realm.id.split(":")[1:])
        beside = ((column - 1, row), (column + 1, row), (column, row - 1), (column, row + 1))
        found = [
            self._realms.of_square(square)
            for square in beside
            if wanted(f"realm:{square[0]}:{square[1]}")
        ]
        return tuple(other for other in found if other is not None)

    def surroundings(self, place: Place) -> tuple[str, ...]:
        """Features of the land around a place: see `surroundings.surroundings`."""
        return self._features.get(place)

    def _gather(
        self, name: str, x: int, y: int, width: int, height: int, *, seed: bool = False
    ) -> NDArray[np.uint8]:
        """A field of a region as it is now, or as the seed made it."""
        chunk = self._seeded if seed else self._chunk
        x, y, width, height = _check_area(x, y, width, height, _LARGEST)
        out = np.empty((height, width), np.uint8)
        for cy in range(y // CHUNK, (y + height - 1) // CHUNK + 1):
            for cx in range(x // CHUNK, (x + width - 1) // CHUNK + 1):
                x0, x1 = max(x, cx * CHUNK), min(x + width, (cx + 1) * CHUNK)
                y0, y1 = max(y, cy * CHUNK), min(y + height, (cy + 1) * CHUNK)
                there = np.s_[y0 - cy * CHUNK : y1 - cy * CHUNK, x0 - cx * CHUNK : x1 - cx * CHUNK]
                field = getattr(chunk(cx, cy), name)
                out[y0 - y : y1 - y, x0 - x : x1 - x] = field[there]
        return out


def _check_tile(name: str, value: int) -> int:
    return check_int(name, value, -LIMIT, LIMIT - 1)


def _check_area(x: int, y: int, width: int, height: int, most: int) -> tuple[int, int, int, int]:
    x, y = _check_tile("x", x), _check_tile("y", y)
    width = check_int("width", width, 1, LIMIT - x)
    height = check_int("height", height, 1, LIMIT - y)
    if width * height > most:
        raise InvalidArgument(
            f"width and height must cover at most {most} tiles, not {width} x {height}"
        )
    return x, y, width, height


def _standing(free: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Where people of a place can stand, of the tiles of its footprint that are free."""
    reach = len(free) // 2
    start = (reach, reach)
    if not free[start] and free.any():
        # A game has built on the middle: the free tile that is nearest to it counts as the middle.
        rows, columns = np.nonzero(free)
        nearest = int(np.argmin((rows - reach) ** 2 + (columns - reach) ** 2))
        start = (int(rows[nearest]), int(columns[nearest]))
    near = _connected(free, start)
    wall = np.pad(~free, 1, constant_values=False)
    # Somebody between two walls would be in everybody's way.
    narrow = (wall[:-2, 1:-1] & wall[2:, 1:-1]) | (wall[1:-1, :-2] & wall[1:-1, 2:])
    near &= free & ~narrow
    near[reach - 1 : reach + 2, reach - 1 : reach + 2] = False
    return near


def _connected(free: NDArray[np.bool_], start: tuple[int, int]) -> NDArray[np.bool_]:
    """The elements that 4-connected steps over `free` reach from the start."""
    seen = np.zeros_like(free)
    seen[start] = True
    queue = deque([start])
    while queue:
        row, column = queue.popleft()
        for other in ((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)):
            inside = 0 <= other[0] < free.shape[0] and 0 <= other[1] < free.shape[1]
            if inside and free[other] and not seen[other]:
                seen[other] = True
                queue.append(other)
    return seen
