"""`aigc-procgen demo`: the pygame game."""

from __future__ import annotations

import argparse
from typing import Any

from aigc_procgen.demo_game.start import make_parser
from aigc_procgen.demo_game.start import run as play

__all__ = ["add_parser", "run"]


def add_parser(subparsers: Any) -> None:
    """Adds `demo` to the command's parser."""
    make_parser(subparsers.add_parser("demo", help="play a game made of one seed"))
    subparsers.choices["demo"].set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Plays; returns the exit status."""
    return play(args)
