"""A small valid pack, made here, for tests that need pictures but not good ones."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))  # helpers beside the tests


def small_graph(labels: int, colours: int, size: int = 32, pictures: int = 1) -> bytes:
    """An ONNX graph with a pack's tensors: each pixel's palette index follows from z and label."""
    figure = [pictures, size, size] if pictures > 1 else [size, size]
    pixels = pictures * size * size
    onnx = pytest.importorskip("onnx", reason="the dev extra installs it")
    helper, kinds, to_tensor = onnx.helper, onnx.TensorProto, onnx.numpy_helper.from_array
    rng = np.random.default_rng(5)
    spread = rng.integers(-3, 4, (64, pixels)).astype(np.float32)
    tint = rng.integers(0, 97, (labels, pixels)).astype(np.float32)
    constants = {
        "spread": spread,
        "tint": tint,
        "count": np.float32(colours),
        "shape": np.array([-1, *figure], np.int64),
        "axis": np.array([1 + len(figure)], np.int64),
    }
    nodes = [
        helper.make_node("MatMul", ["z", "spread"], ["a"]),
        helper.make_node("MatMul", ["label", "tint"], ["b"]),
        helper.make_node("Add", ["a", "b"], ["c"]),
        helper.make_node("Floor", ["c"], ["d"]),
        helper.make_node("Mod", ["d", "count"], ["e"], fmod=1),
        helper.make_node("Abs", ["e"], ["f"]),
        helper.make_node("Cast", ["f"], ["index"], to=kinds.INT64),
        helper.make_node("Reshape", ["index", "shape"], ["grid"]),
        helper.make_node("Gather", ["palette", "grid"], ["colour"], axis=0),
        helper.make_node("Unsqueeze", ["grid", "axis"], ["one"]),
        helper.make_node("Cast", ["one"], ["level"], to=kinds.FLOAT),
        helper.make_node("Mul", ["level", "zero"], ["none"]),
        helper.make_node("Add", ["none", "full"], ["alpha"]),
        helper.make_node("Concat", ["colour", "alpha"], ["rgba"], axis=1 + len(figure)),
        helper.make_node("Cast", ["rgba"], ["pixels"], to=kinds.UINT8),
    ]
    constants |= {"zero": np.float32(0), "full": np.float32(255)}
    graph = helper.make_graph(
        nodes,
        "small",
        [
            helper.make_tensor_value_info("z", kinds.FLOAT, ["N", 64]),
            helper.make_tensor_value_info("label", kinds.FLOAT, ["N", labels]),
            helper.make_tensor_value_info("palette", kinds.FLOAT, [colours, 3]),
        ],
        [helper.make_tensor_value_info("pixels", kinds.UINT8, ["N", *figure, 4])],
        [to_tensor(np.asarray(value), name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)], ir_version=8)
    return model.SerializeToString()


def small_entry(
    kind: str,
    attributes: dict[str, list[str]],
    colours: int = 12,
    size: int = 32,
    frames: int = 1,
    directions: tuple[str, ...] = (),
) -> dict:
    """The manifest entry of `small_graph`."""
    pictures = frames * max(len(directions), 1)
    shape = [*([pictures] if pictures > 1 else []), size, size, 4]
    labels = sum(len(values) for values in attributes.values())
    return {
        "kind": kind,
        "file": f"{kind}.onnx",
        "sha256": "0" * 64,
        "size": size,
        "frames": frames,
        "directions": list(directions),
        "latent": 64,
        "inputs": [
            {"name": "z", "shape": ["N", 64], "dtype": "float32"},
            {"name": "label", "shape": ["N", labels], "dtype": "float32"},
            {"name": "palette", "shape": [colours, 3], "dtype": "float32"},
        ],
        "outputs": [{"name": "pixels", "shape": ["N", *shape], "dtype": "uint8"}],
        "attributes": attributes,
        "palette": [[20 * i, 10 + i, 255 - 20 * i] for i in range(colours)],
        "licence": "CC0-1.0",
        "data": {"source": "made for tests", "digest": "0" * 64},
        "training": {"command": "none", "images_shown": 0},
        "scores": {},
    }


def small_models() -> dict:
    """Entries and graphs of all three kinds."""
    from aigc_procgen import TERRAINS

    attributes = {
        "tiles": {"material": list(TERRAINS)},
        "sprites": {"category": ["sword", "tree", "beast", "potion"]},
        "characters": {"species": ["human", "elf"], "weapon": ["none", "bow"]},
    }
    models = {}
    for kind, table in attributes.items():
        labels = sum(len(values) for values in table.values())
        models[kind] = (small_entry(kind, table), small_graph(labels, 12))
    return models


@pytest.fixture(scope="session")
def small_pack_folder(tmp_path_factory):
    """The folder of a small valid pack; tests that damage it work on a copy."""
    from aigc_procgen.core.pack import write_pack

    folder = tmp_path_factory.mktemp("packs") / "small"
    write_pack(folder, "small", small_models())
    return folder


@pytest.fixture
def small_pack(small_pack_folder):
    """A small valid pack, freshly loaded."""
    from aigc_procgen import load_pack

    return load_pack(small_pack_folder)
