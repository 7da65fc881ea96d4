"""Repair of a room's layout: what must be walked can be, and all of it hangs together.

Raw layouts of any network are valid often, never always. Repair is bounded by the number of tiles
and draws nothing at random: the same layout is repaired alike everywhere.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .layout_machine import CLASSES

__all__ = ["density_of", "is_whole", "repair"]

_WALL, _FLOOR, _INLAY, _POOL, _PILLAR, _FURNITURE = range(len(CLASSES))
_OPEN = (_FLOOR, _INLAY)
# What is given up first where a wall between two parts of a room must go.
_GIVEN_UP = {_FURNITURE: 0, _PILLAR: 1, _WALL: 2, _POOL: 3}
Grid = NDArray[np.uint8]
Mask = NDArray[np.bool_]


def repair(tiles: Grid, inside: Mask, walk: Mask, least: int = 0) -> tuple[Grid, int]:
    """The layout [h, w] repaired, and how many tiles inside of the room were changed.

    Every tile of `walk`, of which there must be one at least, is floor or inlay after it. From
    there every other floor can be reached. There are `least` tiles of floor if the room has so
    many: things can only be put on floor.
    """
    height, width = tiles.shape
    first: list[list[int]] = tiles.tolist()
    # A rim of wall, flat, so that no step leaves the list.
    row = width + 2
    flat = [_WALL] * (row * (height + 2))
    room = [False] * len(flat)
    ways = []
    for y in range(height):
        base = (y + 1) * row + 1
        line = zip(first[y], inside[y].tolist(), walk[y].tolist(), strict=True)
        for place, (kind, is_inside, is_way) in enumerate(line, base):
            room[place] = is_inside
            flat[place] = kind if is_inside else _WALL
            if is_way:
                ways.append(place)
    for tile in ways:
        if flat[tile] not in _OPEN:
            flat[tile] = _FLOOR
    _join(flat, room, ways[0], row)
    floor = flat.count(_FLOOR)
    for kind in (_INLAY, _FURNITURE, _PILLAR, _POOL, _WALL):
        while floor < least:
            tile = _beside_floor(flat, room, kind, row)
            if tile < 0:
                break
            flat[tile] = _FLOOR
            floor += 1
    made = np.array(flat, np.uint8).reshape(height + 2, row)[1:-1, 1:-1]
    return made, int(((made != tiles) & inside).sum())


def is_whole(tiles: Grid, inside: Mask, walk: Mask) -> bool:
    """Whether a layout needs no repair."""
    return repair(tiles, inside, walk)[1] == 0


def density_of(tiles: Grid, inside: Mask) -> int:
    """How much of a room is shut, 0 (nothing) to 15 (half of it or more)."""
    shut = int((~np.isin(tiles, _OPEN) & inside).sum())
    return min(shut * 30 // max(int(inside.sum()), 1), 15)


def _reached(flat: list[int], start: int, row: int) -> list[bool]:
    seen = [False] * len(flat)
    seen[start] = True
    edge = [start]
    while edge:
        tile = edge.pop()
        for there in (tile - row, tile + 1, tile + row, tile - 1):
            if not seen[there] and flat[there] in _OPEN:
                seen[there] = True
                edge.append(there)
    return seen


def _join(flat: list[int], room: list[bool], start: int, row: int) -> None:
    """Opens one tile to every pocket that lies one tile away, and fills the others."""
    while True:
        seen = _reached(flat, start, row)
        lost = [tile for tile, kind in enumerate(flat) if kind in _OPEN and not seen[tile]]
        if not lost:
            return
        doors = []
        for tile in lost:
            for step in (-row, 1, row, -1):
                between = tile + step
                if not room[between] or flat[between] in _OPEN:
                    continue
                for beyond in (-row, 1, row, -1):
                    if seen[between + beyond]:
                        doors.append((_GIVEN_UP[flat[between]], between))
        if doors:
            flat[min(doors)[1]] = _FLOOR
            continue
        for tile in lost:
            flat[tile] = _WALL
        return


def _beside_floor(flat: list[int], room: list[bool], kind: int, row: int) -> int:
    """The first tile of a kind inside that has open ground beside it, -1 if there is none."""
    for tile, found in enumerate(flat):
        if found != kind or not room[tile]:
            continue
        if any(flat[tile + step] in _OPEN for step in (-row, 1, row, -1)):
            return tile
    return -1
