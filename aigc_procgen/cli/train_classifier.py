"""`aigc-procgen train classifier`: a reader of one kind of pictures, by which a game chooses among
drawings; four minutes of one core.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aigc_procgen.core.errors import InvalidArgument
from aigc_procgen.core.manifest import KINDS

__all__ = ["train_reader"]

_TINY = 20_000  # pictures shown
_STEPS = 20  # between two looks at the bar


def train_reader(
    data: Path,
    folder: Path | None,
    *,
    images: int | None,
    seed: int,
    tiny: bool,
    command: str,
    progress_bar: Callable[[int, int], Any],
) -> int:
    """Trains on all of a set that is not held out, says how well what is held out is read, and
    writes the run's folder; returns the exit status.
    """
    from aigc_procgen.train.checkpoint import save_checkpoint
    from aigc_procgen.train.classifier import SHOWN, agreement, predict, train_classifier
    from aigc_procgen.train.features import read_reals

    if data.is_dir():
        raise InvalidArgument(
            f"--data must be a set's own file for a classifier, such as "
            f"{data / 'characters.npz'}, not the folder {str(data)!r}"
        )
    reals = read_reals(data, 1 << 20, 0)
    kind = f"{reals.kind}_classifier"
    if kind not in KINDS:
        raise InvalidArgument(f"--data must hold figures, heads or things, not {reals.kind}")
    shown = images or (_TINY if tiny else SHOWN)
    bar: Any = None

    def show(_what: str, done: int, total: int) -> None:
        nonlocal bar
        bar = bar or progress_bar(0, total)
        if done % _STEPS == 0 or done == total:
            bar(done, total, {})

    net = train_classifier(
        reals.training,
        reals.training_labels,
        [len(names) for names in reals.attributes.values()],
        # `score` reads by a network of seed 0: what it judges must not have been chosen by it.
        seed=seed + 1,
        shown=shown,
        progress=show,
    )
    shares = agreement(predict(net, reals.held[:, 0]), reals.held_labels)
    for attribute, share in zip(reals.attributes, shares, strict=True):
        if share is not None:
            print(f"{attribute:12} {share:.3f}")
    about = {
        "kind": kind,
        "size": int(reals.training.shape[1]),
        "attributes": {name: list(values) for name, values in reals.attributes.items()},
        "licence": reals.licence,
        "data": {"source": reals.source, "digest": reals.digest},
        "training": {
            "command": command,
            "arch": "classifier",
            "preset": "tiny" if tiny else "laptop",
            "images_shown": shown,
        },
    }
    folder = folder or Path(f"runs/{kind}")
    folder.mkdir(parents=True, exist_ok=True)
    weights = dict(net.state_dict())
    save_checkpoint(folder / "classifier.safetensors", weights, {"about": json.dumps(about)})
    print(f"{shown:,} pictures shown; what held-out ones are read as is above; {folder} written")
    return 0
