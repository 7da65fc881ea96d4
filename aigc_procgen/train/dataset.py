"""A data set as palette indices in memory, and batches of it drawn by a generator."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from aigc_procgen.core.errors import InvalidArgument

__all__ = ["Dataset", "fit_palette", "load_dataset"]

_UNKNOWN = 255


class Dataset:
    """Images as palette indices [n, size, size], 0 is transparent, and one-hot labels [n, L]."""

    def __init__(
        self,
        *,
        indices: NDArray[np.uint8],
        values: NDArray[np.uint8],
        attributes: dict[str, tuple[str, ...]],
        palette: NDArray[np.uint8],
        rollable: NDArray[np.bool_] | None,
        mirrored: NDArray[np.bool_],
        about: dict[str, str],
    ) -> None:
        self.indices = torch.from_numpy(indices)
        self.attributes = attributes
        self.palette = palette
        self.about = about  # source, licence and digest, for the manifest
        self.digest = about.get("digest", "")
        self.labels = torch.from_numpy(one_hot(values, attributes))
        self.rollable = None if rollable is None else torch.from_numpy(rollable)
        self.mirrored = torch.from_numpy(mirrored)
        inks = np.concatenate([palette / 255, np.ones((len(palette), 1))], 1)
        inks = np.concatenate([np.zeros((1, 4)), inks]).astype(np.float32) * 2 - 1
        self.inks = torch.from_numpy(inks)
        # With a single attribute the classes are balanced; composed figures are balanced already.
        counts = np.bincount(values[:, 0], minlength=256)
        weights = 1.0 / counts[values[:, 0]] if values.shape[1] == 1 else np.ones(len(values))
        self._cumulative = torch.from_numpy(np.cumsum(weights / weights.sum()))

    def __len__(self) -> int:
        return len(self.indices)

    def batch(self, count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Premultiplied RGBA in -1..1 [count, 4, size, size] and labels [count, L]."""
        points = torch.rand(count, generator=generator, dtype=torch.float64)
        rows = torch.searchsorted(self._cumulative, points).clamp_max(len(self) - 1)
        chosen = self.indices[rows]
        mirror = (torch.rand(count, generator=generator) < 0.5) & self.mirrored[rows]
        chosen = torch.where(mirror[:, None, None], chosen.flip(2), chosen)
        if self.rollable is not None:
            chosen = self._rolled(chosen, rows, generator)
        images = self.inks[chosen.long()].permute(0, 3, 1, 2)
        return images.contiguous(memory_format=torch.channels_last), self.labels[rows]

    def _rolled(self, chosen: Tensor, rows: Tensor, generator: torch.Generator) -> Tensor:
        assert self.rollable is not None
        size = chosen.shape[1]
        offsets = torch.randint(size, (len(rows), 2), generator=generator)
        offsets *= self.rollable[rows][:, None]
        ys = (torch.arange(size)[None] + offsets[:, :1]) % size
        xs = (torch.arange(size)[None] + offsets[:, 1:]) % size
        return chosen[torch.arange(len(rows))[:, None, None], ys[:, :, None], xs[:, None, :]]


def one_hot(
    values: NDArray[np.uint8], attributes: dict[str, tuple[str, ...]]
) -> NDArray[np.float32]:
    """Attribute values [n, A] as concatenated one-hot blocks [n, L]; 255 is a block of zeros."""
    blocks = []
    for column, names in enumerate(attributes.values()):
        block = values[:, column, None] == np.arange(len(names))[None]
        blocks.append(block.astype(np.float32))
    return np.concatenate(blocks, 1)


