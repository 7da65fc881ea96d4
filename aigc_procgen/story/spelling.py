"""Names spelt by the network, letter by letter; two of different slots can never be the same.

A number u in 0 <= u < 1 decodes into a name as in arithmetic coding (Rissanen, "Generalized Kraft
inequality and arithmetic coding", IBM Journal of Research and Development 1976): each letter's odds
cut the interval that u lies in. The intervals of all names are disjoint. A slot is one of some
equal parts of 0..1, and a name is its slot's own only if its whole interval lies in it.
Everything is whole numbers, so a name is the same on every machine.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..core.letters import can_be_said
from ..core.name_machine import NameMachine, read_machine
from ..core.random import Stream
from .joined import is_joined
from .tables import load_table

__all__ = ["TRIES", "Slot", "Spelt", "fits", "machine", "spell"]

TRIES = 5
"""Draws of a name before `spell` gives up; see benchmarks/names.py for how many it needs."""

_FINE = 64  # bits of u within its slot
_SHORTEST, _LONGEST = 3, 12
_KEPT = 3000  # beginnings of names whose odds are kept: some 5 MB
_BEGINNING = 2  # letters
_DOUBLED = re.compile(r"(..+)\1")  # "landland"

Floats = NDArray[np.float32]
Whole = NDArray[np.int32]
_Step = tuple[Floats, list[int]]
_steps: dict[tuple[str, str, str], _Step] = {}


@dataclass(frozen=True, kw_only=True)
class Slot:
    """The part `index` of `count` equal parts of all names."""

    index: int
    count: int


@dataclass(frozen=True, kw_only=True)
class Spelt:
    """A name in small letters, "" if no draw was fit, and how many were drawn."""

    name: str
    tries: int


@cache
def machine() -> NameMachine:
    """The network that ships with the library, verified."""
    file = resources.files(__package__) / "tables" / "names.net"
    return read_machine(str(file), file.read_bytes())


def spell(dice: Stream, culture: str, kind: str, slot: Slot | None = None) -> Spelt:
    """A name of the culture and kind that `fits`, the slot's own if one is given.

    Names of two slots of one count differ, whatever their cultures: those of kind "place", those of
    "kingdom", and those of "female" and "male" together, because none fits two cultures or sexes:
    see `fits`.
    """
    here = slot or Slot(index=0, count=1)
    whole = here.count << _FINE
    label = machine().label(culture, kind)
    seen: dict[str, _Step] = {}
    for tries in range(1, TRIES + 1):
        at = (here.index << _FINE) | dice.bits()
        name = _decoded(at, whole, here, culture, kind, label, seen)
        if name and fits(name, culture, kind):
            return Spelt(name=name, tries=tries)
    return Spelt(name="", tries=TRIES)


def _decoded(
    at: int, of: int, slot: Slot, culture: str, kind: str, label: Whole, seen: dict[str, _Step]
) -> str:
    """The name whose interval holds at / of; "" if the slot does not hold that interval."""
    network = machine()
    alphabet = network.alphabet
    name, state, letter = "", network.start(), 0
    # The interval is [low, low + width) / whole; `over` is how far u lies above low, times `of`.
    low, width, whole, over = 0, 1, 1, at
    while True:
        step = seen.get(name)
        if step is None:
            step = seen[name] = _step(network, culture, kind, name, state, letter, label)
        state, ends = step
        total = ends[-1]
        letter = bisect_right(ends, (over * total) // (width * of))
        below = ends[letter - 1] if letter else 0
        low, whole, over = low * total + width * below, whole * total, over * total
        over -= width * below * of
        width *= ends[letter] - below
        if letter == 0:
            break
        name += alphabet[letter]
        if len(name) > _LONGEST:
            return ""
    inside = slot.index * whole <= low * slot.count
    return name if inside and (low + width) * slot.count <= (slot.index + 1) * whole else ""


def _step(
    network: NameMachine,
    culture: str,
    kind: str,
    name: str,
    state: Floats,
    letter: int,
    label: Whole,
) -> _Step:
    """The state after the beginning of a name, and the odds of the next letters summed up."""
    place = (culture, kind, name)
    found = _steps.get(place) if len(name) <= _BEGINNING else None
    if found is None:
        after, odds = network.step(state, letter, label)
        found = after, np.cumsum(odds).tolist()
        if len(name) <= _BEGINNING:
            if len(_steps) >= _KEPT:
                _steps.clear()
            _steps[place] = found
    return found


def fits(name: str, culture: str, kind: str) -> bool:
    """Whether a name can be said, is nobody's insult or brand, and sounds like its culture.

    A place's or kingdom's name must sound more like its culture than like any other, and a given
    name more like its culture and sex than any others: so no name fits two of them.
    """
    if len(name) < _SHORTEST or _DOUBLED.search(name) or not _is_decent(name):
        return False
    known = machine().runs[culture]
    if not can_be_said(name, known):
        return False
    if kind in ("female", "male"):
        own = 2 * machine().cultures.index(culture) + (kind == "male")
        return _nearest("given", name) == own
    if kind not in ("place", "kingdom"):
        return True
    return (
        not is_joined(name, "place")
        and name not in _plain_words()
        and _nearest("sound", name) == machine().cultures.index(culture)
    )


def _nearest(table: str, name: str) -> int:
    """Which list's pairs of letters the name has; the first of equal ones."""
    sound: NDArray[Any] = machine().arrays[table]
    letters = [0, *map(machine().alphabet.index, name), 0]
    return int(sound[:, letters[:-1], letters[1:]].sum(1, dtype=np.int64).argmax())


@cache
def _refused() -> tuple[tuple[str, ...], frozenset[str]]:
    table = load_table("cultures")
    return tuple(table["refused"]), frozenset(table["known"])


def _is_decent(name: str) -> bool:
    parts, known = _refused()
    return name not in known and not any(part in name for part in parts)


@cache
def _plain_words() -> frozenset[str]:
    """The words that stand beside the name of a place, and so are no name of a place."""
    table = load_table("place_names")
    return frozenset(
        word.lower() for words in table["words"].values() for word in words
    ) | frozenset(table["refused"])
