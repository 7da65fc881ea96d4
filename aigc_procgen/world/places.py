"""Places: where towns, farms, ruins and the like lie, found from the land alone.

The plane is cut into cells of 96 tiles; a cell holds at most one place, whose whole footprint
lies inside it. Sixteen cells make a district, which is decided at once: one town, some villages,
and wilder places in the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.errors import InvalidArgument, check_int
from aigc_procgen.core.files import read_table
from aigc_procgen.core.random import Seed, Stream, stream
from aigc_procgen.core.records import Record

from .biomes import biomes
from .fields import Fields, LandFields
from .shape import ENDLESS, Shape
from .shores import UNIT
from .terrain import TERRAIN_INDEX, TERRAINS, WALKABLE

__all__ = [
    "CELL",
    "CELLS",
    "DISTRICT",
    "INNER",
    "PLACE_KINDS",
    "SETTLED",
    "STEP",
    "District",
    "Namer",
    "Place",
    "PlaceRule",
    "PlaceRules",
    "make_district",
    "place_rules",
    "read_places",
]

PLACE_KINDS = ("town", "village", "farm", "shrine", "camp", "ruin", "mine", "cave")
CELL = 96  # tiles; every footprint (radius up to 22) fits its cell whatever the jitter
CELLS = 4  # cells a district, in each direction
DISTRICT = CELL * CELLS  # tiles
STEP = 8  # tiles between the samples that sites and roads are chosen by
_SAMPLES = CELL // STEP
_JITTER = slice(3, 9)  # samples of a cell where its place may lie: 24 tiles from the rim
INNER = (_JITTER.start * STEP, _JITTER.stop * STEP - 1)  # tiles of a cell where its place may lie

SETTLED = ("town", "village")
_BROOK = 2 * UNIT
_BESIDE = 13 * UNIT  # a plaza's middle to the water's edge, as people like it

T = TypeVar("T", bound=np.generic)
Namer = Callable[[Seed, str, str], str]


@dataclass(frozen=True, kw_only=True)
class Place(Record):
    """A place: its id is "kind:cell x:cell y", (x, y) its centre in tiles, which is walkable.

    `radius` in tiles: the footprint is the square of tiles at most that far from the centre.
    """

    id: str
    kind: str
    name: str
    x: int
    y: int
    radius: int


@dataclass(frozen=True, kw_only=True)
class PlaceRule:
    """What places.json says of one kind."""

    radius: int
    land: int  # thousandths
    weight: int
    biomes: tuple[int, ...]  # indexes, sorted
    rock: int


@dataclass(frozen=True, kw_only=True)
class PlaceRules:
    """What places.json says."""

    kinds: MappingProxyType[str, PlaceRule]
    villages: int
    empty: int
    roads: tuple[int, ...]  # cost by terrain


def read_places(data: Any) -> PlaceRules:
    """The rules from the JSON table; `InvalidArgument` says what is wrong."""
    names = [biome.name for biome in biomes()]
    habitable = [biome.name for biome in biomes() if biome.habitable]
    largest = _JITTER.start * STEP - 2  # a footprint stays inside its cell
    try:
        kinds = {
            kind: PlaceRule(
                radius=check_int(f"radius of {kind}", row["radius"], 4, largest),
                land=check_int(f"land of {kind}", row["land"], 0, 1000),
                weight=check_int(f"weight of {kind}", row.get("weight", 0), 0, 1000),
                biomes=tuple(sorted(names.index(name) for name in row.get("biomes", habitable))),
                rock=check_int(f"rock of {kind}", row.get("rock", 0), 0, _SAMPLES**2),
            )
            for kind, row in data["kinds"].items()
        }
        if tuple(kinds) != PLACE_KINDS:
            raise ValueError(f"the kinds must be {', '.join(PLACE_KINDS)}")
        if unknown := sorted(set(data["roads"]) - set(TERRAINS)):
            raise ValueError(f"{unknown[0]!r} is no terrain")
        return PlaceRules(
            kinds=MappingProxyType(kinds),
            villages=check_int("villages", data["villages"], 0, CELLS**2),
            empty=check_int("empty", data["empty"], 0, 100),
            roads=tuple(
                check_int(f"roads of {name}", data["roads"].get(name, 10), 10, 1000)
                for name in TERRAINS
            ),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise InvalidArgument(f"places.json: {error}") from None


@cache
def place_rules() -> PlaceRules:
    """The rules of places.json, checked."""
    return read_places(read_table(__package__, "places.json"))


@dataclass(frozen=True, kw_only=True)
class District:
    """Sixteen cells: the land sampled every 8 tiles, and the places by cell."""

    terrain: NDArray[np.uint8]  # [48, 48]
    elevation: NDArray[np.int32]  # [48, 48]
    places: MappingProxyType[tuple[int, int], Place]  # without names


def make_district(seed: Seed, fields: Fields, dx: int, dy: int, shape: Shape = ENDLESS) -> District:
    """The district (dx, dy), whose first tile is (384 * dx, 384 * dy).

    Its places have no names yet: most are only passed by, and a name takes longer than a site.
    """
    count = DISTRICT // STEP
    land = fields.region(dx * DISTRICT, dy * DISTRICT, count, count, STEP)
    places: dict[tuple[int, int], Place] = {}
    for (column, row), kind, (x, y) in _sites(seed, land, *shape.home(dx, dy, DISTRICT)):
        cell = (dx * CELLS + column, dy * CELLS + row)
        home = shape.home(*cell, CELL)
        name = f"{kind}:{home[0]}:{home[1]}"
        places[cell] = Place(
            id=name,
            kind=kind,
            name="",
            x=dx * DISTRICT + x,
            y=dy * DISTRICT + y,
            radius=place_rules().kinds[kind].radius,
        )
    return District(
        terrain=land.terrain,
        elevation=land.elevation,
        places=MappingProxyType(dict(sorted(places.items()))),
    )


def _sites(
    seed: Seed, land: LandFields, dx: int, dy: int
) -> list[tuple[tuple[int, int], str, tuple[int, int]]]:
    """Cell, kind and tile inside the district of every place."""
    rules = place_rules()
    biome, terrain = land.biome, land.terrain
    habitable = np.array([row.habitable for row in biomes()])
    wet = np.isin(terrain, [TERRAIN_INDEX["shallow_water"], TERRAIN_INDEX["ice"]])
    # A brook runs unseen between two samples; nothing is built on it.
    wet |= land.shore < _BROOK
    good = habitable[biome] & WALKABLE[terrain] & ~wet
    rock = terrain == TERRAIN_INDEX["mountain"]
    suits = {kind: _suits(kind, good, land) for kind in PLACE_KINDS}
    dice = stream(seed, "district", dx, dy)
    left = dice.shuffled([(column, row) for row in range(CELLS) for column in range(CELLS)])
    found: list[tuple[tuple[int, int], str, tuple[int, int]]] = []
    for kind, wanted in (("town", 1), ("village", rules.villages)):
        sites = [
            (cell, site) for cell in left if (site := _site(dice, kind, cell, suits[kind], land))
        ]
        if kind == "town":  # the one that lies best, of all its district
            sites.sort(key=lambda item: item[1][0])
        for cell, (_, tile) in sites[:wanted]:
            found.append((cell, kind, tile))
            left.remove(cell)
    wild = [kind for kind in PLACE_KINDS if rules.kinds[kind].weight]
    for cell in left:
        if dice.chance(rules.empty, 100):
            continue
        near = int(_square(rock, cell).sum())
        options = {}
        for kind in wild:
            if near < rules.kinds[kind].rock:
                continue
            if site := _site(dice, kind, cell, suits[kind], land):
                options[kind] = site[1]
        if options:
            kinds = list(options)
            kind = dice.weighted(kinds, [rules.kinds[name].weight for name in kinds])
            found.append((cell, kind, options[kind]))
    return found


def _square(field: NDArray[T], cell: tuple[int, int]) -> NDArray[T]:
    column, row = cell[0] * _SAMPLES, cell[1] * _SAMPLES
    return field[row : row + _SAMPLES, column : column + _SAMPLES]


def _suits(kind: str, good: NDArray[np.bool_], land: LandFields) -> NDArray[np.bool_]:
    """Samples of the district around which the land suits the kind, bool [48, 48]."""
    rule = place_rules().kinds[kind]
    reach = (rule.radius + STEP // 2) // STEP
    side = 2 * reach + 1
    # Sums over squares from an integral image (Crow 1984); cells' rims are never asked for.
    sums = np.zeros((len(good) + 1, len(good) + 1), np.int32)
    sums[1:, 1:] = good.astype(np.int32).cumsum(0).cumsum(1)
    inside = sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]
    lived_in = np.zeros(len(biomes()), np.bool_)
    lived_in[list(rule.biomes)] = True
    suits = np.zeros_like(good)
    suits[reach:-reach, reach:-reach] = inside * 1000 >= rule.land * side * side
    return np.asarray(suits & good & lived_in[land.biome])


def _site(
    dice: Stream,
    kind: str,
    cell: tuple[int, int],
    suits: NDArray[np.bool_],
    land: LandFields,
) -> tuple[int, tuple[int, int]] | None:
    """A tile of the district in the cell that suits the kind, after how much nearer to fresh
    water, or farther, it might better lie; or None.
    """
    rows, columns = np.nonzero(_square(suits, cell)[_JITTER, _JITTER])
    if not len(rows):
        return None
    shore = _square(land.shore, cell)[_JITTER, _JITTER][rows, columns]
    far = np.abs(shore - _BESIDE)
    if kind in SETTLED:
        # People settle by fresh water: of all sites the third nearest to it remains.
        order = np.argsort(far, kind="stable")[: -(-len(far) // 3)]
        rows, columns, far = rows[order], columns[order], far[order]
    pick = dice.below(len(rows))
    x = (cell[0] * _SAMPLES + _JITTER.start + int(columns[pick])) * STEP
    y = (cell[1] * _SAMPLES + _JITTER.start + int(rows[pick])) * STEP
    return int(far[pick]), (x + dice.below(STEP), y + dice.below(STEP))
