"""The parser of `aigc-procgen` and its way of failing: one sentence, no traceback."""

from __future__ import annotations

import argparse
import sys

from aigc_procgen._version import __version__
from aigc_procgen.core.errors import ProcgenError

from . import (
    character,
    data,
    demo,
    doctor,
    dungeon,
    export,
    lore,
    names,
    pack,
    quest,
    score,
    sprites,
    train,
    world,
)

__all__ = ["main"]

_VERBS = (
    world,
    dungeon,
    character,
    sprites,
    quest,
    lore,
    names,
    demo,
    data,
    train,
    export,
    pack,
    score,
    doctor,
)


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; returns the exit status (2 when it cannot do what was asked)."""
    parser = argparse.ArgumentParser(
        prog="aigc-procgen",
        description="One seed in, a whole playable place out: land, art, people, quests.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    subparsers = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for verb in _VERBS:
        verb.add_parser(subparsers)
    args = parser.parse_args(arguments)
    try:
        return int(args.func(args))
    except KeyboardInterrupt:
        print("stopped; what was finished is kept", file=sys.stderr)
        return 130
    except BrokenPipeError:
        return 0  # the reader, `head` say, has seen enough
    except (ProcgenError, OSError) as error:
        print(f"aigc-procgen: {error}", file=sys.stderr)
        return 2
