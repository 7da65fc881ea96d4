"""Training: the losses, the views, the palette, and runs that survive being killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import tracemalloc

import numpy as np
import pytest
import torch
from aigc_procgen.exporters.onnx import compare, export_run
from PIL import Image
from training_data import SMALL, write_fitting_set, write_set

from aigc_procgen.core.errors import InvalidArgument
from aigc_procgen.core.files import write_atomic
from aigc_procgen.core.manifest import check_entry
from aigc_procgen.data import UNKNOWN
from aigc_procgen.train import losses
from aigc_procgen.train.augment import draw_augmentation
from aigc_procgen.train.checkpoint import load_checkpoint
from aigc_procgen.train.config import Config, preset
from aigc_procgen.train.dataset import load_dataset
from aigc_procgen.train.finish import finish
from aigc_procgen.train.networks import pad_wrapped
from aigc_procgen.train.palette import fit_palette, to_indices
from aigc_procgen.train.parts import number_parts
from aigc_procgen.train.trainer import Trainer


def small(kind="characters", arch="r3gan", **changes):
    return preset(kind, "tiny", arch, **{**SMALL, **changes})


def test_relativistic_loss_is_softplus_of_the_gap():
    """The critic's loss at a gap of 0 is log 2, and falls as reals rise above fakes."""
    zero = torch.zeros(5)
    assert losses.relativistic_critic_loss(zero, zero).item() == pytest.approx(np.log(2))
    assert losses.relativistic_critic_loss(zero + 9, zero).item() < 1e-3
    assert losses.relativistic_generator_loss(zero + 9, zero).item() == pytest.approx(9, abs=1e-3)


def test_minimax_loss_matches_its_formula():
    """The minimax losses are the paper's -log terms on sigmoids of the logits."""
    real, fake = torch.tensor([1.0, -2.0]), torch.tensor([0.5, 3.0])
    expected = -(real.sigmoid().log() + (1 - fake.sigmoid()).log()).mean()
    assert torch.isclose(losses.minimax_critic_loss(real, fake), expected)
    assert torch.isclose(losses.minimax_generator_loss(real, fake), -fake.sigmoid().log().mean())


def test_gradient_penalty_of_a_linear_critic_is_its_squared_weight():
    """R1 of D(x) = w·x is |w|², whatever the images, and reaches w through double backward."""
    weight = torch.randn(4, 3, 3, requires_grad=True)
    penalty = losses.gradient_penalty(
        lambda x: (x * weight).sum((1, 2, 3)), torch.randn(5, 4, 3, 3)
    )
    assert torch.isclose(penalty, weight.square().sum())
    penalty.backward()
    assert torch.allclose(weight.grad, 2 * weight)


def test_wrapped_padding_is_circular_padding():
    """Slices and concatenation give the circular padding that engines have no operator for."""
    x = torch.randn(2, 3, 5, 4)
    expected = torch.nn.functional.pad(x, (1, 1, 1, 1), mode="circular")
    assert torch.equal(pad_wrapped(x), expected)


def test_views_move_without_inventing_pixels():
    """A rolled view keeps every pixel; a shifted one lets only transparency in."""
    images = torch.rand(6, 4, 8, 8)
    random = torch.Generator().manual_seed(1)
    rolled = draw_augmentation(6, 8, random, wrap=True)(images)
    assert torch.equal(rolled.flatten(2).sort().values, images.flatten(2).sort().values)
    assert not torch.equal(rolled, images)
    shifted = draw_augmentation(6, 8, random, shift=3)(torch.ones(6, 4, 8, 8))
    assert set(shifted.unique().tolist()) == {-1.0, 1.0}


def test_turned_colours_leave_grey_grey_and_transparency_alone():
    """Hue turns about the grey axis: equal channels stay equal, and -1 (nothing) stays -1."""
    grey = torch.full((8, 4, 2, 2), 0.25)
    grey[:, :, 0] = -1.0
    view = draw_augmentation(8, 2, torch.Generator().manual_seed(2), colour_share=1.0)(grey)
    assert torch.allclose(view[:, 0], view[:, 1], atol=1e-5)
    assert torch.allclose(view[:, 1], view[:, 2], atol=1e-5)
    assert torch.allclose(view[:, :, 0], torch.tensor(-1.0), atol=1e-5)


