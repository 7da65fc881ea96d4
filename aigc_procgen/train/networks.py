"""Generators and critics. This file knows no loss, no data and no device.

Shapes in comments are [batch, channels, height, width]. Images are premultiplied RGBA in -1..1
(transparent is -1 everywhere). A label is a float vector [batch, labels]: one one-hot block per
attribute, a block of zeros where the attribute is left open.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from .finish import Finished
from .inks import Ink
from .parts import Parts
from .recolour import Recolour

__all__ = [
    "Block",
    "Codebook",
    "Coloured",
    "Critic",
    "DcganCritic",
    "DcganGenerator",
    "Generator",
    "count_stages",
    "doubled",
    "finished",
    "pad_wrapped",
    "unit",
]


def _scaled(module: nn.Module, gain: float) -> None:
    """He initialisation times `gain`: N(0, gain²/fan_in); biases start at 0."""
    weight = cast(Tensor, module.weight)
    fan_in = weight[0].numel()
    with torch.no_grad():
        weight.normal_(0, gain / math.sqrt(fan_in)) if gain else weight.zero_()
        if module.bias is not None:
            cast(Tensor, module.bias).zero_()


def unit(z: Tensor) -> Tensor:
    """Latents [n, latent] with a mean square of 1."""
    return z * torch.rsqrt(z.square().mean(1, keepdim=True) + 1e-8)


def count_stages(size: int) -> int:
    """The resolutions below the full `size`, from 4x4 on: 3 for 32."""
    return (size // 8).bit_length()


def pad_wrapped(x: Tensor) -> Tensor:
    """One pixel of circular padding as slices and concatenation, which every runtime has."""
    x = torch.cat([x[:, :, -1:], x, x[:, :, :1]], 2)
    return torch.cat([x[:, :, :, -1:], x, x[:, :, :, :1]], 3)


class Conv3(nn.Module):
    """A 3x3 convolution that keeps the size, zero-padded or toroidal (`wrap`)."""

    def __init__(
        self, inputs: int, outputs: int, *, gain: float, wrap: bool, bias: bool = True
    ) -> None:
        super().__init__()
        self.wrap = wrap
        self.conv = nn.Conv2d(inputs, outputs, 3, padding=0 if wrap else 1, bias=bias)
        _scaled(self.conv, gain)

    def forward(self, x: Tensor) -> Tensor:
        return cast(Tensor, self.conv(pad_wrapped(x) if self.wrap else x))


class Block(nn.Module):
    """A pre-activation residual block, its channels scaled by a condition vector if it has one.

    As in R3GAN (Huang et al., NeurIPS 2024): no normalisation, the last convolution starts at 0.
    Plain 3x3 convolutions replace its grouped bottleneck, which is slow on a CPU.
    """

    def __init__(self, channels: int, *, blocks: int, wrap: bool, condition: int = 0) -> None:
        super().__init__()
        gain = math.sqrt(2 / 1.04) * blocks**-0.25
        self.channels = channels
        self.first = Conv3(channels, channels, gain=gain, wrap=wrap)
        self.second = Conv3(channels, channels, gain=0, wrap=wrap)
        self.scale = nn.Linear(condition, channels) if condition else None
        if self.scale is not None:
            _scaled(self.scale, 0.5)

    def forward(self, x: Tensor, condition: Tensor | None = None) -> Tensor:
        if self.scale is None:
            return self.scaled(x)
        return self.scaled(x, (1 + self.scale(condition)).view(-1, self.channels, 1, 1))

    def scaled(self, x: Tensor, factor: Tensor | None = None) -> Tensor:
        """The block with its channels times `factor`, [n, c, 1, 1] or one for each position."""
        h = self.first(functional.leaky_relu(x, 0.2))
        if factor is not None:
            h = h * factor
        return x + cast(Tensor, self.second(functional.leaky_relu(h, 0.2)))


class Codebook(nn.Module):
    """z [n, latent], label [n, labels] -> how much of each part a picture is made of [n, rows].

    The pictures of a set are made of parts (the layers of a figure, or for single drawings each
    drawing itself), and every part has a row of learned code. z chooses among a slot's parts that
    ever went with the label: a softmax of its products with fixed random keys, so that most
    pictures are made of one part a slot and some are half one, half another, which no picture of
    the set is. `temperature` says how many: 0.05 few, 0.3 most. With `pairs`, the number of those
    that go together, of the second slot only parts that fit what was chosen in the first (where
    that is a blend, what fits most of it), and of the third only what is not spent with both.

    Learned codes of single pictures are from GLO (Bojanowski et al., ICML 2018).
    """

    keys: Tensor
    never: Tensor
    misfit: Tensor
    pairs: Tensor
    spent: Tensor

    def __init__(
        self,
        *,
        sizes: tuple[int, ...],
        labels: int,
        latent: int,
        temperature: float,
        pairs: int = 0,
    ) -> None:
        super().__init__()
        self.sizes, self.temperature, self.fitted = sizes, temperature, pairs > 0
        self.register_buffer("keys", functional.normalize(torch.randn(sum(sizes), latent), dim=1))
        self.register_buffer("never", torch.zeros(sum(sizes), labels))
        if pairs:
            self.register_buffer("misfit", torch.zeros(sizes[0], sizes[1], dtype=torch.uint8))
            self.register_buffer("pairs", torch.zeros(2, pairs, dtype=torch.int64))
            self.register_buffer("spent", torch.zeros(pairs, sizes[2], dtype=torch.uint8))

    def learn(self, parts: Parts) -> None:
        """Takes over what goes with what in a set."""
        self.never.copy_(torch.from_numpy(parts.never))
        if parts.fits is not None:
            self.misfit.copy_(torch.from_numpy(parts.fits.misfit))
            self.pairs.copy_(torch.from_numpy(parts.fits.pairs.T))
            self.spent.copy_(torch.from_numpy(parts.fits.spent))

    def forward(self, z: Tensor, label: Tensor) -> Tensor:
        scores = unit(z) @ self.keys.t() / self.temperature - 1e4 * (label @ self.never.t())
        slots = list(torch.split(scores, list(self.sizes), 1))
        if self.fitted:
            first = torch.softmax(slots[0], 1)
            slots[1] = slots[1] - 1e4 * (first @ self.misfit.to(scores.dtype))
            second = torch.softmax(slots[1], 1)
            pair = first.index_select(1, self.pairs[0]) * second.index_select(1, self.pairs[1])
            slots[2] = slots[2] - 1e4 * (pair @ self.spent.to(scores.dtype))
        return torch.cat([torch.softmax(slot, 1) for slot in slots], 1)


class Generator(nn.Module):
    """z [n, latent], label [n, labels] -> premultiplied RGBA in -1..1 [n, 4 pictures, size, size].

    All pictures of a figure (the frames of its walk, in each direction) come out of one pass.

    Only thin layers run at full size; the last wide one runs at a quarter of the pixels and gives
    each of them a flat base and, by pixel shuffle, four differences that start small: pixel art is
    flat areas first and pixels second. `widths` are the channels at 4x4, 8x8 and so on to half the
    full size.

    With `parts`, the sizes of the slots of a `Codebook` and its number of `pairs`, z acts only
    through the parts it chooses, each of which has `code` learned numbers.

    With `features`, the network chooses among the `colours` of its palette instead of mixing paint:
    it gives [n, (features + 1) pictures, size, size], and `ink` makes of a pixel's features one
    logit a colour; see `inks`. With `colourings` the last slot of parts has no code: the colours
    are inks, of which a table of so many rows makes colours of the palette; see `recolour`.

    `wrap` makes every layer toroidal, smooths what is doubled (a texture shows the grid of plain
    doubling, a figure does not), and lets z alone place features: with a learned basis every tile
    of every material had its bright spots at the same pixels.
    """

    def __init__(
        self,
        *,
        labels: int,
        latent: int = 64,
        widths: tuple[int, ...] = (192, 96, 64),
        fine: int = 16,
        depth: int = 1,
        wrap: bool = False,
        pictures: int = 1,
        parts: tuple[int, ...] = (),
        pairs: int = 0,
        code: int = 128,
        temperature: float = 0.1,
        features: int = 0,
        colours: int = 0,
        colourings: int = 0,
    ) -> None:
        super().__init__()
        condition = code if parts else 2 * latent
        blocks = depth * len(widths)
        self.latent, self.labels, self.wrap = latent, labels, wrap
        if parts:
            self.codebook: Codebook | None = Codebook(
                sizes=parts,
                labels=labels,
                latent=latent,
                temperature=temperature,
                pairs=pairs,
            )
            coded = parts[:-1] if colourings else parts
            self.codes = nn.Linear(sum(coded), condition, bias=False)
            with torch.no_grad():
                self.codes.weight.normal_(0, 1 / math.sqrt(len(coded)))
        else:
            self.codebook = None
            self.label = nn.Linear(labels, latent, bias=False)
            _scaled(self.label, math.sqrt(labels / 4))
        self.mix = nn.Linear(condition, condition)
        _scaled(self.mix, math.sqrt(2))
        if wrap or parts:
            self.spread = nn.Linear(condition if parts else latent, widths[0] * 16, bias=False)
            _scaled(self.spread, 1)
        else:
            self.basis = nn.Parameter(torch.randn(widths[0], 4, 4))
        if not parts:
            self.start = nn.Linear(condition, widths[0])
            _scaled(self.start, 1)
        stages = []
        for index, width in enumerate(widths):
            before = widths[max(index - 1, 0)]
            change = nn.Conv2d(before, width, 1, bias=False) if before != width else nn.Identity()
            if isinstance(change, nn.Conv2d):
                _scaled(change, 1)
            stage = [
                Block(width, blocks=blocks, wrap=wrap, condition=condition) for _ in range(depth)
            ]
            stages.append(nn.ModuleList([change, *stage]))
        self.stages = nn.ModuleList(stages)
        self.base = nn.Conv2d(widths[-1], fine, 1)
        _scaled(self.base, 1)
        self.detail = nn.Conv2d(widths[-1], fine * 4, 1)
        _scaled(self.detail, 0.3)
        self.polish = Conv3(fine, fine, gain=math.sqrt(2), wrap=wrap)
        self.ink = Ink(features, colours) if features else None
        self.recolour = (
            Recolour(parts=parts, inks=colours, colourings=colourings) if colourings else None
        )
        self.head = Conv3(fine, (features + 1 if features else 4) * pictures, gain=0.5, wrap=wrap)

    def forward(self, z: Tensor, label: Tensor) -> Tensor:
        if self.codebook is not None:
            return self.decode(self.codebook(z, label))
        z = unit(z)
        w = self.condition(z, label)
        x = self.start(w)[:, :, None, None]
        # Either way [n, c, 4, 4].
        x = x + self.spread(z).view(-1, x.shape[1], 4, 4) if self.wrap else x * self.basis
        return self._drawn(x, w)

    def condition(self, z: Tensor, label: Tensor) -> Tensor:
        """What every block is told of latents of unit length and labels [..., 2 latent]."""
        return self._mixed(torch.cat([z, self.label(label)], -1))

    def decode(self, choice: Tensor) -> Tensor:
        """The pictures made of a choice of parts [n, rows], as `Codebook` gives it."""
        w = self.told(choice)
        return self._drawn(self.spread(w).view(-1, self.spread.out_features // 16, 4, 4), w)

    def told(self, choice: Tensor) -> Tensor:
        """What every block is told of a choice of parts [n, code]."""
        if self.recolour is not None:
            choice = choice[:, : self.codes.in_features]
        return self._mixed(self.codes(choice))

    def _mixed(self, w: Tensor) -> Tensor:
        return w + functional.leaky_relu(self.mix(w), 0.2)

    def _drawn(self, x: Tensor, w: Tensor) -> Tensor:
        for index, stage in enumerate(self.stages):
            change, *blocks = cast(nn.ModuleList, stage)
            if index:
                x = doubled(change(x), self.wrap)  # before the doubling a quarter of the work
            for block in blocks:
                x = block(x, w)
        return self.sharpened(x)

    def sharpened(self, x: Tensor) -> Tensor:
        """Pictures [n, 4 pictures, size, size] of the last stage's features at half their size."""
        x = self._enlarged(x)
        x = x + self.polish(functional.leaky_relu(x, 0.2))  # [n, fine, size, size]
        return cast(Tensor, self.head(functional.leaky_relu(x, 0.2))).float()

    def _enlarged(self, x: Tensor) -> Tensor:
        """The flat base and the four differences of every pixel: twice the height and width.

        `detail` by pixel shuffle, and `base` doubled to its nearest neighbours, are one transposed
        convolution, which runtimes do in half the time. A canvas that wraps has any size, and its
        base is smoothed.
        """
        if self.wrap:
            return doubled(self.base(x), True) + functional.pixel_shuffle(self.detail(x), 2)
        fine, side = self.base.out_channels, int(x.shape[2])  # numbers in a traced graph too
        weight = self.detail.weight.view(fine, 4, -1) + self.base.weight.view(fine, 1, -1)
        bias = cast(Tensor, self.detail.bias).view(fine, 1, 2, 1, 2)
        bias = bias + cast(Tensor, self.base.bias).view(fine, 1, 1, 1, 1)
        kernel = weight.permute(2, 0, 1).reshape(-1, fine, 2, 2)
        flat = bias.expand(fine, side, 2, side, 2).reshape(fine, 2 * side, 2 * side)
        both = functional.conv_transpose2d(x, kernel, stride=2)
        return both + flat.to(both.dtype)


