"""What several verbs share: the pack's argument."""

from __future__ import annotations

import argparse
from typing import Any

from aigc_procgen.core.pack import Pack, load_pack

__all__ = ["add_pack", "chosen_pack"]


def add_pack(parser: argparse.ArgumentParser) -> None:
    """Adds `--pack`."""
    parser.add_argument("--pack", help="a pack's folder or zip (default: the one that ships)")


def chosen_pack(args: Any) -> Pack | None:
    """The pack named, or None for the default one."""
    return load_pack(args.pack) if args.pack else None