def fit_palette(images: NDArray[np.uint8], colours: int, seed: int = 0) -> NDArray[np.uint8]:
    """A palette uint8 [K, 3] for RGBA images [n, h, w, 4]: k-means of their opaque colours.

    Colours count by the square root of how often they occur, so that a rare highlight keeps a
    place beside a wide floor. Fewer distinct colours than `colours` give a smaller palette.
    """
    opaque = images[images[..., 3] > 0][:, :3].astype(np.uint32)
    codes = (opaque[:, 0] << 16) | (opaque[:, 1] << 8) | opaque[:, 2]
    unique, counts = np.unique(codes, return_counts=True)
    points = np.stack([unique >> 16, (unique >> 8) & 255, unique & 255], 1).astype(np.float64)
    weights = np.sqrt(counts)
    if len(points) <= colours:
        return points.astype(np.uint8)
    rng = np.random.default_rng(seed)
    centres = points[[int(np.argmax(weights))]]
    nearest = ((points - centres[0]) ** 2).sum(1)
    while len(centres) < colours:  # k-means++ (Arthur & Vassilvitskii, SODA 2007)
        chance = nearest * weights
        pick = points[rng.choice(len(points), p=chance / chance.sum())]
        centres = np.concatenate([centres, pick[None]])
        nearest = np.minimum(nearest, ((points - pick) ** 2).sum(1))
    for _ in range(30):
        owner = _nearest(points, centres)
        mass = np.bincount(owner, weights, colours)
        for channel in range(3):
            moved = np.bincount(owner, weights * points[:, channel], colours)
            centres[:, channel] = np.where(
                mass > 0, moved / np.maximum(mass, 1e-9), centres[:, channel]
            )
    palette = np.unique(np.rint(centres).astype(np.uint8), axis=0)
    return palette[np.argsort(palette.astype(int) @ (299, 587, 114), kind="stable")]


def _nearest(points: NDArray[np.float64], centres: NDArray[np.float64]) -> NDArray[np.intp]:
    score = 2 * points @ centres.T - (centres**2).sum(1)
    return np.asarray(score.argmax(1))


def _to_indices(images: NDArray[np.uint8], palette: NDArray[np.uint8]) -> NDArray[np.uint8]:
    flat = images.reshape(-1, 4).astype(np.uint32)
    codes = (flat[:, 0] << 16) | (flat[:, 1] << 8) | flat[:, 2]
    unique, inverse = np.unique(codes, return_inverse=True)
    points = np.stack([unique >> 16, (unique >> 8) & 255, unique & 255], 1).astype(np.float64)
    owner = (_nearest(points, palette.astype(np.float64)) + 1).astype(np.uint8)
    return np.where(flat[:, 3] > 0, owner[inverse], 0).astype(np.uint8).reshape(images.shape[:3])


def load_dataset(
    path: str | Path, colours: int, palette: NDArray[np.uint8] | None = None
) -> tuple[Dataset, str]:
    """Reads a set that `data build` wrote; gives it and its kind (tiles, sprites, characters).

    Raises `InvalidArgument` if the file is missing, damaged or not such a set.
    """
    path = Path(path)
    try:
        # Opened here, because np.load leaves a damaged file open.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as data:
            arrays = {name: data[name] for name in data.files}
        meta = json.loads(str(arrays["meta"]))
        images, values = arrays["images"], arrays["labels"]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise InvalidArgument(
            f"data must be a set that `aigc-procgen data build` wrote, not {str(path)!r}: {error}"
        ) from None
    if images.shape[1:] != (32, 32, 4) or images.dtype != np.uint8 or not len(images):
        raise InvalidArgument(
            f"data must hold uint8 images [n, 32, 32, 4], {path.name} has {images.dtype} "
            f"{list(images.shape)}: build it with --size 32"
        )
    attributes = {name: tuple(names) for name, names in meta["attributes"].items()}
    if palette is None:
        palette = fit_palette(images[:20_000], colours)
    flip = set(meta.get("flip", ()))
    first = next(iter(attributes.values()))
    names = np.array([*first, *[""] * (256 - len(first))])
    mirrored = np.isin(names[values[:, 0]], sorted(flip)) if flip else np.zeros(len(values), bool)
    dataset = Dataset(
        indices=_to_indices(images, palette),
        values=values,
        attributes=attributes,
        palette=palette,
        rollable=arrays["rollable"] if meta.get("wrap") and "rollable" in arrays else None,
        mirrored=mirrored,
        about={name: str(meta.get(name, "")) for name in ("source", "licence", "digest")},
    )
    return dataset, str(meta["kind"])
