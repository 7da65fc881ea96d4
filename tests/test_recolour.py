"""Colourings as tables: shapes are learned, colours are looked up."""

from __future__ import annotations

import json
import shutil

import numpy as np
import onnxruntime
import pytest
import torch
from aigc_procgen.exporters.onnx import compare, export_run
from training_data import BOX_COLOURS, SMALL, write_coloured_set

from aigc_procgen.core.errors import InvalidArgument
from aigc_procgen.train.config import preset
from aigc_procgen.train.dataset import load_dataset
from aigc_procgen.train.recolour import Recolour, fit_colourings, inks_of
from aigc_procgen.train.trainer import Trainer

_INKS = np.array([(200, 0, 0), (0, 200, 0), (100, 100, 100)], np.uint8)
_PALETTE = np.array([(0, 0, 0), (0, 0, 200), (200, 0, 0), (100, 100, 100)], np.uint8)


def test_a_table_says_what_an_ink_becomes():
    """An ink becomes the palette's nearest to the mean of what its colours become, each as often as
    it is met; one that a colouring lacks becomes what the nearest ink becomes.
    """
    swatches = np.array(
        [
            (0, 1, 200, 0, 0, 200, 0, 0, 5),
            (0, 1, 0, 200, 0, 0, 200, 0, 5),
            (0, 2, 190, 0, 0, 0, 0, 180, 9),
            (0, 2, 210, 0, 0, 200, 0, 0, 1),
            (0, 2, 0, 190, 0, 90, 90, 90, 1),
            (1, 1, 100, 100, 100, 100, 100, 100, 1),
        ],
        np.int32,
    )
    found = fit_colourings(swatches, _PALETTE, _INKS)
    assert found.first.tolist() == [0, 2]
    assert found.colours[1, 0].tolist() == [20, 0, 162]
    assert found.table[1].tolist() == [1, 3, 1]
    # The second category's only colouring was met in grey alone.
    assert found.table[2].tolist() == [3, 3, 3]


def test_a_pixels_ink_is_told_by_all_its_colours():
    """What is grey in one colouring may be any of three; another colouring tells which."""
    colours = np.array([[(90, 90, 90)] * 3, [(0, 0, 9), (0, 0, 9), (9, 0, 0)]], np.float32)
    images = np.zeros((3, 1, 1, 4, 4), np.uint8)
    images[0, 0, 0, 1:] = (90, 90, 90, 255)
    images[1, 0, 0, 1:] = [(0, 0, 9, 255), (9, 0, 0, 255), (0, 0, 9, 255)]
    images[2, 0, 0, 2] = (9, 0, 0, 255)
    shapes = np.array([[7, 7], [7, 7], [8, 7]])
    found = inks_of(images, shapes, np.array([0, 1, 1]), colours)
    assert found[:, 0, 0].tolist() == [[0, 1, 3, 1], [0, 1, 3, 1], [0, 0, 3, 0]]


def test_the_table_belongs_to_what_the_first_slot_shows():
    """The row is that of the chosen colouring, counted from where the drawing's category starts."""
    recolour = Recolour(parts=(3, 2, 2), inks=2, colourings=4)
    table = np.array([(0, 1), (2, 3), (4, 5), (6, 7)], np.uint8)
    recolour.learn(table, np.array([0, 2, 2]))
    choice = torch.tensor([[0, 0, 1, 1, 0, 0, 1], [1, 0, 0, 1, 0, 0.6, 0.4]])
    rows = recolour(choice)
    assert rows.tolist() == [3, 0]
    inks = torch.tensor([[[0, 1]], [[1, 1]]])
    assert recolour.entries(inks, rows).tolist() == [[[6, 7]], [[1, 1]]]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run on drawings that were never shown in their first colouring, nearly all without a
    critic.
    """
    folder = tmp_path_factory.mktemp("coloured")
    data = write_coloured_set(folder / "sprites.npz")
    config = preset(
        "sprites",
        "tiny",
        **{
            **SMALL,
            "widths": (24, 16, 16),
            "fine": 8,
            "colours": 5,
            "inks": 4,
            "code": 16,
            "batch": 8,
            "images": 2040,
            "burn_in": 4000,
            "warm_up": 2000,
            "snapshot": 2040,
            "learning_rate": (3e-3, 1e-3),
            "temperature": 0.01,  # blends of two drawings are neither
        },
    )
    trainer = Trainer(config, data, folder / "run", "cpu")
    trainer.train()
    return folder / "run", data, trainer


def test_a_drawing_is_drawn_in_colours_that_it_was_never_shown_in(run):
    """All three drawings of a category come out in the colours that were held out, to the
    pixel.
    """
    _, path, trainer = run
    with np.load(path) as data:
        images, held_out = data["images"], data["held_out"]
    assert trainer.dataset.drawings is not None
    drawn = trainer.sample(torch.randn(400, 64), torch.eye(2)[torch.arange(400) % 2])
    wanted = images[held_out]
    differ = (drawn[:, None] != wanted[None]).any(-1).mean((2, 3))  # [samples, drawings]
    nearest = differ.argmin(1)
    assert set(nearest.tolist()) == set(range(6))
    assert (nearest // 3 == np.arange(400) % 2).all()
    assert (differ.min(1) == 0).mean() > 0.9
    assert {tuple(c) for c in drawn[drawn[..., 3] > 0][:, :3].tolist()} <= {*BOX_COLOURS}


def test_the_graph_looks_colours_up_as_the_network_does(run):
    """ONNX Runtime and PyTorch agree to the pixel, and a game's palette colours what is drawn."""
    folder, _, trainer = run
    data, entry = export_run(folder)
    agreement = compare(folder, data, images=64)
    assert agreement.pixels_differing == 0
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    palette = np.array(entry["palette"], np.float32)
    assert len(palette) == len(trainer.dataset.palette)
    feed = {"z": np.random.default_rng(0).standard_normal((9, 64)).astype(np.float32)}
    feed["label"] = np.eye(2, dtype=np.float32)[np.arange(9) % 2]
    (plain,) = session.run(["pixels"], {**feed, "palette": palette})
    (turned,) = session.run(["pixels"], {**feed, "palette": 255 - palette})
    solid = plain[..., 3] == 255
    assert solid.any()
    assert (turned[solid][:, :3] == 255 - plain[solid][:, :3]).all()
    assert np.array_equal(turned[..., 3], plain[..., 3])


