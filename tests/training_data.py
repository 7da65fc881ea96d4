"""Small data sets of our own making, for the tests of training and export."""

from __future__ import annotations

import json
from collections.abc import Sequence
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


def train_run(
    folder: Path, kind: str, fits: Sequence[tuple[int, ...]] = (), **changes: object
) -> Path:
    """Trains on a set of the kind in `folder` for a moment, one in which `fits` goes together where
    that is said; returns the run's folder.
    """
    from aigc_procgen.train.config import preset
    from aigc_procgen.train.trainer import Trainer

    path = folder / "set.npz"
    data = write_fitting_set(path, fits) if fits else write_set(path, kind)
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


def write_fitting_set(path: Path, fits: Sequence[tuple[int, ...]]) -> Path:
    """Writes figures of three slots, two halves of six and a colour of three, each half shown with
    itself in one colour, that say of themselves that `fits` goes together.
    """
    arrays = dict(np.load(write_set(path)))
    halves = np.arange(len(arrays["images"])) % 6 + 1
    arrays["parts"] = np.stack([halves, halves, halves % 3 + 1], 1).astype(np.int32)
    arrays["fits"] = np.array(fits, np.int32)
    np.savez(path, **arrays)
    return path


BOX_COLOURS = ((200, 40, 40), (40, 200, 40), (40, 40, 200), (220, 220, 60))


def write_coloured_set(path: Path) -> Path:
    """Writes things of two categories, "high" and "low", each of three drawings of two-coloured
    boxes in three colourings: the first, one that makes all but the fourth colour grey, and one
    with each colour turned into the next. Of each drawing the last two are shown and the first is
    held out; swatches say what they do.
    """
    grey = (120, 120, 120)
    maps = (
        {colour: colour for colour in BOX_COLOURS},
        {**dict.fromkeys(BOX_COLOURS, grey), BOX_COLOURS[3]: BOX_COLOURS[3]},
        dict(zip(BOX_COLOURS, (*BOX_COLOURS[1:], BOX_COLOURS[0]), strict=True)),
    )
    images, labels, parts, swatches = [], [], [], []
    for drawing in range(6):
        low, first = drawing // 3, drawing % 3
        for number, change in enumerate(maps, 1):
            image = np.zeros((32, 32, 4), np.uint8)
            image[16 * low : 16 * low + 14, 4:28] = (*change[BOX_COLOURS[first]], 255)
            image[16 * low : 16 * low + 14, 12 + 4 * first :] = (*change[BOX_COLOURS[3]], 255)
            images.append(image)
            labels.append([low])
            parts.append([drawing + 1, drawing + 1, number])
    for low in range(2):
        for number, change in enumerate(maps, 1):
            swatches += [[low, number, *old, *new, 100] for old, new in change.items()]
    meta = {
        "kind": "sprites",
        "size": 32,
        "attributes": {"category": ["high", "low"]},
        "flip": [],
        "digest": "0" * 64,
    }
    np.savez(
        path,
        images=np.stack(images),
        labels=np.array(labels, np.uint8),
        parts=np.array(parts, np.int32),
        fits=np.array(parts, np.int32),
        swatches=np.array(swatches, np.int32),
        held_out=np.array(parts)[:, 2] == 1,
        meta=np.array(json.dumps(meta)),
    )
    return path
