"""Books: chronicles, complaints, cookery, sayings, journeys and almanacs, by people of a place.

Everybody and everywhere in them is real: authors live there or are dead of it, they tell what had
happened by the year they wrote in, and a journey's distances can be walked after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..core.random import Seed, Stream, stream
from ..core.records import Record
from .directions import direction, paces
from .events import HistoryEvent
from .figures import Figure, event_rules
from .history import History
from .teller import Teller, event_phrase, events_told

__all__ = ["Book", "Leg", "books_of"]

_LEAST = 3  # parts of a book besides its end
_PAGE = 620  # letters
_TOLD = 45  # how long an event is spoken of that people who did not see it mention
_COUNT = {"cookery": 7, "sayings": 16, "almanac": 15}


@dataclass(frozen=True, kw_only=True)
class Book(Record):
    """A book: its title, who wrote it (an id and a name), when, its pages, what it tells of.

    `about` are ids of events and of places; `kind` is one of tables/books.json.
    """

    id: str
    kind: str
    title: str
    author: str
    author_name: str
    year: int
    place: str
    pages: tuple[str, ...]
    about: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Leg:
    """A way that can be walked: two places with `id`, `kind`, `name`, `x`, `y`, and the second's
    history.
    """

    first: Any
    second: Any
    history: History


@dataclass(frozen=True, kw_only=True)
class _Author:
    id: str
    name: str
    sex: str
    role: str
    first: int
    last: int


def books_of(
    seed: Seed,
    history: History,
    people: Iterable[Any],
    legs: Sequence[Leg] = (),
    *,
    others: Sequence[str] = (),
    language: str = "en",
) -> tuple[Book, ...]:
    """The books of a place. `people` live there, `legs` are a walk from it, `others` are names of
    places near it.
    """
    dice = stream(seed, "books", history.id)
    teller = Teller(seed, "books", history.id, language=language)
    table = teller.table("books")
    count = int(table["counts"].get(history.kind, table["counts"]["village"]))
    kinds = [name for name, row in table["kinds"].items() if history.kind in row["places"]]
    if not legs:
        kinds = [kind for kind in kinds if kind != "journey"]
    authors = _authors(history, people)
    found: list[Book] = []
    for kind in dice.shuffled(kinds):
        if len(found) == count:
            break
        draw = dice.child(kind)
        author = _chosen(draw, authors, table["kinds"][kind]["roles"])
        if author is None:
            break
        writer = _Writer(
            history=history,
            teller=teller,
            rows=table["kinds"][kind],
            dice=draw,
            author=author,
            year=draw.between(author.first, author.last),
            legs=legs,
            others=others,
        )
        book = writer.book(f"book:{history.id}:{kind}", kind)
        if book is not None:
            found.append(book)
            if len(authors) > 1:
                authors = [other for other in authors if other.id != author.id]
    return tuple(found)


def _authors(history: History, people: Iterable[Any]) -> list[_Author]:
    """Everybody who could have written: those who live there, then the dead of its history."""
    now = history.year
    found = []
    for person in people:
        came = max((e.year for e in person.life if e.kind in ("came", "born")), default=now - 1)
        first = max(came, now - max(1, min(15, person.age - 18)))
        found.append(
            _Author(
                id=str(person.id),
                name=str(person.name),
                sex=str(person.sex),
                role=str(person.role),
                first=min(first, now - 1),
                last=now - 1,
            )
        )
    for figure in history.figures:
        first = max(figure.born + 20, history.founded + 2)
        if figure.died > first and figure.home == history.id:
            found.append(
                _Author(
                    id=figure.id,
                    name=figure.name,
                    sex=figure.sex,
                    role=figure.role,
                    first=first,
                    last=figure.died,
                )
            )
    return found


def _chosen(dice: Stream, authors: list[_Author], roles: Sequence[str]) -> _Author | None:
    """Who writes a book: the trade that fits best, else anybody."""
    for role in roles:
        fitting = [author for author in authors if author.role == role]
        if fitting:
            return dice.choice(fitting)
    return dice.choice(authors) if authors else None


@dataclass(kw_only=True)
class _Writer:
    history: History
    teller: Teller
    rows: Mapping[str, Any]
    dice: Stream
    author: _Author
    year: int
    legs: Sequence[Leg]
    others: Sequence[str]

    def book(self, book_id: str, kind: str) -> Book | None:
        """The book; None where there is too little to tell."""
        about: dict[str, None] = {self.history.id: None}
        words = self._words(about)
        parts = [self._line(kind, "open", words)]
        if kind in ("chronicle", "complaint"):
            tone = "chronicle" if kind == "chronicle" else "loser"
            known = [event for event in self.history.events if event.year <= self.year]
            for event, line in events_told(self.teller, self.history, tone, known):
                about[event.id] = None
                parts.append(line)
        elif kind == "journey":
            parts += self._journey(about)
        else:
            parts += self._leaves(kind, about)
        if len(parts) < _LEAST:
            return None
        parts.append(self._line(kind, "close", words))
        return Book(
            id=book_id,
            kind=kind,
            title=self.teller.line(f"{kind} title", self.rows["titles"], words),
            author=self.author.id,
            author_name=self._author(),
            year=self.year,
            place=self.history.id,
            pages=_pages([part for part in parts if part], self.teller.language),
            about=tuple(about),
        )

    def _author(self) -> str:
        return self.teller.grammar.named(self.author.name, "person", self.author.sex)

    def _line(self, kind: str, part: str, words: Mapping[str, str]) -> str:
        return self.teller.line(f"{kind} {part}", self.rows[part], words)

    def _words(self, about: dict[str, None]) -> dict[str, str]:
        """Words for one leaf: an event, somebody and a neighbour, each drawn anew."""
        grammar = self.teller.grammar
        words = {
            "author": self._author(),
            "year": str(self.year),
            "place": grammar.named(self.history.name, "place"),
            "other": grammar.named(self.dice.choice(self.others), "place") if self.others else "",
        }
        if event := _remembered(self.dice, self.history, self.year):
            words["event"] = event_phrase(event, self.teller.language)
            words["event id"] = event.id
        dead = [figure for figure in self.history.figures if _is_past(figure, self.year)]
        if dead:
            one = self.dice.choice(dead)
            words["who"] = grammar.named(one.name, "person", one.sex)
        return words

    def _leaves(self, kind: str, about: dict[str, None]) -> list[str]:
        lines = list(self.rows["lines"])
        if kind != "almanac":  # whose months have an order
            lines = self.dice.shuffled(lines)
        found: list[str] = []
        for template in lines:
            words = self._words(about)
            text = self.teller.fill(template, words)
            if text and text not in self.teller.said and len(found) < _COUNT[kind]:
                self.teller.said.add(text)
                found.append(text)
                if "{event}" in template:
                    about[words["event id"]] = None
        return found

    def _journey(self, about: dict[str, None]) -> list[str]:
        found = []
        grammar = self.teller.grammar
        directions = self.teller.table("signs")["directions"]
        for leg in self.legs:
            words = {
                "first": grammar.named(str(leg.first.name), "place"),
                "second": grammar.named(str(leg.second.name), "place"),
                "paces": str(paces(leg.first, leg.second)),
                "direction": str(directions[direction(leg.first, leg.second)]),
            }
            about[str(leg.second.id)] = None
            parts = [self.teller.line("leg", self.rows["leg"], words)]
            stops = self.rows["stop"].get(leg.second.kind, self.rows["stop"]["village"])
            parts.append(self.teller.line(f"stop {leg.second.kind}", stops, words))
            if event := _remembered(self.dice, leg.history, self.year):
                words["event"] = event_phrase(event, self.teller.language)
                if memory := self.teller.line("memory", self.rows["memory"], words):
                    about[event.id] = None
                    parts.append(memory)
            found.append(grammar.joined(part for part in parts if part))
        return found


def _remembered(dice: Stream, history: History, year: int) -> HistoryEvent | None:
    """An event before a year that people still speak of then."""
    options = [
        event
        for event in history.events
        if event.year < year and event_rules()[event.kind].mark >= _TOLD
    ]
    return dice.choice(options) if options else None


def _is_past(figure: Figure, year: int) -> bool:
    return 0 < figure.died <= year


def _pages(parts: Sequence[str], language: str) -> tuple[str, ...]:
    """The parts in pages of much the same length, none of them cut."""
    most = _PAGE if language == "en" else _PAGE // 3
    pages: list[list[str]] = [[]]
    for part in parts:
        if pages[-1] and sum(map(len, pages[-1])) + len(part) > most:
            pages.append([])
        pages[-1].append(part)
    return tuple("\n\n".join(page) for page in pages)
