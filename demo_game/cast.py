"""Who is on the stage, where they stand, and what they look like."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

import aigc_procgen as procgen

__all__ = ["SIGHT", "Actor", "Cast"]

SIGHT = 70  # tiles within which people and things are on the stage


@dataclass(kw_only=True)
class Actor:
    """Somebody or something that stands on a tile and can be met; `mark` hovers over it."""

    id: str
    kind: str  # person, monster, item, fixture, sign or book
    name: str
    x: float
    y: float
    frames: NDArray[np.uint8]  # [n, size, size, 4]
    mark: str = ""


class Cast:
    """The people and things of some places; the story's facts say where each of them is."""

    def __init__(
        self, world: procgen.World, stage: dict[str, procgen.Place], language: str = "en"
    ) -> None:
        self.world, self.stage, self.language = world, stage, language
        self._people: dict[str, procgen.Character] | None = None
        self._spots: dict[str, dict[str, tuple[int, int]]] = {}
        self._tiles: dict[str, tuple[tuple[int, int], ...]] = {}
        self._actors: dict[str, Actor] = {}

    @property
    def people(self) -> dict[str, procgen.Character]:
        """Everybody who lives on the stage, by id."""
        if self._people is None:
            self._people = {
                person.id: person
                for place in self.stage.values()
                for person in (*self.world.people(place), *self.world.outlaws(place))
            }
        return self._people

    def person(self, entity: str, facts: procgen.Facts) -> procgen.Character:
        """The person of an id; an outlaw or a stranger of the story is drawn from the id."""
        if entity not in self.people:
            role = facts.value("role", entity)
            self.people[entity] = procgen.character(
                f"{self.world.seed} {entity}", role, pack=self.world.pack
            )
        return self.people[entity]

    def near(self, facts: procgen.Facts, x: float, y: float) -> list[Actor]:
        """Everybody and everything in sight of a tile."""
        found = []
        for place in self.stage.values():
            if max(abs(place.x - x), abs(place.y - y)) > SIGHT:
                continue
            for entity in self.entities_at(place.id, facts):
                actor = self._actor(entity, place, facts)
                if actor is not None:
                    found.append(actor)
        return found

    def entities_at(self, place: str, facts: procgen.Facts) -> list[str]:
        """Who and what is in a place and can be seen there."""
        found = [
            fact[1]
            for fact in facts.find("at", second=place)
            if fact[1] != "player" and ("secret", fact[1]) not in facts
        ]
        return [entity for entity in found if ("dead", entity) not in facts]

    def spot(self, entity: str, place: procgen.Place) -> tuple[int, int]:
        """A tile of the place for the entity: the same one as long as it stays."""
        if place.id not in self._tiles:
            self._tiles[place.id] = self._spots_of(place)
        taken = self._spots.setdefault(place.id, {})
        if entity not in taken:
            free = self._tiles[place.id]
            taken[entity] = free[len(taken) % len(free)]  # a crowd shares tiles
        return taken[entity]

    def _spots_of(self, place: procgen.Place) -> tuple[tuple[int, int], ...]:
        """As many tiles to stand on as a small place has, at most 64."""
        count = 64
        while count:
            try:
                return self.world.spots(place, count)
            except procgen.InvalidArgument:
                count //= 2
        return ((place.x, place.y),)

    def _actor(self, entity: str, place: procgen.Place, facts: procgen.Facts) -> Actor | None:
        x, y = self.spot(entity, place)
        if entity not in self._actors:
            kind = _sort(entity, facts)
            if not kind:
                return None
            self._actors[entity] = Actor(
                id=entity,
                kind=kind,
                name=procgen.phrase(facts, entity, "", language=self.language),
                x=x,
                y=y,
                frames=self._frames(entity, kind, facts),
            )
        actor = self._actors[entity]
        actor.x, actor.y = x, y
        return actor

    def _frames(self, entity: str, kind: str, facts: procgen.Facts) -> NDArray[np.uint8]:
        if kind == "person":
            return self.person(entity, facts).walk
        known = self.world.categories
        sort = facts.value("kind", entity)
        category = next(name for name in (sort, *_LOOKS[kind], *known) if name in known)
        return self.world.sprite(category, entity)[None]


def _sort(entity: str, facts: procgen.Facts) -> str:
    for kind in ("person", "monster", "item", "fixture"):
        if (kind, entity) in facts:
            return kind
    return ""


# What stands for a thing whose own kind no pack can draw.
_LOOKS = {"item": ("gem", "gold"), "monster": ("beast",), "fixture": ("altar", "statue")}
