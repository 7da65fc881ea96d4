"""Biomes as data: which land is what, from its height, warmth and wetness."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.colours import COLOURS
from aigc_procgen.core.errors import InvalidArgument, check_choice, check_int
from aigc_procgen.core.files import read_table

from .terrain import TERRAIN_INDEX, TERRAINS

__all__ = [
    "FREEZING",
    "PROP_KINDS",
    "Biome",
    "biome_names",
    "biomes",
    "classify",
    "ground",
    "growth",
    "read_biomes",
]

FREEZING = -450  # the temperature below which water is ice
PROP_KINDS = ("tree", "bush", "gem")  # what grows or lies on wild land
_ANY = (-9999, 9999)
_MOST = 9999  # thousandths: what fields reach at most, and more
_RANGES = ("elevation", "temperature", "moisture")


@dataclass(frozen=True, kw_only=True)
class Biome:
    """One row of biomes.json."""

    name: str
    ranges: tuple[tuple[int, int], ...]  # of elevation, temperature, moisture; [low, high)
    ground: int  # index into TERRAINS
    patches: tuple[tuple[int, int], ...]  # (terrain, lowest fine noise)
    props: tuple[tuple[str, int], ...]  # (kind, chances in ten thousand)
    leaves: tuple[str, ...]  # colours of trees and bushes, as often as each is named
    habitable: bool


def _range(row: dict[str, Any], name: str) -> tuple[int, int]:
    low, high = row.get(name, _ANY)
    if not (isinstance(low, int) and isinstance(high, int) and low < high):
        raise ValueError(f"{name} {[low, high]}, which must be two rising whole numbers")
    return low, high


def _read(row: Any) -> Biome:
    try:
        props = tuple(sorted(row.get("props", {}).items()))
        for kind, chances in props:
            most = 2000 if kind == "tree" else 10000
            check_int(kind, chances, 0, most)
            if kind not in PROP_KINDS:
                raise ValueError(f"{kind!r}, which is none of {', '.join(PROP_KINDS)}")
        leaves = tuple(row.get("leaves", ("green",)))
        if not leaves:
            raise ValueError("leaves [], which must name at least one colour")
        for colour in leaves:
            check_choice("leaves", colour, COLOURS)
        return Biome(
            name=row["name"],
            ranges=tuple(_range(row, name) for name in _RANGES),
            ground=TERRAIN_INDEX[row["ground"]],
            patches=tuple((TERRAIN_INDEX[name], int(low)) for name, low in row.get("patches", ())),
            props=props,
            leaves=leaves,
            habitable=bool(row.get("habitable", True)),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        name = row.get("name", row) if isinstance(row, dict) else row
        raise InvalidArgument(f"biomes.json: the biome {name!r} is wrong at {error}") from None


def read_biomes(table: Any) -> tuple[tuple[Biome, ...], NDArray[np.int32]]:
    """Biomes and growth by terrain from the JSON table; `InvalidArgument` says what is wrong."""
    try:
        rows = tuple(_read(row) for row in table["biomes"])
        grown = dict(table["growth"])
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidArgument(f"biomes.json must have biomes and growth: {error}") from None
    if not rows or rows[-1].ranges != (_ANY,) * len(_RANGES):
        raise InvalidArgument("biomes.json: the last biome must match all land, without ranges")
    if len({row.name for row in rows}) < len(rows):
        raise InvalidArgument("biomes.json: two biomes have the same name")
    if unknown := sorted(set(grown) - set(TERRAINS)):
        raise InvalidArgument(f"biomes.json: growth names {unknown[0]!r}, which is no terrain")
    return rows, np.array([grown.get(name, 0) for name in TERRAINS], np.int32)


@cache
def _loaded() -> tuple[tuple[Biome, ...], NDArray[np.int32]]:
    return read_biomes(read_table(__package__, "biomes.json"))


def biomes() -> tuple[Biome, ...]:
    """The biomes, in the order in which the first that matches wins."""
    return _loaded()[0]


def growth() -> NDArray[np.int32]:
    """How much of a biome's plants grows on each ground, in hundredths, int32 by terrain."""
    return _loaded()[1]


def biome_names() -> tuple[str, ...]:
    """The names that a chunk's `biome` array indexes."""
    return tuple(biome.name for biome in biomes())


def classify(
    elevation: NDArray[np.int32], temperature: NDArray[np.int32], moisture: NDArray[np.int32]
) -> NDArray[np.uint8]:
    """The biome's index for every tile, uint8, from three fields of one shape in thousandths."""
    tables, cube = _classes()
    index = tables[0].take(elevation + _MOST, mode="clip")
    index += tables[1].take(temperature + _MOST, mode="clip")
    index += tables[2].take(moisture + _MOST, mode="clip")
    return cube.take(index)


@cache
def _classes() -> tuple[tuple[NDArray[np.intp], ...], NDArray[np.uint8]]:
    """For each field where its value's class lies in a cube, and the biome of every class: between
    two numbers that a range of any biome begins or ends with, all values are of one class.
    """
    edges = [
        sorted({end for biome in biomes() for end in biome.ranges[field]} - set(_ANY))
        for field in range(len(_RANGES))
    ]
    sizes = [len(ends) + 1 for ends in edges]
    steps = (sizes[1] * sizes[2], sizes[2], 1)
    values = np.arange(-_MOST, _MOST + 1)
    tables = tuple(
        np.searchsorted(np.array(ends, np.int64), values, side="right") * step
        for ends, step in zip(edges, steps, strict=True)
    )
    # A value of each class: its lowest.
    lowest = np.meshgrid(*(np.array([_ANY[0], *ends]) for ends in edges), indexing="ij")
    cube = np.zeros(sizes, np.uint8)
    left = np.ones(sizes, bool)
    for index, biome in enumerate(biomes()):
        match = left.copy()
        for field, (low, high) in zip(lowest, biome.ranges, strict=True):
            match &= (field >= low) & (field < high)
        cube[match] = index
        left &= ~match
    return tables, cube


def ground(biome: NDArray[np.uint8], fine: NDArray[np.int32]) -> NDArray[np.uint8]:
    """The terrain for every tile, uint8, from its biome and the fine noise of the patches."""
    table = np.array([row.ground for row in biomes()], np.uint8)
    out = table[biome]
    for index in np.flatnonzero(np.bincount(biome.ravel())).tolist():
        here = biome == index
        for terrain, low in biomes()[index].patches:
            out[here & (fine > low)] = terrain
    return out
