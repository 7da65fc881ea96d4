"""Our worlds against those of two others, in one run: `python benchmarks/worlds.py`.

A chunk of 64 x 64 tiles (every layer, places, roads, plants) against crafter's world of 64 x 64;
and 128 x 128 tiles around a town, with what stands there, its roads, places, realms, the people's
names and the dungeon of the nearest mine or ruin, against mapwright's world of 128 x 128 cells'
area with regions, named features, roads between towns, one town plan and one dungeon. Every round
is a new seed for all; rounds are interleaved, and medians are compared.
A walk afterwards shows memory and the cost far from the origin.
Rivals: `pip install -e ".[bench]"`.
"""

from __future__ import annotations

import argparse
import functools
import importlib
import resource
import statistics
import time
from collections.abc import Callable

import aigc_procgen as procgen
from aigc_procgen.world.chunk import CHUNK
from aigc_procgen.world.land import Land

FAR = (1 << 30) // CHUNK


def first_chunk(seed: int) -> None:
    """The first chunk of a new land: nothing is in any cache."""
    Land(seed).chunk(3, -5)


def next_chunks(seed: int) -> None:
    """Sixteen chunks of a land, whose neighbours' roads are known after the first ones."""
    land = Land(seed)
    for index in range(16):
        land.chunk(index % 4, index // 4)


def region(seed: int, unit: int = 1) -> None:
    """128 x 128 tiles around the first town, and all that a map of it would tell.

    They lie across nine chunks, which are made whole; with a `unit` of 64 they are four chunks.
    """
    world = procgen.world(seed)
    x, y = world.spawn()
    left, top = ((at - 64 + unit // 2) // unit * unit for at in (x, y))
    world.terrain(left, top, 128, 128)
    world.props(left, top, 128, 128)
    world.realm(x, y)
    for place in world.places(left, top, 128, 128):
        world.people(place)
    around = world.neighbours(world.nearest("any", x, y))
    deep = next((place for place in around if world.has_dungeon(place)), None)
    world.dungeon(deep or world.nearest("ruin", x, y))


def crafter_world(size: int) -> Callable[[int], None]:
    """crafter's world, without its first picture."""
    crafter = importlib.import_module("crafter")

    def make(seed: int) -> None:
        world = crafter.engine.World((size, size), crafter.constants.materials, (12, 12))
        world.reset(seed=seed)
        player = crafter.objects.Player(world, (size // 2, size // 2))
        world.add(player)
        crafter.worldgen.generate_world(world, player)

    return make


def mapwright_world(seed: int) -> None:
    """mapwright's world with each of its generators used once."""
    rival = importlib.import_module("mapwright")
    dice = rival.SeededRNG(seed)
    terrain = rival.RegionalTerrainGenerator(dice).generate(128, 128, rival.WorldMapConfig())
    regions = rival.RegionGenerator(dice).generate(terrain)
    rival.FeatureGenerator(dice).generate(terrain)
    names = rival.NameGenerator(dice)
    sites = []
    for cell in terrain.cells:
        if len(sites) < 8 and not cell.is_water and cell.id % 37 == 0:
            sites.append((cell.cx, cell.cy))
            names.settlement()
    rival.RegionalRoadGenerator().generate(terrain, sites)
    rival.SettlementGenerator(dice).generate(64, 64)
    rival.DungeonGenerator(dice).generate(48, 32)
    assert regions is not None


def compare(rounds: int) -> None:
    """Prints medians of interleaved rounds as ratios to ours."""
    jobs: dict[str, Callable[[int], None]] = {
        "first chunk": first_chunk,
        "sixteen chunks": next_chunks,
        "crafter 64 x 64": crafter_world(64),
        "region": region,
        "region of whole chunks": functools.partial(region, unit=CHUNK),
        "mapwright 128 x 128": mapwright_world,
    }
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for seed in range(rounds):
        for index, (name, job) in enumerate(jobs.items()):
            begun = time.process_time()
            job(seed + 1000 * index)  # none finds what another has left in a cache
            times[name].append(time.process_time() - begun)
    middle = {name: statistics.median(taken) for name, taken in times.items()}
    for name, taken in middle.items():
        print(f"{name}: {taken * 1000:.0f} ms (median of {rounds})")
    crafter, chunk = middle["crafter 64 x 64"], middle["sixteen chunks"] / 16
    print(f"crafter's world costs {crafter / chunk:.0f} times as much as a chunk of a new land")
    print(f"and {crafter / middle['first chunk']:.1f} times as much as its very first chunk")
    for name in ("region", "region of whole chunks"):
        ratio = middle["mapwright 128 x 128"] / middle[name]
        print(f"mapwright's world costs {ratio:.1f} times as much as our {name}")


def walk(chunks: int) -> None:
    """Chunks in a row from the origin, and from tile 2**30: memory, and the ratio of costs."""
    costs = {}
    for name, start in (("at the origin", 0), ("at tile 2**30", FAR)):
        land = Land(1)
        land.chunk(start, start)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        begun = time.process_time()
        for index in range(chunks):
            land.chunk(start + index, start + index // 64)
        costs[name] = (time.process_time() - begun) / chunks
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(f"{name}: {costs[name] * 1000:.1f} ms a chunk, {chunks} in a row; ", end="")
        print(f"the greatest memory grew by {(after - before) / 1024:.0f} MB to {after / 1024:.0f}")
    far, near = costs["at tile 2**30"], costs["at the origin"]
    print(f"a chunk at tile 2**30 costs {far / near:.2f} times as much as at the origin")


def main() -> None:
    """Runs both parts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--walk", type=int, default=2000, help="chunks of the walk")
    chosen = parser.parse_args()
    compare(chosen.rounds)
    walk(chosen.walk)


if __name__ == "__main__":
    main()
