"""How scores are shown: progress, a table for the terminal, and one HTML page with pictures."""

from __future__ import annotations

import base64
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.png import encode_png, sheet

__all__ = [
    "IN_PALETTE",
    "REAL",
    "Column",
    "Numbers",
    "Section",
    "report",
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


_MEASURES = (
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


def _rows(section: Section) -> list[list[str]]:
    """The main table: a heading, then a row for each measure that any column has."""
    rows = [[section.name, *(column.name for column in section.columns)]]
    for measure in _MEASURES:
        found = [column.numbers.get(measure.key) for column in section.columns]
        if any(value is not None for value in found):
            cells = [_cell(measure.form, value) for value in found]
            for index, column in enumerate(section.columns):
                spread = column.numbers.get(f"{measure.key}_deviation")
                cells[index] += "" if spread is None else f" ± {spread:.1f}"
            rows.append([measure.title, *cells])
    return rows


def _detail(section: Section, key: str, title: str, form: str) -> list[list[str]]:
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
    rows = _rows(section)
    attributes = _detail(section, "obedience_by_attribute", "obedience", "{:.0%}")[1:]
    if len(attributes) > 1:
        rows += [[f"  {name}", *cells] for name, *cells in attributes]
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    lines = [section.heading()]
    for first, *cells in rows:
        right = (cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True))
        lines.append("  ".join([first.ljust(widths[0]), *right]))
    return "\n".join(lines)


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Scores</title><style>
body {{ font: 15px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 75em; padding: 0 1em }}
table {{ border-collapse: collapse; margin: 1em 0 }}
th, td {{ border-bottom: 1px solid #8886; padding: .2em .9em; text-align: right }}
th:first-child, td:first-child {{ text-align: left }}
img {{ image-rendering: pixelated; max-width: 100% }}
figure {{ display: inline-block; margin: 0 1em 1em 0; vertical-align: top }}
</style></head><body>
<h1>Scores</h1>
{body}
<h2>What the numbers say</h2>
<dl>{meanings}</dl>
</body></html>
"""


def report(sections: Sequence[Section]) -> str:
    """One HTML page, pictures and all, of every section."""
    meanings = "".join(f"<dt>{m.title}</dt><dd>{m.meaning}</dd>" for m in _MEASURES)
    body = "\n".join(_section(section) for section in sections)
    return _PAGE.format(body=body, meanings=meanings)


def _section(section: Section) -> str:
    parts = [f"<h2>{escape(section.name)}</h2><p>{escape(section.heading())}</p>"]
    parts.append(_html_table(_rows(section)))
    for key, title, form in (
        ("obedience_by_attribute", "obedience", "{:.0%}"),
        ("seam_by_material", "seam ratio", "{:.2f}"),
    ):
        if len(rows := _detail(section, key, title, form)) > 2:
            parts.append(_html_table(rows))
    parts.append(_figure("64 held-out reals", section.reals[:, 0], 8))
    for column in section.columns:
        name, samples = column.name, column.samples
        if samples is not None:
            parts.append(_figure(f"{name}: the same labels", samples[:, 0], 8))
    parts.append("<br>")
    for column in section.columns:
        name, samples, pairs = column.name, column.samples, column.pairs
        if samples is not None and samples.shape[1] > 1:
            flat = samples[:8].reshape(-1, *samples.shape[2:])
            parts.append(_figure(f"{name}: all pictures of 8 figures", flat, samples.shape[1]))
        if pairs is not None:
            flat = pairs.reshape(-1, *pairs.shape[2:])
            text = f"{name}: the samples nearest to the training set, each left of its neighbour"
            parts.append(_figure(text, flat, 8))
        if column.seams is not None:
            parts.append(_figure(f"{name}: the worst seams, 2 x 2 tiles", column.seams, 4))
    return "\n".join(parts)


def _html_table(rows: list[list[str]]) -> str:
    head = "".join(f"<th>{escape(cell)}</th>" for cell in rows[0])
    lines = ["".join(f"<td>{escape(cell)}</td>" for cell in row) for row in rows[1:]]
    return f"<table><tr>{head}</tr>" + "".join(f"<tr>{line}</tr>" for line in lines) + "</table>"


def _figure(caption: str, pictures: Pixels, columns: int) -> str:
    data = base64.b64encode(encode_png(sheet(pictures, columns, 2))).decode()
    return (
        f"<figure><figcaption>{escape(caption)}</figcaption>"
        f'<img alt="{escape(caption)}" src="data:image/png;base64,{data}"></figure>'
    )


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
