"""`Facts`: an immutable, indexed set of facts, the state that rules read and planning simulates."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Self

from ..core.errors import InvalidArgument

__all__ = ["PLAYER", "Fact", "Facts"]

Fact = tuple[str, ...]
"""A predicate and its subjects, e.g. `("at", "npc:ada", "town:0:0")`."""

PLAYER = "player"
"""The entity id of the person who plays."""

_Key = tuple[str | int, ...]


def _keys(fact: Fact) -> tuple[_Key, ...]:
    if len(fact) == 1:
        return ((fact[0],),)
    if len(fact) == 2:
        return ((fact[0],), (fact[0], 1, fact[1]))
    return ((fact[0],), (fact[0], 1, fact[1]), (fact[0], 2, fact[2]))


def _checked(fact: Iterable[str]) -> Fact:
    checked = tuple(fact)
    if isinstance(fact, str) or not checked or not all(isinstance(part, str) for part in checked):
        raise InvalidArgument(
            f"facts must be tuples of texts such as ('at', 'npc:ada', 'town:0:0'), not {fact!r:.80}"
        )
    return checked


class Facts:
    """An immutable set of facts; `change` gives a new one and shares what did not change.

    Every listing is sorted, so a choice among facts is the same in every process.

    >>> facts = Facts([("person", "ada"), ("at", "ada", "mill")])
    >>> later = facts.change(add=[("at", "ada", "inn")], remove=[("at", "ada", "mill")])
    >>> facts.place_of("ada"), later.place_of("ada"), ("person", "ada") in later
    ('mill', 'inn', True)
    """

    __slots__ = ("_components", "_digest", "_index")
    _index: dict[_Key, tuple[Fact, ...]]
    _components: dict[str, str] | None
    _digest: str

    def __init__(self, facts: Iterable[Iterable[str]] = ()) -> None:
        grouped: dict[_Key, list[Fact]] = {}
        for fact in sorted({_checked(fact) for fact in facts}):
            for key in _keys(fact):
                grouped.setdefault(key, []).append(fact)
        self._index = {key: tuple(group) for key, group in grouped.items()}
        self._components = None
        self._digest = ""

    def find(
        self, predicate: str, first: str | None = None, second: str | None = None
    ) -> tuple[Fact, ...]:
        """All facts of a predicate, sorted; with a given first or else second subject."""
        if first is not None:
            found = self._index.get((predicate, 1, first), ())
            if second is None:
                return found
            return tuple(fact for fact in found if len(fact) > 2 and fact[2] == second)
        if second is not None:
            return self._index.get((predicate, 2, second), ())
        return self._index.get((predicate,), ())

    def value(self, predicate: str, first: str, default: str = "") -> str:
        """The last part of the first fact of this predicate about `first`, e.g. a name."""
        found = self._index.get((predicate, 1, first))
        return found[0][-1] if found else default

    def change(self, *, add: Iterable[Fact] = (), remove: Iterable[Fact] = ()) -> Facts:
        """These facts less `remove`, then with `add`."""
        index = dict(self._index)
        roads = False
        for fact in remove:
            for key in _keys(fact):
                kept = tuple(other for other in index.get(key, ()) if other != fact)
                if kept:
                    index[key] = kept
                else:
                    index.pop(key, None)
            roads = roads or fact[0] == "road"
        for fact in add:
            for key in _keys(fact):
                group = index.get(key, ())
                spot = bisect_left(group, fact)
                if spot == len(group) or group[spot] != fact:
                    index[key] = (*group[:spot], fact, *group[spot:])
            roads = roads or fact[0] == "road"
        changed = Facts()
        changed._index = index
        changed._components = None if roads else self._components
        return changed

    def place_of(self, entity: str) -> str | None:
        """Where an entity is: its own place, its holder's, or itself if it is a place."""
        for _ in range(4):
            if found := self._index.get(("at", 1, entity)):
                return found[0][2]
            if ("place", entity) in self:
                return entity
            holders = self._index.get(("has", 2, entity))
            if not holders:
                return None
            entity = holders[0][1]
        return None

    def reachable(self, start: str, goal: str) -> bool:
        """Whether roads join two places; without any road fact, all places are joined."""
        if start == goal or ("road",) not in self._index:
            return True
        if self._components is None:
            self._components = self._joined()
        return self._components.get(start, start) == self._components.get(goal, goal)

    def _joined(self) -> dict[str, str]:
        neighbours: dict[str, list[str]] = {}
        for _, one, other in self._index[("road",)]:
            neighbours.setdefault(one, []).append(other)
            neighbours.setdefault(other, []).append(one)
        components: dict[str, str] = {}
        for root in sorted(neighbours):
            waiting = [] if root in components else [root]
            while waiting:
                place = waiting.pop()
                if place not in components:
                    components[place] = root
                    waiting.extend(neighbours[place])
        return components

    def __contains__(self, fact: object) -> bool:
        if not isinstance(fact, tuple) or not fact:
            return False
        key: _Key = (fact[0],) if len(fact) == 1 else (fact[0], 1, fact[1])
        return fact in self._index.get(key, ())

    def __iter__(self) -> Iterator[Fact]:
        for key in sorted(key[0] for key in self._index if len(key) == 1):
            yield from self._index[(key,)]

    def __len__(self) -> int:
        return sum(len(group) for key, group in self._index.items() if len(key) == 1)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Facts) and self._index == other._index

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"<Facts: {len(self)}>"

    def to_json(self) -> str:
        """The facts as a JSON list of lists, sorted."""
        return json.dumps([list(fact) for fact in self], ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The facts that `to_json` wrote; `InvalidArgument` if the text is not such a list."""
        try:
            data = json.loads(text)
        except ValueError as error:
            raise InvalidArgument(f"text must be the JSON of facts: {error}") from None
        if not isinstance(data, list) or not all(isinstance(fact, list) for fact in data):
            raise InvalidArgument(f"text must be a JSON list of lists, not {text!r:.60}")
        return cls(data)

    def digest(self) -> str:
        """A sha256 over all facts, 64 hex digits."""
        if not self._digest:
            lines = "\n".join(map("\t".join, self))
            self._digest = sha256(lines.encode()).hexdigest()
        return self._digest
