"""`Person`, and who lives in a place before anybody has a name or a past.

Roles, traits and species are tables; a person is drawn from streams keyed by their id, so everybody
is the same whoever else is asked for. Names cost most and come last, one at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from ..core.errors import check_choice
from ..core.random import Seed, Stream, check_seed, stream
from ..core.records import Record
from .cultures import culture_of, cultures
from .events import HistoryEvent
from .names import family_name, person_name
from .strategies import motivations
from .tables import load_table, require, weights_of

__all__ = [
    "Person",
    "census",
    "family_of",
    "lifetime",
    "name_of",
    "outlaw_roles",
    "roles",
    "sketch",
    "voice_of",
]

_PLAIN_DRIVE = 300


@dataclass(frozen=True, kw_only=True)
class Person(Record):
    """Somebody. `name` is the whole name, `called` the part that others call them by.

    `attributes` are what the picture shows (absent: the art model may invent it); `drives` say in
    thousandths how much each motivation moves this person; `age` is in years. `life` are the dated
    events of it, which `backstory` tells; it is empty for somebody who has no home.
    """

    id: str
    name: str
    called: str
    species: str
    sex: str
    role: str
    culture: str
    place: str
    age: int
    attributes: dict[str, str]
    traits: tuple[str, ...]
    drives: dict[str, int]
    backstory: str
    life: tuple[HistoryEvent, ...] = ()


@cache
def _roles() -> dict[str, dict[str, Any]]:
    table: dict[str, dict[str, Any]] = load_table("roles")["roles"]
    for name, role in table.items():
        require(
            set(role["drives"]) <= set(motivations()), "roles", f"{name}.drives are motivations"
        )
        for attribute, weights in role["attributes"].items():
            weights_of("roles", f"{name}.{attribute}", weights)
        if not role.get("outlaw"):
            weights_of("roles", f"{name}.places", role["places"])
    return table


def roles() -> tuple[str, ...]:
    """The roles of people who live among others, sorted."""
    return tuple(sorted(name for name, role in _roles().items() if not role.get("outlaw")))


def outlaw_roles() -> tuple[str, ...]:
    """The roles of people who live against others, sorted."""
    return tuple(sorted(name for name, role in _roles().items() if role.get("outlaw")))


def voice_of(person: Any) -> str:
    """The voice that the person speaks in: that of the first trait, "plain" without traits."""
    traits = load_table("traits")
    for trait in getattr(person, "traits", ()):
        if trait in traits:
            return str(traits[trait]["voice"])
    return "plain"


def sketch(
    seed: Seed,
    *,
    role: str | None = None,
    person_id: str = "npc:0",
    place: str = "",
    culture: str | None = None,
    species: str | None = None,
) -> Person:
    """All of a person but the name and the past; see `make_person`."""
    check_seed(seed)
    dice = stream(seed, "person", person_id)
    if role is None:
        role = dice.choice(roles())
    check_choice("role", role, (*roles(), *outlaw_roles()))
    table = _roles()[role]
    if culture is None:
        culture = dice.choice(cultures())
    check_choice("culture", culture, cultures())
    if species is None:
        species = _drawn(dice, load_table("cultures")["cultures"][culture]["species"])
    check_choice(
        "species", species, tuple(name for name in load_table("species") if name != "about")
    )
    kin = load_table("species")[species]
    sex = str(kin.get("sex") or dice.choice(("female", "male")))
    young, old = table["age"]
    human_age = dice.between(young, old)
    attributes = _attributes(dice, table["attributes"], species, sex, kin, human_age)
    traits = _traits(dice)
    return Person(
        id=person_id,
        name="",
        called="",
        species=species,
        sex=sex,
        role=role,
        culture=culture,
        place=place,
        age=lifetime(species, human_age),
        attributes=attributes,
        traits=traits,
        drives=_drives(table["drives"], traits),
        backstory="",
    )


def lifetime(species: str, years: int) -> int:
    """As long in the life of a species as so many years are in a human's."""
    return years * int(load_table("species")[species]["years"]) // 100


@lru_cache(maxsize=512, typed=True)
def census(seed: Seed, place_id: str, place_kind: str) -> tuple[Person, ...]:
    """Sketches of everybody who lives in a place; how many, and what they do, follows its kind.

    A kind that the table does not know is peopled like a village.
    """
    counts = load_table("roles")["counts"]
    kind = place_kind if place_kind in counts else "village"
    dice = stream(seed, "people", place_id)
    count = dice.between(*counts[kind])
    home = culture_of(seed, place_id)
    left = {name: _roles()[name]["places"].get(kind, 0) for name in roles()}
    people: list[Person] = []
    for number in range(count):
        role = _drawn(dice, left)
        # A second smith is half as likely, a third a quarter: a town wants all its trades.
        left[role] = left[role] * 10 // 25 if sum(left.values()) > left[role] else left[role]
        people.append(
            sketch(
                seed,
                role=role,
                person_id=f"npc:{place_id}:{number}",
                place=place_id,
                culture=home if dice.chance(4, 5) else dice.choice(cultures()),
            )
        )
    return tuple(people)


def family_of(seed: Seed, person: Person) -> str:
    """The family that somebody of a census belongs to, as it is written."""
    return family_name(seed, person.id, person.culture, person.sex)


@lru_cache(maxsize=4096, typed=True)
def name_of(seed: Seed, place_id: str, place_kind: str, number: int) -> str:
    """The whole name of one of the people of a place; no two share it.

    Only those of the same family who come earlier can have taken it, so only they are named.
    """
    people = census(seed, place_id, place_kind)
    one = people[number]
    family = family_of(seed, one)
    taken = [
        name_of(seed, place_id, place_kind, earlier)
        for earlier in range(number)
        if family_of(seed, people[earlier]) == family
    ]
    return person_name(seed, one.id, one.culture, one.sex, taken)


def _drawn(dice: Stream, weights: dict[str, int]) -> str:
    return dice.weighted(tuple(weights), tuple(weights.values()))


def _attributes(
    dice: Stream, shown: dict[str, Any], species: str, sex: str, kin: dict[str, Any], age: int
) -> dict[str, str]:
    attributes = {"species": species, "sex": sex}
    for attribute in ("armour", "weapon", "offhand", "headgear", "cloak", "colour"):
        weights = dict(shown.get(attribute, {"none": 1}))
        fits = kin.get(attribute)
        if fits is not None:
            weights = {name: n for name, n in weights.items() if name in fits} or {"none": 1}
        attributes[attribute] = _drawn(dice, weights)
    hair = kin["hair"]
    covered = attributes["headgear"] in ("helm", "hood")
    if not hair or covered:
        dice.bits()  # the same number of draws, whatever is worn
        attributes["hair"] = "none"
    else:
        colour = _drawn(dice, hair)
        attributes["hair"] = "white" if age >= 60 and "none" not in hair else colour
    return attributes


def _traits(dice: Stream) -> tuple[str, ...]:
    table = load_table("traits")
    names = sorted(name for name in table if name != "about")
    first = dice.choice(names)
    others = [
        n for n in names if n not in (first, table[first]["not"]) and table[n]["not"] != first
    ]
    return (first, dice.choice(others))


def _drives(strong: dict[str, int], traits: Sequence[str]) -> dict[str, int]:
    table = load_table("traits")
    drives = {name: int(strong.get(name, _PLAIN_DRIVE)) for name in motivations()}
    for trait in traits:
        for name, more in table[trait]["drives"].items():
            drives[name] += more
    return drives
