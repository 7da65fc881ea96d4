"""Colours as numbers, and pixels that stand alone: what scores and the choice of drawings count."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["codes_of", "orphans"]


def codes_of(pictures: NDArray[np.uint8]) -> NDArray[np.int32]:
    """Each pixel's colour [...] as one number, of pictures uint8 [..., 3 or 4]."""
    return np.asarray(pictures[..., :3].astype(np.int32) @ np.array([65536, 256, 1], np.int32))


def orphans(pictures: NDArray[np.uint8], wrap: bool = False) -> NDArray[np.bool_]:
    """Which pixels [n, h, w] of pictures uint8 RGBA [n, h, w, 4] are specks: opaque, and none of
    the four neighbours has the same colour.

    With `wrap` pixels of opposite edges are neighbours, as in tiles.
    """
    code = codes_of(pictures)
    code[pictures[..., 3] < 128] = -1
    if not wrap:
        code = np.pad(code, ((0, 0), (1, 1), (1, 1)), constant_values=-1)
    alone = code >= 0
    for axis in (1, 2):
        for step in (1, -1):
            alone &= np.roll(code, step, axis) != code
    return alone if wrap else alone[:, 1:-1, 1:-1]
