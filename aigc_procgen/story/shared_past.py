"""What places remember together: between neighbours, in a whole country, in the wars of realms.

Every event here follows from its own participants alone, in a sorted order, and from their own
pasts, so whoever is asked tells the same event with the same year, people and facts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ..core.random import Seed, Stream, stream
from .calendar import present_year
from .events import HistoryEvent, event_facts
from .figures import SHARED, Figure, event_rules, make_figure
from .past import Past, past_of, ruler

__all__ = [
    "NEAR",
    "Crown",
    "Shared",
    "area_events",
    "area_of",
    "crown_events",
    "crowned_in",
    "new_event",
    "pair_events",
    "ties",
    "wars_of",
]

NEAR = 220  # tiles between neighbours, as between the ends of a road
_AREA = 4  # cells of places on a side that a fever or a flood goes through
_PAIR = 2  # events at most that two neighbours share out of the blue


@dataclass(frozen=True, kw_only=True)
class Crown:
    """A realm as stories know it: its id, its name, the id and the name of its capital."""

    id: str
    name: str
    capital: str
    capital_name: str


@dataclass(frozen=True, kw_only=True)
class Shared:
    """Events that several remember, in the order of years, and the figures they name."""

    events: tuple[HistoryEvent, ...]
    figures: tuple[Figure, ...]


def ties(place: Any, around: Iterable[Any]) -> tuple[Any, ...]:
    """The neighbours of a place: those with no third nearer to both (Toussaint 1980), by id.

    `around` must hold every place at most 220 tiles away. If one is another's neighbour, so is the
    other the one's.
    """
    near = [other for other in around if other.id != place.id and _square(place, other) <= NEAR**2]
    return tuple(
        sorted(
            (
                other
                for other in near
                if not any(
                    _square(place, third) < _square(place, other)
                    and _square(third, other) < _square(place, other)
                    for third in near
                    if third is not other
                )
            ),
            key=lambda other: str(other.id),
        )
    )


def _square(one: Any, two: Any) -> int:
    return int((one.x - two.x) ** 2 + (one.y - two.y) ** 2)


# -- between neighbours ---------------------------------------------------------------------------


def pair_events(seed: Seed, one: tuple[str, str], two: tuple[str, str]) -> Shared:
    """What two neighbours, each (id, kind), remember together; the same in either order."""
    first, second = sorted((one, two))
    return _pair(seed, first, second)


@lru_cache(maxsize=4096, typed=True)
def _pair(seed: Seed, one: tuple[str, str], two: tuple[str, str]) -> Shared:
    dice = stream(seed, "between", one[0], two[0])
    pasts = (past_of(seed, *one), past_of(seed, *two))
    now = present_year(seed)
    begin = max(past.founded for past in pasts) + 3
    end = min(past.ended or now for past in pasts) - 2
    events: list[HistoryEvent] = []
    figures: dict[str, Figure] = {}

    def add(kind: str, year: int, actor: Past, other: Past) -> None:
        event_id = f"{kind}:{actor.place}:{other.place}:{year}"
        who = []
        for figure in _cast(seed, kind, event_id, year, actor, other):
            figures[figure.id] = figure
            who.append(figure.id)
        events.append(new_event(event_id, kind, year, who, (actor.place, other.place)))

    for kind, rule in event_rules().items():
        if not rule.answers:
            continue
        for actor, other in _ways(kind, pasts):
            asked = actor if kind == "exodus" else other
            for event in asked.events:
                alive = kind == "exodus" or actor.lived_in(event.year)
                if event.kind not in rule.answers or not alive or not other.lived_in(event.year):
                    continue
                if dice.chance(*((2, 3) if kind == "exodus" else (1, 6))):
                    add(kind, event.year, actor, other)
                    break
    if end - begin >= 4:
        chosen = _drawn(dice, pasts)
        for part, kind in enumerate(chosen):
            width = (end - begin) // len(chosen)
            year = begin + width * part + dice.below(max(width, 1))
            actor, other = dice.choice(_ways(kind, pasts))
            add(kind, year, actor, other)
            for after, rule in event_rules().items():
                then = year + dice.between(2, 15) if rule.follows == kind else 0
                if begin < then < end:
                    add(after, then, actor, other)
    events.sort(key=lambda event: (event.year, event.id))
    return Shared(events=tuple(events), figures=tuple(figures[name] for name in sorted(figures)))


def _drawn(dice: Stream, pasts: tuple[Past, Past]) -> list[str]:
    """The kinds of events that two neighbours share out of the blue."""
    weights = {
        kind: rule.weight["pair"]
        for kind, rule in event_rules().items()
        if "pair" in rule.weight and _ways(kind, pasts)
    }
    chosen: list[str] = []
    for _ in range(dice.between(0, _PAIR)):
        if weights:
            kind = dice.weighted(tuple(weights), tuple(weights.values()))
            chosen.append(kind)
            del weights[kind]
    return chosen


def _ways(kind: str, pasts: tuple[Past, Past]) -> list[tuple[Past, Past]]:
    """Who can act on whom in an event of the kind."""
    actors, others = event_rules()[kind].between
    return [
        (one, two)
        for one, two in (pasts, pasts[::-1])
        if (one.kind if kind == "exodus" else one.was) in actors and two.was in others
    ]


def _cast(
    seed: Seed, kind: str, event_id: str, year: int, actor: Past, other: Past
) -> list[Figure]:
    cast = event_rules()[kind].cast
    rulers = [ruler(seed, past, year) for past in (actor, other)]
    if cast == "rulers":
        return rulers
    if cast == "children":
        return [
            _child(seed, event_id, number, figure, year) for number, figure in enumerate(rulers)
        ]
    return []


def _child(seed: Seed, event_id: str, number: int, parent: Figure, year: int) -> Figure:
    """Somebody of the ruler's house who was young in that year, and is dead by now."""
    figure_id = f"past:{event_id}:{number}"
    dice = stream(seed, "figure of", figure_id)
    born = year - dice.between(18, 30)
    return make_figure(
        seed,
        figure_id,
        home=parent.home,
        family=parent.family,
        role="heir",
        number=SHARED + year % 30,
        born=born,
        died=max(year, born + dice.between(45, 80)),
    )


