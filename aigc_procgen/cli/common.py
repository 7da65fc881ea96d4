"""What several verbs share: the seed's argument, the pack's, and where pictures go."""

from __future__ import annotations

import argparse
from typing import Any

from aigc_procgen.core.pack import Pack, load_pack
from aigc_procgen.core.random import Seed

__all__ = ["add_pack", "chosen_pack", "seed"]


def seed(text: str) -> Seed:
    """A seed as typed: digits are a number, all else is a text."""
    return int(text) if text.lstrip("-").isdecimal() and text.count("-") < 2 else text


def add_pack(parser: argparse.ArgumentParser) -> None:
    """Adds `--pack`."""
    parser.add_argument("--pack", help="a pack's folder or zip (default: the one that ships)")


def chosen_pack(args: Any) -> Pack | None:
    """The pack named, or None for the default one."""
    return load_pack(args.pack) if args.pack else None
