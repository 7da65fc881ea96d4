"""Names of people, places and things by culture: spelt by the network, composed by the tables.

What is proven: places whose cells differ, in a window of 32 x 32 cells of places (3072 x 3072
tiles), have different names; people who are in places of a window of 16 x 16 cells have different
names, whatever place they live in. Anything further apart, and what has another id than those of
a `World`, is likely to differ. The proof is that of `spelling`: another cell is another slot.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from ..core.errors import check_choice, check_int
from ..core.random import Seed, Stream, check_seed, key, stream
from .joined import inn_name, joined_name, joined_of_slot
from .spelling import Slot, machine, spell
from .tables import load_table, require, weights_of

__all__ = ["NAME_KINDS", "culture_of", "cultures", "names", "person_name", "place_name"]

SEXES = ("female", "male")
NAME_KINDS = ("person", "female", "male", "family", "place", "inn", "weapon", "kingdom")
_VOWELS = "aeiouy"
_REGION = 4
"""Cells of places on a side that share a culture."""
_PLACE_SIDE = 5  # bits: a window of 32 x 32 cells
_PEOPLE_SIDE = 4  # bits: 16 x 16 cells; a neighbourhood reaches 5 cells around
_PEOPLE = 5  # bits: 32 people a place, the last an outlaw; a town has 18 at most
_PLACE_ID = re.compile(r"[^:]+:(-?\d{1,18}):(-?\d{1,18})", re.ASCII)
_PERSON_ID = re.compile(r"npc:[^:]+:(-?\d{1,18}):(-?\d{1,18}):(\d{1,2}|outlaw)", re.ASCII)
_JOINED_SLOTS = 300  # every culture has more names of places in two halves


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
        require(
            name in machine().cultures, "cultures", f"{name} must be one that names.net was taught"
        )
    return tuple(sorted(table))


def culture_of(seed: Seed, place_id: str) -> str:
    """The culture of a place; ids `kind:X:Y` share it with the other cells of their region."""
    parts = place_id.split(":")
    if len(parts) >= 3 and all(part.removeprefix("-").isdecimal() for part in parts[1:3]):
        region: tuple[str | int, ...] = tuple(int(part) // _REGION for part in parts[1:3])
    else:
        region = (place_id,)
    return stream(seed, "culture", *region).choice(cultures())


def names(
    seed: Seed, kind: str = "person", count: int = 1, *, culture: str | None = None
) -> tuple[str, ...]:
    """`count` different names of a kind, one of `NAME_KINDS`; more of a seed begin with the same.

    `culture` is one of `cultures()`, drawn for each name if it is not given. Raises
    `InvalidArgument` for an unknown kind or culture, and for a count that is not 1 to 10,000.

    >>> names(7, "place", 3, culture="marrow") == names(7, "place", 5, culture="marrow")[:3]
    True
    """
    check_seed(seed)
    check_choice("kind", kind, NAME_KINDS)
    check_int("count", count, 1, 10_000)
    if culture is not None:
        check_choice("culture", culture, cultures())
    found: dict[str, None] = {}
    turn = 0
    while len(found) < count:
        dice = stream(seed, "name", kind, culture or "", turn)
        found[_name(dice, kind, culture or dice.choice(cultures()))] = None
        turn += 1
    return tuple(found)


def _name(dice: Stream, kind: str, culture: str) -> str:
    """A name of any kind, as it is written."""
    if kind == "inn":
        sex = dice.choice(SEXES)
        return inn_name(
            dice,
            culture,
            lambda: _word(dice, culture, sex),
            lambda: _place_word(dice, culture),
        )
    if kind == "place":
        return _place_word(dice, culture).capitalize()
    if kind == "family" or (kind == "weapon" and dice.chance(1, 2)):
        return joined_name(dice, kind, culture).capitalize()
    return _word(dice, culture, dice.choice(SEXES) if kind == "person" else kind).capitalize()


def _place_word(dice: Stream, culture: str) -> str:
    """The word that a place is called by, where no slot says which."""
    if dice.chance(_JOINED_SLOTS, 1 << 2 * _PLACE_SIDE):
        return joined_name(dice, "place", culture)
    return _word(dice, culture, "place")


def person_name(seed: Seed, person_id: str, culture: str, sex: str = "female") -> str:
    """A given name in the sounds of the culture; the same for the same seed and id.

    Raises `InvalidArgument` for an unknown culture or sex.

    >>> person_name(1, "npc:1", "aldren") == person_name(1, "npc:1", "aldren")
    True
    """
    check_choice("culture", culture, cultures())
    check_choice("sex", sex, SEXES)
    dice = stream(seed, "person name", person_id, culture, sex)
    slot = None
    if found := _PERSON_ID.fullmatch(person_id):
        side = 1 << _PEOPLE_SIDE
        last = (1 << _PEOPLE) - 1
        number = last if found[3] == "outlaw" else int(found[3])
        if number < last or found[3] == "outlaw":
            place = (int(found[1]) % side * side) + int(found[2]) % side
            bits = 2 * _PEOPLE_SIDE + _PEOPLE
            index = _mixed(seed, "people slots", place << _PEOPLE | number, bits)
            slot = Slot(index=index, count=1 << bits)
    return _word(dice, culture, sex, slot).capitalize()


def place_name(seed: Seed, place_id: str, kind: str) -> str:
    """The name of a place of this kind; kinds that the table does not know are named as villages.

    >>> place_name(1, "town:0:0", "town") == place_name(1, "town:0:0", "town")
    True
    """
    table = load_table("place_names")
    dice = stream(seed, "place name", place_id)
    culture = culture_of(seed, place_id)
    if found := _PLACE_ID.fullmatch(place_id):
        side, bits = 1 << _PLACE_SIDE, 2 * _PLACE_SIDE
        cell = (int(found[1]) % side * side) + int(found[2]) % side
        index = _mixed(seed, "place slots", cell, bits)
        if index < _JOINED_SLOTS:
            word = joined_of_slot(seed, culture, index)
        else:
            slot = Slot(index=index - _JOINED_SLOTS, count=(1 << bits) - _JOINED_SLOTS)
            word = _word(dice, culture, "place", slot)
    else:
        word = _place_word(dice, culture)
    word = word.capitalize()
    patterns = table["patterns"].get(kind, table["patterns"]["village"])
    weights = weights_of("place_names", f"patterns.{kind}", patterns)
    pattern = dice.weighted(tuple(weights), tuple(weights.values()))
    words = {part: dice.choice(texts) for part, texts in sorted(table["words"].items())}
    name = str(pattern.format(name=word, **words))
    if len(name) > table["longest"]:
        name = str(next(iter(weights)).format(name=word, **words))
    return name


def _mixed(seed: Seed, name: str, index: int, bits: int) -> int:
    """Whole numbers below 2**bits in an order that the seed decides; neighbours come far apart.

    Every step can be undone, so two indexes never give the same number.
    """
    mask, half = (1 << bits) - 1, bits // 2
    word = key(seed, name)
    for turn in range(3):
        index = (index * ((word >> 20 * turn) | 1) + (word >> 7 * turn)) & mask
        index ^= index >> half
    return index


def _word(dice: Stream, culture: str, kind: str, slot: Slot | None = None) -> str:
    """A name in small letters by the network; if none fits the slot, from anywhere; if none fits
    at all, from the table of sounds.
    """
    return (
        spell(dice, culture, kind, slot).name
        or (slot and spell(dice, culture, kind).name)
        or _spoken(dice, culture, kind if kind in SEXES else dice.choice(SEXES))
    )


def _spoken(dice: Stream, culture: str, sex: str) -> str:
    refused: list[str] = load_table("cultures")["refused"]
    while True:
        name = _sounds(dice, load_table("cultures")["cultures"][culture], sex)
        if 3 <= len(name) <= 10 and not _stumbles(name) and not any(r in name for r in refused):
            return name


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
    return any(
        name[i] == name[i + 1] == name[i + 2] or name[i : i + 2] == name[i + 2 : i + 4]
        for i in range(len(name) - 2)
    )
