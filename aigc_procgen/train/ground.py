"""A toroidal generator as a painter of whole pieces of ground: many tiles, many materials.

A generator of tiles is convolutions from 4x4 features on, so it draws a canvas of any number of
tiles as one picture without a seam, each tile from a latent of its own. And its label acts only by
vectors that are added to and multiplied with features, so every position may take the vectors of
another material: where two meet, the convolutions draw a border that belongs to both. Neither needs
training of its own. Conditions that vary by place are from SPADE (Park et al., CVPR 2019).
"""

from __future__ import annotations

from typing import cast

from torch import Tensor, nn
from torch.nn import functional

from .networks import Block, Generator, doubled, pad_wrapped, unit

__all__ = ["Ground"]


class Ground(nn.Module):
    """z [rows, columns, latent], label [materials, labels], share [materials, size rows, size
    columns] -> premultiplied RGBA in -1..1 [1, 4, size rows, size columns].

    `share` says how much of each material a pixel is, 1 in all. The canvas wraps. One tile of one
    material is what the generator itself draws.
    """

    def __init__(self, net: Generator) -> None:
        super().__init__()
        self.net = net
        self.size = 8 << len(net.stages) - 1

    def forward(self, z: Tensor, label: Tensor, share: Tensor) -> Tensor:
        net = self.net
        rows, columns, latent = z.shape
        told = self._told(z.reshape(rows * columns, latent), label)
        condition = pad_wrapped(told.reshape(label.shape[0], rows, columns, -1).permute(0, 3, 1, 2))
        if net.codebook is None:
            x = self._laid(net.spread(unit(z.reshape(rows * columns, latent)))[None], rows, columns)
            x = x + self._placed(net.start, condition, share, 4)
        else:
            x = self._laid(net.spread(told), rows, columns) * self._part(share, 4)
            x = x.sum(0, keepdim=True)
        for index, stage in enumerate(net.stages):
            change, *blocks = cast(nn.ModuleList, stage)
            if index:
                x = doubled(change(x), smooth=True)
            for block in cast("list[Block]", blocks):
                scale = self._placed(cast(nn.Linear, block.scale), condition, share, 4 << index)
                x = block.scaled(x, 1 + scale)
        return net.sharpened(x)

    def _told(self, z: Tensor, label: Tensor) -> Tensor:
        """What every tile would be told if it were of each material [materials, tiles, c]."""
        materials, tiles = label.shape[0], z.shape[0]
        z = unit(z)[None].expand(materials, tiles, -1)
        label = label[:, None].expand(materials, tiles, -1)
        if self.net.codebook is None:
            return self.net.condition(z, label)
        flat = self.net.codebook(z.reshape(-1, z.shape[2]), label.reshape(-1, label.shape[2]))
        return self.net.told(flat).reshape(materials, tiles, -1)

    @staticmethod
    def _laid(x: Tensor, rows: int, columns: int) -> Tensor:
        """Features of tiles [n, tiles, c 16] side by side [n, c, 4 rows, 4 columns]."""
        x = x.reshape(x.shape[0], rows, columns, -1, 4, 4)
        return x.permute(0, 3, 1, 4, 2, 5).reshape(x.shape[0], -1, rows * 4, columns * 4)

    def _part(self, share: Tensor, side: int) -> Tensor:
        """How much of each material is at `side` positions a tile [materials, 1, h, w]."""
        return functional.avg_pool2d(share[:, None], self.size // side)

    def _placed(self, layer: nn.Linear, condition: Tensor, share: Tensor, side: int) -> Tensor:
        """A layer's answer to the conditions at `side` positions a tile [1, c, rows, columns].

        Between the middles of tiles it changes slowly: otherwise the ground would show its tiles.
        """
        answer = functional.conv2d(condition, layer.weight[:, :, None, None], layer.bias)
        answer = functional.interpolate(answer, scale_factor=float(side), mode="bilinear")
        answer = answer[:, :, side:-side, side:-side]
        return (answer * self._part(share, side)).sum(0, keepdim=True)
