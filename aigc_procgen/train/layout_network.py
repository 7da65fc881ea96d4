"""The networks of layouts in PyTorch: the generator rounds as its machine of whole numbers does.

Weights and activations are rounded in the forward pass and the gradient passes through as if they
were not (Bengio, Léonard & Courville, "Estimating or propagating gradients through stochastic
neurons", 2013); so do the tiles, which are the likeliest class and nothing between. What is trained
is what is exported.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from aigc_procgen.core.layout_machine import CLASSES, LEVEL, NOISE, ONE, PLANES

__all__ = ["LayoutCritic", "LayoutEncoder", "LayoutNetwork", "tiles_of", "to_tensor"]

_LARGEST = 127 / ONE
_MOST = 255 / ONE
_SUMS = ONE * ONE  # 1.0 of a sum
_NOISE_PLANE = 2


def _rounded(weight: Tensor, unit: int, largest: float) -> Tensor:
    with torch.no_grad():
        kept = (weight.clamp(-largest, largest) * unit).round() / unit
    return weight + (kept - weight).detach()


def _kept(sums: Tensor) -> Tensor:
    """Activations as the machine keeps them: 0 to 255/64, in steps of 1/64."""
    clipped = sums.clamp(0, _MOST)
    return clipped + ((clipped * ONE).floor() / ONE - clipped).detach()


class _Layer(nn.Module):
    """A convolution of whole numbers, with what the room as a whole adds to it."""

    def __init__(self, taken: int, given: int, side: int, stride: int, whole: int) -> None:
        super().__init__()
        spread = math.sqrt(2 / (taken * side * side))
        self.weight = nn.Parameter(torch.randn(given, taken, side, side) * spread)
        self.bias = nn.Parameter(torch.zeros(given))
        self.shift = nn.Parameter(torch.randn(whole, given) * 0.3) if whole else None
        self.stride, self.rim = stride, side // 2 if stride == 1 else 0

    def forward(self, taken: Tensor, whole: Tensor) -> Tensor:
        weight = _rounded(self.weight, ONE, _LARGEST)
        bias = _rounded(self.bias, _SUMS, 7.9)
        sums = F.conv2d(taken, weight, bias, self.stride, self.rim)
        if self.shift is not None:
            sums = sums + (whole @ _rounded(self.shift, ONE, _LARGEST))[:, :, None, None]
        return sums

    def arrays(self, name: str) -> dict[str, NDArray[Any]]:
        """The whole numbers: [inputs, outputs], tile by tile of the kernel."""
        weight = self.weight.detach().permute(2, 3, 1, 0).flatten(0, 2)
        found = {name: _whole(weight, ONE), f"{name}_bias": _whole(self.bias.detach(), _SUMS, 7.9)}
        if self.shift is not None:
            found[f"{name}_shift"] = _whole(self.shift.detach(), ONE)
        return found


def _whole(weight: Tensor, unit: int, largest: float = _LARGEST) -> NDArray[Any]:
    made: NDArray[Any] = (weight.clamp(-largest, largest) * unit).round().int().numpy()
    return made


class LayoutNetwork(nn.Module):
    """The generator. Takes latents [n, NOISE] of 0 to 15, labels [n, styles + 1] of 0 to 1 and
    planes [n, PLANES, h, w] in ONE parts; gives scores [n, classes, h, w].
    """

    def __init__(self, styles: int, width: int = 32) -> None:
        super().__init__()
        whole = width * 3 // 2
        self.hidden = _Layer(NOISE + styles + 1, whole, 1, 1, 0)
        self.outer = _Layer(PLANES, width * 3 // 4, 3, 1, whole)
        self.down = _Layer(width * 3 // 4, width, 2, 2, 0)
        self.middle = _Layer(width, width, 3, 1, whole)
        self.deep = _Layer(width, whole, 2, 2, 0)
        self.deepest = _Layer(whole, whole, 3, 1, whole)
        self.up = _Layer(whole + width, width, 3, 1, whole)
        self.wide = _Layer(width + width * 3 // 4, width, 3, 1, whole)
        self.last = _Layer(width, width, 3, 1, whole)
        self.head = _Layer(width, len(CLASSES), 1, 1, 0)
        with torch.no_grad():
            self.head.weight.mul_(0.5)

    def forward(self, latent: Tensor, label: Tensor, planes: Tensor) -> Tensor:
        """The scores, in 1/4096 parts what the machine gives."""
        inside = planes[:, :1] > 0
        half = F.max_pool2d(inside.float(), 2)
        quarter = F.max_pool2d(half, 2)
        given = torch.cat([latent * (LEVEL / ONE), label], 1)[:, :, None, None]
        whole = _kept(self.hidden(given, given)).flatten(1)
        outer = _kept(self.outer(planes, whole)) * inside
        middle = _kept(self.middle(_kept(self.down(outer, whole)) * half, whole)) * half
        deep = _kept(self.deep(middle, whole)) * quarter
        deepest = _kept(self.deepest(deep, whole)) * quarter
        joined = torch.cat([_doubled(deepest), middle], 1)
        up = _kept(self.up(joined, whole)) * half
        wide = _kept(self.wide(torch.cat([_doubled(up), outer], 1), whole)) * inside
        last = _kept(self.last(wide, whole)) * inside
        scores: Tensor = self.head(last, whole)
        return scores

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The weights as the whole numbers that the machine works with."""
        found: dict[str, NDArray[Any]] = {}
        for name, layer in self.named_children():
            assert isinstance(layer, _Layer)
            found |= layer.arrays(name)
        return found


