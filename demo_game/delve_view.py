"""A dungeon on the screen: its floor, what stands there, the dark, the hero between two tiles."""

from __future__ import annotations

import numpy as np
import pygame
from numpy.typing import NDArray

import aigc_procgen as procgen

from .delve import SIDES, Deed, Delve, Spot
from .delve_art import DelveArt
from .interface import GOLD, INK, Writer
from .sight import RADIUS
from .terrain_view import TILE, stand, to_surface

__all__ = ["DelveView"]

_WALK, _BLOW = 5.0, 4.0  # tiles a second as above the ground; blows a second
_ZOOM = 2  # how much nearer everything is than above the ground
_REMEMBERED = 0.36  # of full light
_FADE = 0.5  # seconds in which the beaten and the opened are gone
_DAWN = 6.0  # how fast light comes and goes


class DelveView:
    """Draws a `Delve`; `ready` says that the last deed was shown and the next may come."""

    def __init__(self, delve: Delve, writer: Writer, pack: procgen.Pack) -> None:
        self.delve = delve
        self.art = DelveArt(delve, pack)
        self._writer = writer
        self._canvas = pygame.Surface((1, 1))
        self._light: dict[int, NDArray[np.float32]] = {}
        self._from: Spot = delve.play.spot
        self._part = 1.0  # of the step from there
        self._rest = 0.0  # seconds of this frame left when the step was over
        self._rate, self._swing = _WALK, (0, 0)
        self._going: list[tuple[procgen.Thing | procgen.Way, float]] = []
        self._time = self._drawn_at = 0.0

    # -- time -------------------------------------------------------------------------------------

    @property
    def ready(self) -> bool:
        """Whether the hero stands on a tile."""
        return self._part >= 1

    @property
    def walking(self) -> bool:
        """Whether the hero is between two tiles."""
        return not self.ready and self._swing == (0, 0)

    def advance(self, seconds: float) -> None:
        """Moves the picture on; what is left of a frame goes into the next step."""
        self._time += seconds
        self._rest = 0.0
        if not self.ready:
            self._part += seconds * self._rate
            self._rest = max(self._part - 1, 0) / self._rate
        self._going = [(what, left - seconds) for what, left in self._going if left > seconds]

    def show(self, deed: Deed, side: str) -> None:
        """Begins to show a deed that `side` led to."""
        if deed.verb == "walk":
            dx, dy = SIDES[side]
            x, y, floor = deed.spot
            self._from, self._rate, self._swing = (x - dx, y - dy, floor), _WALK, (0, 0)
            self._part = self._rest * _WALK
        elif deed.verb in ("fight", "open"):
            self._from, self._rate, self._swing = self.delve.play.spot, _BLOW, SIDES[side]
            self._part = 0.0
            gone = self.delve.things if deed.verb == "fight" else self.delve.ways
            self._going.append((gone[deed.spot], _FADE))
        elif deed.verb in ("climb", "leave"):
            self._from, self._part, self._swing = self.delve.play.spot, 1.0, (0, 0)
            self._light.clear()
        self._rest = 0.0

    @property
    def _position(self) -> tuple[float, float]:
        """Where the hero walks, in tiles."""
        x, y, _ = self.delve.play.spot
        if not self.walking:
            return x, y
        part = self._part
        return self._from[0] + (x - self._from[0]) * part, self._from[1] + (
            y - self._from[1]
        ) * part

    # -- drawing ----------------------------------------------------------------------------------

    def draw(self, screen: pygame.Surface, hero: list[pygame.Surface], side: str) -> None:
        """Draws the floor around the hero, whose pictures are given, facing `side`."""
        floor = self.delve.play.spot[2]
        width, height = screen.get_size()
        size = (width // _ZOOM + 1, height // _ZOOM + 1)
        if self._canvas.get_size() != size:
            self._canvas = pygame.Surface(size)
        x, y = self._position
        # Pixels of the screen first, so that walking is as smooth as the screen.
        far_left = round((x * TILE + TILE // 2) * _ZOOM) - width // 2
        far_top = round((y * TILE + TILE // 2) * _ZOOM) - height // 2
        left, top = far_left // _ZOOM, far_top // _ZOOM
        canvas = self._canvas
        canvas.fill((0, 0, 0))
        headless = pygame.display.get_driver() == "dummy"
        ground = self.art.floor(floor, wait=headless)
        if ground is not None:
            canvas.blit(ground, (-left, -top))
            self._draw_things(canvas, floor, left, top)
        frame = int(self._time * 8) % len(hero) if self.walking else 0
        # A blow leads half into the next tile and back.
        swing = 0 if self.ready or self.walking else 0.45 * (1 - abs(2 * self._part - 1))
        x, y = x + self._swing[0] * swing, y + self._swing[1] * swing
        stand(canvas, hero[frame], round(x * TILE) - left, round(y * TILE) - top)
        if ground is not None:
            self._draw_dark(canvas, floor, left, top, fade=not headless)
        larger = pygame.transform.scale(canvas, (size[0] * _ZOOM, size[1] * _ZOOM))
        screen.blit(larger, (-(far_left % _ZOOM), -(far_top % _ZOOM)))
        if ground is not None:
            self._draw_names(screen, side, far_left, far_top)
        else:
            below = height // 2 + TILE * _ZOOM // 2 + 6
            words = "your eyes get used to the dark …"
            self._writer.write(screen, words, width // 2, below, colour=INK, centred=True)

    def _draw_things(self, screen: pygame.Surface, floor: int, left: int, top: int) -> None:
        dungeon, seen = self.delve.dungeon, self.delve.seen[floor]
        for name, spot in (("start", dungeon.start), ("goal", dungeon.goal)):
            if spot[2] == floor:
                screen.blit(self.art.sprite(name), (spot[0] * TILE - left, spot[1] * TILE - top))
        standing = sorted(self.delve.remaining(floor), key=lambda what: (what.y, what.x))
        for what in standing:
            if seen[what.y, what.x]:
                # The living breathe, each in their own time.
                foe = what.kind in ("monster", "guardian")
                rise = int(foe and (self._time * 1.5 + what.id * 0.37) % 1 < 0.4)
                screen.blit(
                    self.art.sprite(what), (what.x * TILE - left, what.y * TILE - top - rise)
                )
        for what, seconds in self._going:
            if what.floor == floor:
                fading = self.art.sprite(what).copy()
                fading.set_alpha(round(255 * seconds / _FADE))
                rise = round((1 - seconds / _FADE) * TILE / 3)
                screen.blit(fading, (what.x * TILE - left, what.y * TILE - top - rise))

    def _wanted_light(self, floor: int) -> NDArray[np.float32]:
        """How light each tile should be: less towards the torch's end, little out of sight."""
        x, y, _ = self.delve.play.spot
        ys, xs = np.ogrid[: self.delve.dungeon.height, : self.delve.dungeon.width]
        far = ((xs - x) ** 2 + (ys - y) ** 2) / (RADIUS + 1) ** 2
        near = np.clip(1.08 - 0.55 * far, _REMEMBERED, 1)
        wanted = np.where(self.delve.lit, near, np.where(self.delve.seen[floor], _REMEMBERED, 0))
        return np.asarray(wanted, np.float32)

    def _draw_dark(
        self, screen: pygame.Surface, floor: int, left: int, top: int, *, fade: bool
    ) -> None:
        """Lays the dark over the picture, soft between two tiles; a floor fades in if asked."""
        wanted = self._wanted_light(floor)
        light = self._light.get(floor, wanted * np.float32(not fade))
        change = min((self._time - self._drawn_at) * _DAWN, 1)
        self._drawn_at = self._time
        light = self._light[floor] = light + (wanted - light) * np.float32(change)
        width, height = screen.get_size()
        from_x, from_y = left // TILE - 1, top // TILE - 1
        across, down = width // TILE + 4, height // TILE + 4
        # A margin of darkness for what lies outside the dungeon.
        pad = max(across, down) + 2
        padded = np.pad(light, pad)
        window = padded[from_y + pad :, from_x + pad :][:down, :across]
        rgba = np.zeros((*window.shape, 4), np.uint8)
        rgba[..., 3] = np.round((1 - window) * 255)
        size = ((window.shape[1] - 1) * TILE, (window.shape[0] - 1) * TILE)
        dark = pygame.transform.smoothscale(to_surface(rgba), size)
        middle = TILE // 2  # the light of a tile is that of its middle
        screen.blit(dark, (from_x * TILE + middle - left, from_y * TILE + middle - top))

    def _draw_names(self, screen: pygame.Surface, side: str, left: int, top: int) -> None:
        """Names what the hero looks at, and says what E does here."""
        x, y, floor = self.delve.play.spot
        if not self.ready:
            return
        write = self._writer.write
        tile = TILE * _ZOOM
        dx, dy = SIDES[side]
        for spot in ((x + dx, y + dy, floor), (x, y, floor)):
            if name := self.delve.label(spot):
                at = spot[0] * tile - left + tile // 2, spot[1] * tile - top - 16
                write(screen, name, *at, colour=INK, centred=True)
                break
        if hint := self.delve.hint:
            at = x * tile - left + tile // 2, (y + 1) * tile - top + 4
            write(screen, hint, *at, colour=GOLD, centred=True)
