"""`aigc-procgen lore SEED`: what a place has come through, and what can be read and heard there."""

from __future__ import annotations

import argparse
from typing import Any

import aigc_procgen as procgen
from aigc_procgen.core.random import typed_seed
from aigc_procgen.story.tables import check_language

from .common import add_language

__all__ = ["add_parser", "run"]


def add_parser(subparsers: Any) -> None:
    """Adds `lore` to the command's parser."""
    parser = subparsers.add_parser(
        "lore", help="a place's history, its sign, rumours and a book", description=__doc__
    )
    parser.add_argument("seed", type=typed_seed)
    parser.add_argument("--kind", default="town", help="of which kind of place (default: town)")
    add_language(parser)
    parser.add_argument("--json", action="store_true", help="print the history's record as JSON")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Prints the lore of the place nearest to the middle of the world; returns the exit status."""
    language = check_language(args.language)
    world = procgen.world(args.seed)
    place = world.nearest(args.kind)
    history = world.history(place)
    if args.json:
        print(history.to_json())
        return 0
    print(f"{place.name}, {place.kind}, {history.founded} to {history.ended or history.year}")
    for tone in ("chronicle", "tavern"):
        _section(tone, history.told(tone, language=language))
    _section("sign", world.sign(place, language=language).text)
    rumours = world.rumours(place, language=language)
    _section("rumours", "\n".join(f"- {one.text} ({one.truth})" for one in rumours))
    for book in world.books(place, language=language)[:1]:
        _section(f"{book.title}, by {book.author_name}, {book.year}", book.pages[0])
    return 0


def _section(title: str, text: str) -> None:
    print(f"\n== {title}\n{text}")
