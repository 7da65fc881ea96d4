"""The world above the ground on the screen: the land, the ways down, who stands there, the hero."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pygame
from numpy.typing import NDArray

import aigc_procgen as procgen

from .cast import Actor
from .interface import GOLD, INK, Minimap, Writer
from .session import Session
from .terrain_view import TILE, TerrainView, stand, to_surface

__all__ = ["AboveView", "Pictures"]


class Pictures:
    """Frames of figures and things as surfaces, made once and kept by name."""

    def __init__(self, tile_size: int) -> None:
        self._tile_size = tile_size
        self._kept: dict[str, list[pygame.Surface]] = {}

    def frames(self, name: str, pixels: Callable[[], Any]) -> list[pygame.Surface]:
        """The frames uint8 [n, size, size, 4] that `pixels` gives when they are first needed."""
        if name not in self._kept:
            drawn = pixels()
            side = drawn.shape[-2] * TILE // self._tile_size
            self._kept[name] = [
                pygame.transform.scale(to_surface(frame), (side, side)) for frame in drawn
            ]
        return self._kept[name]


class AboveView:
    """Draws a `Session` that is above the ground."""

    def __init__(self, session: Session, writer: Writer, pictures: Pictures) -> None:
        self.session = session
        self._writer, self._pictures = writer, pictures
        self._terrain = TerrainView(session.world)
        self._minimap = Minimap(session.world)

    def close(self) -> None:
        """Stops the background thread."""
        self._terrain.close()

    def draw(
        self,
        screen: pygame.Surface,
        seconds: float,
        actors: list[Actor],
        nearest: Actor | None,
        hero: pygame.Surface,
        zoom: int = 1,
    ) -> None:
        """Draws everything `seconds` after the start, `zoom` times as large; of the `actors` the
        `nearest` is named, and `hero` stands inmidst.
        """
        here = self.session
        width, height = screen.get_size()
        at = here.x, here.y
        left, top = self.draw_scene(screen, seconds, actors, hero, at, at, zoom)
        target = here.target_id
        for actor in sorted(actors, key=lambda actor: (actor.y, actor.id)):
            named = actor is nearest or actor.id == target
            colour = GOLD if actor.id == target else INK
            x, y = (round(actor.x * TILE) - left) * zoom, (round(actor.y * TILE) - top) * zoom
            if -TILE < x < width and -TILE < y < height:
                middle = x + TILE * zoom // 2
                self._label(screen, actor, middle, y, seconds, colour if named else None)
        marks = [(*here.target, GOLD)] if here.target else []
        self._minimap.draw(screen, round(here.x), round(here.y), marks)
        if name := here.place_name():
            self._writer.write(screen, name, 16, 14, size="big", colour=INK)
        if here.entrance(nearest):
            foot = width // 2, height // 2 + TILE * zoom // 2 + 4
            self._writer.write(screen, here.words["down"], *foot, colour=GOLD, centred=True)

    def draw_scene(
        self,
        screen: pygame.Surface,
        seconds: float,
        actors: list[Actor],
        hero: pygame.Surface,
        at: tuple[float, float],
        eye: tuple[float, float],
        zoom: int,
    ) -> tuple[int, int]:
        """Land, ways down and figures alone: the hero at tile `at`, seen from `eye`, `zoom` times
        as large. Returns the world's pixel in the corner of the screen.
        """
        width, height = screen.get_size()
        view = screen if zoom == 1 else pygame.Surface((width // zoom, height // zoom))
        left, top = _corner(view, *eye)
        view.fill((18, 20, 26))
        headless = pygame.display.get_driver() == "dummy"
        self._terrain.draw(view, left, top, seconds, wait=headless)
        self._draw_entrances(view, left, top)
        for actor in _by_row(actors, at[1]):
            if actor is None:
                stand(view, hero, round(at[0] * TILE) - left, round(at[1] * TILE) - top)
            else:
                self._draw_actor(view, actor, left, top, seconds)
        if zoom != 1:
            pygame.transform.scale(view, (width, height), screen)
        return left, top

    def _draw_entrances(self, screen: pygame.Surface, left: int, top: int) -> None:
        """The stairs in the middle of every place that has something below."""
        here, world = self.session, self.session.world
        reach = screen.get_width() // (2 * TILE) + 2
        for place in here.delves.entrances(round(here.x), round(here.y), reach):
            stairs = self._pictures.frames(
                f"entrance {place.id}", partial(_entrance, world, place.id)
            )
            stand(screen, stairs[0], place.x * TILE - left, place.y * TILE - top)

    def _draw_actor(
        self, screen: pygame.Surface, actor: Actor, left: int, top: int, seconds: float
    ) -> None:
        x, y = round(actor.x * TILE) - left, round(actor.y * TILE) - top
        if not (-TILE < x < screen.get_width() and -TILE < y < screen.get_height()):
            return
        pictures = self._pictures.frames(actor.id, lambda: actor.frames)
        # People shift their weight now and then, each in their own time.
        beat = int(seconds * 2 + len(actor.id) * 0.7) % 6
        stand(screen, pictures[beat if beat < len(pictures) else 0], x, y)

    def _label(
        self,
        screen: pygame.Surface,
        actor: Actor,
        middle: int,
        y: int,
        seconds: float,
        colour: tuple[int, int, int] | None,
    ) -> None:
        """Somebody's mark, and their name if it has a colour, above their head at (middle, y)."""
        write = self._writer.write
        if colour:
            write(screen, actor.name, middle, y - 18, size="small", colour=colour, centred=True)
        if actor.mark:
            bob = int(seconds * 3) % 2
            write(screen, actor.mark, middle, y - 36 - bob, size="big", colour=GOLD, centred=True)


def _corner(screen: pygame.Surface, x: float, y: float) -> tuple[int, int]:
    """The world's pixel in the corner of a screen whose middle is tile (x, y)."""
    width, height = screen.get_size()
    return round(x * TILE) + TILE // 2 - width // 2, round(y * TILE) + TILE // 2 - height // 2


def _by_row(actors: list[Actor], hero: float) -> list[Actor | None]:
    """Everybody from north to south, None for the hero on row `hero`."""
    standing: list[tuple[float, str, Actor | None]] = [(a.y, a.id, a) for a in actors]
    standing.append((hero, "", None))
    return [actor for _, _, actor in sorted(standing, key=lambda entry: entry[:2])]


def _entrance(world: procgen.World, name: str) -> NDArray[np.uint8]:
    return world.sprite("stairs", name)[None]
