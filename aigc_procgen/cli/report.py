"""What `aigc-procgen score` found, as tables; and its progress."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "DETAILS",
    "IN_PALETTE",
    "MEASURES",
    "REAL",
    "Column",
    "Numbers",
    "Section",
    "detail",
    "rows_of",
    "show_progress",
    "table",
]

REAL, IN_PALETTE = "real", "real in palette"

Numbers = dict[str, Any]
Pixels = NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True)
class Column:
    """One contestant: its numbers, 64 samples [64, pictures, s, s, 4], and telling pictures.

    `pairs` [n, 2, s, s, 4] are the samples nearest to the training set, each with its neighbour;
    `seams` [n, 2 s, 2 s, 4] the tiles whose edges fit worst, four times each.
    """

    name: str
    numbers: Numbers
    samples: Pixels | None = None
    pairs: Pixels | None = None
    seams: Pixels | None = None


@dataclass(frozen=True, kw_only=True)
class Section:
    """All columns of one model, and the reals [64, pictures, s, s, 4] whose labels were asked."""

    name: str
    kind: str
    digest: str
    training: int
    held_out: int
    marked: bool
    count: int
    columns: list[Column]
    reals: Pixels

    def numbers(self) -> Numbers:
        """The section as scores.json has it."""
        about = {
            "digest": self.digest,
            "training_pictures": self.training,
            "held_out_pictures": self.held_out,
            "held_out_were_never_trained_on": self.marked,
        }
        columns = {column.name: column.numbers for column in self.columns}
        return {"kind": self.kind, "set": about, "columns": columns}

    def heading(self) -> str:
        """What was measured against what, in a sentence or two."""
        text = (
            f"{self.name}: {self.count:,} samples of each model against {self.held_out:,} "
            f"held-out pictures, {self.training:,} to train on."
        )
        if not self.marked:
            text += (
                " This set marks no pictures as held out, so a tenth was picked: the models may "
                "have been trained on them."
            )
        return text


@dataclass(frozen=True, kw_only=True)
class _Measure:
    key: str
    title: str
    form: str
    meaning: str


MEASURES = (
    _Measure(
        key="kid",
        title="KID x1000",
        form="{:.1f}",
        meaning="distance of the features of samples and reals; lower is better, compare with real",
    ),
    _Measure(
        key="density",
        title="density",
        form="{:.2f}",
        meaning="whether samples lie where reals are many; about 1 is right",
    ),
    _Measure(
        key="coverage",
        title="coverage",
        form="{:.0%}",
        meaning="share of reals that have a sample near them; higher is better",
    ),
    _Measure(
        key="obedience",
        title="obedience",
        form="{:.0%}",
        meaning="share of attributes that a classifier finds as asked; for reals its accuracy",
    ),
    _Measure(
        key="copies",
        title="near copies",
        form="{:.1%}",
        meaning="share as near to a training picture as the nearest 5% of reals; more is copying",
    ),
    _Measure(
        key="seam",
        title="seam ratio",
        form="{:.2f}",
        meaning="colour change across the wrap edge over that inside; 1 is seamless",
    ),
    _Measure(
        key="seam_error",
        title="seam error",
        form="{:.2f}",
        meaning="how far the seam ratio of a material is from 1, on average; compare with real",
    ),
    _Measure(
        key="frames",
        title="frames agree",
        form="{:.0%}",
        meaning="share of figures more like their own next picture than like another's",
    ),
    _Measure(
        key="colours",
        title="colours",
        form="{:.0f}",
        meaning="median number of colours in a picture",
    ),
    _Measure(
        key="orphans",
        title="orphan pixels",
        form="{:.1%}",
        meaning="share of pixels with no neighbour of their colour: speckle",
    ),
)


DETAILS = (
    ("obedience_by_attribute", "obedience", "{:.0%}"),
    ("seam_by_material", "seam ratio", "{:.2f}"),
)
"""Measures that are also told apart: key, title, form of a number."""


def rows_of(section: Section) -> list[list[str]]:
    """The main table: a heading, then a row for each measure that any column has."""
    rows = [[section.name, *(column.name for column in section.columns)]]
    for measure in MEASURES:
        found = [column.numbers.get(measure.key) for column in section.columns]
        if any(value is not None for value in found):
            cells = [_cell(measure.form, value) for value in found]
            for index, column in enumerate(section.columns):
                spread = column.numbers.get(f"{measure.key}_deviation")
                cells[index] += "" if spread is None else f" ± {spread:.1f}"
            rows.append([measure.title, *cells])
    return rows


def detail(section: Section, key: str, title: str, form: str) -> list[list[str]]:
    """A table of a measure taken apart: a row for each attribute or material."""
    tables = [column.numbers.get(key) or {} for column in section.columns]
    names = dict.fromkeys(name for each in tables for name in each)
    rows = [[title, *(column.name for column in section.columns)]]
    rows += [[name, *(_cell(form, each.get(name)) for each in tables)] for name in names]
    return rows


def _cell(form: str, value: float | None) -> str:
    return "-" if value is None else form.format(value)


def table(section: Section) -> str:
    """The numbers of a section as aligned text."""
    rows = rows_of(section)
    attributes = detail(section, "obedience_by_attribute", "obedience", "{:.0%}")[1:]
    if len(attributes) > 1:
        rows += [[f"  {name}", *cells] for name, *cells in attributes]
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    lines = [section.heading()]
    for first, *cells in rows:
        right = (cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True))
        lines.append("  ".join([first.ljust(widths[0]), *right]))
    return "\n".join(lines)


@contextmanager
def show_progress(model: str) -> Iterator[Callable[[str, int, int], None]]:
    """A bar for each step on a terminal; elsewhere a line when a step begins."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(file=sys.stderr)
    live = console.is_terminal
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not live,
    )
    tasks: dict[str, Any] = {}

    def show(what: str, done: int, total: int) -> None:
        if what not in tasks:
            tasks[what] = bar.add_task(f"{model}: {what}", total=total)
            if not live:
                print(f"{model}: {what}", file=sys.stderr, flush=True)
        bar.update(tasks[what], completed=done, total=total)

    with bar:
        yield show
