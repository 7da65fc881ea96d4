"""Names of places and realms: a word in the tongue of the land, and what stands beside it."""

from __future__ import annotations

import re

from ..core.random import Seed, Stream, stream
from .cultures import culture_of
from .joined import joined_name, joined_of_slot
from .name_words import mixed, word
from .spelling import Slot, spell
from .tables import load_table, weights_of

__all__ = ["place_name", "place_word"]

_SIDE = 5  # bits: a window of 32 x 32 cells
_REALM_SIDE = 3  # bits: a window of 8 x 8 realms
_JOINED_SLOTS = 300  # always of two halves; every culture has more such names than there are slots
_PLACE_ID = re.compile(r"[^:]+:(-?\d{1,18}):(-?\d{1,18})", re.ASCII)
_REALM_ID = re.compile(r"realm:(-?\d{1,18}):(-?\d{1,18}):(.+)", re.ASCII)


def place_name(seed: Seed, place_id: str, kind: str) -> str:
    """The name of a place of this kind; kinds that the table does not know are named as villages.

    The id of a "realm" is `realm:X:Y:capital's id`: it has a name in the tongue of its capital, or
    is called after it.

    >>> place_name(1, "town:0:0", "town") == place_name(1, "town:0:0", "town")
    True
    """
    dice = stream(seed, "place name", place_id)
    if kind == "realm" and (found := _REALM_ID.fullmatch(place_id)):
        capital, index = found[3], _cell(seed, "realm slots", found, _REALM_SIDE)
        slot = Slot(index=index, count=1 << 2 * _REALM_SIDE)
        if own := spell(dice, culture_of(seed, capital), "kingdom", slot).name:
            return _composed(dice, kind, own)
        kind, place_id = "realm after its capital", capital
    return _composed(dice, kind, _word_of(seed, place_id))


def place_word(dice: Stream, culture: str) -> str:
    """The word that a place is called by, where no slot says which."""
    if dice.chance(_JOINED_SLOTS, 1 << 2 * _SIDE):
        return joined_name(dice, "place", culture)
    return word(dice, culture, "place")


def _word_of(seed: Seed, place_id: str) -> str:
    """The word that is the place's own in its window of cells."""
    dice = stream(seed, "place word", place_id)
    culture = culture_of(seed, place_id)
    found = _PLACE_ID.fullmatch(place_id)
    if not found:
        return place_word(dice, culture)
    index = _cell(seed, "place slots", found, _SIDE)
    if index >= _JOINED_SLOTS:
        slot = Slot(index=index - _JOINED_SLOTS, count=(1 << 2 * _SIDE) - _JOINED_SLOTS)
        if own := spell(dice, culture, "place", slot).name:
            return own
    return joined_of_slot(seed, "place", culture, index)


def _cell(seed: Seed, name: str, found: re.Match[str], bits: int) -> int:
    """The slot of the cell (X, Y) that an id names, in a window of 2**bits x 2**bits cells."""
    side = 1 << bits
    return mixed(seed, name, int(found[1]) % side * side + int(found[2]) % side, 2 * bits)


def _composed(dice: Stream, kind: str, named: str) -> str:
    table = load_table("place_names")
    patterns = table["patterns"].get(kind, table["patterns"]["village"])
    weights = weights_of("place_names", f"patterns.{kind}", patterns)
    pattern = dice.weighted(tuple(weights), tuple(weights.values()))
    words = {part: dice.choice(texts) for part, texts in sorted(table["words"].items())}
    named = named.capitalize()
    name = str(pattern.format(name=named, **words))
    if len(name) > table["longest"]:
        name = str(next(iter(weights)).format(name=named, **words))
    return name
