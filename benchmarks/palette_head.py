"""A palette head beside one that mixes paint: the same network, set, seed and images, in one run.

    aigc-procgen data build crawl --out data
    python benchmarks/palette_head.py --data data --images 60000

Both learn to draw figures out of their own parts, without a critic, then draw figures of the set.
It prints how many of their opaque pixels are the real ones, and how many are like none of their
four neighbours, beside the same share of the real figures in the same palette.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
import torch

from aigc_procgen.train import scores
from aigc_procgen.train.config import preset
from aigc_procgen.train.finish import finish
from aigc_procgen.train.trainer import Trainer


def drawn(trainer: Trainer, rows: torch.Tensor) -> np.ndarray:
    """The figures `rows` of the set as the averaged generator draws them, standing."""
    net, palette = trainer.average, torch.from_numpy(trainer.dataset.palette.astype(np.float32))
    with torch.no_grad():
        raw = net.decode(trainer._known_parts(rows)).float()
        made = finish(raw, palette, palette, trainer.shape.pictures, ink=net.ink)
    return made.numpy()[:, 0]


def real(trainer: Trainer, rows: torch.Tensor) -> np.ndarray:
    """The same figures as they are, in the colours of the palette."""
    inks = np.concatenate([np.zeros((1, 3)), trainer.dataset.palette]).astype(np.uint8)
    entries = trainer.dataset.entries(rows).numpy()[:, 0]
    alpha = np.where(entries > 0, 255, 0).astype(np.uint8)
    return np.concatenate([inks[entries], alpha[..., None]], -1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", required=True, help="the folder of `data build crawl`")
    parser.add_argument("--images", type=int, default=60_000, help="shown to each of the two")
    args = parser.parse_args()
    torch.set_num_threads(1)
    print("                 pixels exact  like no neighbour")
    for name, features in (("mixed paint", 0), ("palette head", 8)):
        config = preset(
            "characters",
            features=features,
            images=args.images,
            warm_up=args.images,
            burn_in=args.images,
            learning_rate=(1e-3, 1e-4),
        )
        with tempfile.TemporaryDirectory() as folder:
            trainer = Trainer(config, Path(args.data) / "characters.npz", folder, "cpu")
            while trainer.images < config.images:
                trainer.train_step()
            rows = torch.arange(0, len(trainer.dataset), max(len(trainer.dataset) // 256, 1))[:256]
            made, wanted = drawn(trainer, rows), real(trainer, rows)
        solid = (made[..., 3] > 0) | (wanted[..., 3] > 0)
        exact = (made == wanted).all(-1)[solid].mean()
        print(f"{name:14} {exact:14.0%} {scores.orphans(made):18.0%}")
    print(f"{'real':14} {'':14} {scores.orphans(wanted):18.0%}")


if __name__ == "__main__":
    main()
