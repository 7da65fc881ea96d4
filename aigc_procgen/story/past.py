"""The past of one place that it does not share: a small state, changed by dated events.

A place is founded, grows, burns, digs wells, changes hands, and is left or lived in today. All of
it follows from the seed, the id and the kind, so neighbours can read it and people's lives can be
set in it without asking for the land. What places share is in shared_past.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ..core.random import Seed, Stream, stream
from .calendar import present_year
from .events import HistoryEvent, event_facts
from .figures import HEROES, EventRule, Figure, event_rules, houses, make_figure, other
from .residents import Person, census, family_of, lifetime, name_of
from .tables import load_table

__all__ = ["Past", "Reign", "apply_changes", "least_people", "past_of", "ruler", "start_state"]

_CHANGES_OF_HOUSE = ("house_elected", "house_bought", "house_overthrown", "house_died_out")
_GROWN = 20


@dataclass(frozen=True, kw_only=True)
class Reign:
    """Who decides in a place from a year on: a house, and the resident's number or -1."""

    start: int
    end: int
    family: str
    change: str
    resident: int = -1


@dataclass(frozen=True, kw_only=True)
class Past:
    """What a place remembers alone. `ended` is the year in which it was left, 0 if it never was."""

    place: str
    kind: str
    was: str
    founded: int
    ended: int
    reigns: tuple[Reign, ...]
    events: tuple[HistoryEvent, ...]
    figures: tuple[Figure, ...]

    def lived_in(self, year: int) -> bool:
        """Whether anybody lived there in a year after the founding."""
        return self.founded < year and (not self.ended or year < self.ended)


def start_state() -> dict[str, int]:
    """The state of a place at its founding."""
    return dict(load_table("history")["start"])


def apply_changes(state: dict[str, int], rule: EventRule, kind: str) -> None:
    """Changes the state by an event; people stay between one and what the kind of place holds."""
    gone = -rule.changes.get("people", 0) >= _of_kind("most", "town")
    bounds = {
        "people": (0 if gone else 1, _of_kind("most", kind)),
        "walls": (0, 2),
        "faith": (0, 5),
    }
    for part, change in rule.changes.items():
        low, high = bounds.get(part, (0, 9 if part == "wealth" else 1))
        state[part] = min(max(state[part] + change, low), high)


def least_people(kind: str) -> int:
    """How many people (0 to 12) a place of the kind must end with, if it was not left."""
    return int(_of_kind("least", kind))


def _of_kind(part: str, kind: str) -> Any:
    table = load_table("history")[part]
    return table.get(kind, table["village"])


@lru_cache(maxsize=1024, typed=True)
def past_of(seed: Seed, place_id: str, place_kind: str) -> Past:
    """The past of a place; kinds that the table does not know have that of a village.

    >>> past_of(1, "town:0:0", "town").events[0].kind
    'founded'
    """
    dice = stream(seed, "past", place_id)
    now, table = present_year(seed), load_table("history")
    founded = now - dice.between(*_of_kind("span", place_kind))
    ended, was = 0, place_kind
    if place_kind == "ruin":
        was = dice.weighted(tuple(table["was"]), tuple(table["was"].values()))
        ended = now - dice.between(*table["fallen"])
    reigns = _reigns(seed, dice.child("reigns"), place_id, place_kind, founded, ended or now)
    story = _Story(
        seed=seed,
        dice=dice,
        place=place_id,
        kind=place_kind,
        was=was,
        founded=founded,
        ended=ended,
        reigns=reigns,
    )
    story.tell()
    return Past(
        place=place_id,
        kind=place_kind,
        was=was,
        founded=founded,
        ended=ended,
        reigns=reigns,
        events=tuple(story.events),
        figures=tuple(story.figures[name] for name in sorted(story.figures)),
    )


# -- who decides ----------------------------------------------------------------------------------


def _reigns(
    seed: Seed, dice: Stream, place_id: str, kind: str, founded: int, end: int
) -> tuple[Reign, ...]:
    """Reigns from the founding to the end, backwards from whoever decides at the end."""
    families = houses(seed, place_id, kind)
    resident = -1 if kind == "ruin" else _decider(seed, place_id, kind)
    family, start = families[0], end - dice.between(3, 20)
    if resident >= 0:
        person = census(seed, place_id, kind)[resident]
        family = family_of(seed, person)
        grown = _grown(person)
        start = end - dice.between(1, max(1, min(20, grown)))
        if grown >= end - founded:
            start = min(start, founded + dice.below(2) * (end - founded))
    start = max(start, founded)
    shortest, longest = load_table("history")["reign"]
    found = [Reign(start=start, end=end, family=family, change="", resident=resident)]
    changes = list(_CHANGES_OF_HOUSE)
    while found[0].start > founded:
        start = found[0].start - dice.between(shortest, longest)
        if start - founded < shortest:
            start = founded
        family, change = found[0].family, ""
        if len(changes) > 1 and len(families) > 1 and dice.chance(1, 4):
            change = changes.pop(dice.below(len(changes)))
            family = dice.choice(other(families, family))
        found[0] = Reign(
            start=found[0].start,
            end=found[0].end,
            family=found[0].family,
            change=change,
            resident=found[0].resident,
        )
        found.insert(0, Reign(start=start, end=found[0].start, family=family, change=""))
    return tuple(found)


