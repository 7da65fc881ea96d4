"""`aigc-procgen train layouts`: the network of layouts, in half an hour on one core."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from .common import changed

__all__ = ["train_layouts"]


def train_layouts(
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

    from aigc_procgen.data.layout_scores import score_layouts
    from aigc_procgen.train.layouts import LayoutConfig, LayoutTrainer

    config = changed(LayoutConfig(), changes, "layouts")
    if dry_run:
        print(json.dumps(config.to_dict(), indent=1))
        return 0
    trainer = LayoutTrainer(config, data, folder, command=command)
    if trainer.shown:
        print(f"going on from room {trainer.shown:,} in {folder}")
    trainer.train(progress_bar(trainer.shown, config.rooms), minutes)
    scores = score_layouts(trainer.machine(), trainer.set)
    for name, value in scores.items():
        print(f"{name:24} {value:.3f}")
    print(f"{trainer.shown:,} rooms shown; checkpoint, stats and layouts.net in {folder}")
    return 0
