"""Many dungeons made, replayed, solved anew and searched for a way to lose:
`python benchmarks/dungeons.py --count 1000`.

First with the usual controls, then with random ones: sizes from 11 x 7 to 256 x 256 (small ones
more often), floors, locks, monsters, treasures, themes, and lengths from the least to the greatest
that fit. Whatever goes wrong is printed with its seed. Then how much maps differ: the share of
tiles (13 kinds, or what stands there) that differ between two dungeons, over random pairs; and the
same of solutions: 1 - `difflib` ratio of the tiles walked, as PCG Benchmark's zelda measures it.
"""

from __future__ import annotations

import argparse
import multiprocessing
import re
import time
from collections import Counter
from difflib import SequenceMatcher
from hashlib import blake2b
from typing import Any

import aigc_procgen as procgen
from aigc_procgen.core.random import Stream, stream
from aigc_procgen.dungeon.rules import Board, Play
from aigc_procgen.dungeon.themes import themes


def random_controls(seed: int) -> dict[str, Any]:
    dice = stream(seed, "random controls")
    sides = [7 << dice.below(3), 7 << dice.below(4), 7 << dice.below(5), 7 << dice.below(6)]
    width = min(max(11, dice.between(7, 2 * max(sides))), 256)
    height = min(max(7, dice.between(7, 2 * dice.choice(sides))), 256)
    asked: dict[str, Any] = {"width": width, "height": height}
    asked["floors"] = dice.weighted((1, 2, 3, 5), (6, 2, 1, 1))
    asked["locks"] = dice.below(1 + dice.choice((2, 4, 8, 24)))
    asked["monsters"] = dice.below(1 + dice.choice((2, 12, 40)))
    asked["treasures"] = dice.below(1 + dice.choice((2, 8, 20)))
    asked["theme"] = dice.choice(sorted(themes().themes))
    if dice.chance(1, 2):
        low, high = length_range(asked)
        if low <= high:
            asked["length"] = dice.between(low, min(high, dice.choice((low * 4, high))))
    return asked


def length_range(asked: dict[str, Any]) -> tuple[int, int]:
    """What the library's own advice says can be had."""
    try:
        procgen.dungeon(0, **asked, length=1 << 20)
    except procgen.InvalidArgument as error:
        found = re.search(r"between (\d+) and (\d+)", str(error))
        return (int(found[1]), int(found[2])) if found else (1, 0)
    raise AssertionError("a length of a million fits nowhere")


def examine(seed: int, asked: dict[str, Any]) -> dict[str, Any]:
    """What came of one dungeon."""
    start = time.perf_counter()
    try:
        dungeon = procgen.dungeon(seed, **asked)
    except procgen.InvalidArgument as error:
        return {"refused": re.sub(r"\d+", "N", str(error)).split(" for ")[0]}
    except Exception as error:
        return {"problem": repr(error)}
    made = time.perf_counter()
    proof = dungeon.proof
    proven = time.perf_counter()
    found: dict[str, Any] = {
        "replayed": proof.replayed,
        "solved": proof.solved,
        "softlock_free": proof.softlock_free,
        "all_reachable": proof.all_reachable,
        "nodes": proof.solver_nodes,
        "states": proof.states,
        "drops": proof.drops,
        "made": made - start,
        "proven": proven - made,
        "tiles": dungeon.tiles.size,
        "digest": blake2b(dungeon.tiles.tobytes(), digest_size=12).digest(),
        "shared": len({way.opener for way in dungeon.locks}) < len(dungeon.locks),
    }
    counts = [len(dungeon.locks), len(dungeon.of_kind("monster", "guardian"))]
    counts.append(len(dungeon.of_kind("treasure")))
    wanted = [asked.get("locks", 2), asked.get("monsters", 8), asked.get("treasures", 4)]
    found["counts"] = counts == wanted and dungeon.theme == asked.get("theme", dungeon.theme)
    length = asked.get("length")
    if length is not None:
        found["length"] = abs(len(dungeon.solution) - length) * 10 <= length
        found["exact"] = len(dungeon.solution) == length
    return found


def job(task: tuple[int, bool]) -> tuple[int, dict[str, Any], dict[str, Any]]:
    seed, varied = task
    asked = random_controls(seed) if varied else {}
    return seed, asked, examine(seed, asked)