def test_palette_keeps_exact_colours_when_they_fit():
    """A set of three colours gives a palette of exactly these."""
    images = np.zeros((2, 2, 2, 4), np.uint8)
    images[..., 3] = 255
    images[0, 0, 0, :3], images[1, 1, 1, :3] = (250, 10, 20), (5, 6, 7)
    palette = fit_palette(images, 16)
    assert {tuple(c) for c in palette.tolist()} == {(0, 0, 0), (250, 10, 20), (5, 6, 7)}
    assert (
        len(fit_palette(np.random.default_rng(0).integers(0, 256, (4, 16, 16, 4), np.uint8), 8))
        <= 8
    )


def test_finish_snaps_to_the_palette_and_recolours():
    """Raw output becomes the nearest palette colour, alpha 0 or 255, drawn in any other palette."""
    choose = torch.tensor([[0.0, 0.0, 0.0], [255.0, 0.0, 0.0]])
    draw = torch.tensor([[1.0, 2.0, 3.0], [0.0, 200.0, 0.0]])
    raw = torch.tensor([[0.9, -0.9, -0.8, 1.0], [-0.9, -0.9, -0.9, 1.0], [0.9, 0.9, 0.9, -0.2]])
    pixels = finish(raw.t()[None, :, None], choose, draw)[0, 0].tolist()
    assert pixels == [[0, 200, 0, 255], [1, 2, 3, 255], [0, 0, 0, 0]]


def test_tidied_pixels_lose_specks_and_keep_eyes():
    """A speck nearly as near to its neighbours' colour takes it; an eye stays."""
    palette = torch.tensor([[200.0, 0, 0], [190, 0, 0], [0, 0, 0], [255, 255, 255]])
    raw = torch.full((1, 4, 9, 9), -1.0)
    raw[:, 3] = 1.0
    raw[:, 0] = 199 / 127.5 - 1
    raw[:, 0, 4, 4] = 194 / 127.5 - 1  # a little nearer to the second red
    raw[:, 0, 2, 2] = -1.0  # an eye
    plain = finish(raw, palette, palette)[0, ..., 0]
    tidied = finish(raw, palette, palette, tidy=1.0)[0, ..., 0]
    assert plain[4, 4] == 190
    assert tidied[4, 4] == 200
    assert plain[2, 2] == tidied[2, 2] == 0
    assert (tidied != plain).sum() == 1
    twice = finish(raw.repeat(2, 2, 1, 1), palette, palette, 2, 1.0)
    assert torch.equal(twice[1, 1, ..., 0], tidied)  # a figure of two pictures, in a batch of two
    empty = finish(torch.full((1, 4, 8, 8), -1.0), palette, palette, tidy=1.0)
    assert not empty.any()


def test_classes_are_shown_by_the_root_of_their_pictures(tmp_path):
    """A picture of a class of two is drawn more often than one of a class of many, but not as
    often as would show both classes alike.
    """
    path = write_set(tmp_path / "tiles.npz", "tiles", count=30)
    with np.load(path) as data:
        arrays = dict(data)
    arrays["labels"][:] = 0
    arrays["labels"][:2] = 1
    np.savez(path, **arrays)
    dataset, _ = load_dataset(path, 12)
    labels = dataset.labels[dataset.rows(4000, torch.Generator().manual_seed(0))]
    few = 2**0.5 / (2**0.5 + (len(dataset) - 2) ** 0.5)
    assert labels.mean(0)[:2].tolist() == pytest.approx([1 - few, few], abs=0.03)


@pytest.mark.parametrize("arch", ["r3gan", "dcgan"])
def test_resumed_run_has_the_bits_of_an_unbroken_one(tmp_path, arch):
    """Three steps, a stop and three more give the same weights as six, in warm-up and after."""
    config = small(arch=arch, warm_up=8)
    data = write_set(tmp_path / "characters.npz")
    whole = Trainer(config, data, tmp_path / "whole", "cpu")
    for _ in range(6):
        whole.train_step()
    first = Trainer(config, data, tmp_path / "parts", "cpu")
    for _ in range(3):
        first.train_step()
    first._write_config()
    first.snapshot({})
    second = Trainer(config, data, tmp_path / "parts", "cpu")
    assert second.step == 3
    for _ in range(3):
        second.train_step()
    for net in ("generator", "critic", "average"):
        ours, theirs = getattr(second, net).state_dict(), getattr(whole, net).state_dict()
        assert all(torch.equal(ours[name], theirs[name]) for name in theirs), net


