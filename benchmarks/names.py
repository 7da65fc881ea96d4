"""Names by the network against a rival's Markov chains, in one run: `python benchmarks/names.py`.

Both know the same lists of names that were written by hand (`aigc-procgen data build names`). Ours
must be fit to be said, decent, and sound more like their culture than like any other; the rival,
namemaker, uses chains of order 2 and refuses names that are in its list. Processor time a name:
median and 99th percentile of fresh names, rounds interleaved. Then, of 300 draws for each of nine
cultures, how many differ, and how many are in the lists.
Rivals: `pip install -e ".[bench]"`.
"""

from __future__ import annotations

import argparse
import importlib
import statistics
import tempfile
import time
from collections.abc import Callable
from typing import Any

import aigc_procgen as procgen
from aigc_procgen.core.random import stream
from aigc_procgen.data.names import build_names, read_names
from aigc_procgen.story.names import person_name
from aigc_procgen.story.place_names import place_name
from aigc_procgen.story.spelling import spell

KINDS = ("female", "male", "place", "weapon", "kingdom")


def rivals() -> dict[tuple[str, str], Callable[[], str]]:
    """A maker of names for every list, of order 2 as its author advises for short lists."""
    namemaker: Any = importlib.import_module("namemaker")
    with tempfile.TemporaryDirectory() as folder:
        written = read_names(build_names(folder)).written
    sets = {place: namemaker.NameSet(names, order=2) for place, names in written.items()}
    return {
        place: lambda made=made: made.make_name(add_to_history=False, exclude_history=False)
        for place, made in sets.items()
    }


def timed(make: Callable[[], object]) -> float:
    """Processor time of one name in milliseconds."""
    begun = time.process_time_ns()
    make()
    return (time.process_time_ns() - begun) / 1e6


def line(title: str, times: list[float]) -> str:
    """Median and 99th percentile."""
    return f"{title:34}{statistics.median(times):8.3f}{statistics.quantiles(times, n=100)[98]:8.3f}"


def main() -> None:
    """Prints both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--names", type=int, default=300, help="of each culture and kind")
    count = parser.parse_args().names
    makers = rivals()
    ours: dict[str, list[float]] = {}
    theirs: list[float] = []
    drawn: dict[str, list[tuple[str, str, str]]] = {"ours": [], "namemaker": []}
    place_name(0, "town:0:0", "town")  # tables are read, families shuffled
    for culture in procgen.cultures():
        person_name(0, "npc:town:0:0:0", culture)
    for turn in range(count):
        for at, culture in enumerate(procgen.cultures()):
            kind = KINDS[turn % len(KINDS)]
            dice = stream("benchmark", turn, culture)
            found = ""

            def spelt(dice: Any = dice, culture: str = culture, kind: str = kind) -> None:
                nonlocal found
                found = spell(dice, culture, kind).name

            ours.setdefault("one word by the network", []).append(timed(spelt))
            if found:
                drawn["ours"].append((culture, kind, found))

            def person(turn: int = turn, culture: str = culture) -> str:
                return person_name(
                    0, f"npc:town:{turn % 12}:{turn // 12 % 12}:{turn % 18}", culture
                )

            ours.setdefault("a person of a world", []).append(timed(person))

            def place(turn: int = 9 * turn + at) -> str:
                return place_name(0, f"village:{turn % 32}:{turn // 32}", "village")

            ours.setdefault("a place of a world", []).append(timed(place))

            def rival(maker: Callable[[], str] = makers[culture, kind]) -> None:
                nonlocal found
                found = maker()

            theirs.append(timed(rival))
            drawn["namemaker"].append((culture, kind, found))
    print(f"{'milliseconds of processor time':34}{'median':>8}{'p99':>8}")
    for title, times in ours.items():
        print(line(title, times))
    print(line("namemaker, one word", theirs))
    ratio = statistics.median(theirs) / statistics.median(ours["one word by the network"])
    print(f"namemaker's median is {ratio:.2f} of ours")
    with tempfile.TemporaryDirectory() as folder:
        found_set = read_names(build_names(folder))
    for title, names in drawn.items():
        known = sum(
            name in {*found_set.written[culture, kind], *found_set.held[culture, kind]}
            for culture, kind, name in names
        )
        print(
            f"{title}: {len(names)} draws, {len(set(names)) / len(names):.0%} differ, "
            f"{known / len(names):.0%} stand in the lists"
        )


if __name__ == "__main__":
    main()