def _decider(seed: Seed, place_id: str, kind: str) -> int:
    """The number of the resident who decides in a place today, -1 if nobody lives there."""
    people = census(seed, place_id, kind)
    order: list[str] = _of_kind("rule", kind)
    ranks = [
        (order.index(person.role) if person.role in order else len(order), -_grown(person), number)
        for number, person in enumerate(people)
    ]
    return min(ranks)[2] if ranks else -1


def _grown(person: Person) -> int:
    """The years since somebody grew up, as the calendar counts them."""
    return person.age - lifetime(person.species, _GROWN)


def _reign_at(past: Past, year: int) -> int:
    """The number of the reign of a year: who came to it in that year decides already."""
    found = 0
    for number, reign in enumerate(past.reigns):
        if reign.start <= year:
            found = number
    return found


@lru_cache(maxsize=2048, typed=True)
def _ruler(
    seed: Seed, place_id: str, kind: str, number: int, reign: Reign, following: str
) -> Figure:
    role = "ruler"
    if reign.resident >= 0:
        person = census(seed, place_id, kind)[reign.resident]
        return Figure(
            id=person.id,
            name=name_of(seed, place_id, kind, reign.resident),
            sex=person.sex,
            family=reign.family,
            home=place_id,
            role=role,
            born=present_year(seed) - person.age,
            died=0,
        )
    figure_id = f"past:{place_id}:{number}"
    dice = stream(seed, "ruler", figure_id)
    longer = dice.between(1, 9) if following == "house_bought" else 0
    return make_figure(
        seed,
        figure_id,
        home=place_id,
        family=reign.family,
        role=role,
        number=number,
        born=reign.start - dice.between(22, 44),
        died=reign.end + longer,
    )


def ruler(seed: Seed, past: Past, year: int) -> Figure:
    """Who decided in the place in a year; the living one decides today."""
    return _ruler_of(seed, past.place, past.kind, past.reigns, _reign_at(past, year))


def _ruler_of(seed: Seed, place_id: str, kind: str, reigns: Sequence[Reign], number: int) -> Figure:
    following = reigns[number + 1].change if number + 1 < len(reigns) else ""
    return _ruler(seed, place_id, kind, number, reigns[number], following)


# -- what happened --------------------------------------------------------------------------------


