"""A longer story in the demo: a giver's arc, whose chapters are asked for one after another."""

from __future__ import annotations

import json
from typing import Any

import aigc_procgen as procgen

__all__ = ["Saga"]


class Saga:
    """The arc that the player is in, if any. Whoever asks first for an arc begins one; each later
    chapter is offered by whoever asks for it, in the facts that it leaves.
    """

    def __init__(self, arc: Any = None) -> None:
        self.arc = arc
        self._due: tuple[Any, Any, Any] = (None, None, None)

    def begin(self, world: procgen.World, who: Any, **wishes: Any) -> Any:
        """The arc that somebody could begin, or None; nothing is begun before `accept`."""
        try:
            arc = world.arc(who, **wishes)
        except procgen.InvalidArgument:  # they lack what such a story is about
            return None
        return arc if arc.check(wishes["facts"]).state == "ready" else None

    def waiting(self, facts: procgen.Facts) -> Any:
        """The chapter that can begin now, or None."""
        if self.arc is None:
            return None
        # Asked for many times a frame; facts are never changed in place.
        if self._due[0] is not self.arc or self._due[1] is not facts:
            ready = self.arc.check(facts).state == "ready"
            self._due = (self.arc, facts, self.arc.current(facts) if ready else None)
        return self._due[2]

    def number(self, facts: procgen.Facts) -> int:
        """The chapter in which the story is or which can begin, from 1 on."""
        return int(self.arc.check(facts).chapter) + 1

    def accept(self, arc: Any, facts: procgen.Facts) -> procgen.Facts:
        """The facts when the player has taken on the next chapter of an arc."""
        self.arc = arc
        after: procgen.Facts = arc.advance(facts)
        return after

    def holds(self, quest: Any) -> bool:
        """Whether a quest is a chapter of the arc."""
        return self.arc is not None and any(part.quest.id == quest.id for part in self.arc.chapters)

    def go_on(self, facts: procgen.Facts) -> tuple[procgen.Facts, str]:
        """After a chapter is done: the facts, and how the arc stands: ready, done, or lost.

        A story that cannot go on as it was planned is planned anew from here.
        """
        state = self.arc.check(facts).state
        if state == "broken":
            again = self.arc.replan(facts)
            if again is None:
                self.arc = None
                return facts, "lost"
            self.arc, state = again, again.check(facts).state
        if state == "ending":
            return self.arc.advance(facts), "done"
        return facts, state

    def mended(self, facts: procgen.Facts) -> Any:
        """The quest of a broken chapter, planned anew with what follows, or None."""
        again = self.arc.replan(facts)
        if again is None:
            return None
        self.arc = again
        return again.chapters[again.check(facts).chapter].quest

    def to_dict(self) -> Any:
        """For a save."""
        return json.loads(self.arc.to_json()) if self.arc else None

    def restore(self, data: Any) -> None:
        """From a save; raises ValueError, KeyError or TypeError if it is bent."""
        self.arc = procgen.Arc.from_json(json.dumps(data)) if data else None
