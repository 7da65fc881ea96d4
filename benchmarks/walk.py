"""A long walk: memory, and how long a game waits for land: `python benchmarks/walk.py`.

A straight walk over chunks nobody has seen; at every chunk a game asks for the land around it and
then has some milliseconds of its own to do. With `World.prefetch` the chunks ahead are made in that
time. Prints memory at every tenth of the walk, then the waits of both walks and their ratio.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import time

import aigc_procgen as procgen
from aigc_procgen.world.chunk import CHUNK


def resident() -> int:
    """MiB of memory that the process has now; the most it had where that is not known."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * resource.getpagesize() >> 20
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


def walk(seed: str, chunks: int, *, workers: int, pause: float, show: bool) -> list[float]:
    """Milliseconds that a game waited at each chunk of a walk eastwards."""
    waits = []
    with procgen.world(seed, workers=workers) as world:
        x, y = world.spawn()
        world.terrain(x, y, CHUNK, CHUNK)
        for step in range(1, chunks + 1):
            x += CHUNK
            world.prefetch(x + 2 * CHUNK, y, CHUNK)
            begun = time.perf_counter()
            world.terrain(x, y, CHUNK, CHUNK)
            waits.append((time.perf_counter() - begun) * 1000)
            time.sleep(pause)
            if show and step % max(1, chunks // 10) == 0:
                print(f"{step:>7} steps: {resident()} MiB", flush=True)
    return waits


def main() -> None:
    """Walks with and without threads."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chunks", type=int, default=1000)
    parser.add_argument("--pause", type=float, default=0.1, help="seconds of play at every chunk")
    parser.add_argument("--memory", type=int, default=0, help="only a walk of so many, no pauses")
    args = parser.parse_args()
    if args.memory:
        walk("walk", args.memory, workers=0, pause=0, show=True)
        return
    with_threads = walk("walk", args.chunks, workers=1, pause=args.pause, show=False)
    without = walk("walk", args.chunks, workers=0, pause=args.pause, show=False)
    for title, waits in (("prefetch", with_threads), ("none", without)):
        cut = statistics.quantiles(waits, n=100)
        print(f"{title:10} median {statistics.median(waits):7.2f} ms, p99 {cut[98]:7.2f} ms")
    ratio = statistics.median(with_threads) / statistics.median(without)
    print(f"with prefetch a game waits {ratio:.3f} times as long (medians)")


if __name__ == "__main__":
    main()
