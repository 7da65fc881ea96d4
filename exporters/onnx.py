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
from aigc_procgen.core.manifest import figure_shape, tensors

from .weights import Kept, keep, pack_weights

__all__ = ["Agreement", "check_graph", "compare", "export_ground", "export_run", "need", "trace"]

OPSET = 15
IR_VERSION = 8
# The operators of Unity's Inference Engine 2.4 that these graphs can need; Shape and friends come
# from a batch of any size.
OPERATORS = frozenset(
    (
        "Add",
        "ArgMax",
        "AveragePool",
        "BatchNormalization",
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
        "Floor",
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
        "ReduceMax",
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


def need(name: str) -> Any:
    """A module that exports need; `MissingDependency` if it is not there."""
    import importlib

    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise MissingDependency(
            f"{name} is needed to export a model: install aigc-procgen[train] ({error})"
        ) from None


@dataclass(frozen=True, kw_only=True)
class _Run:
    """A training run: its description, its averaged generator with the weights that the file
    keeps, how it keeps them by name, and the images it was shown.
    """

    about: dict[str, Any]
    net: Any
    kept: dict[str, Kept]
    shown: int

    @property
    def palette(self) -> NDArray[np.uint8]:
        """The colours [K, 3] that the network draws with."""
        return np.array(self.about["palette"], np.uint8)


def _read_about(run: Path) -> dict[str, Any]:
    """What a run says of itself, with what it was not asked; `InvalidArgument` if it is no run."""
    need("torch")
    from aigc_procgen.train.config import Config
    from aigc_procgen.train.trainer import Shape

    if not (run / "run.json").exists() or not (run / "checkpoint.safetensors").exists():
        raise InvalidArgument(
            f"run must be a folder that `aigc-procgen train` wrote, not {str(run)!r}: it lacks "
            f"run.json or checkpoint.safetensors"
        )
    about = json.loads((run / "run.json").read_text(encoding="utf-8"))
    config = Config.from_dict(about["config"])
    # Runs of before figures had frames say nothing about their shape.
    labels = sum(len(names) for names in about["attributes"].values())
    told = dict(about.get("shape", {"labels": labels}))
    if told.pop("fitted", False):  # as runs said before they knew which pairs there are
        raise InvalidArgument(
            f"run {str(run)!r} was trained by older rules of what fits what: build its set and "
            f"train it again"
        )
    shape = Shape.from_dict(told)
    about["shape"], about["config"] = shape.to_dict(), config.to_dict()
    return dict(about)


def _load_run(run: Path) -> _Run:
    torch = need("torch")
    from aigc_procgen.train.checkpoint import load_checkpoint
    from aigc_procgen.train.config import Config
    from aigc_procgen.train.trainer import Shape, build_generator

    about = _read_about(run)
    config, shape = Config.from_dict(about["config"]), Shape.from_dict(about["shape"])
    net = build_generator(config, shape)
    tensors, counters = load_checkpoint(run / "checkpoint.safetensors")
    prefix = "ema."
    state = {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}
    net.load_state_dict(state)
    net.eval().requires_grad_(False)
    codebook: Any = getattr(net, "codebook", None)
    if codebook is not None:
        codebook.temperature = config.drawn_temperature
    kept = {}
    for name, tensor in net.state_dict().items():
        if tensor.is_floating_point():
            kept[name] = keep(name, tensor.numpy())
            tensor.copy_(torch.from_numpy(kept[name].values))
    return _Run(about=about, net=net, kept=kept, shown=int(counters["step"]) * config.batch)


def _finished(run: _Run) -> Any:
    """The generator of a run with its last layer."""
    from aigc_procgen.train.networks import finished

    about = run.about
    tidy, pictures = about["config"]["tidy"], about["shape"]["pictures"]
    return finished(run.net, run.palette, pictures=pictures, tidy=tidy)


def _named(run: _Run, finished: Any) -> dict[str, Kept]:
    """How the weights of a run are kept, by their names inside what draws with them."""
    prefix = next(name for name, module in finished.named_modules() if module is run.net)
    return {f"{prefix}.{name}": kept for name, kept in run.kept.items()}


def export_run(run: str | Path) -> tuple[bytes, dict[str, Any]]:
    """The ONNX file of a run's averaged generator, and its manifest entry without scores.

    Raises `InvalidArgument` if `run` is not a training run, `MissingDependency` without torch and
    onnx, `PackError` if the graph uses what some engine does not take.
    """
    torch = need("torch")
    parts = _load_run(Path(run))
    about, config = parts.about, parts.about["config"]
    labels, pictures = about["shape"]["labels"], about["shape"]["pictures"]
    finished = _finished(parts)
    data = trace(
        finished,
        _named(parts, finished),
        {
            "z": torch.zeros(2, config["latent"]),
            "label": torch.zeros(2, labels),
            "palette": torch.from_numpy(parts.palette.astype(np.float32)),
        },
        {"z": {0: "N"}, "label": {0: "N"}, "pixels": {0: "N"}},
        ("N", *figure_shape(pictures, about["shape"]["size"])),
    )
    return data, _entry(about, parts.shown, data, config["kind"])


def export_ground(run: str | Path) -> tuple[bytes, dict[str, Any]] | None:
    """The ONNX file that paints canvases with a run's network, and its manifest entry.

    None if the run's network cannot: only one of tiles, trained as r3gan, is toroidal. Raises as
    `export_run` does.
    """
    torch = need("torch")
    from aigc_procgen.train.finish import Finished
    from aigc_procgen.train.ground import Ground

    about = _read_about(Path(run))
    config = about["config"]
    if config["kind"] != "tiles" or config["arch"] != "r3gan":
        return None
    parts = _load_run(Path(run))
    labels, side = about["shape"]["labels"], about["shape"]["size"]
    ink = getattr(parts.net, "ink", None)
    finished = Finished(Ground(parts.net), parts.palette, tidy=config["tidy"], ink=ink, canvas=True)
    data = trace(
        finished,
        _named(parts, finished),
        {
            "z": torch.zeros(2, 3, config["latent"]),
            "label": torch.zeros(2, labels),
            "share": torch.zeros(2, 2 * side, 3 * side),
            "palette": torch.from_numpy(parts.palette.astype(np.float32)),
        },
        {
            "z": {0: "R", 1: "C"},
            "label": {0: "M"},
            "share": {0: "M", 1: "H", 2: "W"},
            "pixels": {0: "H", 1: "W"},
        },
        ("H", "W", 4),
    )
    return data, _entry(about, parts.shown, data, "ground")


def trace(
    module: Any,
    kept: dict[str, Kept],
    inputs: dict[str, Any],
    free: dict[str, dict[int, str]],
    shape: tuple[Any, ...],
    output: str = "pixels",
) -> bytes:
    """The ONNX file of a module; `kept` says how its tensors are kept, by the graph's names.

    `free` names the axes that may have any length, and `shape` those of the output.
    """
    torch, onnx = need("torch"), need("onnx")
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        # The older exporter is deprecated, but the newer one cannot be held to opset 15.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module.eval(),
            tuple(inputs.values()),
            buffer,
            input_names=list(inputs),
            output_names=[output],
            dynamic_axes=free,
            opset_version=OPSET,
            do_constant_folding=False,  # weights stay as the network has them, for `pack_weights`
            dynamo=False,
        )
    model = onnx.load_from_string(buffer.getvalue())
    model.ir_version = IR_VERSION
    model.producer_name, model.producer_version = "aigc_procgen", ""
    _name_output(model, shape)
    pack_weights(model, kept)
    data = bytes(model.SerializeToString(deterministic=True))
    check_graph(data)
    return data


def _entry(about: dict[str, Any], shown: int, data: bytes, kind: str) -> dict[str, Any]:
    """The manifest's entry, without scores, of a run's model of a kind."""
    config = about["config"]
    entry = {
        "kind": kind,
        "file": f"{kind}.onnx",
        "sha256": hashlib.sha256(data).hexdigest(),
        "size": about["shape"]["size"],
        "frames": about.get("frames", 1),
        "directions": about.get("directions", []),
        "latent": config["latent"],
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
    inputs, outputs = tensors(entry)
    for name, wanted in (("inputs", inputs), ("outputs", outputs)):
        entry[name] = [
            {"name": tensor, "shape": shape, "dtype": dtype}
            for tensor, (shape, dtype) in wanted.items()
        ]
    return entry


def _name_output(model: Any, shape: tuple[Any, ...]) -> None:
    """Gives the output its sizes and names: tracing leaves names of its own on fixed axes too."""
    dimensions = model.graph.output[0].type.tensor_type.shape.dim
    for dimension, size in zip(dimensions, shape, strict=True):
        if isinstance(size, str):
            dimension.dim_param = size
        else:
            dimension.dim_value = size


def check_graph(data: bytes) -> None:
    """Raises `PackError` if an ONNX file uses what one of the target engines does not take."""
    onnx = need("onnx")
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
    torch, onnx, onnxruntime = need("torch"), need("onnx"), need("onnxruntime")
    parts = _load_run(Path(run))
    about, net = parts.about, parts.net
    finished = _finished(parts).eval()
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
    feed = {"z": z, "label": label, "palette": parts.palette.astype(np.float32)}
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
    """The name of the image before `finish`: what the last node of the network gives."""
    for node in reversed(model.graph.node):
        if node.name.startswith("/net/"):
            return str(node.output[0])
    raise PackError("the graph has no image before its last layer: it is not one of this exporter")
