"""Furniture that no pack draws (beds, tables, chests, hearths, forges, boats), painted by rule.

Shapes are boxes of a few shades, with a grain and an outline, in the colours of a pack: so they
stand beside what its network drew. Whole numbers alone, so they are the same everywhere.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.random import Seed, Stream, stream

from .fallback import resized

__all__ = ["FURNITURE", "furniture"]

_SIDE = 32  # pixels that they are painted with
Colour = tuple[int, int, int]
_Ramp = tuple[Colour, ...]
_OUTLINE = (22, 15, 18)
# From dark to light.
_WOODS = (
    ((52, 30, 16), (84, 50, 26), (116, 72, 38), (148, 98, 54), (182, 130, 80)),
    ((46, 34, 26), (74, 56, 40), (104, 80, 58), (134, 106, 78), (166, 138, 106)),
    ((62, 28, 18), (96, 44, 26), (130, 64, 36), (160, 88, 50), (190, 120, 74)),
)
_STONES = (
    ((44, 44, 50), (72, 72, 80), (102, 102, 110), (134, 134, 142), (168, 168, 174)),
    ((56, 48, 42), (86, 76, 68), (116, 106, 96), (146, 136, 124), (178, 168, 156)),
)
_CLOTHS = (
    ((84, 14, 20), (126, 26, 30), (168, 44, 44), (204, 82, 76)),
    ((20, 34, 90), (34, 54, 132), (54, 82, 172), (96, 124, 206)),
    ((18, 62, 30), (32, 92, 44), (54, 124, 62), (96, 160, 96)),
    ((66, 26, 84), (98, 42, 122), (130, 66, 156), (166, 106, 190)),
    ((112, 76, 18), (154, 108, 30), (194, 146, 52), (224, 186, 98)),
)
_LINEN = ((150, 146, 136), (190, 186, 176), (222, 220, 210), (244, 242, 236))
_METALS = (
    ((96, 70, 16), (160, 122, 30), (216, 176, 60), (250, 226, 130)),
    ((70, 74, 82), (110, 116, 126), (154, 160, 170), (204, 210, 218)),
)
_FIRE = ((150, 26, 10), (214, 68, 14), (246, 136, 26), (254, 206, 70), (255, 246, 180))


class _Sheet:
    """A drawing in the making."""

    def __init__(self, dice: Stream) -> None:
        self.dice = dice
        self.colours = np.zeros((_SIDE, _SIDE, 3), np.int64)
        self.there = np.zeros((_SIDE, _SIDE), bool)

    def box(self, left: int, top: int, right: int, bottom: int, colour: Colour) -> None:
        """Fills a box, all its sides included."""
        self.colours[top : bottom + 1, left : right + 1] = colour
        self.there[top : bottom + 1, left : right + 1] = True

    def clear(self, left: int, top: int, right: int, bottom: int) -> None:
        """Takes a box out again."""
        self.there[top : bottom + 1, left : right + 1] = False

    def dots(
        self, left: int, top: int, right: int, bottom: int, colour: Colour, share: int
    ) -> None:
        """Some pixels of a box in a colour, `share` of a hundred."""
        for y in range(top, bottom + 1):
            for x in range(left, right + 1):
                if self.dice.chance(share, 100):
                    self.colours[y, x] = colour

    def wood(
        self,
        left: int,
        top: int,
        right: int,
        bottom: int,
        ramp: tuple[Colour, ...],
        *,
        across: bool,
    ) -> None:
        """A box of planks with a grain, light from the north-west."""
        self.box(left, top, right, bottom, ramp[2])
        lines = range(top, bottom + 1) if across else range(left, right + 1)
        for line in lines:
            shade = ramp[self.dice.weighted((1, 2, 3), (2, 5, 2))]
            first, last = (left, right) if across else (top, bottom)
            begin = self.dice.between(first, last)
            end = min(begin + self.dice.between(3, 9), last)
            if across:
                self.box(begin, line, end, line, shade)
            else:
                self.box(line, begin, line, end, shade)

    def finish(self, palette: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The drawing with its outline, in the colours of a palette: uint8 [32, 32, 4]."""
        padded = np.pad(self.there, 1)
        around = padded[:-2, 1:-1] | padded[2:, 1:-1] | padded[1:-1, :-2] | padded[1:-1, 2:]
        outline = around & ~self.there
        self.colours[outline] = _OUTLINE
        whole = self.there | outline
        used, which = np.unique(self.colours.reshape(-1, 3), axis=0, return_inverse=True)
        apart = ((used[:, None] - palette.astype(np.int64)) ** 2).sum(2)
        picture = np.zeros((_SIDE, _SIDE, 4), np.uint8)
        picture[..., :3] = palette[apart.argmin(1)][which].reshape(_SIDE, _SIDE, 3)
        picture[..., 3] = 255
        picture[~whole] = 0
        return picture


