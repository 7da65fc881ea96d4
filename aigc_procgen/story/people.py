"""People of a place: who they are, what drives them, what they look like, where they come from.

Roles, traits and species are tables; a person is drawn from streams keyed by their id, so everybody
is the same whoever else is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from ..core.errors import check_choice
from ..core.random import Seed, Stream, check_seed, stream
from ..core.records import Record
from .backstory import backstory
from .cultures import culture_of, cultures
from .names import person_name
from .strategies import motivations
from .tables import load_table, require, weights_of

__all__ = ["Person", "make_person", "outlaw_roles", "outlaws_of", "people_of", "roles", "voice_of"]

_PLAIN_DRIVE = 300


@dataclass(frozen=True, kw_only=True)
class Person(Record):
    """Somebody. `name` is the whole name, `called` the part that others call them by.

    `attributes` are what the picture shows (absent: the art model may invent it); `drives` say in
    thousandths how much each motivation moves this person; `age` is in years.
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


def make_person(
    seed: Seed,
    *,
    role: str | None = None,
    person_id: str = "npc:0",
    place: str = "",
    place_name: str = "",
    culture: str | None = None,
    species: str | None = None,
    taken: Sequence[str] = (),
) -> Person:
    """One person of a seed; whatever is not given is drawn. `taken` names are not given again.

    Raises `InvalidArgument` for an unknown role, culture or species.

    >>> make_person(7, role="ranger") == make_person(7, role="ranger")
    True
    """
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
    name = person_name(seed, person_id, culture, sex, taken)
    return Person(
        id=person_id,
        name=name,
        called=name.split(" ")[0],
        species=species,
        sex=sex,
        role=role,
        culture=culture,
        place=place,
        age=human_age * int(kin["years"]) // 100,
        attributes=attributes,
        traits=traits,
        drives=_drives(table["drives"], traits),
        backstory=backstory(
            seed,
            person_id,
            {
                "name": name,
                "place": place_name,
                "sex": sex,
                "role": role,
                "article": table["article"],
            },
            traits=traits,
            old=human_age >= 50,
        ),
    )


def people_of(seed: Seed, place_id: str, place_kind: str, place_name: str) -> tuple[Person, ...]:
    """Everybody who lives in a place; how many and what they do follows from its kind.

    No two share a name. A kind that the table does not know is peopled like a village.
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
            make_person(
                seed,
                role=role,
                person_id=f"npc:{place_id}:{number}",
                place=place_id,
                place_name=place_name,
                culture=home if dice.chance(4, 5) else dice.choice(cultures()),
                taken=tuple(person.name for person in people),
            )
        )
    return tuple(people)


def outlaws_of(seed: Seed, place_id: str, place_kind: str) -> tuple[Person, ...]:
    """The outlaws who hide at a place: at most one, only where few people live, often nobody."""
    dice = stream(seed, "outlaws", place_id)
    if place_kind not in ("ruin", "camp", "mine", "shrine", "cave") or not dice.chance(1, 2):
        return ()
    role = dice.choice(outlaw_roles())
    return (make_person(seed, role=role, person_id=f"npc:{place_id}:outlaw", place=place_id),)


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
