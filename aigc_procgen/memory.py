"""`Memory`: what a world remembers: its land, and the stories of its places, put together."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from .core.errors import InvalidArgument, check_int
from .core.random import Seed
from .story.barks import bark
from .story.books import Book, Leg, books_of
from .story.directions import paces
from .story.fact_set import Facts
from .story.history import History, place_history, realm_history
from .story.item_lore import ItemLore, lore
from .story.past import past_of
from .story.people import Person, people_of, voice_of
from .story.place_names import place_name
from .story.rumours import Rumour, rumours_of
from .story.shared_past import NEAR, Crown, ties, wars_of
from .story.signs import Fork, Sign, make_sign
from .world.land import LIMIT, Land
from .world.places import DISTRICT, Place
from .world.realms import Realm

__all__ = ["Memory"]

_FORK = 260  # tiles around a fork in which its sign finds places
_LEGS = 4  # of the walk that a book of travels tells


class Memory:
    """Histories, signs, books, rumours and the like of the places of a land."""

    def __init__(self, seed: Seed, land: Land) -> None:
        self._seed, self._land = seed, land
        self._crowns: dict[str, Crown] = {}

    def history(self, of: Place | Realm) -> History:
        """The history of a place or a realm."""
        if isinstance(of, Realm):
            return realm_history(
                self._seed, self._crown(of), self._foes(of), land=self._capital_land(of)
            )
        realm = self._land.realm(of.x, of.y)
        return place_history(
            self._seed,
            of,
            self._tied(of),
            land=self._land.surroundings(of),
            realm=self._crown(realm) if realm else None,
            foes=self._foes(realm) if realm else (),
        )

    def sign(self, at: Place | tuple[int, int], language: str) -> Sign:
        """The sign by a place, or at a fork."""
        if isinstance(at, Place):
            founded = past_of(self._seed, at.id, at.kind).founded
            return make_sign(self._seed, at, self._tied(at), founded=founded, language=language)
        if not isinstance(at, tuple) or len(at) != 2:
            raise InvalidArgument(f"at must be a Place or a tile (x, y), not {at!r:.80}")
        far = LIMIT - 1
        fork = Fork(x=check_int("x", at[0], -LIMIT, far), y=check_int("y", at[1], -LIMIT, far))
        around = self._around(fork.x, fork.y, _FORK)
        near = sorted(around, key=lambda place: (paces(fork, place), place.id))[:4]
        return make_sign(self._seed, fork, near, language=language)

    def books(self, place: Place, language: str) -> tuple[Book, ...]:
        """The books of a place; a journey goes on to the nearest neighbour not yet seen."""
        legs: list[Leg] = []
        here, seen = place, {place.id}
        while len(legs) < _LEGS:
            fresh = [other for other in self._tied(here) if other.id not in seen]
            if not fresh:
                break
            there = min(fresh, key=lambda other: (paces(here, other), other.id))
            legs.append(Leg(first=here, second=there, history=self.history(there)))
            seen.add(there.id)
            here = there
        return books_of(
            self._seed,
            self.history(place),
            people_of(self._seed, place.id, place.kind, place.name),
            legs,
            others=[other.name for other in self._tied(place)],
            language=language,
        )

    def rumours(self, facts: Facts, place: Place, count: int, language: str) -> tuple[Rumour, ...]:
        """The rumours that go round in a place of the facts."""
        return rumours_of(self._seed, facts, place.id, count, language=language)

    def item_lore(self, item: str, place: Place, kind: str, name: str, language: str) -> ItemLore:
        """The story of a thing of a place."""
        return lore(self.history(place), item, kind=kind, name=name, language=language)

    def bark(
        self, person: Person, situation: str, names: Mapping[str, str], index: int, language: str
    ) -> str:
        """What somebody says aloud in a situation."""
        return bark(
            self._seed,
            situation,
            voice=voice_of(person),
            speaker=person.id,
            names={slot: name for slot, name in names.items() if name},
            index=index,
            language=language,
        )

    def _around(self, x: int, y: int, reach: int) -> tuple[Place, ...]:
        """The places at most so many tiles away in each direction."""
        left, top = max(x - reach, -LIMIT), max(y - reach, -LIMIT)
        right, bottom = min(x + reach + 1, LIMIT), min(y + reach + 1, LIMIT)
        return self._land.places(left, top, right - left, bottom - top)

    def _tied(self, place: Place) -> tuple[Place, ...]:
        return tuple(ties(place, self._around(place.x, place.y, NEAR)))

    def _crown(self, realm: Realm) -> Crown:
        if realm.id not in self._crowns:
            self._crowns[realm.id] = Crown(
                id=realm.id,
                name=realm.name,
                capital=realm.capital,
                capital_name=place_name(self._seed, realm.capital, "town"),
            )
        return self._crowns[realm.id]

    def _foes(self, realm: Realm) -> tuple[Crown, ...]:
        """The neighbouring realms that a realm ever fought with."""
        fought = partial(wars_of, self._seed, realm.id)
        return tuple(self._crown(foe) for foe in self._land.realms_beside(realm, fought))

    def _capital_land(self, realm: Realm) -> tuple[str, ...]:
        # A capital lies within two districts of its realm's seat.
        for place in self._around(realm.x, realm.y, 2 * DISTRICT):
            if place.id == realm.capital:
                return self._land.surroundings(place)
        return ()
