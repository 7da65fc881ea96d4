"""The ground under the camera, drawn in square blocks that a thread makes in the background."""

from __future__ import annotations

from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np
import pygame
from numpy.typing import NDArray

__all__ = ["TILE", "TerrainView", "to_surface"]

TILE = 32  # pixels a tile on the screen, whatever a pack draws
BLOCK = 16  # tiles a block: a megabyte of pixels, made in some milliseconds
_KEPT = 64  # blocks: four screens of 1280x720 and the way back


def to_surface(pixels: NDArray[np.uint8]) -> pygame.Surface:
    """A surface with alpha from RGBA pixels uint8 [h, w, 4]."""
    height, width = pixels.shape[:2]
    return pygame.image.frombuffer(pixels.tobytes(), (width, height), "RGBA").convert_alpha()


class TerrainView:
    """Blocks of a world's picture, asked for ahead of the player and kept while near."""

    def __init__(self, world: Any) -> None:
        self.world = world
        self._surfaces: OrderedDict[tuple[int, int], pygame.Surface] = OrderedDict()
        self._wanted: dict[tuple[int, int], Future[NDArray[np.uint8]]] = {}
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="terrain")

    def close(self) -> None:
        """Stops the thread; blocks that were not begun are dropped."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def draw(self, screen: pygame.Surface, left: int, top: int, *, wait: bool = False) -> None:
        """Draws the world with its pixel (left, top) in the screen's corner.

        A block that is not made yet is left dark for some frames; `wait` waits for it instead.
        """
        size = BLOCK * TILE
        width, height = screen.get_size()
        across = range(left // size, (left + width - 1) // size + 1)
        down = range(top // size, (top + height - 1) // size + 1)
        shown = [(bx, by) for by in down for bx in across]
        around = [
            (bx, by)
            for by in range(down.start - 1, down.stop + 1)
            for bx in range(across.start - 1, across.stop + 1)
        ]
        for place in shown + around:  # the visible ones first in the queue
            self._ask(place)
        self._collect(set(shown) if wait else set())
        for bx, by in shown:
            if surface := self._surfaces.get((bx, by)):
                self._surfaces.move_to_end((bx, by))
                screen.blit(surface, (bx * size - left, by * size - top))

    def forget(self) -> None:
        """Drops every block, after the world was changed."""
        self._surfaces.clear()

    def _ask(self, place: tuple[int, int]) -> None:
        if place not in self._surfaces and place not in self._wanted:
            bx, by = place
            self._wanted[place] = self._pool.submit(
                self.world.image, bx * BLOCK, by * BLOCK, BLOCK, BLOCK
            )

    def _collect(self, needed: set[tuple[int, int]]) -> None:
        made = 0
        for place, future in list(self._wanted.items()):
            # Two uploads a frame keep the frame short; what must be seen now is waited for.
            if place in needed or (future.done() and made < 2):
                block = to_surface(future.result()).convert()
                if block.get_width() != BLOCK * TILE:
                    block = pygame.transform.scale(block, (BLOCK * TILE, BLOCK * TILE))
                self._surfaces[place] = block
                del self._wanted[place]
                made += 1
        while len(self._surfaces) > _KEPT:
            self._surfaces.popitem(last=False)
