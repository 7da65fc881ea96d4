"""Words for what was planned: lines by act and voice, with grammar read from the facts.

A template names roles in braces: `{item.the}`, `{enemy:has|have}`; and symbols of a voice in angle
brackets: `<address>`. Articles, plurals and pronouns come from the facts of an entity, never from
its letters. Choices have streams of their own, so other words never change a plan.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..core.random import Seed, stream
from .fact_set import Facts
from .neighbourhood import kind_words
from .tables import load_table

__all__ = ["Speaker", "phrase", "sentence_case", "small_talk"]

_SLOT = re.compile(r"\{(\w+)(?:\.(\w+)|:([^}|]*)\|([^}]*))?\}")
_SYMBOL = re.compile(r"<(\w+)>")
_PRONOUNS = {
    "female": ("she", "her", "her"),
    "male": ("he", "him", "his"),
    "many": ("they", "them", "their"),
    "": ("it", "it", "its"),
}
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_INSIDE = ("town", "village", "camp", "mine", "ruin", "cave")


def sentence_case(text: str) -> str:
    """The text with a capital at the start of every sentence and single spaces."""
    text = re.sub(r"\s+", " ", text).strip()
    return re.sub(r"(^|[.!?]\s+)([a-z])", lambda m: m[1] + m[2].upper(), text)


def _count(facts: Facts, entity: str) -> int:
    return int(facts.value("count", entity, "1"))


def phrase(facts: Facts, entity: str, form: str = "the") -> str:
    """An entity as people speak of it: "the brown bear", with form "a" "a brown bear", or bare."""
    name = facts.value("name", entity, entity)
    if ("proper", entity) in facts:
        return name
    if (count := _count(facts, entity)) > 1:
        plural = facts.value("plural", entity, name)
        number = _NUMBERS[count] if count < len(_NUMBERS) else str(count)
        return {"the": f"the {plural}", "a": f"{number} {plural}"}.get(form, plural)
    article = facts.value("article", entity, "a")
    return {"the": f"the {name}", "a": f"{article} {name}"}.get(form, name)


class Speaker:
    """Somebody's way of putting things about a set of roles; draws are keyed by `names`.

    The roles giver and home are the speaker and the speaker's place, unless `roles` says otherwise.
    """

    def __init__(
        self, seed: Seed, facts: Facts, person: str, roles: Mapping[str, str], *names: str | int
    ) -> None:
        self.facts = facts
        home = facts.place_of(person)
        self.roles = {"giver": person, **({"home": home} if home else {}), **roles}
        self.voice = facts.value("voice", person, "plain")
        self._seed = seed
        self._person = person
        self._names = names
        self.heard: frozenset[str] = frozenset()
        """Lines that were said lately: others are chosen as long as there are any."""

    def line(self, act: str, *, mood: str = "", index: int = 0, voice: str = "") -> str:
        """A line of the act in the speaker's voice (or `voice`); "" if none can be filled.

        `index` goes through the shuffled lines, so that the next quest is worded otherwise.
        """
        voices = load_table("lines")["acts"][act]
        options = [*voices.get(voice or self.voice, []), *voices.get("any", [])]
        return self._chosen(act, options, mood, index)

    def table_line(self, table: str, name: str, index: int = 0) -> str:
        """A line of a table that is ordered by name and then by voice; "" if there is none."""
        voices = load_table(table).get(name, {})
        options = [*voices.get(self.voice, []), *voices.get("any", [])]
        return self._chosen(f"{table} {name}", options, "", index)

    def _chosen(self, what: str, options: list[Any], mood: str, index: int) -> str:
        plain = [option for option in options if isinstance(option, str)]
        fitting = [o[0] for o in options if not isinstance(o, str) and o[1].get("mood") == mood]
        deck = stream(self._seed, "words", what, self._person).shuffled(plain)
        if fitting and mood:
            deck = [*fitting, *deck]
        stale = ""
        for step in range(len(deck)):
            filled = self.fill(deck[(index + step) % len(deck)])
            if filled is not None and filled not in self.heard:
                return filled
            stale = stale or filled or ""
        return stale

    def fill(self, template: str) -> str | None:
        """The template with every slot and symbol filled, or None if one cannot be."""
        draw = stream(self._seed, "symbols", template, *self._names)
        symbols = load_table("lines")["symbols"]

        def symbol(match: re.Match[str]) -> str:
            choices = symbols.get(match[1], {}).get(self.voice, [""])
            return str(draw.choice(choices))

        text = _SYMBOL.sub(symbol, template)
        missing = False

        def slot(match: re.Match[str]) -> str:
            nonlocal missing
            value = self._slot(match[1], match[2] or "", match[3], match[4])
            missing = missing or value is None
            return value or ""

        text = _SLOT.sub(slot, text)
        if missing or "{" in text or "<" in text:
            return None
        return sentence_case(text)

    def _slot(self, role: str, form: str, one: str | None, many: str | None) -> str | None:
        if role in ("because", "ask", "kind"):
            value = self.roles.get(role)
            return kind_words(value) if value and role == "kind" else value
        entity = self.roles.get(role)
        if entity is None:
            return None
        if one is not None:
            return many if _count(self.facts, entity) > 1 else one
        if form in ("the", "a", "number", "plural", ""):
            return phrase(self.facts, entity, "a" if form == "number" else form)
        if form in ("they", "them", "their"):
            many_are = _count(self.facts, entity) > 1
            sex = "many" if many_are else self.facts.value("gender", entity)
            return _PRONOUNS.get(sex, _PRONOUNS[""])[("they", "them", "their").index(form)]
        if form in ("where", "place"):
            return self._where(entity)
        return self.facts.value(form, entity) or None

    def _where(self, entity: str) -> str | None:
        place = self.facts.place_of(entity)
        if place is None or ("secret", entity) in self.facts or place == entity:
            return None
        inside = self.facts.value("kind", place) in _INSIDE
        return f"{'in' if inside else 'at'} {self.facts.value('name', place, place)}"


def small_talk(seed: Seed, facts: Facts, person: str, index: int = 0) -> str:
    """A greeting and something said for the sake of it, by somebody who asks for nothing."""
    speaker = Speaker(seed, facts, person, {}, "small talk", person, index)
    lines = (speaker.line("greet", index=index), speaker.line("small_talk", index=index))
    return " ".join(line for line in lines if line)
