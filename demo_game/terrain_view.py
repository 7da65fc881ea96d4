"""The ground under the camera, drawn in square blocks that a thread makes in the background."""

from __future__ import annotations

from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np
import pygame
from numpy.typing import NDArray

__all__ = ["TILE", "TerrainView", "stand", "to_surface"]

TILE = 32  # pixels a tile on the screen, whatever a pack draws
BLOCK = 16  # tiles a block: a megabyte of pixels, made in some milliseconds
_KEPT = 96  # pictures of a megabyte: four screens of 1280x720 and the way back
CHUNK = 64  # tiles a chunk of land
AHEAD = 128  # tiles around the middle of the screen whose land is made ahead
_PACE = 3  # pictures a second of a block in which water or lava moves


def to_surface(pixels: NDArray[np.uint8]) -> pygame.Surface:
    """A surface with alpha from RGBA pixels uint8 [h, w, 4]."""
    height, width = pixels.shape[:2]
    return pygame.image.frombuffer(pixels.tobytes(), (width, height), "RGBA").convert_alpha()


def stand(screen: pygame.Surface, picture: pygame.Surface, x: int, y: int) -> None:
    """Draws a picture on the tile at (x, y): in its middle, its foot at the tile's foot."""
    side = picture.get_width()
    screen.blit(picture, (x - (side - TILE) // 2, y + TILE - side))


class TerrainView:
    """Blocks of a world's picture, asked for ahead of the player and kept while near."""

    def __init__(self, world: Any) -> None:
        self.world = world
        self._surfaces: OrderedDict[tuple[int, int], list[pygame.Surface]] = OrderedDict()
        self._wanted: dict[tuple[int, int], Future[list[NDArray[np.uint8]]]] = {}
        self._chunk: tuple[int, int] | None = None
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="terrain")

    def close(self) -> None:
        """Stops the thread; blocks that were not begun are dropped."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def draw(
        self, screen: pygame.Surface, left: int, top: int, seconds: float, *, wait: bool = False
    ) -> None:
        """Draws the world, `seconds` after the start, with its pixel (left, top) in the corner.

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
        middle = (left + width // 2) // TILE, (top + height // 2) // TILE
        if (chunk := (middle[0] // CHUNK, middle[1] // CHUNK)) != self._chunk:
            self._chunk = chunk
            self.world.prefetch(*middle, AHEAD)
        for place in shown + around:  # the visible ones first in the queue
            self._ask(place)
        self._collect(set(shown) if wait else set())
        for bx, by in shown:
            if frames := self._surfaces.get((bx, by)):
                self._surfaces.move_to_end((bx, by))
                surface = frames[int(seconds * _PACE) % len(frames)]
                screen.blit(surface, (bx * size - left, by * size - top))

    def forget(self) -> None:
        """Drops every block, after the world was changed."""
        self._surfaces.clear()

    def _ask(self, place: tuple[int, int]) -> None:
        if place not in self._surfaces and place not in self._wanted:
            self._wanted[place] = self._pool.submit(self._make, *place)

    def _make(self, bx: int, by: int) -> list[NDArray[np.uint8]]:
        """The pictures of a block: one, or one a frame."""
        region = bx * BLOCK, by * BLOCK, BLOCK, BLOCK
        count = self.world.frames if self.world.moves(*region) else 1
        return [self.world.image(*region, frame=frame) for frame in range(count)]

    def _collect(self, needed: set[tuple[int, int]]) -> None:
        made = 0
        for place, future in list(self._wanted.items()):
            # Two uploads a frame keep the frame short; what must be seen now is waited for.
            if place in needed or (future.done() and made < 2):
                self._surfaces[place] = [_on_screen(pixels) for pixels in future.result()]
                del self._wanted[place]
                made += len(self._surfaces[place])
        while sum(map(len, self._surfaces.values())) > max(_KEPT, len(needed) * self.world.frames):
            self._surfaces.popitem(last=False)


def _on_screen(pixels: NDArray[np.uint8]) -> pygame.Surface:
    block = to_surface(pixels).convert()
    if block.get_width() == BLOCK * TILE:
        return block
    return pygame.transform.scale(block, (BLOCK * TILE, BLOCK * TILE))
