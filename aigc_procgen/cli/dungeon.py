"""`aigc-procgen dungeon SEED`: a dungeon as text, and as a picture of what a player would see."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import aigc_procgen as procgen
from aigc_procgen.core.png import write_png
from aigc_procgen.core.random import typed_seed
from aigc_procgen.dungeon.controls import LAYOUTS
from aigc_procgen.dungeon.themes import themes

from .common import add_pack, chosen_pack

__all__ = ["add_parser", "run"]


def add_parser(subparsers: Any) -> None:
    """Adds `dungeon` to the command's parser."""
    parser = subparsers.add_parser("dungeon", help="a dungeon of a seed", description=__doc__)
    parser.add_argument("seed", type=typed_seed)
    parser.add_argument("--width", type=int, default=48, help="tiles (default: 48)")
    parser.add_argument("--height", type=int, default=32, help="tiles (default: 32)")
    parser.add_argument("--floors", type=int, default=1)
    parser.add_argument("--locks", type=int, default=2)
    parser.add_argument("--monsters", type=int, default=8)
    parser.add_argument("--treasures", type=int, default=4)
    parser.add_argument("--length", type=int, help="steps of the solution, within a tenth")
    parser.add_argument("--theme", choices=sorted(themes().themes), help="(default: by the seed)")
    parser.add_argument(
        "--layouts",
        default="auto",
        choices=LAYOUTS,
        help="who lays rooms out: a network, rules, or in each theme the better one (default)",
    )
    parser.add_argument("--png", metavar="FILE", help="a file a floor; missing folders are made")
    parser.add_argument("--json", action="store_true", help="print the whole record as JSON")
    add_pack(parser)
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Prints the dungeon; returns the exit status."""
    dungeon = procgen.dungeon(
        args.seed,
        width=args.width,
        height=args.height,
        floors=args.floors,
        locks=args.locks,
        monsters=args.monsters,
        treasures=args.treasures,
        length=args.length,
        theme=args.theme,
        layouts=args.layouts,
    )
    if args.json:
        print(dungeon.to_json())
    else:
        for floor in range(dungeon.floors):
            print(dungeon.text(floor), end="\n\n")
        _tell(dungeon)
    if args.png:
        for floor in range(dungeon.floors):
            path = Path(args.png)
            if dungeon.floors > 1:
                path = path.with_stem(f"{path.stem}-{floor + 1}")
            write_png(path, procgen.dungeon_picture(dungeon, floor, pack=chosen_pack(args)))
            if not args.json:
                print(f"wrote {path}")
    return 0 if args.json or dungeon.proof.holds else 1


def _tell(dungeon: procgen.Dungeon) -> None:
    signs = "@ start  ! goal  G guardian  m monster  $ treasure  k key  l lever  ^ trap  o ornament"
    ways = "X lock  H gate  | bar  v drop  ? secret  + door  > < stairs  ~ pool  = bridge"
    print(f"{signs}\n{ways}\n")
    print(f"{dungeon.theme}: {len(dungeon.rooms)} rooms, {len(dungeon.solution)} steps")
    for way in dungeon.locks:
        used = ", used up" if way.spent else ""
        print(f"  {way.kind} at {way.x}, {way.y} (floor {way.floor + 1}): {way.opener}{used}")
    styles = sorted({room.style for room in dungeon.rooms} - {""})
    if styles:
        print(f"  rooms laid out by the network: {', '.join(styles)}")
    proof = dungeon.proof
    print(
        f"solution {'replayed' if proof.replayed else 'BROKEN'}; solver: "
        f"{f'{proof.solver_steps} steps' if proof.solved else 'FAILED'} in {proof.solver_nodes} "
        f"nodes; {'cannot be lost' if proof.softlock_free else 'CAN BE LOST'} "
        f"({proof.states} states, {proof.drops} drops)"
    )
