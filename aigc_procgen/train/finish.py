"""The last layer of every exported graph: raw network output to finished 8-bit palette pixels."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from .inks import Ink
from .recolour import Recolour

__all__ = ["Finished", "finish"]


_SHARPNESS = 50.0  # of the choice to be tidied: a fiftieth of squared distance is one unit


def finish(
    raw: Tensor,
    choose: Tensor,
    draw: Tensor,
    pictures: int = 1,
    tidy: float = 0.0,
    ink: Ink | None = None,
    colouring: tuple[Recolour, Tensor] | None = None,
) -> Tensor:
    """Premultiplied RGBA in -1..1 [n, 4, h, w] -> uint8 RGBA [n, h, w, 4], alpha 0 or 255.

    With several pictures a figure, [n, 4 pictures, h, w] -> [n, pictures, h, w, 4]. With `ink`, raw
    pictures are those of a palette head [n, (features + 1) pictures, h, w]: every pixel takes its
    likeliest colour, `choose` is not asked, and where the last channel is below 0 it is
    transparent, as is a pixel that touches no other. With `colouring` as well, what is chosen are
    inks, and the rows [n] of a table say which entry of `draw` each of them is.

    Every pixel takes the nearest of the colours `choose` [K, 3] (0..255) and is drawn in the same
    entry of `draw` [K, 3]: another palette there recolours the picture and leaves its shapes alone.
    Where alpha a is below one half the pixel is transparent. The nearest colour to x / a is argmax
    of 2x·p - a|p|², which is one product with no division.

    With `tidy` above 0 colours that the figure uses much, and that a pixel's neighbours take, count
    for more where two are nearly as near: one mean-field step of a Potts model with a prior on
    colours (Krähenbühl & Koltun, NeurIPS 2011, is the method in full). It clears flat areas of
    speckle, and would take the shading from art that is shaded pixel by pixel.
    """
    if pictures > 1:
        height, width = (int(side) for side in raw.shape[2:])  # numbers in a traced graph too
        raw = raw.reshape(-1, int(raw.shape[1]) // pictures, height, width)
    if ink is None:
        solid, both, alpha = _covered(raw * 0.5 + 0.5)
        scaled = choose / 255.0
        weights = torch.cat([2.0 * scaled.t(), -1.0 * scaled.square().sum(1)[None]])
        if tidy:
            both, weights = both / alpha, weights * _SHARPNESS
    else:
        features = int(raw.shape[1]) - 1
        both, opaque = torch.split(raw, [features, 1], 1)
        solid = _without_strays(opaque >= 0.0)[:, 0]
        both = torch.cat([both, torch.ones_like(opaque)], 1)
        weights = torch.cat([ink.weight.t(), ink.bias[None]])
    channels = int(both.shape[1])
    if tidy:
        score = torch.matmul(both.permute(0, 2, 3, 1), weights)
        score, mask = score.unsqueeze(1), solid[:, None, ..., None]
        if pictures > 1:
            score = score.reshape(-1, pictures, height, width, int(weights.shape[1]))
            mask = mask.reshape(-1, pictures, height, width, 1)
        index = (score + _habits(score, mask) * tidy).argmax(-1)
    elif pictures > 1:
        # Picture by picture: the scores of one fit in a processor's cache.
        planes = both.permute(0, 2, 3, 1).reshape(-1, pictures, height, width, channels)
        parts = torch.split(planes, 1, 1)
        index = torch.cat([torch.matmul(part, weights).argmax(-1) for part in parts], 1)
    else:
        index = torch.matmul(both.permute(0, 2, 3, 1), weights).argmax(-1)[:, None]
    if colouring is not None:
        index = colouring[0].entries(index, colouring[1])
    index = index.reshape(-1, height, width) if pictures > 1 else index[:, 0]
    # One more row of the table is the transparent pixel, so nothing of a picture's size is masked.
    count = len(choose)
    opaque = torch.cat([draw.clamp(0.0, 255.0), draw.new_full((count, 1), 255.0)], 1)
    table = torch.cat([opaque, draw.new_zeros(1, 4)])
    index = torch.where(solid, index, torch.tensor(count))
    pixels = table[index].to(torch.uint8)
    return pixels.reshape(-1, pictures, height, width, 4) if pictures > 1 else pixels


class Finished(nn.Module):
    """A network with its last layer: what the network takes, and then a palette [K, 3] ->
    uint8 [n, (pictures,) h, w, 4], or without the first axis if it draws one `canvas`.

    `net` gives raw pictures, or with `recolour` raw pictures and rows of its table; `palette`
    uint8 [K, 3] are the colours that it was trained with. The rest is as in `finish`.
    """

    choose: Tensor

    def __init__(
        self,
        net: nn.Module,
        palette: NDArray[np.uint8],
        *,
        pictures: int = 1,
        tidy: float = 0.0,
        ink: Ink | None = None,
        recolour: Recolour | None = None,
        canvas: bool = False,
    ) -> None:
        super().__init__()
        self.net, self.pictures, self.tidy, self.canvas = net, pictures, tidy, canvas
        # Parts of the network, which owns them: a second name for their weights is one too many.
        self._ink, self._recolour = (ink,), (recolour,)
        self.register_buffer("choose", torch.from_numpy(palette.astype(np.float32)))

    def forward(self, *inputs: Tensor) -> Tensor:
        *taken, draw = inputs
        raw, colouring = self.net(*taken), None
        if (recolour := self._recolour[0]) is not None:
            raw, rows = raw
            colouring = recolour, rows
        made = finish(raw, self.choose, draw, self.pictures, self.tidy, self._ink[0], colouring)
        return made[0] if self.canvas else made


def _without_strays(solid: Tensor) -> Tensor:
    """Opaque pixels [n, 1, h, w] but those all of whose eight neighbours are transparent: one in
    forty things had one, of a thousand drawn by hand one has.
    """
    opaque = solid.float()
    return opaque * functional.avg_pool2d(opaque, 3, 1, 1) >= 1.5 / 9


def _covered(x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Of premultiplied RGBA in 0..1 what is opaque [n, h, w], colour and alpha [n, 4, h, w], and
    alpha [n, 1, h, w], both at least one half.
    """
    colour, alpha = torch.split(x, [3, 1], 1)
    solid, alpha = (alpha >= 0.5)[:, 0], alpha.clamp(min=0.5)
    return solid, torch.cat([colour, alpha], 1), alpha


def _habits(score: Tensor, solid: Tensor) -> Tensor:
    """What speaks for each colour at each pixel besides its nearness, in the units and the shape of
    `score`, [n, pictures, h, w, K]. Sums are taken of planes, where what is summed lies together.
    """
    likely = torch.softmax(score, -1) * solid.to(score.dtype)
    planes = likely.reshape(-1, *likely.shape[-3:]).permute(0, 3, 1, 2)
    sums = planes.sum((2, 3)).reshape(-1, int(likely.shape[1]), 1, 1, int(likely.shape[4]))
    opaque = solid.to(score.dtype).sum((1, 2, 3), keepdim=True).clamp(min=1.0)
    used = torch.log(sums.sum(1, keepdim=True) / opaque + 1e-4)
    around = functional.avg_pool2d(planes, 3, 1, 1) * 9.0 - planes
    return 2.0 * used + around.permute(0, 2, 3, 1).reshape(likely.shape)
