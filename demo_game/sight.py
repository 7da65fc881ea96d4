"""What can be seen from a tile: straight lines that nothing opaque cuts."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["RADIUS", "lines", "visible"]

RADIUS = 9  # tiles that a torch reaches


@cache
def lines() -> tuple[tuple[int, int, tuple[tuple[int, int], ...]], ...]:
    """Each tile (dx, dy) within the radius, and the tiles on the line to it, both ends left out."""
    found = []
    for dy in range(-RADIUS, RADIUS + 1):
        for dx in range(-RADIUS, RADIUS + 1):
            if dx * dx + dy * dy > RADIUS * RADIUS + RADIUS:
                continue
            count = max(abs(dx), abs(dy))
            # Rounded to the nearest tile, in whole numbers.
            between = tuple(
                ((2 * dx * i + count) // (2 * count), (2 * dy * i + count) // (2 * count))
                for i in range(1, count)
            )
            found.append((dx, dy, between))
    return tuple(found)


def visible(opaque: NDArray[np.bool_], x: int, y: int) -> NDArray[np.bool_]:
    """The tiles bool [h, w] seen from (x, y): what is clear, and the walls beside that."""
    height, width = opaque.shape
    blocks = opaque.tolist()
    blocks[y][x] = False  # who stands in a door looks out of it
    seen = np.zeros_like(opaque)
    for dx, dy, between in lines():
        to_x, to_y = x + dx, y + dy
        if 0 <= to_x < width and 0 <= to_y < height and not blocks[to_y][to_x]:
            seen[to_y, to_x] = not any(blocks[y + by][x + bx] for bx, by in between)
    around = np.pad(seen, 1)
    beside = np.zeros_like(seen)
    for row in range(3):
        for column in range(3):
            beside |= around[row : row + height, column : column + width]
    return np.asarray(seen | (beside & opaque))
