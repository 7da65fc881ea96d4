"""English: articles, plurals and pronouns from the facts of an entity, never from its letters."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .fact_set import Fact, Facts
from .grammar import count_of
from .tables import load_table

__all__ = ["English", "sentence_case"]

_PRONOUNS = {
    "female": ("she", "her", "her"),
    "male": ("he", "him", "his"),
    "many": ("they", "them", "their"),
    "": ("it", "it", "its"),
}
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_BEGINNING = re.compile(r"(^|[.!?]\s+)([a-z])")
_INSIDE = ("town", "village", "camp", "mine", "ruin", "cave")


def sentence_case(text: str) -> str:
    """The text with a capital at the start of every sentence and single spaces."""
    return _BEGINNING.sub(lambda m: m[1] + m[2].upper(), " ".join(text.split()))


class English:
    """The grammar of English."""

    def phrase(self, facts: Facts, entity: str, form: str) -> str:
        """As in "the brown bear", with form "a" as in "a brown bear", else bare."""
        name = facts.value("name", entity, entity)
        if ("proper", entity) in facts:
            return name
        if (count := count_of(facts, entity)) > 1:
            plural = facts.value("plural", entity, name)
            number = _NUMBERS[count] if count < len(_NUMBERS) else str(count)
            return {"the": f"the {plural}", "a": f"{number} {plural}"}.get(form, plural)
        article = facts.value("article", entity, "a")
        return {"the": f"the {name}", "a": f"{article} {name}"}.get(form, name)

    def named(self, name: str, sort: str, sex: str = "") -> str:
        """The name itself."""
        return name

    def pronoun(self, facts: Facts, entity: str, form: str) -> str:
        """One of "she", "her", "its" and so on."""
        sex = "many" if count_of(facts, entity) > 1 else facts.value("gender", entity)
        return self.pronouns(sex)[form]

    def pronouns(self, sex: str) -> dict[str, str]:
        """All three, e.g. "she", "her" and "her"."""
        words = _PRONOUNS.get(sex, _PRONOUNS[""])
        return dict(zip(("they", "them", "their"), words, strict=True))

    def place(self, facts: Facts, place: str, form: str) -> str:
        """As in "in Oakford" or "at Oakford Shrine", whatever the form."""
        inside = facts.value("kind", place) in _INSIDE
        return f"{'in' if inside else 'at'} {facts.value('name', place, place)}"

    def kind(self, kind: str) -> str:
        """A noun phrase such as "a remedy"."""
        return str(load_table("things")["kinds"].get(kind, f"a {kind}"))

    def word(self, facts: Facts, predicate: str, entity: str) -> str:
        """The fact's own word."""
        return facts.value(predicate, entity)

    def finished(self, text: str) -> str:
        """In sentence case."""
        return sentence_case(text)

    def joined(self, sentences: Iterable[str]) -> str:
        """With a space between two."""
        return " ".join(sentence for sentence in sentences if sentence)

    def kept(self, facts: Facts, entities: Iterable[str], told: Facts) -> list[Fact]:
        """Nothing: English calls everything by its own facts."""
        return []