def survey(pool: Any, first: int, count: int, varied: bool) -> None:
    tally: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    times: dict[str, list[float]] = {"made": [], "proven": [], "rate": []}
    most = dict.fromkeys(("nodes", "states", "drops"), 0)
    digests = set()
    tasks = ((seed, varied) for seed in range(first, first + count))
    begun = time.monotonic()
    results = pool.imap_unordered(job, tasks, chunksize=32)
    for number, (seed, asked, found) in enumerate(results, 1):
        if number % 1000 == 0:
            print(f"{number} seeds, {time.monotonic() - begun:.0f} s", flush=True)
        if "refused" in found:
            refused[found["refused"]] += 1
            continue
        tally["made"] += 1
        if "problem" in found:
            tally["exceptions"] += 1
            print(f"seed {seed} {asked}: {found['problem']}")
            continue
        digests.add(found["digest"])
        checks = ("replayed", "solved", "softlock_free", "all_reachable", "counts", "length")
        for check in (*checks, "exact", "shared"):
            tally[check] += bool(found.get(check))
        tally["asked for a length"] += "length" in found
        if not all(found.get(check, True) for check in checks):
            print(f"seed {seed} {asked}: {found}")
        for name in most:
            most[name] = max(most[name], found[name])
        times["made"].append(found["made"] * 1000)
        times["proven"].append(found["proven"] * 1000)
        times["rate"].append(found["made"] * 1e6 / found["tiles"])
    print(f"\n{count} seeds with {'random' if varied else 'the usual'} controls")
    made = tally["made"]
    for check in ("replayed", "solved", "softlock_free", "all_reachable", "counts"):
        print(f"  {check.replace('_', ' '):20} {tally[check]} of {made}")
    print(f"  {'length within 10 %':20} {tally['length']} of {tally['asked for a length']}")
    print(f"  {'length to the step':20} {tally['exact']} of {tally['asked for a length']}")
    print(f"  {'exceptions':20} {tally['exceptions']}")
    print(f"  {'equal maps':20} {made - tally['exceptions'] - len(digests)}")
    print(f"  {'doors share a key':20} {tally['shared']}")
    print("  most " + ", ".join(f"{name} {number}" for name, number in most.items()))
    for name, values in times.items():
        ranked = sorted(values) or [0.0]
        middle, late = ranked[len(ranked) // 2], ranked[len(ranked) * 99 // 100]
        unit = "µs a tile" if name == "rate" else "ms"
        print(f"  {name:8} median {middle:.2f} {unit}, 99 % under {late:.2f} {unit}")
    for reason, number in refused.most_common():
        print(f"  refused {number}: {reason} …")


def walked(dungeon: procgen.Dungeon) -> str:
    """The tiles of the solution as text, turned so that it starts in the north-west."""
    play = Play(Board(dungeon))
    spots = [play.spot]
    for step in dungeon.solution:
        play.do(step)
        spots.append(play.spot)
    flip_x = spots[0][0] * 2 > dungeon.width
    flip_y = spots[0][1] * 2 > dungeon.height
    return "|".join(
        f"{dungeon.width - 1 - x if flip_x else x},{dungeon.height - 1 - y if flip_y else y}"
        for x, y, _ in spots
    )


def diversity(count: int, dice: Stream) -> None:
    small: dict[str, Any] = {"width": 11, "height": 7, "locks": 1, "monsters": 3, "treasures": 1}
    usual: dict[str, Any] = {}
    for name, asked in (
        ("48 x 32", usual),
        ("11 x 7", small),
    ):
        dungeons = [procgen.dungeon(seed, **asked) for seed in range(count)]
        texts, walks = [d.text() for d in dungeons], [walked(d) for d in dungeons]
        maps, ways = 0.0, 0.0
        pairs = 4 * count
        for _ in range(pairs):
            one = dice.below(count)
            other = (one + 1 + dice.below(count - 1)) % count
            differ = sum(a != b for a, b in zip(texts[one], texts[other], strict=True))
            maps += differ / dungeons[0].tiles.size / pairs
            ratio = SequenceMatcher(None, walks[one], walks[other]).ratio()
            ways += min((1 - ratio) / 0.3, 1) / pairs
        print(f"{name}: two maps differ in {maps:.0%} of their tiles; walks, PCG scale: {ways:.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Make and prove many dungeons.")
    parser.add_argument("--count", type=int, default=1000, help="seeds (default 1000)")
    parser.add_argument("--random", type=int, help="seeds with random controls (default: as many)")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--workers", type=int, default=1)
    args = parser.parse_args()
    with multiprocessing.Pool(args.workers) as pool:
        varied = args.count if args.random is None else args.random
        for count, random in ((args.count, False), (varied, True)):
            if count:
                survey(pool, args.first, count, random)
    diversity(120, stream("pairs"))


if __name__ == "__main__":
    main()
