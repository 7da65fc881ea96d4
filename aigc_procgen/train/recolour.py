"""Colourings as tables: a network draws in inks, and a table says which colour an ink is.

A colouring of a set (steel as bronze, hues turned by 60 degrees) is a map of colours. A network
that had to learn it drew 58 % of the pixels of known drawings in new colours as they should be; a
table needs no learning, and all that the network learns are shapes. One indexed picture shown with
several palettes is what consoles did and pixel artists do ("palette swap").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from aigc_procgen.core.errors import InvalidArgument

from .palette import fit_colours, nearest_colours

__all__ = ["Colourings", "Recolour", "check_swatches", "fit_colourings", "fit_inks", "inks_of"]


@dataclass(frozen=True, kw_only=True)
class Colourings:
    """What the inks of a set become in each of its colourings.

    `inks` uint8 [I, 3] are colours of first colourings. `colours` float32 [C, I, 3] is what a
    colouring makes of them, 0..255, and `table` uint8 [C, I] the nearest entries of the palette
    [K, 3]. The colourings of the first attribute's values follow each other: those of value v
    start at `first[v]`.
    """

    inks: NDArray[np.uint8]
    colours: NDArray[np.float32]
    table: NDArray[np.uint8]
    first: NDArray[np.int64]

    @property
    def counts(self) -> NDArray[np.int64]:
        """How many colourings each value of the first attribute has."""
        return np.diff(self.first, append=len(self.table))


def fit_colourings(
    swatches: NDArray[np.int32], palette: NDArray[np.uint8], inks: NDArray[np.uint8]
) -> Colourings:
    """The colourings that `swatches` [s, 9] describe, as `data.datasets.DataSet` says.

    An ink that a colouring's swatches lack becomes what the nearest ink that they have becomes.
    """
    values = int(swatches[:, 0].max()) + 1
    counts = [int(swatches[swatches[:, 0] == v, 1].max(initial=0)) for v in range(values)]
    first = np.concatenate([[0], np.cumsum(counts)])
    owner = nearest_colours(swatches[:, 2:5], inks)
    row = first[swatches[:, 0]] + swatches[:, 1] - 1
    cell, weight = row * len(inks) + owner, swatches[:, 8].astype(np.float64)
    cells = int(first[-1]) * len(inks)
    mass = np.bincount(cell, weight, cells).reshape(-1, len(inks))
    sums = [np.bincount(cell, weight * swatches[:, 5 + c], cells) for c in range(3)]
    colours = np.stack(sums, 1).reshape(-1, len(inks), 3) / np.maximum(mass, 1)[..., None]
    for own, known in zip(colours, mass > 0, strict=True):
        if known.any():
            met = np.flatnonzero(known)
            own[:] = own[met[nearest_colours(inks, inks[met])]]
    table = nearest_colours(colours.reshape(-1, 3), palette)
    return Colourings(
        inks=inks,
        colours=colours.astype(np.float32),
        table=table.reshape(-1, len(inks)).astype(np.uint8),
        first=first[:-1].astype(np.int64),
    )


def check_swatches(
    swatches: NDArray[Any],
    values: NDArray[np.uint8],
    parts: NDArray[np.int64],
    fits: NDArray[np.integer],
    name: str,
) -> None:
    """Raises `InvalidArgument` unless swatches [s, 9] are whole numbers and say what all colourings
    of the first attribute's values do, counted from 1: those that pictures of values [n] and parts
    [n, 3] show, and those that `fits` [m, 3] let be drawn. `name` is what the set is called.
    """
    told: set[tuple[int, int]] = set()
    if swatches.ndim == 2 and swatches.shape[1] == 9 and swatches.dtype.kind == "i":
        told = set(map(tuple, np.unique(swatches[:, :2], axis=0).tolist()))
    counts: dict[int, int] = {}
    for value, colouring in told:
        counts[value] = max(counts.get(value, 0), colouring)
    whole = {(value, n) for value, count in counts.items() for n in range(1, count + 1)}
    # What the first slot shows is of one value.
    value_of = dict(zip(parts[:, 0].tolist(), values.tolist(), strict=True))
    meetings = [*parts[:, [0, 2]].tolist(), *fits[:, [0, 2]].tolist()]
    asked = {(value_of[lower], number) for lower, number in meetings if lower in value_of}
    if not told or told != whole or min(counts) < 0 or not asked <= told:
        raise InvalidArgument(
            f"data must say in its swatches, int [s, 9], what every colouring does, from 1 on; "
            f"{name} has {swatches.dtype} {list(swatches.shape)}, which lack some: build it again"
        )


def fit_inks(swatches: NDArray[np.int32], count: int) -> NDArray[np.uint8]:
    """So many inks [I, 3] at most: a palette of the colours in first colourings."""
    rows = swatches[swatches[:, 1] == 1]
    distinct = np.unique(rows[:, 2:5], axis=0)
    if len(distinct) <= count:  # of one colour there are rows of several values
        return distinct.astype(np.uint8)
    return fit_colours(rows[:, 2:5].astype(np.float64), np.sqrt(rows[:, 8]), count)


def inks_of(
    images: NDArray[np.uint8],
    shapes: NDArray[np.integer],
    rows: NDArray[np.int64],
    colours: NDArray[np.float32],
) -> NDArray[np.uint8]:
    """The inks of pictures uint8 [n, pictures, h, w, 4], from 1 on, 0 is transparent: uint8
    [n, pictures, h, w].

    `shapes` [n, ...] say which pictures are the same drawing, and `rows` int64 [n] in which
    colouring of `colours` [C, I, 3] each is. A pixel's ink is the one whose colours come nearest to
    the pixel's in all the pictures of the drawing together: what one colouring shows alike another
    tells apart.
    """
    _, drawing = np.unique(shapes, axis=0, return_inverse=True)
    drawing = drawing.reshape(-1)  # NumPy 2.0 gives it another axis
    order = np.argsort(drawing, kind="stable")
    starts = np.flatnonzero(np.diff(drawing[order], prepend=-1))
    result = np.zeros(images.shape[:-1], np.uint8)
    for members in np.split(order, starts[1:]):
        solid = images[members[0], ..., 3] > 0
        distance = np.zeros((int(solid.sum()), colours.shape[1]), np.float32)
        for member in members:
            known = colours[rows[member]]
            pixels = images[member][solid][:, :3].astype(np.float32)
            distance += (known**2).sum(1) - 2 * pixels @ known.T
        result[members[:, None], *(axis[None] for axis in np.nonzero(solid))] = (
            distance.argmin(1) + 1
        )
    return result


class Recolour(nn.Module):
    """A choice of parts [n, rows], of which the last slot are colourings -> rows [n] of its table.

    The table belongs to what the first slot shows: `first` int64 [its parts] is where the table's
    rows for it start. `table` uint8 [colourings, inks] are entries of the palette.
    """

    first: Tensor
    table: Tensor

    def __init__(self, *, parts: tuple[int, ...], inks: int, colourings: int) -> None:
        super().__init__()
        self.parts, self.inks = parts, inks
        self.register_buffer("first", torch.zeros(parts[0], dtype=torch.int64))
        self.register_buffer("table", torch.zeros(colourings, inks, dtype=torch.uint8))

    def learn(self, table: NDArray[np.uint8], first: NDArray[np.int64]) -> None:
        """Takes over a set's table, and where each part of the first slot finds its rows."""
        self.table.copy_(torch.from_numpy(table))
        self.first.copy_(torch.from_numpy(first))

    def forward(self, choice: Tensor) -> Tensor:
        slots = torch.split(choice, list(self.parts), 1)
        return self.first[slots[0].argmax(1)] + slots[-1].argmax(1)

    def entries(self, inks: Tensor, row: Tensor) -> Tensor:
        """Entries of the palette for inks from 0 on [n, ...] in the table's rows [n]."""
        start = (row * self.inks).reshape(-1, *[1] * (inks.dim() - 1))
        # Whole numbers first: not every engine gathers bytes.
        return self.table.long().reshape(-1)[inks + start]
