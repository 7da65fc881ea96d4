"""What the critic is shown: the same random shifts and turned colours for reals and fakes.

Differentiable, so that the generator learns through them (Karras et al., NeurIPS 2020;
Zhao et al., NeurIPS 2020). Images are premultiplied RGBA in -1..1 [n, 4, h, w].
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from .devices import send

__all__ = ["draw_augmentation", "moved"]


def draw_augmentation(
    count: int,
    size: int,
    generator: torch.Generator,
    *,
    shift: int = 0,
    wrap: bool = False,
    colour_share: float = 0.0,
    share: slice = slice(None),
    device: torch.device | None = None,
) -> Callable[[Tensor], Tensor]:
    """One random view for `count` images: a function that shows any batch of that many in it.

    With `share` it shows batches of those images alone, as they would be among all.

    `wrap` rolls by any offset, so that a seam of a tile is in plain sight; otherwise images are
    shifted by up to `shift` pixels with transparency coming in. `colour_share` of the images have
    their hue turned and their brightness changed.
    """
    reach = size // 2 if wrap else shift
    offsets = torch.randint(-reach, reach + 1, (count, 2), generator=generator)
    turn = (torch.rand(count, generator=generator) * 2 - 1) * math.pi
    light = torch.rand(count, generator=generator) * 0.5 + 0.7
    coloured = torch.rand(count, generator=generator) < colour_share
    matrix = torch.where(
        coloured[:, None, None], light[:, None, None] * _hue_matrices(turn), torch.eye(3)
    )
    device = device or torch.device("cpu")
    # Once a view, because `show` is called for reals, fakes and penalties.
    offsets, matrix = send(offsets[share], device), send(matrix[share], device)

    def show(images: Tensor) -> Tensor:
        if reach:
            images = moved(images, offsets, wrap)
        if colour_share > 0:
            # [n, pictures, 4, h, w]
            inks = images.reshape(len(images), -1, 4, *images.shape[2:])
            colour = torch.einsum("nij,nfjhw->nfihw", matrix.to(images), inks[:, :, :3] + 1) - 1
            images = torch.cat([colour, inks[:, :, 3:]], 2).flatten(1, 2)
        return images

    return show


def moved(images: Tensor, offsets: Tensor, wrap: bool, empty: float = -1.0) -> Tensor:
    """Images [n, c, h, w], each moved by its own offset [n, 2]; what comes in is its other side, or
    `empty`.
    """
    count, channels, height, width = images.shape
    ys = torch.arange(height, device=images.device)[None] + offsets[:, :1]
    xs = torch.arange(width, device=images.device)[None] + offsets[:, 1:]
    rows = torch.arange(count, device=images.device)[:, None, None]
    inks = images.permute(0, 2, 3, 1)
    # One list of pixels: choosing whole rows of it is three times as fast as indexing in 3-d.
    places = (rows * height + (ys % height)[:, :, None]) * width + (xs % width)[:, None, :]
    shown = inks.reshape(-1, channels).index_select(0, places.flatten())
    if not wrap:
        inside = ((ys >= 0) & (ys < height))[:, :, None] & ((xs >= 0) & (xs < width))[:, None, :]
        shown = torch.where(inside.reshape(-1, 1), shown, empty)
    return shown.view(count, height, width, channels).permute(0, 3, 1, 2)


def _hue_matrices(turn: Tensor) -> Tensor:
    """Rotations [n, 3, 3] of RGB about its grey axis by `turn` [n] radians (Rodrigues)."""
    cos, sin = turn.cos()[:, None, None], turn.sin()[:, None, None]
    cross = torch.tensor([[0.0, -1.0, 1.0], [1.0, 0.0, -1.0], [-1.0, 1.0, 0.0]]) / math.sqrt(3)
    return cos * torch.eye(3) + sin * cross + (1 - cos) / 3
