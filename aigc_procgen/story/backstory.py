"""Backstories: two or three sentences that fit the person (`tables/backstory.json`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..core.random import Seed, stream
from .grammar import grammar_of
from .tables import load_table

__all__ = ["backstory"]


def backstory(
    seed: Seed,
    person_id: str,
    person: Mapping[str, str],
    *,
    traits: Sequence[str],
    old: bool,
    language: str = "en",
) -> str:
    """Two or three sentences: where from, what the role did, what a trait or the years left.

    `person` has name, place (a name, may be empty), sex and role; the names are written as the
    language writes them.
    """
    table, grammar = load_table("backstory", language), grammar_of(language)
    dice = stream(seed, "words", "backstory", person_id)
    pronouns = grammar.pronouns(person["sex"])
    words = {
        "name": person["name"],
        "place": person["place"],
        "role": person["role"],
        **pronouns,
        **{name.capitalize(): word.capitalize() for name, word in pronouns.items()},
    }
    origins = table["origin"] if person["place"] else table["origin_nowhere"]
    home, _, number = person_id.rpartition(":")
    # Neighbours take turns through one shuffled list, so that no two arrived in the same way.
    turns = stream(seed, "words", "origins", home).shuffled(origins)
    first = turns[int(number) % len(turns)] if number.isdecimal() else dice.choice(origins)
    sentences = [
        first,
        dice.choice(table["role"].get(person["role"], [table["unknown"]])),
    ]
    if dice.chance(3, 4):
        last = table["old"] if old and dice.chance(1, 3) else table["trait"][dice.choice(traits)]
        sentences.append(dice.choice(last))
    return grammar.joined(sentence.format(**words) for sentence in sentences)
