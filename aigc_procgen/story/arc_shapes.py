"""The shapes of longer stories as data (`tables/arcs.json`), checked when they are loaded."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from .facts import events
from .patterns import Pattern, patterns_of
from .strategies import motivations, strategies
from .tables import load_table, require

__all__ = ["ChapterShape", "Shape", "shapes"]


@dataclass(frozen=True, kw_only=True)
class ChapterShape:
    """One quest of a shape: who asks, what must be true, what happens before, what it may be."""

    asker: str
    turn: bool
    where: tuple[Pattern, ...]
    events: tuple[Pattern, ...]
    strategies: tuple[str, ...]
    roles: dict[str, str]
    takes: tuple[str, ...]
    coda: bool


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A longer story: what it needs, its chapters, and the events at its end."""

    name: str
    weight: int
    motivation: str
    where: tuple[Pattern, ...]
    chapters: tuple[ChapterShape, ...]
    ends: tuple[Pattern, ...]


@cache
def shapes() -> tuple[Shape, ...]:
    """All shapes, in the order of the table."""
    return tuple(_shape(name, entry) for name, entry in load_table("arcs")["arcs"].items())


def _shape(name: str, entry: dict[str, Any]) -> Shape:
    require(3 <= len(entry["chapters"]) <= 5, "arcs", f"{name} must have 3 to 5 chapters")
    require(
        sum("turn" in chapter for chapter in entry["chapters"]) > 0, "arcs", f"{name} has no turn"
    )
    turns = {str(place) for place, part in enumerate(entry["chapters"]) if part.get("turn")}
    told = set(load_table("arc_lines")[name]["turn"])
    require(turns == told, "arc_lines", f"{name}.turn must tell of the chapters {sorted(turns)}")
    require(entry["motivation"] in motivations(), "arcs", f"{name}.motivation is not listed")
    return Shape(
        name=name,
        weight=int(entry["weight"]),
        motivation=entry["motivation"],
        where=patterns_of("arcs", f"{name}.where", entry["where"]),
        chapters=tuple(_chapter(name, chapter) for chapter in entry["chapters"]),
        ends=_events(name, entry["ends"]),
    )


def _chapter(name: str, entry: dict[str, Any]) -> ChapterShape:
    known = {strategy.name for strategy in strategies()}
    for strategy in entry["strategies"]:
        require(strategy in known, "arcs", f"{name} has no strategy {strategy!r}")
    return ChapterShape(
        asker=entry["asker"],
        turn=bool(entry.get("turn", False)),
        where=patterns_of("arcs", f"{name}.where", entry.get("where", [])),
        events=_events(name, entry.get("events", [])),
        strategies=tuple(entry["strategies"]),
        roles=dict(entry.get("with", {})),
        takes=tuple(entry.get("takes", ())),
        coda=bool(entry.get("coda", False)),
    )


def _events(name: str, value: object) -> tuple[Pattern, ...]:
    found = patterns_of("arcs", f"{name}.events", value)
    for event in found:
        require(event[0] in events(), "arcs", f"{name} has no event {event[0]!r}")
    return found
