"""`HistoryEvent`: something that happened in a year, to whom, where and why."""

from __future__ import annotations

from dataclasses import dataclass

from ..core.records import Record
from .fact_set import Fact

__all__ = ["HistoryEvent", "event_facts"]


@dataclass(frozen=True, kw_only=True)
class HistoryEvent(Record):
    """Something that happened: its kind in a whole year, to whom (ids) and where (ids).

    `because` is ("event", id) of an earlier event or ("land", place, feature); () if nobody knows.
    `facts` say the same for `Facts`. Two places that an event concerns hold equal records of it,
    but for `because`, which is how each of them sees it.
    """

    id: str
    kind: str
    year: int
    who: tuple[str, ...]
    where: tuple[str, ...]
    because: tuple[str, ...] = ()
    facts: tuple[tuple[str, ...], ...] = ()


def event_facts(
    event_id: str, kind: str, year: int, who: tuple[str, ...], where: tuple[str, ...]
) -> tuple[Fact, ...]:
    """The facts of an event; none of their predicates is one that quests are planned with."""
    return (
        ("event", event_id, kind),
        ("year", event_id, str(year)),
        *(("happened", event_id, place) for place in where),
        *(("took_part", person, event_id) for person in who),
    )