def _bed(sheet: _Sheet) -> None:
    wood, cloth = sheet.dice.choice(_WOODS), sheet.dice.choice(_CLOTHS)
    sheet.wood(7, 2, 24, 6, wood, across=True)
    sheet.box(7, 2, 24, 2, wood[4])
    sheet.box(8, 7, 23, 27, _LINEN[1])
    sheet.box(8, 7, 23, 7, _LINEN[0])  # under the board
    sheet.box(10, 8, 21, 11, _LINEN[3])
    sheet.box(10, 12, 21, 12, _LINEN[0])
    sheet.box(21, 9, 21, 11, _LINEN[2])
    top = sheet.dice.between(14, 16)
    sheet.box(8, top, 23, 27, cloth[2])
    sheet.box(8, top, 23, top + 1, cloth[3])  # turned back
    sheet.box(8, top + 2, 23, top + 2, cloth[1])
    sheet.box(22, top + 3, 23, 27, cloth[1])
    sheet.box(9, top + 3, 9, 26, cloth[3])
    for x in (13, 17):
        fold = sheet.dice.between(top + 4, 22)
        sheet.box(x, fold, x, fold + 4, cloth[1])
    sheet.wood(7, 26, 24, 29, wood, across=True)
    sheet.box(7, 26, 24, 26, wood[4])
    sheet.box(7, 29, 24, 29, wood[1])


def _table(sheet: _Sheet) -> None:
    wood = sheet.dice.choice(_WOODS)
    for left in (4, 25):
        sheet.wood(left, 21, left + 2, 29, wood, across=False)
    sheet.wood(2, 8, 29, 20, wood, across=True)
    sheet.box(2, 8, 29, 8, wood[4])
    sheet.box(2, 12, 29, 12, wood[1])
    sheet.box(2, 16, 29, 16, wood[1])
    sheet.box(2, 21, 29, 23, wood[1])
    sheet.box(2, 23, 29, 23, wood[0])
    kind = sheet.dice.below(3)
    if kind == 0:  # a candle
        sheet.box(20, 10, 22, 14, _LINEN[2])
        sheet.box(22, 10, 22, 14, _LINEN[0])
        sheet.box(21, 7, 21, 9, _FIRE[3])
        sheet.box(21, 6, 21, 6, _FIRE[2])
    elif kind == 1:  # a jug
        clay = _STONES[1]
        sheet.box(19, 8, 24, 15, clay[2])
        sheet.box(20, 8, 20, 14, clay[4])
        sheet.box(24, 9, 24, 15, clay[0])
        sheet.box(20, 7, 23, 7, clay[1])
    for x in sheet.dice.sample((5, 12), sheet.dice.between(1, 2)):  # plates
        sheet.box(x + 1, 11, x + 4, 16, _LINEN[2])
        sheet.box(x, 12, x + 5, 15, _LINEN[2])
        sheet.box(x + 1, 12, x + 4, 15, _LINEN[1])
        sheet.box(x + 1, 12, x + 3, 12, _LINEN[3])


def _chest(sheet: _Sheet) -> None:
    wood, metal = sheet.dice.choice(_WOODS), sheet.dice.choice(_METALS)
    sheet.wood(5, 8, 26, 15, wood, across=True)
    for left, right, row in ((7, 24, 7), (6, 25, 8)):  # a bent lid
        sheet.box(left, row, right, row, wood[3])
    sheet.clear(5, 8, 5, 8)
    sheet.clear(26, 8, 26, 8)
    sheet.box(8, 8, 23, 8, wood[4])
    sheet.wood(5, 17, 26, 26, wood, across=True)
    sheet.box(5, 16, 26, 16, wood[0])
    sheet.box(25, 17, 26, 26, wood[1])
    sheet.box(5, 26, 26, 26, wood[0])
    for left in (8, 21):
        sheet.box(left, 7, left + 1, 26, metal[1])
        sheet.box(left, 7, left, 26, metal[2])
        sheet.box(left, 16, left + 1, 16, metal[0])
    sheet.box(14, 14, 17, 19, metal[2])
    sheet.box(14, 14, 17, 14, metal[3])
    sheet.box(17, 15, 17, 19, metal[1])
    sheet.box(15, 16, 16, 17, _OUTLINE)


def _stones(sheet: _Sheet, left: int, top: int, right: int, bottom: int) -> _Ramp:
    """A box of stones in rows."""
    ramp = sheet.dice.choice(_STONES)
    sheet.box(left, top, right, bottom, ramp[0])
    for row, y in enumerate(range(top, bottom + 1, 4)):
        x = left - (row & 1) * 3
        while x <= right:
            wide = sheet.dice.between(4, 6)
            first, last = max(x, left), min(x + wide - 2, right)
            if last > first:
                shade = sheet.dice.between(2, 3)
                low = min(y + 2, bottom)
                sheet.box(first, y, last, low, ramp[shade])
                sheet.box(first, y, last, y, ramp[shade + 1])
                sheet.box(last, y, last, low, ramp[shade - 1])
            x += wide
    return ramp


