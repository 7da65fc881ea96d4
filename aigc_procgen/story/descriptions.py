"""What a player reads about a person, and the words of a language for what the library names."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

from ..core.errors import check_choice
from ..core.random import Seed, check_seed
from ..core.records import Record
from .backstory import backstory
from .fact_set import Fact, Facts
from .grammar import grammar_of
from .lives import life_of
from .people import Person, is_old
from .residents import census
from .tables import check_language, load_table

__all__ = ["GLOSSARIES", "Description", "describe", "glossary", "translated"]

GLOSSARIES = ("kind", "motivation", "place", "role", "species", "strategy", "trait")
"""What `glossary` has words for."""
_TABLES = {
    "kind": ("things", "kinds"),
    "motivation": ("strategies", "motivations"),
    "place": ("place_names", "kinds"),
    "role": ("roles", "roles"),
    "species": ("species", ""),
    "strategy": ("strategies", "strategies"),
    "trait": ("traits", ""),
}


@dataclass(frozen=True, kw_only=True)
class Description(Record):
    """A person in the words of a language."""

    language: str
    name: str
    called: str
    species: str
    role: str
    traits: tuple[str, ...]
    backstory: str


@cache
def glossary(kind: str, language: str = "en") -> dict[str, str]:
    """The words of a language for every name of one of `GLOSSARIES`; shared, so copy to change it.

    In English most are called what they are named. Raises `InvalidArgument` for any other kind or
    language.

    >>> glossary("role")["smith"], glossary("kind")["potion"], glossary("role", "zh")["smith"]
    ('smith', 'a remedy', '铁匠')
    """
    check_choice("kind", kind, GLOSSARIES)
    check_language(language)
    table, part = _TABLES[kind]
    if language == "en" and kind == "place":
        names = [name for name in load_table("place_names")["patterns"] if " " not in name]
        return {name: name for name in names if name != "realm"}
    words = load_table(table, language)
    words = words[part] if part else words
    return {
        name: word if isinstance(word, str) else name
        for name, word in words.items()
        if name != "about"
    }


def describe(
    seed: Seed,
    person: Person,
    *,
    place_name: str = "",
    facts: Facts | None = None,
    language: str = "en",
) -> Description:
    """The person of a seed as a player reads of them, in one of `LANGUAGES`.

    `place_name` is that of the place where they live, in English. With the `facts` of a
    neighbourhood, people and places are called what its quests call them. Raises
    `InvalidArgument` for an unknown language.

    >>> import aigc_procgen as procgen
    >>> procgen.describe(7, procgen.character(7, "smith"), language="zh").role
    '铁匠'
    """
    check_seed(seed)
    grammar = grammar_of(language)
    known = facts if facts is not None and facts.find("name", person.id) else _facts(person)
    place = ""
    if facts is not None and facts.find("name", person.place):
        place = grammar.phrase(facts, person.place, "")
    elif place_name:
        own: list[Fact] = [("name", "place", place_name), ("place", "place"), ("proper", "place")]
        place = grammar.phrase(Facts(own), "place", "")
    name = grammar.phrase(known, person.id, "")
    words = {"name": name, "place": place, "sex": person.sex, "role": person.role}
    return Description(
        language=language,
        name=name,
        called=grammar.word(known, "called", person.id),
        species=glossary("species", language).get(person.species, person.species),
        role=glossary("role", language).get(person.role, person.role),
        traits=tuple(glossary("trait", language).get(trait, trait) for trait in person.traits),
        backstory=_told(seed, person, words, facts, place_name, language),
    )


def translated(seed: Seed, person: Person, *, facts: Facts | None = None, language: str) -> Person:
    """The person with the name and the backstory of `describe`; all else is the same."""
    told = describe(seed, person, facts=facts, language=language)
    return replace(person, name=told.name, called=told.called, backstory=told.backstory)


def _told(
    seed: Seed,
    person: Person,
    words: dict[str, str],
    facts: Facts | None,
    place_name: str,
    language: str,
) -> str:
    """The backstory: that of a dated life if it is known where it was lived."""
    if language == "en":
        return person.backstory
    number = person.id.rpartition(":")[2]
    if person.life and number.isdecimal():
        kind = facts.value("kind", person.place) if facts is not None else ""
        home = facts.value("name", person.place) if facts is not None else ""
        kind, home = kind or person.place.partition(":")[0], home or place_name
        lived = home and len(census(seed, person.place, kind)) > int(number)
        if lived:
            life, told = life_of(seed, person.place, kind, home, int(number), language)
            if life == person.life:
                return told
    return backstory(
        seed, person.id, words, traits=person.traits, old=is_old(person), language=language
    )


def _facts(person: Person) -> Facts:
    about: list[Fact] = [
        ("person", person.id),
        ("proper", person.id),
        ("name", person.id, person.name),
        ("called", person.id, person.called),
        ("gender", person.id, person.sex),
    ]
    return Facts(about)
