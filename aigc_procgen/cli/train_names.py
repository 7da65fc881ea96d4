"""`aigc-procgen train names`: the network of names, in a minute on one core."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from .common import changed

__all__ = ["train_names"]


def train_names(
    changes: dict[str, Any],
    data: Path,
    folder: Path,
    *,
    dry_run: bool,
    minutes: float | None,
    command: str,
    progress_bar: Callable[[int, int], Any],
) -> int:
    """Trains with `changes` of the usual settings; returns the exit status."""
    import json

    from aigc_procgen.data.names import KINDS
    from aigc_procgen.train.names import NameConfig, NameTrainer, bits_of_machine, bits_of_trigrams

    config = changed(NameConfig(), changes, "names")
    if dry_run:
        print(json.dumps(config.to_dict(), indent=1))
        return 0
    trainer = NameTrainer(config, data, folder, command=command)
    if trainer.shown:
        print(f"going on from name {trainer.shown:,} in {folder}")
    trainer.train(progress_bar(trainer.shown, config.names), minutes)
    machine = trainer.machine()
    print("bits a letter of held-out names    network  trigrams")
    for kind in ("", *KINDS):
        ours = bits_of_machine(machine, trainer.set.held, kind)
        theirs = bits_of_trigrams(trainer.set, kind)
        print(f"{kind or 'all':32} {ours:9.3f} {theirs:9.3f}")
    print(f"{trainer.shown:,} names shown; checkpoint, stats and names.net in {folder}")
    return 0
