"""What a language does with the words of the tables: `grammar_of` gives the one that is asked for.

Templates are data and speak of roles; how a role is put (articles and plurals, measure words,
pronouns) and how sentences are closed and joined is the business of a grammar.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Protocol

from .fact_set import Fact, Facts
from .tables import check_language

__all__ = ["TRANSLATED", "Grammar", "count_of", "grammar_of"]

TRANSLATED = ("name_zh", "called_zh", "measure_zh")
"""Predicates by which facts name an entity in another language than English."""


class Grammar(Protocol):
    """How one language puts things."""

    def phrase(self, facts: Facts, entity: str, form: str) -> str:
        """An entity as people speak of it, in a form such as "the" or "a"."""

    def named(self, name: str, sort: str, sex: str = "") -> str:
        """A proper name without facts; `sort` is "person", "place", "family" or "thing"."""

    def pronoun(self, facts: Facts, entity: str, form: str) -> str:
        """What stands for an entity: form "they", "them" or "their"."""

    def pronouns(self, sex: str) -> dict[str, str]:
        """All three for a sex, "many", or "" for a thing."""

    def place(self, facts: Facts, place: str, form: str) -> str:
        """A place as where something is ("where"), or as where one goes ("place")."""

    def kind(self, kind: str) -> str:
        """A kind of item, for somebody who wants any of it."""

    def word(self, facts: Facts, predicate: str, entity: str) -> str:
        """What a fact says of an entity (its "role", the name it is "called"), "" if nothing."""

    def finished(self, text: str) -> str:
        """A filled text as it is written."""

    def joined(self, sentences: Iterable[str]) -> str:
        """Sentences one after another."""

    def kept(self, facts: Facts, entities: Iterable[str], told: Facts) -> list[Fact]:
        """What `told`, a part of the facts, lacks for calling the entities what `facts` do."""


@cache
def grammar_of(language: str) -> Grammar:
    """The grammar of one of `LANGUAGES`; raises `InvalidArgument` for any other."""
    if check_language(language) == "zh":
        from .chinese import Chinese

        return Chinese()
    from .english import English

    return English()


def count_of(facts: Facts, entity: str) -> int:
    """How many an entity is: three wolves are one entity."""
    return int(facts.value("count", entity, "1"))
