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

# The facts of one predicate, sorted: all of them, by their first and by their second subject.
_Group = tuple[tuple[Fact, ...], dict[str, tuple[Fact, ...]], dict[str, tuple[Fact, ...]]]


def _grouped(facts: Iterable[Fact]) -> _Group:
    first: dict[str, list[Fact]] = {}
    second: dict[str, list[Fact]] = {}
    every = tuple(facts)
    for fact in every:
        if len(fact) > 1:
            first.setdefault(fact[1], []).append(fact)
        if len(fact) > 2:
            second.setdefault(fact[2], []).append(fact)
    return (
        every,
        {name: tuple(group) for name, group in first.items()},
        {name: tuple(group) for name, group in second.items()},
    )


def _with(group: tuple[Fact, ...], fact: Fact) -> tuple[Fact, ...]:
    spot = bisect_left(group, fact)
    if spot < len(group) and group[spot] == fact:
        return group
    return group[:spot] + (fact,) + group[spot:]  # noqa: RUF005 - unpacking takes longer


def _without(group: tuple[Fact, ...], fact: Fact) -> tuple[Fact, ...]:
    spot = bisect_left(group, fact)
    if spot == len(group) or group[spot] != fact:
        return group
    return group[:spot] + group[spot + 1 :]


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
    _index: dict[str, _Group]
    _components: dict[str, str] | None
    _digest: str

    def __init__(self, facts: Iterable[Iterable[str]] = ()) -> None:
        grouped: dict[str, list[Fact]] = {}
        for fact in sorted({_checked(fact) for fact in facts}):
            grouped.setdefault(fact[0], []).append(fact)
        self._index = {predicate: _grouped(group) for predicate, group in grouped.items()}
        self._components = None
        self._digest = ""

    def find(
        self, predicate: str, first: str | None = None, second: str | None = None
    ) -> tuple[Fact, ...]:
        """All facts of a predicate, sorted; with a given first or else second subject."""
        group = self._index.get(predicate)
        if group is None:
            return ()
        if first is not None:
            found = group[1].get(first, ())
            if second is None:
                return found
            return tuple(fact for fact in found if len(fact) > 2 and fact[2] == second)
        return group[0] if second is None else group[2].get(second, ())

    def value(self, predicate: str, first: str, default: str = "") -> str:
        """The last part of the first fact of this predicate about `first`, e.g. a name."""
        found = self.find(predicate, first)
        return found[0][-1] if found else default

    def about(self, entities: Iterable[str], predicates: Iterable[str]) -> list[Fact]:
        """The facts of these predicates whose first subject is one of the entities, by predicate
        and then in the entities' order.
        """
        wanted = tuple(entities)
        found: list[Fact] = []
        for predicate in predicates:
            if predicate in self._index:
                by_first = self._index[predicate][1]
                for entity in wanted:
                    found += by_first.get(entity, ())
        return found

    def change(self, *, add: Iterable[Fact] = (), remove: Iterable[Fact] = ()) -> Facts:
        """These facts less `remove`, then with `add`."""
        index = dict(self._index)
        copied: set[str] = set()

        def group_of(predicate: str) -> _Group:
            group = index.get(predicate, ((), {}, {}))
            if predicate in copied:
                return group
            copied.add(predicate)
            return group[0], dict(group[1]), dict(group[2])

        for change, facts in ((_without, remove), (_with, add)):
            for fact in facts:
                every, first, second = group_of(fact[0])
                if len(fact) > 1:
                    first[fact[1]] = change(first.get(fact[1], ()), fact)
                    if not first[fact[1]]:
                        del first[fact[1]]
                if len(fact) > 2:
                    second[fact[2]] = change(second.get(fact[2], ()), fact)
                    if not second[fact[2]]:
                        del second[fact[2]]
                index[fact[0]] = (change(every, fact), first, second)
        for predicate in copied:
            if not index[predicate][0]:
                del index[predicate]
        roads = "road" in copied
        changed = Facts.__new__(Facts)
        changed._index = index
        changed._digest = ""
        changed._components = None if roads else self._components
        return changed

    def place_of(self, entity: str) -> str | None:
        """Where an entity is: its own place, its holder's, or itself if it is a place."""
        for _ in range(4):
            if found := self.find("at", entity):
                return found[0][2]
            if ("place", entity) in self:
                return entity
            holders = self.find("has", second=entity)
            if not holders:
                return None
            entity = holders[0][1]
        return None

    def reachable(self, start: str, goal: str) -> bool:
        """Whether roads join two places; without any road fact, all places are joined."""
        if start == goal or "road" not in self._index:
            return True
        if self._components is None:
            self._components = self._joined()
        return self._components.get(start, start) == self._components.get(goal, goal)

    def _joined(self) -> dict[str, str]:
        neighbours: dict[str, list[str]] = {}
        for _, one, other in self.find("road"):
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
        return self.holds(fact)

    def holds(self, fact: Fact) -> bool:
        """Whether it is among them: `in` for what is known to be a fact, which is asked most."""
        group = self._index.get(fact[0])
        if group is None:
            return False
        return fact in (group[0] if len(fact) == 1 else group[1].get(fact[1], ()))

    def __iter__(self) -> Iterator[Fact]:
        for predicate in sorted(self._index):
            yield from self._index[predicate][0]

    def __len__(self) -> int:
        return sum(len(group[0]) for group in self._index.values())

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
