"""Layers written for speed give what the plain way of writing them gives."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from aigc_procgen.train.finish import finish
from aigc_procgen.train.networks import Generator, pad_wrapped


def small(wrap, pictures=1):
    torch.manual_seed(3)
    net = Generator(labels=3, widths=(12, 10, 8), fine=6, wrap=wrap, pictures=pictures)
    with torch.no_grad():
        for parameter in net.parameters():
            parameter += torch.randn_like(parameter) * 0.1  # biases and last layers start at 0
    return net.eval()


def doubled(x, smooth):
    """Twice the sides: every pixel four times, then its mean with the next one, around the edge."""
    x = x.repeat_interleave(2, 2).repeat_interleave(2, 3)
    if smooth:
        for axis in (2, 3):
            x = (x + x.roll(-1, axis)) / 2
    return x


@pytest.mark.parametrize("wrap", [False, True])
def test_last_doubling_is_a_flat_base_and_shuffled_differences(wrap):
    """One transposed convolution gives what two convolutions, a doubling and a shuffle give."""
    net = small(wrap)
    x = torch.randn(2, 8, 16, 16)
    with torch.no_grad():
        plain = doubled(net.base(x), wrap) + functional.pixel_shuffle(net.detail(x), 2)
        assert torch.allclose(net._enlarged(x), plain, atol=1e-5)


@pytest.mark.parametrize("wrap", [False, True])
def test_channels_may_change_before_the_doubling(wrap):
    """The whole network gives what it gives with each resolution's channels changed after it."""
    net = small(wrap, pictures=2)
    z, label = torch.randn(3, 64), torch.eye(3)
    seen = []
    net.stages[0][1].register_forward_hook(lambda _, inputs, x: seen.append((*inputs[1:], x)))
    with torch.no_grad():
        raw = net(z, label)
        ((condition, x),) = seen
        for change, *blocks in list(net.stages)[1:]:
            x = change(doubled(x, wrap))
            for block in blocks:
                x = block(x, condition)
        x = doubled(net.base(x), wrap) + functional.pixel_shuffle(net.detail(x), 2)
        x = x + net.polish(functional.leaky_relu(x, 0.2))
        plain = net.head(functional.leaky_relu(x, 0.2))
    assert raw.shape == (3, 8, 32, 32)
    assert torch.allclose(raw, plain, atol=1e-4)


def test_padding_wraps_around():
    """A frame of one pixel is what lies on the other side, corners too."""
    for side in (2, 4, 9):
        x = torch.randn(2, 3, side, side)
        assert torch.equal(pad_wrapped(x), functional.pad(x, (1, 1, 1, 1), mode="circular"))


@pytest.mark.parametrize("pictures", [1, 3])
def test_finish_takes_the_nearest_colour_of_half_covered_pixels_too(pictures):
    """Scores without a division choose what distances in 64 bits choose, but for near ties."""
    random = torch.Generator().manual_seed(5)
    palette = torch.randint(0, 256, (40, 3), generator=random).float()
    raw = torch.rand(4, 4 * pictures, 9, 16, generator=random) * 2.4 - 1.2
    pixels = finish(raw, palette, palette, pictures)
    shape = (4, pictures, 9, 16, 4) if pictures > 1 else (4, 9, 16, 4)
    assert pixels.shape == shape
    assert pixels.dtype == torch.uint8
    x = raw.double().reshape(-1, 4, 9, 16).permute(0, 2, 3, 1) * 0.5 + 0.5
    colour = x[..., :3] / x[..., 3:].clamp(min=0.5)
    distance = (colour[..., None, :] - palette.double() / 255).square().sum(-1)
    nearest, second = distance.topk(2, largest=False).values.unbind(-1)
    solid, clear = x[..., 3] >= 0.5, second - nearest > 1e-5
    got = pixels.reshape(-1, 9, 16, 4)
    assert 0.3 < solid.float().mean() < 0.7
    assert clear.float().mean() > 0.99
    assert torch.equal(got[..., 3] == 255, solid)
    assert not got[~solid].any()
    wanted = palette[distance.argmin(-1)].to(torch.uint8)
    assert torch.equal(got[solid & clear][:, :3], wanted[solid & clear])
