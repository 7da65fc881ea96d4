"""From the mission to tiles: halls, round rooms and caves, and corridors from every way to them.

A room stays inside its cell and a way is one tile of the wall between two cells, so nothing that
is carved can join rooms that the mission keeps apart.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.random import Stream

from .cells import Box
from .controls import Controls
from .mission import Edge, Mission
from .plan import Node, Plan
from .records import TILE
from .themes import Theme, themes

__all__ = ["carve"]

_WALL, _FLOOR, _PASSAGE = TILE["wall"], TILE["floor"], TILE["passage"]
_POOL, _BRIDGE, _DOOR = TILE["pool"], TILE["bridge"], TILE["door"]
Grid = NDArray[np.uint8]


def carve(controls: Controls, plan: Plan, mission: Mission) -> Grid:
    """The tiles uint8 [floors, height, width]."""
    theme = themes().themes[controls.theme]
    tiles = np.full((controls.floors, controls.height, controls.width), _WALL, np.uint8)
    dice = controls.stream("carving")
    for node in plan.nodes:
        _carve_room(dice.child(node.id), tiles[node.floor], node, theme)
    for edge in mission.edges:
        _carve_way(dice, tiles, plan, edge)
    for node in plan.nodes:
        if node.shape != "hall":
            _drop_pockets(tiles[node.floor], node)
    for edge in mission.edges:
        _widen(dice, tiles, plan, edge, controls, theme)
    return tiles


def _window(tiles: Grid, box: Box) -> Grid:
    return tiles[box.top : box.bottom + 1, box.left : box.right + 1]


def _carve_room(dice: Stream, tiles: Grid, node: Node, theme: Theme) -> None:
    room = _window(tiles, node.rect)
    if node.shape == "cave":
        room[_cave(dice, *room.shape)] = _FLOOR
    elif node.shape == "round":
        # From 1 - h to h - 1 in steps of two: twice the distance from the middle.
        height, width = room.shape
        ys, xs = np.ogrid[1 - height : height : 2, 1 - width : width : 2]
        room[xs**2 * height**2 + ys**2 * width**2 <= width**2 * height**2] = _FLOOR
    else:
        room[:] = _FLOOR
    if min(room.shape) > 4:
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


def _carve_way(dice: Stream, tiles: Grid, plan: Plan, edge: Edge) -> None:
    link = edge.link
    one, other = plan.nodes[link.a], plan.nodes[link.b]
    x, y = link.door
    if edge.kind == "stairs":
        tiles[one.floor, y, x] = TILE["stairs_down"]
        tiles[other.floor, y, x] = TILE["stairs_up"]
        return
    tiles[one.floor, y, x] = TILE[edge.kind]
    for node in (one, other):
        _carve_path(tiles[node.floor], node, x, y, link.side in ("east", "west"))


def _carve_path(tiles: Grid, node: Node, x: int, y: int, level: bool) -> None:
    """A way of one bend inside the cell, from the tile beside (x, y) to the anchor."""
    to_x, to_y = node.anchor
    if level:  # first straight in from the wall, then along the anchor's column
        x += 1 if to_x > x else -1
        _pave(tiles[y, min(x, to_x) : max(x, to_x) + 1])
        _pave(tiles[min(y, to_y) : max(y, to_y) + 1, to_x])
    else:
        y += 1 if to_y > y else -1
        _pave(tiles[min(y, to_y) : max(y, to_y) + 1, x])
        _pave(tiles[to_y, min(x, to_x) : max(x, to_x) + 1])


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


def _widen(
    dice: Stream,
    tiles: Grid,
    plan: Plan,
    edge: Edge,
    controls: Controls,
    theme: Theme,
) -> None:
    """Opens some of the wall beside a free passage, where both rooms have floor."""
    link = edge.link
    one, other = plan.nodes[link.a], plan.nodes[link.b]
    if edge.kind != "passage" or (one.spine and other.spine and controls.length):
        return
    if dice.below(100) >= theme.wide:
        return
    x, y = link.door
    floor = tiles[one.floor]
    reach = dice.choice((1, 2, 4, controls.width))  # the last makes one hall of two rooms
    steps = ((0, 1), (0, -1)) if link.side in ("east", "west") else ((1, 0), (-1, 0))
    for dx, dy in steps:
        for step in range(1, 1 + reach):
            at_x, at_y = x + dx * step, y + dy * step
            if floor[at_y, at_x] != _WALL:
                break
            if floor[at_y + dx, at_x + dy] != _FLOOR or floor[at_y - dx, at_x - dy] != _FLOOR:
                break
            floor[at_y, at_x] = _FLOOR
