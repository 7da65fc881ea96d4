"""The dead whom history names, and the rules of a past: tables/history.json, checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any

from ..core.random import Seed, key, stream
from ..core.records import Record
from .calendar import present_year
from .cultures import SEXES, culture_of
from .name_words import word
from .names import families_of
from .residents import census, family_of
from .spelling import Slot, spell
from .tables import load_table, require, weights_of

__all__ = [
    "HEROES",
    "KIN",
    "MASTERS",
    "SHARED",
    "EventRule",
    "Figure",
    "event_rules",
    "houses",
    "make_figure",
    "other",
]

# Given names of the dead are a list by culture and sex; who shares a home and a family has another
# number in it: rulers count from 0, the rest from here on.
HEROES, SHARED, KIN, MASTERS = 40, 70, 100, 140
_GIVEN = 180
_STATE = ("people", "wealth", "walls", "faith", "feud", "well", "ore")


@dataclass(frozen=True, kw_only=True)
class Figure(Record):
    """Somebody whom history names. `died` is 0 for those who live; their id is a person's.

    `home` is the id of the place that they belong to, `family` the last part of the name.
    """

    id: str
    name: str
    sex: str
    family: str
    home: str
    role: str
    born: int
    died: int


@dataclass(frozen=True, kw_only=True)
class EventRule:
    """What tables/history.json says of one kind of event."""

    weight: MappingProxyType[str, int]
    needs: MappingProxyType[str, int]
    below: MappingProxyType[str, int]
    changes: MappingProxyType[str, int]
    most: int
    apart: int
    cast: str
    mark: int
    deadly: bool
    causes: MappingProxyType[str, int]
    land: tuple[str, ...]
    land_only: str
    between: tuple[frozenset[str], ...]
    answers: tuple[str, ...]
    follows: str
    area: int


@cache
def event_rules() -> dict[str, EventRule]:
    """The rule of every kind of event; `InvalidArgument` says what is wrong with the table."""
    events: dict[str, dict[str, Any]] = load_table("history")["events"]
    rules = {}
    for kind, row in events.items():
        if "weight" in row:
            weights_of("history", f"{kind}.weight", row["weight"])
        for part in ("needs", "below", "changes"):
            require(
                set(row.get(part, {})) <= set(_STATE),
                "history",
                f"{kind}.{part} must be about {', '.join(_STATE)}",
            )
        unknown = sorted(set(row["causes"]) - set(events))
        require(not unknown, "history", f"{kind}.causes must be kinds of events, not {unknown}")
        rules[kind] = EventRule(
            weight=MappingProxyType(row.get("weight", {})),
            needs=MappingProxyType(row.get("needs", {})),
            below=MappingProxyType(row.get("below", {})),
            changes=MappingProxyType(row["changes"]),
            most=int(row.get("most", 1)),
            apart=int(row.get("apart", 0)),
            cast=str(row["cast"]),
            mark=int(row["mark"]),
            deadly=bool(row.get("deadly", 0)),
            causes=MappingProxyType(row["causes"]),
            land=tuple(row["land"]),
            land_only=str(row.get("land_only", "")),
            between=tuple(frozenset(kinds) for kinds in row.get("between", [])),
            answers=tuple(row.get("answers", [])),
            follows=str(row.get("follows", "")),
            area=int(row.get("area", 0)),
        )
    return rules


@lru_cache(maxsize=256, typed=True)
def houses(seed: Seed, place_id: str, place_kind: str) -> tuple[str, ...]:
    """The families of a place: first those that live there now, the largest first, then the gone.

    Without anybody and without a cell in its id, one is drawn from its culture.
    """
    counted: dict[str, int] = {}
    for person in census(seed, place_id, place_kind):
        family = family_of(seed, person)
        counted[family] = counted.get(family, 0) + 1
    living = sorted(counted, key=lambda family: (-counted[family], family))
    gone = families_of(seed, place_id, culture_of(seed, place_id))
    found = [*living, *(family for family in gone if family not in counted)]
    culture = culture_of(seed, place_id)
    for number in range(max(0, 2 - len(found))):
        dice = stream(seed, "house", place_id, number)
        found.append(word(dice, culture, "place").capitalize())
    return tuple(found)


@lru_cache(maxsize=4096, typed=True)
def _given(seed: Seed, culture: str, sex: str, number: int) -> str:
    # Each number has a part of all names to itself, so no two share one.
    dice = stream(seed, "given name", culture, sex, number)
    own = spell(dice, culture, sex, Slot(index=number, count=_GIVEN)).name
    return (own or word(dice, culture, sex)).capitalize()


def make_figure(
    seed: Seed,
    figure_id: str,
    *,
    home: str,
    family: str,
    role: str,
    number: int,
    born: int,
    died: int,
) -> Figure:
    """Somebody dead, of a family of a place. `number` is in their family's list of given names."""
    culture = culture_of(seed, home)
    sex = stream(seed, "figure", figure_id).choice(SEXES)
    place = (number + key(seed, "given names", home)) % _GIVEN
    last = present_year(seed) - 1
    return Figure(
        id=figure_id,
        name=f"{_given(seed, culture, sex, place)} {family}",
        sex=sex,
        family=family,
        home=home,
        role=role,
        born=born,
        died=min(max(died, born), last),
    )


def other(options: Sequence[str], taken: str) -> tuple[str, ...]:
    """The options but for one."""
    return tuple(option for option in options if option != taken)
