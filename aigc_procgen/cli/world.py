"""`aigc-procgen world SEED`: a map of a seed's country, or a picture of it as a player sees it."""

from __future__ import annotations

import argparse
from functools import partial
from typing import Any

import aigc_procgen as procgen
from aigc_procgen.core.errors import InvalidArgument
from aigc_procgen.core.png import write_png
from aigc_procgen.core.random import typed_seed
from aigc_procgen.exporters.atlas import write_atlas

from .common import ProgressLine, add_pack, chosen_pack

__all__ = ["add_parser", "run"]


def add_parser(subparsers: Any) -> None:
    """Adds `world` to the command's parser."""
    parser = subparsers.add_parser("world", help="a map of a seed as a PNG", description=__doc__)
    parser.add_argument("seed", type=typed_seed)
    parser.add_argument(
        "--png", metavar="FILE", help="where the picture goes; missing folders are made"
    )
    parser.add_argument("--atlas", metavar="FOLDER", help="a map to zoom into, for a browser")
    parser.add_argument(
        "--x", type=int, help="west edge in tiles (default: the start in the middle)"
    )
    parser.add_argument("--y", type=int, help="north edge in tiles")
    parser.add_argument("--width", type=int, help="tiles (default: 1024, or 40 with --tiles)")
    parser.add_argument("--height", type=int, help="tiles (default: 1024, or 24 with --tiles)")
    parser.add_argument("--step", type=int, default=2, help="tiles a pixel of the map")
    parser.add_argument(
        "--tiles", action="store_true", help="draw it with the pack's tiles instead"
    )
    parser.add_argument(
        "--plain", action="store_true", help="the map alone: no borders, names, frame or legend"
    )
    parser.add_argument("--title", help="what stands above the map (default: the nearest town)")
    parser.add_argument(
        "--size", type=int, metavar="TILES", help="an island of that size, instead of endless land"
    )
    parser.add_argument(
        "--wrap", action="store_true", help="with --size: land that goes on at its other side"
    )
    add_pack(parser)
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Writes the map; returns the exit status."""
    if not (args.png or args.atlas):
        raise InvalidArgument("--png FILE or --atlas FOLDER must say where the map goes")
    world = procgen.world(args.seed, pack=chosen_pack(args), size=args.size, wrap=args.wrap)
    usual = (40, 24) if args.tiles else (1024, 1024)
    if args.size and not args.tiles and args.width is None and args.height is None:
        around = args.size if args.wrap else args.size * 5 // 4  # an island lies in its sea
        usual = (around, around)
        args.x = -usual[0] // 2 if args.x is None else args.x
        args.y = -usual[1] // 2 if args.y is None else args.y
    width = usual[0] if args.width is None else args.width
    height = usual[1] if args.height is None else args.height
    x, y = world.spawn()
    x = x - width // 2 if args.x is None else args.x
    y = y - height // 2 if args.y is None else args.y
    written: list[str] = []
    if args.png:
        if args.tiles:
            picture = world.image(x, y, width, height)
        elif args.plain:
            picture = world.overview(x, y, width, height, step=args.step)
        else:
            picture = world.map(x, y, width, height, step=args.step, title=args.title)
        write_png(args.png, picture)
        written.append(args.png)
    if args.atlas:
        line = ProgressLine()
        area = (x, y, width, height)
        try:
            page = write_atlas(
                world, args.atlas, *area, title=args.title, report=partial(line, "pictures")
            )
        finally:
            line.end()
        written.append(str(page))
    places = world.places(x, y, width, height)
    for path in written:
        print(f"wrote {path}: tiles {x}..{x + width - 1}, {y}..{y + height - 1}")
    for place in places[:20]:
        print(f"  {place.kind:8} {place.name} at {place.x}, {place.y}")
    if len(places) > 20:
        print(f"  and {len(places) - 20} places more")
    return 0
