"""A floor of a dungeon as a player sees it: ground and walls, and what stands on them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.pack import Pack
from aigc_procgen.core.random import Seed, key

from .atlas import build_tileset, draw_terrain
from .fallback import draws, owner, resized, tile_size
from .glyphs import COLOURS, glyph
from .pictures import figure, front, sprites

__all__ = ["Mark", "draw_floor", "draw_marks"]

_VOID = (14, 11, 18)
_VARIANTS = 6
_HERO = {"species": "human", "armour": "leather", "weapon": "sword", "offhand": "shield"}
_TURNS = {"south": 0, "east": 1, "north": 2, "west": 3}  # quarter turns against the clock
_PLAIN = (226, 214, 180)
_SHADE, _ANGRY = (0, 0, 0), (255, 40, 30)


@dataclass(frozen=True, kw_only=True)
class Mark:
    """One thing to draw on a tile.

    `kind` is a category of the pack's sprites, a sign of `glyphs.py`, or "hero"; `name` gives a
    sign its colour, `toward` its turn; a sprite is drawn in this name's colour if it is tinted.
    """

    kind: str
    x: int
    y: int
    name: str = ""
    toward: str = "south"
    tinted: bool = False
    shadow: bool = False


def draw_floor(
    pack: Pack,
    seed: Seed,
    materials: tuple[str, ...],
    ground: NDArray[np.uint8],
    wall: NDArray[np.bool_],
    marks: Iterable[Mark],
) -> NDArray[np.uint8]:
    """A picture uint8 [size * h, size * w, 4] of ground [h, w], which indexes `materials`.

    Where `wall` is true the rock is dark from above and lit where it faces a room to the south;
    rock that no room touches is black.
    """
    tileset = build_tileset(pack, seed, materials)
    square = ~tileset.soft | tileset.tall  # rock that flows would close narrow ways to the eye
    padded = np.pad(ground, 1, mode="edge")
    picture = draw_terrain(padded, tileset, 0, 0, seed, built=square)
    size = tileset.size
    height, width = ground.shape
    cells = picture.reshape(height, size, width, size, 4).swapaxes(1, 2)  # a view
    around = np.pad(~wall, 1)
    near = np.zeros_like(wall)
    for dy in range(3):
        for dx in range(3):
            near |= around[dy : dy + height, dx : dx + width]
    cells[wall & ~near] = (*_VOID, 255)
    roof = wall & near & ~around[2:, 1:-1]
    dark = cells[roof][..., :3].astype(np.uint16) * 2 // 5
    cells[roof, ..., :3] = dark.astype(np.uint8)
    for mark in marks:
        drawn = _draw(pack, seed, mark, size)
        if drawn is None:
            continue
        window = cells[mark.y, mark.x]
        if mark.shadow:
            foot = _foot(size)
            window[foot, :3] = window[foot, :3] // 2 + np.array(_shade(mark), np.uint8) // 2
        np.copyto(window, drawn, where=drawn[..., 3:] > 0)
    return picture


def draw_marks(pack: Pack, seed: Seed, marks: Iterable[Mark]) -> NDArray[np.uint8]:
    """What stands on one tile, uint8 [size, size, 4] on nothing; a shadow has alpha 128."""
    size = tile_size(pack)
    cell = np.zeros((size, size, 4), np.uint8)
    for mark in marks:
        drawn = _draw(pack, seed, mark, size)
        if drawn is None:
            continue
        if mark.shadow:
            foot = _foot(size) & (cell[..., 3] == 0)
            cell[foot] = (*_shade(mark), 128)
        np.copyto(cell, drawn, where=drawn[..., 3:] > 0)
    return cell


def _draw(pack: Pack, seed: Seed, mark: Mark, size: int) -> NDArray[np.uint8] | None:
    """The thing uint8 [size, size, 4]; None where neither this pack nor the one that ships can."""
    colour = COLOURS.get(mark.name, _PLAIN)
    if mark.kind.startswith("sign "):
        return np.rot90(glyph(mark.kind[5:], colour, size), _TURNS[mark.toward])
    if mark.kind == "hero":
        tailor = owner(pack, "characters")
        return resized(figure(tailor, seed, _HERO)[front(tailor), 0], size)
    artist = owner(pack, "sprites", mark.kind)
    if not draws(artist, "sprites", mark.kind):
        return None
    variants: NDArray[np.uint8] = pack.keep(
        ("dungeon", key(seed), mark.kind), lambda: sprites(artist, seed, mark.kind, _VARIANTS)
    )
    drawn = resized(variants[key(seed, "thing", mark.x, mark.y) % _VARIANTS], size)
    if not mark.tinted:
        return drawn
    tinted = drawn.copy()
    light = drawn[..., :3].max(2, keepdims=True).astype(np.uint16)
    half = light * np.array(colour, np.uint16) // 255 + drawn[..., :3]
    tinted[..., :3] = half // 2
    return tinted


def _foot(size: int) -> NDArray[np.bool_]:
    """Where a shadow lies, at the foot of a tile [size, size]."""
    ys, xs = np.mgrid[:size, :size]
    return np.asarray(
        (2 * xs + 1 - size) ** 2 + 9 * (ys - size * 27 // 32) ** 2 < (size * 3 // 4) ** 2
    )


def _shade(mark: Mark) -> tuple[int, int, int]:
    """A soft shadow; a glow under who must be beaten."""
    return _ANGRY if mark.name == "guardian" else _SHADE
