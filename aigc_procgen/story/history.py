"""`History`: what a place or a realm has come through, dated, explained, and told in a tone.

First the events: the place's own (past.py), those it shares (shared_past.py), and what followed.
Then reasons are found for them, as people do, among what came earlier and what the land is like.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..core.errors import check_choice
from ..core.random import Seed, check_seed, stream
from ..core.records import Record
from .calendar import present_year
from .events import HistoryEvent
from .fact_set import Fact, Facts
from .figures import Figure, event_rules
from .grammar import grammar_of
from .past import Past, apply_changes, least_people, past_of, ruler, start_state
from .shared_past import (
    Crown,
    area_events,
    crown_events,
    crowned_in,
    new_event,
    pair_events,
)
from .tables import check_language, load_table
from .teller import TONES, Teller, events_told

__all__ = ["History", "place_history", "realm_history"]

_SEEN = ("mine", "ruin", "camp", "shrine", "farm")  # kinds of place that explain something nearby
_PLACE_WARS = ("besieged", "sacked", "occupied", "sent_men")


@dataclass(frozen=True, kw_only=True)
class History(Record):
    """What a place or a realm has come through, up to `year`, which is now.

    `state` is what became of it: people, wealth, walls, faith, feud, well, ore, small whole
    numbers; empty for a realm. `ruler` is the id of who decides there now, "" in a ruin; `land` are
    features of the land; `names` are those of everybody and everywhere that the events speak of.
    """

    id: str
    kind: str
    name: str
    seed: int | str
    year: int
    founded: int
    ended: int
    ruler: str
    state: dict[str, int]
    land: tuple[str, ...]
    events: tuple[HistoryEvent, ...]
    figures: tuple[Figure, ...]
    names: dict[str, str]

    def event(self, event_id: str) -> HistoryEvent | None:
        """The event of an id, or None."""
        return next((event for event in self.events if event.id == event_id), None)

    def figure(self, figure_id: str) -> Figure | None:
        """The figure of an id, or None."""
        return next((figure for figure in self.figures if figure.id == figure_id), None)

    def facts(self) -> Facts:
        """All that the history says, as facts: events, who was born and died, names, the land."""
        found: list[Fact] = [fact for event in self.events for fact in event.facts]
        found += [("because", event.id, *event.because) for event in self.events if event.because]
        found += [("land", self.id, feature) for feature in self.land]
        found += [("name", entity, name) for entity, name in sorted(self.names.items())]
        for figure in self.figures:
            found += [("name", figure.id, figure.name), ("born", figure.id, str(figure.born))]
            if figure.died:
                found.append(("died", figure.id, str(figure.died)))
        return Facts(found)

    def lines(self, tone: str = "chronicle", *, language: str = "en") -> tuple[str, ...]:
        """A sentence or two for each event that the tone speaks of, in the order of years.

        `tone` is "chronicle", "tavern" or "loser", who tells only what went against them;
        `language` "en" or "zh".
        """
        check_choice("tone", tone, TONES)
        check_language(language)
        teller = Teller(self.seed, "history", self.id, tone, language=language)
        return tuple(line for _, line in events_told(teller, self, tone))

    def told(self, tone: str = "chronicle", *, language: str = "en") -> str:
        """The `lines` of a tone as a text, four to a paragraph."""
        lines, grammar = self.lines(tone, language=language), grammar_of(language)
        return "\n\n".join(grammar.joined(lines[n : n + 4]) for n in range(0, len(lines), 4))


def place_history(
    seed: Seed,
    place: Any,
    ties: Iterable[Any] = (),
    *,
    land: Sequence[str] = (),
    realm: Crown | None = None,
    foes: Iterable[Crown] = (),
) -> History:
    """The history of a place, which has `id`, `kind` and `name`, like the neighbours `ties`.

    `land` are features such as "river" and "mountain", `foes` realms that may have fought with the
    place's own. The same for the same place and neighbours, in any order; two places that are tied
    to each other hold equal records of what they share, but for what each holds to be the reason.
    """
    check_seed(seed)
    past = past_of(seed, str(place.id), str(place.kind))
    tied = sorted(ties, key=lambda other: str(other.id))
    features = tuple(dict.fromkeys([*land, "road" if tied else "lonely"]))
    events = list(past.events)
    figures = {figure.id: figure for figure in past.figures}
    names = {str(place.id): str(place.name)}
    for other in tied:
        shared = pair_events(seed, (past.place, past.kind), (str(other.id), str(other.kind)))
        events += shared.events
        figures.update((figure.id, figure) for figure in shared.figures)
        if shared.events:
            names[str(other.id)] = str(other.name)
    events += area_events(seed, past, features)
    if realm is not None:
        _add_wars(seed, past, realm, foes, events, figures, names)
    events += _aftermath(seed, past, events)
    events, state = _made_good(seed, past, events)
    beside = {past.kind, *(str(other.kind) for other in tied)}
    features = tuple(dict.fromkeys([*features, *(kind for kind in _SEEN if kind in beside)]))
    now = present_year(seed)
    return History(
        id=past.place,
        kind=past.kind,
        name=str(place.name),
        seed=seed,
        year=now,
        founded=past.founded,
        ended=past.ended,
        ruler="" if past.ended else ruler(seed, past, now).id,
        state=state,
        land=features,
        events=_explained(events, past.place, features),
        figures=_named(figures, events),
        names=names,
    )


def realm_history(
    seed: Seed, realm: Crown, foes: Iterable[Crown] = (), *, land: Sequence[str] = ()
) -> History:
    """The history of a realm: its crown, the houses that bore it, its laws, wars and weddings.

    Who decides in the capital bears the crown. `foes` are the realms around it, `land` the features
    of its capital.
    """
    check_seed(seed)
    now = present_year(seed)
    past = past_of(seed, realm.capital, "town")
    crowned = crowned_in(seed, realm.id, realm.capital)
    names = {realm.id: realm.name, realm.capital: realm.capital_name}
    figures = {figure.id: figure for figure in past.figures}
    events: list[HistoryEvent] = []

    def add(kind: str, year: int) -> None:
        figure = ruler(seed, past, year)
        figures[figure.id] = figure
        where = (realm.capital, realm.id)
        events.append(new_event(f"{kind}:{realm.id}:{year}", kind, year, (figure.id,), where))

    add("crowned", crowned)
    events += [
        event for event in past.events if event.kind.startswith("house_") and event.year > crowned
    ]
    dice = stream(seed, "realm's own", realm.id)
    year = crowned
    for kind in dice.shuffled(("law", "toll", "census", "coin"))[: dice.between(2, 4)]:
        year += dice.between(8, 40)
        if year < now - 1:
            add(kind, year)
    for foe in sorted(foes, key=lambda crown: crown.id):
        shared = crown_events(seed, realm, foe)
        events += shared.events
        figures.update((figure.id, figure) for figure in shared.figures)
        if shared.events:
            names[foe.id] = foe.name
    events.sort(key=_order)
    features = tuple(dict.fromkeys([*land, "border" if len(names) > 2 else "road", "road"]))
    return History(
        id=realm.id,
        kind="realm",
        name=realm.name,
        seed=seed,
        year=now,
        founded=crowned,
        ended=0,
        ruler=ruler(seed, past, now).id,
        state={},
        land=features,
        events=_explained(events, realm.id, features),
        figures=_named(figures, events),
        names=names,
    )


def _named(figures: Mapping[str, Figure], events: Iterable[HistoryEvent]) -> tuple[Figure, ...]:
    """The figures that the events speak of, sorted by id."""
    about = {name for event in events for name in event.who}
    return tuple(figures[name] for name in sorted(about))


# In one year, causes come before what they bring about.
_FIRST = ("founded", "crowned", "war", "drought", "hard_winter", "flood")
_LAST = ("help", "exodus", "rebuilt", "peace", "looted")


def _order(event: HistoryEvent) -> tuple[int, int, str]:
    rank = 1
    if event.kind in _FIRST:
        rank = 0
    elif event.kind == "abandoned":
        rank = 2
    elif event.kind in _LAST:
        rank = 3
    return event.year, rank, event.id


def _add_wars(
    seed: Seed,
    past: Past,
    realm: Crown,
    foes: Iterable[Crown],
    events: list[HistoryEvent],
    figures: dict[str, Figure],
    names: dict[str, str],
) -> None:
    """What the wars of its realm did to a place."""
    for foe in sorted(foes, key=lambda crown: crown.id):
        shared = crown_events(seed, realm, foe)
        ends = {
            event.year: after.year
            for event, after in zip(shared.events, shared.events[1:], strict=False)
            if event.kind == "war" and after.kind == "peace"
        }
        for event in shared.events:
            if event.kind != "war" or not past.lived_in(event.year):
                continue
            dice = stream(seed, "at war", past.place, event.id)
            weights = _war_weights(past.was)
            kind = dice.weighted((*_PLACE_WARS, ""), weights)
            year = event.year + dice.below(max(1, ends.get(event.year, event.year) - event.year))
            if not kind or not past.lived_in(year):
                continue
            who = ruler(seed, past, year)
            where = (past.place, realm.id, foe.id)
            events.append(event)
            name = f"{kind}:{past.place}:{foe.id}:{year}"  # two foes may do the same in one year
            events.append(new_event(name, kind, year, (who.id,), where))
            figures[who.id] = who
            figures.update((figure.id, figure) for figure in shared.figures)
            names |= {realm.id: realm.name, foe.id: foe.name}


def _war_weights(kind: str) -> tuple[int, ...]:
    """Of `_PLACE_WARS` and of being spared."""
    return {"town": (4, 1, 2, 3, 3), "village": (0, 3, 2, 4, 5)}.get(kind, (0, 2, 1, 2, 6))


def _made_good(
    seed: Seed, past: Past, events: list[HistoryEvent]
) -> tuple[list[HistoryEvent], dict[str, int]]:
    """The events and the state after them, with newcomers until a place has its people again.

    What was lost with others is made good so; of what it lost alone its own past takes care.
    """
    events = sorted(events, key=_order)
    state = _state_after(past, events)
    year = present_year(seed) - 2
    while not past.ended and state["people"] < least_people(past.kind):
        event_id = f"settlers:{past.place}:{year}:again"
        events.append(new_event(event_id, "settlers", year, (), (past.place,)))
        events.sort(key=_order)
        state = _state_after(past, events)
        year -= 3
    return events, state


def _aftermath(seed: Seed, past: Past, events: Sequence[HistoryEvent]) -> list[HistoryEvent]:
    """What a place did after what it shared."""
    found: list[HistoryEvent] = []
    own = {event.id for event in past.events}
    for event in events:
        follow = load_table("history")["aftermath"].get(event.kind)
        if event.id in own or not follow:
            continue
        dice = stream(seed, "aftermath", past.place, event.id)
        kind, year = follow[0], event.year + dice.between(*follow[1:])
        alike = [other.year for other in (*events, *found) if other.kind == kind]
        seldom = len(alike) < event_rules()[kind].most and year not in alike
        if seldom and dice.chance(2, 3) and past.lived_in(year) and year < present_year(seed):
            found.append(new_event(f"{kind}:{past.place}:{year}", kind, year, (), (past.place,)))
    return found


def _state_after(past: Past, events: Iterable[HistoryEvent]) -> dict[str, int]:
    state = start_state()
    for event in events:
        # Who took others in is the second of an exodus; the first is empty already.
        left = event.kind == "exodus" and event.where[1] != past.place
        if not left and not (past.ended and event.year > past.ended):
            apply_changes(state, event_rules()[event.kind], past.was)
    return state


# What comes of a war comes of that with the same foe; so do its peace and the wedding after it.
_BETWEEN_CROWNS = (*_PLACE_WARS, "peace", "crown_wedding")


def _explained(
    events: Sequence[HistoryEvent], of: str, land: Sequence[str]
) -> tuple[HistoryEvent, ...]:
    """The events with a reason each: the latest earlier event that could be one, else the land."""
    found: list[HistoryEvent] = []
    for event in events:
        rule = event_rules()[event.kind]
        causes = [
            earlier
            for earlier in found
            if earlier.kind in rule.causes
            and event.year - earlier.year <= rule.causes[earlier.kind]
            and earlier.id != event.id
            and not (event.kind in _BETWEEN_CROWNS and not {*earlier.where} <= {*event.where})
        ]
        features = [feature for feature in rule.land if feature in land]
        if causes:
            because: tuple[str, ...] = ("event", causes[-1].id)
        elif features:
            because = ("land", of, features[0])
        else:
            because = ("land", of, land[0])
        found.append(replace(event, because=because))
    return tuple(found)
