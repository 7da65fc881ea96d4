"""Palette heads: losses of choosing, what a critic is shown, and pixels that are finished."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from training_data import write_set

from aigc_procgen.core.errors import InvalidArgument
from aigc_procgen.train.config import preset
from aigc_procgen.train.finish import finish
from aigc_procgen.train.inks import Ink, choice_loss, expected_picture
from aigc_procgen.train.trainer import Trainer

PALETTE = np.array([[0, 0, 0], [250, 20, 10], [40, 90, 200], [255, 255, 255]], np.uint8)


def started(features=4):
    torch.manual_seed(1)
    ink = Ink(features, len(PALETTE))
    ink.start_with(PALETTE)
    return ink


def raw_of(wanted, ink):
    """Raw pictures [n, (f + 1) p, h, w] that say RGB plainly, of entries [n, p, h, w]."""
    colours = torch.from_numpy(PALETTE.astype(np.float32)) / 127.5 - 1
    planes = torch.zeros(*wanted.shape, ink.in_features + 1)
    planes[..., :3] = colours[(wanted.long() - 1).clamp(min=0)]
    planes[..., -1] = torch.where(wanted > 0, 9.0, -9.0)
    return planes.permute(0, 1, 4, 2, 3).flatten(1, 2)


def entries(pictures=2, count=3, side=6):
    return torch.randint(0, 5, (count, pictures, side, side), dtype=torch.uint8)


def test_a_head_starts_as_the_nearest_colour():
    """Before any training three features are red, green and blue, and finished pixels follow."""
    ink = started()
    wanted = entries()
    palette = torch.from_numpy(PALETTE.astype(np.float32))
    pixels = finish(raw_of(wanted, ink), palette, palette, 2, ink=ink)
    assert torch.equal(pixels[..., 3], (wanted > 0).to(torch.uint8) * 255)
    solid = wanted > 0
    np.testing.assert_array_equal(
        pixels[solid][:, :3].numpy(), PALETTE[wanted[solid].long().numpy() - 1]
    )
    assert not pixels[~solid].any()
    other = finish(raw_of(wanted, ink), palette, palette.flip(0), 2, ink=ink)
    np.testing.assert_array_equal(
        other[solid][:, :3].numpy(), PALETTE[::-1][wanted[solid].long().numpy() - 1]
    )


def test_the_loss_falls_to_nothing_where_all_is_chosen_right():
    """Sharp and right is near 0, sharp and wrong is dear, and an even guess costs its logarithm."""
    ink, wanted = started(), entries()
    with torch.no_grad():
        ink.weight *= 4
        ink.bias *= 4
    ink.requires_grad_(False)
    right = choice_loss(raw_of(wanted, ink), ink, wanted, 0)
    swapped = torch.where(wanted > 0, wanted % 4 + 1, wanted)
    wrong = choice_loss(raw_of(wanted, ink), ink, swapped, 0)
    assert right < 0.01
    assert wrong > 3
    with torch.no_grad():
        ink.weight.zero_()
        ink.bias.zero_()
    even = [choice_loss(raw_of(wanted, ink), ink, wanted, phase) for phase in (0, 1)]
    share = float((wanted > 0).float().mean())
    assert float(sum(even)) / 2 == pytest.approx(share * np.log(4), abs=0.01)


def test_pixels_that_touch_no_other_are_cleared():
    """A speck beside a figure goes; two that touch at a corner are a thing, and stay."""
    ink = started()
    wanted = torch.zeros(1, 1, 6, 6, dtype=torch.uint8)
    wanted[0, 0, 0, 0] = wanted[0, 0, 3, 3] = wanted[0, 0, 4, 4] = 2
    draw = torch.from_numpy(PALETTE.astype(np.float32))
    (pixels,) = finish(raw_of(wanted, ink), draw, draw, 1, 0.0, ink)
    assert pixels[..., 3].nonzero().tolist() == [[3, 3], [4, 4]]


def test_halves_of_a_batch_share_the_loss():
    """The mean of two processes' losses is the loss of the whole batch."""
    ink, wanted = started().requires_grad_(False), entries(count=4)
    raw = torch.randn(4, 2 * 5, 6, 6)
    whole = choice_loss(raw, ink, wanted, 1)
    halves = [choice_loss(raw[part], ink, wanted[part], 1) for part in (slice(0, 2), slice(2, 4))]
    assert float(sum(halves)) / 2 == pytest.approx(float(whole), rel=1e-5)


def test_a_critic_sees_premultiplied_expected_colours():
    """A sure pixel is its colour, a transparent one is -1 everywhere, a doubtful one between."""
    ink, wanted = started(), entries(pictures=1)
    with torch.no_grad():
        ink.weight *= 10
        ink.bias *= 10
    colours = torch.from_numpy(PALETTE.astype(np.float32)) / 127.5 - 1
    seen = expected_picture(raw_of(wanted, ink), ink, colours, 1)
    plain = torch.full((3, 4, 6, 6), -1.0)
    solid = (wanted > 0)[:, 0]
    plain.permute(0, 2, 3, 1)[solid] = torch.cat(
        [colours[wanted[:, 0][solid].long() - 1], torch.ones(int(solid.sum()), 1)], 1
    )
    assert torch.allclose(seen, plain, atol=0.02)


def test_training_with_a_head_learns_the_pictures(tmp_path):
    """Warming up lowers the loss, the critic's phase runs, and sheets are finished pixels."""
    data = write_set(tmp_path / "sprites.npz", "sprites", count=24)
    config = preset(
        "sprites", "tiny", images=640, warm_up=576, burn_in=640, widths=(16, 12, 8), fine=8,
        features=4, code=16, batch=16, colours=8, learning_rate=(4e-3, 1e-3),
    )  # fmt: skip
    trainer = Trainer(config, data, tmp_path / "run", "cpu")
    losses = [trainer.train_step() for _ in range(40)]
    first, warmed = (float(losses[index]["reconstruction"]) for index in (0, 35))
    assert warmed < first / 2
    assert "gap" in losses[-1]
    assert all(torch.isfinite(value) for step in losses for value in step.values())
    pixels, _ = trainer.sample_sheet()
    opaque = pixels[pixels[..., 3] > 0][:, :3]
    palette = {tuple(colour) for colour in trainer.dataset.palette.tolist()}
    assert {tuple(colour) for colour in np.unique(opaque, axis=0).tolist()} <= palette


def test_features_are_checked():
    """Fewer than three features cannot start as red, green and blue."""
    with pytest.raises(InvalidArgument, match="features must be"):
        preset("sprites", "tiny", features=2)
