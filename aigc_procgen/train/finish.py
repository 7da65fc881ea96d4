"""The last layer of every exported graph: raw network output to finished 8-bit palette pixels."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

__all__ = ["finish"]


_SHARPNESS = 50.0  # of the choice among colours: a fiftieth of squared distance is one unit


def finish(
    raw: Tensor, choose: Tensor, draw: Tensor, pictures: int = 1, tidy: float = 0.0
) -> Tensor:
    """Premultiplied RGBA in -1..1 [n, 4, h, w] -> uint8 RGBA [n, h, w, 4], alpha 0 or 255.

    With several pictures a figure, [n, 4 pictures, h, w] -> [n, pictures, h, w, 4].

    Every pixel takes the nearest of the colours `choose` [K, 3] (0..255) by argmax of
    2x·p - |p|², and is drawn in the same entry of `draw` [K, 3]: another palette there recolours
    the picture and leaves its shapes alone. Where alpha is below one half the pixel is transparent.

    With `tidy` above 0 colours that the figure uses much, and that a pixel's neighbours take, count
    for more where two are nearly as near: one mean-field step of a Potts model with a prior on
    colours (Krähenbühl & Koltun, NeurIPS 2011, is the method in full). It clears flat areas of
    speckle, and would take the shading from art that is shaded pixel by pixel.
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
    if tidy:
        score = score + _habits(score, solid) * (tidy / _SHARPNESS)
    index = score.argmax(-1)
    pixels = torch.cat([draw[index], torch.full_like(alpha, 255.0)], -1)
    return (pixels * solid.to(pixels.dtype)).clamp(0.0, 255.0).to(torch.uint8)


def _habits(score: Tensor, solid: Tensor) -> Tensor:
    """What speaks for each colour at each pixel besides its nearness, of the shape of `score`."""
    likely = torch.softmax(score * _SHARPNESS, -1) * solid.to(score.dtype)
    pixels = tuple(range(1, likely.dim() - 1))
    opaque = solid.to(score.dtype).sum(pixels, keepdim=True).clamp(min=1.0)
    used = torch.log(likely.sum(pixels, keepdim=True) / opaque + 1e-4)
    planes = likely.reshape(-1, *likely.shape[-3:]).permute(0, 3, 1, 2)
    around = functional.avg_pool2d(planes, 3, 1, 1) * 9.0 - planes
    return 2.0 * used + around.permute(0, 2, 3, 1).reshape(likely.shape)