def test_who_mixes_paint_learns_colourings_as_any_part(tmp_path):
    """Without a palette head, and for a DCGAN, a set of colourings is a set of pictures."""
    data = write_coloured_set(tmp_path / "sprites.npz")
    mixing = Trainer(preset("sprites", "tiny", **SMALL, features=0), data, tmp_path / "a", "cpu")
    assert mixing.shape.colourings == mixing.shape.inks == 0
    mixing.train_step()
    dcgan = Trainer(preset("sprites", "tiny", "dcgan", **SMALL), data, tmp_path / "b", "cpu")
    assert dcgan.dataset.drawings is None
    dcgan.train_step()


@pytest.mark.parametrize(
    "change",
    [
        lambda told: told[told[:, 1] != 3],  # a colouring that is shown
        lambda told: told[told[:, 1] != 1],  # one that is only to be drawn
        lambda told: told[(told[:, 0] == 0) | (told[:, 1] != 1)],  # the same of one category
        lambda told: told[told[:, 0] == 0],
        lambda told: told[:, :8],
        lambda told: told.astype(np.float32),
        lambda told: told - (0, 1, 0, 0, 0, 0, 0, 0, 0),
        lambda told: told[:0],
    ],
)
def test_swatches_say_what_all_colourings_do(tmp_path, change):
    """A set with colourings of which it does not say what they do is refused."""
    path = write_coloured_set(tmp_path / "sprites.npz")
    arrays = dict(np.load(path))
    arrays["swatches"] = change(arrays["swatches"])
    np.savez(path, **arrays)
    with pytest.raises(InvalidArgument, match=r"data must say in its swatches, int \[s, 9\], what"):
        load_dataset(path, 5, None, 4)
    load_dataset(path, 5, None, 0)


def test_a_set_with_swatches_says_what_fits(tmp_path):
    """Without it a colouring of one category could be drawn with a thing of another."""
    path = write_coloured_set(tmp_path / "sprites.npz")
    arrays = dict(np.load(path))
    del arrays["fits"]
    np.savez(path, **arrays)
    with pytest.raises(InvalidArgument, match=r"data must have parts and fits where it has swatch"):
        load_dataset(path, 5, None, 4)


@pytest.mark.parametrize("inks", [2, 4, 5, 9, 160])
def test_there_are_no_more_inks_than_colours(tmp_path, inks):
    """Four colours are four inks, however many are asked for and however often each is met."""
    data, _ = load_dataset(write_coloured_set(tmp_path / "sprites.npz"), 5, None, inks)
    assert len(data.colourings.inks) == min(inks, 4)
    assert len(np.unique(data.colourings.inks, axis=0)) == min(inks, 4)


def test_a_run_goes_on_with_its_own_inks(run, tmp_path):
    """What a colour of the head means is kept with the run, and not fitted anew."""
    folder, path, trainer = run
    shutil.copytree(folder, tmp_path / "run")
    about = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    assert about["inks"] == trainer.dataset.colourings.inks.tolist()
    about["inks"] = about["inks"][::-1]
    (tmp_path / "run" / "run.json").write_text(json.dumps(about), encoding="utf-8")
    again = Trainer(trainer.config, path, tmp_path / "run", "cpu")
    assert again.dataset.colourings.inks.tolist() == about["inks"]
