"""The tables of Ninja Adventure, checked when they are loaded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .errors import DataError
from .tables import load_table

__all__ = ["character_table", "check_characters", "check_entries", "sprite_table", "tile_table"]

_FOLDER = "ninja_tables"
_CHANGES = {"ramp", "gain", "lift", "hue", "saturation"}
_TILE_WORDS = {"cells", "weight", "derived", "mirror", *_CHANGES}
_SPRITE_WORDS = {"file", "boxes", "hues", "ramps", "half", "opaque_shadow", "veiled"}


def tile_table() -> dict[str, Any]:
    """`ninja_tables/tiles.json`; `DataError` if an entry is not as it says itself."""
    table = load_table("tiles", _FOLDER)
    check_entries(table["materials"], "cells", 2, _TILE_WORDS)
    return table


def sprite_table() -> dict[str, Any]:
    """`ninja_tables/sprites.json`; `DataError` if an entry is not as it says itself."""
    table = load_table("sprites", _FOLDER)
    check_entries(table["categories"], "boxes", 4, _SPRITE_WORDS)
    for word in ("standing", "flip"):
        if unknown := sorted(set(table[word]) - set(table["categories"])):
            raise DataError(f"sprites.json: {word} names {unknown[0]!r}, which is no category")
    return table


def character_table() -> dict[str, Any]:
    """`ninja_tables/characters.json`; `DataError` if a figure wears what no attribute knows."""
    table = load_table("characters", _FOLDER)
    check_characters(table)
    return table


def check_entries(table: Mapping[str, Any], word: str, numbers: int, known: set[str]) -> None:
    """Raises `DataError` unless each name has entries of known words, and `word`, where it is
    there, is a list of lists of so many numbers from 0 on.
    """
    for name, entries in table.items():
        if not isinstance(entries, list) or not entries:
            raise DataError(f"{name}: give it a list of entries, not {entries!r}")
        for entry in entries:
            if unknown := sorted(set(entry) - known):
                raise DataError(f"{name}: {unknown[0]!r} is no word of the table")
            boxes = entry.get(word, [[0] * numbers])
            right = isinstance(boxes, list) and boxes
            for box in boxes if right else [None]:
                if not (
                    isinstance(box, list)
                    and len(box) == numbers
                    and all(isinstance(value, int | float) and value >= 0 for value in box)
                ):
                    raise DataError(f"{name}: {word} must be lists of {numbers} numbers, not {box}")
            if word not in entry and "file" not in entry:
                raise DataError(f"{name}: an entry needs {word} or a file")


def check_characters(table: Mapping[str, Any]) -> None:
    """Raises `DataError` if a direction has no step or a figure wears what no attribute knows."""
    attributes = table["attributes"]
    if lacking := sorted(set(table["directions"]) - set(table["steps"])):
        raise DataError(f"characters.json: steps lacks the direction {lacking[0]!r}")
    for name, wears in table["figures"].items():
        if lacking := [
            word for word in ("headgear", "hair", "armour", "colour") if word not in wears
        ]:
            raise DataError(f"characters.json: figure {name} lacks {lacking[0]!r}")
        for word, value in wears.items():
            if value not in attributes.get(word, ()):
                raise DataError(f"characters.json: figure {name} wears {word} = {value!r}, unknown")
