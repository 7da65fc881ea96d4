"""What a game changed about the land, kept apart from what the seed makes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import groupby
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.errors import InvalidArgument

from .chunk import CHUNK, Chunk, Prop, frozen
from .plants import walkable
from .terrain import TERRAIN_INDEX, TERRAINS

__all__ = ["Edits", "check_kind", "check_terrain"]

_TILES = CHUNK * CHUNK
_LONGEST = 60  # letters of a prop's kind
Square = tuple[int, int]


@dataclass
class _Delta:
    """One chunk's changes, by tile: 64 * row + column inside the chunk."""

    terrain: dict[int, int] = field(default_factory=dict)
    props: dict[int, str | None] = field(default_factory=dict)  # None: nothing stands there now
    made: tuple[Chunk, Chunk] | None = None  # as generated, and as changed

    def apply(self, chunk: Chunk) -> Chunk:
        if self.made and self.made[0] is chunk:
            return self.made[1]
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
        changed = replace(
            chunk,
            terrain=frozen(terrain),
            walkable=frozen(walkable(terrain, props, left, top)),
            props=tuple(props),
        )
        self.made = (chunk, changed)
        return changed


class Edits:
    """Changes of tiles and props, by chunk; threads may read and write at the same time."""

    def __init__(self) -> None:
        self._deltas: dict[Square, _Delta] = {}
        self._lock = Lock()

    def __len__(self) -> int:
        """How many tiles have other ground or another prop than the seed gave them."""
        with self._lock:
            return sum(len(delta.terrain.keys() | delta.props) for delta in self._deltas.values())

    def apply(self, chunk: Chunk) -> Chunk:
        """The chunk with its changes; the same object if there are none."""
        if (chunk.x, chunk.y) not in self._deltas:
            return chunk
        with self._lock:
            delta = self._deltas.get((chunk.x, chunk.y))
            return delta.apply(chunk) if delta else chunk

    def set_terrain(self, x: int, y: int, terrain: NDArray[np.uint8]) -> None:
        """Lays terrain uint8 [height, width] from tile (x, y) on."""
        height, width = terrain.shape
        values = terrain.tolist()
        with self._lock:
            for row in range(height):
                for column in range(width):
                    delta, tile = self._at(x + column, y + row)
                    delta.terrain[tile] = values[row][column]

    def set_prop(self, x: int, y: int, kind: str | None) -> None:
        """Lets something stand on a tile, or nothing."""
        with self._lock:
            delta, tile = self._at(x, y)
            delta.props[tile] = kind

    def reset(self, x: int, y: int, width: int, height: int) -> None:
        """Takes back every change of a region."""
        with self._lock:
            for square, delta in list(self._deltas.items()):
                left, top = square[0] * CHUNK, square[1] * CHUNK
                for changes in (delta.terrain, delta.props):
                    for tile in list(changes):
                        column, row = left + tile % CHUNK, top + tile // CHUNK
                        if x <= column < x + width and y <= row < y + height:
                            del changes[tile]
                delta.made = None
                if not delta.terrain and not delta.props:
                    del self._deltas[square]

    def terrain_in(self, x: int, y: int, width: int, height: int) -> list[tuple[int, int, int]]:
        """(x, y, terrain) of every tile of a region whose ground was changed."""
        with self._lock:
            return [
                (column, row, terrain)
                for square, delta in self._deltas.items()
                for tile, terrain in delta.terrain.items()
                if x <= (column := square[0] * CHUNK + tile % CHUNK) < x + width
                and y <= (row := square[1] * CHUNK + tile // CHUNK) < y + height
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

    @classmethod
    def from_data(cls, data: Any, most: int) -> Edits:
        """What `to_data` gave; ValueError if it is anything else. Chunks go from -most to most."""
        edits = cls()
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
            if square in edits._deltas:
                raise ValueError("a chunk's edits twice")
            edits._deltas[(square[0], square[1])] = delta
        return edits

    def _at(self, x: int, y: int) -> tuple[_Delta, int]:
        delta = self._deltas.setdefault((x // CHUNK, y // CHUNK), _Delta())
        delta.made = None
        return delta, (y % CHUNK) * CHUNK + x % CHUNK


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
