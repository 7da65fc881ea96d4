"""Whether every place can be walked to from every other of its landmass:
`python benchmarks/reach.py --worlds 50`.

Floods the walkable tiles of a square around each world's start (trees, walls and deep water stop a
walker, so does the square's rim), and the land itself, which deep water alone ends. Places of one
landmass should lie in one walkable part; those that do not are printed.

Then, on islands' worlds of --size tiles, which have an end, follows roads and ferries from a place
to all that they lead to: every place of the world should be among them, whatever sea lies between.
"""

from __future__ import annotations

import argparse
from collections import Counter

import numpy as np
from numpy.typing import NDArray

import aigc_procgen as procgen

SIDE = 960  # tiles of the square
RIM = 60  # tiles inside the rim in which places are left out: their roads may lead out of it


def parts(free: NDArray[np.bool_]) -> NDArray[np.int32]:
    """A number for every 4-connected part of what is free, 0 elsewhere."""
    height, width = free.shape
    flat, found = np.pad(free, 1).ravel(), np.zeros((height + 2) * (width + 2), np.int32)
    ways = (-1, 1, -width - 2, width + 2)
    number = 0
    for start in np.flatnonzero(flat).tolist():
        if found[start]:
            continue
        number += 1
        found[start] = number
        waiting = [start]
        while waiting:
            tile = waiting.pop()
            for way in ways:
                if flat[tile + way] and not found[tile + way]:
                    found[tile + way] = number
                    waiting.append(tile + way)
    return found.reshape(height + 2, width + 2)[1:-1, 1:-1]


def examine(seed: int) -> tuple[int, int]:
    """How many places there are, and how many of them are not joined to most of their landmass."""
    world = procgen.world(seed)
    x, y = (part - SIDE // 2 for part in world.spawn())
    walkable = world.walkable_area(x, y, SIDE, SIDE)
    land = world.terrain(x, y, SIDE, SIDE) != procgen.TERRAINS.index("deep_water")
    ways, masses = parts(walkable), parts(land)
    found: dict[int, list[tuple[int, procgen.Place]]] = {}
    places = world.places(x + RIM, y + RIM, SIDE - 2 * RIM, SIDE - 2 * RIM)
    for place in places:
        row, column = place.y - y, place.x - x
        near = ways[row - 2 : row + 3, column - 2 : column + 3]
        part = Counter(near[near > 0].tolist()).most_common(1)
        found.setdefault(int(masses[row, column]), []).append((part[0][0] if part else 0, place))
    lost = 0
    for group in found.values():
        most = Counter(part for part, _ in group).most_common(1)[0][0]
        for part, place in group:
            if part != most:
                lost += 1
                print(
                    f"seed {seed}: {place.kind} {place.name} at {place.x}, {place.y} stands alone"
                )
    return len(places), lost


def travel(seed: int, size: int) -> tuple[int, int, int]:
    """Of a world with an end: its places, how many roads alone join to most of them, and how many
    roads and ferries do.
    """
    world = procgen.world(seed, size=size)
    places = {place.id: place for place in world.places(-size, -size, 2 * size, 2 * size)}
    found = []
    for ships in (False, True):
        left = set(places)
        largest: set[str] = set()
        while left:
            group, waiting = set(), [min(left)]
            while waiting:
                place = waiting.pop()
                if place not in group:
                    group.add(place)
                    waiting += [near.id for near in world.roads(places[place])]
                    if ships:
                        waiting += [ferry.goal.id for ferry in world.ferries(places[place])]
            left -= group
            largest = max(largest, group, key=len)
        found.append(len(largest))
        if ships:
            for place in sorted(set(places) - largest):
                print(f"seed {seed}: neither road nor ferry leads to {place}")
    return len(places), found[0], found[1]


def main() -> None:
    """Prints the sums."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=10)
    parser.add_argument("--size", type=int, default=2048, help="tiles on a side of an island")
    chosen = parser.parse_args()
    sums = np.sum([travel(seed, chosen.size) for seed in range(chosen.worlds)], 0).tolist()
    print(f"of {sums[0]} places roads join {sums[1]}, roads and ferries {sums[2]}")
    total = lost = 0
    for seed in range(chosen.worlds):
        counted, alone = examine(seed)
        total, lost = total + counted, lost + alone
    print(f"{total - lost} of {total} places can be walked to from the others of their landmass")


if __name__ == "__main__":
    main()
