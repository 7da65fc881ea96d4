"""A training run as one ONNX graph that ends in finished pixels, and its entry in a pack.

The file is what the pickiest engine takes: opset 15, IR version 8, float32, no side file, no
random operator, and only operators that Unity's Inference Engine, Unreal's NNE, onnxruntime-web
and onnxruntime all run.
"""

from __future__ import annotations

import hashlib
import io
import json
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.errors import InvalidArgument, MissingDependency, PackError

__all__ = ["Agreement", "check_graph", "compare", "export_run"]

OPSET = 15
IR_VERSION = 8
# The operators of Unity's Inference Engine 2.4 that these graphs can need; Shape and friends come
# from a batch of any size.
OPERATORS = frozenset(
    (
        "Add",
        "ArgMax",
        "AveragePool",
        "Cast",
        "Clip",
        "Concat",
        "Constant",
        "ConstantOfShape",
        "Conv",
        "ConvTranspose",
        "DepthToSpace",
        "Div",
        "Equal",
        "Expand",
        "Gather",
        "Gemm",
        "GreaterOrEqual",
        "Identity",
        "LeakyRelu",
        "Less",
        "MatMul",
        "Mul",
        "Not",
        "Or",
        "Pad",
        "Pow",
        "Reciprocal",
        "ReduceMean",
        "ReduceSum",
        "Relu",
        "Reshape",
        "Resize",
        "Shape",
        "Slice",
        "Softmax",
        "Sqrt",
        "Squeeze",
        "Sub",
        "Tanh",
        "Transpose",
        "Unsqueeze",
        "Where",
    )
)


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """How a graph run by ONNX Runtime differs from the network run by PyTorch."""

    images: int
    raw_difference: float  # largest absolute difference before the snap, in -1..1
    pixels_differing: int
    pixels: int


def _need(name: str) -> Any:
    import importlib

    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise MissingDependency(
            f"{name} is needed to export a model: install aigc-procgen[train] ({error})"
        ) from None


def _run_parts(run: Path) -> tuple[dict[str, Any], Any, int]:
    """The run's description, its averaged generator and the images it was shown."""
    _need("torch")
    from aigc_procgen.train.checkpoint import load_checkpoint
    from aigc_procgen.train.config import Config
    from aigc_procgen.train.trainer import build_generator

    if not (run / "run.json").exists() or not (run / "checkpoint.safetensors").exists():
        raise InvalidArgument(
            f"run must be a folder that `aigc-procgen train` wrote, not {str(run)!r}: it lacks "
            f"run.json or checkpoint.safetensors"
        )
    about = json.loads((run / "run.json").read_text(encoding="utf-8"))
    config = Config.from_dict(about["config"])
    labels = sum(len(names) for names in about["attributes"].values())
    net = build_generator(config, labels)
    tensors, counters = load_checkpoint(run / "checkpoint.safetensors")
    prefix = "ema."
    state = {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}
    net.load_state_dict(state)
    net.eval().requires_grad_(False)
    return about, net, int(counters["step"]) * config.batch


def _finished(net: Any, palette: NDArray[np.uint8]) -> Any:
    """The network with its last layer: (z, label, palette) -> uint8 [n, h, w, 4]."""
    torch = _need("torch")
    from aigc_procgen.train.finish import finish

    class Finished(torch.nn.Module):  # type: ignore[misc,name-defined]  # torch is loaded late
        def __init__(self) -> None:
            super().__init__()
            self.net = net
            self.register_buffer("choose", torch.from_numpy(palette.astype(np.float32)))

        def forward(self, z: Any, label: Any, draw: Any) -> Any:
            return finish(self.net(z, label), self.choose, draw)

    return Finished()


