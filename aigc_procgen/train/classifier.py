"""A small classifier of all attributes at once, to see whether samples are what was asked for."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from aigc_procgen.core.errors import InvalidArgument
from aigc_procgen.data import UNKNOWN

from .augment import moved
from .checkpoint import load_checkpoint, save_checkpoint
from .scores import premultiplied

__all__ = [
    "SHOWN",
    "Classifier",
    "agreement",
    "cached_classifier",
    "predict",
    "train_classifier",
]

_BATCH = 128
_FEATURES = 192
SHOWN = 200_000  # pictures: four minutes of one core; 100,000 read the armour of figures worse
_MOST_EPOCHS = 60  # of a small set, which would be learned by heart
_RECIPE = "2"  # another number makes cached classifiers old

Progress = Callable[[str, int, int], None]


class Classifier(nn.Module):
    """RGBA pictures, premultiplied float [n, 4, s, s], to one block of logits an attribute."""

    def __init__(self, size: int, values: Sequence[int]) -> None:
        super().__init__()
        self.values, self.features = tuple(values), _FEATURES
        last = size // 8
        self.body = nn.Sequential(
            nn.PixelUnshuffle(2),
            _Stage(16, 48, 1),
            _Stage(48, 96, 2),
            _Stage(96, 128, 2),
            _Flat(128 * last * last),
            nn.Dropout(0.3),
            nn.Linear(128 * last * last, _FEATURES),
            nn.ReLU(),
            nn.Linear(_FEATURES, sum(values)),
        )

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        """One tensor of logits [n, values] an attribute."""
        return tuple(torch.split(self.body(images), list(self.values), 1))

    def fused(self) -> Classifier:
        """The same classifier, made to be exported: normalisation is part of its convolutions."""
        result = copy.deepcopy(self)
        for stage in result.body:
            if isinstance(stage, _Stage):
                both = cast(nn.Conv2d, stage[0]), cast(nn.BatchNorm2d, stage[1])
                stage[0], stage[1] = fuse_conv_bn_eval(*both), nn.Identity()
        return result


class _Flat(nn.Module):
    """[n, c, h, w] to [n, count], by an operator that every engine has."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count

    def forward(self, x: Tensor) -> Tensor:
        return x.reshape(-1, self.count)


class _Stage(nn.Sequential):
    def __init__(self, inside: int, outside: int, stride: int) -> None:
        super().__init__(
            nn.Conv2d(inside, outside, 3, stride, 1, bias=False),
            nn.BatchNorm2d(outside),
            nn.ReLU(),
        )


def train_classifier(
    pictures: NDArray[np.uint8],
    labels: NDArray[np.uint8],
    values: Sequence[int],
    *,
    wrap: bool = False,
    seed: int = 0,
    shown: int,
    progress: Progress | None = None,
) -> Classifier:
    """A classifier of pictures [n, s, s, 4] with labels [n, A] (255 = not known) of `values` [A].

    Shown about `shown` pictures, each shifted by up to 2 pixels (`wrap`: by any offset) and a
    little brighter or darker. The same arguments give the same network on one machine.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = Classifier(pictures.shape[1], values)
        _fit(net, pictures, labels, wrap, shown, progress)
    net.eval()
    return net


def _fit(
    net: Classifier,
    pictures: NDArray[np.uint8],
    labels: NDArray[np.uint8],
    wrap: bool,
    shown: int,
    progress: Progress | None,
) -> None:
    batch = min(_BATCH, len(pictures))
    steps = max(min(shown, _MOST_EPOCHS * len(pictures)) // batch, 10)
    adam = torch.optim.AdamW(net.parameters(), 2e-3, weight_decay=0.02)
    rate = torch.optim.lr_scheduler.OneCycleLR(adam, 2e-3, total_steps=steps, pct_start=0.1)
    reach = pictures.shape[1] // 2 if wrap else 2
    net.train()
    order = torch.randperm(len(pictures))
    used = 0
    for step in range(steps):
        if used + batch > len(order):
            order, used = torch.randperm(len(pictures)), 0
        rows = order[used : used + batch].numpy()
        used += batch
        images = _tensor(pictures[rows])
        offsets = torch.randint(-reach, reach + 1, (len(images), 2))
        images = moved(images, offsets, wrap, empty=-0.5)
        images[:, :3] *= torch.rand(len(images), 1, 1, 1) * 0.3 + 0.85
        target = torch.from_numpy(labels[rows].astype(np.int64))
        target[target == UNKNOWN] = -100
        loss = torch.zeros(())
        for column, logits in enumerate(net(images)):
            if bool((target[:, column] >= 0).any()):
                loss = loss + nn.functional.cross_entropy(logits, target[:, column])
        adam.zero_grad(set_to_none=True)
        if loss.requires_grad:
            loss.backward()  # type: ignore[no-untyped-call]
        adam.step()
        rate.step()
        if progress:
            progress("attribute classifier", step + 1, steps)


def _tensor(pictures: NDArray[np.uint8]) -> Tensor:
    images = torch.from_numpy(premultiplied(pictures)).permute(0, 3, 1, 2) - 0.5
    # Twice as fast as the default order on a CPU.
    return images.contiguous(memory_format=torch.channels_last)


def predict(net: Classifier, pictures: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The likeliest value of every attribute, uint8 [n, A]."""
    parts = []
    with torch.inference_mode():
        for start in range(0, len(pictures), 256):
            blocks = net(_tensor(pictures[start : start + 256]))
            parts.append(torch.stack([logits.argmax(1) for logits in blocks], 1))
    return torch.cat(parts).numpy().astype(np.uint8)


def agreement(found: NDArray[np.uint8], asked: NDArray[np.uint8]) -> list[float | None]:
    """The share of pictures whose value found is the one asked for, by attribute.

    Where 255 was asked nothing was; an attribute never asked for has None.
    """
    shares: list[float | None] = []
    for column in range(asked.shape[1]):
        known = asked[:, column] != UNKNOWN
        right = found[known, column] == asked[known, column]
        shares.append(float(right.mean()) if known.any() else None)
    return shares


def cached_classifier(
    folder: Path,
    pictures: NDArray[np.uint8],
    labels: NDArray[np.uint8],
    attributes: Mapping[str, Sequence[str]],
    *,
    wrap: bool = False,
    progress: Progress | None = None,
) -> Classifier:
    """`train_classifier`'s, kept in `folder` under a digest of what it is trained on."""
    values = [len(names) for names in attributes.values()]
    total = sha256(repr((_RECIPE, pictures.shape, values, wrap, SHOWN)).encode())
    total.update(np.ascontiguousarray(pictures).tobytes())
    total.update(np.ascontiguousarray(labels).tobytes())
    path = folder / f"classifier-{total.hexdigest()[:16]}.safetensors"
    if path.exists():
        try:
            net = Classifier(pictures.shape[1], values)
            net.load_state_dict(load_checkpoint(path)[0])
            net.eval()
            return net
        except (InvalidArgument, RuntimeError):
            pass  # damaged: it is only a cache
    net = train_classifier(pictures, labels, values, wrap=wrap, shown=SHOWN, progress=progress)
    folder.mkdir(parents=True, exist_ok=True)
    save_checkpoint(path, dict(net.state_dict()), {"recipe": _RECIPE})
    return net
