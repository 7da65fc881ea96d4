"""The lore of a world: its past, and what is written and said of it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from aigc_procgen.core.errors import InvalidArgument
from aigc_procgen.world.places import Place
from aigc_procgen.world.realms import Realm

from .stories import Stories

if TYPE_CHECKING:
    from aigc_procgen.memory import Memory
    from aigc_procgen.story.books import Book
    from aigc_procgen.story.fact_set import Facts
    from aigc_procgen.story.history import History
    from aigc_procgen.story.item_lore import ItemLore
    from aigc_procgen.story.people import Person
    from aigc_procgen.story.rumours import Rumour
    from aigc_procgen.story.signs import Sign

__all__ = ["Lore"]


class Lore(Stories):
    """The part of `World` that is lore."""

    @property
    def year(self) -> int:
        """The year in which the game begins; all of history lies before it."""
        from aigc_procgen.story.calendar import present_year

        return present_year(self.seed)

    @cached_property
    def _memory(self) -> Memory:
        # Loaded with the first question: a game that asks for no lore need not wait for it.
        from aigc_procgen.memory import Memory

        return Memory(self.seed, self._land)

    def history(self, of: Place | Realm) -> History:
        """What a place or a realm has come through: dated events with reasons, and `told`.

        Places that share an event (a wedding, a raid, a fever, a war) tell the same one, and the
        end agrees with what is there now: who lives in a place rules it, and a ruin has fallen.
        """
        return self._memory.history(of)

    def sign(self, at: Place | tuple[int, int], *, language: str = "en") -> Sign:
        """The sign by a place, an arm for every neighbour; or one for a fork at tile (x, y), with
        an arm for up to four of the nearest places. A tile is a pace.
        """
        return self._memory.sign(at, language)

    def books(self, place: Place, *, language: str = "en") -> tuple[Book, ...]:
        """The books of a place: chronicles, recipes, sayings, journeys and the like, by people who
        live there or are dead of it.
        """
        return self._memory.books(place, language)

    def rumours(
        self,
        place: Place,
        count: int = 6,
        *,
        facts: Facts | None = None,
        language: str = "en",
    ) -> tuple[Rumour, ...]:
        """Up to `count` rumours that go round in a place: each tells how true it is, and about
        which fact of the neighbourhood (or of `facts`) it is.
        """
        known = self.facts(place) if facts is None else facts
        return self._memory.rumours(known, place, count, language)

    def item_lore(
        self,
        item: str,
        place: Place,
        *,
        kind: str = "sword",
        name: str = "",
        language: str = "en",
    ) -> ItemLore:
        """The story of a thing from a place; `item` is its id or any text that tells it from
        others. Without a `name` it has one of its own.
        """
        return self._memory.item_lore(item, place, kind, name, language)

    def bark(
        self,
        person: Person,
        situation: str,
        *,
        place: Place | None = None,
        index: int = 0,
        language: str = "en",
    ) -> str:
        """What somebody says aloud in a situation, one of `SITUATIONS`; `place` is at hand."""
        try:
            home = self._place_of(person).name
        except InvalidArgument:  # somebody without a home
            home = ""
        names = {"home": home, "place": place.name if place else ""}
        return self._memory.bark(person, situation, names, index, language)
