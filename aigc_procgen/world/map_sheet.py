"""A map to hang up: the overview with borders and names, in a frame with a legend and a scale."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .ground import Ground
from .lettering import HEIGHT, write
from .overview import WIDEST, draw_mark
from .places import PLACE_KINDS, Place
from .realms import Realms

__all__ = ["draw_map"]

_PAPER = (236, 222, 188)
_INK = (52, 34, 24)
_FADED = (146, 116, 82)
_HALO = (246, 238, 214)
_BORDER = (158, 34, 52)
_REALM_INK = (120, 20, 44)
_SMALLEST = 4000  # pixels of land that are worth a realm's name
_FRAME = 10  # pixels from the sheet's edge to the picture
_LEGEND = 46  # pixels of legend below the picture
_HEAD = 34  # pixels of title above it
_MARK = 11  # pixels of a mark of the legend, with the gap behind it
_ARROW = 24  # pixels of the arrow to the north
_LENGTHS = (50, 100, 200, 250, 500, 1000, 2000, 5000, 10000)  # tiles that a scale may show
_Box = tuple[int, int, int, int]  # left, top, right, bottom


def draw_map(
    picture: NDArray[np.uint8],
    dry: NDArray[np.bool_],
    ground: Ground,
    realms: Realms,
    x: int,
    y: int,
    step: int,
    title: str,
) -> NDArray[np.uint8]:
    """The sheet, uint8 RGBA: the overview `picture` of the land from tile (x, y) on, which is
    drawn on, with one pixel every `step` tiles, framed. `dry` says where it is land.
    """
    height, width = picture.shape[:2]
    taken = _draw_borders(picture, realms, dry, x, y, step)
    places: list[Place] = []
    if width * height * step * step <= WIDEST:  # beyond, the overview shows none either
        places += ground.places(x, y, width * step, height * step)
    places.sort(key=lambda place: (PLACE_KINDS.index(place.kind), place.id))
    marks = [((place.x - x) // step, (place.y - y) // step) for place in places]
    taken += [(column - 3, row - 3, column + 3, row + 3) for column, row in marks]
    # Names of villages and farms would hide the land on a map of a whole country.
    named = ("town", "village") if step <= 3 else ("town",) if step <= 10 else ()
    for place, (column, row) in zip(places, marks, strict=True):
        if place.kind in named or step == 1:
            _label(picture, ground.named(place), column, row, taken)
    return _sheet(picture, step, title)


def _draw_borders(
    picture: NDArray[np.uint8],
    realms: Realms,
    dry: NDArray[np.bool_],
    x: int,
    y: int,
    step: int,
) -> list[_Box]:
    """Dashes between realms on land, and each realm's name across its land; where those stand."""
    height, width = dry.shape
    index, squares = realms.region(x, y, width, height, step)
    found = [realms.of_square(square) for square in squares]
    # Land that nobody rules is one country without a name.
    index = np.array([at if realm else -1 for at, realm in enumerate(found)], np.int32)[index]
    edge = np.zeros_like(dry)
    edge[:, 1:] |= index[:, 1:] != index[:, :-1]
    edge[1:] |= index[1:] != index[:-1]
    # Dashes two pixels wide, with light beside them: they must read on wood and rock alike.
    rows, columns = np.nonzero(edge & dry)
    dashes = (rows + columns) % 9 < 6
    for shift, colour in ((2, _HALO), (1, _BORDER), (0, _BORDER)):
        down, across = np.minimum(rows + shift, height - 1), columns
        picture[down[dashes], across[dashes], :3] = colour
    named: list[_Box] = []
    for at, realm in enumerate(found):
        here = (index == at) & dry
        if realm is None or here.sum() < _SMALLEST:
            continue
        rows, columns = np.nonzero(here)
        middle = int(rows[len(rows) // 2]), int(np.sort(columns)[len(columns) // 2])
        _name_realm(picture, realm.name, middle, named)
    return named


def _name_realm(
    picture: NDArray[np.uint8], name: str, middle: tuple[int, int], taken: list[_Box]
) -> None:
    """Writes a realm's name over the middle of its land, higher or lower where another stands."""
    height, width = picture.shape[:2]
    text = write(name.upper(), 2, spacing=4)
    if text.shape[1] > width // 3:
        text = write(name.upper(), 1, spacing=3)
    tall, wide = text.shape
    if wide > width - 8 or tall > height - 8:
        return
    left = min(max(middle[1] - wide // 2, 4), width - wide - 4)
    for aside in (0, -26, 26, -52, 52):
        top = min(max(middle[0] - tall // 2 + aside, 4), height - tall - 4)
        box = (left - 4, top - 4, left + wide + 4, top + tall + 4)
        # Marks of places may lie under it; another realm's name may not.
        if not any(_meet(box, other) for other in taken):
            _ink(picture, text, left, top, _REALM_INK)
            taken.append(box)
            return


def _label(
    picture: NDArray[np.uint8], place: Place, column: int, row: int, taken: list[_Box]
) -> None:
    """Writes a place's name beside its mark, where no other name or mark is."""
    text = write(place.name, 1)
    tall, wide = text.shape
    height, width = picture.shape[:2]
    for left, top in (
        (column + 6, row - 4),
        (column - wide - 5, row - 4),
        (column - wide // 2, row + 6),
        (column - wide // 2, row - HEIGHT - 4),
        (column + 5, row + 3),
        (column + 5, row - HEIGHT - 1),
    ):
        box = (left - 1, top, left + wide + 1, top + tall)
        inside = box[0] > 1 and box[1] > 1 and box[2] < width - 1 and box[3] < height - 1
        if inside and not any(_meet(box, other) for other in taken):
            _ink(picture, text, left, top, _INK)
            taken.append(box)
            return


def _meet(one: _Box, two: _Box) -> bool:
    return one[0] <= two[2] and two[0] <= one[2] and one[1] <= two[3] and two[1] <= one[3]


def _ink(
    picture: NDArray[np.uint8],
    text: NDArray[np.bool_],
    left: int,
    top: int,
    colour: Sequence[int],
    halo: Sequence[int] | None = _HALO,
) -> None:
    """Writes with a halo of paper around every letter, so that it reads on any ground."""
    around = np.pad(text, 1)
    if halo is not None:
        wide = around.copy()
        for across in (-1, 0, 1):
            for down in (-1, 0, 1):
                wide |= np.roll(around, (down, across), (0, 1))
        _lay(picture, wide, left - 1, top - 1, halo)
    _lay(picture, around, left - 1, top - 1, colour)


def _lay(
    picture: NDArray[np.uint8], mask: NDArray[np.bool_], left: int, top: int, colour: Sequence[int]
) -> None:
    """Colours the points of a mask, cut at the picture's rim."""
    cut = mask[max(-top, 0) :, max(-left, 0) :]
    window = picture[max(top, 0) : top + len(mask), max(left, 0) : left + mask.shape[1], :3]
    cut = cut[: window.shape[0], : window.shape[1]]
    window[cut] = colour


def _sheet(picture: NDArray[np.uint8], step: int, title: str) -> NDArray[np.uint8]:
    """Puts a picture on paper, with title, frame, legend, scale and an arrow to the north."""
    height, width = picture.shape[:2]
    full = max(width, _legend_width() + 4 * len(PLACE_KINDS) + _ARROW) + 2 * _FRAME
    left = (full - width) // 2
    sheet = np.full((height + _HEAD + _LEGEND + _FRAME, full, 4), 255, np.uint8)
    sheet[..., :3] = _PAPER
    for inset, colour in ((2, _FADED), (4, _INK)):
        sheet[[inset, -inset - 1], inset : full - inset, :3] = colour
        sheet[inset : len(sheet) - inset, [inset, -inset - 1], :3] = colour
    sheet[_HEAD - 2 : _HEAD + height + 2, left - 2 : left + width + 2, :3] = _INK
    sheet[_HEAD : _HEAD + height, left : left + width] = picture
    name = write(title, 2)
    if name.shape[1] > full - 40:
        name = write(title, 1)[:, : full - 40]
    _ink(sheet, name, (full - name.shape[1]) // 2, 10, _INK, None)
    _draw_legend(sheet, _HEAD + height + 10, left, step, width)
    return sheet


def _legend_width() -> int:
    """The pixels that the kinds of places and their marks take, without gaps."""
    return sum(int(write(kind, 1).shape[1]) + _MARK for kind in PLACE_KINDS)


def _draw_legend(sheet: NDArray[np.uint8], top: int, left: int, step: int, width: int) -> None:
    """Marks with their kinds, a border, and a scale of a round number of tiles."""
    column = left
    free = (width - _ARROW - _legend_width()) // len(PLACE_KINDS)
    for kind in PLACE_KINDS:
        draw_mark(sheet, kind, column + 4, top + 4, _INK)
        text = write(kind, 1)
        _ink(sheet, text, column + _MARK, top, _INK, None)
        column += text.shape[1] + _MARK + min(max(free, 4), 9)
    length = max((long for long in _LENGTHS if long // step <= width // 3), default=_LENGTHS[0])
    row, wide = top + 22, max(length // step, 1)
    sheet[row : row + 4, left : left + wide, :3] = _INK
    sheet[row + 1 : row + 3, left + wide // 2 : left + wide - 1, :3] = _PAPER
    _ink(sheet, write(f"{length} tiles", 1), left + wide + 6, row - 3, _INK, None)
    column = left + wide + 80
    sheet[row + 1 : row + 2, column : column + 24, :3] = _BORDER
    sheet[row + 1, column + 4 : column + 24 : 6, :3] = _PAPER
    _ink(sheet, write("border", 1), column + 30, row - 3, _INK, None)
    right = left + width - 12
    for line in range(9):  # an arrow to the north
        sheet[row - 6 + line, right - line // 2 : right + line // 2 + 1, :3] = _INK
    _ink(sheet, write("N", 1), right - 2, row - 18, _INK, None)
