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
from aigc_procgen.core.manifest import figure_shape

__all__ = ["Agreement", "check_graph", "compare", "export_run"]

OPSET = 15
IR_VERSION = 8
_LARGE = 512  # values: smaller tensors are not worth a cast
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
        "Log",
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
        "Split",
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
    from aigc_procgen.train.trainer import Shape, build_generator

    if not (run / "run.json").exists() or not (run / "checkpoint.safetensors").exists():
        raise InvalidArgument(
            f"run must be a folder that `aigc-procgen train` wrote, not {str(run)!r}: it lacks "
            f"run.json or checkpoint.safetensors"
        )
    about = json.loads((run / "run.json").read_text(encoding="utf-8"))
    config = Config.from_dict(about["config"])
    # Runs of before figures had frames say nothing about their shape.
    labels = sum(len(names) for names in about["attributes"].values())
    shape = Shape.from_dict(about.get("shape", {"labels": labels}))
    about["shape"], about["config"] = shape.to_dict(), config.to_dict()  # with what was not asked
    net = build_generator(config, shape)
    tensors, counters = load_checkpoint(run / "checkpoint.safetensors")
    prefix = "ema."
    state = {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}
    net.load_state_dict(state)
    net.eval().requires_grad_(False)
    codebook: Any = getattr(net, "codebook", None)
    if codebook is not None:
        codebook.temperature = config.drawn_temperature
    for tensor in (*net.parameters(), *net.buffers()):
        if tensor.is_floating_point():
            tensor.copy_(tensor.half().float())  # as the file keeps them
    return about, net, int(counters["step"]) * config.batch


def _finished(net: Any, palette: NDArray[np.uint8], pictures: int, tidy: float) -> Any:
    """The network with its last layer: (z, label, palette) -> uint8 [n, h, w, 4]."""
    torch = _need("torch")
    from aigc_procgen.train.finish import finish

    class Finished(torch.nn.Module):  # type: ignore[misc,name-defined]  # torch is loaded late
        def __init__(self) -> None:
            super().__init__()
            self.net = net
            self.register_buffer("choose", torch.from_numpy(palette.astype(np.float32)))

        def forward(self, z: Any, label: Any, draw: Any) -> Any:
            return finish(self.net(z, label), self.choose, draw, pictures, tidy)

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
    labels, side = about["shape"]["labels"], about["shape"]["size"]
    pictures = about["shape"]["pictures"]
    shape = figure_shape(pictures, side)
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
            _finished(net, palette, pictures, config["tidy"]).eval(),
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
    _name_output(model, shape)
    _halve_weights(model)
    data = model.SerializeToString(deterministic=True)
    check_graph(data)
    entry = {
        "kind": config["kind"],
        "file": f"{config['kind']}.onnx",
        "sha256": hashlib.sha256(data).hexdigest(),
        "size": side,
        "frames": about.get("frames", 1),
        "directions": about.get("directions", []),
        "latent": config["latent"],
        "inputs": [
            {"name": "z", "shape": ["N", config["latent"]], "dtype": "float32"},
            {"name": "label", "shape": ["N", labels], "dtype": "float32"},
            {"name": "palette", "shape": [len(palette), 3], "dtype": "float32"},
        ],
        "outputs": [{"name": "pixels", "shape": ["N", *shape], "dtype": "uint8"}],
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


def _name_output(model: Any, shape: tuple[int, ...]) -> None:
    """Gives the output its fixed sizes: tracing leaves names where the batch is free."""
    dimensions = model.graph.output[0].type.tensor_type.shape.dim
    dimensions[0].dim_param = "N"
    for dimension, size in zip(dimensions[1:], shape, strict=True):
        dimension.dim_value = size


def _halve_weights(model: Any) -> None:
    """Keeps large weights as float16 with a cast in front of their use: half the file.

    A runtime folds the casts when it loads the graph and works in float32 from then on.
    """
    onnx = _need("onnx")
    casts = []
    for tensor in model.graph.initializer:
        values = onnx.numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.size < _LARGE:
            continue
        name = tensor.name
        tensor.CopyFrom(onnx.numpy_helper.from_array(values.astype(np.float16), f"{name}_half"))
        casts.append(
            onnx.helper.make_node(
                "Cast", [f"{name}_half"], [name], f"{name}_cast", to=onnx.TensorProto.FLOAT
            )
        )
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)


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
    tidy = about["config"]["tidy"]
    finished = _finished(net, palette, about["shape"]["pictures"], tidy).eval()
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
        onnx.helper.make_tensor_value_info(raw_name, onnx.TensorProto.FLOAT, None)
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
        raw_difference=float(np.abs(raw.reshape(torch_raw.shape) - torch_raw).max()),
        pixels_differing=int(differing.sum()),
        pixels=differing.size,
    )


def _raw_output(model: Any) -> str:
    """The name of the image before `finish`: what its first transposition reads."""
    for node in model.graph.node:
        if node.op_type == "Transpose" and "net" not in node.name:
            return str(node.input[0])
    raise PackError("the graph has no image before its last layer: it is not one of this exporter")
