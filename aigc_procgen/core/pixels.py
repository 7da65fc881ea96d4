"""Pixels that stand alone: what both scores and the choice among drawings count."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["orphans"]


def orphans(pictures: NDArray[np.uint8], wrap: bool = False) -> NDArray[np.bool_]:
    """Which pixels [n, h, w] of pictures uint8 RGBA [n, h, w, 4] are specks: opaque, and none of
    the four neighbours has the same colour.

    With `wrap` pixels of opposite edges are neighbours, as in tiles.
    """
    code = pictures[..., :3].astype(np.int32) @ np.array([65536, 256, 1], np.int32)
    code[pictures[..., 3] < 128] = -1
    if not wrap:
        code = np.pad(code, ((0, 0), (1, 1), (1, 1)), constant_values=-1)
    alone = code >= 0
    for axis in (1, 2):
        for step in (1, -1):
            alone &= np.roll(code, step, axis) != code
    return alone if wrap else alone[:, 1:-1, 1:-1]
