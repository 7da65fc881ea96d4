"""People of a place: who they are, what drives them, what they look like, where they come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..core.random import Seed, stream
from .backstory import backstory
from .names import person_name
from .residents import (
    Person,
    census,
    lifetime,
    name_of,
    outlaw_roles,
    roles,
    sketch,
    voice_of,
)

__all__ = [
    "Person",
    "is_old",
    "make_person",
    "outlaw_roles",
    "outlaws_of",
    "people_of",
    "roles",
    "voice_of",
]

_OLD = 50  # years of a human's life


def is_old(person: Person) -> bool:
    """Whether most of the person's life is behind them."""
    return person.age >= lifetime(person.species, _OLD)


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
    person = sketch(
        seed, role=role, person_id=person_id, place=place, culture=culture, species=species
    )
    name = person_name(seed, person_id, person.culture, person.sex, taken)
    told = backstory(
        seed,
        person_id,
        {"name": name, "place": place_name, "sex": person.sex, "role": person.role},
        traits=person.traits,
        old=is_old(person),
    )
    return replace(person, name=name, called=name.split(" ")[0], backstory=told)


def people_of(seed: Seed, place_id: str, place_kind: str, place_name: str) -> tuple[Person, ...]:
    """Everybody who lives in a place; how many and what they do follows from its kind.

    No two share a name; their lives are dated and fit the place's past. A kind that the table does
    not know is peopled like a village.
    """
    from .lives import life_of  # with all of history, so not before somebody is asked for

    people: list[Person] = []
    for number, person in enumerate(census(seed, place_id, place_kind)):
        name = name_of(seed, place_id, place_kind, number)
        life, told = life_of(seed, place_id, place_kind, place_name, number)
        people.append(
            replace(person, name=name, called=name.split(" ")[0], backstory=told, life=life)
        )
    return tuple(people)


def outlaws_of(seed: Seed, place_id: str, place_kind: str) -> tuple[Person, ...]:
    """The outlaws who hide at a place: at most one, only where few people live, often nobody."""
    dice = stream(seed, "outlaws", place_id)
    if place_kind not in ("ruin", "camp", "mine", "shrine", "cave") or not dice.chance(1, 2):
        return ()
    role = dice.choice(outlaw_roles())
    return (make_person(seed, role=role, person_id=f"npc:{place_id}:outlaw", place=place_id),)
