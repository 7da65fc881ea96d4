"""Classifiers in packs: trained by a command, exported, and heard when a drawing is chosen."""

from __future__ import annotations

import hashlib

import numpy as np
import onnx
import pytest
from conftest import small_models
from onnx import TensorProto, helper, numpy_helper
from training_data import write_set

import aigc_procgen as procgen
from aigc_procgen import PackError, default_pack
from aigc_procgen.art import pictures
from aigc_procgen.art.choice import best_of, count_specks
from aigc_procgen.art.reading import count_obeyed, read_values
from aigc_procgen.cli.main import main
from aigc_procgen.core.manifest import tensors
from aigc_procgen.core.pack import load_pack, write_pack

# Nothing that the small pack's figures are asked for, so all of them are drawn alike.
PEOPLE = {"mood": ["warm", "cold"], "health": ["well", "ill"]}


def by_redness(kind, attributes, middle, side=32, sure=100):
    """A classifier's entry and graph: of each attribute the first value where a picture's mean red
    is above `middle`, else the second, the more `sure` the farther it is.
    """
    entry = {
        "kind": f"{kind}_classifier",
        "file": f"{kind}_classifier.onnx",
        "sha256": "0" * 64,
        "size": side,
        "latent": 1,
        "attributes": attributes,
        "palette": [],
        "licence": "CC0-1.0",
        "data": {"source": "made for tests", "digest": "0" * 64},
        "training": {"command": "none", "images_shown": 0},
        "scores": {},
    }
    for name, wanted in zip(("inputs", "outputs"), tensors(entry), strict=True):
        entry[name] = [{"name": n, "shape": s, "dtype": d} for n, (s, d) in wanted.items()]
    weights = np.zeros((4, 4), np.float32)
    weights[0] = np.array([1, -1, 1, -1]) * sure
    shift = np.float32([-middle, middle] * 2) * np.float32(sure)
    constants = {"weights": weights, "shift": shift}
    graph = helper.make_graph(
        [
            helper.make_node("Cast", ["pixels"], ["floats"], to=TensorProto.FLOAT),
            helper.make_node("ReduceMean", ["floats"], ["mean"], axes=[1, 2], keepdims=0),
            helper.make_node("MatMul", ["mean", "weights"], ["apart"]),
            helper.make_node("Add", ["apart", "shift"], ["logits"]),
        ],
        "redness",
        [helper.make_tensor_value_info("pixels", TensorProto.UINT8, ["N", side, side, 4])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["N", 4])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)], ir_version=8)
    return entry, model.SerializeToString()


@pytest.fixture(scope="module")
def reading_pack(tmp_path_factory):
    """The small pack with a classifier of its figures that splits them about evenly."""
    folder = tmp_path_factory.mktemp("reading") / "pack"
    write_pack(folder, "plain", small_models())
    drawn = [pictures.figure(load_pack(folder), n, {}, candidates=1)[0, 0] for n in range(20)]
    middle = float(np.median([picture[..., 0].mean() for picture in drawn]))
    models = {**small_models(), "classifier": by_redness("characters", PEOPLE, middle)}
    write_pack(folder, "reading", models)
    return load_pack(folder)


def test_the_best_shows_most_of_what_was_asked():
    """Obedience first, then fewest faults, then the first; each of them decides somewhere."""
    assert best_of(np.array([1, 3, 2]), np.array([0, 9, 0])) == 1
    assert best_of(np.array([2, 3, 3, 3]), np.array([0, 5, 4, 4])) == 2
    assert best_of(np.zeros(3, int), np.array([7, 2, 2])) == 1


def test_what_is_read_is_counted_against_what_was_asked():
    """Only what was asked and is read counts, picture by picture; nothing where nobody reads."""
    found = {"hair": np.array(["red", "none", "red"]), "sex": np.array(["male"] * 3)}
    asked = [{"hair": "red", "sex": "male"}, {"hair": "red"}, {"mood": "grim", "sex": "female"}]
    assert count_obeyed(found, asked).tolist() == [2, 0, 0]
    assert count_obeyed(None, asked).tolist() == [0, 0, 0]


def test_a_figure_is_one_that_its_classifier_reads_as_asked(reading_pack, small_pack):
    """Among a few drawings the pack's classifier decides before specks do: wherever one of them is
    read as asked, such a one is kept; without a classifier the one with the fewest specks.
    """
    obeyed = changed = 0
    for seed in range(24):
        asked = {"mood": "warm" if seed % 2 else "cold"}
        offers = pictures._person(reading_pack, "characters", "figure", seed, asked, range(3))
        read = read_values(reading_pack, "characters", offers)["mood"] == asked["mood"]
        kept = pictures.figure(reading_pack, seed, asked, candidates=3)[0, 0]
        number = next(n for n, offer in enumerate(offers) if np.array_equal(offer, kept))
        plain = pictures.figure(small_pack, seed, asked, candidates=3)[0, 0]
        assert np.array_equal(plain, offers[count_specks(offers).argmin()])
        assert read[number] == read.any()
        specks = np.where(read == read.any(), count_specks(offers), 1 << 30)
        assert number == specks.argmin()
        obeyed += read[number]
        changed += not np.array_equal(plain, kept)
    assert obeyed > 16  # a half of single drawings are read as asked
    assert changed > 2


