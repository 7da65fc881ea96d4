"""What `aigc-procgen score` writes for people: one HTML page, and Markdown with its pictures."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.files import write_atomic
from aigc_procgen.core.png import encode_png, sheet, write_png

from .report import DETAILS, MEASURES, Section, detail, rows_of

__all__ = ["html_page", "write_markdown"]

Pixels = NDArray[np.uint8]


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


def html_page(sections: Sequence[Section]) -> str:
    """One HTML page, pictures and all, of every section."""
    meanings = "".join(f"<dt>{m.title}</dt><dd>{m.meaning}</dd>" for m in MEASURES)
    body = "\n".join(_section(section) for section in sections)
    return _PAGE.format(body=body, meanings=meanings)


def _sheets(section: Section) -> list[tuple[str, Pixels]]:
    """The first pictures of 64 reals and of every column's samples, with what to call them."""
    sheets = [("64 held-out reals", section.reals[:, 0])]
    for column in section.columns:
        if column.samples is not None:
            sheets.append((f"{column.name}: the same labels", column.samples[:, 0]))
    return sheets


def _tables(section: Section) -> list[list[list[str]]]:
    """The main table, and those of measures taken apart into several attributes or materials."""
    apart = [detail(section, *each) for each in DETAILS]
    return [rows_of(section), *(rows for rows in apart if len(rows) > 2)]


def _section(section: Section) -> str:
    parts = [f"<h2>{escape(section.name)}</h2><p>{escape(section.heading())}</p>"]
    parts += [_html_table(rows) for rows in _tables(section)]
    parts += [_figure(caption, pictures, 8) for caption, pictures in _sheets(section)]
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


def write_markdown(folder: Path, sections: Sequence[Section]) -> None:
    """Writes scores.md with every table, and beside it the sheets that it shows, as PNG files."""
    parts = ["# Scores"]
    for section in sections:
        parts += [f"## {section.name}", section.heading()]
        parts += [_markdown_table(rows) for rows in _tables(section)]
        columns = ["real", *(c.name for c in section.columns if c.samples is not None)]
        for column, (caption, pictures) in zip(columns, _sheets(section), strict=True):
            file = f"{section.name}-{column}.png".replace(" ", "-").replace("/", "-")
            write_png(folder / file, sheet(pictures, 16, 2))
            parts.append(f"{caption}:\n\n![{caption}]({file})")
    meanings = [f"- **{measure.title}**: {measure.meaning}." for measure in MEASURES]
    parts += ["## What the numbers say", "\n".join(meanings)]
    write_atomic(folder / "scores.md", ("\n\n".join(parts) + "\n").encode())


def _markdown_table(rows: list[list[str]]) -> str:
    lines = [f"| {' | '.join(row)} |" for row in rows]
    lines.insert(1, "|" + "---|" * len(rows[0]))
    return "\n".join(lines)
