"""A contact sheet of real samples, to be laid beside generated ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from aigc_procgen.core.errors import check_int
from aigc_procgen.core.png import encode_png, sheet
from aigc_procgen.core.random import Seed, stream

from .colour import Pixels
from .datasets import DataSet, read_set
from .writing import write_bytes

__all__ = ["draw_sheet", "sheet_of"]


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
    columns = max(1, int(np.ceil(np.sqrt(len(rows)))))
    return sheet(data.images[rows], columns, scale)


def draw_sheet(
    path: str | Path, out: str | Path, *, count: int = 64, scale: int = 3, seed: Seed = 0
) -> None:
    """Writes the sheet of the set at `path` (.npz) as the PNG file `out`.

    Raises `DataError` if the set cannot be read or the file cannot be written.
    """
    picture = sheet_of(read_set(path), count=count, scale=scale, seed=seed)
    write_bytes(Path(out), encode_png(picture))