class Coloured(nn.Module):
    """z [n, latent], label [n, labels] -> raw pictures of a `Generator` that draws in inks, and the
    rows [n] of its table that say in which colours.
    """

    def __init__(self, net: Generator) -> None:
        super().__init__()
        self.net = net

    def forward(self, z: Tensor, label: Tensor) -> tuple[Tensor, Tensor]:
        choice = cast(Codebook, self.net.codebook)(z, label)
        row = cast(Recolour, self.net.recolour)(choice)
        return self.net.decode(choice), row


def finished(net: nn.Module, palette: NDArray[np.uint8], *, pictures: int, tidy: float) -> Finished:
    """A generator with its last layer: latents, labels and a palette [K, 3] -> its pictures."""
    ink, recolour = getattr(net, "ink", None), getattr(net, "recolour", None)
    drawing = net if recolour is None else Coloured(cast(Generator, net))
    return Finished(drawing, palette, pictures=pictures, tidy=tidy, ink=ink, recolour=recolour)


def doubled(x: Tensor, smooth: bool) -> Tensor:
    """Twice the height and width: nearest neighbours, or their toroidal average with the next."""
    x = functional.interpolate(x, scale_factor=2.0, mode="nearest")
    if smooth:
        x = (x + torch.cat([x[:, :, 1:], x[:, :, :1]], 2)) * 0.5
        x = (x + torch.cat([x[:, :, :, 1:], x[:, :, :, :1]], 3)) * 0.5
    return x