def test_what_is_not_clear_is_not_read(tmp_path):
    """Values of which the likeliest has less than four chances in five are none."""
    models = {"classifier": by_redness("characters", PEOPLE, 100, sure=0.05)}
    write_pack(tmp_path / "pack", "unsure", models)
    reds = np.zeros((5, 32, 32, 4), np.uint8)
    reds[..., 0] = np.array([70, 90, 100, 110, 130])[:, None, None]
    read = read_values(load_pack(tmp_path / "pack"), "characters", reds)
    assert read["mood"].tolist() == ["cold", "", "", "", "warm"]  # odds of e^(0.1 apart) to 1


def test_pictures_of_another_size_are_not_read(reading_pack):
    """A classifier of 32 pixels says nothing of 16, and a pack without one nothing at all."""
    small = np.zeros((2, 16, 16, 4), np.uint8)
    assert read_values(reading_pack, "characters", small) is None
    assert read_values(reading_pack, "sprites", small) is None
    empty = read_values(reading_pack, "characters", np.zeros((0, 32, 32, 4), np.uint8))
    assert {name: values.shape for name, values in empty.items()} == dict.fromkeys(PEOPLE, (0,))


def test_a_classifier_that_is_not_what_its_manifest_says_is_refused(tmp_path, reading_pack):
    """A palette, or another tensor, is refused in one sentence that names the model."""
    entry, data = by_redness("characters", PEOPLE, 100)
    for change, message in (
        ({"palette": [[0, 0, 0]]}, "'reader' has a palette, but draws no pictures"),
        ({"size": 16}, r"'pixels' is uint8 \['N', 32, 32, 4\], not uint8 \['N', 16, 16, 4\]"),
    ):
        with pytest.raises(PackError, match=message):
            write_pack(tmp_path / "bad", "bad", {"reader": ({**entry, **change}, data)})


def test_a_trained_classifier_reads_alike_in_onnx(tmp_path, capsys):
    """The command trains one on coloured boxes, says how well it reads held-out ones, and exports
    it; ONNX Runtime gives the logits of PyTorch, and `pack check` what it reads.
    """
    import torch
    from aigc_procgen.exporters.classifier import export_classifier

    from aigc_procgen.train.checkpoint import load_checkpoint
    from aigc_procgen.train.classifier import Classifier, predict

    data = write_set(tmp_path / "characters.npz", count=400)
    run = tmp_path / "run"
    command = ["train", "classifier", "--data", str(data), "--run", str(run), "--threads", "1"]
    assert main([*command, "--images", "6000"]) == 0
    said = dict(line.split() for line in capsys.readouterr().out.splitlines()[:2])
    assert float(said["colour"]) > 0.9
    assert float(said["height"]) > 0.9
    content, entry = export_classifier(run)
    assert entry["sha256"] == hashlib.sha256(content).hexdigest()
    assert entry["kind"] == "characters_classifier"
    assert entry["training"]["images_shown"] == 6000
    assert not {node.op_type for node in onnx.load_from_string(content).graph.node} & {
        "BatchNormalization",
        "Dropout",
    }
    pack = tmp_path / "pack"
    assert main(["export", "onnx", str(run), "--out", str(pack)]) == 0
    assert main(["pack", "check", str(pack)]) == 0
    assert "reads (" in capsys.readouterr().out
    assert main(["pack", "show", str(pack)]) == 0
    assert "characters_classifier: characters_classifier, 32 x 32" in capsys.readouterr().out
    with np.load(data) as arrays:
        images, labels = arrays["images"], arrays["labels"]
    net = Classifier(32, [3, 2])
    net.load_state_dict(load_checkpoint(run / "classifier.safetensors")[0])
    read = read_values(load_pack(pack), "characters", images)
    colours = np.array(["red", "green", "blue"])
    same = colours[predict(net.eval(), images)[:, 0]] == read["colour"]
    assert same.mean() > 0.99  # weights are kept as bytes in the pack
    assert (colours[labels[:, 0]] == read["colour"]).mean() > 0.9
    with torch.inference_mode():
        normal = net.body(torch.rand(4, 4, 32, 32, generator=torch.Generator().manual_seed(0)))
        fused = net.fused().body(
            torch.rand(4, 4, 32, 32, generator=torch.Generator().manual_seed(0))
        )
    assert torch.allclose(normal, fused, atol=1e-4)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--data", "{folder}"], "--data must be a set's own file for a classifier"),
        (["--data", "{tiles}"], "--data must hold figures, heads or things, not tiles"),
        (["--data", "{tiles}", "--set", "gamma=1"], "a classifier has no setting 'gamma'"),
        (["--data", "{tiles}", "--images", "0"], "--images must be"),
    ],
)
def test_what_no_classifier_can_be_trained_on_is_said(tmp_path, capsys, arguments, message):
    """One sentence each."""
    tiles = write_set(tmp_path / "tiles.npz", "tiles", count=400)
    filled = [text.format(folder=tmp_path, tiles=tiles) for text in arguments]
    assert main(["train", "classifier", *filled]) == 2
    assert message in capsys.readouterr().err


def test_the_pack_that_ships_reads_people():
    """It has classifiers of figures and heads, which read most of what was asked of them."""
    pack = default_pack()
    for kind in ("characters", "portraits"):
        model = pack.model(f"{kind}_classifier")
        assert set(model.attributes) == set(pack.model(kind).attributes)
    kept = [procgen.character(seed, role="ranger") for seed in range(12)]
    read = read_values(pack, "characters", np.stack([person.sprite for person in kept]))
    assert (read["weapon"] == [person.attributes["weapon"] for person in kept]).mean() > 0.9
    assert (read["species"] == [person.attributes["species"] for person in kept]).mean() > 0.8
