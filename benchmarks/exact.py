"""How exactly a run draws things that it was shown, and in colours that it was not:
`python benchmarks/exact.py runs/sprites-laptop --data data`.

Known parts go in and pictures of the set should come out. Of the pixels of both together it prints
how many are opaque in only one, how many have the very colour of the palette that the real picture
has there, and how many one that is near it (16 of 255 a channel in the mean). The last column is
what the set's own inks and colourings would give, which is the most that a network can reach.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from aigc_procgen.data import read_set
from aigc_procgen.train.config import Config
from aigc_procgen.train.finish import finish
from aigc_procgen.train.palette import to_indices
from aigc_procgen.train.recolour import inks_of
from aigc_procgen.train.trainer import Trainer

Pixels = NDArray[np.uint8]
_NEAR = 16


def drawn(trainer: Trainer, parts: NDArray[np.int64], names: list[NDArray[np.int64]]) -> Pixels:
    """What the averaged generator makes of parts [n, 3]."""
    net, palette = trainer.average, torch.from_numpy(trainer.dataset.palette.astype(np.float32))
    sizes = net.codebook.sizes
    made = []
    for start in range(0, len(parts), 64):
        some = parts[start : start + 64]
        choice = torch.zeros(len(some), sum(sizes))
        for slot, own in enumerate(names):
            at = torch.from_numpy(np.searchsorted(own, some[:, slot]) + sum(sizes[:slot]))
            choice[torch.arange(len(some)), at] = 1
        with torch.no_grad():
            raw = net.decode(choice).float()
            colouring = (net.recolour, net.recolour(choice)) if net.recolour else None
            tidy = trainer.config.tidy
            made.append(
                finish(raw, palette, palette, tidy=tidy, ink=net.ink, colouring=colouring).numpy()
            )
    return np.concatenate(made)


def inked(trainer: Trainer, images: Pixels, parts: NDArray[np.int64], values: Pixels) -> Pixels:
    """Pictures as the set's inks and colourings have them, each known by itself alone."""
    own = trainer.dataset.colourings
    if own is None:
        return images
    rows = own.first[values] + parts[:, 2] - 1
    inks = inks_of(images[:, None], np.arange(len(images))[:, None], rows, own.colours)[:, 0]
    entries = np.concatenate([np.zeros((len(own.table), 1), int), own.table + 1], 1)
    return coloured(trainer, entries[rows[:, None, None], inks])


def coloured(trainer: Trainer, entries: NDArray[np.integer]) -> Pixels:
    """Entries of the palette from 1 on as pictures; 0 is transparent."""
    palette = np.concatenate([np.zeros((1, 3), np.uint8), trainer.dataset.palette])
    alpha = np.where(entries > 0, 255, 0).astype(np.uint8)
    return np.concatenate([palette[entries], alpha[..., None]], -1)


def shares(trainer: Trainer, made: Pixels, real: Pixels) -> list[float]:
    """The shares of pixels that are opaque in one, of the same colour, and of a near one."""
    entries = to_indices(real[:, None], np.arange(len(real)), trainer.dataset.palette)[:, 0]
    snapped = coloured(trainer, entries)
    solid, both = made[..., 3] | real[..., 3], made[..., 3] & real[..., 3]
    count = (solid > 0).sum((1, 2))
    near = np.abs(made[..., :3].astype(int) - real[..., :3]).mean(-1) < _NEAR
    kinds = (
        made[..., 3] != real[..., 3],
        (made == snapped).all(-1) & (both > 0),
        near & (both > 0),
    )
    return [float((kind.sum((1, 2)) / count).mean()) for kind in kinds]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("run", help="the folder of a run of sprites")
    parser.add_argument("--data", required=True, help="the folder of `data build crawl`")
    parser.add_argument("--count", type=int, default=600, help="pictures of each sort, at most")
    args = parser.parse_args()
    torch.set_num_threads(1)
    path = Path(args.data) / "sprites.npz"
    about = json.loads((Path(args.run) / "run.json").read_text(encoding="utf-8"))
    trainer = Trainer(Config.from_dict(about["config"]), path, args.run, "cpu")
    data = read_set(path)
    parts, held = data.parts.astype(np.int64), data.held_out
    names = [np.unique(parts[~held, slot]) for slot in range(2)]
    names.append(np.arange(1, parts[:, 2].max() + 1))
    known = np.all([np.isin(parts[:, slot], names[slot]) for slot in range(2)], 0)
    shown = {tuple(pair) for pair in parts[~held, :2].tolist()}
    met = np.array([tuple(pair) in shown for pair in parts[:, :2].tolist()])
    single = parts[:, 0] == parts[:, 1]
    print("                                outline wrong  exact  near  near at most")
    for title, rows in (
        ("shown", ~held),
        ("drawings in other colours", held & single & met),
        ("pairs in other colours", held & ~single & met),
        ("pairs never shown", held & ~single & ~met),
    ):
        found = np.flatnonzero(rows & known)
        picks = np.random.default_rng(0).permutation(found)[: args.count]
        real = data.images[picks]
        wrong, exact, near = shares(trainer, drawn(trainer, parts[picks], names), real)
        best = inked(trainer, real, parts[picks], data.labels[picks, 0])
        most = shares(trainer, best, real)[2]
        print(f"{len(picks):5} {title:25} {wrong:13.1%} {exact:6.0%} {near:5.0%} {most:13.0%}")


if __name__ == "__main__":
    main()