@pytest.mark.parametrize("kind", ["tiles", "sprites", "characters"])
def test_run_leaves_sheets_stats_and_checkpoint(tmp_path, kind):
    """A run to its end writes a sheet and a stats line a snapshot, and a whole checkpoint."""
    trainer = Trainer(small(kind), write_set(tmp_path / "set.npz", kind), tmp_path / "run", "cpu")
    seen = []
    trainer.train(lambda images, total, stats: seen.append((images, total)))
    lines = [json.loads(line) for line in (tmp_path / "run/stats.jsonl").read_text().splitlines()]
    assert [line["images"] for line in lines] == [16, 32, 48]
    assert seen[-1] == (48, 48)
    sheets = sorted((tmp_path / "run/sheets").iterdir())
    assert len(sheets) == 3
    with Image.open(sheets[-1]) as sheet:
        assert sheet.size[0] > 32 * 8
    tensors, counters = load_checkpoint(tmp_path / "run/checkpoint.safetensors")
    assert counters["step"] == "12"
    assert any(name.startswith("adam_g.") for name in tensors)
    assert not list((tmp_path / "run").rglob("*.part"))


def test_killed_run_goes_on_from_its_last_snapshot(tmp_path):
    """`kill -9` at some moment, the same command again: it resumes, and every file is whole."""
    write_set(tmp_path / "characters.npz")
    settings = {**SMALL, "images": 100_000, "snapshot": 8}
    command = [sys.executable, "-m", "aigc_procgen.cli", "train", "characters", "--data"]
    command += [str(tmp_path), "--run", str(tmp_path / "run"), "--preset", "tiny", "--threads", "1"]
    for name, value in settings.items():
        command += ["--set", f"{name}={json.dumps(value)}"]
    checkpoint = tmp_path / "run/checkpoint.safetensors"
    with open(tmp_path / "log", "wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        deadline = time.monotonic() + 120
        while not checkpoint.exists() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(0.37)  # somewhere inside a later snapshot or between two
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert checkpoint.exists(), (tmp_path / "log").read_text()
    step = int(load_checkpoint(checkpoint)[1]["step"])
    again = subprocess.run([*command, "--minutes", "0"], capture_output=True, text=True, check=True)
    assert f"going on from image {step * 4:,}" in again.stdout
    lines = (tmp_path / "run/stats.jsonl").read_text().splitlines()
    images = [json.loads(line)["images"] for line in lines]
    assert images == sorted(set(images))
    assert int(load_checkpoint(checkpoint)[1]["step"]) > step


def test_run_folder_of_another_configuration_is_refused(tmp_path):
    """The error names the setting that differs and both values; a longer run is no difference."""
    data = write_set(tmp_path / "characters.npz")
    Trainer(small(), data, tmp_path / "run", "cpu").train()
    with pytest.raises(InvalidArgument, match=r"gamma = \[0.5, 0.25\], not \[1.0, 1.0\]"):
        Trainer(small(gamma=(1.0, 1.0)), data, tmp_path / "run", "cpu")
    assert Trainer(small(images=96), data, tmp_path / "run", "cpu").images == 48


def test_damaged_files_are_named_in_one_sentence(tmp_path):
    """A cut data set and a cut checkpoint say what they are and what to do."""
    data = write_set(tmp_path / "characters.npz")
    Trainer(small(), data, tmp_path / "run", "cpu").train()
    checkpoint = tmp_path / "run/checkpoint.safetensors"
    checkpoint.write_bytes(checkpoint.read_bytes()[:1000])
    with pytest.raises(InvalidArgument, match="not a whole checkpoint"):
        Trainer(small(), data, tmp_path / "run", "cpu")
    data.write_bytes(data.read_bytes()[:100])
    with pytest.raises(InvalidArgument, match="data build"):
        load_dataset(data, 12)
    with pytest.raises(InvalidArgument, match="set of tiles"):
        Trainer(small("tiles"), write_set(data), tmp_path / "other", "cpu")


def test_atomic_write_keeps_the_old_file_when_it_fails(tmp_path, monkeypatch):
    """A full disk leaves the old content and no scrap."""
    path = tmp_path / "file"
    write_atomic(path, b"old")
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError("No space left")))
    with pytest.raises(OSError, match="No space"):
        write_atomic(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_bad_settings_are_refused():
    """Each says which setting, its value and what would do."""
    with pytest.raises(InvalidArgument, match="widths must be 2 to 4"):
        preset("tiles", widths=(1,))
    with pytest.raises(InvalidArgument, match="temperature must be above 0, not 0"):
        preset("sprites", temperature=0)
    with pytest.raises(InvalidArgument, match="no setting 'gama'"):
        preset("tiles", gama=1)
    with pytest.raises(InvalidArgument, match="preset must be one of"):
        preset("tiles", "huge")
    assert Config.from_json(preset("sprites").to_json()) == preset("sprites")


def test_label_drop_opens_whole_attributes(tmp_path):
    """An attribute's block of the label is kept whole or zeroed whole."""
    data = write_set(tmp_path / "characters.npz")
    trainer = Trainer(small(label_drop=0.5), data, tmp_path / "run", "cpu")
    mask = trainer._kept_labels(200, torch.Generator().manual_seed(3))
    assert set(mask[:, :3].sum(1).tolist()) == {0.0, 3.0}
    assert set(mask[:, 3:].sum(1).tolist()) == {0.0, 2.0}


def test_parts_that_never_go_with_a_label_are_not_chosen(tmp_path):
    """The codebook gives each slot a whole part, and none that the set never has with the label."""
    data = write_set(tmp_path / "characters.npz")
    trainer = Trainer(small(), data, tmp_path / "run", "cpu")
    label = trainer.dataset.labels
    choice = trainer.generator.codebook(torch.randn(len(label), trainer.config.latent), label)
    assert torch.allclose(choice.sum(1), torch.ones(len(label)))
    chosen = trainer.dataset.labels[choice.argmax(1)]
    assert torch.equal(chosen[label > 0], label[label > 0])


def test_what_nobody_can_tell_goes_with_every_label(tmp_path):
    """Parts that the set never says a height of are still chosen by colour when one is asked for;
    a run begun before that rule learns it when it goes on.
    """
    data = write_set(tmp_path / "characters.npz")
    arrays = dict(np.load(data))
    blue = arrays["labels"][:, 0] == 2
    arrays["labels"][blue, 1] = UNKNOWN
    np.savez(data, **arrays)
    trainer = Trainer(small(), data, tmp_path / "run", "cpu")
    for codebook in (trainer.generator.codebook, trainer.average.codebook):
        codebook.never.fill_(1)
    trainer.snapshot({})
    trainer = Trainer(small(), data, tmp_path / "run", "cpu")
    z = torch.randn(64, trainer.config.latent)
    for height in ([1.0, 0.0], [0.0, 1.0]):
        label = torch.tensor([0.0, 0.0, 1.0, *height]).expand(64, -1)
        for net in (trainer.generator, trainer.average):
            chosen = trainer.dataset.labels[net.codebook(z, label).argmax(1)]
            assert chosen[:, 2].all()
        label = torch.tensor([1.0, 0.0, 0.0, *height]).expand(64, -1)
        chosen = trainer.dataset.labels[trainer.generator.codebook(z, label).argmax(1)]
        assert torch.equal(chosen, label)


def test_what_is_missing_by_chance_is_not_forbidden():
    """A rare hat that no sad head wears may be worn by one, because hats go with all moods; a horn
    that only one species has stays its own, and drawings that are each their own part stay theirs.
    """
    rng = np.random.default_rng(0)
    mood, species = rng.integers(4, size=4000), rng.integers(2, size=4000)
    hat, horn = rng.integers(8, size=4000), np.where(species == 0, 0, rng.integers(1, 5, size=4000))
    hat[np.flatnonzero(mood != 3)[:5]] = 8
    labels = np.concatenate([np.eye(4)[mood], np.eye(2)[species]], 1).astype(np.float32)
    rows, parts = number_parts(np.stack([hat, horn], 1), labels, (4, 2))
    assert parts.sizes == (9, 5)
    assert rows[:, 1].min() == 9
    assert not parts.never[:9].any()
    assert not parts.never[9:, :4].any()
    assert parts.never[9:, 4:].tolist() == [[0, 64], *[[64, 0]] * 4]
    _, alone = number_parts(np.arange(4000)[:, None], labels, (4, 2))
    assert np.array_equal(alone.never, 64 * (1 - labels))


def test_what_says_nothing_is_chosen_only_where_nothing_fits():
    """Who asks for red gets red and no motley; a motley that all of a kind wear is still theirs."""
    kind = np.repeat([0, 1], 60)
    colour = np.tile([0, 1, 2], 40)  # 2 is motley, which says no colour
    coat = np.where(kind == 1, 3, colour)  # all of the second kind wear one coat of no colour
    told = np.where((kind == 1) | (colour == 2), 2, colour)
    labels = np.concatenate([np.eye(2)[kind], np.eye(3)[told][:, :2]], 1).astype(np.float32)
    _, parts = number_parts(coat[:, None], labels, (2, 2))
    assert parts.never[:, 2:].tolist() == [[0, 64], [64, 0], [1, 1], [1, 1]]
    assert parts.never[:, :2].tolist() == [[0, 64], [0, 64], [0, 64], [64, 0]]
    wish = np.array([[1, 0, 1, 0], [0, 1, 1, 0]])  # a red one of each kind
    assert (parts.never @ wish.T).argmin(0).tolist() == [0, 3]


def test_what_says_nothing_at_all_is_better_than_what_is_wrong():
    """Asked for something large and red, a coat of which nothing is known is no lie; a blue one is,
    though its size is right.
    """
    coat = np.repeat([0, 1, 2], 40)  # small and red, large and blue, and nobody can tell
    labels = np.zeros((120, 4), np.float32)
    labels[:40] = (1, 0, 1, 0)
    labels[40:80] = (0, 1, 0, 1)
    _, parts = number_parts(coat[:, None], labels, (2, 2))
    assert int((parts.never @ (0, 1, 1, 0)).argmin()) == 2


def test_only_parts_that_fit_each_other_are_put_together(tmp_path):
    """Whatever latents ask for, a lower half gets an upper half of those that the set lets fit it,
    and a colour that goes with both and was not shown with them, if there is one; also later.
    """
    fits = [(half, half, half % 3 + 1) for half in range(1, 7)]  # all that is shown
    fresh = [(1, 1, 1), (2, 2, 1), (2, 2, 2), (1, 4, 3), (4, 1, 2), (4, 1, 3)]
    nobody = [(2, 99, 1), (3, 3, 99)]
    trainer = Trainer(
        small(),
        write_fitting_set(tmp_path / "characters.npz", fits + fresh + nobody),
        tmp_path / "run",
        "cpu",
    )
    assert trainer.shape.pairs == 8
    labels = torch.zeros(6000, trainer.dataset.labels.shape[1])
    z = torch.randn(6000, trainer.config.latent, generator=torch.Generator().manual_seed(1))
    choice = trainer.generator.codebook(z, labels)
    slots = choice.split([6, 6, 3], 1)
    pure = (slots[0].amax(1) > 0.9) & (slots[1].amax(1) > 0.9)  # a blend may have what fits either
    drawn = {
        tuple(row) for row in torch.stack([slot[pure].argmax(1) + 1 for slot in slots], 1).tolist()
    }
    assert drawn == {*fresh, *(fits[half - 1] for half in (3, 4, 5, 6))}
    trainer.train_step()
    trainer.snapshot({})
    again = Trainer(small(), tmp_path / "characters.npz", tmp_path / "run", "cpu")
    assert torch.equal(again.average.codebook.misfit, trainer.average.codebook.misfit)
    assert torch.equal(again.average.codebook.spent, trainer.average.codebook.spent)


def test_a_set_whose_parts_do_not_all_fit_has_three_slots(tmp_path):
    """What goes together is of three slots: with less it is refused."""
    data = write_fitting_set(tmp_path / "characters.npz", [(1, 1)])
    with pytest.raises(InvalidArgument, match=r"data must have three slots of parts, and fits"):
        load_dataset(data, 12)


def test_a_shorter_run_keeps_its_share_of_the_critic():
    """Of half as many images half as many are without a critic; a DCGAN has none of that."""
    whole, half = preset("sprites"), preset("sprites", images=preset("sprites").images // 2)
    assert half.warm_up == whole.warm_up // 2
    assert half.burn_in == whole.burn_in // 2
    assert preset("sprites", images=1000, warm_up=7).warm_up == 7
    assert preset("sprites", "laptop", "dcgan").images == preset("tiles").images


def test_warm_up_learns_to_draw_from_parts(tmp_path):
    """Steps without a critic leave it alone and bring the drawings nearer to the set's."""
    data = write_set(tmp_path / "characters.npz")
    trainer = Trainer(small(warm_up=10_000), data, tmp_path / "run", "cpu")
    before = [value.clone() for value in trainer.critic.parameters()]
    distances = [float(trainer.train_step()["reconstruction"]) for _ in range(60)]
    assert sum(distances[-5:]) < 0.9 * sum(distances[:5])
    assert all(map(torch.equal, before, trainer.critic.parameters()))


def test_figures_of_many_pictures_and_other_sizes_train_and_export(tmp_path):
    """Two directions of two frames at 16 x 16 come out of one graph, as the manifest says."""
    rng = np.random.default_rng(0)
    images = rng.integers(0, 255, (12, 4, 16, 16, 4), np.uint8)
    images[..., 3] = 255
    meta = {
        "kind": "characters",
        "attributes": {"figure": ["a", "b"]},
        "frames": 2,
        "directions": ["down", "up"],
        "licence": "CC0-1.0",
        "source": "drawn here",
        "digest": "0" * 64,
    }
    labels = np.arange(12, dtype=np.uint8)[:, None] % 2
    held_out = np.arange(12) >= 10
    path = tmp_path / "characters.npz"
    np.savez(path, images=images, labels=labels, held_out=held_out, meta=np.array(json.dumps(meta)))
    trainer = Trainer(small(images=8), path, tmp_path / "run", "cpu", command="train")
    assert len(trainer.dataset) == 10
    trainer.train()
    data, entry = export_run(tmp_path / "run")
    assert entry["outputs"][0]["shape"] == ["N", 4, 16, 16, 4]
    check_entry("characters", entry)
    agreement = compare(tmp_path / "run", data, images=16)
    assert agreement.pixels_differing <= agreement.pixels // 1000


def test_palette_has_the_colours_of_the_last_class(tmp_path):
    """Sets are sorted by class: the class at the end of 6,000 pictures gets its colours too."""
    images = np.zeros((6000, 16, 16, 4), np.uint8)
    images[..., 3] = 255
    images[:5900, ..., 1] = 200
    images[5900:, ..., 0] = 200
    labels = np.zeros((6000, 1), np.uint8)
    meta = {"kind": "tiles", "attributes": {"material": ["grass", "brick"]}}
    path = tmp_path / "tiles.npz"
    np.savez(path, images=images, labels=labels, meta=np.array(json.dumps(meta)))
    dataset, _ = load_dataset(path, 8)
    assert sorted(dataset.palette.tolist()) == [[0, 200, 0], [200, 0, 0]]


def test_pictures_become_palette_entries_in_little_memory():
    """Each pixel gets its nearest colour's entry, a share of the set at a time."""
    rng = np.random.default_rng(3)
    palette = np.array([(0, 0, 0), (255, 0, 0), (0, 255, 0), (255, 255, 255)], np.uint8)
    images = rng.integers(0, 256, (6000, 16, 16, 4), np.uint8)
    images[..., :3] = palette[rng.integers(4, size=images.shape[:3])] ^ images[..., :3] % 8
    rows = np.arange(0, 6000, 2)
    tracemalloc.start()
    indices = to_indices(images, rows, palette)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    for row in (0, 299, 300, 2999):
        colours = images[rows[row], ..., None, :3].astype(int)
        nearest = ((colours - palette.astype(int)) ** 2).sum(-1).argmin(-1) + 1
        assert np.array_equal(indices[row], np.where(images[rows[row], ..., 3] > 0, nearest, 0))
    table = 1 << 24
    assert peak < table + indices.nbytes + 5_000_000
