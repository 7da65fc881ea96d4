"""Sheets of walking figures: one sheet a figure, cut into its directions and frames."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from aigc_procgen.core.errors import InvalidArgument, check_choice, check_int

from .colour import Pixels, hard_alpha
from .errors import DataError

__all__ = ["ALONG", "check_layout", "cut_figure"]

ALONG = ("frames", "directions")


def check_layout(frames: int, directions: Sequence[str], columns: str) -> tuple[str, ...]:
    """The directions, if a sheet can be laid out so; else `InvalidArgument`."""
    check_int("frames", frames, 1, 64)
    check_choice("columns", columns, ALONG)
    names = tuple(directions)
    if not names or len(names) > 8 or len(set(names)) != len(names) or not all(names):
        raise InvalidArgument(
            f"directions must be 1 to 8 distinct names such as down,up,left,right, not {names!r}"
        )
    return names


def cut_figure(
    sheet: Pixels,
    *,
    frames: int,
    directions: Sequence[str],
    size: int,
    name: str,
    columns: str = "frames",
) -> Pixels:
    """One figure uint8 [directions * frames, size, size, 4] of its sheet [h, w, 4].

    The sheet is a grid: `columns` says whether its columns are the frames of a walk, and its rows
    the directions, or the other way round. A cell that is smaller than `size` stands in the middle
    of the bottom, never moved by what is drawn in it, so that a walk does not shake.

    Raises `DataError` if the sheet is no such grid, if a cell is larger than `size`, or if a
    picture is empty.
    """
    count = len(directions)
    across, down = (frames, count) if columns == "frames" else (count, frames)
    height, width = sheet.shape[:2]
    if width % across or height % down:
        raise DataError(
            f"{name} is {width}x{height} pixels: a sheet of {frames} frames in {count} directions "
            f"has {across} columns and {down} rows, so its width must be a multiple of {across} "
            f"and its height one of {down}"
        )
    cell_width, cell_height = width // across, height // down
    if max(cell_width, cell_height) > size:
        raise DataError(
            f"{name} has cells of {cell_width}x{cell_height} pixels ({across} columns, {down} "
            f"rows), larger than {size}: pass a larger --size, or correct --frames and --directions"
        )
    cells = sheet.reshape(down, cell_height, across, cell_width, 4).swapaxes(1, 2)
    if columns == "directions":
        cells = cells.swapaxes(0, 1)
    left = (size - cell_width) // 2
    figure = np.zeros((count, frames, size, size, 4), np.uint8)
    figure[:, :, size - cell_height :, left : left + cell_width] = cells
    for number, picture in enumerate(figure.reshape(-1, size, size, 4)):
        picture[...] = hard_alpha(picture)
        if not picture[..., 3].any():
            raise DataError(
                f"{name} has nothing in the picture of direction {directions[number // frames]}, "
                f"frame {number % frames + 1}: correct --frames, --directions or --columns"
            )
    return figure.reshape(-1, size, size, 4)
