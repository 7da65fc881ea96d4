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

from .augment import moved
from .devices import send
from .palette import fit_palette, to_indices
from .parts import number_parts
from .recolour import Colourings, check_swatches, fit_colourings, fit_inks, inks_of

__all__ = ["SIZES", "Dataset", "load_dataset"]

SIZES = (16, 32, 64)
"""Sides of a picture, in pixels, that networks are built for."""

_MOST_OWN_PARTS = 4096  # pictures: above it a codebook row for each would outweigh the network


class Dataset:
    """Images as palette indices [n, pictures, size, size], 0 is transparent; labels; their parts.

    `labels` are one-hot blocks [n, L]. `parts` int64 [n, slots] are rows of the generator's
    codebook, or None; `codebook` says what those rows are. Where the set says what its colourings
    do, `colourings` are they, `drawings` uint8 as the indices are the inks of each image, and
    `starts` int64 are where the rows of the table start for each part of the first slot.
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
        colourings: Colourings | None = None,
        drawings: NDArray[np.uint8] | None = None,
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
            counts = None if colourings is None else colourings.counts
            rows, self.codebook = number_parts(parts, labels, sizes, fits, counts)
            self.parts = torch.from_numpy(rows)
        self.colourings, self.drawings = colourings, None
        self.starts: NDArray[np.int64] | None = None
        if colourings is not None and drawings is not None and parts is not None:
            self.drawings = torch.from_numpy(drawings)
            self.starts = np.zeros(int(rows[:, 0].max()) + 1, np.int64)
            self.starts[rows[:, 0]] = colourings.first[values[:, 0]]
        self.rollable = None if rollable is None else torch.from_numpy(rollable)
        self.mirrored = torch.from_numpy(mirrored)
        paints = np.concatenate([palette / 255, np.ones((len(palette), 1))], 1)
        paints = np.concatenate([np.zeros((1, 4)), paints]).astype(np.float32) * 2 - 1
        self.paints = torch.from_numpy(paints)
        # With a single attribute a class counts by the square root of its pictures (Mahajan et al.,
        # ECCV 2018): the few of a rare one are soon known. Composed figures are balanced already.
        counts = np.bincount(values[:, 0], minlength=256)
        weights = counts[values[:, 0]] ** -0.5 if values.shape[1] == 1 else np.ones(len(values))
        self._cumulative = torch.from_numpy(np.cumsum(weights / weights.sum()))

    def __len__(self) -> int:
        return len(self.indices)

    def move(self, device: torch.device) -> None:
        """Keeps the set on `device` from now on: a batch is put together where it is used."""
        for name in ("indices", "labels", "parts", "rollable", "mirrored", "paints", "drawings"):
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
        return self._painted(chosen)

    def originals(self, rows: Tensor) -> Tensor:
        """The same images as they are in the set."""
        return self._painted(self.indices[rows])

    def entries(self, rows: Tensor) -> Tensor:
        """The same as palette entries, or inks where the set has them, from 1 on
        [count, pictures, h, w]; 0 is transparent.
        """
        return self.indices[rows] if self.drawings is None else self.drawings[rows]

    def _painted(self, chosen: Tensor) -> Tensor:
        count, pictures, height, width = chosen.shape
        places = chosen.permute(0, 2, 3, 1).flatten().int()  # in the order of channels_last
        images = self.paints.index_select(0, places)
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


def load_dataset(
    path: str | Path,
    colours: int,
    palette: NDArray[np.uint8] | None = None,
    inks: int | NDArray[np.uint8] = 0,
) -> tuple[Dataset, str]:
    """Reads a set that `data build` wrote, without what it holds out; gives it and its kind.

    A small set that does not say what its pictures are made of has each picture as a part of its
    own. A set that says what its colourings do has so many `inks`, or those [I, 3]; with 0 its
    colourings are parts like any other. Raises `InvalidArgument` if the file is missing, damaged
    or not such a set.
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
    colourings, drawings = None, None
    swatches = arrays.get("swatches")
    if swatches is not None and (isinstance(inks, np.ndarray) or inks):
        if parts is None or fits is None:
            raise InvalidArgument(
                f"data must have parts and fits where it has swatches; {path.name} lacks them: "
                f"build it again"
            )
        check_swatches(swatches, values[:, 0], parts, fits, path.name)
        chosen = inks if isinstance(inks, np.ndarray) else fit_inks(swatches, inks)
        colourings = fit_colourings(swatches, palette, chosen)
        rows = colourings.first[values[:, 0]] + parts[:, -1] - 1
        drawings = inks_of(images[shown], parts[:, :-1], rows, colourings.colours)
    dataset = Dataset(
        indices=to_indices(images, shown, palette),
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
        colourings=colourings,
        drawings=drawings,
    )
    return dataset, str(meta["kind"])
