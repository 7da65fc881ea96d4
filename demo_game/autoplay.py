"""A player who takes a quest and completes it: for tests, and for watching."""

from __future__ import annotations

from typing import Any

from aigc_procgen import InvalidArgument

__all__ = ["Autoplay"]

_PATIENCE = 40  # frames of doing the same in one spot before another giver is tried


class Autoplay:
    """Walks to somebody, takes their quest, does it; `finished` when one is completed."""

    def __init__(self, *, story: bool = False) -> None:
        self.aim = "story completed" if story else "quest completed"
        self._story = story  # whether a whole arc is to be played, not one quest
        self.finished = False
        self.doing = "looking around"
        self._giver = ""
        self._way: list[tuple[int, int]] = []
        self._goal: tuple[int, int] | None = None
        self._refused: set[str] = set()
        self._stuck = 0
        self._before: int | None = None  # what a loaded game had ended already
        self.result = ""

    def step(self, screen: Any) -> None:
        """One frame: an answer, a step, or a deed."""
        session = screen.session
        ended = session.told if self._story else session.completed
        if self._before is None:
            self._before = len(ended)
        if len(ended) > self._before:
            self.finished = True
            self.result = ended[-1]
            return
        if screen.talk:
            accept = "accept" in screen.talk.actions
            if self._story and accept and screen.talk.arc is None:
                # Whoever tells no longer story is left to others.
                self._refused.add(screen.talk.who)
                accept = False
            screen.answer(0 if accept else len(screen.talk.actions) - 1)
            return
        goal = session.target if session.quest else self._next_giver(session)
        if goal is None:
            self.doing = "nobody within reach has a quest"
            self._give_up(session)
            return
        here = (round(session.x), round(session.y))
        if max(abs(goal[0] - here[0]), abs(goal[1] - here[1])) <= 1 and (
            here == goal or session.entrance(screen.nearest_actor()) is None
        ):
            self._deed(screen, session)
            return
        self._walk(session, here, goal)

    def _deed(self, screen: Any, session: Any) -> None:
        self.doing = session.objective or "talking"
        before = (session.objective, screen.notice)
        screen.act()
        self._stuck = self._stuck + 1 if (session.objective, screen.notice) == before else 0
        if not session.quest and not screen.talk:
            self._refused.add(self._giver)
        if self._stuck > _PATIENCE:
            self._give_up(session)

    def _give_up(self, session: Any) -> None:
        if session.quest:
            self._refused.add(session.quest.giver)
            session.quest = None
        self._stuck = 0
        self._goal = None

    def _next_giver(self, session: Any) -> tuple[int, int] | None:
        """Who goes on with the story, or the nearest person who was not asked in vain."""
        if chapter := session.saga.waiting(session.facts):
            self._giver = chapter.quest.giver
            spot = session.spot_of(self._giver)
            return None if spot is None else (round(spot[0]), round(spot[1]))
        near = [
            (abs(actor.x - session.x) + abs(actor.y - session.y), actor.id, actor)
            for actor in session.actors()
            if actor.kind == "person"
            and actor.id not in self._refused
            and actor.id in session.people
        ]
        if not near:
            return None
        _, self._giver, actor = min(near, key=lambda entry: entry[:2])
        return round(actor.x), round(actor.y)

    def _walk(self, session: Any, here: tuple[int, int], goal: tuple[int, int]) -> None:
        if self._goal != goal or not self._way:
            self._goal = goal
            try:
                route = session.world.route(here, goal)
            except InvalidArgument:
                route = None
            if route is None or len(route) < 2:
                self.doing = f"there is no way from {here} to {goal}"
                if session.quest is None:
                    self._refused.add(self._giver)
                self._give_up(session)
                return
            self._way = [(int(x), int(y)) for x, y in route[1:]]
        x, y = self._way.pop(0)
        session.x, session.y = float(x), float(y)
        self.doing = f"walking to {goal}"
        session.arrive()
