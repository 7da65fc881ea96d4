"""The fields that land is made of: height, warmth and wetness in thousandths, for any region."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.random import Seed, key

from . import biomes
from .noise import Layer, fractals
from .rivers import Rivers
from .shape import ENDLESS, Shape
from .shores import FAR, UNIT, VALLEY, Shores
from .terrain import TERRAIN_INDEX
from .winds import Winds, rain_between

__all__ = ["Fields", "LandFields"]

# Shift and octaves of the noise of each.
_NOISE = {
    "continent": (11, 3),
    "hills": (8, 6),
    "ridge": (9, 5),
    "temperature": (10, 5),
    "moisture": (9, 4),
    "patch": (5, 1),
    "fray": (4, 2),
}
_HEIGHT = ("continent", "hills", "ridge")
_WEATHER = ("temperature", "moisture", "patch", "fray")
_START = 900  # tiles around the origin over which land is lifted, so that a world starts on land
_YEAR = 16384  # tiles from the coldest latitude over the warmest to the next
_DEEP = -9 * UNIT  # about so far inside its edge a lake is too deep to wade
_LENT = 70  # thousandths of wetness: about what mountains take from the land in the mean
_COAST = 60  # height from which on borders of biomes along a height are frayed, and nothing is sea
_LOW = 12  # thousandths by which water lies below the broad height of the land around


@dataclass(frozen=True, kw_only=True)
class LandFields:
    """Wild land of one region, all [height, width]: int32 in thousandths, biome and terrain uint8.

    Elevation 0 is the sea's edge; temperature and moisture are about -1000 to 1000; `patch` is
    the fine noise that mottles biomes; `shore` is how far the nearest river or lake is, in
    sixteenths of a tile: below 0 in the water, at most `shores.FAR`.
    """

    elevation: NDArray[np.int32]
    temperature: NDArray[np.int32]
    moisture: NDArray[np.int32]
    patch: NDArray[np.int32]
    shore: NDArray[np.int32]
    biome: NDArray[np.uint8]
    terrain: NDArray[np.uint8]


class _Area(NamedTuple):
    """Samples every `step` tiles from tile (x, y) on; `exact` as for `noise.fractals`."""

    x: int
    y: int
    width: int
    height: int
    step: int
    exact: bool


class Fields:
    """Makes the fields of a seed for any region; the region asked never changes a tile's value."""

    def __init__(self, seed: Seed, shape: Shape = ENDLESS) -> None:
        self._shape = shape
        self._keys = {name: key(seed, "field", name) for name in _NOISE}
        self._year = _year(shape.period)
        self.rivers = Rivers(seed, self._broad, shape.period)
        self._winds = Winds(self._broad_height, self._west)

    def region(
        self, x: int, y: int, width: int, height: int, step: int = 1, *, exact: bool = True
    ) -> LandFields:
        """Wild land sampled every `step` tiles; `exact` as for `noise.fractals`.

        With more than 32 tiles a sample rivers are left out: they are thinner than that.
        """
        area = _Area(x, y, width, height, step, exact)
        noise = self._noise(area, *(_NOISE if self._shape.height is None else _WEATHER))
        raw = self._height(area, noise)
        shores = self.rivers.shores(x, y, width, height, step)
        elevation = _with_valleys(raw, shores)
        temperature = noise["temperature"] * 4 // 10
        temperature += _latitude(_sun(y, height, step, self._year))[:, None] + 60
        temperature -= np.maximum(elevation - 250, 0) // 2
        # More of the fine octaves than halving would leave: the first one's lattice does not show.
        patch = noise["patch"] + noise["fray"] * 6 // 10
        moisture = _wetness(noise) + self._winds.rain(x, y, width, height, step)
        moisture += np.clip(FAR - 2 * shores.far, 0, FAR) * 160 // FAR  # green banks
        temperature += patch // 10  # frays the biomes' borders
        moisture -= patch // 8
        frayed = np.maximum(elevation + noise["fray"] // 14, _COAST)
        heights = np.where(elevation > _COAST, frayed, elevation)
        kinds = biomes.classify(heights, temperature, moisture)
        terrain = biomes.ground(kinds, patch)
        _lay_water(terrain, raw >= 0, shores.far, temperature, patch)
        return LandFields(
            elevation=elevation,
            temperature=temperature,
            moisture=moisture,
            patch=patch,
            shore=shores.far,
            biome=kinds,
            terrain=terrain,
        )

    def _noise(self, area: _Area, *names: str) -> dict[str, NDArray[np.int32]]:
        """The noise of these names, about ±1000."""
        x, y, width, height, step, exact = area
        period = self._shape.period
        longest = 64
        if period:  # the longest wave goes a whole number of times round
            sides = period[0] | period[1]
            longest = (sides & -sides).bit_length() - 1
        layers = [
            Layer(self._keys[name], min(_NOISE[name][0], longest), _NOISE[name][1])
            for name in names
        ]
        values = fractals(layers, x, y, width, height, step=step, exact=exact, period=period)
        values *= 5  # about ±1000 is then its usual range
        values >>= 7
        return dict(zip(names, values, strict=True))

    def _height(
        self, area: _Area, noise: dict[str, NDArray[np.int32]] | None = None
    ) -> NDArray[np.int32]:
        """The land's height without rivers; `noise` is that of `_HEIGHT`, made here if needed."""
        place, shape = area[:5], self._shape
        if shape.height is None:
            raw = self._wild_height(area, noise or self._noise(area, *_HEIGHT))
        else:
            raw = shape.own(*place)
        if shape.size is None or shape.wrap:
            return raw
        return (raw - shape.sunk(*place)).astype(np.int32)

    def _wild_height(self, area: _Area, noise: dict[str, NDArray[np.int32]]) -> NDArray[np.int32]:
        broad = noise["continent"]
        # Folded noise makes chains of mountains rather than single hills; only well inland.
        ridge = np.maximum(130 - np.abs(noise["ridge"]), 0)
        raw = broad * 5 // 10 + noise["hills"] * 3 // 10 + 90
        raw += ridge * np.clip(broad + 120, 0, 300) // 90
        across, around = self._shape.period or (0, 0)
        down = _near_start(area.y, area.height, area.step, around)[:, None]
        raw += down * _near_start(area.x, area.width, area.step, across) // 4000
        return raw

    def _broad(
        self, x: int, y: int, width: int, height: int, step: int
    ) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Height and rain for the drainage: what is finer than its lattice is left out."""
        area = _Area(x, y, width, height, step, exact=False)
        names = ("moisture",) if self._shape.height else (*_HEIGHT, "moisture")
        noise = self._noise(area, *names)
        land = self._height(area, noise)
        wetness = _wetness(noise) + rain_between(land, self._west(y, height, step), step)
        return land, np.clip(wetness + 480, 60, 1400) // 60

    def _west(self, first: int, count: int, step: int) -> NDArray[np.int32]:
        """How much of a row's wind comes from the west, of 256: all in middle latitudes; [count].

        In warm ones and in cold ones it comes from the east; between them it turns slowly.
        """
        sun = _sun(first, count, step, self._year)
        return np.minimum(np.clip(2 * (sun - 160), 0, 256), np.clip(2 * (864 - sun), 0, 256))

    def _broad_height(
        self, x: int, y: int, width: int, height: int, step: int
    ) -> NDArray[np.int32]:
        return self._height(_Area(x, y, width, height, step, exact=False))


def _wetness(noise: dict[str, NDArray[np.int32]]) -> NDArray[np.int32]:
    """The wetness of samples without wind and rivers."""
    return noise["moisture"] * 13 // 10 + _LENT


def _with_valleys(raw: NDArray[np.int32], shores: Shores) -> NDArray[np.int32]:
    """The height with rivers: land falls to their water; what is under the sea stays there."""
    if int(shores.far.min()) >= VALLEY * UNIT:
        return raw
    level = shores.level - _LOW
    part = np.clip(shores.far, 0, VALLEY * UNIT)
    part = part * part // (VALLEY * UNIT)  # valleys are round below
    carved = level + (raw - level) * part // (VALLEY * UNIT)
    keep = (shores.far >= VALLEY * UNIT) | ((raw <= 0) & (raw <= carved))
    return np.where(keep, raw, carved)


def _lay_water(
    terrain: NDArray[np.uint8],
    dry: NDArray[np.bool_],
    far: NDArray[np.int32],
    temperature: NDArray[np.int32],
    patch: NDArray[np.int32],
) -> None:
    """Puts rivers and lakes with their banks into the terrain."""
    if int(far.min()) >= FAR:
        return
    frozen = temperature < biomes.FREEZING
    bank = dry & (far >= 0) & (far * 12 < 20 * UNIT + patch * UNIT // 8)
    terrain[bank] = np.where(frozen, TERRAIN_INDEX["gravel"], TERRAIN_INDEX["sand"])[bank]
    water = dry & (far < 0)
    terrain[water] = np.where(frozen, TERRAIN_INDEX["ice"], TERRAIN_INDEX["shallow_water"])[water]
    terrain[water & ~frozen & (far < _DEEP + patch // 12)] = TERRAIN_INDEX["deep_water"]


def _year(period: tuple[int, int] | None) -> int:
    """Tiles from the coldest latitude over the warmest to the next: a world that comes round has
    whole years.
    """
    if period is None:
        return _YEAR
    count = max((period[1] + _YEAR // 2) // _YEAR, 1)
    while period[1] % count:
        count -= 1
    return period[1] // count


def _sun(first: int, count: int, step: int, year: int) -> NDArray[np.int32]:
    """Where rows lie between the coldest latitude, 0, and the warmest, 1024; int32 [count]."""
    place = (first + step * np.arange(count, dtype=np.int64) + year // 4) % year
    wave = np.abs(place - year // 2)  # a triangle
    return ((year // 2 - wave) * 2048 // year).astype(np.int32)


def _latitude(sun: NDArray[np.int32]) -> NDArray[np.int32]:
    """Warmth of rows: 0 at the origin, warmer to the south, and a wave on; int32 [count]."""
    smooth = sun * sun // 1024 * (3 * 1024 - 2 * sun) // 1024
    return (smooth - 512) * 1100 // 1024


def _near_start(first: int, count: int, step: int, period: int) -> NDArray[np.int32]:
    """1000 at the origin of an axis, falling to 0 at the rim of the start, int32 [count].

    With a `period` above 0 the start comes round again.
    """
    place = first + step * np.arange(count, dtype=np.int64)
    if period:
        place = (place + period // 2) % period - period // 2
    far = np.clip(place, -_START, _START)
    return ((_START**2 - far**2) * 1000 // _START**2).astype(np.int32)
