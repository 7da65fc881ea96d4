"""`python -m aigc_procgen.world 42` draws a map of a seed in the terminal."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.errors import ProcgenError
from aigc_procgen.core.random import Seed

from .land import Land

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints a map in 24-bit colour, two map pixels a character, and the places in it."""
    parser = argparse.ArgumentParser(
        prog="python -m aigc_procgen.world", description="Draw a map of a seed in the terminal."
    )
    parser.add_argument("seed", nargs="?", default="42", help="a number or a text (default 42)")
    parser.add_argument("--at", nargs=2, type=int, metavar=("X", "Y"), help="middle of the map")
    parser.add_argument("--step", type=int, default=8, help="tiles a map pixel (default 8)")
    chosen = parser.parse_args(arguments)
    terminal = shutil.get_terminal_size()
    columns, rows = max(terminal.columns - 1, 20), max(terminal.lines - 6, 10)
    try:
        land = Land(_seed(chosen.seed))
        x, y = chosen.at or land.spawn()
        width, height = columns * chosen.step, 2 * rows * chosen.step
        left, top = x - width // 2, y - height // 2
        picture = land.overview(left, top, width, height, step=chosen.step)
        places = land.places(left, top, width, height)
    except ProcgenError as error:
        print(error, file=sys.stderr)
        return 1
    print(_text(picture))
    near = sorted(places, key=lambda place: (place.x - x) ** 2 + (place.y - y) ** 2)[:5]
    print(f"seed {chosen.seed}: {width} x {height} tiles around ({x}, {y}), {len(places)} places")
    print(", ".join(f"{place.name} ({place.kind})" for place in near))
    return 0


def _seed(text: str) -> Seed:
    try:
        return int(text)
    except ValueError:
        return text


def _text(picture: NDArray[np.uint8]) -> str:
    """Half blocks: the upper pixel as ink, the lower one as paper."""
    lines = []
    for upper, lower in zip(picture[::2], picture[1::2], strict=True):
        cells = [
            "\x1b[38;2;{};{};{}m\x1b[48;2;{};{};{}m▀".format(*one[:3], *two[:3])
            for one, two in zip(upper.tolist(), lower.tolist(), strict=True)
        ]
        lines.append("".join(cells) + "\x1b[0m")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
