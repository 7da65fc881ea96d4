"""A dungeon as a small graph, read off its tiles: regions that can be walked through, and ways.

A region is what can be walked both ways without opening anything. Every lock, gate, bar and drop
is a node of its own between regions. Nothing here knows how the dungeon was made. Monsters do not
bound regions: they can always be fought.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .records import DIRECTIONS, OPPOSITE, TILE, Dungeon, Thing, Way

__all__ = ["Graph", "read_graph"]

_FREE = frozenset(
    TILE[name]
    for name in ("floor", "passage", "bridge", "door", "secret", "stairs_down", "stairs_up")
)


@dataclass(frozen=True, kw_only=True)
class Graph:
    """Nodes are numbered: regions first, then the shut ways and drops."""

    nodes: int
    steps: tuple[tuple[int, ...], ...]  # from a node to others; into shut ways too
    shut: dict[int, Way]  # node -> its lock, gate or bar
    openable: dict[int, tuple[int, ...]]  # node of a lock or bar -> where it is opened from
    things: dict[int, tuple[Thing, ...]]  # region -> keys, levers, guardians, treasures
    start: int
    goal: int
    drops: tuple[tuple[int, int], ...]  # (node before, node after)
    lost: int  # things that lie where nobody can ever stand

    def reach(self, first: Iterable[int], opened: frozenset[int], but: int = -1) -> set[int]:
        """Nodes to which one can walk if the shut nodes in `opened` are open; never by `but`."""
        seen = set(first)
        edge = list(seen)
        while edge:
            for there in self.steps[edge.pop()]:
                if there in seen or there == but or (there in self.shut and there not in opened):
                    continue
                seen.add(there)
                edge.append(there)
        return seen


def read_graph(dungeon: Dungeon) -> Graph:
    """The graph of a dungeon."""
    row = dungeon.width + 2
    area = row * (dungeon.height + 2)
    tiles = [TILE["wall"]] * (area * dungeon.floors)
    for floor, rows in enumerate(dungeon.tiles.tolist()):
        for y, line in enumerate(rows):
            base = floor * area + (y + 1) * row + 1
            tiles[base : base + len(line)] = line

    def index(x: int, y: int, floor: int) -> int:
        return floor * area + (y + 1) * row + x + 1

    solid = {index(*t.spot) for t in dungeon.of_kind("trap", "ornament")}
    region = _fill(tiles, solid, row, area)
    count = max(region) + 1
    special = {
        index(*way.spot): way for way in dungeon.ways if way.kind in ("lock", "gate", "bar", "drop")
    }
    for number, tile in enumerate(special):
        region[tile] = count + number
    moves = {name: dy * row + dx for name, (dx, dy) in DIRECTIONS.items()}
    steps: list[set[int]] = [set() for _ in range(count + len(special))]
    shut, openable, drops = {}, {}, []
    for tile, way in special.items():
        node = region[tile]
        sides = {name: region[tile + move] for name, move in moves.items()}
        if way.kind == "drop":
            before, after = sides[OPPOSITE[way.toward]], sides[way.toward]
            if before >= 0:
                steps[before].add(node)
            if after >= 0:
                steps[node].add(after)
            drops.append((before, after))
            continue
        shut[node] = way
        around = tuple(sorted({side for side in sides.values() if side >= 0}))
        for side in around:
            steps[side].add(node)
            steps[node].add(side)
        if way.kind == "lock":
            openable[node] = around
        elif way.kind == "bar":
            openable[node] = (sides[OPPOSITE[way.toward]],)
    things: dict[int, list[Thing]] = {}
    for thing in dungeon.of_kind("key", "lever", "guardian", "treasure"):
        things.setdefault(region[index(*thing.spot)], []).append(thing)
    return Graph(
        nodes=len(steps),
        steps=tuple(tuple(sorted(targets)) for targets in steps),
        shut=shut,
        openable=openable,
        things={node: tuple(found) for node, found in things.items()},
        start=region[index(*dungeon.start)],
        goal=region[index(*dungeon.goal)],
        drops=tuple(drops),
        lost=len(things.get(-1, ())),
    )


def _fill(tiles: list[int], solid: set[int], row: int, area: int) -> list[int]:
    """The region of every tile, -1 where there is none."""
    region = [-1] * len(tiles)
    down, up = TILE["stairs_down"], TILE["stairs_up"]
    open_tile = [tile in _FREE for tile in tiles]
    for tile in solid:
        open_tile[tile] = False
    count = 0
    for first, is_open in enumerate(open_tile):
        if not is_open or region[first] >= 0:
            continue
        region[first] = count
        edge = [first]
        while edge:
            tile = edge.pop()
            near = [tile - row, tile + 1, tile + row, tile - 1]
            if tiles[tile] == down and tile + area < len(tiles) and tiles[tile + area] == up:
                near.append(tile + area)
            elif tiles[tile] == up and tile >= area and tiles[tile - area] == down:
                near.append(tile - area)
            for there in near:
                if open_tile[there] and region[there] < 0:
                    region[there] = count
                    edge.append(there)
        count += 1
    return region
