"""A contact sheet of real samples, to be laid beside generated ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from aigc_procgen.core.errors import check_int
from aigc_procgen.core.random import Seed, stream

from .colour import Pixels
from .datasets import DataSet, read_set
from .pictures import encode_png
from .writing import write_bytes

__all__ = ["draw_sheet", "sheet_of"]

_GROUND = ((92, 104, 92), (84, 96, 84))
"""Two greens of a chequered ground: black outlines and white things both show on it."""


def sheet_of(data: DataSet, *, count: int = 64, scale: int = 3, seed: Seed = 0) -> Pixels:
    """`count` samples, spread evenly over the classes and sorted by class, as one picture.

    RGBA uint8, about square, each sample `scale` times its size.
    """
    check_int("count", count, 1, 4096)
    check_int("scale", scale, 1, 16)
    dice = stream(seed, "sheet")
    first = data.labels[:, 0]
    piles = [dice.shuffled(np.flatnonzero(first == value).tolist()) for value in np.unique(first)]
    chosen: list[tuple[int, int]] = []
    while len(chosen) < min(count, len(first)):
        for value, pile in enumerate(piles):
            if pile and len(chosen) < count:
                chosen.append((value, pile.pop()))
    rows = [index for _, index in sorted(chosen)]
    side = data.images.shape[1]
    columns = max(1, int(np.ceil(np.sqrt(len(rows)))))
    lines = -(-len(rows) // columns)
    step = side + 2
    sheet = np.zeros((lines * step, columns * step, 4), np.uint8)
    y, x = np.indices(sheet.shape[:2])
    sheet[..., :3] = np.array(_GROUND, np.uint8)[(y // 8 + x // 8) % 2]
    sheet[..., 3] = 255
    for place, row in enumerate(rows):
        top, left = place // columns * step + 1, place % columns * step + 1
        part = sheet[top : top + side, left : left + side]
        picture = data.images[row]
        np.copyto(part, picture, where=picture[..., 3:] > 0)
    return sheet.repeat(scale, 0).repeat(scale, 1)


def draw_sheet(
    path: str | Path, out: str | Path, *, count: int = 64, scale: int = 3, seed: Seed = 0
) -> None:
    """Writes the sheet of the set at `path` (.npz) as the PNG file `out`.

    Raises `DataError` if the set cannot be read or the file cannot be written.
    """
    picture = sheet_of(read_set(path), count=count, scale=scale, seed=seed)
    write_bytes(Path(out), encode_png(picture))
