"""Palette heads: a network that chooses one of its palette's colours for every pixel.

Trained on distances of colours, a network that is unsure of a pixel paints the mean of what it
might be, and the nearest colour of the palette to a mean is often one that stands nowhere near:
speckle. Trained to say how likely each colour is, it takes the likeliest. Pixels as classes are
from PixelRNN (van den Oord et al., ICML 2016).

A raw picture here has features + 1 channels: features, from which `Ink` makes logits of colours,
and last the logit of being opaque.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["Ink", "choice_loss", "expected_picture"]

_SHARPNESS = 8.0  # logits by which black and white differ at the start


class Ink(nn.Linear):
    """Features [..., f] -> a logit for each of the palette's colours [..., K]."""

    def __init__(self, features: int, colours: int) -> None:
        super().__init__(features, colours)

    def start_with(self, palette: NDArray[np.uint8]) -> None:
        """Lets the first three features mean red, green and blue in -1..1: the nearest colour of
        the palette [K, 3] is then the likeliest. What they come to mean is learned.
        """
        colours = torch.from_numpy(palette.astype(np.float32)) / 127.5 - 1
        with torch.no_grad():
            self.weight.normal_(0, 0.3)
            self.weight[:, :3] = colours * _SHARPNESS
            self.bias.copy_(-0.5 * _SHARPNESS * colours.square().sum(1))


def _pixels(raw: Tensor, pictures: int) -> tuple[Tensor, Tensor]:
    """Raw pictures as features [n, h, w, pictures, f] and logits of being opaque [n, h, w, p]."""
    count, channels, height, width = raw.shape
    planes = raw.float().permute(0, 2, 3, 1)
    planes = planes.reshape(count, height, width, pictures, channels // pictures)
    return planes[..., :-1], planes[..., -1]


def choice_loss(raw: Tensor, ink: Ink, wanted: Tensor, phase: int) -> Tensor:
    """How unlikely the wanted pixels are, in nats a pixel: whether one is opaque, and its colour.

    `wanted` [n, pictures, h, w] are entries of the palette from 1 on, 0 is transparent. Colours are
    asked for at every second pixel, the other half at the next `phase`: they are most of the work.
    The sum is shared by all pixels alike: the mean of two halves of a batch is that of the whole.
    """
    features, opaque = _pixels(raw, wanted.shape[1])
    wanted = wanted.permute(0, 2, 3, 1)
    height, width = wanted.shape[1:3]
    solid = wanted > 0
    outline = functional.binary_cross_entropy_with_logits(opaque, solid.float())
    rows = torch.arange(height, device=raw.device)[:, None, None]
    columns = torch.arange(width, device=raw.device)[:, None]
    asked = solid & ((rows + columns + phase) % 2 == 0)
    logits = ink(features[asked])
    colour = functional.cross_entropy(logits, wanted[asked].long() - 1, reduction="sum")
    return outline + 2 * colour / wanted.numel()


def expected_picture(raw: Tensor, ink: Ink, colours: Tensor, pictures: int) -> Tensor:
    """Premultiplied RGBA in -1..1 [n, 4 pictures, h, w]: every pixel's colours [K, 3] (-1..1) by
    their likelihood, which a critic can be shown and gradients pass; [n, K, 3] if each picture has
    its own.
    """
    features, opaque = _pixels(raw, pictures)
    alpha = torch.sigmoid(opaque)[..., None]
    likely = torch.softmax(ink(features), -1)
    if colours.dim() == 3:  # of each picture
        paint = (likely.flatten(1, 3) @ colours).view(*likely.shape[:-1], 3)
    else:
        paint = likely @ colours
    both = torch.cat([(paint + 1) * alpha - 1, 2 * alpha - 1], -1)  # [n, h, w, pictures, 4]
    return both.flatten(3).permute(0, 3, 1, 2)
