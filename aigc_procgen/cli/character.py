"""`aigc-procgen character SEED`: one person, in words and as a picture."""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np

import aigc_procgen as procgen
from aigc_procgen.core.png import sheet, write_png
from aigc_procgen.core.random import typed_seed
from aigc_procgen.story.tables import load_table

from .common import add_language, add_pack, chosen_pack

__all__ = ["add_parser", "run"]


def add_parser(subparsers: Any) -> None:
    """Adds `character` to the command's parser."""
    parser = subparsers.add_parser("character", help="one person of a seed", description=__doc__)
    parser.add_argument("seed", type=typed_seed)
    parser.add_argument("--role", help="ranger, smith, … (default: drawn)")
    parser.add_argument("--json", action="store_true", help="print the whole record as JSON")
    parser.add_argument(
        "--png", metavar="FILE", help="sprite, walk and portrait; missing folders are made"
    )
    add_language(parser)
    add_pack(parser)
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Prints the person; returns the exit status."""
    person = procgen.character(args.seed, args.role, pack=chosen_pack(args))
    told = procgen.describe(args.seed, person, language=args.language)
    if args.json:
        print((person if args.language == "en" else told).to_json())
    else:
        words = load_table("printed", args.language)
        print(
            words["person"].format(
                name=told.name, species=told.species, role=told.role, age=person.age
            )
        )
        print(words["between"].join(told.traits))
        if args.language == "en":  # what the picture shows are names of the art's, not words
            print(", ".join(f"{name} {value}" for name, value in person.attributes.items()))
        print(told.backstory)
    if args.png:
        pictures = np.concatenate([person.sprite[None], person.walk, person.portrait[None]])
        write_png(args.png, sheet(pictures, 6, 4))
        print(f"wrote {args.png}")
    return 0
