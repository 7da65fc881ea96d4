"""Lives: the dated events of somebody who lives in a place, and the backstory that tells them.

Whoever was born there lived through the place's own past (past.py): ages agree with dates, parents
are older than their children, and the dead have a name of the family. All of it is facts.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..core.random import Seed, stream
from .calendar import present_year
from .cultures import culture_of
from .events import HistoryEvent
from .fact_set import Fact
from .figures import KIN, MASTERS, Figure, event_rules, make_figure
from .grammar import Grammar, grammar_of
from .past import Past, past_of
from .residents import Person, census, family_of, lifetime, name_of
from .tables import load_table
from .teller import Teller, event_phrase

__all__ = ["life_of"]

_YOUNG, _ADULT, _MOTHER, _OLDEST = 13, 18, 45, 78
_NO_TRADE = ("beggar", "elder", "hermit", "noble", "pilgrim")
_REMEMBERED = 45  # how long an event must be spoken of, for a life to be set by it


def life_of(
    seed: Seed, place_id: str, place_kind: str, place_name: str, number: int, language: str = "en"
) -> tuple[tuple[HistoryEvent, ...], str]:
    """The dated events of the life of one of a place's census, by year, and the backstory."""
    life = _Life(seed, place_id, place_kind, number)
    life.tell_dates()
    events = tuple(sorted(life.events, key=lambda event: (event.year, event.id)))
    return events, life.backstory(place_name, language)


def born_in(seed: Seed, person: Person) -> int:
    """The year in which somebody of a census was born."""
    return present_year(seed) - person.age


def is_native(seed: Seed, past: Past, person: Person) -> bool:
    """Whether somebody was born where they live."""
    if past.ended or person.culture != culture_of(seed, past.place):
        return False
    here = stream(seed, "native", person.id).chance(5, 6)
    return here and born_in(seed, person) > past.founded


