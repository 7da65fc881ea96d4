"""`aigc-procgen data`: data sets for training, out of art."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from aigc_procgen.core.errors import InvalidArgument
from aigc_procgen.core.random import typed_seed

from .common import ProgressLine

__all__ = ["add_parser", "run"]


def add_parser(subparsers: Any) -> None:
    """Adds `data` to the command's parser."""
    parser = subparsers.add_parser("data", help="make data sets for training", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    build = verbs.add_parser("build", help="build a set from art")
    sources = build.add_subparsers(dest="source", required=True)

    crawl = sources.add_parser(
        "crawl", help="terrain, sprites and characters from the CC0 tiles of Dungeon Crawl"
    )
    crawl.add_argument(
        "--from",
        dest="archive",
        metavar="PLACE",
        help="zip file or folder of github.com/crawl/tiles (default: download it)",
    )
    crawl.add_argument("--out", required=True, metavar="DIR", help="folder for the sets")
    crawl.add_argument(
        "--characters", type=int, default=40_000, metavar="N", help="figures to compose"
    )
    crawl.add_argument("--seed", default="0", help="another seed composes other figures")

    heads = sources.add_parser(
        "heads", help="portraits out of the CC0 pixel art of DiceBear, as our species"
    )
    heads.add_argument(
        "--from",
        dest="archive",
        metavar="PLACE",
        help="wheel of PyPI's dicebear-styles, or its pixel-art.json (default: download it)",
    )
    heads.add_argument("--out", required=True, metavar="DIR", help="folder for the set")
    heads.add_argument("--count", type=int, default=20_000, metavar="N", help="how many portraits")
    heads.add_argument("--seed", default="0", help="another seed composes other portraits")

    ninja = sources.add_parser(
        "ninja", help="a second style, 16 x 16: terrain, sprites and figures of Ninja Adventure"
    )
    ninja.add_argument(
        "--from",
        "--source",
        dest="archive",
        metavar="PLACE",
        help="zip or folder of sparklinlabs/superpowers-asset-packs (default: download it)",
    )
    ninja.add_argument("--out", required=True, metavar="DIR", help="folder for the sets")
    ninja.add_argument("--seed", default="0", help="another seed holds other figures out")

    names = sources.add_parser("names", help="lists of names by culture, this library's own")
    names.add_argument("--out", required=True, metavar="DIR", help="folder for the set")
    names.add_argument("--seed", default="0", help="another seed splices and holds out other names")

    layouts = sources.add_parser("layouts", help="layouts of rooms, out of drawings of our own")
    layouts.add_argument("--out", required=True, metavar="DIR", help="folder for the set")
    layouts.add_argument("--count", type=int, default=40_000, metavar="N", help="how many rooms")
    layouts.add_argument("--seed", default="0", help="another seed holds other drawings out")

    folder = sources.add_parser("folder", help="a set of your own PNG files or sprite sheets")
    folder.add_argument("path", metavar="PATH", help="folder (subfolder = class), zip or PNG sheet")
    folder.add_argument("--out", required=True, metavar="DIR", help="folder for the set")
    folder.add_argument("--grid", metavar="WxH", help="cut each picture into cells of W x H pixels")
    folder.add_argument("--kind", default="sprites", choices=("sprites", "tiles", "characters"))
    folder.add_argument("--size", type=int, default=32, help="side of a finished picture")
    walk = folder.add_argument_group(
        "characters", "one sheet a figure, a grid of pictures; the subfolder is their role"
    )
    walk.add_argument("--frames", type=int, default=4, help="pictures of a walk (default: 4)")
    walk.add_argument(
        "--directions",
        default="down,up,left,right",
        metavar="NAMES",
        help="in the sheet's order (default: down,up,left,right)",
    )
    walk.add_argument(
        "--columns",
        default="frames",
        choices=("frames", "directions"),
        help="what the columns of a sheet are; its rows are the other (default: frames)",
    )
    folder.add_argument("--licence", help="the pictures' licence, noted in the set and its packs")

    sheet = verbs.add_parser("sheet", help="draw real samples of a set as one picture")
    sheet.add_argument("set", metavar="SET.npz")
    sheet.add_argument("--out", required=True, metavar="PNG")
    sheet.add_argument("--count", type=int, default=64, help="how many samples")
    sheet.add_argument("--scale", type=int, default=3, help="how many times their size")
    sheet.add_argument("--seed", default="0", help="another seed draws other samples")
    parser.set_defaults(func=run)


def _grid(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    width, cross, height = text.lower().partition("x")
    if not cross or not width.isdecimal() or not height.isdecimal():
        raise InvalidArgument(f"--grid must be like 16x16, not {text!r}")
    return int(width), int(height)


def run(args: argparse.Namespace) -> int:
    """Builds or draws as the arguments say; returns the exit status."""
    from aigc_procgen.data import (
        build_crawl,
        build_folder,
        build_heads,
        build_ninja,
        draw_sheet,
    )

    if args.verb == "sheet":
        draw_sheet(
            args.set, args.out, count=args.count, scale=args.scale, seed=typed_seed(args.seed)
        )
        print(f"wrote {args.out}")
        return 0
    if args.source == "names":
        from aigc_procgen.data.names import build_names, read_names

        path = build_names(args.out, seed=typed_seed(args.seed))
        found = read_names(path)
        shown, held = (sum(map(len, part.values())) for part in (found.train, found.held))
        print(f"wrote {path}: {shown:,} names of {len(found.cultures)} cultures, {held:,} held out")
        return 0
    if args.source == "layouts":
        return _build_layouts(args)
    line = ProgressLine()
    try:
        if args.source == "crawl":
            sets = build_crawl(
                args.archive,
                args.out,
                characters=args.characters,
                seed=typed_seed(args.seed),
                progress=line,
            )
        elif args.source == "heads":
            sets = (
                build_heads(
                    args.archive,
                    args.out,
                    count=args.count,
                    seed=typed_seed(args.seed),
                    progress=line,
                ),
            )
        elif args.source == "ninja":
            sets = build_ninja(args.archive, args.out, seed=typed_seed(args.seed), progress=line)
        else:
            grid = _grid(args.grid)
            sets = (
                build_folder(
                    args.path,
                    args.out,
                    size=args.size,
                    grid=grid,
                    kind=args.kind,
                    frames=args.frames,
                    directions=tuple(name.strip() for name in args.directions.split(",")),
                    columns=args.columns,
                    licence=args.licence,
                    progress=line,
                ),
            )
    finally:
        line.end()
    for data in sets:
        place = Path(args.out) / f"{data.kind}.npz"
        left = len(data.sheet["left_out"])
        print(
            f"wrote {place}: {len(data.images):,} pictures from {data.sheet['files_used']:,} files"
            + (f"; {left} files could not be used, see {data.kind}.datasheet.json" if left else "")
        )
        if not data.sheet.get("verified", True):
            print("note: the files are not exactly those of the known commit", file=sys.stderr)
    return 0


def _build_layouts(args: argparse.Namespace) -> int:
    """Builds the set of layouts; returns the exit status."""
    from aigc_procgen.data.layouts import build_layouts, read_layout_set

    line = ProgressLine()
    try:
        path = build_layouts(args.out, count=args.count, seed=typed_seed(args.seed), progress=line)
    finally:
        line.end()
    found = read_layout_set(path)
    held = int(found.held_out.sum())
    print(
        f"wrote {path}: {len(found.tiles):,} rooms of {len(found.styles)} styles, {held:,} held out"
    )
    return 0
