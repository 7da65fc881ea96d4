"""Towns and villages: a paved plaza, streets that leave by the gates, and houses along them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.random import Stream

from .canvas import KEEP, Canvas, Rect
from .houses import build_house, houses
from .terrain import TERRAIN_INDEX

__all__ = ["lay_out_town", "lay_out_village"]

Numbers = NDArray[np.int64]
Gates = Mapping[str, tuple[int, int]]
_DOOR = {"north": "south", "south": "north", "west": "east", "east": "west"}


def lay_out_town(canvas: Canvas, dice: Stream, gates: Gates, used: Collection[str]) -> None:
    """A town around (0, 0): plaza with a hall, paved streets, lanes, often a wall with gates.

    Streets lead to the `gates` of all sides: over water to those that are `used`, to others as far
    as there is land.
    """
    far = canvas.radius
    north, south = gates["north"][0], gates["south"][0]
    canvas.wild[:] = False
    lanes = (-dice.between(14, 15), dice.between(13, 14))
    half = (dice.between(5, 6), dice.between(4, 5))
    upper = _towards(canvas, "north", (north - 1, -far, north + 1, 0), used)
    lower = _towards(canvas, "south", (south - 1, 0, south + 1, far), used)
    streets: list[Rect] = [_across(canvas, (-far, -1, far, 1), used), upper, lower]
    for y, x in ((lanes[0], north), (lanes[1], south)):
        ends = dice.between(12, 17), dice.between(12, 17)
        if not upper[1] <= y < lower[3]:
            continue  # the lane's street ends at a shore before it
        lane = _across(canvas, (max(-ends[0], -far + 4), y, min(ends[1], far - 4), y + 1), (), x)
        streets.append(lane)
        if abs(x) < 3 and lane[2] >= half[0] + 4:  # a street beside the plaza: a second block
            streets.append((half[0] + 3, min(y, 0), half[0] + 4, max(y + 1, 0)))
    for street in streets:
        canvas.fill(street, "cobblestone")
    canvas.fill((-half[0], -half[1], half[0], half[1]), "cobblestone")
    if dice.chance(2, 3):
        _wall(canvas)
        for x, y in ((1 - far, 0), (far - 1, 0), (north, 1 - far), (south, far - 1)):
            canvas.put("gate", x, y)
    _hall(canvas, dice, half, north)
    frontages = [
        ("north", -half[1] - 1, -half[0], half[0]),
        ("south", half[1] + 1, -half[0], half[0]),
        ("west", -half[0] - 1, -half[1], half[1]),
        ("east", half[0] + 1, -half[1], half[1]),
    ]
    for left, top, right, bottom in streets:
        if right - left > bottom - top:
            frontages += [("north", top - 1, left, right), ("south", bottom + 1, left, right)]
        else:
            frontages += [("west", left - 1, top, bottom), ("east", right + 1, top, bottom)]
    kinds = dice.shuffled(houses().town)
    for frontage in frontages:
        _line_street(canvas, dice, kinds, *frontage, sizes=(5, 10), depths=(5, 6), margin=2)
    _market(canvas, dice, half)
    _gardens(canvas, dice, trees=5, bushes=7)
    for x, y in ((-half[0], -half[1]), (half[0], -half[1]), (-half[0], half[1]), half):
        beside = ((x, y - 1), (x, y + 1), (x - 1, y), (x + 1, y))
        if not any(canvas.is_floor(*spot) for spot in beside):  # a door may be there
            canvas.put("tree", x, y)
    canvas.put("fountain" if dice.chance(1, 2) else "statue", 0, -2)


def lay_out_village(canvas: Canvas, dice: Stream, gates: Gates, used: Collection[str]) -> None:
    """A village around (0, 0): a small plaza, dirt lanes, houses and vegetable plots; `gates` and
    `used` as in a town.
    """
    far = canvas.radius
    canvas.wild[np.abs(canvas.xs) + np.abs(canvas.ys) < far + 4] = False
    bend = dice.between(-2, 1)
    canvas.pave(_across(canvas, (-far, 0, far, 1), used), "dirt")
    for side, lane in (
        ("north", (bend, -far, bend + 1, 0)),
        ("south", (bend, 0, bend + 1, far)),
    ):
        dry = _towards(canvas, side, lane, used)
        canvas.pave(dry, "dirt")
        if dry == lane:  # it ends at its side's gate
            x, y = gates[side]
            reach = far - 1 if y > 0 else -far + 1
            canvas.pave((min(bend, x), min(y, reach), max(bend + 1, x), max(y, reach)), "dirt")
    half = dice.between(3, 4)
    kinds = dice.shuffled(houses().village)
    canvas.fill((-half, -half + 1, half, half), "cobblestone")
    for side, edge, one, two in (
        ("north", -half, -half, half),
        ("south", half + 1, -half, half),
        ("north", -1, -far, far),
        ("south", 2, -far, far),
        ("west", bend - 1, -far, far),
        ("east", bend + 2, -far, far),
    ):
        frontage = (side, edge, one, two)
        _line_street(canvas, dice, kinds, *frontage, sizes=(5, 9), depths=(5, 6), margin=2, gap=4)
    for _ in range(24):
        left, top = dice.between(-far + 1, far - 6), dice.between(-far + 1, far - 5)
        plot = (left, top, left + dice.between(4, 6), top + 4)
        around = (plot[0] - 1, plot[1] - 1, plot[2] + 1, plot[3] + 1)
        if canvas.is_land(around) and canvas.is_untouched(around):
            _plot(canvas, dice, plot)
    _gardens(canvas, dice, trees=5, bushes=5)
    canvas.put(dice.choice(("tree", "statue", "fountain")), dice.choice((-2, 2)), -1)


def _towards(canvas: Canvas, side: str, street: Rect, used: Collection[str]) -> Rect:
    """A street from the middle to a side: over water too if a road comes in there."""
    return street if side in used else canvas.ashore(street, side)


def _across(canvas: Canvas, street: Rect, used: Collection[str], middle: int = 0) -> Rect:
    """The same of one from west to east that leaves another street at the column `middle`."""
    left, top, right, bottom = street
    west = _towards(canvas, "west", (left, top, middle, bottom), used)
    east = _towards(canvas, "east", (middle, top, right, bottom), used)
    return west[0], top, east[2], bottom


def _line_street(
    canvas: Canvas,
    dice: Stream,
    kinds: list[str],
    side: str,
    edge: int,
    first: int,
    last: int,
    *,
    sizes: tuple[int, int],
    depths: tuple[int, int],
    margin: int,
    gap: int = 2,
) -> None:
    """Houses along one side of a street, whose first tile beside it is `edge`.

    The first are of the `kinds`, which are taken out; homes follow.
    """
    inner = canvas.radius - margin
    along, last = max(first, -inner), min(last, inner)
    while along + sizes[0] - 1 <= last:
        depth = dice.between(*depths)
        # The widest that fits, from a random width down: leaves few gaps in a row.
        for width in range(dice.between(*sizes), sizes[0] - 1, -1):
            rect, roomy = _lot(side, edge, along, width, depth)
            fits = max(map(abs, rect)) <= inner and along + width - 1 <= last
            if fits and canvas.is_land(roomy) and canvas.is_untouched(roomy):
                wall = "stone_wall" if dice.chance(3, 10) else "brick_wall"
                kind = kinds.pop(0) if kinds else "home"
                build_house(canvas, dice, rect, _DOOR[side], wall, kind)
                along += width + dice.between(0, gap - 1)
                break
        along += 1


def _lot(side: str, edge: int, along: int, width: int, depth: int) -> tuple[Rect, Rect]:
    """A house on that side of a street, and the ground that must be free for it."""
    far = along + width - 1
    if side == "north":
        top = edge - depth + 1
        return (along, top, far, edge), (along - 1, top - 1, far + 1, edge)
    if side == "south":
        bottom = edge + depth - 1
        return (along, edge, far, bottom), (along - 1, edge, far + 1, bottom + 1)
    if side == "west":
        left = edge - depth + 1
        return (left, along, edge, far), (left - 1, along - 1, edge, far + 1)
    right = edge + depth - 1
    return (edge, along, right, far), (edge, along - 1, right + 1, far + 1)


def _hall(canvas: Canvas, dice: Stream, half: tuple[int, int], north: int) -> None:
    """A hall of stone on the plaza's north side, beside the street: an altar between statues."""
    left = north + 3 if north <= 0 else north - 11
    rect = (left, -half[1] - 6, left + 8, -half[1] - 1)
    if not (canvas.is_land(rect) and canvas.is_untouched(rect)):
        return
    canvas.fill(rect, "stone_wall")
    canvas.fill((left + 1, rect[1] + 1, left + 7, rect[3] - 1), "stone_floor")
    # Its door opens onto the plaza's row; a strip of paving joins the two where they are apart.
    door = min(max(left + 4, -half[0]), half[0])
    door = min(max(door, left + 1), left + 7)
    canvas.fill((door, rect[3], door, rect[3]), "stone_floor")
    canvas.fill((min(door, 0), -half[1], max(door, 0), -half[1]), "cobblestone")
    canvas.put("door", door, rect[3])
    canvas.put("altar", left + 4, rect[1] + 1)
    for x in (left + 1, left + 7):
        canvas.put("statue", x, rect[1] + 1)
        canvas.put("pillar", x, rect[3] - 1)
    for x in (left + 2, left + 6):
        canvas.put(dice.choice(("book", "scroll", "rune")), x, rect[1] + 1)


