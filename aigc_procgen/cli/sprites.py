"""`aigc-procgen sprites SEED CATEGORY`: items, features or monsters as PNG files."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import aigc_procgen as procgen
from aigc_procgen.core.colours import COLOURS
from aigc_procgen.core.errors import check_int
from aigc_procgen.core.png import sheet, write_png
from aigc_procgen.core.random import typed_seed

from .common import add_pack, chosen_pack

__all__ = ["add_parser", "run"]


def add_parser(subparsers: Any) -> None:
    """Adds `sprites` to the command's parser."""
    parser = subparsers.add_parser(
        "sprites", help="items, features or monsters as PNG files", description=__doc__
    )
    parser.add_argument("seed", type=typed_seed)
    parser.add_argument("category", help="potion, sword, tree, dragon, …")
    parser.add_argument("--count", type=int, default=8, help="drawings (default 8)")
    parser.add_argument("--colour", help=f"of a colour: {', '.join(COLOURS)}")
    parser.add_argument("--png", metavar="FILE", help="all on one sheet, four times as large")
    parser.add_argument("--out", metavar="FOLDER", help="one file each, as large as they are drawn")
    add_pack(parser)
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Writes the pictures; returns the exit status."""
    if not (args.png or args.out):
        raise procgen.InvalidArgument("say where to write: --png FILE for a sheet, --out FOLDER")
    drawn = procgen.sprites(
        args.seed,
        args.category,
        check_int("count", args.count, 1, 4096),
        colour=args.colour,
        pack=chosen_pack(args),
    )
    if args.png:
        write_png(args.png, sheet(drawn, min(len(drawn), 12), 4))
        print(f"wrote {args.png}")
    if args.out:
        for number, picture in enumerate(drawn):
            write_png(Path(args.out) / f"{args.category}_{number:03}.png", picture)
        print(f"wrote {args.out}: {len(drawn)} of {args.category}")
    return 0
