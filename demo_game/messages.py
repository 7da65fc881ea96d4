"""What is written over the game: a talk, a notice, the quest, the journal."""

from __future__ import annotations

import pygame

from .interface import DIM, GOLD, Writer, panel
from .session import Session, Talk
from .terrain_view import to_surface

__all__ = ["Messages"]


class Messages:
    """Draws the panels of words; keeps the portraits that it drew."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._portraits: dict[str, pygame.Surface] = {}

    def draw_quest(self, screen: pygame.Surface, session: Session, top: int) -> None:
        """The quest's title and what to do next, from `top` down."""
        if not session.objective:
            return
        box = pygame.Rect(12, top, 330, 0)
        wrap, write = self._writer.wrap, self._writer.write
        lines = wrap(session.quest_title, 306) + wrap(session.objective, 306)
        box.height = 20 + self._writer.height * len(lines)
        panel(screen, box)
        y = write(screen, session.quest_title, box.x + 12, box.y + 8, colour=GOLD, width=306)
        write(screen, session.objective, box.x + 12, y, width=box.width - 24)

    def draw_notice(self, screen: pygame.Surface, notice: str) -> None:
        """A line or two at the foot of the screen."""
        width, height = screen.get_size()
        lines = self._writer.wrap(notice, width - 240)
        box = pygame.Rect(100, height - 64 - 24 * len(lines), width - 200, 24 + 24 * len(lines))
        panel(screen, box)
        self._writer.write(screen, notice, box.x + 20, box.y + 12, width=box.width - 40)

    def draw_talk(self, screen: pygame.Surface, talk: Talk) -> None:
        """Who speaks, what they say, and the answers."""
        width, height = screen.get_size()
        text = self._writer.wrap(talk.text, width - 420)
        lines = 1 + len(text) + len(talk.options)
        needed = 28 + self._writer.height * lines + 4 * (1 + len(talk.options))
        box = pygame.Rect(90, 0, width - 180, max(164, needed))
        box.bottom = height - 40
        panel(screen, box)
        if talk.portrait is not None:
            if talk.speaker not in self._portraits:
                face = to_surface(talk.portrait)
                self._portraits[talk.speaker] = pygame.transform.scale(face, (128, 128))
            screen.blit(self._portraits[talk.speaker], (box.x + 16, box.y + 20))
        x = box.x + 164
        write = self._writer.write
        y = write(screen, talk.speaker, x, box.y + 14, colour=GOLD)
        y = write(screen, talk.text, x, y + 4, width=box.right - x - 24)
        for number, option in enumerate(talk.options, 1):
            y = write(screen, f"{number}  {option}", x, y + 4, colour=DIM)

    def draw_journal(self, screen: pygame.Surface, session: Session) -> None:
        """What was done and what is to be done."""
        box = pygame.Rect(0, 0, 640, 420)
        box.center = (screen.get_width() // 2, screen.get_height() // 2)
        panel(screen, box)
        title = session.words["journal"]
        y = self._writer.write(screen, title, box.x + 24, box.y + 18, size="big", colour=GOLD)
        for line in session.journal():
            y = self._writer.write(screen, line, box.x + 24, y + 6, width=box.width - 48)
