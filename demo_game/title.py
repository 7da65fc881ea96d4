"""The title screen: a map of the seed that is being typed, and three ways on."""

from __future__ import annotations

from typing import Any

import pygame

import aigc_procgen as procgen

from .interface import DIM, GOLD, INK, Writer, panel
from .terrain_view import to_surface
from .words import own_words

__all__ = ["TitleScreen"]

_STEP = 3
_PATIENCE = 350  # milliseconds after the last key before the map follows the seed


class TitleScreen:
    """Asks for a seed. `choice` is None, ("new", seed), ("load", None) or ("quit", None)."""

    def __init__(
        self,
        seed: int | str,
        pack: Any,
        *,
        can_load: bool,
        font: str | None = None,
        language: str = "en",
    ) -> None:
        self.words = own_words(language)["title"]
        self.text = str(seed)
        self.pack = pack
        self.can_load = can_load
        self.choice: tuple[str, int | str | None] | None = None
        self.message = ""
        self.writer = Writer(font)
        self._typed_at = -_PATIENCE
        self._pictured: str | None = None
        self._picture: pygame.Surface | None = None

    @property
    def seed(self) -> int | str:
        """The seed as typed: digits are a number, all else is a text; nothing typed is 0."""
        return procgen.typed_seed(self.text.strip() or "0")

    def handle(self, event: pygame.event.Event) -> None:
        """Takes a key press."""
        if event.type == pygame.QUIT:
            self.choice = ("quit", None)
        elif event.type == pygame.KEYDOWN:
            if event.key in (pygame.K_RETURN, pygame.K_KP_ENTER):
                self.choice = ("new", self.seed)
            elif event.key == pygame.K_ESCAPE:
                self.choice = ("quit", None)
            elif event.key == pygame.K_F9 and self.can_load:
                self.choice = ("load", None)
            elif event.key == pygame.K_BACKSPACE:
                self._type(self.text[:-1])
            elif event.unicode and event.unicode.isprintable() and len(self.text) < 32:
                self._type(self.text + event.unicode)

    def say(self, text: str) -> None:
        """Shows a message in place of the last line."""
        self.message = text

    def _type(self, text: str) -> None:
        self.text = text
        self._typed_at = pygame.time.get_ticks()

    def draw(self, screen: pygame.Surface) -> None:
        """Draws the map behind, the name, the seed and the help line."""
        width, height = screen.get_size()
        settled = pygame.time.get_ticks() - self._typed_at >= _PATIENCE
        if self._pictured is None or (settled and self._pictured != self.text):
            self._pictured = self.text
            world = procgen.world(self.seed, pack=self.pack)
            spawn_x, spawn_y = world.spawn()
            left, top = spawn_x - width * _STEP // 2, spawn_y - height * _STEP // 2
            pixels = world.overview(left, top, width * _STEP, height * _STEP, step=_STEP)
            self._picture = to_surface(pixels)
        assert self._picture is not None
        screen.blit(self._picture, (0, 0))
        box = pygame.Rect(0, 0, 620, 286)
        box.center = (width // 2, height // 2)
        panel(screen, box)
        write = self.writer.write
        write(
            screen, "aigc_procgen", box.centerx, box.y + 24, size="title", colour=GOLD, centred=True
        )
        write(screen, self.words["motto"], box.centerx, box.y + 92, colour=DIM, centred=True)
        write(
            screen,
            self.words["seed"].format(text=self.text),
            box.centerx,
            box.y + 142,
            size="big",
            colour=INK,
            centred=True,
        )
        help_line = self.words["help"]
        if self.can_load:
            help_line += self.words["saved"]
        write(screen, help_line, box.centerx, box.y + 214, colour=INK, centred=True)
        write(
            screen,
            self.message or self.words["idle"],
            box.centerx,
            box.y + 246,
            size="small",
            colour=DIM,
            centred=True,
        )
