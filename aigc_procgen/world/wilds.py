"""Ruins and caves: what is left of walls that had a plan, and hollows under rock."""

from __future__ import annotations

from collections import deque

import numpy as np

from aigc_procgen.core.random import Stream

from .canvas import Canvas, Rect
from .terrain import TERRAIN_INDEX

__all__ = ["lay_out_cave", "lay_out_ruin"]

# Rooms of plans around (0, 0), walls included; the first is the largest.
_PLANS: dict[str, tuple[Rect, ...]] = {
    "keep": ((-6, -6, 6, 6), (-9, -9, -5, -5), (5, -9, 9, -5), (-9, 5, -5, 9), (5, 5, 9, 9)),
    "abbey": ((-4, -9, 4, 8), (-9, -4, -4, 1), (4, -4, 9, 1), (4, 2, 9, 7)),
    "villa": ((-9, -8, 9, 8), (-9, -8, -3, -3), (-3, -8, 3, -3), (3, -8, 9, -3), (-9, 3, -3, 8)),
}


def lay_out_ruin(canvas: Canvas, dice: Stream) -> None:
    """Walls after the plan of a keep, an abbey or a villa, of which a corner has fallen in."""
    plan = dice.choice(sorted(_PLANS))
    mirrored = dice.chance(1, 2)
    rooms = [
        (-x2, y1, -x1, y2) if mirrored else (x1, y1, x2, y2) for x1, y1, x2, y2 in _PLANS[plan]
    ]
    walls: set[tuple[int, int]] = set()
    floors: set[tuple[int, int]] = set()
    for left, top, right, bottom in rooms:
        for y in range(top, bottom + 1):
            for x in range(left, right + 1):
                rim = x in (left, right) or y in (top, bottom)
                (walls if rim else floors).add((x, y))
    for left, top, right, bottom in rooms:  # a door where rooms meet, in the middle of the wall
        middle = ((left + right) // 2, (top + bottom) // 2)
        ways = [(left, middle[1]), (right, middle[1]), (middle[0], top), (middle[0], bottom)]
        for x, y in ways:
            sides = ((x - 1, y), (x + 1, y)) if x in (left, right) else ((x, y - 1), (x, y + 1))
            if all(side in floors for side in sides):
                walls.discard((x, y))
                floors.add((x, y))
    # The ways in lie on the axes, where roads arrive.
    walls = {(x, y) for x, y in walls if x and y}
    fallen = (dice.choice((-1, 1)) * dice.between(5, 8), dice.choice((-1, 1)) * dice.between(5, 8))
    for x, y in sorted(walls | floors):
        far = (x - fallen[0]) ** 2 + (y - fallen[1]) ** 2
        if (x, y) in walls and not dice.chance(max(30 - far // 2, 4), 34):
            canvas.fill((x, y, x, y), "stone_wall")
        elif (x, y) in walls:
            canvas.fill((x, y, x, y), "gravel")
        elif dice.chance(5 if far > 36 else 2, 6):
            canvas.fill((x, y, x, y), "stone_floor")
        elif far <= 36 and dice.chance(1, 2):
            canvas.fill((x, y, x, y), "gravel")
    canvas.fill((-1, -1, 1, 1), "stone_floor")
    if plan == "abbey":
        for y in (-6, -2, 2, 5):
            for x in (-2, 2):
                canvas.put("pillar", x, y)
        canvas.put("altar", dice.choice((-1, 1)), -8)
        for _ in range(dice.between(3, 7)):
            canvas.put("grave", dice.between(-9, -6), dice.between(3, 9))
    else:
        for x, y in ((-3, -2), (3, -2), (-3, 2), (3, 2)):
            if dice.chance(2, 3):
                canvas.put("pillar" if plan == "villa" else "statue", x, y)
    if plan == "villa":
        canvas.put("fountain", dice.choice((-2, 2)), dice.choice((-1, 1)))
    canvas.put("gold", dice.choice((-4, 4)), dice.choice((-3, 3)))
    for _ in range(dice.between(6, 12)):
        canvas.put("bush", dice.between(-9, 9), dice.between(-9, 9))
    _open_up(canvas)


def lay_out_cave(canvas: Canvas, dice: Stream) -> None:
    """A brow of rock with a hollow below it: its mouth to the south, mushrooms and pillars of
    stone inside, and steps down at its end.
    """
    far = canvas.xs**2 + canvas.ys**2
    rough = np.array(
        [[dice.below(14) for _ in range(far.shape[1])] for _ in range(far.shape[0])], np.int64
    )
    brow = canvas.xs**2 * 3 // 4 + (canvas.ys + 4) ** 2 * 2 + rough
    canvas.wild[brow <= 62] = False
    canvas.fill_where(far + rough <= 22, "gravel")
    canvas.fill_where(brow <= 52, "mountain")
    hollow = (canvas.xs + dice.between(-1, 1)) ** 2 * 2 // 3 + (canvas.ys + 4) ** 2 * 3 + rough // 2
    canvas.fill_where(hollow <= 16, "dirt")
    canvas.fill((-1, -3, 1, 0), "gravel")
    canvas.fill((-2, -5, 2, -4), "dirt")
    canvas.put("stairs", dice.choice((-2, 2)), -5)
    for kind, count in (("mushroom", dice.between(2, 4)), ("pillar", dice.between(1, 2))):
        for _ in range(count):
            canvas.put(kind, dice.choice((-4, -3, 3, 4)), dice.between(-6, -3))
    if dice.chance(1, 2):
        canvas.put("gem", dice.choice((-3, 3)), -4)
    for _ in range(dice.between(2, 5)):
        canvas.put("bush", dice.between(-6, 6), dice.between(3, 6))
    _open_up(canvas)


def _open_up(canvas: Canvas) -> None:
    """Takes away what stands where nobody could come to it: a pillar must not close a nook."""
    reach = canvas.radius
    solid = [TERRAIN_INDEX[name] for name in ("mountain", "stone_wall")]
    free = ~np.isin(canvas.terrain, solid)
    seen = np.zeros_like(free)
    seen[reach, reach] = True
    queue = deque([(reach, reach)])
    while queue:
        row, column = queue.popleft()
        for other in ((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)):
            inside = 0 <= other[0] < len(free) and 0 <= other[1] < len(free)
            if inside and free[other] and not seen[other]:
                seen[other] = True
                queue.append(other)
    for x, y in list(canvas.props):
        if not seen[y + reach, x + reach] or (x == 0 and abs(y) <= 1) or (y == 0 and abs(x) <= 1):
            del canvas.props[x, y]