class Critic(nn.Module):
    """Premultiplied RGBA [n, 4 pictures, size, size], label [n, labels] -> realness [n].

    The mirror of `Generator`: a thin full-size layer, then pixel-unshuffle. The label enters as a
    projection (Miyato & Koyama, ICLR 2018).
    """

    def __init__(
        self,
        *,
        labels: int,
        widths: tuple[int, ...] = (192, 96, 64),
        fine: int = 16,
        depth: int = 1,
        pictures: int = 1,
    ) -> None:
        super().__init__()
        blocks = depth * len(widths)
        self.fine = Conv3(4 * pictures, fine, gain=1, wrap=False)
        self.down = nn.Conv2d(fine * 4 + 16 * pictures, widths[-1], 1)
        _scaled(self.down, 1)
        stages = []
        for index in reversed(range(len(widths))):
            width, after = widths[index], widths[max(index - 1, 0)]
            change = nn.Conv2d(width, after, 1, bias=False) if index else nn.Identity()
            if isinstance(change, nn.Conv2d):
                _scaled(change, 1)
            stage = [Block(width, blocks=blocks, wrap=False) for _ in range(depth)]
            stages.append(nn.ModuleList([*stage, change]))
        self.stages = nn.ModuleList(stages)
        features = widths[0]
        self.gather = nn.Conv2d(features, features, 4, groups=features)
        _scaled(self.gather, 1)
        self.realness = nn.Linear(features, 1)
        _scaled(self.realness, 1)
        self.project = nn.Linear(labels, features, bias=False)
        _scaled(self.project, math.sqrt(labels / 4))
        self.scale = features**-0.5

    def forward(self, image: Tensor, label: Tensor) -> Tensor:
        thin = functional.leaky_relu(self.fine(image), 0.2)
        # Pixel-unshuffle, then the 1x1 convolution `down`: as one convolution of stride 2.
        kernel = self.down.weight.view(self.down.out_channels, -1, 2, 2)
        both = torch.cat([thin, image.to(thin.dtype)], 1)
        x = functional.conv2d(both, kernel, self.down.bias, stride=2)
        for index, stage in enumerate(self.stages):
            *blocks, change = cast(nn.ModuleList, stage)
            for block in blocks:
                x = block(x)
            if index + 1 < len(self.stages):
                x = functional.avg_pool2d(change(x), 2)
        # The depthwise convolution `gather` as a sum: its second derivative is a loop otherwise.
        h = (functional.leaky_relu(x, 0.2).float() * self.gather.weight[:, 0]).sum((2, 3))
        h = h + cast(Tensor, self.gather.bias)
        projected = (h * self.project(label)).sum(1) * self.scale
        return cast(Tensor, self.realness(h).squeeze(1) + projected).float()


