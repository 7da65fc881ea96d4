"""Houses: walls, rooms and doors, and what stands in them by what is done there."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from aigc_procgen.core.errors import InvalidArgument, check_int
from aigc_procgen.core.files import read_table
from aigc_procgen.core.random import Stream

from .canvas import Canvas, Rect
from .plants import SOLID

__all__ = ["HouseKind", "Houses", "build_house", "houses", "read_houses"]

_DIVIDED = 7  # tiles of floor along a side, from which on a house has two rooms
_Spot = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class HouseKind:
    """What houses.json says of one kind."""

    goods: tuple[str, ...]
    weights: tuple[int, ...]
    filled: int  # of a hundred
    hearth: str
    beds: int
    tables: int
    forges: int


@dataclass(frozen=True, kw_only=True)
class Houses:
    """What houses.json says."""

    kinds: MappingProxyType[str, HouseKind]
    town: tuple[str, ...]
    village: tuple[str, ...]
    market: tuple[str, ...]


def read_houses(data: Any) -> Houses:
    """The kinds of houses from the JSON table; `InvalidArgument` says what is wrong."""
    try:
        kinds = {}
        for name, row in data["houses"].items():
            for good, weight in row["goods"].items():
                check_int(f"{good} of {name}", weight, 1, 1000)
                if good in SOLID:
                    raise ValueError(f"{good} of {name} would block the way")
            kinds[name] = HouseKind(
                goods=tuple(row["goods"]),
                weights=tuple(row["goods"].values()),
                filled=check_int(f"filled of {name}", row["filled"], 0, 100),
                hearth=str(row.get("hearth", "")),
                beds=check_int(f"beds of {name}", row.get("beds", 0), 0, 8),
                tables=check_int(f"tables of {name}", row.get("tables", 0), 0, 4),
                forges=check_int(f"forges of {name}", row.get("forges", 0), 0, 4),
            )
        if "home" not in kinds:
            raise ValueError("there must be a home")
        for place in ("town", "village"):
            if unknown := sorted(set(data[place]) - set(kinds)):
                raise ValueError(f"{place} names {unknown[0]!r}, which is no house")
        return Houses(
            kinds=MappingProxyType(kinds),
            town=tuple(data["town"]),
            village=tuple(data["village"]),
            market=tuple(map(str, data["market"])),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise InvalidArgument(f"houses.json: {error}") from None


@cache
def houses() -> Houses:
    """The kinds of houses.json, checked."""
    return read_houses(read_table(__package__, "houses.json"))


def build_house(
    canvas: Canvas, dice: Stream, rect: Rect, door: str, wall: str, kind: str = "home"
) -> None:
    """A house: walls around a floor, a door in the named side, and what belongs to its kind.

    `door` is "north", "east", "south" or "west". A long house has two rooms with a way between.
    All of its floor but what stands on it can be walked to from the door.
    """
    left, top, right, bottom = rect
    canvas.fill(rect, wall)
    canvas.fill((left + 1, top + 1, right - 1, bottom - 1), "stone_floor")
    across = dice.between(left + 2, right - 2) if right - left > 3 else left + 1
    down = dice.between(top + 2, bottom - 2) if bottom - top > 3 else top + 1
    gap = {
        "north": (across, top),
        "south": (across, bottom),
        "west": (left, down),
        "east": (right, down),
    }[door]
    canvas.fill((*gap, *gap), "stone_floor")
    canvas.put("door", *gap)
    ways = [gap]
    rooms = [(left + 1, top + 1, right - 1, bottom - 1)]
    if max(right - left, bottom - top) - 1 >= _DIVIDED:
        rooms, way = _divided(canvas, dice, rooms[0], gap, wall)
        ways.append(way)
    _furnish(canvas, dice, houses().kinds[kind], rooms, ways)


def _divided(
    canvas: Canvas, dice: Stream, room: Rect, gap: _Spot, wall: str
) -> tuple[list[Rect], _Spot]:
    """Two rooms instead of one, the one with the house's door first, and the way between."""
    left, top, right, bottom = room
    long = right - left >= bottom - top
    first, last = (left, right) if long else (top, bottom)
    # Never right before the door.
    places = [at for at in range(first + 2, last - 1) if abs(at - gap[0 if long else 1]) > 1]
    if not places:
        places = [first + 2]
    at = dice.choice(places)
    if long:
        canvas.fill((at, top, at, bottom), wall)
        way = (at, dice.between(top, bottom))
        rooms = [(left, top, at - 1, bottom), (at + 1, top, right, bottom)]
        rooms.sort(key=lambda side: not side[0] - 1 <= gap[0] <= side[2] + 1)
    else:
        canvas.fill((left, at, right, at), wall)
        way = (dice.between(left, right), at)
        rooms = [(left, top, right, at - 1), (left, at + 1, right, bottom)]
        rooms.sort(key=lambda side: not side[1] - 1 <= gap[1] <= side[3] + 1)
    canvas.fill((*way, *way), "stone_floor")
    return rooms, way


