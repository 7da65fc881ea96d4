"""`aigc-procgen names`: names of people, places, inns, weapons and kingdoms by culture."""

from __future__ import annotations

import argparse
from typing import Any

import aigc_procgen as procgen
from aigc_procgen.core.random import typed_seed

__all__ = ["add_parser", "run"]


def add_parser(subparsers: Any) -> None:
    """Adds `names` to the command's parser."""
    parser = subparsers.add_parser(
        "names", aliases=["name"], help="names by culture, one a line", description=__doc__
    )
    parser.add_argument("seed", type=typed_seed, nargs="?", default=0, help="default: 0")
    parser.add_argument("--kind", default="person", help=", ".join(procgen.NAME_KINDS))
    parser.add_argument(
        "--culture", help="of which people (default: drawn); a wrong one is told what there are"
    )
    parser.add_argument("--count", type=int, default=10, help="how many (default: 10)")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Prints the names; returns the exit status."""
    for name in procgen.names(args.seed, args.kind, args.count, culture=args.culture):
        print(name)
    return 0
