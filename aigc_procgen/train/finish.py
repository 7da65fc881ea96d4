"""The last layer of every exported graph: raw network output to finished 8-bit palette pixels."""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["finish"]


def finish(raw: Tensor, choose: Tensor, draw: Tensor, pictures: int = 1) -> Tensor:
    """Premultiplied RGBA in -1..1 [n, 4, h, w] -> uint8 RGBA [n, h, w, 4], alpha 0 or 255.

    With several pictures a figure, [n, 4 pictures, h, w] -> [n, pictures, h, w, 4].

    Every pixel takes the nearest of the colours `choose` [K, 3] (0..255) by argmax of
    2x·p - |p|², and is drawn in the same entry of `draw` [K, 3]: another palette there recolours
    the picture and leaves its shapes alone. Where alpha is below one half the pixel is transparent.
    """
    if pictures > 1:
        raw = raw.reshape(-1, pictures, 4, raw.shape[2], raw.shape[3])
        x = raw.permute(0, 1, 3, 4, 2) * 0.5 + 0.5
    else:
        x = raw.permute(0, 2, 3, 1) * 0.5 + 0.5
    alpha = x[..., 3:]
    solid = alpha >= 0.5
    colour = x[..., :3] / alpha.clamp(min=0.5)
    scaled = choose / 255.0
    score = torch.matmul(colour, 2.0 * scaled.t()) - scaled.square().sum(1)
    index = score.argmax(-1)
    pixels = torch.cat([draw[index], torch.full_like(alpha, 255.0)], -1)
    return (pixels * solid.to(pixels.dtype)).clamp(0.0, 255.0).to(torch.uint8)
