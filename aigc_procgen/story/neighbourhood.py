"""What is true around some places before the player changes anything: `neighbourhood_facts`.

Places and people are plain records with the attributes named here, from any source: a place has
`id, kind, name, x, y`; a person has `id, name, place, role, sex, traits, drives`. The facts say
who is where, who owns and wants what, what threatens whom, what is broken, hidden or stolen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..core.errors import InvalidArgument
from ..core.random import Seed, check_seed, key, stream
from ..core.records import Record
from .calendar import present_year
from .fact_set import PLAYER, Fact, Facts
from .people import Person, outlaws_of, people_of, voice_of
from .place_names import place_name
from .troubles import Stage, fill_stage

__all__ = ["Spot", "neighbourhood_facts", "roads_between", "small_neighbourhood"]


@dataclass(frozen=True, kw_only=True)
class Spot(Record):
    """A plain place, for a neighbourhood without a land."""

    id: str
    kind: str
    name: str
    x: int
    y: int


def neighbourhood_facts(
    seed: Seed,
    places: Iterable[Any],
    people: Iterable[Any] | Mapping[str, Iterable[Any]],
    *,
    roads: Iterable[tuple[str, str]] | None = None,
) -> Facts:
    """The facts of a neighbourhood; the same for the same seed, places and people in any order.

    `people` may also be a mapping from place id to people. `roads` are pairs of place ids that can
    be walked between; by default every place is joined to its neighbours. The player stands in
    the first place. Raises `InvalidArgument` without any place.
    """
    check_seed(seed)
    spots = list(places)
    if not spots:
        raise InvalidArgument("places must hold at least one place, not none")
    start = spots[0].id
    spots.sort(key=lambda place: str(place.id))
    groups: Iterable[Iterable[Any]] = people.values() if isinstance(people, Mapping) else [people]
    everybody = sorted({str(person.id): person for group in groups for person in group}.items())
    known = {place.id for place in spots}
    facts: list[Fact] = [("at", PLAYER, start), ("now", str(present_year(seed)))]
    for place in spots:
        facts += [
            ("place", place.id),
            ("kind", place.id, place.kind),
            ("name", place.id, place.name),
        ]
        facts.append(("proper", place.id))
    links = roads_between(spots) if roads is None else sorted(roads)
    facts += [("road", one, other) for one, other in links]
    living = [person for _, person in everybody if person.place in known]
    for person in living:
        facts += person_facts(person)
    outlaws = [
        outlaw for place in spots for outlaw in outlaws_of(seed, str(place.id), str(place.kind))
    ]
    for outlaw in outlaws:
        facts += [*person_facts(outlaw), ("hostile", outlaw.id)]
    # The mark of the whole stage: another set of places is another story, in any order of asking.
    mark = key(seed, "stage", *(str(place.id) for place in spots))
    stage = Stage(
        mark=f"{mark >> 32:08x}",
        dice=stream(mark, "troubles"),
        places=spots,
        people=living,
        outlaws=outlaws,
        facts=facts,
    )
    fill_stage(stage)
    return Facts(stage.facts)


def person_facts(person: Any) -> list[Fact]:
    """What the planner and the words need to know of one person."""
    facts: list[Fact] = [
        ("person", person.id),
        ("at", person.id, person.place),
        ("name", person.id, person.name),
        ("called", person.id, str(getattr(person, "called", person.name))),
        ("proper", person.id),
        ("gender", person.id, str(getattr(person, "sex", ""))),
        ("role", person.id, str(getattr(person, "role", "stranger"))),
        ("voice", person.id, voice_of(person)),
    ]
    drives: Mapping[str, int] = getattr(person, "drives", {})
    facts += [("drive", person.id, name, str(drives[name])) for name in sorted(drives)]
    facts += [fact for event in getattr(person, "life", ()) for fact in event.facts]
    return facts


def roads_between(places: Sequence[Any]) -> list[tuple[str, str]]:
    """Pairs of ids: the least tree that joins all places, by squared distance in tiles."""
    left = sorted(places, key=lambda place: str(place.id))
    joined = [left.pop(0)]
    links = []
    while left:
        _, near, far = min(
            ((one.x - other.x) ** 2 + (one.y - other.y) ** 2, str(one.id), str(other.id))
            for one in joined
            for other in left
        )
        links.append((min(near, far), max(near, far)))
        joined.append(next(place for place in left if str(place.id) == far))
        left = [place for place in left if str(place.id) != far]
    return sorted(links)


def small_neighbourhood(
    seed: Seed, kinds: Sequence[str] = ("village", "farm", "camp", "ruin", "mine", "shrine")
) -> tuple[tuple[Spot, ...], tuple[Person, ...], Facts]:
    """Places of the kinds, the people who live there and the facts, for a game without a land."""
    dice = stream(seed, "small neighbourhood")
    spots: list[Spot] = []
    for number, kind in enumerate(kinds):
        # Ids of one region, so that one culture lives here.
        spot_id = (
            f"{kind}:0:{number}" if kind not in [s.kind for s in spots] else f"{kind}:1:{number}"
        )
        attempt, name = 0, place_name(seed, spot_id, kind)
        while name in [spot.name for spot in spots]:
            attempt += 1
            name = place_name(seed, f"{spot_id}#{attempt}", kind)
        x, y = dice.between(-300, 300), dice.between(-300, 300)
        spots.append(Spot(id=spot_id, kind=kind, name=name, x=x, y=y))
    people = tuple(
        person for spot in spots for person in people_of(seed, spot.id, spot.kind, spot.name)
    )
    return tuple(spots), people, neighbourhood_facts(seed, spots, people)
