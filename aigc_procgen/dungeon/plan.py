"""Where rooms go and which are neighbours: the cells of every floor, the main way and its branches.

The main way (the spine) is an arc of each floor's closed walk, floor after floor; the other rooms
branch off it. No tile is carved here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from aigc_procgen.core.errors import InvalidArgument
from aigc_procgen.core.random import Stream

from .cells import Box, Cell, closed_walk, cut, neighbours
from .controls import Controls, Lattice
from .themes import themes

__all__ = ["Link", "Node", "Plan", "make_plan"]

Tile = tuple[int, int]


@dataclass(kw_only=True)
class Node:
    """A room to be: its cell, the rectangle it fills and the tile that all its ways lead to."""

    id: int
    floor: int
    cell: Cell
    box: Box  # what the cell has inside its walls
    rect: Box
    anchor: Tile
    shape: str
    parent: int = -1
    spine: bool = False
    place: int = 0  # the room of the spine that it is, or branches off


@dataclass(kw_only=True)
class Link:
    """Two neighbours and the tile of the wall between them; or stairs. Trees go from a to b."""

    a: int
    b: int
    door: Tile
    side: str  # where b lies, seen from a
    stairs: bool = False
    lockable: bool = True


@dataclass(kw_only=True)
class Plan:
    """All rooms, each after its parent, the tree that joins them and the pairs besides."""

    lattice: Lattice
    nodes: list[Node] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    pairs: list[Link] = field(default_factory=list)

    @property
    def spine(self) -> list[Node]:
        """The rooms of the main way, from the start."""
        return [node for node in self.nodes if node.spine]


@dataclass(kw_only=True)
class _Floor:
    """The main way of a floor, longer than needed, with bounds of the walk to every room."""

    nodes: list[Node]
    doors: list[Tile]
    upper: list[int]  # from the first anchor to each anchor, through every anchor between
    lower: list[int]  # from the first anchor to each anchor, through the doors between


def make_plan(controls: Controls, lattice: Lattice) -> Plan:
    """The plan; where a length is asked for that winding rooms do not give, a straight one."""
    plan = _Planner(controls, lattice, tight=False).make()
    if plan is None:
        plan = _Planner(controls, lattice, tight=True).make()
    if plan is None:
        raise InvalidArgument(
            f"length {controls.length} leaves no way for {controls.locks} locks: ask for fewer"
        )
    return plan


class _Planner:
    def __init__(self, controls: Controls, lattice: Lattice, *, tight: bool) -> None:
        self.controls, self.lattice, self.tight = controls, lattice, tight
        self.theme = themes().themes[controls.theme]
        self.dice = controls.stream("plan", int(tight))
        self.plan = Plan(lattice=lattice)
        self.columns = cut(self.dice, controls.width, lattice.columns, not tight)
        self.rows = cut(self.dice, controls.height, lattice.rows, not tight)
        self.taken: dict[tuple[int, Cell], Node] = {}

    def make(self) -> Plan | None:
        """The plan, or None if the length that was asked for does not fit it."""
        if not self._make_spine():
            return None
        self._branch()
        links = [link for link in self.plan.links if link.lockable and not link.stairs]
        if len(links) < self.controls.locks:
            return None
        self._pair()
        return self.plan

    def _node(self, floor: int, cell: Cell, anchor: Tile | None = None) -> Node:
        dice, (column, row) = self.dice, cell
        box = Box(
            left=self.columns[column] + 1,
            top=self.rows[row] + 1,
            right=self.columns[column + 1] - 1,
            bottom=self.rows[row + 1] - 1,
        )
        cave = dice.below(100) < self.theme.caves and min(box.width, box.height) > 3
        least = self.lattice.least_room
        width = box.width if cave else max(_size(dice, least, box.width) for _ in range(2))
        height = box.height if cave else max(_size(dice, least, box.height) for _ in range(2))
        left = box.left + dice.below(box.width - width + 1)
        top = box.top + dice.below(box.height - height + 1)
        if self.tight:
            anchor = (box.left + box.right) // 2, (box.top + box.bottom) // 2
        inset = 1 if self.lattice.least_room > 2 else 0  # floor around the anchor
        if anchor:
            x, y = anchor
            left = max(min(left, x - inset), x + inset - width + 1)
            top = max(min(top, y - inset), y + inset - height + 1)
        rect = Box(left=left, top=top, right=left + width - 1, bottom=top + height - 1)
        drawn = (
            dice.between(left + inset, rect.right - inset),
            dice.between(top + inset, rect.bottom - inset),
        )
        round_room = min(width, height) > 4 and dice.below(100) < self.theme.round
        return Node(
            id=-1,
            floor=floor,
            cell=cell,
            box=box,
            rect=rect,
            anchor=anchor or drawn,
            shape="cave" if cave else "round" if round_room else "hall",
        )

    def _add(self, node: Node, parent: int) -> Node:
        node.id, node.parent = len(self.plan.nodes), parent
        self.plan.nodes.append(node)
        self.taken[node.floor, node.cell] = node
        return node

    def _door(self, a: Node, b: Node) -> tuple[Tile, str]:
        """A tile of the wall between two neighbours, and the side of a where b lies."""
        dx, dy = b.cell[0] - a.cell[0], b.cell[1] - a.cell[1]
        if dx:
            low, high = max(a.rect.top, b.rect.top), min(a.rect.bottom, b.rect.bottom)
            place = self._between(low, high, a.box.top, a.box.bottom)
            return (max(a.box.left, b.box.left) - 1, place), "east" if dx > 0 else "west"
        low, high = max(a.rect.left, b.rect.left), min(a.rect.right, b.rect.right)
        place = self._between(low, high, a.box.left, a.box.right)
        return (place, max(a.box.top, b.box.top) - 1), "south" if dy > 0 else "north"

    def _between(self, low: int, high: int, first: int, last: int) -> int:
        if self.tight:
            return (first + last) // 2
        if low <= high and self.dice.chance(5, 6):
            return self.dice.between(low, high)
        return self.dice.between(first, last)

    # -- the main way -----------------------------------------------------------------------------

    def _make_spine(self) -> bool:
        """Adds the rooms of the main way; False if it cannot be as long as asked for."""
        controls, dice = self.controls, self.dice
        mirror = dice.chance(1, 2), dice.chance(1, 2)
        length = controls.length
        cell: Cell | None = None
        anchor: Tile | None = None
        upper = lower = 0
        for floor in range(controls.floors):
            way = self._walk(floor, cell, anchor, mirror)
            if length is None:
                count = max(2, len(way.nodes) * dice.between(38, 72) // 100)
            elif floor < controls.floors - 1:
                share = length * 9 // (10 * controls.floors)
                fitting = sum(bound <= share for bound in way.upper)
                count = min(max(2, fitting), len(way.nodes))
            else:
                fitting = sum(lower + bound < length + 2 for bound in way.lower)
                count = max(2, fitting + 1)
                if count > len(way.nodes) or upper > length * 9 // 10:
                    return False
            self._take(way, count, upper)
            upper, lower = upper + way.upper[count - 1], lower + way.lower[count - 1]
            cell, anchor = way.nodes[count - 1].cell, way.nodes[count - 1].anchor
        return True

    def _walk(
        self, floor: int, cell: Cell | None, anchor: Tile | None, mirror: tuple[bool, bool]
    ) -> _Floor:
        walk = closed_walk(self.dice, self.lattice, mirror)
        first = self.dice.below(len(walk)) if cell is None else walk.index(cell)
        walk = walk[first:] + walk[:first]
        if self.dice.chance(1, 2):
            walk = walk[:1] + walk[:0:-1]
        nodes = [self._node(floor, place, None if i else anchor) for i, place in enumerate(walk)]
        doors = [self._door(a, b)[0] for a, b in pairwise(nodes)]
        upper, lower, through = [0], [0], 0
        for index, door in enumerate(doors):
            here, ahead = nodes[index].anchor, nodes[index + 1].anchor
            upper.append(upper[-1] + _far(here, door) + _far(door, ahead))
            through += _far(doors[index - 1] if index else here, door)
            lower.append(through + _far(door, ahead))
        return _Floor(nodes=nodes, doors=doors, upper=upper, lower=lower)

    def _take(self, way: _Floor, count: int, before: int) -> None:
        length, locks = self.controls.length, self.controls.locks
        for index, node in enumerate(way.nodes[:count]):
            stairs = index == 0 and node.floor > 0
            parent = len(self.plan.nodes) - 1
            self._add(node, parent)
            node.spine, node.place = True, node.id
            if parent < 0:
                continue
            # A lock beyond nine tenths of the length could leave no tile for the goal.
            near = length is None or before + way.upper[index] + 3 * locks <= length * 9 // 10
            door = node.anchor if stairs else way.doors[index - 1]
            side = "down" if stairs else _side(self.plan.nodes[parent].cell, node.cell)
            self.plan.links.append(
                Link(a=parent, b=node.id, door=door, side=side, stairs=stairs, lockable=near)
            )

    # -- the rest ---------------------------------------------------------------------------------

    def _branch(self) -> None:
        """Adds rooms beside the main way, in random order, until there are enough."""
        controls, dice = self.controls, self.dice
        total = self.lattice.cells * controls.floors
        things = controls.monsters + controls.treasures
        strict = 1 if controls.length is None else 3
        needed = (things * strict + controls.locks + 2 * controls.floors) * 4 // 3
        wanted = max(
            total * dice.between(74, 100) // 100,
            controls.locks * strict + controls.floors,
            needed // self.lattice.least_room**2 + 1,
        )
        edge: list[tuple[Node, Cell]] = []

        def reach(node: Node) -> None:
            edge.extend((node, cell) for cell in neighbours(node.cell, self.lattice))

        for node in list(self.plan.nodes):
            reach(node)
        while edge and len(self.plan.nodes) < wanted:
            index = len(edge) - 1 - dice.below(min(3, len(edge)))
            index = index if dice.chance(1, 3) else dice.below(len(edge))
            edge[index], edge[-1] = edge[-1], edge[index]
            parent, cell = edge.pop()
            if (parent.floor, cell) in self.taken:
                continue
            node = self._add(self._node(parent.floor, cell), parent.id)
            node.place = parent.place
            door, side = self._door(parent, node)
            self.plan.links.append(Link(a=parent.id, b=node.id, door=door, side=side))
            reach(node)

    def _pair(self) -> None:
        """Lists the neighbours that the tree does not join."""
        joined = {(link.a, link.b) for link in self.plan.links}
        for node in self.plan.nodes:
            column, row = node.cell
            for cell in ((column + 1, row), (column, row + 1)):  # so each pair is met once
                other = self.taken.get((node.floor, cell))
                if other is None or {(node.id, other.id), (other.id, node.id)} & joined:
                    continue
                door, side = self._door(node, other)
                self.plan.pairs.append(Link(a=node.id, b=other.id, door=door, side=side))


def _size(dice: Stream, least: int, most: int) -> int:
    return dice.between(min(least, most), most)


def _far(one: Tile, other: Tile) -> int:
    return abs(one[0] - other[0]) + abs(one[1] - other[1])


def _side(one: Cell, other: Cell) -> str:
    if one[0] != other[0]:
        return "east" if other[0] > one[0] else "west"
    return "south" if other[1] > one[1] else "north"