def _market(canvas: Canvas, dice: Stream, half: tuple[int, int]) -> None:
    """Stalls on the plaza's south side: a few wares of one kind each, on a cloth of straw."""
    wares = dice.shuffled(houses().market)
    for x in (-half[0] + 1, half[0] - 3):
        for y in (2, 4):
            if y >= half[1] or not dice.chance(3, 4):
                continue
            ware = wares.pop()
            canvas.fill((x, y, x + 2, y), "dry_grass")
            for column in range(x, x + 3):
                if dice.chance(4, 5):
                    canvas.put(ware, column, y)


def _wall(canvas: Canvas) -> None:
    """A wall of stone with cut corners around the town, open where streets pass."""
    reach = canvas.radius - 1

    def inside(xs: Numbers, ys: Numbers, reach: int) -> NDArray[np.bool_]:
        far = np.maximum(np.abs(xs), np.abs(ys))
        return np.asarray((far <= reach) & (np.abs(xs) + np.abs(ys) <= reach * 7 // 4))

    ring = inside(canvas.xs, canvas.ys, reach) & ~inside(canvas.xs, canvas.ys, reach - 1)
    dry = ~np.isin(canvas.land, [TERRAIN_INDEX["deep_water"], TERRAIN_INDEX["shallow_water"]])
    canvas.fill_where(ring & dry & (canvas.terrain == KEEP), "stone_wall")


def _plot(canvas: Canvas, dice: Stream, plot: Rect) -> None:
    """A vegetable plot: rows of dug earth with plants, one row of grass between."""
    left, top, right, bottom = plot
    for y in range(top, bottom + 1, 2):
        canvas.fill((left, y, right, y), "dirt")
        for x in range(left, right + 1):
            if dice.chance(3, 5):
                canvas.put("bush", x, y)
    canvas.wild[canvas.area(plot)] = False


def _gardens(canvas: Canvas, dice: Stream, *, trees: int, bushes: int) -> None:
    """Trees and bushes (chances in a hundred) on what is left of the ground, never in the way."""
    free = (canvas.terrain == KEEP) & ~canvas.wild
    streets = np.isin(canvas.terrain, [TERRAIN_INDEX["cobblestone"], TERRAIN_INDEX["dirt"]])
    beside = streets.copy()
    beside[1:] |= streets[:-1]
    beside[:-1] |= streets[1:]
    beside[:, 1:] |= streets[:, :-1]
    beside[:, :-1] |= streets[:, 1:]
    for row, column in np.argwhere(free & ~beside).tolist():
        draw = dice.below(100)
        x, y = column - canvas.radius, row - canvas.radius
        beside_tree = (x - 1, y) in canvas.props or (x, y - 1) in canvas.props
        if draw < trees and not beside_tree:
            canvas.put("tree", x, y)
        elif trees <= draw < trees + bushes:
            canvas.put("bush", x, y)
