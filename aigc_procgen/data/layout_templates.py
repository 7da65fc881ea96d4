"""Rooms drawn by hand, and how one is fitted to a size: repeated, mirrored, stretched."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.errors import InvalidArgument
from aigc_procgen.core.files import read_table
from aigc_procgen.core.layout_machine import CANVAS, CLASSES
from aigc_procgen.core.random import Stream

__all__ = ["LETTERS", "Template", "fitted", "read_templates", "templates"]

LETTERS = "#.,~of"
"""The letters of `CLASSES` in drawings."""

_REPEATS = 9
Grid = NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True, eq=False)
class Template:
    """A drawing: a whole room, or the left (x), upper (y) or upper left part of a mirrored one."""

    style: str
    name: str
    tiles: Grid
    mirror: str
    across: tuple[int, int] | None  # columns that may be repeated or left out
    down: tuple[int, int] | None


def read_templates(data: Any) -> dict[str, tuple[Template, ...]]:
    """The drawings of the JSON table by style; `InvalidArgument` says what is wrong."""
    try:
        return {
            str(style): tuple(_template(str(style), row) for row in rows)
            for style, rows in data["styles"].items()
        }
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise InvalidArgument(f"templates.json: {error}") from None


@cache
def templates() -> dict[str, tuple[Template, ...]]:
    """The drawings of layout_tables/templates.json, checked."""
    return read_templates(read_table(__package__, "layout_tables/templates.json"))


def _template(style: str, row: Any) -> Template:
    name, rows, mirror = str(row["name"]), list(row["rows"]), row["mirror"]
    if not rows or len({len(line) for line in rows}) != 1 or max(map(len, rows)) > CANVAS:
        raise ValueError(f"rows of {style} {name!r} must be equally long, {CANVAS} at most")
    if set("".join(rows)) - set(LETTERS):
        raise ValueError(f"rows of {style} {name!r} must be of {LETTERS}")
    if mirror not in ("", "x", "y", "xy"):
        raise ValueError(f"mirror of {style} {name!r} must be '', x, y or xy, not {mirror!r}")
    groups = []
    for part, size in (("across", len(rows[0])), ("down", len(rows))):
        group = row.get(part)
        if group is not None and not 0 <= group[0] < group[1] <= size:
            raise ValueError(f"{part} of {style} {name!r} must be two places in 0 to {size}")
        groups.append(None if group is None else (int(group[0]), int(group[1])))
    tiles = np.array([[LETTERS.index(letter) for letter in line] for line in rows], np.uint8)
    return Template(
        style=style, name=name, tiles=tiles, mirror=mirror, across=groups[0], down=groups[1]
    )


def fitted(template: Template, width: int, height: int, dice: Stream) -> Grid | None:
    """The drawing as a room uint8 [height, width], turned at random; None if it cannot fill it."""
    turned = dice.chance(1, 2)
    wide, high = (height, width) if turned else (width, height)
    columns = _lines(template.tiles.shape[1], template.across, "x" in template.mirror, wide, dice)
    rows = _lines(template.tiles.shape[0], template.down, "y" in template.mirror, high, dice)
    if columns is None or rows is None:
        return None
    made = template.tiles[np.ix_(rows, columns)]
    made = made[:, ::-1] if dice.chance(1, 2) else made
    made = made[::-1] if dice.chance(1, 2) else made
    return np.ascontiguousarray(made.T if turned else made)


def _lines(
    drawn: int, group: tuple[int, int] | None, mirrored: bool, wanted: int, dice: Stream
) -> list[int] | None:
    """Which drawn column each of the wanted ones is, or None."""
    first, last = group or (0, 0)
    found = []
    for repeats in range(_REPEATS if group else 1):
        half = [*range(first), *([*range(first, last)] * repeats), *range(last, drawn)]
        for odd in (True, False) if mirrored else (True,):
            if not half:
                continue
            whole = half + (half[-2::-1] if odd and len(half) > 1 else half[::-1]) * mirrored
            if mirrored and odd and len(half) == 1:
                whole = half
            if len(whole) == wanted:
                found.append(whole)
    if found:
        return list(dice.choice(found))
    if group or mirrored or abs(drawn - wanted) > max(2, drawn // 3):
        return None
    # A drawing without a pattern is stretched: lines within it are doubled or left out.
    lines = list(range(drawn))
    while len(lines) != wanted:
        at = dice.between(1, len(lines) - 2)
        if len(lines) < wanted:
            lines.insert(at, lines[at])
        else:
            lines.pop(at)
    return lines


assert len(LETTERS) == len(CLASSES)
