"""The network of room layouts as a machine of whole numbers, and the file that it is kept in.

A small U-net (Ronneberger and others, "U-Net: convolutional networks for biomedical image
segmentation", MICCAI 2015) whose weights are bytes and whose activations are whole numbers from 0
to 255. Every sum is below 2**24, which float32 holds exactly whatever the order of adding up, and a
layout is where the largest of six sums is: so numpy, ONNX Runtime and any engine with float32 lay
out the same rooms.

What is outside a room is 0 in every layer, so the canvas around a room may have any size.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .array_file import pack_arrays, read_arrays
from .errors import PackError

__all__ = [
    "CANVAS",
    "CLASSES",
    "LEVEL",
    "NOISE",
    "ONE",
    "PLANES",
    "LayoutMachine",
    "pack_layouts",
    "planes_of",
    "read_layouts",
]

CLASSES = ("wall", "floor", "inlay", "pool", "pillar", "furniture")
"""What a tile of a layout may be; inlay is floor of a second material."""

CANVAS = 16  # tiles, at most, of a room's side
ONE = 64  # 1.0 of weights, activations and conditions
LEVEL = 4  # a step of a latent, of noise and of the density: 0 to 15 steps
NOISE = 16  # latents of a room
PLANES = 9  # see `planes_of`
_ONE_BITS = ONE.bit_length() - 1
_MOST = 255  # of an activation
_LARGEST = 1 << 24
_MAGIC = "aigc_procgen layouts 1"
# [inputs, outputs] of each product; three by three tiles are nine inputs a channel, row by row.
_WEIGHTS = ("hidden", "outer", "down", "middle", "deep", "deepest", "up", "wide", "last", "head")
_SHIFTS = ("outer", "middle", "deepest", "up", "wide", "last")  # what the room as a whole adds
_ARRAYS = (
    dict.fromkeys(_WEIGHTS, "int8")
    | {f"{name}_bias": "int16" for name in _WEIGHTS}
    | {f"{name}_shift": "int8" for name in _SHIFTS}
)
Floats = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True, eq=False)
class LayoutMachine:
    """The network: `lay_out` gives the tiles of many rooms at once. All arrays are whole numbers.

    `styles` is what a room can be asked to look like; `densities` how much of such rooms is usually
    shut, from and to; `about` says data, licence and training.
    """

    styles: tuple[str, ...]
    densities: Mapping[str, tuple[int, int]]
    about: Mapping[str, Any]
    arrays: Mapping[str, NDArray[Any]]
    digest: str

    def __post_init__(self) -> None:
        floats = {name: self.arrays[name].astype(np.float32) for name in _ARRAYS}
        object.__setattr__(self, "_floats", floats)

    def label(self, style: str, density: int) -> NDArray[np.int64]:
        """The label int64 [styles + 1] of a style and a density: 0 open to 15, half of it shut."""
        label = np.zeros(len(self.styles) + 1, np.int64)
        label[self.styles.index(style)] = ONE
        label[-1] = LEVEL * density
        return label

    def lay_out(
        self,
        latent: NDArray[np.integer[Any]],
        label: NDArray[np.integer[Any]],
        room: NDArray[np.integer[Any]],
    ) -> NDArray[np.uint8]:
        """The layouts uint8 [n, h, w], indexes of `CLASSES`; a canvas has 4, 8, 12 or 16 tiles.

        `latent` [n, NOISE] is 0 to 15; `label` [n, labels] what `label` gives; `room` [n, 3, h, w]
        says which tiles are inside (0 or 1), which must be walked (0 or 1), and a noise of 0 to 15.
        Outside there is wall.
        """
        scores = self.scores(latent, label, room)
        tiles: NDArray[np.uint8] = scores.argmax(-1).astype(np.uint8)
        tiles[room[:, 0] == 0] = 0
        return tiles

    def scores(
        self,
        latent: NDArray[np.integer[Any]],
        label: NDArray[np.integer[Any]],
        room: NDArray[np.integer[Any]],
    ) -> Floats:
        """The sums float32 [n, h, w, classes], whole numbers, of which the largest is the tile."""
        f: dict[str, Floats] = self._floats  # type: ignore[attr-defined]
        planes = planes_of(room)
        inside = planes[..., :1] > 0
        half = _halved(inside)
        quarter = _halved(half)
        given = np.concatenate([latent * LEVEL, label], 1).astype(np.float32)
        whole = _kept(given @ f["hidden"] + f["hidden_bias"])
        shift = {name: (whole @ f[f"{name}_shift"])[:, None, None] for name in _SHIFTS}

        def layer(name: str, taken: Floats, mask: NDArray[np.bool_]) -> Floats:
            sums = taken @ f[name] + f[f"{name}_bias"]
            if name in shift:
                sums += shift[name]
            return _kept(sums) * mask

        outer = layer("outer", _around(planes), inside)
        down = layer("down", _folded(outer), half)
        middle = layer("middle", _around(down), half)
        deep = layer("deep", _folded(middle), quarter)
        deepest = layer("deepest", _around(deep), quarter)
        up = layer("up", _around(np.concatenate([_doubled(deepest), middle], -1)), half)
        wide = layer("wide", _around(np.concatenate([_doubled(up), outer], -1)), inside)
        last = layer("last", _around(wide), inside)
        return np.asarray(last @ f["head"] + f["head_bias"])


def planes_of(room: NDArray[np.integer[Any]]) -> Floats:
    """What the network sees of rooms [n, 3, h, w]: float32 [n, h, w, PLANES] of whole numbers.

    Inside, to be walked, noise; the distance to the nearer side from west to east and from north to
    south; whether the distance from the west and from the north is odd; the middle column and row.
    """
    inside, walk, noise = (room[:, index].astype(np.int64) for index in range(3))
    west, north = inside.cumsum(2), inside.cumsum(1)
    east = inside[:, :, ::-1].cumsum(2)[:, :, ::-1]
    south = inside[:, ::-1].cumsum(1)[:, ::-1]
    planes = [
        inside * ONE,
        walk * ONE,
        noise * LEVEL,
        np.minimum(west, east) * (4 * LEVEL),
        np.minimum(north, south) * (4 * LEVEL),
        (west & 1) * ONE,
        (north & 1) * ONE,
        (west == east) * ONE,
        (north == south) * ONE,
    ]
    return np.asarray((np.stack(planes, -1) * inside[..., None]).astype(np.float32))


def _kept(sums: Floats) -> Floats:
    """Activations: the floor of the sums in ONE parts, 0 to 255."""
    kept: Floats = np.clip(np.floor(sums * np.float32(1 / ONE)), 0, _MOST)
    return kept


def _around(taken: Floats) -> Floats:
    """The nine tiles around each [n, h, w, 9 c], 0 beyond the canvas."""
    n, height, width, channels = taken.shape
    padded = np.zeros((n, height + 2, width + 2, channels), np.float32)
    padded[:, 1:-1, 1:-1] = taken
    parts = [padded[:, y : y + height, x : x + width] for y in range(3) for x in range(3)]
    return np.concatenate(parts, -1)


def _folded(taken: Floats) -> Floats:
    """Every two by two tiles as one of four times the channels [n, h / 2, w / 2, 4 c]."""
    parts = [taken[:, y::2, x::2] for y in range(2) for x in range(2)]
    return np.concatenate(parts, -1)


def _halved(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return mask[:, ::2, ::2] | mask[:, 1::2, ::2] | mask[:, ::2, 1::2] | mask[:, 1::2, 1::2]


def _doubled(taken: Floats) -> Floats:
    return taken.repeat(2, 1).repeat(2, 2)


def pack_layouts(header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """The bytes of the file, see `array_file`; `PackError` if a sum could reach 2**24."""
    _check_sums(arrays)
    return pack_arrays(_MAGIC, _ARRAYS, header, arrays)


def read_layouts(place: str, data: bytes) -> LayoutMachine:
    """The machine in the bytes of a file; `PackError` if one byte is not as it was written."""
    header, arrays, digest = read_arrays(_MAGIC, _ARRAYS, place, data, "install aigc_procgen again")
    _check_sums(arrays)
    try:
        styles = tuple(str(style) for style in header["styles"])
        if len(arrays["hidden"]) != NOISE + len(styles) + 1:
            raise ValueError("it has other styles than its weights")
        densities = {style: tuple(map(int, header["densities"][style])) for style in styles}
        if any(len(pair) != 2 or not 0 <= pair[0] <= pair[1] <= 15 for pair in densities.values()):
            raise ValueError("its densities are not 0 to 15, from and to")
        return LayoutMachine(
            styles=styles,
            densities={style: (pair[0], pair[1]) for style, pair in densities.items()},
            about=header["about"],
            arrays=arrays,
            digest=digest,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise PackError(f"{place!r} is not a whole network of layouts: {error}") from None


def _check_sums(arrays: Mapping[str, NDArray[Any]]) -> None:
    """Raises `PackError` unless every sum of every layer is below 2**24, whatever the room."""
    for name in _WEIGHTS:
        total = np.abs(arrays[name].astype(np.int64)).sum(0) * _MOST
        total += np.abs(arrays[f"{name}_bias"].astype(np.int64))
        if name in _SHIFTS:
            total += np.abs(arrays[f"{name}_shift"].astype(np.int64)).sum(0) * _MOST
        if int(total.max()) >= _LARGEST:
            raise PackError(f"the network's layer {name} could exceed 2**24: make it smaller")