def new_event(
    event_id: str, kind: str, year: int, who: Sequence[str], where: tuple[str, ...]
) -> HistoryEvent:
    """An event with the facts that say it."""
    people = tuple(who)
    return HistoryEvent(
        id=event_id,
        kind=kind,
        year=year,
        who=people,
        where=where,
        facts=event_facts(event_id, kind, year, people, where),
    )


# -- in a whole country ---------------------------------------------------------------------------


def area_events(seed: Seed, past: Past, land: Sequence[str]) -> tuple[HistoryEvent, ...]:
    """The fevers, floods and winters that a place came through with its whole country."""
    return tuple(
        event
        for event in _area(seed, area_of(past.place))
        if past.lived_in(event.year)
        and event_rules()[event.kind].land_only in ("", *land)
        and stream(seed, "lived through", past.place, event.id).chance(2, 3)
    )


def area_of(place_id: str) -> str:
    """The id of the country that a place lies in; a place whose id has no cell is its own."""
    parts = place_id.split(":")
    if len(parts) == 3 and all(part.removeprefix("-").isdecimal() for part in parts[1:]):
        return f"area:{int(parts[1]) // _AREA}:{int(parts[2]) // _AREA}"
    return f"area:{place_id}"


@lru_cache(maxsize=512, typed=True)
def _area(seed: Seed, area: str) -> tuple[HistoryEvent, ...]:
    now, found = present_year(seed), []
    for kind, rule in event_rules().items():
        if not rule.area:
            continue
        dice = stream(seed, "area", area, kind)
        year = now - dice.between(2, 90)
        for _ in range(dice.between(1, max(1, rule.area // 2))):
            found.append(new_event(f"{kind}:{area}:{year}", kind, year, (), (area,)))
            year -= dice.between(40, 140)
    return tuple(sorted(found, key=lambda event: (event.year, event.id)))


# -- of realms ------------------------------------------------------------------------------------


@lru_cache(maxsize=256, typed=True)
def crowned_in(seed: Seed, realm: str, capital: str) -> int:
    """The year in which a realm had its first crown."""
    past = past_of(seed, capital, "town")
    year = present_year(seed) - stream(seed, "crowned", realm).between(70, 150)
    return max(year, past.founded + 10)


def wars_of(seed: Seed, one: str, two: str) -> int:
    """How often two realms fought, by their ids: asks for nothing else, so it comes first."""
    first, second = sorted((one, two))
    return int(stream(seed, "wars", first, second).weighted((0, 1, 2), (4, 4, 1)))


def crown_events(seed: Seed, one: Crown, two: Crown) -> Shared:
    """The wars, peaces and weddings of two realms; the same in either order."""
    first, second = sorted((one, two), key=lambda crown: crown.id)
    return _crowns(seed, first, second)


@lru_cache(maxsize=256, typed=True)
def _crowns(seed: Seed, one: Crown, two: Crown) -> Shared:
    dice = stream(seed, "realms", one.id, two.id)
    pasts = [past_of(seed, crown.capital, "town") for crown in (one, two)]
    begin = max(crowned_in(seed, crown.id, crown.capital) for crown in (one, two)) + 3
    end = present_year(seed) - 4
    events: list[HistoryEvent] = []
    figures: dict[str, Figure] = {}

    def add(kind: str, year: int, *, children: bool = False) -> None:
        event_id = f"{kind}:{one.id}:{two.id}:{year}"
        who = []
        for number, past in enumerate(pasts):
            figure = ruler(seed, past, year)
            if children:
                figure = _child(seed, event_id, number, figure, year)
            figures[figure.id] = figure
            who.append(figure.id)
        events.append(new_event(event_id, kind, year, who, (one.id, two.id)))

    year = begin + dice.between(0, 25)
    for _ in range(wars_of(seed, one.id, two.id)):
        length = dice.between(1, 7)
        if year + length >= end:
            break
        add("war", year)
        add("peace", year + length)
        if dice.chance(1, 3) and year + length + 12 < end:
            add("crown_wedding", year + length + dice.between(1, 10), children=True)
        year += length + dice.between(20, 60)
    events.sort(key=lambda event: (event.year, event.id))
    return Shared(events=tuple(events), figures=tuple(figures[name] for name in sorted(figures)))