@dataclass(kw_only=True)
class _Story:
    """A past while it is made, year by year."""

    seed: Seed
    dice: Stream
    place: str
    kind: str
    was: str
    founded: int
    ended: int
    reigns: tuple[Reign, ...]
    events: list[HistoryEvent] = field(default_factory=list)
    figures: dict[str, Figure] = field(default_factory=dict)
    heroes: int = 0

    def tell(self) -> None:
        table, now = load_table("history"), present_year(self.seed)
        last = self.ended or now
        state = start_state()
        self._add("founded", self.founded, state)
        waiting: list[tuple[int, str]] = [
            (reign.start, reign.change) for reign in self.reigns if reign.change
        ]
        count = self.dice.between(*_of_kind("count", self.kind))
        room = last - 4 - self.founded
        count = min(count, max(0, room // 2))
        for part in range(count):
            low, high = room * part // count, room * (part + 1) // count - 1
            waiting.append((self.founded + 1 + self.dice.between(low, max(low, high)), ""))
        waiting.sort()
        while waiting:
            year, kind = waiting.pop(0)
            kind = kind or self._drawn(year, state)
            # What was drawn for a year may be what an earlier event had brought about in it.
            if not kind or any((e.kind, e.year) == (kind, year) for e in self.events):
                continue
            self._add(kind, year, state)
            follow = table["aftermath"].get(kind)
            if follow and self.dice.chance(2, 3):
                then = year + self.dice.between(*follow[1:])
                if then < last - 3:
                    waiting = sorted([*waiting, (then, follow[0])])
        if self.ended:
            self._fall(state, now)
        elif state["people"] < least_people(self.kind):
            year = self.events[-1].year
            while state["people"] < least_people(self.kind):
                year = min(year + 1 + self.dice.below(4), now - 1)
                self._add("settlers", year, state)

    def _fall(self, state: dict[str, int], now: int) -> None:
        """How a ruin came to be one."""
        last = self.events[-1].year
        ways = ("fire", "well_failed", "famine", "beasts", "robbers", "schism")
        year = max(last, self.ended - self.dice.between(0, 2))
        self._add(self.dice.choice(ways), year, state)
        self._add("abandoned", self.ended, state)
        if self.dice.chance(2, 3) and now - self.ended > 6:
            self._add("looted", self.dice.between(self.ended + 2, now - 2), state)

    def _drawn(self, year: int, state: dict[str, int]) -> str:
        """A kind of event that fits the year and the state; "" if none does."""
        poor = state["people"] <= least_people(self.kind)
        options: dict[str, int] = {}
        for kind, rule in event_rules().items():
            weight = rule.weight.get(self.was, 0)
            earlier = [event.year for event in self.events if event.kind == kind]
            if (
                not weight
                or len(earlier) >= rule.most
                or (earlier and year - earlier[-1] < rule.apart)
                or any(state[part] < least for part, least in rule.needs.items())
                or any(state[part] >= limit for part, limit in rule.below.items())
                or (rule.cast == "honour" and not self._honoured(year))
            ):
                continue
            if poor:
                weight *= 5 if rule.changes.get("people", 0) > 0 else 1
            # What an earlier event explains is likelier than what comes out of the blue.
            explained = any(
                year - event.year <= rule.causes.get(event.kind, -1) for event in self.events
            )
            options[kind] = weight * (3 if explained else 1)
        return self.dice.weighted(tuple(options), tuple(options.values())) if options else ""

    def _add(self, kind: str, year: int, state: dict[str, int]) -> None:
        rule = event_rules()[kind]
        event_id = f"{kind}:{self.place}:{year}"
        who = tuple(self._keep(figure) for figure in self._cast(rule, event_id, kind, year))
        apply_changes(state, rule, self.was)
        where = (self.place,)
        self.events.append(
            HistoryEvent(
                id=event_id,
                kind=kind,
                year=year,
                who=who,
                where=where,
                facts=event_facts(event_id, kind, year, who, where),
            )
        )

    def _keep(self, figure: Figure) -> str:
        self.figures[figure.id] = figure
        return figure.id

    def _cast(self, rule: EventRule, event_id: str, kind: str, year: int) -> list[Figure]:
        number = max((n for n, reign in enumerate(self.reigns) if reign.start <= year), default=0)
        sort, _, role = rule.cast.partition(":")
        if sort == "ruler":
            return [_ruler_of(self.seed, self.place, self.kind, self.reigns, number)]
        if sort == "new_house":
            return [
                _ruler_of(self.seed, self.place, self.kind, self.reigns, n)
                for n in (number, max(number - 1, 0))
            ]
        if sort == "houses":
            families = houses(self.seed, self.place, self.kind)
            first = self.dice.choice(families[:3])
            second = self.dice.choice(other(families, first))
            return [self._hero(event_id, family, "householder", year) for family in (first, second)]
        if sort == "again":
            before = [event for event in self.events if event.kind == role][-1]
            families = tuple(self.figures[name].family for name in before.who)
            return [self._hero(event_id, family, "householder", year) for family in families]
        if sort == "hero":
            return [self._doer(event_id, role, rule, year)]
        if sort == "honour":
            return self._honoured(year)
        return []

    def _honoured(self, year: int) -> list[Figure]:
        """Whom a place could set in stone by then: the dead hero of a deed, or a dead founder."""
        for event in reversed(self.events):
            if event_rules()[event.kind].cast.startswith("hero") and event.who:
                figure = self.figures[event.who[0]]
                if 0 < figure.died <= year:
                    return [figure]
        founder = self.figures[self.events[0].who[0]]
        return [founder] if 0 < founder.died <= year else []

    def _doer(self, event_id: str, role: str, rule: EventRule, year: int) -> Figure:
        """Who did the deed of an event: somebody of that trade who lives there still, or did."""
        for number, person in enumerate(census(self.seed, self.place, self.kind)):
            born = present_year(self.seed) - person.age
            if (
                person.role == role
                and not self.ended
                and born + lifetime(person.species, 18) <= year
            ):
                return Figure(
                    id=person.id,
                    name=name_of(self.seed, self.place, self.kind, number),
                    sex=person.sex,
                    family=family_of(self.seed, person),
                    home=self.place,
                    role=role,
                    born=born,
                    died=0,
                )
        family = self.dice.choice(houses(self.seed, self.place, self.kind))
        return self._hero(event_id, family, role, year, deadly=rule.deadly)

    def _hero(
        self, event_id: str, family: str, role: str, year: int, *, deadly: bool = False
    ) -> Figure:
        born = year - self.dice.between(21, 55)
        died = born + self.dice.between(56, 84)
        if deadly and self.dice.chance(1, 3):
            died = year
        self.heroes += 1
        return make_figure(
            self.seed,
            f"past:{event_id}:{self.heroes}",
            home=self.place,
            family=family,
            role=role,
            number=HEROES + self.heroes % 30,
            born=born,
            died=max(died, year),
        )
