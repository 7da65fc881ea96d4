"""A dungeon's floor drawn with a pack: which material and which sprite stands for what."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .art.dungeons import Mark, draw_floor
from .core.errors import check_int
from .core.pack import Pack, check_pack, default_pack
from .dungeon.records import TILE, Dungeon, Thing, Way
from .dungeon.themes import themes

__all__ = ["dungeon_picture"]

_SIGNS = {"lock": "door", "gate": "gate", "bar": "door", "door": "door"}


def dungeon_picture(
    dungeon: Dungeon, floor: int = 0, *, pack: Pack | None = None
) -> NDArray[np.uint8]:
    """A floor as a player sees it, everything lit: uint8 [size height, size width, 4].

    A tile has as many pixels as the pack's own. Locked doors carry the colour of their key, secret
    ways a crack, drops an arrow.
    """
    check_int("floor", floor, 0, dungeon.floors - 1)
    theme = themes().themes[dungeon.theme]
    materials = tuple(
        dict.fromkeys((theme.floor, theme.passage, theme.wall, theme.pool, theme.bridge))
    )
    look = dict.fromkeys(TILE, theme.passage) | {
        "wall": theme.wall,
        "secret": theme.wall,
        "floor": theme.floor,
        "pool": theme.pool,
        "bridge": theme.bridge,
        "stairs_down": theme.floor,
        "stairs_up": theme.floor,
    }
    table = np.array([materials.index(look[name]) for name in TILE], np.uint8)
    tiles = dungeon.tiles[floor]
    wall = np.isin(tiles, (TILE["wall"], TILE["secret"]))
    chosen = check_pack(pack) or default_pack()
    return draw_floor(chosen, dungeon.seed, materials, table[tiles], wall, _marks(dungeon, floor))


def _marks(dungeon: Dungeon, floor: int) -> list[Mark]:
    goal, marks = themes().themes[dungeon.theme].goal, []
    for way in dungeon.ways:
        if way.kind == "stairs" and floor in (way.floor, way.floor + 1):
            marks.append(Mark(kind="stairs", x=way.x, y=way.y))
        elif way.floor == floor:
            marks += _way(way)
    for thing in dungeon.things:
        if thing.floor == floor:
            marks += _thing(thing)
    for kind, (x, y, level) in ((goal, dungeon.goal), ("hero", dungeon.start)):
        if level == floor:
            # Under a guardian who stands on it.
            marks.insert(0, Mark(kind=kind, x=x, y=y, shadow=True))
            if kind == goal:
                marks.insert(1, Mark(kind="sign goal", x=x, y=y, name="gold"))
    return marks


def _way(way: Way) -> list[Mark]:
    x, y = way.x, way.y
    name = way.opener
    if way.kind == "lock":
        return [
            Mark(kind="door", x=x, y=y, name=name, tinted=True),
            Mark(kind="sign lock" if way.spent else "sign rune", x=x, y=y, name=name),
        ]
    if way.kind == "bar":
        return [Mark(kind="door", x=x, y=y), Mark(kind="sign bar", x=x, y=y)]
    if way.kind in ("drop", "secret"):
        return [Mark(kind=f"sign {way.kind}", x=x, y=y, toward=way.toward or "south")]
    if way.kind in _SIGNS:
        return [Mark(kind=_SIGNS[way.kind], x=x, y=y)]
    return []


def _thing(thing: Thing) -> list[Mark]:
    x, y = thing.x, thing.y
    if thing.kind == "key":
        keys = themes().keys
        sign = "sign key" if thing.name in keys else "sign rune"
        return [Mark(kind=sign, x=x, y=y, name=thing.name, shadow=True)]
    if thing.kind == "lever":
        return [Mark(kind="sign lever", x=x, y=y, name="silver", shadow=True)]
    name = "guardian" if thing.kind == "guardian" else ""
    return [Mark(kind=thing.name, x=x, y=y, name=name, shadow=thing.kind != "trap")]
