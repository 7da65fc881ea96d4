"""The fields that land is made of: height, warmth and wetness in thousandths, for any region."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.random import Seed, key

from . import biomes
from .noise import fractal

__all__ = ["Fields", "LandFields"]


@dataclass(frozen=True, kw_only=True)
class LandFields:
    """Fields of one region, all [height, width]; thousandths, int32 (biome and terrain uint8)."""

    elevation: NDArray[np.int32]
    temperature: NDArray[np.int32]
    moisture: NDArray[np.int32]
    biome: NDArray[np.uint8]
    terrain: NDArray[np.uint8]


class Fields:
    """Makes fields for a seed. Elevation 0 is the edge of the sea."""

    def __init__(self, seed: Seed) -> None:
        self._keys = {
            name: key(seed, "field", name)
            for name in ("continent", "elevation", "ridge", "temperature", "moisture", "fine")
        }

    def _noise(
        self, name: str, area: tuple[int, int, int, int], shift: int, octaves: int, step: int
    ) -> NDArray[np.int32]:
        """A fractal scaled so that about ±1000 is its usual range."""
        x, y, width, height = area
        value = fractal(
            self._keys[name], x, y, width, height, shift=shift, octaves=octaves, step=step
        )
        return np.asarray(value * 5 >> 7)

    def elevation(
        self, x: int, y: int, width: int, height: int, step: int = 1
    ) -> NDArray[np.int32]:
        """Height above the sea in thousandths, int32 [height, width]: broad land, then ridges."""
        area = (x, y, width, height)
        broad = self._noise("continent", area, 10, 2, step)
        rough = self._noise("elevation", area, 8, 6, step)
        # Folded noise makes chains of mountains rather than single hills; only well inland.
        ridge = 200 - np.abs(self._noise("ridge", area, 8, 4, step))
        inland = np.clip(broad + 60, 0, 280)
        return np.asarray(
            broad * 6 // 10 + rough * 5 // 10 + np.maximum(ridge, 0) * inland // 260 + 110
        )

    def region(self, x: int, y: int, width: int, height: int, step: int = 1) -> LandFields:
        """All fields of the region, sampled every `step` tiles."""
        area = (x, y, width, height)
        elevation = self.elevation(x, y, width, height, step)
        temperature = self._noise("temperature", area, 9, 5, step) * 13 // 10 + 60
        temperature -= np.maximum(elevation - 250, 0) // 3
        moisture = self._noise("moisture", area, 8, 5, step) * 13 // 10
        fine = self._noise("fine", area, 5, 4, min(step, 8))
        kinds = biomes.classify(elevation, temperature, moisture)
        return LandFields(
            elevation=elevation,
            temperature=temperature,
            moisture=moisture,
            biome=kinds,
            terrain=biomes.ground(kinds, fine),
        )
