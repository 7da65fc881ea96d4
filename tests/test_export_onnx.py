"""The ONNX file of a run: the same pictures as PyTorch, in a form that every engine takes."""

from __future__ import annotations

import hashlib

import numpy as np
import onnx
import onnxruntime
import pytest
from aigc_procgen.exporters.onnx import check_graph, compare, export_run
from training_data import train_run

from aigc_procgen.core.errors import InvalidArgument, PackError

FITS = [(half, half, colour) for half in range(1, 7) for colour in (1, 2, 3)] + [(1, 4, 2)]


@pytest.fixture(
    scope="module",
    params=[("tiles", ()), ("characters", ()), ("characters", FITS)],
    ids=["tiles", "characters", "halves"],
)
def run(request, tmp_path_factory):
    return train_run(tmp_path_factory.mktemp("export"), *request.param)


def test_export_agrees_with_torch(run):
    """Before the snap floats differ by less than 1e-4, after it by no pixel in 262,144."""
    data, _ = export_run(run)
    agreement = compare(run, data, images=256)
    assert agreement.raw_difference < 1e-4
    assert agreement.pixels == 256 * 32 * 32
    assert agreement.pixels_differing == 0


def test_export_describes_itself(run):
    """The manifest entry has the file's digest and the tensors that ONNX Runtime sees."""
    data, entry = export_run(run)
    assert entry["sha256"] == hashlib.sha256(data).hexdigest()
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    assert [(i.name, i.shape) for i in session.get_inputs()] == [
        (i["name"], i["shape"]) for i in entry["inputs"]
    ]
    assert [(o.name, o.shape) for o in session.get_outputs()] == [
        (o["name"], o["shape"]) for o in entry["outputs"]
    ]
    assert entry["training"]["images_shown"] == 48


def test_another_palette_recolours_and_moves_nothing(run):
    """Doubling the palette's place in the input changes colours, never the alpha or the shapes."""
    data, entry = export_run(run)
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    palette = np.array(entry["palette"], np.float32)
    labels = entry["inputs"][1]["shape"][1]
    z = np.random.default_rng(1).standard_normal((6, 64)).astype(np.float32)
    feed = {"z": z, "label": np.zeros((6, labels), np.float32)}
    plain = session.run(None, {**feed, "palette": palette})[0]
    inverted = session.run(None, {**feed, "palette": 255 - palette})[0]
    solid = plain[..., 3] == 255
    assert solid.any()
    assert set(np.unique(plain[..., 3])) <= {0, 255}
    assert np.array_equal(inverted[..., 3], plain[..., 3])
    assert np.array_equal(inverted[solid][:, :3], 255 - plain[solid][:, :3])


def test_graph_outside_the_promise_is_refused(run):
    """Another opset, or an operator that one engine lacks, is a PackError that names it."""
    data, _ = export_run(run)
    model = onnx.load_from_string(data)
    model.opset_import[0].version = 17
    with pytest.raises(PackError, match="opsets"):
        check_graph(model.SerializeToString())
    model.opset_import[0].version = 15
    model.graph.node.append(
        onnx.helper.make_node("Einsum", ["z", "z"], ["extra"], equation="ij,ij->i")
    )
    with pytest.raises(PackError, match="Einsum"):
        check_graph(model.SerializeToString())


def test_folder_that_is_no_run_is_refused(tmp_path):
    """The error says what is missing."""
    with pytest.raises(InvalidArgument, match=r"run\.json"):
        export_run(tmp_path)
