"""Words for what was planned: lines by act and voice, with grammar read from the facts.

A template names roles in braces: `{item.the}`, `{enemy:has|have}`; and symbols of a voice in angle
brackets: `<address>`. Articles, plurals and pronouns come from the facts of an entity, never from
its letters. Choices have streams of their own, so other words never change a plan.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import permutations
from typing import Any

from ..core.random import Seed, stream
from .english import sentence_case
from .fact_set import Facts
from .grammar import count_of, grammar_of
from .proposals import Proposer, Writer, make_frame, make_writer
from .tables import load_table
from .turns import Turns, sort_of_line

__all__ = ["Speaker", "phrase", "sentence_case", "small_talk"]

_SLOT = re.compile(r"\{(\w+)(?:\.(\w+)|:([^}|]*)\|([^}]*))?\}")
_SYMBOL = re.compile(r"<(\w+)>")
# Acts whose lines may follow each other.
_PAIRED = (
    "greet",
    "greet_again",
    "accept",
    "accepted",
    "refuse",
    "refused",
    "progress",
    "thanks",
    "thanks_honourable",
    "thanks_sly",
    "thanks_violent",
    "receive",
    "kindness",
    "changed",
    "closed",
    "haste",
    "hurry",
    "late",
)
# Tables and acts that are other acts to whoever proposes lines.
_AS_PROPOSED = {"causes": "because", "asks": "ask", "greet_again": "greet"}


def phrase(facts: Facts, entity: str, form: str = "the", *, language: str = "en") -> str:
    """An entity as people speak of it: "the brown bear", with form "a" "a brown bear", or bare.

    In Chinese "the" is bare as well, and "that" points at it. What the tables do not know has the
    name that the facts give it in the language, as in `("name_zh", "item:fleece", "金羊毛")`.
    """
    return grammar_of(language).phrase(facts, entity, form)


class Speaker:
    """Somebody's way of putting things about a set of roles; draws are keyed by `names`.

    The roles giver and home are the speaker and the speaker's place, unless `roles` says otherwise.
    `deed` is what a quest comes to, as in strategies.json: there are lines for it.
    """

    def __init__(
        self,
        seed: Seed,
        facts: Facts,
        person: str,
        roles: Mapping[str, str],
        *names: str | int,
        language: str = "en",
        deed: str = "",
    ) -> None:
        self.facts = facts
        self.language = language
        self.grammar = grammar_of(language)
        home = facts.place_of(person)
        self.roles = {"giver": person, **({"home": home} if home else {}), **roles}
        self.voice = facts.value("voice", person, "plain")
        self._seed = seed
        self._person = person
        self._names = names
        self._deed = deed
        self.heard: Mapping[str, int] = {}
        """Lines that were said lately, and when: others are chosen as long as there are any."""
        self.turns: Turns = Counter()
        """How often lines were said lately in each voice; nothing for the first quest."""
        self.writer: Writer | None = None
        """Who may put a line otherwise than the grammar would."""

    def listens_as(self, other: Speaker) -> None:
        """Has heard what another one has, and has the same writer."""
        self.heard, self.turns, self.writer = other.heard, other.turns, other.writer

    def line(self, act: str, *, mood: str = "", index: int = 0, voice: str = "") -> str:
        """A line of the act in the speaker's voice (or `voice`); "" if none can be filled.

        `index` goes through the shuffled lines, so that the next quest is worded otherwise.
        """
        acts = load_table("lines", self.language)["acts"]
        if act not in acts:
            acts = load_table("quest_lines", self.language)["acts"]
        about = load_table("deed_lines", self.language)["acts"].get(act, {}).get(self._deed, {})
        options = [
            option
            for voices in (acts[act], about)
            for option in (*voices.get(voice or self.voice, []), *voices.get("any", []))
        ]
        return self._chosen(act, options, mood, index, voice)

    def table_line(self, table: str, name: str, index: int = 0) -> str:
        """A line of a table that is ordered by name and then by voice; "" if there is none."""
        voices = load_table(table, self.language).get(name)
        voices = voices or load_table("matters", self.language)[table].get(name, {})
        options = [*voices.get(self.voice, []), *voices.get("any", [])]
        return self._chosen(f"{table} {name}", options, "", index)

    def _chosen(self, what: str, options: list[Any], mood: str, index: int, voice: str = "") -> str:
        plain = [option for option in options if isinstance(option, str)]
        fitting = [o[0] for o in options if not isinstance(o, str) and o[1].get("mood") == mood]
        # Who is the first to speak begins anywhere; later ones of the voice where it stopped.
        speaking, known = voice or self.voice, bool(self.turns)
        dice = stream(self._seed, "words", what, speaking if known else self._person)
        deck = dice.shuffled(plain)
        turn = self.turns[sort_of_line(what), speaking] if known else index
        if fitting and mood:
            deck = [*fitting, *deck]
        if deck and (said := self._proposed(what, deck, mood, index, voice)):
            return said
        again = known and turn >= len(deck) and what in _PAIRED
        filled = []
        for step in range(len(deck)):
            text = self.fill(deck[(turn + step) % len(deck)])
            if text is not None and text not in self.heard and not again:
                return text
            filled += [] if text is None else [text]
        # Somebody who has said everything once says two things, or owns to saying it again.
        more = self._combined(filled, speaking, what in _PAIRED, turn // max(len(deck), 1))
        fresh = next((text for text in more if text not in self.heard), "")
        return fresh or min(filled, key=lambda text: self.heard.get(text, -1), default="")

    def _combined(self, texts: list[str], voice: str, paired: bool, round_: int) -> Iterator[str]:
        """Filled lines put together: two of them, another pair in each round, or one after words
        such as "Once more, then."
        """
        count = len(texts)
        for turn in range(count - 1) if paired else ():
            apart = (max(round_ - 1, 0) + turn) % (count - 1) + 1
            for place in range(count):
                yield self.grammar.joined((texts[place], texts[(place + apart) % count]))
        yield from texts
        acts = load_table("quest_lines", self.language)["acts"]["again"]
        openers = stream(self._seed, "words", "again", self._person).shuffled(acts[voice])
        for size in range(1, len(openers) + 1):
            for before in permutations(openers, size):
                for text in texts:
                    yield self.grammar.joined((*before, text))

    def _proposed(self, what: str, deck: list[str], mood: str, index: int, voice: str) -> str:
        """A line of the writer's proposer, "" if it has none that is right."""
        if self.writer is None:
            return ""
        table = what.rpartition(" ")[0]
        act = _AS_PROPOSED.get(table or what, what)
        speaking = voice or self.voice
        frame = make_frame(act, mood, speaking, sorted(self.roles), deck, fixed=bool(table))
        dice = stream(self._seed, "proposals", what, self._person, *self._names, index)
        return self.writer.choose(frame, self.fill, self.heard, dice)

    def fill(self, template: str) -> str | None:
        """The template with every slot and symbol filled, or None if one cannot be."""
        text = template
        if "<" in template:
            draw = stream(self._seed, "symbols", template, *self._names)
            symbols = load_table("lines", self.language)["symbols"]

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
        return self.grammar.finished(text)

    def _slot(self, role: str, form: str, one: str | None, many: str | None) -> str | None:
        if role in ("because", "ask", "kind"):
            value = self.roles.get(role)
            return self.grammar.kind(value) if value and role == "kind" else value
        entity = self.roles.get(role)
        if entity is None:
            return None
        if one is not None:
            return many if count_of(self.facts, entity) > 1 else one
        if form in ("the", "a", "that", "number", "plural", ""):
            form = "a" if form == "number" else form
            return self.grammar.phrase(self.facts, entity, form)
        if form in ("they", "them", "their"):
            return self.grammar.pronoun(self.facts, entity, form)
        if form in ("where", "place"):
            return self._where(entity, form)
        return self.grammar.word(self.facts, form, entity) or None

    def _where(self, entity: str, form: str) -> str | None:
        place = self.facts.place_of(entity)
        if place is None or ("secret", entity) in self.facts or place == entity:
            return None
        return self.grammar.place(self.facts, place, form)


def small_talk(
    seed: Seed,
    facts: Facts,
    person: str,
    index: int = 0,
    *,
    language: str = "en",
    voice: Proposer | None = None,
) -> str:
    """A greeting and something said for the sake of it, by somebody who asks for nothing.

    `voice` may put it in other words, see `load_voice`.
    """
    speaker = Speaker(seed, facts, person, {}, "small talk", person, index, language=language)
    speaker.writer = make_writer(voice, language)
    return speaker.grammar.joined(
        [speaker.line("greet", index=index), speaker.line("small_talk", index=index)]
    )
