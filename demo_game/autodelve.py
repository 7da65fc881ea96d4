"""A player who goes down into the nearest dungeon, to its goal and out: for tests, and to watch."""

from __future__ import annotations

from typing import Any

from aigc_procgen import InvalidArgument

from .delve import SIDES, Delve, Spot

__all__ = ["Delver", "way_back"]

_REACH = 600  # tiles within which a dungeon is looked for


class Delver:
    """Plays the recorded solution by `push` and `act` alone, as the keyboard does."""

    aim = "dungeon done"

    def __init__(self) -> None:
        self.finished = False
        self.doing = "looking around"
        self._way: list[tuple[int, int]] = []
        self._steps: list[str] | None = None  # of the solution, those to come
        self.result = ""

    def step(self, screen: Any) -> None:
        """One frame: a step on the way, a push, or a deed."""
        if screen.below:
            self._below(screen, screen.below.delve)
        elif self._steps is not None:
            self.finished = not self._steps
        else:
            self._above(screen)

    def _above(self, screen: Any) -> None:
        session = screen.session
        here = (round(session.x), round(session.y))
        if not self._way and not self._find(session, here):
            self.doing = "no dungeon within reach"
            return
        x, y = self._way.pop(0)
        session.x, session.y = float(x), float(y)
        session.arrive()
        if not self._way:
            screen.act()

    def _find(self, session: Any, here: tuple[int, int]) -> bool:
        """Plans the way to the nearest entrance that one can walk to."""
        x, y = here
        near = sorted(
            session.delves.entrances(x, y, _REACH),
            key=lambda place: (max(abs(place.x - x), abs(place.y - y)), place.id),
        )
        for place in near:
            self.doing = f"walking to {place.name}"
            try:
                route = session.world.route(here, (place.x, place.y))
            except InvalidArgument:
                continue
            if route is not None:
                self._way = [(int(to_x), int(to_y)) for to_x, to_y in route]
                return True
        return False

    def _below(self, screen: Any, delve: Delve) -> None:
        self.result = delve.place.name
        if self._steps is None:
            # From a save the hero may be anywhere: from the entrance on, the solution holds.
            self._steps = [*way_back(delve), *delve.dungeon.solution]
        while self._steps and is_done(delve, self._steps[0]):
            del self._steps[0]
        if not self._steps:
            self._steps = way_back(delve)
        if not self._steps:
            self.doing = "climbing out"
            screen.act()
            return
        step = self._steps.pop(0)
        self.doing = f"{step}, {len(self._steps)} more"
        side = step.split()[-1]
        if side in SIDES:
            screen.push(side)
        else:
            screen.act()


def is_done(delve: Delve, step: str) -> bool:
    """Whether what a step would open, pull or beat was opened, pulled or beaten before."""
    return step.startswith(("open", "pull", "fight")) and bool(delve.play.copy().do(step))


def way_back(delve: Delve) -> list[str]:
    """Steps of the rules from where the hero is to the way out; nothing has to be opened by a key.

    The proof of a dungeon says that there is such a way.
    """
    play = delve.play.copy()
    before: dict[Spot, tuple[Spot, list[str]]] = {play.spot: (play.spot, [])}
    edge = [play.copy()]
    for walker in edge:  # grows
        for step in (*SIDES, "up", "down"):
            to = walker.copy()
            bar = [f"open {step}"] if to.do(step) else []
            if bar and (to.do(bar[0]) or to.do(step)):
                continue
            if to.spot not in before:
                before[to.spot] = walker.spot, [*bar, step]
                edge.append(to)
    spot, steps = delve.dungeon.start, list[str]()
    while spot != play.spot:
        spot, last = before[spot]
        steps = last + steps
    return steps
