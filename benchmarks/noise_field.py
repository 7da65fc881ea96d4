"""Our noise against the field's, in one run: `python benchmarks/noise_field.py`.

A 512 x 512 map of six octaves from our lattice, from a loop over `noise.pnoise2`, and from
pyfastnoiselite; then the cost of a whole chunk (land, roads, places, plants). Rounds are
interleaved and the best of each is taken, so a busy machine is unfair to nobody.
Rivals: `pip install -e ".[bench]"` (`noise` needs a C compiler).
"""

from __future__ import annotations

import argparse
import importlib
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from aigc_procgen.world.land import Land
from aigc_procgen.world.noise import Layer, fractals

SIZE, SHIFT, OCTAVES = 512, 7, 6


def ours() -> Callable[[], Any]:
    return lambda: fractals((Layer(5, SHIFT, OCTAVES),), 0, 0, SIZE, SIZE)


def noise_loop() -> Callable[[], Any]:
    pnoise2 = importlib.import_module("noise").pnoise2
    scale = 1 / (1 << SHIFT)
    return lambda: [
        [pnoise2(x * scale, y * scale, octaves=OCTAVES) for x in range(SIZE)] for y in range(SIZE)
    ]


def fast_noise_lite() -> Callable[[], Any]:
    library = importlib.import_module("pyfastnoiselite.pyfastnoiselite")
    made = library.FastNoiseLite(5)
    made.noise_type = library.NoiseType.NoiseType_OpenSimplex2
    made.fractal_type = library.FractalType.FractalType_FBm
    made.fractal_octaves = OCTAVES
    made.frequency = 1 / (1 << SHIFT)
    axis = np.arange(SIZE, dtype=np.float32)
    tiles = np.stack([grid.ravel() for grid in np.meshgrid(axis, axis)])
    return lambda: made.gen_from_coords(tiles)


def chunk_times(count: int) -> list[float]:
    """Seconds for each of the chunks of a square around the origin, of a new land."""
    land, times = Land(42), []
    for cy in range(-count // 2, count - count // 2):
        for cx in range(-count // 2, count - count // 2):
            start = time.perf_counter()
            land.chunk(cx, cy)
            times.append(time.perf_counter() - start)
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure noise fields and chunks.")
    parser.add_argument("--rounds", type=int, default=7, help="interleaved rounds (default 7)")
    rounds = max(1, parser.parse_args().rounds)
    runs: dict[str, Callable[[], Any]] = {}
    for name, make in (
        ("ours, integer gradient noise", ours),
        ("noise.pnoise2 in a loop", noise_loop),
        ("pyfastnoiselite OpenSimplex2", fast_noise_lite),
    ):
        try:
            runs[name] = make()
        except ImportError as error:
            print(f'{name} is not installed ({error.name}): pip install -e ".[bench]" brings it.')
    best = dict.fromkeys(runs, float("inf"))
    for _ in range(rounds):
        for name, run in runs.items():
            start = time.perf_counter()
            run()
            best[name] = min(best[name], time.perf_counter() - start)
    base = best["ours, integer gradient noise"]
    print(f"{SIZE} x {SIZE}, {OCTAVES} octaves, best of {rounds} interleaved rounds")
    for name, seconds in best.items():
        speed = SIZE * SIZE / seconds / 1e6
        times = f"{seconds / base:5.1f} x ours" if name[:4] != "ours" else ""
        print(f"  {name:30} {seconds * 1e3:8.2f} ms {speed:7.1f} M tiles/s  {times}")
    times = sorted(chunk_times(12))
    mean = sum(times) / len(times) * 1e3
    print(f"a whole 64 x 64 chunk, {len(times)} of a new land, roads and places included")
    print(
        f"  mean {mean:.2f} ms, median {times[len(times) // 2] * 1e3:.2f} ms, "
        f"the first and slowest {times[-1] * 1e3:.0f} ms"
    )


if __name__ == "__main__":
    main()
