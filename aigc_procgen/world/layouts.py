"""What each kind of place puts on the land; towns and villages have their own file."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.random import Seed, Stream, stream

from .canvas import KEEP, Canvas, Layout
from .houses import build_house
from .places import Place
from .terrain import TERRAIN_INDEX
from .towns import lay_out_town, lay_out_village
from .wilds import lay_out_cave, lay_out_ruin

__all__ = ["lay_out"]

_STONE_FLOOR = TERRAIN_INDEX["stone_floor"]
Gates = Mapping[str, tuple[int, int]]


def lay_out(
    seed: Seed, place: Place, land: NDArray[np.uint8], gates: Gates, used: tuple[str, ...]
) -> Layout:
    """The layout of a place.

    `land` is the wild terrain of the footprint, uint8 [2 * radius + 1] squared; `gates` the gate
    of every side in tiles from the centre; `used` the sides where a road arrives. The centre can
    always be walked on and is joined to every used gate.
    """
    canvas = Canvas(place.radius, land)
    dice = stream(seed, "layout", place.id)
    if place.kind in ("town", "village"):
        {"town": lay_out_town, "village": lay_out_village}[place.kind](canvas, dice, gates, used)
    else:
        _SMALL[place.kind](canvas, dice)
        for side in used:
            x, y = gates[side]
            left, right, top, bottom = min(x, 0), max(x, 0), min(y, 0), max(y, 0)
            path = canvas.area((left, top, right, bottom))
            before = canvas.terrain[path].copy()
            canvas.pave((left, top, right, bottom), "dirt")
            # A path is trodden over wild land; floors stay floors.
            laid = before != KEEP
            floor = laid & (before == _STONE_FLOOR)
            canvas.terrain[path][floor] = before[floor]
            for spot in [spot for spot in canvas.props if _on(spot, left, top, right, bottom)]:
                del canvas.props[spot]
    return canvas.finish(place.x, place.y)


def _on(spot: tuple[int, int], left: int, top: int, right: int, bottom: int) -> bool:
    return left <= spot[0] <= right and top <= spot[1] <= bottom


def _farm(canvas: Canvas, dice: Stream) -> None:
    """A house at a yard, a large field of dug rows, a small one, an orchard."""
    canvas.wild[np.maximum(np.abs(canvas.xs), np.abs(canvas.ys)) < canvas.radius] = False
    canvas.fill((-2, -2, 3, 2), "dirt")
    build_house(canvas, dice, (-8, -8, -8 + dice.between(5, 6), -3), "south", "brick_wall")
    canvas.fill((-8, -2, -1, -1), "dirt")
    crop = "bush" if dice.chance(3, 4) else "food"
    for left, top, right, bottom in ((3, 4, 9, 9), (-9, 3, -2, 8)):
        canvas.fill((left, top, right, bottom), "dirt")
        for y in range(top, bottom + 1, 2):
            canvas.fill((left, y, right, y), "grass")
        for y in range(top + 1, bottom + 1, 2):
            for x in range(left, right + 1):
                if dice.chance(4, 5):
                    canvas.put(crop if crop == "bush" or dice.chance(1, 5) else "bush", x, y)
    for y in range(-8, -2, 2):
        for x in range(3 + (y // 2 & 1), 10, 2):
            if dice.chance(3, 4):
                canvas.put("tree", x, y)
    if dice.chance(1, 2):
        canvas.put("food", dice.between(-2, 3), dice.choice((-2, 2)))


def _shrine(canvas: Canvas, dice: Stream) -> None:
    """A round floor with an altar, statues around it, gravel at its rim."""
    far = canvas.xs**2 + canvas.ys**2
    canvas.wild[far <= 30] = False
    canvas.fill_where(far <= 26, "gravel")
    canvas.fill_where(far <= 17, "stone_floor")
    for x, y in ((-3, -2), (3, -2), (-3, 2), (3, 2)):
        if dice.chance(5, 6):
            canvas.put("statue", x, y)
    canvas.put("altar", dice.choice((-1, 1)), -1)
    if dice.chance(1, 3):
        canvas.put("gem", dice.choice((-2, 2)), 1)


def _camp(canvas: Canvas, dice: Stream) -> None:
    """A trodden clearing around a burnt-out fire."""
    far = canvas.xs**2 + canvas.ys**2
    ragged = np.array(
        [[dice.below(7) for _ in range(far.shape[1])] for _ in range(far.shape[0])], np.int64
    )
    canvas.wild[far <= 22] = False
    canvas.fill_where(far + ragged <= 17, "dirt")
    canvas.fill((1, 1, 1, 1), "ash")
    canvas.put("chest", dice.choice((-3, 3)), dice.between(-2, -1))
    canvas.put("food", dice.between(-2, -1), 2)
    for _ in range(dice.between(3, 6)):
        canvas.put("bush", dice.between(-5, 5), dice.choice((-4, 4)))


def _mine(canvas: Canvas, dice: Stream) -> None:
    """A knoll of rock with a gallery that ends in a chamber, spoil before its mouth."""
    far = canvas.xs**2 + canvas.ys**2
    canvas.wild[canvas.xs**2 * 2 + (canvas.ys + 5) ** 2 * 3 <= 140] = False
    canvas.fill_where(far <= 20, "gravel")
    canvas.fill_where(canvas.xs**2 + (canvas.ys + 5) ** 2 * 2 <= 50, "mountain")
    canvas.fill((0, -6, 0, 0), "stone_floor")
    canvas.fill((-2, -7, 2, -5), "stone_floor")
    for x, y in ((-2, -7), (2, -7), (-2, -5), (2, -5)):
        if dice.chance(3, 5):
            canvas.put("gem", x, y)
    canvas.put("chest", dice.choice((-1, 1)), -7)
    canvas.fill((-1, 0, 1, 2), "gravel")
    canvas.put("gold", dice.choice((-2, 2)), 2)


_SMALL: dict[str, Callable[[Canvas, Stream], None]] = {
    "farm": _farm,
    "shrine": _shrine,
    "camp": _camp,
    "ruin": lay_out_ruin,
    "mine": _mine,
    "cave": lay_out_cave,
}