def export_run(run: str | Path) -> tuple[bytes, dict[str, Any]]:
    """The ONNX file of a run's averaged generator, and its manifest entry without scores.

    Raises `InvalidArgument` if `run` is not a training run, `MissingDependency` without torch and
    onnx, `PackError` if the graph uses what some engine does not take.
    """
    torch, onnx = _need("torch"), _need("onnx")
    run = Path(run)
    about, net, shown = _run_parts(run)
    config, palette = about["config"], np.array(about["palette"], np.uint8)
    labels = sum(len(names) for names in about["attributes"].values())
    buffer = io.BytesIO()
    inputs = (
        torch.zeros(2, config["latent"]),
        torch.zeros(2, labels),
        torch.from_numpy(palette.astype(np.float32)),
    )
    with warnings.catch_warnings():
        # The older exporter is deprecated, but the newer one cannot be held to opset 15.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            _finished(net, palette).eval(),
            inputs,
            buffer,
            input_names=["z", "label", "palette"],
            output_names=["pixels"],
            dynamic_axes={"z": {0: "N"}, "label": {0: "N"}, "pixels": {0: "N"}},
            opset_version=OPSET,
            dynamo=False,
        )
    model = onnx.load_from_string(buffer.getvalue())
    model.ir_version = IR_VERSION
    model.producer_name, model.producer_version = "aigc_procgen", ""
    _name_output(model)
    data = model.SerializeToString(deterministic=True)
    check_graph(data)
    entry = {
        "kind": config["kind"],
        "file": f"{config['kind']}.onnx",
        "sha256": hashlib.sha256(data).hexdigest(),
        "size": 32,
        "latent": config["latent"],
        "inputs": [
            {"name": "z", "shape": ["N", config["latent"]], "dtype": "float32"},
            {"name": "label", "shape": ["N", labels], "dtype": "float32"},
            {"name": "palette", "shape": [len(palette), 3], "dtype": "float32"},
        ],
        "outputs": [{"name": "pixels", "shape": ["N", 32, 32, 4], "dtype": "uint8"}],
        "attributes": about["attributes"],
        "palette": about["palette"],
        "licence": about["licence"],
        "data": about["data"],
        "training": {
            "command": about["command"],
            "arch": config["arch"],
            "preset": config["preset"],
            "images_shown": shown,
        },
        "scores": {},
    }
    return data, entry


def _name_output(model: Any) -> None:
    """Gives the output its fixed sizes: tracing leaves names where the batch is free."""
    for dimension, size in zip(
        model.graph.output[0].type.tensor_type.shape.dim, (None, 32, 32, 4), strict=True
    ):
        if size is None:
            dimension.dim_param = "N"
        else:
            dimension.dim_value = size


def check_graph(data: bytes) -> None:
    """Raises `PackError` if an ONNX file uses what one of the target engines does not take."""
    onnx = _need("onnx")
    model = onnx.load_from_string(data)
    onnx.checker.check_model(model, full_check=True)
    opsets = {entry.domain: entry.version for entry in model.opset_import}
    if opsets != {"": OPSET}:
        raise PackError(f"the graph imports opsets {opsets}, engines are promised only {OPSET}")
    if model.ir_version != IR_VERSION:
        raise PackError(f"the graph has IR version {model.ir_version}, promised is {IR_VERSION}")
    if other := sorted({node.op_type for node in model.graph.node} - OPERATORS):
        raise PackError(f"the graph uses {', '.join(other)}, which not every engine has")
    for tensor in model.graph.initializer:
        if tensor.data_location == onnx.TensorProto.EXTERNAL:
            raise PackError(f"the graph keeps {tensor.name} in a side file, engines want one file")


def compare(run: str | Path, data: bytes, images: int = 256) -> Agreement:
    """Runs `images` pictures through PyTorch and through ONNX Runtime and counts differences."""
    torch, onnx, onnxruntime = _need("torch"), _need("onnx"), _need("onnxruntime")
    about, net, _ = _run_parts(Path(run))
    palette = np.array(about["palette"], np.uint8)
    finished = _finished(net, palette).eval()
    random = np.random.default_rng(0)
    z = random.standard_normal((images, about["config"]["latent"])).astype(np.float32)
    blocks = []
    for names in about["attributes"].values():
        blocks.append(
            np.eye(len(names), dtype=np.float32)[random.integers(len(names), size=images)]
        )
    label = np.concatenate(blocks, 1)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    # The raw image is an inner value of the graph: show it too, to state the float difference.
    model = onnx.load_from_string(data)
    raw_name = _raw_output(model)
    model.graph.output.append(
        onnx.helper.make_tensor_value_info(raw_name, onnx.TensorProto.FLOAT, ["N", 4, 32, 32])
    )
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    feed = {"z": z, "label": label, "palette": palette.astype(np.float32)}
    pixels, raw = session.run(["pixels", raw_name], feed)
    with torch.no_grad():
        torch_raw = net(torch.from_numpy(z), torch.from_numpy(label)).float().numpy()
        torch_pixels = finished(*(torch.from_numpy(value) for value in feed.values())).numpy()
    differing = (pixels != torch_pixels).any(-1)
    return Agreement(
        images=images,
        raw_difference=float(np.abs(raw - torch_raw).max()),
        pixels_differing=int(differing.sum()),
        pixels=differing.size,
    )


def _raw_output(model: Any) -> str:
    """The name of the image before `finish`: what its first transposition reads."""
    for node in model.graph.node:
        if node.op_type == "Transpose" and "net" not in node.name:
            return str(node.input[0])
    raise PackError("the graph has no image before its last layer: it is not one of this exporter")
