"""Palettes: few colours for many, and pictures as entries of a palette."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["fit_colours", "fit_palette", "nearest_colours", "to_indices"]


def fit_palette(images: NDArray[np.uint8], colours: int, seed: int = 0) -> NDArray[np.uint8]:
    """A palette uint8 [K, 3] for RGBA images [n, h, w, 4]: k-means of their opaque colours.

    Colours count by the square root of how often they occur, so that a rare highlight keeps a
    place beside a wide floor. Fewer distinct colours than `colours` give a smaller palette.
    """
    unique, counts = np.unique(_codes(images[images[..., 3] > 0]), return_counts=True)
    return fit_colours(_colours(unique), np.sqrt(counts), colours, seed)


def fit_colours(
    points: NDArray[np.float64], weights: NDArray[np.float64], colours: int, seed: int = 0
) -> NDArray[np.uint8]:
    """The same for colours [n, 3] that count as `weights` [n] say."""
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
        owner = nearest_colours(points, centres)
        mass = np.bincount(owner, weights, colours)
        for channel in range(3):
            moved = np.bincount(owner, weights * points[:, channel], colours)
            centres[:, channel] = np.where(
                mass > 0, moved / np.maximum(mass, 1e-9), centres[:, channel]
            )
    palette = np.unique(np.rint(centres).astype(np.uint8), axis=0)
    return palette[np.argsort(palette.astype(int) @ (299, 587, 114), kind="stable")]


def nearest_colours(points: NDArray[Any], centres: NDArray[Any]) -> NDArray[np.intp]:
    """The row [n] of the centre [K, 3] that lies nearest to each of the points [n, 3]."""
    points, centres = points.astype(np.float64), centres.astype(np.float64)
    score = 2 * points @ centres.T - (centres**2).sum(1)
    return np.asarray(score.argmax(1))


def to_indices(
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
            table[unknown] = nearest_colours(_colours(unknown), palette) + 1
            found = table[codes]
        indices[start : start + 256] = np.where(part[..., 3] > 0, found, 0)
    return indices


def _codes(images: NDArray[np.uint8]) -> NDArray[np.int32]:
    wide = images[..., :3].astype(np.int32)
    return (wide[..., 0] << 16) | (wide[..., 1] << 8) | wide[..., 2]


def _colours(codes: NDArray[Any]) -> NDArray[np.float64]:
    return np.stack([codes >> 16, (codes >> 8) & 255, codes & 255], 1).astype(np.float64)
