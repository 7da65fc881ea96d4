"""Words for what is remembered: lines of the tables, each said once, with their slots filled.

A slot names a word in braces, `{who}`; a line with a slot that has no word is not taken, and a line
that was said is not said again by the same teller. Choices have streams of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..core.random import Seed, stream
from .events import HistoryEvent
from .figures import Figure
from .grammar import grammar_of
from .tables import load_table

if TYPE_CHECKING:
    from .history import History

__all__ = [
    "TONES",
    "Teller",
    "event_phrase",
    "event_words",
    "events_told",
    "person_words",
]

TONES = ("chronicle", "tavern", "loser")
_SLOT = re.compile(r"\{(\w+)\}")


class Teller:
    """Somebody who tells in one language and never says a line twice; drawn by the names."""

    def __init__(self, seed: Seed, *names: str | int, language: str = "en") -> None:
        self.seed, self.names, self.language = seed, names, language
        self.grammar = grammar_of(language)
        self.said: set[str] = set()
        self._decks: dict[str, list[str]] = {}

    def table(self, name: str) -> dict[str, Any]:
        """A table of words in the teller's language."""
        return load_table(name, self.language)

    def line(self, what: str, options: Sequence[str], words: Mapping[str, str]) -> str:
        """The next of the lines about `what` that can be filled; "" if none can.

        Lines go round: the one taken is put below the others, so it comes again as late as may be.
        """
        if what not in self._decks:
            draw = stream(self.seed, "words", what, *self.names)
            self._decks[what] = draw.shuffled(options)
        deck = self._decks[what]
        for place, template in enumerate(deck):
            filled = self.fill(template, words)
            if filled and filled not in self.said:
                deck.append(deck.pop(place))
                self.said.add(filled)
                return filled
        return ""

    def fill(self, template: str, words: Mapping[str, str]) -> str:
        """The template with its slots filled, as it is written; "" if one is missing."""
        missing = False

        def slot(match: re.Match[str]) -> str:
            nonlocal missing
            value = words.get(match[1], "")
            missing = missing or not value
            return value

        text = _SLOT.sub(slot, template)
        return "" if missing else self.grammar.finished(text)


def person_words(
    name: str, figure: Figure | None, language: str = "en", *, sex: str = "", called: str = ""
) -> dict[str, str]:
    """The words of a person under a slot's name: the name itself, pronouns, the house."""
    if figure is None:
        return {}
    grammar = grammar_of(language)
    return {
        name: grammar.named(called or figure.name, "person", figure.sex),
        f"{name}_house": grammar.named(figure.family, "family"),
        **{f"{name}_{form}": word for form, word in grammar.pronouns(sex or figure.sex).items()},
    }


def event_words(history: History, event: HistoryEvent, language: str = "en") -> dict[str, str]:
    """The words that lines about an event of a history may use; see tables/history_lines.json."""
    table = load_table("history_lines", language)
    grammar = grammar_of(language)
    names = {entity: grammar.named(name, "place") for entity, name in history.names.items()}
    own = grammar.named(history.name, "place")
    place = names.get(event.where[0], "") if history.kind == "realm" else own
    words = {"year": str(event.year), "ago": str(history.year - event.year), "place": place}
    for slot, entity in zip(("first", "second"), event.where, strict=False):
        words[slot] = names.get(entity, "")
    if event.kind in ("besieged", "sacked", "occupied", "sent_men"):
        words |= {"realm": names.get(event.where[1], ""), "foe": names.get(event.where[2], "")}
    for slot, entity in zip(("who", "who2"), event.who, strict=False):
        words |= person_words(slot, history.figure(entity), language)
    if event.because[:1] == ("event",):
        cause = history.event(event.because[1])
        if cause is not None and cause.year < event.year:
            phrase = str(table["events"].get(cause.kind, ""))
            words["cause"] = phrase.replace("{year}", str(cause.year))
    for feature in event.because[2:3] if event.because[:1] == ("land",) else history.land:
        if feature in table["land"]:
            words["land"] = str(table["land"][feature])
            break
    return words


def event_phrase(event: HistoryEvent, language: str = "en") -> str:
    """An event as a noun phrase: "the fire of 941"."""
    phrase = str(load_table("history_lines", language)["events"][event.kind])
    return phrase.replace("{year}", str(event.year))


def events_told(
    teller: Teller, history: History, tone: str, events: Iterable[HistoryEvent] | None = None
) -> list[tuple[HistoryEvent, str]]:
    """The events that have a line in the tone, each with it."""
    table = teller.table("history_lines")
    found: list[tuple[HistoryEvent, str]] = []
    here = str(table["kinds"].get(history.kind, ""))
    own = teller.grammar.named(history.name, "place")
    for event in history.events if events is None else events:
        options: list[str] = []
        beside = len(event.where) == 2 and event.where[1] == history.id
        what = f"{tone} {event.kind}"
        if beside:
            options = table["there"][tone].get(event.kind, [])
            what += " there" if options else ""
        options = options or table["tones"][tone].get(event.kind, [])
        words = event_words(history, event, teller.language)
        # The name is said once in four times: between, everybody knows which place is meant.
        if here and len(found) % 4 and words["place"] == own:
            words["place"] = here
        line = teller.line(what, options, words)
        if line:
            found.append((event, line))
    return found
