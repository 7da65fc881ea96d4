"""How good generated pictures are: measures on arrays, which know no model, no pack and no file.

Pictures are uint8 RGBA [n, size, size, 4]; features are float32 [n, d], one row a picture.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core import pixels

__all__ = [
    "colours",
    "copies",
    "density_coverage",
    "frame_consistency",
    "kid",
    "nearest",
    "orphans",
    "premultiplied",
    "seam_ratio",
    "snap",
]

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float64]
Progress = Callable[[str, int, int], None]

_CHUNK = 4096  # training pictures compared at once: 64 MB as floats


def kid(
    samples: NDArray[np.float32],
    reals: NDArray[np.float32],
    *,
    subsets: int = 50,
    size: int = 256,
    seed: int = 0,
) -> tuple[float, float]:
    """Kernel inception distance, mean and standard deviation over random subsets; 0 is no distance.

    The unbiased MMD² with the kernel (x·y / d + 1)³ (Bińkowski et al., "Demystifying MMD GANs",
    ICLR 2018), so that sets of different sizes may be compared. It may be a little below 0.
    """
    random = np.random.default_rng(seed)
    size = min(size, len(samples), len(reals))
    found = []
    for _ in range(subsets):
        x = samples[random.choice(len(samples), size, replace=False)].astype(np.float64)
        y = reals[random.choice(len(reals), size, replace=False)].astype(np.float64)
        within = 0.0
        for own in (x, y):
            kernel = _cubic(own, own)
            within += float(kernel.sum() - np.trace(kernel)) / (size * (size - 1))
        found.append(within - 2 * float(_cubic(x, y).mean()))
    return float(np.mean(found)), float(np.std(found))


def _cubic(x: Floats, y: Floats) -> Floats:
    return np.asarray((x @ y.T / x.shape[1] + 1) ** 3)


def density_coverage(
    samples: NDArray[np.float32], reals: NDArray[np.float32], k: int = 5
) -> tuple[float, float]:
    """Density (do samples lie where reals are many? about 1) and coverage (share of reals met).

    Around each real lies a ball that reaches its k-th nearest real: density counts the balls that
    a sample lies in, over k; coverage is the share of balls that hold a sample (Naeem et al.,
    "Reliable fidelity and diversity metrics for generative models", ICML 2020). Coverage grows
    with the number of samples: give as many as there are reals.
    """
    between = _distances(reals, reals)
    np.fill_diagonal(between, np.inf)
    k = min(k, len(reals) - 1)
    reach = np.partition(between, k - 1, axis=1)[:, k - 1]
    inside = _distances(reals, samples) <= reach[:, None]
    return float(inside.sum() / (k * len(samples))), float(inside.any(1).mean())


def _distances(x: NDArray[np.float32], y: NDArray[np.float32]) -> Floats:
    a, b = x.astype(np.float64), y.astype(np.float64)
    square = (a**2).sum(1)[:, None] + (b**2).sum(1)[None] - 2 * a @ b.T
    return np.asarray(np.sqrt(square.clip(min=0)))


def seam_ratio(tiles: Pixels, side: int | None = None) -> float:
    """How much colours change across the wrap edge, over how much they change inside.

    1.0 is seamless, more is a visible seam; the mean over both axes. Several tiles are pooled
    before the division, because single ratios of flat tiles say little. With `side` the pictures
    are pieces of ground of many tiles, whose edges inside count as well.
    """
    colour = tiles[..., :3].astype(np.float64)
    ratios = []
    for axis in (1, 2):
        steps = np.abs(np.roll(colour, -1, axis) - colour)
        length = colour.shape[axis]
        last = np.arange(length) % (side or length) == (side or length) - 1
        edge = steps.compress(last, axis).mean()
        inside = steps.compress(~last, axis).mean()
        ratios.append(float(edge / inside) if inside > 0 else 1.0)  # no change: no seam either
    return sum(ratios) / 2


def premultiplied(pictures: Pixels) -> NDArray[np.float32]:
    """Colour times alpha, and alpha, float32 in 0..1: what shows, whatever transparency hides."""
    out = pictures.astype(np.float32) / np.float32(255)
    out[..., :3] *= out[..., 3:]
    return out


def snap(pictures: Pixels, palette: Pixels) -> Pixels:
    """The pictures as a pack can draw them: nearest colours of `palette` [K, 3], alpha 0 or 255.

    Colours are looked up with five bits a channel, so of two near entries it may take the second.
    """
    levels = np.arange(32, dtype=np.int64) * 8 + 4
    grid = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), -1).reshape(-1, 1, 3)
    entries = palette.astype(np.int64)
    table = palette[((grid - entries) ** 2).sum(-1).argmin(1)]
    code = pictures[..., :3].astype(np.int32) >> 3
    out = np.zeros_like(pictures)
    out[..., :3] = table[(code[..., 0] << 10) | (code[..., 1] << 5) | code[..., 2]]
    out[..., 3] = 255
    out[pictures[..., 3] < 128] = 0
    return out


def nearest(
    pictures: Pixels,
    training: Pixels,
    palette: Pixels | None = None,
    progress: Progress | None = None,
) -> tuple[Floats, NDArray[np.intp]]:
    """The distance [n] of each picture to its nearest training picture, and that one's row [n].

    Euclidean over premultiplied RGBA. With a `palette` both are first snapped to it, so that a copy
    is at distance 0 although the original has other shades.
    """
    queries = premultiplied(pictures if palette is None else snap(pictures, palette))
    queries = queries.reshape(len(pictures), -1)
    best = np.full(len(pictures), np.inf)
    rows = np.zeros(len(pictures), np.intp)
    own = (queries**2).sum(1)
    for start in range(0, len(training), _CHUNK):
        chunk = training[start : start + _CHUNK]
        known = premultiplied(chunk if palette is None else snap(chunk, palette))
        known = known.reshape(len(chunk), -1)
        square = own[:, None] + (known**2).sum(1)[None] - 2 * queries @ known.T
        near = square.argmin(1)
        found = square[np.arange(len(square)), near]
        rows[found < best] = near[found < best] + start
        best = np.minimum(best, found)
        if progress:
            progress("nearest training pictures", start + len(chunk), len(training))
    # Rounding must not give a copy a distance: sums of 4,096 squares carry about 1e-3.
    return np.sqrt(np.where(best < 2e-3, 0, best)), rows


def copies(distances: Floats, usual: Floats) -> float:
    """The share of samples as near to the training set as the nearest 5 % of held-out reals are.

    `distances` [n] are the samples' and `usual` [m] the held-out reals' distances to their nearest
    training pictures. About 0.05 is as novel as real pictures; much more is copying.
    """
    return float((distances <= np.quantile(usual, 0.05)).mean())


def frame_consistency(figures: Pixels, seed: int = 0, triples: int = 2000) -> float:
    """The share of triples in which two pictures of one figure are more alike than two figures.

    Figures are [n, pictures, size, size, 4]. A triple is two pictures of one figure and the second
    one's counterpart in another figure, so that pose and direction tell nothing. Alike is the
    overlap of colour histograms plus that of silhouettes. 0.5 is chance.
    """
    random = np.random.default_rng(seed)
    count, pictures = figures.shape[:2]
    won = 0.0
    for _ in range(triples):
        own, other = random.choice(count, 2, replace=False)
        first, second = random.choice(pictures, 2, replace=False)
        same = _alike(figures[own, first], figures[own, second])
        different = _alike(figures[own, first], figures[other, second])
        won += float(same > different) + 0.5 * float(same == different)
    return won / triples


def _alike(a: Pixels, b: Pixels) -> float:
    shape_a, shape_b = a[..., 3] >= 128, b[..., 3] >= 128
    either = int((shape_a | shape_b).sum())
    overlap = int((shape_a & shape_b).sum()) / either if either else 1.0
    histograms = []
    for picture, shape in ((a, shape_a), (b, shape_b)):
        code = picture[shape][:, :3].astype(np.int64) >> 5
        bins = np.bincount((code[:, 0] << 6) | (code[:, 1] << 3) | code[:, 2], minlength=512)
        histograms.append(bins / max(int(bins.sum()), 1))
    return overlap + float(np.minimum(*histograms).sum())


def colours(pictures: Pixels) -> float:
    """The median number of different opaque colours in a picture."""
    counts = []
    for picture in pictures:
        opaque = picture[picture[..., 3] >= 128][:, :3].astype(np.int32)
        counts.append(len(np.unique((opaque[:, 0] << 16) | (opaque[:, 1] << 8) | opaque[:, 2])))
    return float(np.median(counts))


def orphans(pictures: Pixels, wrap: bool = False) -> float:
    """The share of opaque pixels of which no 4-neighbour has the same colour: speckle.

    With `wrap` pixels of opposite edges are neighbours, as in tiles.
    """
    alone = pixels.orphans(pictures, wrap)
    return float(alone.sum() / max(int((pictures[..., 3] >= 128).sum()), 1))
