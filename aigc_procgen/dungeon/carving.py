"""From the mission to tiles: halls, round rooms and caves, and corridors from every way to them.

A room stays inside its cell and a way is one tile of the wall between two cells, so nothing that
is carved can join rooms that the mission keeps apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.random import Stream

from .cells import Box
from .controls import Controls
from .layouts import draw_interiors, may_be_learned
from .mission import Edge, Mission
from .plan import Node, Plan
from .records import TILE
from .themes import Theme, themes

__all__ = ["Carved", "carve"]

_WALL, _FLOOR, _PASSAGE = TILE["wall"], TILE["floor"], TILE["passage"]
_POOL, _BRIDGE, _DOOR = TILE["pool"], TILE["bridge"], TILE["door"]
_STAIRS = (TILE["stairs_down"], TILE["stairs_up"])
Grid = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Line = tuple[int | slice, int | slice]  # rows, columns
T = TypeVar("T", bound=np.generic)


@dataclass(kw_only=True)
class Carved:
    """The tiles uint8 [floors, height, width], and what stands on them before anything is placed:
    `ornaments` are (x, y, floor) and a name, by room; `styles` those of rooms that have one.
    """

    tiles: Grid
    ornaments: dict[int, list[tuple[int, int, int, str]]] = field(default_factory=dict)
    styles: dict[int, str] = field(default_factory=dict)

    @property
    def ground(self) -> Grid:
        """The tiles, but wall where an ornament stands: what can be walked."""
        ground = self.tiles.copy()
        for standing in self.ornaments.values():
            for x, y, floor, _ in standing:
                ground[floor, y, x] = _WALL
        return ground


def carve(controls: Controls, plan: Plan, mission: Mission) -> Carved:
    """Rooms, ways and interiors."""
    theme = themes().themes[controls.theme]
    tiles = np.full((controls.floors, controls.height, controls.width), _WALL, np.uint8)
    made = Carved(tiles=tiles)
    dice = controls.stream("carving")
    learned = _learned(controls, plan, theme)
    for node in plan.nodes:
        _carve_room(dice.child(node.id), tiles[node.floor], node, theme, bare=node.id in learned)
    walk = np.zeros(tiles.shape, bool)
    for edge in mission.edges:
        _carve_way(tiles, walk, plan, edge)
    _lay_out(controls, plan, theme, made, walk, learned)
    for node in plan.nodes:
        if node.shape != "hall" and node.id not in learned:
            _drop_pockets(tiles[node.floor], node)
    ground = made.ground if learned else tiles
    for edge in mission.edges:
        for place in _widened(dice, ground, plan, edge, controls, theme):
            tiles[place] = ground[place] = _FLOOR
    return made


def _learned(controls: Controls, plan: Plan, theme: Theme) -> frozenset[int]:
    """The rooms that the network lays out."""
    if controls.layouts == "built":
        return frozenset()
    dice, found = controls.stream("layouts"), set()
    for node in plan.nodes:
        share = theme.learned_caves if node.shape == "cave" else theme.learned
        if controls.layouts == "learned":
            share = 100
        if dice.below(100) < share and may_be_learned(node):
            found.add(node.id)
    return frozenset(found)


def _lay_out(
    controls: Controls, plan: Plan, theme: Theme, made: Carved, walk: Mask, learned: frozenset[int]
) -> None:
    """Puts an interior into every room of `learned`; `walk` are the tiles of ways."""
    rooms = []
    for node in plan.nodes:
        if node.id in learned:
            x, y = node.anchor
            walk[node.floor, y, x] = True
            ways = _window(walk[node.floor], node.rect)
            inside = _window(made.tiles[node.floor], node.rect) != _WALL
            rooms.append((node, inside, ways))
    for interior in draw_interiors(controls.stream("interiors"), theme, rooms):
        node = interior.node
        room = _window(made.tiles[node.floor], node.rect)
        kept = np.isin(room, _STAIRS)
        room[~kept] = interior.tiles[~kept]
        left, top = node.rect.left, node.rect.top
        made.ornaments[node.id] = [
            (left + x, top + y, node.floor, name) for x, y, name in interior.ornaments
        ]
        made.styles[node.id] = interior.style


def _window(tiles: NDArray[T], box: Box) -> NDArray[T]:
    return tiles[box.top : box.bottom + 1, box.left : box.right + 1]


def _carve_room(dice: Stream, tiles: Grid, node: Node, theme: Theme, *, bare: bool) -> None:
    """The room's shape, and what is in it unless it is to be `bare`."""
    room = _window(tiles, node.rect)
    if node.shape == "cave" and not bare:
        room[_cave(dice, *room.shape)] = _FLOOR
    elif node.shape == "round":
        # From 1 - h to h - 1 in steps of two: twice the distance from the middle.
        height, width = room.shape
        ys, xs = np.ogrid[1 - height : height : 2, 1 - width : width : 2]
        room[xs**2 * height**2 + ys**2 * width**2 <= width**2 * height**2] = _FLOOR
    else:
        room[:] = _FLOOR
    if min(room.shape) > 4 and not bare:
        if dice.below(100) < theme.pools:
            _dig_pool(dice, room)
        elif node.shape == "hall":
            _furnish(dice, room)
    # Around the anchor there is floor in every room: `controls.py` counts on three by three tiles.
    x, y = node.anchor
    near = Box(
        left=max(x - 1, node.rect.left),
        top=max(y - 1, node.rect.top),
        right=min(x + 1, node.rect.right),
        bottom=min(y + 1, node.rect.bottom),
    )
    _window(tiles, near)[:] = _FLOOR
    middle_x = (node.rect.left + node.rect.right) // 2
    middle_y = (node.rect.top + node.rect.bottom) // 2
    if node.shape != "hall":  # to the middle, where caves and round rooms are widest
        for line in (
            tiles[y, min(x, middle_x) : max(x, middle_x) + 1],
            tiles[min(y, middle_y) : max(y, middle_y) + 1, middle_x],
        ):
            line[line == _WALL] = _FLOOR