def _flames(sheet: _Sheet, left: int, right: int, bottom: int, most: int) -> None:
    """Fire between two columns, highest in the middle."""
    middle = (left + right) // 2
    for x in range(left, right + 1):
        room = most - abs(x - middle) * most // (right - left + 1)
        tall = sheet.dice.between(max(room - 2, 1), room)
        for step in range(tall):
            heat = 4 - min(step * 5 // max(tall, 1), 4)
            sheet.box(x, bottom - step, x, bottom - step, _FIRE[heat])


def _hearth(sheet: _Sheet) -> None:
    ramp = _stones(sheet, 3, 6, 28, 28)
    sheet.box(2, 4, 29, 6, ramp[3])
    sheet.box(2, 4, 29, 4, ramp[4])
    sheet.box(2, 7, 29, 7, ramp[0])
    sheet.box(9, 13, 22, 28, (18, 12, 12))
    sheet.box(10, 12, 21, 12, (18, 12, 12))
    sheet.dots(10, 14, 21, 20, (44, 22, 14), 30)
    _flames(sheet, 11, 20, 25, 10)
    wood = _WOODS[0]
    sheet.box(10, 26, 21, 27, wood[1])
    sheet.box(11, 26, 16, 26, wood[3])
    sheet.dots(10, 26, 21, 27, _FIRE[1], 22)
    sheet.box(7, 28, 24, 29, ramp[2])
    sheet.box(7, 28, 24, 28, ramp[3])


def _forge(sheet: _Sheet) -> None:
    ramp = _stones(sheet, 3, 15, 28, 29)
    sheet.box(3, 6, 28, 15, ramp[2])
    sheet.box(3, 6, 28, 6, ramp[4])
    sheet.box(3, 6, 4, 15, ramp[3])
    sheet.box(27, 7, 28, 15, ramp[1])
    sheet.box(6, 8, 25, 13, (40, 20, 18))
    sheet.dots(6, 8, 25, 13, _FIRE[0], 45)
    sheet.dots(7, 9, 24, 12, _FIRE[1], 45)
    sheet.dots(8, 9, 23, 12, _FIRE[2], 30)
    sheet.dots(10, 10, 21, 12, _FIRE[3], 20)
    sheet.box(3, 15, 28, 15, ramp[0])
    sheet.box(11, 21, 20, 28, (18, 12, 12))
    sheet.dots(12, 23, 19, 28, _FIRE[0], 50)
    sheet.dots(12, 25, 19, 28, _FIRE[2], 30)


def _boat(sheet: _Sheet) -> None:
    wood = sheet.dice.choice(_WOODS)
    # Half widths from bow to stern.
    hull = (1, 2, 3, 4, 5, 6, 6, 7, 7, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 7, 7, 7, 6, 6, 5)
    for row, half in enumerate(hull, 2):
        sheet.box(16 - half, row, 15 + half, row, wood[3])
        if half > 3 and row < len(hull):
            sheet.box(18 - half, row, 13 + half, row, wood[1])
            sheet.box(18 - half, row, 18 - half, row, wood[0])
        sheet.box(15 + half, row, 15 + half, row, wood[2])
        sheet.box(16 - half, row, 16 - half, row, wood[4])
    sheet.box(15, 5, 16, 27, wood[2])  # the keel
    for row in (11, 18, 24):
        half = hull[row - 2]
        sheet.box(17 - half, row, 14 + half, row + 2, wood[3])
        sheet.box(17 - half, row, 14 + half, row, wood[4])
        sheet.box(17 - half, row + 2, 14 + half, row + 2, wood[0])
    left, right = sheet.dice.choice(((10, 1), (20, 1), (10, 0)))
    if right:  # an oar
        sheet.box(left, 8, left, 22, _WOODS[1][4])
        sheet.box(left - 1, 20, left + 1, 25, _WOODS[1][3])


_PAINTERS: dict[str, Callable[[_Sheet], None]] = {
    "bed": _bed,
    "boat": _boat,
    "chest": _chest,
    "forge": _forge,
    "hearth": _hearth,
    "table": _table,
}
FURNITURE = tuple(_PAINTERS)
"""What can be painted."""


def furniture(
    kind: str, seed: Seed, number: int, palette: NDArray[np.uint8], size: int
) -> NDArray[np.uint8]:
    """One drawing uint8 [size, size, 4] of a kind, alpha 0 or 255, in the colours of a palette
    [K, 3]; `number` tells drawings of a seed from each other.
    """
    sheet = _Sheet(stream(seed, "furniture", kind, number))
    _PAINTERS[kind](sheet)
    return resized(sheet.finish(palette), size)
