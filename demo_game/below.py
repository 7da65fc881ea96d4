"""The hero below the ground: pushes and deeds go to the `Delve`, what comes of them to the view."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pygame

from .delve import SIDES, Deed
from .delve_panel import draw_bag, draw_map, draw_title
from .delve_view import DelveView
from .interface import Writer
from .session import Session

__all__ = ["Below"]

_FACING = {"north": "up", "east": "right", "south": "down", "west": "left"}
_EVENTS = {"fight": "kill", "pull": "use"}  # what the profile learns of


class Below:
    """A stay in the session's current dungeon; keyboard and `Delver` both `push` and `act`."""

    def __init__(self, session: Session, writer: Writer) -> None:
        assert session.delves.current
        self.session, self.delve = session, session.delves.current
        self.view = DelveView(self.delve, writer, session.world.pack)
        self.side = "south"
        self.facing = "down"  # where the hero's figure looks
        self.map = False
        self._writer = writer

    def close(self) -> None:
        """Stops the background thread."""
        self.view.art.close()

    def push(self, side: str) -> str:
        """Goes to a side, or opens or fights what is there; returns the line to say."""
        self.side = side
        # As above the ground, art without a back stays turned to its side.
        if SIDES[side][0] or "up" in self.session.hero.directions:
            self.facing = _FACING[side]
        return self._done(self.delve.push(side))

    def act(self) -> str:
        """Takes the stairs, pulls the lever or leaves; returns the line to say."""
        if not self.view.ready:
            return ""
        return self._done(self.delve.act())

    def _done(self, deed: Deed) -> str:
        self.view.show(deed, self.side)
        if deed.verb in _EVENTS:
            self.session.profile.record(_EVENTS[deed.verb])
        if deed.reached:
            self.session.profile.record("explore")
            if found := self.session.found_below(self.delve.place):
                return str(self.delve.words["between"].join((deed.line, found)))
        if deed.verb == "leave":
            self.session.delves.current = None
        return deed.line

    def choose(self, sides: Sequence[str]) -> str:
        """The side to go to of those that are pressed: around corners if two are."""
        if len(sides) < 2:
            return sides[0] if sides else ""
        turn = [side for side in sides if (SIDES[side][0] == 0) != (SIDES[self.side][0] == 0)]
        for side in (*turn, *sides):
            if not self.delve.play.copy().do(side):
                return side
        return sides[0]

    def draw(self, screen: pygame.Surface, frames: Any) -> None:
        """Draws everything but messages; `frames` are the hero's pictures."""
        self.view.draw(screen, frames, self.side)
        draw_title(screen, self._writer, self.delve)
        draw_bag(screen, self._writer, self.view)
        if self.map:
            draw_map(screen, self._writer, self.delve)
