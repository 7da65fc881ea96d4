"""Small data sets of our own making, for the tests of training and export."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

SMALL = {
    "widths": (8, 8, 8),
    "fine": 4,
    "batch": 4,
    "colours": 12,
    "images": 48,
    "burn_in": 48,
    "snapshot": 16,
    "penalty_interval": 2,
}


def train_run(folder: Path, kind: str, **changes: object) -> Path:
    """Trains on a set of the kind in `folder` for a moment; returns the run's folder."""
    from aigc_procgen.train.config import preset
    from aigc_procgen.train.trainer import Trainer

    data = write_set(folder / "set.npz", kind)
    config = preset(kind, "tiny", **{**SMALL, **changes})
    Trainer(config, data, folder / "run", "cpu").train()
    return folder / "run"


def write_set(path: Path, kind: str = "characters", count: int = 24) -> Path:
    """Writes `count` pictures of coloured boxes whose labels say colour and height."""
    rng = np.random.default_rng(7)
    images = np.zeros((count, 32, 32, 4), np.uint8)
    colours = np.array([(200, 40, 40), (40, 200, 40), (40, 40, 200)], np.uint8)
    labels = np.stack([np.arange(count) % 3, rng.integers(2, size=count)], 1).astype(np.uint8)
    for image, (colour, tall) in zip(images, labels, strict=True):
        image[4 if tall else 16 : 28, 8:24, :3] = colours[colour]
        image[4 if tall else 16 : 28, 8:24, 3] = 255
    attributes = {"colour": ["red", "green", "blue"], "height": ["short", "tall"]}
    arrays = {}
    if kind == "tiles":
        images[..., 3] = 255
        labels = labels[:, :1]
        attributes = {"material": ["red", "green", "blue"]}
        arrays = {"rollable": np.ones(count, bool), "families": np.zeros(count, np.uint16)}
    meta = {
        "kind": kind,
        "size": 32,
        "attributes": attributes,
        "wrap": kind == "tiles",
        "flip": [],
        "digest": "0" * 64,
    }
    np.savez_compressed(
        path, images=images, labels=labels, meta=np.array(json.dumps(meta)), **arrays
    )
    return path
