"""Rooms laid out by the network, by rules, by a Markov sampler and by fitting drawings, compared:
`python benchmarks/layouts.py --data data`, where `aigc-procgen data build layouts` wrote.

All lay out the same rooms (size, ways through, style, density asked for) of a set's held-out part;
the drawings there were never seen by any of them. `valid` is the share that needs no repair,
`repaired` the tiles that repair changes, `patterns` the divergence from the held-out rooms (2 x 2
and 3 x 3 tiles, style by style; "drawings to train on" is what another sample of the same hand
reaches), `density off` in per cent of the room, `copies` equal to a room to train on, `apart`
the share of tiles that differ between two layouts of one room. Then whole dungeons with the same
controls, `built`, `learned` and `auto`: cost (of the processor), proofs, steps, ornaments a room,
the share of tiles in which two rooms of one size differ, and how many kinds of 3 x 3 tiles a
hundred rooms have.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import aigc_procgen as procgen
from aigc_procgen.core.layout_machine import CANVAS, CLASSES
from aigc_procgen.core.random import Stream, stream
from aigc_procgen.data.layout_scores import laid_out, pattern_distances, score_rooms
from aigc_procgen.data.layouts import LayoutSet, draw_layout, read_layout_set, split_drawings
from aigc_procgen.dungeon.carving import _cave, _dig_pool, _furnish
from aigc_procgen.dungeon.layouts import machine
from aigc_procgen.dungeon.records import TILE
from aigc_procgen.dungeon.themes import themes

Grid = NDArray[np.uint8]
_FLOOR, _POOL, _FURNITURE = (CLASSES.index(name) for name in ("floor", "pool", "furniture"))


def sides(rooms: LayoutSet, row: int) -> tuple[int, int]:
    """The height and width of a room of the set."""
    return int(rooms.inside[row].any(1).sum()), int(rooms.inside[row].any(0).sum())


def built(rooms: LayoutSet, row: int, dice: Stream) -> Grid:
    """A room as `dungeon/carving.py` and `placement.py` furnish it."""
    height, width = sides(rooms, row)
    room = np.full((height, width), TILE["floor"], np.uint8)
    if rooms.styles[rooms.style[row]] == "cave":
        room[~_cave(dice, height, width)] = TILE["wall"]
    if min(room.shape) > 4:
        if dice.below(100) < 15:
            _dig_pool(dice, room)
        else:
            _furnish(dice, room)
    made = np.zeros((CANVAS, CANVAS), np.uint8)
    made[:height, :width] = np.select(
        [room == TILE["floor"], room == TILE["pool"]], [_FLOOR, _POOL], 0
    )
    free = np.argwhere((made == _FLOOR) & ~rooms.walk[row])
    if len(free):
        y, x = free[dice.below(len(free))]
        made[y, x] = _FURNITURE
    return made


class Markov:
    """Tiles in reading order by those before them: west, north-west, north, north-east; fewer of
    them where the drawings do not know the combination.
    """

    def __init__(self, rooms: LayoutSet) -> None:
        self.counts: dict[tuple[Any, ...], Counter[int]] = {}
        for row in np.flatnonzero(~rooms.held_out)[:20_000].tolist():
            for y, x in np.argwhere(rooms.inside[row]).tolist():
                tile = int(rooms.tiles[row, y, x])
                for context in self.contexts(rooms, row, rooms.tiles[row], y, x):
                    self.counts.setdefault(context, Counter())[tile] += 1

    @staticmethod
    def contexts(rooms: LayoutSet, row: int, tiles: Grid, y: int, x: int) -> list[tuple[Any, ...]]:
        def at(y: int, x: int) -> int:
            inside = 0 <= y < CANVAS and 0 <= x < CANVAS and rooms.inside[row, y, x]
            return int(tiles[y, x]) if inside else -1

        style, way = int(rooms.style[row]), bool(rooms.walk[row, y, x])
        west, north = at(y, x - 1), at(y - 1, x)
        return [
            (style, way, west, north, at(y - 1, x - 1), at(y - 1, x + 1)),
            (style, way, west, north),
            (style, way),
        ]

    def __call__(self, rooms: LayoutSet, row: int, dice: Stream) -> Grid:
        made = np.zeros((CANVAS, CANVAS), np.uint8)
        for y, x in np.argwhere(rooms.inside[row]).tolist():
            for context in self.contexts(rooms, row, made, y, x):
                found = self.counts.get(context)
                if found and found.total() > 4:
                    made[y, x] = dice.weighted(tuple(found), tuple(found.values()))
                    break
        return made


def fitted(rooms: LayoutSet, row: int, dice: Stream, drawings: dict[str, list[Any]]) -> Grid:
    """A drawing to train on, fitted to the size; the ways are cut by repair."""
    height, width = sides(rooms, row)
    made = np.zeros((CANVAS, CANVAS), np.uint8)
    style = rooms.styles[rooms.style[row]]
    made[:height, :width] = draw_layout(dice, drawings[style], width, height)[0]
    return np.where(rooms.inside[row], made, 0).astype(np.uint8)


def compare_rooms(rooms: LayoutSet, count: int) -> None:
    """Prints the table of rooms."""
    index = np.flatnonzero(rooms.held_out)[:count]
    drawings, _ = split_drawings(0)
    markov = Markov(rooms)

    def each(lay: Callable[[LayoutSet, int, Stream], Grid], seed: int) -> Grid:
        return np.stack([lay(rooms, row, stream(seed, "compared", row)) for row in index.tolist()])

    makers: dict[str, Callable[[int], Grid]] = {
        "network": lambda seed: laid_out(machine(), rooms, index, seed),
        "rules (built)": lambda seed: each(built, seed),
        "Markov 3 x 3": lambda seed: each(markov, seed),
        "drawings to train on": lambda seed: each(
            lambda rooms, row, dice: fitted(rooms, row, dice, drawings), seed
        ),
    }
    names = ("valid", "repaired", "patterns 2", "patterns 3", "density off", "copies", "apart")
    found: dict[str, list[float]] = {}
    print(f"{count} rooms" + " " * 12 + "".join(f"{name:>12}" for name in (*names, "ms a room")))
    for name, make in makers.items():
        begun = time.process_time()
        made = make(1)
        cost = (time.process_time() - begun) / count * 1000
        scores = score_rooms(made, make(2), rooms, index)
        line = "".join(f"{scores[each]:12.3f}" for each in names)
        print(f"{name:22}{line}{cost:12.3f}")
        found[name] = pattern_distances(made, rooms, index, 2)
    print("\npatterns 2 by style" + "".join(f"{style:>10}" for style in rooms.styles))
    for name, distances in found.items():
        print(f"{name:19}" + "".join(f"{distance:10.2f}" for distance in distances))


def compare_dungeons(count: int) -> None:
    """Prints the table of dungeons."""
    print(
        f"\n{count} dungeons a theme      layouts  ms  proven  steps  ornaments  rooms apart  kinds"
    )
    for theme in themes().themes:
        for layouts in ("built", "learned", "auto"):
            begun = time.process_time()
            found = [procgen.dungeon(seed, theme=theme, layouts=layouts) for seed in range(count)]
            cost = (time.process_time() - begun) / count * 1000
            proven = sum(dungeon.proof.holds for dungeon in found) / count
            steps = sum(len(dungeon.solution) for dungeon in found) / count
            ornaments = sum(len(dungeon.of_kind("ornament")) for dungeon in found)
            rooms = sum(len(dungeon.rooms) for dungeon in found)
            apart, kinds = variety(found)
            print(
                f"{theme:26}{layouts:8}{cost:5.1f}{proven:8.3f}{steps:7.1f}"
                f"{ornaments / rooms:11.2f}{apart:13.3f}{kinds:7.0f}"
            )


def variety(dungeons: list[Any]) -> tuple[float, float]:
    """The share of tiles in which two rooms of one size differ (what stands there counts), and how
    many kinds of 3 x 3 tiles a hundred rooms have.
    """
    sizes: dict[tuple[int, int], list[NDArray[np.int64]]] = {}
    kinds: Counter[bytes] = Counter()
    count = 0
    for dungeon in dungeons:
        shown = dungeon.tiles.astype(np.int64)
        for thing in dungeon.of_kind("ornament"):
            shown[thing.floor, thing.y, thing.x] = 100 + len(thing.name)
        for room in dungeon.rooms:
            rows, columns = slice(room.y, room.y + room.height), slice(room.x, room.x + room.width)
            sizes.setdefault((room.width, room.height), []).append(shown[room.floor, rows, columns])
            count += 1
            for y in range(room.y, room.y + room.height - 2):
                for x in range(room.x, room.x + room.width - 2):
                    kinds[shown[room.floor, y : y + 3, x : x + 3].tobytes()] += 1
    apart = [
        float((one != other).mean()) for rooms in sizes.values() for one, other in pairwise(rooms)
    ]
    return float(np.mean(apart)), len(kinds) / count * 100


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", default="data")
    parser.add_argument("--rooms", type=int, default=1000)
    parser.add_argument("--dungeons", type=int, default=100)
    arguments = parser.parse_args()
    if arguments.rooms:
        compare_rooms(read_layout_set(Path(arguments.data) / "layouts.npz"), arguments.rooms)
    if arguments.dungeons:
        compare_dungeons(arguments.dungeons)
