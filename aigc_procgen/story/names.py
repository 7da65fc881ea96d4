"""Names of people and places in the sounds of invented cultures (`tables/cultures.json`)."""

from __future__ import annotations

from functools import cache
from typing import Any

from ..core.errors import check_choice
from ..core.random import Seed, Stream, stream
from .tables import load_table, require, weights_of

__all__ = ["culture_of", "cultures", "person_name", "place_name"]

SEXES = ("female", "male")
_VOWELS = "aeiouy"
_REGION = 4
"""Cells of places on a side that share a culture."""


@cache
def cultures() -> tuple[str, ...]:
    """The names of all cultures, sorted."""
    table: dict[str, dict[str, Any]] = load_table("cultures")["cultures"]
    for name, culture in table.items():
        for part in ("onset", "vowel", "bridge", *SEXES):
            parts = culture.get(part)
            require(
                isinstance(parts, list)
                and bool(parts)
                and all(isinstance(text, str) and text.isalpha() for text in parts),
                "cultures",
                f"{name}.{part} must be a list of texts of letters",
            )
        weights_of("cultures", f"{name}.links", culture.get("links"))
        weights_of("cultures", f"{name}.species", culture.get("species"))
    return tuple(sorted(table))


def culture_of(seed: Seed, place_id: str) -> str:
    """The culture of a place; ids `kind:X:Y` share it with the other cells of their region."""
    parts = place_id.split(":")
    if len(parts) >= 3 and all(part.removeprefix("-").isdecimal() for part in parts[1:3]):
        region: tuple[str | int, ...] = tuple(int(part) // _REGION for part in parts[1:3])
    else:
        region = (place_id,)
    return stream(seed, "culture", *region).choice(cultures())


def person_name(seed: Seed, person_id: str, culture: str, sex: str = "female") -> str:
    """A given name in the sounds of the culture; the same for the same seed and id.

    Raises `InvalidArgument` for an unknown culture or sex.

    >>> person_name(1, "npc:1", "aldren") == person_name(1, "npc:1", "aldren")
    True
    """
    check_choice("culture", culture, cultures())
    check_choice("sex", sex, SEXES)
    return _spoken(stream(seed, "person name", person_id, culture, sex), culture, sex)


def place_name(seed: Seed, place_id: str, kind: str) -> str:
    """The name of a place of this kind; kinds that the table does not know are named as villages.

    >>> place_name(1, "town:0:0", "town") == place_name(1, "town:0:0", "town")
    True
    """
    table = load_table("place_names")
    dice = stream(seed, "place name", place_id)
    weights = table["patterns"].get(kind, table["patterns"]["village"])
    weights = weights_of("place_names", f"patterns.{kind}", weights)
    culture = culture_of(seed, place_id)
    while True:
        pattern = dice.weighted(tuple(weights), tuple(weights.values()))
        words = {
            part: dice.choice(table[part]) for part in sorted(table) if f"{{{part}}}" in pattern
        }
        if "{sounds}" in pattern:
            words["sounds"] = _spoken(dice, culture, dice.choice(SEXES))
        name = str(pattern.format(**words))
        if name not in table["doubtful"] and not _stumbles(name):
            return name


def _spoken(dice: Stream, culture: str, sex: str) -> str:
    refused: list[str] = load_table("cultures")["refused"]
    while True:
        name = _sounds(dice, load_table("cultures")["cultures"][culture], sex)
        if 3 <= len(name) <= 10 and not _stumbles(name) and not any(r in name for r in refused):
            return name.capitalize()


def _sounds(dice: Stream, sounds: dict[str, Any], sex: str) -> str:
    onset: str = dice.choice(sounds["onset"])
    vowel: str = dice.choice(sounds["vowel"])
    # An onset that ends in a vowel is a syllable already.
    name = onset if onset[-1] in _VOWELS else onset + vowel
    links = sounds["links"]
    for _ in range(int(dice.weighted(tuple(links), tuple(links.values())))):
        name += dice.choice(sounds["bridge"]) + dice.choice(sounds["vowel"])
    return str(name + dice.choice(sounds[sex]))


def _stumbles(name: str) -> bool:
    """Three of a letter, or the same two-letter sound twice in a row, cannot be said well."""
    low = name.lower()
    return any(
        low[i] == low[i + 1] == low[i + 2] or low[i : i + 2] == low[i + 2 : i + 4]
        for i in range(len(low) - 2)
    )
