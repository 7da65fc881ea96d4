"""Backstories: two or three sentences that fit the person (`tables/backstory.json`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..core.random import Seed, stream
from .tables import load_table

__all__ = ["PRONOUNS", "backstory"]

PRONOUNS = {
    "female": {"they": "she", "them": "her", "their": "her"},
    "male": {"they": "he", "them": "him", "their": "his"},
}


def backstory(
    seed: Seed, person_id: str, person: Mapping[str, str], *, traits: Sequence[str], old: bool
) -> str:
    """Two or three sentences: where from, what the role did, what a trait or the years left.

    `person` has name, place (a name, may be empty), sex, role and article.
    """
    table = load_table("backstory")
    dice = stream(seed, "words", "backstory", person_id)
    pronouns = PRONOUNS[person["sex"]]
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
        dice.choice(
            table["role"].get(person["role"], ["{They} has done this for as long as most."])
        ),
    ]
    if dice.chance(3, 4):
        last = table["old"] if old and dice.chance(1, 3) else table["trait"][dice.choice(traits)]
        sentences.append(dice.choice(last))
    return " ".join(sentence.format(**words) for sentence in sentences)
