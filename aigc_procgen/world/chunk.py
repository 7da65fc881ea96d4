"""`Chunk`: 64 x 64 tiles of finished land."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

__all__ = ["CHUNK", "Chunk", "Prop", "frozen"]

CHUNK = 64  # tiles

T = TypeVar("T", bound=np.generic)


def frozen(array: NDArray[T]) -> NDArray[T]:
    """The array, which nobody can write into any more."""
    array.setflags(write=False)
    return array


class Prop(NamedTuple):
    """Something that stands or lies on a tile; `kind` is a category of the art's sprites."""

    kind: str
    x: int  # in tiles of the world
    y: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Chunk:
    """The land from tile (64 * x, 64 * y) on; every array is [64, 64], by row, and read-only."""

    x: int
    y: int
    terrain: NDArray[np.uint8]  # index into TERRAINS
    elevation: NDArray[np.int16]  # thousandths, 0 at the sea's edge
    temperature: NDArray[np.int16]  # about -1000 to 1000
    moisture: NDArray[np.int16]  # about -1000 to 1000
    biome: NDArray[np.uint8]  # index into the names of `biome_names()`
    walkable: NDArray[np.bool_]  # ground that carries a walker, with no solid prop on it
    props: tuple[Prop, ...]  # by row
    size: int = CHUNK

    def digest(self) -> str:
        """A hash of all that the chunk holds, 32 hexadecimal digits."""
        digest = blake2b(digest_size=16)
        for field in (self.terrain, self.elevation, self.temperature, self.moisture, self.biome):
            digest.update(field.astype(field.dtype.newbyteorder("<")).tobytes())
        digest.update(repr([tuple(prop) for prop in self.props]).encode())
        return digest.hexdigest()

    def nbytes(self) -> int:
        """About how much memory the chunk takes."""
        return 64 * 64 * 9 + 150 * len(self.props) + 1000
