"""How a graph keeps its weights: in fewer bytes, and as the same numbers wherever it is loaded."""

from __future__ import annotations

from collections import Counter

import numpy as np
import onnx
import onnxruntime
import pytest
from aigc_procgen.exporters.onnx import compare, export_run
from aigc_procgen.exporters.weights import Bytes, keep, pack_weights
from training_data import train_run

# Enough channels at 8x8 and in the code for tensors that are kept as bytes.
WIDE = {"widths": (96, 8, 8), "code": 64}


def weights(shape=(96, 96, 3, 3), seed=0):
    """Rows of normal numbers of very different sizes and means."""
    random = np.random.default_rng(seed)
    size, mean = (random.uniform(0.01, 2, (shape[0],) + (1,) * (len(shape) - 1)) for _ in range(2))
    return (random.standard_normal(shape) * size + mean).astype(np.float32)


def errors(values, kept):
    """The root of the mean squared error of each row over the row's deviation."""
    rows = values.reshape(len(values), -1)
    wrong = kept.reshape(len(values), -1) - rows
    return np.sqrt(np.square(wrong).mean(1)) / rows.std(1)


def test_bytes_err_less_than_even_levels_over_the_range():
    """No row errs more than by even levels over its range, most err less, by a hundredth or so."""
    values = weights((384, 384))
    kept = keep("mix.weight", values)
    assert isinstance(kept.stored, Bytes)
    assert kept.stored.codes.dtype == np.uint8
    assert kept.stored.scale.shape == kept.stored.offset.shape == (384, 1)
    low, high = (pick(values, axis=1, keepdims=True) for pick in (np.min, np.max))
    step = (high - low) / 255
    plain = np.rint((values - low) / step) * step + low
    ours, theirs = errors(values, kept.values), errors(values, plain)
    assert (ours <= theirs * 1.001).all()
    assert np.median(ours / theirs) < 0.995
    assert np.median(ours) < 0.01


def test_masks_and_flat_rows_are_kept_exactly():
    """Whole numbers within 255 of each other, and rows of one number, come back as they were."""
    mask = (np.random.default_rng(1).random((700, 100)) < 0.3).astype(np.float32)
    mask[0], mask[1], mask[2] = 0, 1, np.arange(100) - 7
    kept = keep("codebook.never", mask)
    assert isinstance(kept.stored, Bytes)
    assert np.array_equal(kept.values, mask)
    flat = np.full((700, 100), np.float32(0.1))
    assert np.array_equal(keep("codes.weight", flat).values, flat)


@pytest.mark.parametrize(
    ("name", "shape", "dtype"),
    [
        ("codebook.keys", (1000, 100), np.float16),  # divided by a temperature
        ("head.conv.weight", (16, 24, 3, 3), np.float16),
        ("mix.bias", (384,), np.float32),
        ("spread.bias", (100_000,), np.float16),  # a row a number would be larger than it
    ],
)
def test_what_shows_most_keeps_more_bits(name, shape, dtype):
    """Small and exacting tensors are kept in half precision, the smallest whole."""
    values = weights(shape)
    kept = keep(name, values)
    assert kept.stored.dtype == dtype
    assert np.array_equal(kept.values, values.astype(np.float16).astype(np.float32))


def restored(data):
    """The weights of a graph as ONNX Runtime makes them, by name."""
    model = onnx.load_from_string(data)
    made = [n.output[0] for n in model.graph.node if n.output[0].startswith("net.")]
    names = [name for name in made if name.endswith("weight")]
    for name in names:
        model.graph.output.append(
            onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None)
        )
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    feed = {
        i.name: np.zeros([1 if isinstance(d, str) else d for d in i.shape], np.float32)
        for i in session.get_inputs()
    }
    return dict(zip(names, session.run(names, feed), strict=True))


@pytest.fixture(scope="module")
def wide(tmp_path_factory):
    return train_run(tmp_path_factory.mktemp("weights"), "characters", **WIDE)


def test_graph_restores_the_weights_that_torch_compares_with(wide):
    """Bytes become the same float32 numbers in ONNX Runtime as here, and no pixel differs."""
    data, _ = export_run(wide)
    codes = {
        t.name.removesuffix("_codes"): onnx.numpy_helper.to_array(t)
        for t in onnx.load_from_string(data).graph.initializer
        if t.name.endswith("_codes")
    }
    assert set(codes) == {
        "net.spread.weight",
        "net.stages.0.1.first.conv.weight",
        "net.stages.0.1.second.conv.weight",
    }
    tensors = {
        t.name: onnx.numpy_helper.to_array(t) for t in onnx.load_from_string(data).graph.initializer
    }
    made = restored(data)
    for name, code in codes.items():
        entry = Bytes(codes=code, scale=tensors[f"{name}_scale"], offset=tensors[f"{name}_offset"])
        assert np.array_equal(made[name], entry.restore())
    agreement = compare(wide, data, images=64)
    assert agreement.raw_difference < 1e-4
    assert agreement.pixels_differing == 0


def test_restoring_folds_away_when_a_session_is_made(wide, tmp_path):
    """At the runtime's optimisation level no weight is cast, scaled or transposed while drawing."""
    data, _ = export_run(wide)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.optimized_model_filepath = str(tmp_path / "folded.onnx")
    options.log_severity_level = 3
    onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    folded = onnx.load(tmp_path / "folded.onnx").graph
    assert {t.data_type for t in folded.initializer} <= {
        onnx.TensorProto.FLOAT,
        onnx.TensorProto.INT64,
    }
    names = {t.name for t in folded.initializer}
    assert not [n.name for n in folded.node if set(n.input) and set(n.input) <= names]
    assert Counter(n.op_type for n in onnx.load_from_string(data).graph.node)["Cast"] > 6


def test_a_tensor_that_the_exporter_changed_is_an_error():
    """Weights are never replaced by ones that the graph did not have."""
    values = weights()
    graph = onnx.helper.make_graph(
        [], "g", [], [], [onnx.numpy_helper.from_array(values, "net.conv.weight")]
    )
    kept = keep("conv.weight", values)
    with pytest.raises(ValueError, match=r"net\.conv\.weight"):
        pack_weights(onnx.helper.make_model(graph), {"net.conv.weight": kept})
