"""The pictures of a dungeon, made by a thread in the background, floor by floor."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np
import pygame
from numpy.typing import NDArray

import aigc_procgen as procgen

from .delve import Delve
from .terrain_view import TILE, to_surface

__all__ = ["DelveArt"]

_Pictures = tuple[NDArray[np.uint8], dict[str, NDArray[np.uint8]]]


class DelveArt:
    """Bare floors and what is drawn over them, each asked for once; the hero's floor first."""

    def __init__(self, delve: Delve, pack: procgen.Pack) -> None:
        self._delve, self._pack = delve, pack
        self._floors: dict[int, pygame.Surface] = {}
        self._sprites: dict[str, pygame.Surface] = {}
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="dungeon")
        here = delve.play.spot[2]
        order = sorted(range(delve.dungeon.floors), key=lambda floor: abs(floor - here))
        self._wanted: dict[int, Future[_Pictures]] = {
            floor: self._pool.submit(self._make, floor) for floor in order
        }

    def close(self) -> None:
        """Stops the thread; floors that were not begun are dropped."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def floor(self, number: int, *, wait: bool) -> pygame.Surface | None:
        """The bare floor, or None if it is not made yet and nobody waits."""
        future = self._wanted.get(number)
        if future is not None and (wait or future.done()):
            pixels, sprites = future.result()
            del self._wanted[number]
            size = (self._delve.dungeon.width * TILE, self._delve.dungeon.height * TILE)
            self._floors[number] = pygame.transform.scale(to_surface(pixels).convert(), size)
            for name, drawn in sprites.items():
                self._keep(name, drawn)
        return self._floors.get(number)

    def sprite(self, what: Any) -> pygame.Surface:
        """The picture of a thing, a way, "start" or "goal", as large as a tile."""
        name = _name(what)
        if name not in self._sprites:  # what was carried here from a floor not made yet
            self._keep(name, procgen.dungeon_sprite(self._delve.dungeon, what, pack=self._pack))
        return self._sprites[name]

    def _make(self, floor: int) -> _Pictures:
        dungeon = self._delve.dungeon
        whats: list[Any] = ["start", "goal", *self._delve.remaining(floor)]
        sprites = {
            _name(what): procgen.dungeon_sprite(dungeon, what, pack=self._pack) for what in whats
        }
        return procgen.dungeon_picture(dungeon, floor, pack=self._pack, bare=True), sprites

    def _keep(self, name: str, pixels: NDArray[np.uint8]) -> None:
        self._sprites[name] = pygame.transform.scale(to_surface(pixels), (TILE, TILE))


def _name(what: Any) -> str:
    return what if isinstance(what, str) else f"{type(what).__name__} {what.id}"
