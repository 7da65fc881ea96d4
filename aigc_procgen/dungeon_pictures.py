"""A dungeon's floor drawn with a pack: which material and which sprite stands for what."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from .art.dungeons import Mark, draw_floor, draw_marks
from .core.errors import InvalidArgument, check_int
from .core.pack import Pack, check_pack, default_pack
from .dungeon.records import TILE, Dungeon, Thing, Way
from .dungeon.themes import themes

__all__ = ["dungeon_picture", "dungeon_sprite"]

_SIGNS = {"lock": "door", "gate": "gate", "bar": "door", "door": "door"}
_LASTING_WAYS, _LASTING_THINGS = ("door", "drop", "secret", "stairs"), ("trap", "ornament")


def dungeon_picture(
    dungeon: Dungeon, floor: int = 0, *, pack: Pack | None = None, bare: bool = False
) -> NDArray[np.uint8]:
    """A floor as a player sees it, everything lit: uint8 [size height, size width, 4].

    A tile has as many pixels as the pack's own. Locked doors carry the colour of their key, secret
    ways a crack, drops an arrow. A `bare` floor is what no walk changes: nobody to beat, nothing to
    take or open, no start and no goal; a game draws these over it, see `dungeon_sprite`.
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
    marks = _marks(dungeon, floor, bare=bare)
    return draw_floor(chosen, dungeon.seed, materials, table[tiles], wall, marks)


def dungeon_sprite(
    dungeon: Dungeon, what: Thing | Way | Literal["start", "goal"], *, pack: Pack | None = None
) -> NDArray[np.uint8]:
    """A thing, a way, the goal or the stairs at the start, as `dungeon_picture` draws it.

    uint8 [size, size, 4] on nothing, with alpha 0 or 255, and 128 in shadows.
    """
    if isinstance(what, Thing):
        marks = _thing(what)
    elif isinstance(what, Way):
        marks = _way(what)
    elif what == "start":
        marks = [Mark(kind="stairs", x=dungeon.start[0], y=dungeon.start[1])]
    elif what == "goal":
        marks = _goal(dungeon)
    else:
        raise InvalidArgument(f"what must be a Thing, a Way, 'start' or 'goal', not {what!r:.80}")
    return draw_marks(check_pack(pack) or default_pack(), dungeon.seed, marks)


def _marks(dungeon: Dungeon, floor: int, *, bare: bool) -> list[Mark]:
    marks = []
    for way in dungeon.ways:
        floors = (way.floor, way.floor + 1) if way.kind == "stairs" else (way.floor,)
        if floor in floors and (way.kind in _LASTING_WAYS or not bare):
            marks += _way(way)
    for thing in dungeon.things:
        if thing.floor == floor and (thing.kind in _LASTING_THINGS or not bare):
            marks += _thing(thing)
    if not bare and dungeon.goal[2] == floor:
        marks = _goal(dungeon) + marks  # under a guardian who stands on it
    if not bare and dungeon.start[2] == floor:
        x, y, _ = dungeon.start
        marks.insert(0, Mark(kind="hero", x=x, y=y, shadow=True))
    return marks


def _goal(dungeon: Dungeon) -> list[Mark]:
    x, y, _ = dungeon.goal
    return [
        Mark(kind=themes().themes[dungeon.theme].goal, x=x, y=y, shadow=True),
        Mark(kind="sign goal", x=x, y=y, name="gold"),
    ]


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
    if way.kind == "stairs":
        return [Mark(kind="stairs", x=x, y=y)]
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
