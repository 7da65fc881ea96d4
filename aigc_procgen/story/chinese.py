"""Chinese: measure words, pronouns by what an entity is, names by tables, full-width signs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache

from .chinese_names import Named, chinese_names, family_name, spelled
from .fact_set import Fact, Facts
from .grammar import count_of
from .tables import load_table

__all__ = ["Chinese", "noun"]

_PRONOUNS = {"female": "她", "male": "他", "many": "它们", "": "它"}
_NUMBERS = ("零", "一", "两", "三", "四", "五", "六", "七", "八", "九", "十")
_WIDE = "\u2e80-\u9fff\u3000-\u303f\uff00-\uffef“”‘’…—·"
_GAPS = re.compile(rf"(?<=[{_WIDE}])\s+|\s+(?=[{_WIDE}])")
_MEASURE = "个"


@cache
def _nouns() -> dict[str, tuple[str, str]]:
    """English name → (name, measure word) of everything that the tables name."""
    table = load_table("things", "zh")
    found: dict[str, tuple[str, str]] = {}
    for part in ("items", "wild", "tools", "monsters", "fixtures"):
        for group in table[part].values():
            found |= {english: (name, measure) for english, (name, measure) in group.items()}
    return found


def noun(name: str) -> tuple[str, str] | None:
    """The name and the measure word of a thing, also with an adjective; None if it is unknown.

    >>> noun("battered longsword")
    ('破旧的长剑', '把')
    """
    known = _nouns()
    if name in known:
        return known[name]
    for english, adjective in load_table("things", "zh")["adjectives"].items():
        if name.startswith(f"{english} ") and name[len(english) + 1 :] in known:
            own, measure = known[name[len(english) + 1 :]]
            return adjective + own, measure
    return None


@lru_cache(maxsize=64)
def _proper(
    proper: tuple[Fact, ...],
    name: tuple[Fact, ...],
    place: tuple[Fact, ...],
    gender: tuple[Fact, ...],
) -> dict[str, Named]:
    """Every entity with a name of its own: that name, its sort and sex."""
    names = {fact[1]: fact[-1] for fact in name}
    sexes = {fact[1]: fact[-1] for fact in gender}
    places = {fact[1] for fact in place}
    return {
        fact[1]: (
            names.get(fact[1], fact[1]),
            "place" if fact[1] in places else "person",
            sexes.get(fact[1], ""),
        )
        for fact in proper
    }


class Chinese:
    """The grammar of Chinese in simplified characters."""

    def phrase(self, facts: Facts, entity: str, form: str) -> str:
        """Bare; "a" as in 一头灰狼, "that" as in 那头灰狼; "the" counts what is many."""
        if ("proper", entity) in facts:
            return self._name(facts, entity)
        name = facts.value("name", entity, entity)
        own, measure = noun(name) or (name, _MEASURE)
        own = facts.value("name_zh", entity, own)
        measure = facts.value("measure_zh", entity, measure)
        count = count_of(facts, entity)
        number = _NUMBERS[count] if count < len(_NUMBERS) else str(count)
        if form == "a" or (form == "the" and count > 1):
            return f"{number}{measure}{own}"
        if form == "that":
            return f"那{number if count > 1 else ''}{measure}{own}"
        return own

    def _name(self, facts: Facts, entity: str) -> str:
        if own := facts.value("name_zh", entity):
            return own
        every = _proper(*map(facts.find, ("proper", "name", "place", "gender")))
        return chinese_names(tuple(every.values()))[every[entity]]

    def named(self, name: str, sort: str, sex: str = "") -> str:
        """By its sound or its meaning, as `phrase` has it where no other name sounds the same."""
        if not name:
            return ""
        if sort == "family":
            return family_name(name)
        if sort == "thing":
            return "".join(spelled(word) for word in name.split())
        one = (name, sort, sex)
        return chinese_names((one,))[one]

    def pronoun(self, facts: Facts, entity: str, form: str) -> str:
        """她, 他, 它 or 它们, with 的 for "their"."""
        sex = "many" if count_of(facts, entity) > 1 else facts.value("gender", entity)
        return self.pronouns(sex)[form]

    def pronouns(self, sex: str) -> dict[str, str]:
        """The same for "they" and "them", with 的 for "their"."""
        word = _PRONOUNS.get(sex, _PRONOUNS[""])
        return {"they": word, "them": word, "their": f"{word}的"}

    def place(self, facts: Facts, place: str, form: str) -> str:
        """The place's name, after 在 if it is where something is."""
        name = self.phrase(facts, place, "")
        return f"在{name}" if form == "where" else name

    def kind(self, kind: str) -> str:
        """A bare noun."""
        return str(load_table("things", "zh")["kinds"].get(kind, kind))

    def word(self, facts: Facts, predicate: str, entity: str) -> str:
        """A role by its table, many as one, the name one is called by, or the fact as it is."""
        value = facts.value(predicate, entity)
        if predicate == "plural":
            return self.phrase(facts, entity, "")
        if predicate == "role":
            return str(load_table("roles", "zh")["roles"].get(value, value))
        if predicate == "called":
            own = facts.value("called_zh", entity)
            whole = self.phrase(facts, entity, "")
            return own or (whole.split("·")[0] if " " in facts.value("name", entity) else whole)
        return value

    def finished(self, text: str) -> str:
        """Without spaces beside Chinese signs."""
        return _GAPS.sub("", text.strip())

    def joined(self, sentences: Iterable[str]) -> str:
        """Without anything between."""
        return self.finished("".join(sentences))

    def kept(self, facts: Facts, entities: Iterable[str], told: Facts) -> list[Fact]:
        """Names of those who would be called otherwise where fewer are known."""
        return [
            ("name_zh", entity, name)
            for entity in entities
            if ("proper", entity) in facts
            and (name := self._name(facts, entity)) != self._name(told, entity)
        ]
