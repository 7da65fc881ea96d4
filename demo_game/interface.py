"""Words and frames on the screen: fonts, panels, the minimap."""

from __future__ import annotations

import re
from typing import Any

import pygame

from .terrain_view import to_surface

__all__ = ["INK", "Minimap", "Writer", "panel"]

INK = (240, 232, 210)
DIM = (176, 168, 150)
GOLD = (250, 208, 96)
_GROUND = (24, 20, 28, 225)
_EDGE = (132, 108, 72)


# Words with the space before them; Chinese may be cut before all but closing signs.
_PIECES = re.compile(
    r"\s*(?:[\u2e80-\uffef][，。！？：；、）》”’…—]*|[^\s\u2e80-\uffef]+[，。！？：；、）》”’…—]*)"
)


def panel(screen: pygame.Surface, area: pygame.Rect) -> None:
    """A dark, framed ground for words."""
    ground = pygame.Surface(area.size, pygame.SRCALPHA)
    ground.fill(_GROUND)
    pygame.draw.rect(ground, _EDGE, ground.get_rect(), 2, border_radius=4)
    screen.blit(ground, area)


class Writer:
    """Draws text with a font's file or pygame's own font, wrapped to a width in pixels."""

    def __init__(self, font: str | None = None) -> None:
        # pygame's own font is small for its size.
        share = 1.0 if font is None else 0.75
        self.fonts = {
            name: pygame.font.Font(font, round(size * share)) for name, size in _SIZES.items()
        }

    @property
    def height(self) -> int:
        """Pixels from one line of normal text to the next."""
        return self.fonts["normal"].get_linesize() + 2

    def wrap(self, text: str, width: int, size: str = "normal") -> list[str]:
        """The text's lines when none may be wider than `width` pixels."""
        font = self.fonts[size]
        lines = []
        for paragraph in text.split("\n"):
            line = ""
            for word in _PIECES.findall(" ".join(paragraph.split())):
                longer = line + word
                if line and font.size(longer)[0] > width:
                    lines.append(line.rstrip())
                    line = word.lstrip()
                else:
                    line = longer
            lines.append(line)
        return lines

    def write(
        self,
        screen: pygame.Surface,
        text: str,
        x: int,
        y: int,
        *,
        width: int = 10_000,
        size: str = "normal",
        colour: tuple[int, int, int] = INK,
        centred: bool = False,
    ) -> int:
        """Draws the text from (x, y) down, centred on x if asked; returns the y below it."""
        font = self.fonts[size]
        for line in self.wrap(text, width, size):
            shadow, picture = font.render(line, True, (0, 0, 0)), font.render(line, True, colour)
            left = x - picture.get_width() // 2 if centred else x
            screen.blit(shadow, (left + 1, y + 1))
            screen.blit(picture, (left, y))
            y += font.get_linesize() + 2
        return y


_SIZES = {"small": 18, "normal": 22, "big": 34, "title": 76}


class Minimap:
    """A map of the country around the player, made anew when they walked far from its middle."""

    SIDE = 160  # pixels on the screen
    STEP = 2  # tiles a pixel

    def __init__(self, world: Any) -> None:
        self.world = world
        self._picture: pygame.Surface | None = None
        self._left = self._top = 0

    def draw(
        self,
        screen: pygame.Surface,
        x: int,
        y: int,
        marks: list[tuple[int, int, tuple[int, int, int]]],
    ) -> None:
        """Draws it in the upper right corner around tile (x, y); marks are (x, y, colour) tiles."""
        reach = self.SIDE * self.STEP // 2
        if (
            self._picture is None
            or max(abs(x - reach - self._left), abs(y - reach - self._top)) > 24
        ):
            # Whole steps keep the pixels still while the map moves.
            self._left, self._top = (x - reach) // 16 * 16, (y - reach) // 16 * 16
            side = self.SIDE * self.STEP
            pixels = self.world.overview(self._left, self._top, side, side, step=self.STEP)
            self._picture = to_surface(pixels)
        corner = pygame.Rect(screen.get_width() - self.SIDE - 12, 12, self.SIDE, self.SIDE)
        panel(screen, corner.inflate(8, 8))
        screen.blit(self._picture, corner)
        for mark_x, mark_y, colour in [*marks, (x, y, (255, 255, 255))]:
            # A mark beyond the edge sits on it, to show the way.
            place = (
                min(max((mark_x - self._left) // self.STEP, 3), self.SIDE - 4) + corner.x,
                min(max((mark_y - self._top) // self.STEP, 3), self.SIDE - 4) + corner.y,
            )
            pygame.draw.circle(screen, (0, 0, 0), place, 4)
            pygame.draw.circle(screen, colour, place, 3)