class _Life:
    def __init__(self, seed: Seed, place_id: str, place_kind: str, number: int) -> None:
        self.seed, self.place, self.kind, self.number = seed, place_id, place_kind, number
        self.people = census(seed, place_id, place_kind)
        self.person = self.people[number]
        self.past = past_of(seed, place_id, place_kind)
        self.now = present_year(seed)
        self.born = born_in(seed, self.person)
        self.native = is_native(seed, self.past, self.person)
        self.dice = stream(seed, "life", self.person.id)
        self.events: list[HistoryEvent] = []
        self.parent: Figure | None = None
        self.teacher: Figure | None = None
        self.memory: HistoryEvent | None = None

    def _years(self, years: int) -> int:
        return lifetime(self.person.species, years)

    def _add(
        self,
        kind: str,
        year: int,
        facts: tuple[Fact, ...],
        *,
        who: tuple[str, ...] = (),
        because: tuple[str, ...] = (),
    ) -> None:
        person = self.person.id
        self.events.append(
            HistoryEvent(
                id=f"{kind}:{person}",
                kind=kind,
                year=year,
                who=(person, *who),
                where=(self.place,) if kind != "born" or self.native else (),
                because=because,
                facts=facts,
            )
        )

    def tell_dates(self) -> None:
        """Draws all the events."""
        person, home = self.person.id, (self.place,) if self.native else ()
        self._add("born", self.born, (("born", person, str(self.born), *home),))
        since = self._since()
        arrived = self.born
        if not self.native:
            arrived = self._arrival(since)
            self._add("came", arrived, (("came_to", person, str(arrived), self.place),))
        if since:
            self._add("rules", since, (("rules", person, self.place, str(since)),))
        if self.native:
            self._find_parent()
            self._find_teacher()
        self._remember(max(arrived, self.born + self._years(5)))

    def _since(self) -> int:
        """The year since when this person decides in the place; 0 if another does."""
        reign = self.past.reigns[-1]
        return reign.start if reign.resident == self.number else 0

    def _deeds(self) -> list[HistoryEvent]:
        return [event for event in self.past.events if self.person.id in event.who]

    def _done(self) -> list[HistoryEvent]:
        """Deeds but for coming to rule, of which it is told by itself."""
        return [
            event
            for event in self._deeds()
            if event_rules()[event.kind].cast not in ("ruler", "new_house")
        ]

    def _arrival(self, since: int) -> int:
        years = [event.year for event in self._deeds()]
        latest = min([*years, since or self.now - 1, self.now - 1])
        earliest = max(self.born + self._years(16), (self.past.ended or self.past.founded) + 1)
        return self.dice.between(earliest, latest) if earliest <= latest else latest

    def _find_parent(self) -> None:
        """A parent among the neighbours, or a dead one of the family."""
        person = self.person
        family = family_of(self.seed, person)
        for number, other in enumerate(self.people):
            older = other.age - person.age
            if (
                other.species == person.species
                and self._years(_ADULT) <= older <= self._years(_MOTHER)
                and family_of(self.seed, other) == family
            ):
                self.parent = self._living(number, "parent")
                self._add(
                    "parent", self.born, (("child_of", person.id, other.id),), who=(other.id,)
                )
                return
        dice = self.dice.child("parent")
        born = self.born - self._years(dice.between(_ADULT + 1, _MOTHER))
        oldest = min(self.now - 1, born + self._years(_OLDEST))
        # Whoever could still be alive and does not live here has died.
        died = dice.between(min(self.born, oldest), oldest)
        deadly = [
            event
            for event in self.past.events
            if event_rules()[event.kind].deadly and self.born + 3 <= event.year <= oldest
        ]
        because: tuple[str, ...] = ()
        if deadly and dice.chance(1, 2):
            event = dice.choice(deadly)
            died, because = event.year, ("event", event.id)
        self.parent = self._dead("parent", family, KIN, born, died)
        facts = (("child_of", person.id, self.parent.id), *_figure_facts(self.parent))
        if because:
            cause = next(event for event in deadly if event.id == because[1])
            facts += (*cause.facts, ("died_of", self.parent.id, cause.id))
        self._add("bereaved", self.parent.died, facts, who=(self.parent.id,), because=because)

    def _find_teacher(self) -> None:
        """Who taught the trade: somebody who still plies it here, or a dead master."""
        person = self.person
        year = self.born + self._years(self.dice.between(11, 15))
        if person.role in _NO_TRADE or year >= self.now:
            return
        for number, other in enumerate(self.people):
            grown = born_in(self.seed, other) + lifetime(other.species, _ADULT)
            if (
                other.role == person.role
                and grown < year
                and is_native(self.seed, self.past, other)
            ):
                self.teacher = self._living(number, person.role)
                break
        else:
            dice = self.dice.child("master")
            family = dice.choice([family_of(self.seed, other) for other in self.people])
            born = year - dice.between(25, 50)
            self.teacher = self._dead(
                person.role, family, MASTERS, born, year + dice.between(3, 30)
            )
        facts: tuple[Fact, ...] = (
            ("learnt", person.id, person.role, str(year)),
            ("taught", self.teacher.id, person.id),
        )
        if self.teacher.died:
            facts += _figure_facts(self.teacher)
        self._add("learnt", year, facts, who=(self.teacher.id,))

    def _remember(self, first: int) -> None:
        """One event of the place that this person did, or lived through."""
        deeds = self._done()
        seen = [
            event
            for event in self.past.events
            if event.year >= first
            and event_rules()[event.kind].mark >= _REMEMBERED
            and self.person.id not in event.who
        ]
        if deeds:
            event, kind, predicate = deeds[-1], "deed", "took_part"
        elif seen:
            event, kind, predicate = self.dice.choice(seen), "lived_through", "lived_through"
        else:
            return
        figures = {figure.id: figure for figure in self.past.figures}
        named = [
            fact
            for name in event.who
            if figures[name].died
            for fact in _figure_facts(figures[name])
        ]
        facts = (*event.facts, *named, (predicate, self.person.id, event.id))
        self.memory = event
        self._add(kind, event.year, tuple(dict.fromkeys(facts)), because=("event", event.id))

    def _living(self, number: int, role: str) -> Figure:
        person = self.people[number]
        return Figure(
            id=person.id,
            name=name_of(self.seed, self.place, self.kind, number),
            sex=person.sex,
            family=family_of(self.seed, person),
            home=self.place,
            role=role,
            born=born_in(self.seed, person),
            died=0,
        )

    def _dead(self, role: str, family: str, number: int, born: int, died: int) -> Figure:
        return make_figure(
            self.seed,
            f"past:{self.person.id}:{role}",
            home=self.place,
            family=family,
            role=role,
            number=number + self.number,
            born=born,
            died=died,
        )

    # -- the words --------------------------------------------------------------------------------

    def backstory(self, place_name: str, language: str) -> str:
        """Three or four sentences: where from, what happened, what the role and a trait left."""
        table = load_table("lives", language)
        old = load_table("backstory", language)
        home, person = self.person.place, self.person
        teller = Teller(self.seed, "backstory", person.id, language=language)
        grammar = teller.grammar
        name = name_of(self.seed, self.place, self.kind, self.number)
        words = _pronouns(person.sex, grammar) | {
            "name": grammar.named(name, "person", person.sex),
            "place": grammar.named(place_name, "place"),
            "role": person.role,
        }
        by_kind = {event.kind: event for event in self.events}
        sentences = [self._origin(table, words, home, language)]
        told: list[str] = [kind for kind in ("deed", "rules") if kind in by_kind]
        rest: list[str] = ["parent", "bereaved", "learnt", "lived_through"]
        told += self.dice.child("told").shuffled(kind for kind in rest if kind in by_kind)
        for kind in told[: 2 if len(told) > 2 and self.dice.child("long").chance(1, 2) else 1]:
            sentences.append(self._sentence(teller, table, words, by_kind[kind], language))
        dice = stream(self.seed, "words", "backstory", person.id)
        pattern = dice.choice(old["role"].get(person.role, [""]))
        sentences.append(teller.fill(pattern, words) if pattern else "")
        if dice.chance(1, 2):
            aged = person.age >= self._years(50) and dice.chance(1, 3)
            last = old["old"] if aged else old["trait"].get(dice.choice(person.traits), [""])
            pattern = dice.choice(last)
            sentences.append(teller.fill(pattern, words) if pattern else "")
        return grammar.joined(sentence for sentence in sentences if sentence)

    def _origin(
        self, table: Mapping[str, list[str]], words: dict[str, str], home: str, language: str
    ) -> str:
        """Where from; neighbours take turns through one list, so that no two say it alike."""
        came = next((event for event in self.events if event.kind == "came"), None)
        kind = "came" if came else "born"
        words = words | {"year": str(came.year if came else self.born)}
        before = [
            event
            for event in self.past.events
            if 0 <= self.born - event.year <= 3 and event.kind != "founded"
        ]
        if not came and before and before[-1].year < self.born:
            kind, words["event"] = "born_after", event_phrase(before[-1], language)
        turns = stream(self.seed, "words", "origins", kind, home).shuffled(table[kind])
        turn = Teller(self.seed, "origin", language=language)
        return turn.fill(turns[self.number % len(turns)], words)

    def _sentence(
        self,
        teller: Teller,
        table: Mapping[str, list[str]],
        words: dict[str, str],
        event: HistoryEvent,
        language: str,
    ) -> str:
        kind = {"parent": "parent_lives", "bereaved": "parent_dead"}.get(event.kind, event.kind)
        grammar = grammar_of(language)
        words = words | {"year": str(event.year), "age": str(event.year - self.born)}
        if self.parent is not None and event.kind in ("parent", "bereaved"):
            words |= {
                "parent": grammar.named(self.parent.name, "person", self.parent.sex),
                "kin": str(load_table("lives", language)["kin"][self.parent.sex]),
            }
        if self.teacher is not None:
            words["teacher"] = grammar.named(self.teacher.name, "person", self.teacher.sex)
        cause = next((e for e in self.past.events if event.because[1:] == (e.id,)), None)
        if cause is not None:
            words["event"] = event_phrase(cause, language)
            if event.kind == "bereaved":
                kind = "parent_died_of"
            elif event.kind == "lived_through" and event.year - self.born <= self._years(_YOUNG):
                kind = "lived_young"
        return teller.line(kind, table[kind], words)


def _pronouns(sex: str, grammar: Grammar) -> dict[str, str]:
    found = grammar.pronouns(sex)
    return found | {name.capitalize(): word.capitalize() for name, word in found.items()}


def _figure_facts(figure: Figure) -> tuple[Fact, ...]:
    """The facts of somebody dead: a name, but nobody whom a quest could send for."""
    return (
        ("ancestor", figure.id),
        ("name", figure.id, figure.name),
        ("proper", figure.id),
        ("gender", figure.id, figure.sex),
        ("born", figure.id, str(figure.born)),
        ("died", figure.id, str(figure.died)),
    )