def _furnish(
    canvas: Canvas, dice: Stream, kind: HouseKind, rooms: list[Rect], ways: list[_Spot]
) -> None:
    """Sets a hearth or a forge, tables, beds in the last room, and goods along the walls."""
    left = {(x, y): room for room in rooms for x, y in _along_walls(room)}
    for spot in list(left):
        # Nothing lies where one comes in.
        if any(abs(spot[0] - x) + abs(spot[1] - y) < 2 for x, y in ways):
            del left[spot]

    def take(room: Rect) -> _Spot | None:
        spots = sorted(spot for spot in left if left[spot] == room)
        if not spots:
            return None
        spot = dice.choice(spots)
        del left[spot]
        return spot

    for _ in range(kind.forges):
        forge = take(rooms[0])
        if forge and _passable(rooms, ways, canvas, forge):
            canvas.put("forge", *forge)
    if kind.hearth:
        # Against the wall that is farthest from the door.
        gap = ways[0]
        order = sorted(left, key=lambda at: (-((at[0] - gap[0]) ** 2 + (at[1] - gap[1]) ** 2), at))
        for spot in order:
            if left[spot] == rooms[0] and _passable(rooms, ways, canvas, spot):
                canvas.put(kind.hearth, *spot)
                del left[spot]
                break
    for _ in range(kind.beds):
        if bed := take(rooms[-1]):
            canvas.put("bed", *bed)
    tables = kind.tables
    for spot in dice.shuffled(_middle(rooms[0])):
        if tables and _passable(rooms, ways, canvas, spot):
            canvas.put("table", *spot)
            tables -= canvas.props.get(spot) == "table"  # not where goods already lie
    for spot in sorted(left):
        if dice.chance(kind.filled, 100):
            canvas.put(dice.weighted(kind.goods, kind.weights), *spot)


def _along_walls(room: Rect) -> list[_Spot]:
    left, top, right, bottom = room
    return [
        (x, y)
        for y in range(top, bottom + 1)
        for x in range(left, right + 1)
        if x in (left, right) or y in (top, bottom)
    ]


def _middle(room: Rect) -> list[_Spot]:
    """The tiles of a room that touch no wall, and so no way in."""
    left, top, right, bottom = room
    return [(x, y) for y in range(top + 1, bottom) for x in range(left + 1, right)]


def _passable(rooms: list[Rect], ways: list[_Spot], canvas: Canvas, block: _Spot) -> bool:
    """True if all of a house can still be walked to from its door when a tile is blocked."""
    inside = {
        (x, y)
        for left, top, right, bottom in rooms
        for y in range(top, bottom + 1)
        for x in range(left, right + 1)
    }
    inside |= set(ways)
    free = {spot for spot in inside if spot != block and canvas.props.get(spot) not in SOLID}
    seen = {ways[0]}
    queue = deque(seen)
    while queue:
        x, y = queue.popleft()
        for other in ((x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1)):
            if other in free and other not in seen:
                seen.add(other)
                queue.append(other)
    return seen == free
