"""What several verbs share: the pack's argument, and a line that says how far the work is."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from aigc_procgen.core.errors import InvalidArgument
from aigc_procgen.core.pack import Pack, load_pack
from aigc_procgen.core.records import Record

__all__ = ["ProgressLine", "add_language", "add_pack", "changed", "chosen_pack"]

Settings = TypeVar("Settings", bound=Record)


def add_language(parser: argparse.ArgumentParser) -> None:
    """Adds `--language`; an unknown one is refused by what is asked for words."""
    parser.add_argument(
        "--language", default="en", help="of the words: en or zh, Chinese (default: en)"
    )


def add_pack(parser: argparse.ArgumentParser) -> None:
    """Adds `--pack`."""
    parser.add_argument("--pack", help="a pack's folder or zip (default: the one that ships)")


def chosen_pack(args: Any) -> Pack | None:
    """The pack named, or None for the default one."""
    return load_pack(args.pack) if args.pack else None


def changed(config: Settings, changes: Mapping[str, Any], what: str) -> Settings:
    """The configuration of a run of `what` with changes; `InvalidArgument` if it has no such
    setting.
    """
    settings = config.to_dict()
    if unknown := sorted(set(changes) - set(settings)):
        raise InvalidArgument(
            f"a run of {what} has no setting {unknown[0]!r}, it has {', '.join(sorted(settings))}"
        )
    # Every record is a dataclass, which its base cannot say.
    return replace(config, **changes)  # type: ignore[type-var]


class ProgressLine:
    """One line on stderr that says how far the work is; on no terminal, a line now and then."""

    def __init__(self) -> None:
        self.live = sys.stderr.isatty()
        self.shown = 0.0
        self.started = time.monotonic()

    def __call__(self, what: str, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self.shown < (0.1 if self.live else 5.0) and done < total:
            return
        self.shown = now
        text = f"{what}: {done:,} of {total:,} ({now - self.started:.0f} s)"
        if self.live:
            print(f"\r{text:<60}", end="", file=sys.stderr, flush=True)
        else:
            print(text, file=sys.stderr)

    def end(self) -> None:
        """Ends the line."""
        if self.live and self.shown:
            print(file=sys.stderr)
