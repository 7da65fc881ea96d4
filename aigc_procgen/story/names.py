"""Names of people, places and things by culture: spelt by the network, composed by the tables.

What is proven: places whose cells differ, in a window of 32 x 32 cells of places (3072 x 3072
tiles), have different names; so have people who live in a window of 12 x 12 cells, because no two
places there share a family and no two people of a family a given name. Anything further apart, and
what has another id than those of a `World`, is likely to differ.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from ..core.errors import check_choice, check_int
from ..core.random import Seed, Stream, check_seed, stream
from .cultures import SEXES, cultures
from .joined import inn_name, joined_name, joined_of_slot
from .name_words import word
from .place_names import place_word

__all__ = ["NAME_KINDS", "families_of", "family_name", "names", "person_name"]

NAME_KINDS = ("person", "female", "male", "family", "place", "inn", "weapon", "kingdom")
_SIDE = 12  # a window of 12 x 12 cells; a neighbourhood reaches 5 cells around
_FAMILIES = 6  # in a place, the last that of the outlaw; every culture has enough for the window
_PERSON_ID = re.compile(r"npc:[^:]+:(-?\d{1,18}):(-?\d{1,18}):(\d{1,2}|outlaw)", re.ASCII)


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
            lambda: word(dice, culture, sex),
            lambda: place_word(dice, culture),
        )
    if kind == "place":
        return place_word(dice, culture).capitalize()
    if kind == "family" or (kind == "weapon" and dice.chance(1, 2)):
        return joined_name(dice, kind, culture).capitalize()
    if kind == "person":
        given = word(dice, culture, dice.choice(SEXES)).capitalize()
        return f"{given} {joined_name(dice, 'family', culture).capitalize()}"
    return word(dice, culture, kind).capitalize()


def person_name(
    seed: Seed, person_id: str, culture: str, sex: str = "female", taken: Collection[str] = ()
) -> str:
    """A given name and a family's in the tongue of the culture, but none of those `taken`.

    People of one place bear one of a few families' names, which no other place near it has.
    Raises `InvalidArgument` for an unknown culture or sex.

    >>> person_name(1, "npc:1", "aldren") == person_name(1, "npc:1", "aldren")
    True
    """
    check_choice("culture", culture, cultures())
    check_choice("sex", sex, SEXES)
    last, dice = _family(seed, person_id, culture, sex)
    while True:
        name = f"{word(dice, culture, sex).capitalize()} {last}"
        if name not in taken:
            return name


def family_name(seed: Seed, person_id: str, culture: str, sex: str) -> str:
    """The family's name in what `person_name` gives: cheap, since no given name is spelt."""
    return _family(seed, person_id, culture, sex)[0]


def _family(seed: Seed, person_id: str, culture: str, sex: str) -> tuple[str, Stream]:
    """The family's name, and the stream that spells the given name."""
    dice = stream(seed, "person name", person_id, culture, sex)
    family = dice.between(0, _FAMILIES - 2)
    if found := _PERSON_ID.fullmatch(person_id):
        if found[3] == "outlaw":
            family = _FAMILIES - 1
        cell = int(found[1]) % _SIDE * _SIDE + int(found[2]) % _SIDE
        return joined_of_slot(seed, "family", culture, cell * _FAMILIES + family).capitalize(), dice
    return joined_name(dice, "family", culture).capitalize(), dice


def families_of(seed: Seed, place_id: str, culture: str) -> tuple[str, ...]:
    """The names of the families of a place; none if its id has no cell: anybody may live there."""
    count = _FAMILIES - 1
    found = _PERSON_ID.fullmatch(f"npc:{place_id}:0")
    if not found:
        return ()
    cell = int(found[1]) % _SIDE * _SIDE + int(found[2]) % _SIDE
    slots = range(cell * _FAMILIES, cell * _FAMILIES + count)
    return tuple(joined_of_slot(seed, "family", culture, slot).capitalize() for slot in slots)