class DcganGenerator(nn.Module):
    """The DCGAN generator (Radford et al., ICLR 2016) with the label beside z; RGBA by tanh."""

    def __init__(
        self,
        *,
        labels: int,
        latent: int = 64,
        width: int = 64,
        size: int = 32,
        pictures: int = 1,
    ) -> None:
        super().__init__()
        self.latent, self.labels = latent, labels
        doublings = count_stages(size)
        channels = (latent + labels, *(width << step for step in reversed(range(doublings))))
        layers: list[nn.Module] = []
        for index, (before, after) in enumerate(pairwise(channels)):
            stride, padding = (2, 1) if index else (1, 0)
            layers += [
                nn.ConvTranspose2d(before, after, 4, stride, padding, bias=False),
                nn.BatchNorm2d(after),
                nn.ReLU(),
            ]
        layers += [nn.ConvTranspose2d(width, 4 * pictures, 4, 2, 1), nn.Tanh()]
        self.layers = nn.Sequential(*layers)
        self.apply(_dcgan_weights)

    def forward(self, z: Tensor, label: Tensor) -> Tensor:
        return cast(Tensor, self.layers(torch.cat([z, label], 1)[:, :, None, None])).float()


class DcganCritic(nn.Module):
    """The DCGAN discriminator with the label as constant planes; gives a logit [n]."""

    def __init__(self, *, labels: int, width: int = 64, size: int = 32, pictures: int = 1) -> None:
        super().__init__()
        layers: list[nn.Module] = [
            nn.Conv2d(4 * pictures + labels, width, 4, 2, 1),
            nn.LeakyReLU(0.2),
        ]
        halvings = count_stages(size)
        for step in range(1, halvings):
            layers += [
                nn.Conv2d(width << (step - 1), width << step, 4, 2, 1, bias=False),
                nn.BatchNorm2d(width << step),
                nn.LeakyReLU(0.2),
            ]
        layers.append(nn.Conv2d(width << (halvings - 1), 1, 4))
        self.layers = nn.Sequential(*layers)
        self.apply(_dcgan_weights)

    def forward(self, image: Tensor, label: Tensor) -> Tensor:
        planes = label[:, :, None, None].expand(-1, -1, *image.shape[2:]).to(image.dtype)
        return cast(Tensor, self.layers(torch.cat([image, planes], 1))).flatten().float()


def _dcgan_weights(module: nn.Module) -> None:
    """The paper's initialisation: N(0, 0.02²) for convolutions, N(1, 0.02²) for norms."""
    if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
        nn.init.normal_(module.weight, 0, 0.02)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1, 0.02)
