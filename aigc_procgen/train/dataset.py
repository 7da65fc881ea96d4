"""A data set as palette indices in memory, and batches of it drawn by a generator."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from aigc_procgen.core.errors import InvalidArgument

from .augment import moved
from .devices import send
from .parts import number_parts

__all__ = ["SIZES", "Dataset", "fit_palette", "load_dataset"]

SIZES = (16, 32, 64)
"""Sides of a picture, in pixels, that networks are built for."""

_MOST_OWN_PARTS = 4096  # pictures: above it a codebook row for each would outweigh the network


class Dataset:
    """Images as palette indices [n, pictures, size, size], 0 is transparent; labels; their parts.

    `labels` are one-hot blocks [n, L]. `parts` int64 [n, slots] are rows of the generator's
    codebook, or None; `codebook` says what those rows are.
    """

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
        parts: NDArray[np.int64] | None = None,
        fits: NDArray[np.integer] | None = None,
        frames: int = 1,
        directions: tuple[str, ...] = (),
    ) -> None:
        self.device = torch.device("cpu")
        self.indices = torch.from_numpy(indices)
        self.attributes = attributes
        self.palette = palette
        self.about = about  # source, licence and digest, for the manifest
        self.digest = about.get("digest", "")
        self.frames, self.directions = frames, directions
        self.pictures, self.size = indices.shape[1], indices.shape[2]
        labels = one_hot(values, attributes)
        self.labels = torch.from_numpy(labels)
        self.parts, self.codebook = None, None
        if parts is not None:
            sizes = [len(names) for names in attributes.values()]
            rows, self.codebook = number_parts(parts, labels, sizes, fits)
            self.parts = torch.from_numpy(rows)
        self.rollable = None if rollable is None else torch.from_numpy(rollable)
        self.mirrored = torch.from_numpy(mirrored)
        inks = np.concatenate([palette / 255, np.ones((len(palette), 1))], 1)
        inks = np.concatenate([np.zeros((1, 4)), inks]).astype(np.float32) * 2 - 1
        self.inks = torch.from_numpy(inks)
        # With a single attribute a class counts by the square root of its pictures (Mahajan et al.,
        # ECCV 2018): the few of a rare one are soon known. Composed figures are balanced already.
        counts = np.bincount(values[:, 0], minlength=256)
        weights = counts[values[:, 0]] ** -0.5 if values.shape[1] == 1 else np.ones(len(values))
        self._cumulative = torch.from_numpy(np.cumsum(weights / weights.sum()))

    def __len__(self) -> int:
        return len(self.indices)

    def move(self, device: torch.device) -> None:
        """Keeps the set on `device` from now on: a batch is put together where it is used."""
        for name in ("indices", "labels", "parts", "rollable", "mirrored", "inks"):
            tensor = getattr(self, name)
            setattr(self, name, None if tensor is None else tensor.to(device))
        self.device = device

    def rows(self, count: int, generator: torch.Generator) -> Tensor:
        """Which images a batch shows, int64 [count]."""
        points = torch.rand(count, generator=generator, dtype=torch.float64)
        return torch.searchsorted(self._cumulative, points).clamp_max(len(self) - 1)

    def images(
        self, rows: Tensor, generator: torch.Generator, share: slice = slice(None)
    ) -> Tensor:
        """Premultiplied RGBA in -1..1 [count, 4 * pictures, size, size]; mirrored or rolled at
        random where the set allows it. With `share` those of a batch alone, as they are in it.
        """
        turned = torch.rand(len(rows), generator=generator) < 0.5
        offsets = torch.zeros(len(rows), 2, dtype=torch.int64)
        if self.rollable is not None:
            offsets = torch.randint(self.size, (len(rows), 2), generator=generator)
        rows = send(rows[share], self.device)
        mirror = send(turned[share], self.device) & self.mirrored[rows]
        chosen = self.indices[rows]
        chosen = torch.where(mirror[:, None, None, None], chosen.flip(3), chosen)
        if self.rollable is not None:
            offsets = send(offsets[share], self.device) * self.rollable[rows][:, None]
            chosen = moved(chosen, offsets, wrap=True)
        return self._inked(chosen)

    def originals(self, rows: Tensor) -> Tensor:
        """The same images as they are in the set."""
        return self._inked(self.indices[rows])

    def entries(self, rows: Tensor) -> Tensor:
        """The same as palette entries from 1 on [count, pictures, h, w]; 0 is transparent."""
        return self.indices[rows]

    def _inked(self, chosen: Tensor) -> Tensor:
        count, pictures, height, width = chosen.shape
        places = chosen.permute(0, 2, 3, 1).flatten().int()  # in the order of channels_last
        images = self.inks.index_select(0, places)
        return images.view(count, height, width, 4 * pictures).permute(0, 3, 1, 2)


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
    unique, counts = np.unique(_codes(images[images[..., 3] > 0]), return_counts=True)
    points = _colours(unique)
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


def _to_indices(
    images: NDArray[np.uint8], rows: NDArray[np.intp], palette: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """Those `rows` of the pictures as entries of the palette, from 1 on; 0 is transparent."""
    table = np.zeros(1 << 24, np.uint8)  # every colour's entry, 0 where it was not met yet
    indices = np.empty((len(rows), *images.shape[1:-1]), np.uint8)
    for start in range(0, len(rows), 256):  # a large set's colours at once would take gigabytes
        part = images[rows[start : start + 256]]
        codes = _codes(part)
        found = table[codes]
        unknown = np.unique(codes[found == 0])
        if len(unknown):
            table[unknown] = _nearest(_colours(unknown), palette.astype(np.float64)) + 1
            found = table[codes]
        indices[start : start + 256] = np.where(part[..., 3] > 0, found, 0)
    return indices


def _codes(images: NDArray[np.uint8]) -> NDArray[np.int32]:
    wide = images[..., :3].astype(np.int32)
    return (wide[..., 0] << 16) | (wide[..., 1] << 8) | wide[..., 2]


def _colours(codes: NDArray[Any]) -> NDArray[np.float64]:
    return np.stack([codes >> 16, (codes >> 8) & 255, codes & 255], 1).astype(np.float64)


def load_dataset(
    path: str | Path, colours: int, palette: NDArray[np.uint8] | None = None
) -> tuple[Dataset, str]:
    """Reads a set that `data build` wrote, without what it holds out; gives it and its kind.

    A small set that does not say what its pictures are made of has each picture as a part of its
    own. Raises `InvalidArgument` if the file is missing, damaged or not such a set.
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
    if images.ndim == 4:
        images = images[:, None]
    square = images.ndim == 5 and images.shape[2] == images.shape[3] in SIZES
    if not square or images.shape[4] != 4 or images.dtype != np.uint8 or not len(images):
        raise InvalidArgument(
            f"data must hold uint8 images [n, size, size, 4] with a size of "
            f"{', '.join(map(str, SIZES))}; {path.name} has {images.dtype} "
            f"{list(arrays['images'].shape)}: build it with --size 32"
        )
    attributes = {name: tuple(names) for name, names in meta["attributes"].items()}
    parts = arrays.get("parts")
    kept = ~arrays["held_out"] if "held_out" in arrays else np.ones(len(images), bool)
    shown, values = np.flatnonzero(kept), values[kept]
    if parts is not None:
        parts = parts[kept].astype(np.int64)
    elif meta["kind"] != "tiles" and len(shown) <= _MOST_OWN_PARTS:
        parts = np.arange(1, len(shown) + 1)[:, None]
    fits = arrays.get("fits")
    if fits is not None and not (
        parts is not None and parts.shape[1] == 3 and fits.shape == (len(fits), 3)
    ):
        raise InvalidArgument(
            f"data must have three slots of parts, and fits [n, 3], where parts do not all fit; "
            f"{path.name} has fits {list(fits.shape)}: build it again"
        )
    if palette is None:
        # Frames of a walk have one another's colours; a back may have others than a front.
        standing = images[shown[:20_000], :: int(meta.get("frames", 1))]
        palette = fit_palette(standing.reshape(-1, *images.shape[2:]), colours)
    flip = set(meta.get("flip", ()))
    first = next(iter(attributes.values()))
    names = np.array([*first, *[""] * (256 - len(first))])
    mirrored = np.isin(names[values[:, 0]], sorted(flip)) if flip else np.zeros(len(values), bool)
    rollable = arrays["rollable"][kept] if meta.get("wrap") and "rollable" in arrays else None
    dataset = Dataset(
        indices=_to_indices(images, shown, palette),
        values=values,
        attributes=attributes,
        palette=palette,
        rollable=rollable,
        mirrored=mirrored,
        about={name: str(meta.get(name, "")) for name in ("source", "licence", "digest")},
        parts=parts,
        fits=fits,
        frames=int(meta.get("frames", 1)),
        directions=tuple(meta.get("directions", ())),
    )
    return dataset, str(meta["kind"])
