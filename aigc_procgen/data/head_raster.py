"""Layers of codes out of the straight SVG paths of DiceBear's "Pixel Art", and portraits of them.

A part is drawn as codes, not as colours: uint8, material times `TONES` plus tone, 0 is nothing. So
one drawing serves every colour, and shading and enlarging can go by material.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import DataError

__all__ = [
    "MATERIALS",
    "MIDDLE",
    "RGB",
    "ROOM",
    "SIDE",
    "TONES",
    "Codes",
    "code_of",
    "compose_heads",
    "enlarged",
    "fill_path",
    "lashed",
    "palette",
    "raster",
    "scale2x",
    "shouldered",
    "tones_of",
]

Codes = NDArray[np.uint8]

MATERIALS = (
    "nothing",
    "skin",
    "hair",
    "clothes",
    "mouth",
    "eyes",
    "glasses",
    "hat",
    "jewel",
    "white",
    "ink",
    "horn",
    "metal",
    "mark",
)
"""What a pixel is made of; the number of a material is its place here."""

TONES = 5
"""Tones of a material, dark to light."""

MIDDLE = 2
"""The tone of a material as it is named in the art."""

_NAMES = {
    "skin": "skin",
    "hair": "hair",
    "clothing": "clothes",
    "mouth": "mouth",
    "eyes": "eyes",
    "glasses": "glasses",
    "hat": "hat",
    "accessories": "jewel",
}
_CELLS = 16

SIDE = 32

ROOM = 3
"""Rows of a layer above the picture, for tall hats: such a portrait is moved down."""

_NECK = 24 + ROOM

RGB = tuple[int, int, int]

# What one side of a face's shading does not stop at.
_FACE = ("skin", "mouth", "eyes", "white", "ink", "mark", "jewel", "glasses", "horn")
_SHADED: Mapping[str, tuple[str, ...]] = {
    "skin": _FACE,
    "hair": ("hair", "jewel"),
    "clothes": ("clothes", "jewel"),
    "hat": ("hat", "jewel"),
    "metal": ("metal", "jewel"),
}

_TOKEN = re.compile(r"[A-Za-z]|-?(?:\d+\.?\d*|\.\d+)")


def code_of(material: str, tone: int = MIDDLE) -> int:
    """The code of a material in a tone.

    >>> code_of("skin"), code_of("skin", 0)
    (7, 5)
    """
    return MATERIALS.index(material) * TONES + tone


def _loops(path: str) -> list[list[tuple[float, float]]]:
    """The closed outlines of a path of the commands M, L, H, V and Z in either case."""
    tokens = _TOKEN.findall(path)
    loops: list[list[tuple[float, float]]] = []
    x = y = 0.0
    command, at = "", 0
    while at < len(tokens):
        if tokens[at].isalpha():
            command = tokens[at]
            at += 1
        kind, relative = command.upper(), command.islower()
        if kind == "Z":
            x, y = loops[-1][0]
            command = "?"  # Z takes no numbers: the next token is a letter
            continue
        if kind not in ("M", "L", "H", "V"):
            raise ValueError(f"the path command {command or tokens[at]!r}")
        if kind in "ML":
            step = float(tokens[at]), float(tokens[at + 1])
            at += 2
            x, y = (x + step[0], y + step[1]) if relative else step
        else:
            number = float(tokens[at])
            at += 1
            if kind == "H":
                x = x + number if relative else number
            else:
                y = y + number if relative else number
        if kind == "M":
            loops.append([])
            command = "l" if relative else "L"  # further pairs are lines
        elif not loops[-1]:
            loops[-1].append((x, y))
        loops[-1].append((x, y))
    return loops


def fill_path(path: str, offset: tuple[float, float] = (0, 0), *, mirror: bool = False) -> Any:
    """Bool [16, 16]: the pixels whose middle the path winds around (the nonzero rule).

    `mirror` flips x before `offset` (x, y) is added. Raises `ValueError` for curves.

    >>> fill_path("M1 2h2v1H1z").nonzero()
    (array([2, 2]), array([1, 2]))
    """
    middle = np.arange(_CELLS) + 0.5
    winding = np.zeros((_CELLS, _CELLS), np.int32)
    for loop in _loops(path):
        points = [((-x if mirror else x) + offset[0], y + offset[1]) for x, y in loop]
        for (x1, y1), (x2, y2) in zip(points, points[1:] + points[:1], strict=True):
            if y1 == y2:
                continue
            crossed = (np.minimum(y1, y2) <= middle) & (middle < np.maximum(y1, y2))
            edge = x1 + (middle - y1) * (x2 - x1) / (y2 - y1)
            right = middle[None, :] > edge[:, None]
            winding += np.where(crossed[:, None] & right, 1 if y2 > y1 else -1, 0)
    return winding != 0


def _placed(transform: str) -> tuple[tuple[float, float], bool]:
    """Offset and mirroring of `translate(x y)` or `matrix(-1 0 0 1 x y)`."""
    numbers = [float(n) for n in _TOKEN.findall(transform.partition("(")[2])]
    if transform.startswith("translate"):
        return (numbers[0], numbers[1] if len(numbers) > 1 else 0.0), False
    if transform.startswith("matrix") and numbers[:4] in ([-1, 0, 0, 1], [1, 0, 0, 1]):
        return (numbers[4], numbers[5]), numbers[0] < 0
    raise ValueError(f"the transform {transform!r}")


def _tinted(code: int, white: bool, opacity: float) -> int:
    """A code under a veil of white or black: one tone away, two from a third on."""
    step = 1 if opacity < 0.25 else 2
    tone = code % TONES + (step if white else -step)
    return code - code % TONES + min(max(tone, 0), TONES - 1)


def _paint(
    codes: Codes,
    element: Mapping[str, Any],
    offset: tuple[float, float],
    clips: dict[str, NDArray[np.bool_]],
) -> None:
    facts: Mapping[str, Any] = element.get("attributes", {})
    children: Sequence[Mapping[str, Any]] = element.get("children", ())
    if element["name"] == "mask":
        clip = np.zeros_like(codes)
        for child in children:
            _paint(clip, child, offset, {})
        clips[str(facts["id"])] = clip > 0
        return
    if element["name"] == "g":
        layer = codes.copy()
        for child in children:
            _paint(layer, child, offset, clips)
        named = str(facts.get("mask", "")).removeprefix("url(#").removesuffix(")")
        np.copyto(codes, layer, where=clips[named] if named else True)
        return
    if element["name"] != "path":
        raise ValueError(f"the element {element['name']!r}")
    moved, mirror = (
        _placed(str(facts["transform"])) if "transform" in facts else ((0.0, 0.0), False)
    )
    place = (moved[0] + offset[0], moved[1] + offset[1])
    inside = fill_path(str(facts["d"]), place, mirror=mirror)
    fill = facts.get("fill", "black")
    if isinstance(fill, Mapping):
        codes[inside] = code_of(_NAMES[str(fill["name"])])
        return
    opacity = float(facts.get("fill-opacity", 1))
    plain = code_of("white" if fill == "white" else "ink")
    for code in np.unique(codes[inside]):
        veil = opacity < 1 and code > 0
        codes[inside & (codes == code)] = (
            _tinted(int(code), fill == "white", opacity) if veil else plain
        )


def raster(elements: Sequence[Mapping[str, Any]], offset: tuple[float, float] = (0, 0)) -> Codes:
    """Codes uint8 [16, 16] of the elements of one part, moved by `offset` (x, y).

    Raises `DataError` for elements that are more than straight paths, masks and groups.
    """
    codes = np.zeros((_CELLS, _CELLS), np.uint8)
    clips: dict[str, NDArray[np.bool_]] = {}
    try:
        for element in elements:
            _paint(codes, element, offset, clips)
    except (KeyError, ValueError, TypeError, IndexError, AttributeError) as error:
        raise DataError(f"the art has what cannot be drawn here: {error}") from None
    return codes


def scale2x(pictures: Codes) -> Codes:
    """Codes [n, h, w] at twice the size, [n, 2h, 2w], with the stairs of slanted edges smoothed.

    Scale2x of Andrea Mazzoleni (https://www.scale2x.it/algorithm, 2001), which is Eric Johnston's
    EPX of 1992.

    >>> scale2x(np.array([[[0, 0, 0], [0, 0, 5], [0, 5, 5]]], np.uint8))[0, 2:4].tolist()
    [[0, 0, 0, 0, 0, 5], [0, 0, 0, 5, 5, 5]]
    """
    padded = np.pad(pictures, ((0, 0), (1, 1), (1, 1)), mode="edge")
    up, down = padded[:, :-2, 1:-1], padded[:, 2:, 1:-1]
    left, right = padded[:, 1:-1, :-2], padded[:, 1:-1, 2:]
    count, height, width = pictures.shape
    result = np.empty((count, 2 * height, 2 * width), pictures.dtype)
    open_corner = (up != down) & (left != right)
    for vertical, row in ((up, 0), (down, 1)):
        for sideways, column in ((left, 0), (right, 1)):
            corner = open_corner & (vertical == sideways)
            result[:, row::2, column::2] = np.where(corner, sideways, pictures)
    return result


def tones_of(base: RGB) -> list[RGB]:
    """Five tones of a colour, dark to light: shadows lean to violet, lights to yellow.

    >>> tones_of((200, 100, 0))[0], tones_of((200, 100, 0))[2], tones_of((200, 100, 0))[4]
    ((100, 44, 5), (200, 100, 0), (234, 172, 76))
    """
    red, green, blue = base
    dark = [
        (red * r // 100, green * g // 100, min(255, blue * b // 100 + lift))
        for r, g, b, lift in ((50, 44, 54, 5), (77, 71, 76, 3))
    ]
    light = [
        (
            red + (255 - red) * r // 100,
            green + (255 - green) * g // 100,
            blue + (255 - blue) * b // 100,
        )
        for r, g, b in ((32, 24, 15), (62, 47, 30))
    ]
    return [*dark, base, *light]


def enlarged(codes: Codes) -> Codes:
    """The layer [35, 32] of a part [16, 16]."""
    return np.pad(scale2x(codes[None])[0], ((ROOM, 0), (0, 0)))


def shouldered(layer: Codes) -> Codes:
    """The neck left out and the shoulders widened: more of the clothes is seen."""
    raised = layer.copy()
    raised[_NECK:-2] = layer[_NECK + 2 :]
    raised[-2:] = layer[-1]
    for row in (len(layer) - 4, len(layer) - 2):
        for below in raised[row:]:
            wide = np.pad(below, 1, mode="constant")
            np.copyto(below, np.maximum(wide[:-2], wide[2:]), where=below == 0)
    return raised


def lashed(codes: Codes, *, long: bool) -> Codes:
    """Eyes at exactly twice their size, with a lid line above and a shadow under it."""
    eyes = np.pad(codes.repeat(2, 0).repeat(2, 1), ((ROOM, 0), (0, 0)))
    solid = eyes > 0
    top = solid & ~np.vstack([np.zeros_like(solid[:1]), solid[:-1]])
    white = code_of("white")
    eyes[top & (eyes == white)] = code_of("white", 1)
    iris = (eyes >= code_of("eyes", 0)) & (eyes <= code_of("eyes", 4))
    above = np.vstack([np.zeros_like(iris[:1]), iris[:-1]])
    eyes[iris & ~above] = code_of("eyes", 0)
    lid = np.vstack([top[1:], np.zeros_like(top[:1])])
    eyes[lid] = code_of("ink")
    if long:
        for column, outward in ((0, -1), (1, 1)):
            half = lid[:, :16] if column == 0 else lid[:, 16:]
            row, where = np.nonzero(half)
            end = int(where.min() if column == 0 else where.max()) + 16 * column
            height = int(row[where == end - 16 * column].min())
            eyes[height, end + outward] = code_of("ink")
            eyes[height - 1, end + 2 * outward] = code_of("ink")
    return eyes


def _neighbour(codes: Any, down: int, right: int) -> Any:
    """What lies `down` and `right` of each pixel of [n, h, w]; 0 outside."""
    height, width = codes.shape[1:]
    padded = np.pad(codes, ((0, 0), (2, 2), (2, 2)))
    return padded[:, 2 + down : 2 + down + height, 2 + right : 2 + right + width]


def _shaded(codes: Codes) -> Codes:
    """Light from the upper left: each material darker at its lower right, lighter at its rim."""
    kinds = codes // TONES
    tones = (codes % TONES).astype(np.int8)
    for material, group in _SHADED.items():
        own = kinds == MATERIALS.index(material)
        same = np.isin(kinds, [MATERIALS.index(name) for name in group])
        out = {
            step: ~_neighbour(same, *step) for step in ((0, 1), (0, 2), (1, 0), (0, -1), (-1, 0))
        }
        dark = own & (out[0, 1] | out[1, 0])
        if material == "skin":
            dark |= own & out[0, 2]
            dark |= own & out[-1, 0] & (_neighbour(kinds, -1, 0) > 0)  # the shadow of hair and hats
            tones -= dark
            continue
        light = own & ~dark & (out[0, -1] | out[-1, 0])
        if material == "hair":
            column = np.arange(codes.shape[2])[None, None, :]
            row = np.arange(codes.shape[1])[None, :, None]
            tones -= own & ~light & ((column * 2 + row // 3) % 5 == 0)
        tones += light.astype(np.int8)
        tones -= dark
    return np.where(kinds > 0, kinds * TONES + np.clip(tones, 0, TONES - 1), 0).astype(np.uint8)


def compose_heads(
    stack: Codes, rows: NDArray[np.int32], drop: NDArray[np.int32], palettes: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """Portraits uint8 [n, 32, 32, 4] of layer rows [n, depth], back to front (0 is none).

    `drop` [n] moves a portrait down, and `palettes` uint8 [n, codes, 3] has its colours. They are
    shaded and get an outline of one pixel.
    """
    codes = np.zeros((len(rows), *stack.shape[1:]), np.uint8)
    for column in range(rows.shape[1]):
        layer = stack[rows[:, column]]
        np.copyto(codes, layer, where=layer > 0)
    codes = _shaded(codes)
    top = ROOM - 1 - drop
    place = top[:, None] + np.arange(SIDE)[None, :]
    codes = codes[np.arange(len(codes))[:, None], place]
    solid = codes > 0
    near = [_neighbour(solid, *step) for step in ((0, 1), (0, -1), (1, 0), (-1, 0))]
    codes[~solid & np.logical_or.reduce(near)] = code_of("ink", 0)
    result = np.zeros((*codes.shape, 4), np.uint8)
    result[..., :3] = np.take_along_axis(palettes, codes.reshape(len(codes), -1, 1), 1).reshape(
        *codes.shape, 3
    )
    result[..., 3] = np.where(codes > 0, 255, 0)
    return result


def palette(colours: Mapping[str, list[RGB]]) -> NDArray[np.uint8]:
    """RGB uint8 [codes, 3] of all tones of all materials."""
    result = np.zeros((len(MATERIALS) * TONES, 3), np.uint8)
    for material, tones in colours.items():
        start = code_of(material, 0)
        result[start : start + TONES] = tones
    return result
