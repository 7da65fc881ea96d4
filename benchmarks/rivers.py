"""Do all rivers run downhill into water? Checked point by point and tile by tile for many worlds.

python benchmarks/rivers.py --worlds 1000
"""

from __future__ import annotations

import argparse
import time
from collections import deque

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.random import stream
from aigc_procgen.world.drainage import BLOCK, RIM, SPACING, first_point
from aigc_procgen.world.fields import Fields

_SIZE = 384  # tiles on a side of the piece that is walked tile by tile


def points_of(fields: Fields, column: int, row: int) -> tuple[int, int, int, int]:
    """Of one block: points that drain, those of them to a lower one, last lakes, wider ones."""
    basin = fields.rivers.basin(column, row)
    inner = slice(RIM, RIM + BLOCK)
    rows, columns = np.nonzero((basin.way[inner, inner] >= 0) & ~basin.sea[inner, inner])
    rows, columns = rows + RIM, columns + RIM
    across, down = np.array(basin.steps)[basin.way[rows, columns]].T
    goal = (rows + down, columns + across)
    falls = basin.water[goal] < basin.water[rows, columns]
    widens = basin.flow[goal] > basin.flow[rows, columns]
    lakes = (basin.way[inner, inner] < 0) & ~basin.sea[inner, inner]
    return len(rows), int(falls.sum()), int(lakes.sum()), int(widens.sum())


def tiles_of(fields: Fields, x: int, y: int, size: int = _SIZE) -> tuple[int, int]:
    """Of one piece of land: its tiles of rivers and lakes, and those from which no walk that never
    rises leads to the sea, to a last lake or over the rim.
    """
    land = fields.region(x, y, size, size)
    wet = (land.shore < 0) & (land.elevation > 0)
    ends = (land.elevation <= 0) | (_last_lakes(fields, x, y, size) & wet)
    ends[[0, -1]] = ends[:, [0, -1]] = True
    return int(wet.sum()), int((wet & ~_reached(land.elevation, wet, ends)).sum())


def _last_lakes(fields: Fields, x: int, y: int, size: int) -> NDArray[np.bool_]:
    """Tiles near points where water neither flows on nor is the sea."""
    found = np.zeros((size, size), bool)
    span = BLOCK * SPACING
    for row in range((y + span // 2) // span - 1, (y + span // 2 + size) // span + 2):
        for column in range((x + span // 2) // span - 1, (x + span // 2 + size) // span + 2):
            basin = fields.rivers.basin(column, row)
            for j, i in np.argwhere((basin.way < 0) & ~basin.sea).tolist():
                left = (first_point(column) + i - RIM) * SPACING - x
                top = (first_point(row) + j - RIM) * SPACING - y
                found[
                    max(top, 0) : max(top + SPACING, 0), max(left, 0) : max(left + SPACING, 0)
                ] = 1
    return found


def _reached(
    height: NDArray[np.int32], wet: NDArray[np.bool_], ends: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """The tiles of `wet` from which falling or level steps through it lead to one of `ends`."""
    levels, water, done = height.tolist(), wet.tolist(), ends.tolist()
    queue = deque(tuple(at) for at in np.argwhere(ends).tolist())
    while queue:
        y, x = queue.popleft()
        for row in range(max(y - 1, 0), min(y + 2, len(levels))):
            for column in range(max(x - 1, 0), min(x + 2, len(levels))):
                new = water[row][column] and not done[row][column]
                if new and levels[row][column] >= levels[y][x]:
                    done[row][column] = True
                    queue.append((row, column))
    return np.array(done)


def main() -> None:
    """Prints what was found; exits with 1 if any point rises."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--worlds", type=int, default=50)
    chosen = parser.parse_args()
    sums = np.zeros(4, np.int64)
    tiles = np.zeros(2, np.int64)
    begun = time.monotonic()
    for seed in range(chosen.worlds):
        fields = Fields(seed)
        dice = stream(seed, "rivers", "benchmark")
        column, row = dice.between(-300, 300), dice.between(-300, 300)
        sums += points_of(fields, column, row)
        corner = [first_point(index) * SPACING + dice.below(2000) for index in (column, row)]
        tiles += tiles_of(fields, *corner)
        if seed % 50 == 49:
            print(f"{seed + 1} worlds, {time.monotonic() - begun:.0f} s", flush=True)
    points, falling, lakes, wider = sums.tolist()
    print(f"{falling} of {points} points of land drain to a lower one; {lakes} are last lakes")
    print(f"{wider / points:.2%} of points bring less water than the next one carries")
    print(
        f"{tiles[0]} tiles of rivers and lakes; from {tiles[1]} no walk that never rises leads out"
    )
    raise SystemExit(falling != points)


if __name__ == "__main__":
    main()
