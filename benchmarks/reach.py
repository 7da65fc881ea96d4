"""Whether every road can be walked, and every place reached from every other of its landmass:
`python benchmarks/reach.py --worlds 50`.

In a square around each world's start trees, walls, rocks and deep water stop a walker. Every road
and every way to a harbour that lies in it should be walkable, tile by tile, from end to end. Places
of one landmass, which deep water alone ends, should lie in one walkable part; where some seem cut
off, a square twice as wide tells, as a way may lead out of the first one. What fails is printed.

Then, on islands' worlds of --size tiles, which have an end, follows roads and ferries from a place
to all that they lead to: every place of the world should be among them, whatever sea lies between.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import label

import aigc_procgen as procgen

SIDE = 960  # tiles of the square
RIM = 60  # tiles inside the rim in which places are left out: their roads may lead out of it


def roads_of(
    world: procgen.World, x: int, y: int, walkable: NDArray[np.bool_]
) -> tuple[int, int, int, int]:
    """Of the roads that lie in the square: how many there are, how many have a blocked tile or are
    not one piece, their tiles, and how many of these are blocked.
    """
    roads = cut = tiles = blocked = 0
    for road in world._land._ground.roads(x, y, SIDE, SIDE):
        spots = road.tiles - (x, y)
        if spots.min() < 0 or spots.max() >= SIDE:
            continue
        free = walkable[spots[:, 1], spots[:, 0]]
        drawn = np.zeros(np.ptp(spots, 0) + 1, bool)
        drawn[tuple((spots - spots.min(0)).T)] = True
        if fails := not free.all() or label(drawn)[1] != 1:
            print(f"seed {world.seed}: {(~free).sum()} tiles blocked of a road at {road.tiles[0]}")
        roads, cut = roads + 1, cut + fails
        tiles, blocked = tiles + len(free), blocked + int((~free).sum())
    return roads, cut, tiles, blocked


def apart(
    world: procgen.World, x: int, y: int, side: int, walkable: NDArray[np.bool_]
) -> tuple[int, list[procgen.Place]]:
    """How many places a square has, and those that are not joined to most of their landmass."""
    land = world.terrain(x, y, side, side) != procgen.TERRAINS.index("deep_water")
    ways, masses = label(walkable)[0], label(land)[0]
    found: dict[int, list[tuple[int, procgen.Place]]] = {}
    places = world.places(x + RIM, y + RIM, side - 2 * RIM, side - 2 * RIM)
    for place in places:
        row, column = place.y - y, place.x - x
        near = ways[row - 2 : row + 3, column - 2 : column + 3]
        part = Counter(near[near > 0].tolist()).most_common(1)
        found.setdefault(int(masses[row, column]), []).append((part[0][0] if part else 0, place))
    lost = []
    for group in found.values():
        most = Counter(part for part, _ in group).most_common(1)[0][0]
        lost += [place for part, place in group if part != most]
    return len(places), lost


def examine(seed: int) -> tuple[int, ...]:
    """How many places there are, how many of them are not joined to most of their landmass, and
    what `roads_of` tells.
    """
    world = procgen.world(seed)
    x, y = (part - SIDE // 2 for part in world.spawn())
    walkable = world.walkable_area(x, y, SIDE, SIDE)
    count, lost = apart(world, x, y, SIDE, walkable)
    if lost:  # the way between them may lead out of the square
        area = (x - SIDE // 2, y - SIDE // 2, 2 * SIDE)
        wider = apart(world, *area, world.walkable_area(*area, 2 * SIDE))[1]
        lost = [place for place in lost if place in wider]
    for place in lost:
        print(f"seed {seed}: {place.kind} {place.name} at {place.x}, {place.y} stands alone")
    return count, len(lost), *roads_of(world, x, y, walkable)


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
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--size", type=int, default=2048, help="tiles on a side of an island")
    chosen = parser.parse_args()
    walks, trips = np.zeros(6, np.int64), np.zeros(3, np.int64)
    begun = time.monotonic()
    for number in range(1, chosen.worlds + 1):
        seed = chosen.first + number - 1
        walks += examine(seed)
        trips += travel(seed, chosen.size)
        if number % 50 == 0:
            print(f"{number} worlds, {time.monotonic() - begun:.0f} s", flush=True)
    places, lost, roads, cut, tiles, blocked = walks.tolist()
    print(f"{roads - cut} of {roads} roads can be walked, {tiles - blocked} of their {tiles} tiles")
    print(f"{places - lost} of {places} places can be walked to from the others of their landmass")
    everywhere, by_road, by_ship = trips.tolist()
    print(f"of {everywhere} places roads join {by_road}, roads and ferries {by_ship}")


if __name__ == "__main__":
    main()
