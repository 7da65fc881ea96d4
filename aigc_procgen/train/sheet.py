"""Sample sheets: a grid of pictures on a chequered ground, as a PNG."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .checkpoint import write_atomic

__all__ = ["draw_sheet", "write_sheet"]


def draw_sheet(pixels: NDArray[np.uint8], columns: int, scale: int = 3) -> NDArray[np.uint8]:
    """RGBA pictures [n, h, w, 4] as one RGB picture, `columns` a row, `scale` times enlarged."""
    count, height, width, _ = pixels.shape
    rows = -(-count // columns)
    gap = 2
    ys, xs = np.indices((rows * (height + gap), columns * (width + gap)))
    ground = np.where(((ys // 8 + xs // 8) % 2)[..., None], 84, 92).astype(np.uint8)
    sheet = np.repeat(ground, 3, 2)
    for index, picture in enumerate(pixels):
        top, left = index // columns * (height + gap), index % columns * (width + gap)
        window = sheet[top : top + height, left : left + width]
        window[:] = np.where(picture[..., 3:] > 0, picture[..., :3], window)
    return sheet.repeat(scale, 0).repeat(scale, 1)


def write_sheet(path: Path, pixels: NDArray[np.uint8], columns: int, scale: int = 3) -> None:
    """Writes `draw_sheet` as a PNG, atomically."""
    data = io.BytesIO()
    Image.fromarray(draw_sheet(pixels, columns, scale)).save(data, "png", optimize=True)
    write_atomic(path, data.getvalue())
