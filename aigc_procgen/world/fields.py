"""The fields that land is made of: height, warmth and wetness in thousandths, for any region."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.random import Seed, key

from . import biomes
from .noise import fractal
from .terrain import TERRAIN_INDEX

__all__ = ["Fields", "LandFields"]

_NAMES = ("continent", "hills", "ridge", "river", "temperature", "moisture", "patch")
_VALLEY = 100  # how far from a river's middle (in its noise) the land falls towards it
_STREAM = 18  # the half width of a river at the sea
_SOURCE = 640  # the height above which no river runs
_START = 900  # tiles around the origin over which land is lifted, so that a world starts on land


@dataclass(frozen=True, kw_only=True)
class LandFields:
    """Wild land of one region, all [height, width]: int32 in thousandths, biome and terrain uint8.

    Elevation 0 is the sea's edge; temperature and moisture are about -1000 to 1000; `patch` is
    the fine noise that mottles biomes.
    """

    elevation: NDArray[np.int32]
    temperature: NDArray[np.int32]
    moisture: NDArray[np.int32]
    patch: NDArray[np.int32]
    biome: NDArray[np.uint8]
    terrain: NDArray[np.uint8]


class Fields:
    """Makes the fields of a seed for any region; the region asked never changes a tile's value."""

    def __init__(self, seed: Seed) -> None:
        self._keys = {name: key(seed, "field", name) for name in _NAMES}

    def region(
        self, x: int, y: int, width: int, height: int, step: int = 1, *, exact: bool = True
    ) -> LandFields:
        """Wild land sampled every `step` tiles; `exact` as for `noise.fractal`."""

        def noise(name: str, shift: int, octaves: int) -> NDArray[np.int32]:
            value = fractal(
                self._keys[name],
                *(x, y, width, height),
                shift=shift,
                octaves=octaves,
                step=step,
                exact=exact,
            )
            value *= 5  # about ±1000 is then its usual range
            value >>= 7
            return value

        broad = noise("continent", 10, 2)
        # Folded noise makes chains of mountains rather than single hills; only well inland.
        ridge = np.maximum(130 - np.abs(noise("ridge", 9, 5)), 0)
        raw = broad * 5 // 10 + noise("hills", 8, 6) * 4 // 10 + 70
        raw += ridge * np.clip(broad + 120, 0, 300) // 90
        raw += _near_start(y, height, step)[:, None] * _near_start(x, width, step) // 4000
        river = np.abs(noise("river", 9, 4))
        dry = raw > 0
        stream_width = _STREAM * np.clip(_SOURCE - raw, 0, _SOURCE) // _SOURCE
        # Land falls towards a river: its valleys are the passes through the mountains.
        elevation = np.where(dry, raw * (250 + np.minimum(river, _VALLEY) * 750 // _VALLEY), 0)
        elevation = np.where(dry, elevation // 1000, raw)

        temperature = noise("temperature", 9, 5) * 13 // 10 + 80
        temperature -= np.maximum(elevation - 300, 0) // 3
        patch = noise("patch", 5, 3)
        moisture = noise("moisture", 8, 4) * 13 // 10
        temperature += patch // 10  # frays the biomes' borders
        moisture -= patch // 8
        kinds = biomes.classify(elevation, temperature, moisture)
        terrain = biomes.ground(kinds, patch)
        frozen = temperature < biomes.FREEZING
        bank = dry & (river < stream_width + 6) & (stream_width > 5)
        terrain[bank] = np.where(frozen, TERRAIN_INDEX["gravel"], TERRAIN_INDEX["sand"])[bank]
        stream = dry & (river < stream_width) & (stream_width > 5)  # no dotted springs
        terrain[stream] = np.where(frozen, TERRAIN_INDEX["ice"], TERRAIN_INDEX["shallow_water"])[
            stream
        ]
        return LandFields(
            elevation=elevation,
            temperature=temperature,
            moisture=moisture,
            patch=patch,
            biome=kinds,
            terrain=terrain,
        )


def _near_start(first: int, count: int, step: int) -> NDArray[np.int32]:
    """1000 at the origin of an axis, falling to 0 at the rim of the start, int32 [count]."""
    far = np.clip(first + step * np.arange(count, dtype=np.int64), -_START, _START)
    return ((_START**2 - far**2) * 1000 // _START**2).astype(np.int32)
