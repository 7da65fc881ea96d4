"""Whether land depends on the way in which it is made: `python benchmarks/agree.py --worlds 1000`.

Of every world a block of chunks somewhere within 2**20 chunks of the origin is made three times:
row by row; on four threads in a random order; and in another process with another PYTHONHASHSEED,
in the opposite order, but one chunk alone in a land of its own. All digests (every layer and prop)
should be the same; what differs is printed.

`--write FILE` keeps the digests, `--read FILE` compares with those that another Python, NumPy or
machine has kept.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from aigc_procgen.core.random import Stream, stream
from aigc_procgen.world.land import Land

SIDE = 3  # chunks on a side of the block
REACH = 1 << 20  # chunks

Spots = list[tuple[int, int]]


def spots_of(seed: int) -> tuple[Spots, Stream]:
    """The block of a world, by row, and the dice that go on from there."""
    dice = stream(seed, "agree", "benchmark")
    left, top = dice.between(-REACH, REACH), dice.between(-REACH, REACH)
    return [(left + dx, top + dy) for dy in range(SIDE) for dx in range(SIDE)], dice


def by_row(seed: int) -> list[str]:
    """The digests of a block's chunks, made in their order."""
    land = Land(seed)
    return [land.digest(*spot) for spot in spots_of(seed)[0]]


def on_threads(seed: int) -> list[str]:
    """The same, made in a random order by four threads of one land."""
    land = Land(seed)
    spots, dice = spots_of(seed)
    with ThreadPoolExecutor(4) as pool:
        found = {spot: pool.submit(land.digest, *spot) for spot in dice.shuffled(spots)}
    return [found[spot].result() for spot in spots]


def elsewhere(seed: int) -> list[str]:
    """The same, in the opposite order, and the first of them alone in a new land."""
    spots = spots_of(seed)[0]
    land = Land(seed)
    found = [land.digest(*spot) for spot in spots[::-1]]
    return [Land(seed).digest(*spots[0]), *found[-2::-1]]


def compare(worlds: int) -> tuple[dict[str, list[str]], int]:
    """The digests of every world, and how many differ, which are printed."""
    found, differ = {}, 0
    begun = time.monotonic()
    # Children of a fresh interpreter take their hash seed from the environment.
    os.environ["PYTHONHASHSEED"] = "2024"
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        others = pool.imap(elsewhere, range(worlds), chunksize=8)
        for seed, other in enumerate(others):
            found[str(seed)] = digests = by_row(seed)
            for way, theirs in (("on threads", on_threads(seed)), ("elsewhere", other)):
                for spot, one, two in zip(spots_of(seed)[0], digests, theirs, strict=True):
                    if one != two:
                        differ += 1
                        print(f"seed {seed}: chunk {spot} made {way} is {two}, not {one}")
            if seed % 50 == 49:
                print(f"{seed + 1} worlds, {time.monotonic() - begun:.0f} s", flush=True)
    chunks = worlds * SIDE * SIDE
    print(f"{differ} of {2 * chunks} digests differ from those of the {chunks} chunks made by row")
    return found, differ


def main() -> None:
    """Prints what was found; exits with 1 if anything differs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--worlds", type=int, help="default 50, or all that were kept")
    parser.add_argument("--write", type=Path, metavar="FILE")
    parser.add_argument("--read", type=Path, metavar="FILE")
    chosen = parser.parse_args()
    print(f"Python {platform.python_version()}, NumPy {np.__version__}, {platform.machine()}")
    if chosen.read:
        kept = json.loads(chosen.read.read_text(encoding="utf-8"))
        seeds = list(kept)[: chosen.worlds]
        wrong = [seed for seed in seeds if by_row(int(seed)) != kept[seed]]
        print(f"{len(seeds) - len(wrong)} of {len(seeds)} worlds have the digests of {chosen.read}")
        raise SystemExit(bool(wrong) or not seeds)
    found, differ = compare(chosen.worlds or 50)
    if chosen.write:
        chosen.write.write_text(json.dumps(found), encoding="utf-8")
    raise SystemExit(bool(differ))


if __name__ == "__main__":
    main()
