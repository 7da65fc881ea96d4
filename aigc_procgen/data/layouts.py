"""Layouts to train on: rooms drawn by hand, fitted, recombined, worn down, with ways through them.

A tenth of the drawings of each style is held out of all that, to measure by.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.errors import check_int
from aigc_procgen.core.layout_machine import CANVAS, CLASSES
from aigc_procgen.core.layout_repair import density_of, repair
from aigc_procgen.core.random import Seed, Stream, stream

from .errors import DataError
from .layout_templates import Template, fitted, templates
from .writing import new_set, write_json, write_npz

__all__ = [
    "LayoutSet",
    "build_layouts",
    "door_ways",
    "draw_layout",
    "read_layout_set",
    "room_size",
    "round_inside",
    "split_drawings",
]

_WALL, _FLOOR, _INLAY, _POOL, _PILLAR, _FURNITURE = range(len(CLASSES))
_HELD = 8  # one of so many drawings is held out
_ROUND = 12  # per cent of rooms that are round, as some of dungeons are
_WORN = {"ruin": 60, "cave": 25, "mine": 40}  # per cent of rooms that time has been at
_USUALLY_WORN = 22
Grid = NDArray[np.uint8]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, eq=False)
class LayoutSet:
    """Layouts on canvases of 16 x 16 tiles, a room in the upper left corner of each.

    `tiles` uint8 [n, 16, 16] index `CLASSES`; `inside` and `walk` bool [n, 16, 16] are the room
    and what of it must be walked; `style` and `density` uint8 [n]; `held_out` bool [n].
    """

    styles: tuple[str, ...]
    tiles: Grid
    inside: Mask
    walk: Mask
    style: NDArray[np.uint8]
    density: NDArray[np.uint8]
    held_out: Mask
    digest: str


def build_layouts(
    out: str | Path,
    *,
    count: int = 40_000,
    seed: Seed = 0,
    progress: Callable[[str, int, int], None] | None = None,
) -> Path:
    """Writes `layouts.npz`, a set for `train layouts`, and its datasheet; returns its path."""
    check_int("count", count, 1, 10_000_000)
    shown, held = split_drawings(seed)
    styles = sorted(shown)
    tiles = np.zeros((count, CANVAS, CANVAS), np.uint8)
    inside, walk = np.zeros((2, count, CANVAS, CANVAS), bool)
    style, density = np.zeros((2, count), np.uint8)
    held_out = np.arange(count) >= count - count // 10
    names: Counter[str] = Counter()
    for index in range(count):
        dice = stream(seed, "layout", index)
        name = styles[index % len(styles)]
        drawings = held[name] if held_out[index] else shown[name]
        width, height = room_size(dice, name)
        made, room, ways, used = draw_layout(dice, drawings, width, height)
        names.update(used)
        tiles[index, :height, :width] = made
        inside[index, :height, :width], walk[index, :height, :width] = room, ways
        style[index], density[index] = styles.index(name), density_of(made, room)
        if progress and index % 500 == 0:
            progress("layouts", index, count)
    arrays = {
        "tiles": tiles,
        "inside": inside,
        "walk": walk,
        "style": style,
        "density": density,
        "held_out": held_out,
    }
    sheet = {
        "kind": "layouts",
        "layouts": count,
        "source": "rooms drawn for aigc_procgen, data/layout_tables/templates.json",
        "licence": "MIT",
        "classes": list(CLASSES),
        "styles": {name: int((style == at).sum()) for at, name in enumerate(styles)},
        "drawings": {name: len(shown[name]) + len(held[name]) for name in styles},
        "held_out_drawings": {name: [each.name for each in held[name]] for name in styles},
        "held_out_layouts": int(held_out.sum()),
        "times_used": dict(sorted(names.items())),
        "made_by": "fitted to a size, turned and mirrored; one in six spliced of two of its style; "
        "worn down; ways from doors to a place inside cleared; joined into one piece",
        "set_digest": _digest(styles, arrays),
    }
    with new_set(out) as folder:
        write_npz(folder / "layouts.npz", {**arrays, "meta": np.array(json.dumps(sheet))})
        write_json(folder / "layouts.datasheet.json", sheet)
    return Path(out) / "layouts.npz"


def read_layout_set(path: str | Path) -> LayoutSet:
    """The set that `build_layouts` wrote, or `DataError`."""
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays: dict[str, Any] = {name: file[name] for name in file.files}
        meta = json.loads(str(arrays.pop("meta")))
        styles = tuple(meta["styles"])
        if meta["classes"] != list(CLASSES) or _digest(list(styles), arrays) != meta["set_digest"]:
            raise ValueError("its arrays are not what its meta says")
        return LayoutSet(styles=styles, digest=str(meta["set_digest"]), **arrays)
    except (OSError, ValueError, KeyError, TypeError, EOFError) as error:
        raise DataError(
            f"data must be layouts.npz that `aigc-procgen data build layouts` wrote, {str(path)!r} "
            f"is not: {error}"
        ) from None


def _digest(styles: list[str], arrays: dict[str, Any]) -> str:
    total = hashlib.sha256(json.dumps(styles).encode())
    for name in sorted(arrays):
        total.update(np.ascontiguousarray(arrays[name]).tobytes())
    return total.hexdigest()


def split_drawings(seed: Seed) -> tuple[dict[str, list[Template]], dict[str, list[Template]]]:
    """The drawings to train on, and those held out, by style."""
    shown, held = {}, {}
    for style, drawings in templates().items():
        mixed = stream(seed, "held out drawings", style).shuffled(drawings)
        count = max(len(mixed) // _HELD, 1)
        held[style], shown[style] = mixed[:count], mixed[count:]
    return shown, held


def room_size(dice: Stream, style: str) -> tuple[int, int]:
    """A width and a height as rooms of dungeons have them, 4 to 16 tiles."""
    most = dice.weighted((7, 8, 10, 12, 16), (30, 30, 18, 14, 8))
    least = 6 if style == "cave" else 4
    sides = [max(dice.between(least, most), dice.between(least, most)) for _ in range(2)]
    return sides[0], sides[1]


def draw_layout(
    dice: Stream, drawings: list[Template], width: int, height: int
) -> tuple[Grid, Mask, Mask, list[str]]:
    """A room [height, width] out of the drawings: tiles, inside, ways, the drawings' names."""
    walk, (x, y) = door_ways(dice, width, height)
    inside = np.ones((height, width), bool)
    if min(width, height) > 4 and dice.below(100) < _ROUND:
        # As `dungeon/carving.py` does it: ways may leave the round, and one leads to its middle.
        middle_x, middle_y = (width - 1) // 2, (height - 1) // 2
        walk[y, min(x, middle_x) : max(x, middle_x) + 1] = True
        walk[min(y, middle_y) : max(y, middle_y) + 1, middle_x] = True
        inside = round_inside(width, height) | walk
    made, used = _filled(dice, drawings, width, height)
    if dice.chance(1, 6):
        other, more = _filled(dice, drawings, width, height)
        made, used = _spliced(dice, made, other), used + more
    style = drawings[0].style
    if dice.below(100) < _WORN.get(style, _USUALLY_WORN):
        _wear(dice, made)
    made[~inside] = _WALL
    _clear(made, walk)
    return repair(made, inside, walk, 9)[0], inside, walk, used


