"""The cells of a floor: lines that cut it, and a closed walk through all of them.

The walk is the outline of a random spanning tree of blocks of 2 x 2 cells, which visits every cell
once (the way Hamiltonian cycles of a grid are usually made); a last odd column or row is taken in
by detours. An arc of it of any length is a winding path that never fails to fit.
"""

from __future__ import annotations

from dataclasses import dataclass

from aigc_procgen.core.random import Stream

from .controls import Lattice

__all__ = ["Box", "Cell", "closed_walk", "cut", "neighbours"]

Cell = tuple[int, int]  # column, row


@dataclass(frozen=True, kw_only=True)
class Box:
    """Tiles from (left, top) to (right, bottom), all included."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Tiles from west to east."""
        return self.right - self.left + 1

    @property
    def height(self) -> int:
        """Tiles from north to south."""
        return self.bottom - self.top + 1


def cut(dice: Stream, size: int, count: int, jitter: bool) -> list[int]:
    """The `count` + 1 lines of wall that cut `size` tiles into `count` spans."""
    lines = [(size - 1) * index // count for index in range(count + 1)]
    slack = ((size - 1) // count - 4) // 2 if jitter else 0  # three tiles are left inside
    for index in range(1, count):
        lines[index] += dice.between(-slack, slack) if slack > 0 else 0
    return lines


def neighbours(cell: Cell, lattice: Lattice) -> list[Cell]:
    """The cells beside a cell: north, east, south, west."""
    column, row = cell
    around = [(column, row - 1), (column + 1, row), (column, row + 1), (column - 1, row)]
    return [(x, y) for x, y in around if 0 <= x < lattice.columns and 0 <= y < lattice.rows]


def _tree(dice: Stream, wide: int, high: int) -> list[tuple[Cell, Cell]]:
    """A random spanning tree of the blocks: depth first, now and then from an older block."""
    seen = [(dice.below(wide), dice.below(high))]
    known, edges = set(seen), []
    live = list(seen)
    while live:
        index = len(live) - 1 if dice.chance(3, 4) else dice.below(len(live))
        x, y = live[index]
        free = [
            (x + dx, y + dy)
            for dx, dy in ((0, -1), (1, 0), (0, 1), (-1, 0))
            if 0 <= x + dx < wide and 0 <= y + dy < high and (x + dx, y + dy) not in known
        ]
        if not free:
            live.pop(index)
            continue
        block = dice.choice(free)
        known.add(block)
        live.append(block)
        edges.append(((x, y), block))
    return edges


def closed_walk(dice: Stream, lattice: Lattice, mirror: tuple[bool, bool]) -> list[Cell]:
    """A closed walk from cell to neighbouring cell that visits each once.

    Where both sides are odd one corner is left out. `mirror` says on which sides the odd column
    and row lie.
    """
    wide, high = lattice.columns // 2, lattice.rows // 2
    links: dict[Cell, list[Cell]] = {}

    def join(one: Cell, other: Cell) -> None:
        links.setdefault(one, []).append(other)
        links.setdefault(other, []).append(one)

    def part(one: Cell, other: Cell) -> None:
        links[one].remove(other)
        links[other].remove(one)

    for x in range(0, 2 * wide, 2):
        for y in range(0, 2 * high, 2):
            ring = [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)]
            for index in range(4):
                join(ring[index - 1], ring[index])
    for (ax, ay), (bx, by) in _tree(dice, wide, high):
        x, y = 2 * max(ax, bx), 2 * max(ay, by)
        if ay == by:  # two rings side by side become one
            part((x - 1, y), (x - 1, y + 1))
            part((x, y), (x, y + 1))
            join((x - 1, y), (x, y))
            join((x - 1, y + 1), (x, y + 1))
        else:
            part((x, y - 1), (x + 1, y - 1))
            part((x, y), (x + 1, y))
            join((x, y - 1), (x, y))
            join((x + 1, y - 1), (x + 1, y))
    if lattice.columns % 2:
        for y in range(0, 2 * high, 2):
            _detour(links, (2 * wide - 1, y), (2 * wide - 1, y + 1), (1, 0))
    if lattice.rows % 2:
        for x in range(0, 2 * wide, 2):
            _detour(links, (x, 2 * high - 1), (x + 1, 2 * high - 1), (0, 1))
    walk, before = [(0, 0)], links[0, 0][dice.below(2)]
    while True:
        one, other = links[walk[-1]]
        ahead = other if one == before else one
        before = walk[-1]
        if ahead == walk[0]:
            break
        walk.append(ahead)
    flip_x, flip_y = mirror
    return [
        (lattice.columns - 1 - x if flip_x else x, lattice.rows - 1 - y if flip_y else y)
        for x, y in walk
    ]


def _detour(links: dict[Cell, list[Cell]], one: Cell, other: Cell, step: Cell) -> None:
    """Lets the walk from one cell to the other go around two cells further out."""
    far, away = (one[0] + step[0], one[1] + step[1]), (other[0] + step[0], other[1] + step[1])
    links[one][links[one].index(other)] = far
    links[other][links[other].index(one)] = away
    links[far] = [one, away]
    links[away] = [other, far]