def _furnish(dice: Stream, room: Grid) -> None:
    """Cuts the corners of some halls and puts pillars into others."""
    height, width = room.shape
    draw = dice.below(5)
    if draw == 0:
        for rows in (slice(0, height // 4), slice(height - height // 4, None)):
            room[rows, : width // 4] = room[rows, width - width // 4 :] = _WALL
    elif draw == 1:
        room[1 : -1 : dice.between(2, 3), 1 : -1 : dice.between(2, 4)] = _WALL


def _cave(dice: Stream, height: int, width: int) -> NDArray[np.bool_]:
    """Where a cave is open, bool [height, width]: noise, smoothed twice by the majority around."""
    words = dice.words(height * width) >> np.uint64(32)
    wall = np.ones((height + 2, width + 2), bool)
    wall[1:-1, 1:-1] = (words % np.uint64(100) < np.uint64(40)).reshape(height, width)
    for _ in range(2):
        count = np.zeros((height, width), np.int64)
        for dy in range(3):
            for dx in range(3):
                count += wall[dy : dy + height, dx : dx + width]
        wall[1:-1, 1:-1] = count >= 5
    return ~wall[1:-1, 1:-1]


def _dig_pool(dice: Stream, room: Grid) -> None:
    """A pool inside a room, a tile or more from its rim."""
    height, width = room.shape
    most_deep, most_wide = height - 4, width - 4
    deep = dice.between(min(2, most_deep), most_deep)
    wide = dice.between(min(2, most_wide), most_wide)
    top, left = dice.between(2, height - 2 - deep), dice.between(2, width - 2 - wide)
    pool = room[top : top + deep, left : left + wide]
    pool[pool == _FLOOR] = _POOL


def _carve_way(tiles: Grid, walk: Mask, plan: Plan, edge: Edge) -> None:
    link = edge.link
    one, other = plan.nodes[link.a], plan.nodes[link.b]
    x, y = link.door
    if edge.kind == "stairs":
        tiles[one.floor, y, x] = TILE["stairs_down"]
        tiles[other.floor, y, x] = TILE["stairs_up"]
        return
    tiles[one.floor, y, x] = TILE[edge.kind]
    for node in (one, other):
        for line in _path(node, x, y, link.side in ("east", "west")):
            _pave(tiles[node.floor][line])
            walk[node.floor][line] = True


def _path(node: Node, x: int, y: int, level: bool) -> tuple[Line, Line]:
    """A way of one bend inside the cell, from the tile beside (x, y) to the anchor."""
    to_x, to_y = node.anchor
    if level:  # first straight in from the wall, then along the anchor's column
        x += 1 if to_x > x else -1
        return (
            (y, slice(min(x, to_x), max(x, to_x) + 1)),
            (slice(min(y, to_y), max(y, to_y) + 1), to_x),
        )
    y += 1 if to_y > y else -1
    return (
        (slice(min(y, to_y), max(y, to_y) + 1), x),
        (to_y, slice(min(x, to_x), max(x, to_x) + 1)),
    )


def _pave(line: Grid) -> None:
    line[line == _WALL] = _PASSAGE
    line[line == _POOL] = _BRIDGE


def _drop_pockets(tiles: Grid, node: Node) -> None:
    """Fills what of a cave or round room cannot be reached from its anchor."""
    room = _window(tiles, node.box)
    rows = [[1] * (room.shape[1] + 2)]
    rows += [[1, *row, 1] for row in (np.isin(room, (_WALL, _POOL))).astype(int).tolist()]
    rows += [[1] * (room.shape[1] + 2)]
    edge = [(node.anchor[0] - node.box.left + 1, node.anchor[1] - node.box.top + 1)]
    rows[edge[0][1]][edge[0][0]] = 2
    while edge:
        x, y = edge.pop()
        for there_x, there_y in ((x, y - 1), (x + 1, y), (x, y + 1), (x - 1, y)):
            if not rows[there_y][there_x]:
                rows[there_y][there_x] = 2
                edge.append((there_x, there_y))
    seen = np.array(rows)[1:-1, 1:-1] == 2
    room[~seen & (room != _POOL)] = _WALL


def _widened(
    dice: Stream,
    ground: Grid,
    plan: Plan,
    edge: Edge,
    controls: Controls,
    theme: Theme,
) -> Iterator[tuple[int, int, int]]:
    """Tiles of the wall beside a free passage to open, where both rooms have floor."""
    link = edge.link
    one, other = plan.nodes[link.a], plan.nodes[link.b]
    if edge.kind != "passage" or (one.spine and other.spine and controls.length):
        return
    if dice.below(100) >= theme.wide:
        return
    x, y = link.door
    floor = ground[one.floor]
    reach = dice.choice((1, 2, 4, controls.width))  # the last makes one hall of two rooms
    steps = ((0, 1), (0, -1)) if link.side in ("east", "west") else ((1, 0), (-1, 0))
    for dx, dy in steps:
        for step in range(1, 1 + reach):
            at_x, at_y = x + dx * step, y + dy * step
            if floor[at_y, at_x] != _WALL:
                break
            if floor[at_y + dx, at_x + dy] != _FLOOR or floor[at_y - dx, at_x - dy] != _FLOOR:
                break
            yield one.floor, at_y, at_x