def _doubled(taken: Tensor) -> Tensor:
    return F.interpolate(taken, scale_factor=2, mode="nearest")


def tiles_of(scores: Tensor, inside: Tensor) -> tuple[Tensor, Tensor]:
    """Tiles [n, classes, h, w] that are one class each, and the odds behind them; 0 outside."""
    odds = scores.softmax(1)
    hard = F.one_hot(scores.argmax(1), len(CLASSES)).movedim(3, 1).to(odds.dtype)
    return (hard + odds - odds.detach()) * inside, odds * inside


class _Reader(nn.Module):
    """What critic and encoder share: rooms in, `given` numbers a room out.

    Takes tiles [n, classes, h, w], labels and planes. It sees each room beside its mirror images,
    so that a symmetry, or one that is broken, is seen at once.
    """

    def __init__(self, styles: int, width: int, given: int) -> None:
        super().__init__()
        seen = 3 * len(CLASSES) + PLANES
        self.first = nn.Conv2d(seen, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)
        self.down = nn.Conv2d(width, width * 3 // 2, 2, 2)
        self.third = nn.Conv2d(width * 3 // 2, width * 3 // 2, 3, padding=1)
        self.deep = nn.Conv2d(width * 3 // 2, width * 2, 2, 2)
        self.fourth = nn.Conv2d(width * 2, width * 2, 3, padding=1)
        self.score = nn.Linear(width * 2, given)
        self.label = nn.Linear(styles + 1, width * 2)

    def read(self, tiles: Tensor, label: Tensor, planes: Tensor) -> Tensor:
        """What was seen of each room, [n, 2 width]."""
        inside = planes[:, :1] > 0
        # The noise is the generator's own; its place shows the density that was asked for.
        density = label[:, -1, None, None].expand(planes[:, 0].shape)[:, None]
        shown = torch.cat([planes[:, :_NOISE_PLANE], density, planes[:, _NOISE_PLANE + 1 :]], 1)
        mirrors = [_mirrored(tiles, inside, axis) for axis in (2, 3)]
        x = self.first(torch.cat([tiles, *mirrors, shown], 1) * inside)
        x = x + self.second(F.leaky_relu(x, 0.2))
        x = self.down(F.leaky_relu(x, 0.2))
        x = x + self.third(F.leaky_relu(x, 0.2))
        x = self.deep(F.leaky_relu(x, 0.2))
        x = x + self.fourth(F.leaky_relu(x, 0.2))
        mask = F.max_pool2d(inside.float(), 4)
        read: Tensor = (F.leaky_relu(x, 0.2) * mask).sum((2, 3)) / mask.sum((2, 3)).sqrt()
        return read


class LayoutCritic(_Reader):
    """The critic: a number a room."""

    def __init__(self, styles: int, width: int = 32) -> None:
        super().__init__(styles, width, 1)

    def forward(self, tiles: Tensor, label: Tensor, planes: Tensor) -> Tensor:
        """The scores [n]."""
        x = self.read(tiles, label, planes)
        scores: Tensor = self.score(x)[:, 0] + (x * self.label(label)).sum(1) / math.sqrt(
            x.shape[1]
        )
        return scores


class LayoutEncoder(_Reader):
    """The latent that a room might have been made from; used in training alone."""

    def __init__(self, styles: int, width: int = 32) -> None:
        super().__init__(styles, width, NOISE)

    def forward(self, tiles: Tensor, label: Tensor, planes: Tensor) -> Tensor:
        """Latents [n, NOISE] between 0 and 1, not yet rounded."""
        x = self.read(tiles, label, planes)
        latents: Tensor = torch.sigmoid(self.score(F.leaky_relu(x + self.label(label), 0.2)))
        return latents


def _mirrored(tiles: Tensor, inside: Tensor, axis: int) -> Tensor:
    """The tiles of each room mirrored within the room's own extent."""
    size = inside.any(5 - axis).flatten(1).sum(1)  # of each room along the axis
    at = torch.arange(tiles.shape[axis])
    index = size[:, None] - 1 - at
    index = torch.where(index < 0, at, index)
    shape = [len(tiles), 1, 1, 1]
    shape[axis] = tiles.shape[axis]
    return tiles.gather(axis, index.view(shape).expand(tiles.shape))


def to_tensor(planes: NDArray[np.float32]) -> Tensor:
    """Planes [n, h, w, PLANES] of the machine as the network takes them, [n, PLANES, h, w]."""
    return torch.from_numpy(planes).movedim(3, 1) / ONE
