"""Biomes as data: which land is what, from its height, warmth and wetness."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.errors import InvalidArgument

from .terrain import TERRAIN_INDEX, TERRAINS

__all__ = ["FREEZING", "PROP_KINDS", "Biome", "biome_names", "biomes", "classify", "ground", "growth"]

FREEZING = -450  # the temperature below which water is ice
PROP_KINDS = ("tree", "bush", "gem")  # what grows or lies on wild land
_RANGES = ("elevation", "temperature", "moisture")


@dataclass(frozen=True, kw_only=True)
class Biome:
    """One row of biomes.json."""

    name: str
    ranges: tuple[tuple[int, int], ...]  # of elevation, temperature, moisture; [low, high)
    ground: int  # index into TERRAINS
    patches: tuple[tuple[int, int], ...]  # (terrain, lowest fine noise)
    props: tuple[tuple[str, int], ...]  # (kind, chances in ten thousand)
    habitable: bool


def _read(row: dict[str, Any]) -> Biome:
    try:
        props = tuple(sorted(row.get("props", {}).items()))
        if unknown := [kind for kind, _ in props if kind not in PROP_KINDS]:
            raise KeyError(unknown[0])
        return Biome(
            name=row["name"],
            ranges=tuple(tuple(row.get(name, (-9999, 9999))) for name in _RANGES),
            ground=TERRAIN_INDEX[row["ground"]],
            patches=tuple((TERRAIN_INDEX[name], low) for name, low in row.get("patches", ())),
            props=props,
            habitable=row.get("habitable", True),
        )
    except (KeyError, TypeError, ValueError) as error:
        name = row.get("name", row) if isinstance(row, dict) else row
        raise InvalidArgument(f"biomes.json: the biome {name!r} is wrong at {error}") from None


@cache
def _table() -> dict[str, Any]:
    text = (files(__package__) / "biomes.json").read_text(encoding="utf-8")
    table: dict[str, Any] = json.loads(text)
    return table


@cache
def biomes() -> tuple[Biome, ...]:
    """The biomes, in the order in which the first that matches wins."""
    rows = tuple(_read(row) for row in _table()["biomes"])
    if not rows or rows[-1].ranges != ((-9999, 9999),) * 3:
        raise InvalidArgument("biomes.json: the last biome must match all land, without ranges")
    return rows


def biome_names() -> tuple[str, ...]:
    """The names that a chunk's `biome` array indexes."""
    return tuple(biome.name for biome in biomes())


@cache
def growth() -> NDArray[np.int32]:
    """How much of a biome's plants grows on each ground, in hundredths, int32 by terrain."""
    rows = _table()["growth"]
    if unknown := sorted(set(rows) - set(TERRAINS)):
        raise InvalidArgument(f"biomes.json: growth names {unknown[0]!r}, which is no terrain")
    return np.array([rows.get(name, 0) for name in TERRAINS], np.int32)


def classify(
    elevation: NDArray[np.int32], temperature: NDArray[np.int32], moisture: NDArray[np.int32]
) -> NDArray[np.uint8]:
    """The biome's index for every tile, uint8, from three fields of one shape in thousandths."""
    out = np.zeros(elevation.shape, np.uint8)
    left = np.ones(elevation.shape, bool)
    for index, biome in enumerate(biomes()):
        match = left
        for field, (low, high) in zip(
            (elevation, temperature, moisture), biome.ranges, strict=True
        ):
            if (low, high) != (-9999, 9999):
                match = match & (field >= low) & (field < high)
        out[match] = index
        left = left & ~match
    return out


def ground(biome: NDArray[np.uint8], fine: NDArray[np.int32]) -> NDArray[np.uint8]:
    """The terrain for every tile, uint8, from its biome and the fine noise of the patches."""
    table = np.array([row.ground for row in biomes()], np.uint8)
    out = table[biome]
    for index in np.unique(biome):
        for terrain, low in biomes()[index].patches:
            out[(biome == index) & (fine > low)] = terrain
    return out
