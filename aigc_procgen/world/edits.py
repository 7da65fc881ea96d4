"""What a game changed about the land, kept apart from what the seed makes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.errors import InvalidArgument

from .chunk import CHUNK, Chunk, Prop, frozen
from .plants import walkable
from .terrain import TERRAIN_INDEX, TERRAINS

__all__ = ["Edit", "Edits", "check_kind", "check_terrain"]

_TILES = CHUNK * CHUNK
_INDEX = np.arange(_TILES).reshape(CHUNK, CHUNK)
_CHUNK_BYTES = 40_000  # of a changed chunk, most of which it shares with the one that was made
_LONGEST = 60  # letters of a prop's kind
Square = tuple[int, int]


class Edit(NamedTuple):
    """A tile that a game changed, and how."""

    x: int  # in tiles of the world
    y: int
    terrain: str | None  # the name of its ground; None where that is the seed's
    prop: str | None  # the kind of what stands there, "" if nothing; None where that is the seed's


@dataclass
class _Delta:
    """One chunk's changes, by tile: 64 * row + column inside the chunk."""

    terrain: dict[int, int] = field(default_factory=dict)
    props: dict[int, str | None] = field(default_factory=dict)  # None: nothing stands there now

    def apply(self, chunk: Chunk) -> Chunk:
        terrain = chunk.terrain.copy()
        if self.terrain:
            terrain.ravel()[list(self.terrain)] = list(self.terrain.values())
        left, top = chunk.x * CHUNK, chunk.y * CHUNK
        props = [
            prop for prop in chunk.props if (prop.y - top) * CHUNK + prop.x - left not in self.props
        ]
        props += [
            Prop(kind, left + tile % CHUNK, top + tile // CHUNK)
            for tile, kind in self.props.items()
            if kind is not None
        ]
        props.sort(key=lambda prop: (prop.y, prop.x))
        return replace(
            chunk,
            terrain=frozen(terrain),
            walkable=frozen(walkable(terrain, props, left, top)),
            props=tuple(props),
        )


class Edits:
    """Changes of tiles and props, by chunk; threads may read and write at the same time.

    `cache_bytes` bounds the memory of changed chunks that are kept for the next reader; the changes
    themselves are always kept.
    """

    def __init__(self, cache_bytes: int = 8 << 20) -> None:
        self._deltas: dict[Square, _Delta] = {}
        self._made: OrderedDict[Square, Chunk] = OrderedDict()
        self._most = max(1, cache_bytes // _CHUNK_BYTES)
        self._lock = Lock()

    def __len__(self) -> int:
        """How many tiles have other ground or another prop than the seed gave them."""
        with self._lock:
            return sum(len(delta.terrain.keys() | delta.props) for delta in self._deltas.values())

    def apply(self, chunk: Chunk) -> Chunk:
        """The chunk with its changes; the same object if there are none."""
        square = chunk.x, chunk.y
        if square not in self._deltas:
            return chunk
        with self._lock:
            delta = self._deltas.get(square)
            if delta is None:
                return chunk
            if square in self._made:
                self._made.move_to_end(square)
            else:
                self._made[square] = delta.apply(chunk)
                if len(self._made) > self._most:
                    self._made.popitem(last=False)
            return self._made[square]

    def set_terrain(self, x: int, y: int, terrain: NDArray[np.uint8]) -> None:
        """Lays terrain uint8 [height, width] from tile (x, y) on."""
        height, width = terrain.shape
        with self._lock:
            for cy in range(y // CHUNK, (y + height - 1) // CHUNK + 1):
                for cx in range(x // CHUNK, (x + width - 1) // CHUNK + 1):
                    left, top = max(x, cx * CHUNK), max(y, cy * CHUNK)
                    right = min(x + width, (cx + 1) * CHUNK)
                    bottom = min(y + height, (cy + 1) * CHUNK)
                    tiles = _INDEX[
                        top - cy * CHUNK : bottom - cy * CHUNK,
                        left - cx * CHUNK : right - cx * CHUNK,
                    ]
                    values = terrain[top - y : bottom - y, left - x : right - x]
                    changed = zip(tiles.ravel().tolist(), values.ravel().tolist(), strict=True)
                    self._change((cx, cy)).terrain.update(changed)

    def set_prop(self, x: int, y: int, kind: str | None) -> None:
        """Lets something stand on a tile, or nothing."""
        with self._lock:
            delta = self._change((x // CHUNK, y // CHUNK))
            delta.props[(y % CHUNK) * CHUNK + x % CHUNK] = kind

    def reset(self, x: int, y: int, width: int, height: int) -> None:
        """Takes back every change of a region."""
        with self._lock:
            for square in self._squares(x, y, width, height):
                delta = self._change(square)
                for column, row, tile in _tiles(square, delta.terrain.keys() | delta.props):
                    if x <= column < x + width and y <= row < y + height:
                        delta.terrain.pop(tile, None)
                        delta.props.pop(tile, None)
                if not delta.terrain and not delta.props:
                    del self._deltas[square]

    def any(self, x: int, y: int, width: int, height: int) -> bool:
        """Whether a chunk that has tiles in a region was changed."""
        with self._lock:
            return bool(self._squares(x, y, width, height))

    def edits(self, x: int, y: int, width: int, height: int) -> list[Edit]:
        """Every changed tile of a region, chunk by chunk from the north-west, by row in each."""
        found = []
        with self._lock:
            for square in self._squares(x, y, width, height):
                delta = self._deltas[square]
                for column, row, tile in _tiles(square, delta.terrain.keys() | delta.props):
                    if x <= column < x + width and y <= row < y + height:
                        ground = delta.terrain.get(tile)
                        name = None if ground is None else TERRAINS[ground]
                        prop = (delta.props[tile] or "") if tile in delta.props else None
                        found.append(Edit(column, row, name, prop))
        return found

    def terrain_in(self, x: int, y: int, width: int, height: int) -> list[tuple[int, int, int]]:
        """(x, y, terrain) of every tile of a region whose ground was changed."""
        with self._lock:
            return [
                (column, row, self._deltas[square].terrain[tile])
                for square in self._squares(x, y, width, height)
                for column, row, tile in _tiles(square, self._deltas[square].terrain)
                if x <= column < x + width and y <= row < y + height
            ]

    def to_data(self) -> list[dict[str, Any]]:
        """What JSON can hold: a chunk each, its ground as runs [first tile, tiles, terrain]."""
        with self._lock:
            return [
                {
                    "chunk": list(square),
                    "terrain": _runs(delta.terrain),
                    "props": [[tile, kind] for tile, kind in sorted(delta.props.items())],
                }
                for square, delta in sorted(self._deltas.items())
            ]

    def load(self, data: Any, most: int) -> None:
        """Takes what `to_data` gave in place of all changes; ValueError if it is anything else.

        Chunks go from -most to most.
        """
        deltas: dict[Square, _Delta] = {}
        for row in _list(data):
            if not isinstance(row, dict) or set(row) != {"chunk", "terrain", "props"}:
                raise ValueError("a chunk's edits")
            square = tuple(_whole(part, -most, most - 1) for part in _list(row["chunk"], 2))
            delta = _Delta()
            for run in _list(row["terrain"]):
                first, count, kind = _list(run, 3)
                first = _whole(first, 0, _TILES - 1)
                last = first + _whole(count, 1, _TILES - first)
                for tile in range(first, last):
                    delta.terrain[tile] = _whole(kind, 0, len(TERRAINS) - 1)
            for prop in _list(row["props"]):
                tile, kind = _list(prop, 2)
                if kind is not None:
                    check_kind(kind)
                delta.props[_whole(tile, 0, _TILES - 1)] = kind
            if square in deltas:
                raise ValueError("a chunk's edits twice")
            deltas[(square[0], square[1])] = delta
        with self._lock:
            self._deltas = deltas
            self._made.clear()

    def _change(self, square: Square) -> _Delta:
        """A chunk's changes, about to be others."""
        self._made.pop(square, None)
        return self._deltas.setdefault(square, _Delta())

    def _squares(self, x: int, y: int, width: int, height: int) -> list[Square]:
        """The changed chunks that have tiles in a region, from north to south."""
        columns = range(x // CHUNK, (x + width - 1) // CHUNK + 1)
        rows = range(y // CHUNK, (y + height - 1) // CHUNK + 1)
        if len(columns) * len(rows) < len(self._deltas):
            return [(cx, cy) for cy in rows for cx in columns if (cx, cy) in self._deltas]
        found = [(cx, cy) for cx, cy in self._deltas if cx in columns and cy in rows]
        return sorted(found, key=lambda square: (square[1], square[0]))


def _tiles(square: Square, tiles: Iterable[int]) -> Iterator[tuple[int, int, int]]:
    """(x, y, tile) of a chunk's tiles, by row."""
    left, top = square[0] * CHUNK, square[1] * CHUNK
    for tile in sorted(tiles):
        yield left + tile % CHUNK, top + tile // CHUNK, tile


def check_kind(kind: Any) -> str:
    """Returns a prop's kind: a text of 1 to 60 letters."""
    if not isinstance(kind, str) or not 0 < len(kind) <= _LONGEST:
        raise InvalidArgument(f"kind must be a text of 1 to {_LONGEST} letters, not {kind!r:.80}")
    return kind


def check_terrain(terrain: Any) -> NDArray[np.uint8]:
    """Terrain [height, width] from a material's name, its index, or an array of indexes."""
    if isinstance(terrain, str):
        if terrain not in TERRAIN_INDEX:
            raise InvalidArgument(f"terrain must be one of {', '.join(TERRAINS)}, not {terrain!r}")
        return np.array([[TERRAIN_INDEX[terrain]]], np.uint8)
    found = np.asarray(terrain)
    if found.ndim == 0:
        found = found.reshape(1, 1)
    if found.ndim != 2 or not found.size or found.dtype.kind not in "iu":
        raise InvalidArgument(
            "terrain must be a name, an index, or whole numbers [height, width], not "
            f"{found.dtype} {list(found.shape)}"
        )
    if int(found.min()) < 0 or int(found.max()) >= len(TERRAINS):
        raise InvalidArgument(
            f"terrain must hold indexes of TERRAINS, 0 to {len(TERRAINS) - 1}, "
            f"not {int(found.min())} to {int(found.max())}"
        )
    return found.astype(np.uint8)


def _runs(terrain: dict[int, int]) -> list[list[int]]:
    """Tiles one after the other with the same terrain as [first, count, terrain]."""
    rows = sorted(terrain.items())
    found = []
    for (_, kind), run in groupby(enumerate(rows), lambda item: (item[1][0] - item[0], item[1][1])):
        tiles = [tile for _, (tile, _) in run]
        found.append([tiles[0], len(tiles), kind])
    return found


def _list(value: Any, length: int | None = None) -> list[Any]:
    if not isinstance(value, list) or (length is not None and len(value) != length):
        raise ValueError(f"{value!r:.40} is not a list of {length}")
    return value


def _whole(value: Any, low: int, high: int) -> int:
    if type(value) is not int or not low <= value <= high:
        raise ValueError(f"{value!r:.40} is not a whole number of {low} to {high}")
    return value
