"""Every dungeon that the hero went into, where their entrances are, and the one they are in."""

from __future__ import annotations

from typing import Any

import aigc_procgen as procgen

from .delve import Delve

__all__ = ["Delves"]

_NEAR = 0.75  # tiles from an entrance within which one can go down


class Delves:
    """The dungeons of a game, by the id of their place; `current` is the one the hero is in."""

    def __init__(self, world: procgen.World, language: str = "en") -> None:
        self.world, self.language = world, language
        self.known: dict[str, Delve] = {}
        self.current: Delve | None = None

    def entrances(self, x: int, y: int, reach: int) -> list[procgen.Place]:
        """The places with something below whose middle, where one goes down, is in reach."""
        around = self.world.places(x - reach, y - reach, 2 * reach + 1, 2 * reach + 1)
        return [place for place in around if self.world.has_dungeon(place)]

    def entrance(self, x: float, y: float) -> procgen.Place | None:
        """The place whose entrance the hero stands on."""
        for place in self.entrances(round(x), round(y), 1):
            if max(abs(place.x - x), abs(place.y - y)) <= _NEAR:
                return place
        return None

    def enter(self, place: procgen.Place) -> str:
        """Goes down; the dungeon is as the hero left it."""
        if place.id not in self.known:
            self.known[place.id] = Delve(place, self.world.dungeon(place), self.language)
        self.current = self.known[place.id]
        return str(self.current.words["enter"].format(place=self.current.title))

    def journal(self) -> list[str]:
        """A line for every dungeon."""
        return [
            delve.words["done" if delve.done else "begun"].format(
                place=delve.title, treasures=delve.treasures
            )
            for delve in self.known.values()
        ]

    def to_dict(self) -> dict[str, Any]:
        """What JSON can hold."""
        return {
            "known": [delve.to_dict() for delve in self.known.values()],
            "current": self.current.place.id if self.current else None,
        }

    def restore(self, data: Any) -> None:
        """Puts back what `to_dict` wrote; raises KeyError, TypeError or ValueError."""
        delves = [Delve.from_dict(self.world, each, self.language) for each in data["known"]]
        self.known = {delve.place.id: delve for delve in delves}
        current = data["current"]
        self.current = None if current is None else self.known[current]