def _filled(
    dice: Stream, drawings: list[Template], width: int, height: int
) -> tuple[Grid, list[str]]:
    """A drawing that fills the room; or a smaller one with floor around it."""
    for _ in range(24):
        drawing = dice.choice(drawings)
        made = fitted(drawing, width, height, dice)
        if made is not None:
            return made, [drawing.name]
    for rim in range(1, 7):
        for drawing in dice.shuffled(drawings):
            for right, lower in ((0, 0), (1, 0), (0, 1), (1, 1)):
                wide, high = width - 2 * rim + right, height - 2 * rim + lower
                made = fitted(drawing, wide, high, dice) if min(wide, high) > 2 else None
                if made is not None:
                    whole = np.full((height, width), _FLOOR, np.uint8)
                    whole[rim : rim + high, rim : rim + wide] = made
                    return whole, [drawing.name]
    return np.full((height, width), _FLOOR, np.uint8), []


def _spliced(dice: Stream, one: Grid, other: Grid) -> Grid:
    """The left or upper part of one, the rest of the other."""
    made = one.copy()
    if dice.chance(1, 2):
        made[one.shape[0] // 2 :] = other[one.shape[0] // 2 :]
    else:
        made[:, one.shape[1] // 2 :] = other[:, one.shape[1] // 2 :]
    return made


def _wear(dice: Stream, tiles: Grid) -> None:
    """What time does: things are gone, corners have fallen in, floor shows through."""
    height, width = tiles.shape
    for _ in range(1 + height * width // 24):
        x, y = dice.below(width), dice.below(height)
        kind = int(tiles[y, x])
        rim = x in (0, width - 1) or y in (0, height - 1)
        if kind in (_PILLAR, _FURNITURE):
            tiles[y, x] = dice.choice((_FLOOR, _INLAY))
        elif kind == _WALL and not rim:
            tiles[y, x] = _INLAY
        elif kind in (_FLOOR, _INLAY):
            tiles[y, x] = _INLAY if kind == _FLOOR else _FLOOR
    for y, x in ((0, 0), (0, width - 1), (height - 1, 0), (height - 1, width - 1)):
        if dice.chance(1, 3):
            tiles[y, x] = _WALL


def _clear(tiles: Grid, walk: Mask) -> None:
    """Opens what must be walked: with floor, or inlay where inlay goes on on both sides."""
    height, width = tiles.shape
    for y, x in np.argwhere(walk & ~np.isin(tiles, (_FLOOR, _INLAY))).tolist():
        near = [
            int(tiles[there_y, there_x])
            for there_x, there_y in ((x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1))
            if 0 <= there_x < width and 0 <= there_y < height
        ]
        tiles[y, x] = _INLAY if near.count(_INLAY) > 1 else _FLOOR


def round_inside(width: int, height: int) -> Mask:
    """The tiles of a round room, bool [height, width]."""
    ys, xs = np.ogrid[1 - height : height : 2, 1 - width : width : 2]
    return np.asarray(xs**2 * height**2 + ys**2 * width**2 <= width**2 * height**2)


def door_ways(dice: Stream, width: int, height: int) -> tuple[Mask, tuple[int, int]]:
    """Ways of one bend from one to four doors to a place in the room, as dungeons carve them.

    The tiles bool [height, width], and the place (x, y).
    """
    west, north, east, south = (dice.weighted((0, 1, 2), (3, 1, 1)) for _ in range(4))
    box = np.zeros((height + north + south, width + west + east), bool)
    to_x = west + dice.between(min(1, width - 1), max(width - 2, 0))
    to_y = north + dice.between(min(1, height - 1), max(height - 2, 0))
    sides = dice.sample(
        ("west", "north", "east", "south"), dice.weighted((1, 2, 3, 4), (3, 4, 2, 1))
    )
    for side in sides:
        if side in ("west", "east"):
            y = dice.below(box.shape[0])
            y = north + dice.below(height) if dice.chance(4, 5) else y
            if side == "west":
                box[y, : to_x + 1] = True
            else:
                box[y, to_x:] = True
            box[min(y, to_y) : max(y, to_y) + 1, to_x] = True
        else:
            x = dice.below(box.shape[1])
            x = west + dice.below(width) if dice.chance(4, 5) else x
            if side == "north":
                box[: to_y + 1, x] = True
            else:
                box[to_y:, x] = True
            box[to_y, min(x, to_x) : max(x, to_x) + 1] = True
    walk = box[north : north + height, west : west + width].copy()
    return walk, (to_x - west, to_y - north)
