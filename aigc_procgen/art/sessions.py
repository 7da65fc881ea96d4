"""ONNX Runtime sessions for a pack's models, made at first use and kept with the pack."""

from __future__ import annotations

import logging
import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.errors import InvalidArgument, MissingDependency, PackError
from aigc_procgen.core.pack import Model, Pack

__all__ = ["draw", "providers"]

_log = logging.getLogger("aigc_procgen")
_making = threading.Lock()
_BATCH = 64  # more gains nothing on a CPU and takes memory
_TYPES = {"tensor(float)": "float32", "tensor(uint8)": "uint8"}


def _runtime() -> Any:
    try:
        import onnxruntime
    except ImportError:
        raise MissingDependency(
            "drawing needs ONNX Runtime: install aigc-procgen[cpu], or aigc-procgen[gpu] with CUDA"
        ) from None
    if not hasattr(onnxruntime, "InferenceSession"):
        raise MissingDependency(
            "onnxruntime and onnxruntime-gpu broke each other: uninstall both, then install one"
        )
    return onnxruntime


def providers() -> list[str]:
    """The execution providers that ONNX Runtime names here, best first."""
    return list(_runtime().get_available_providers())


def _session(pack: Pack, model: Model) -> Any:
    kept = pack._kept.get(("session", model.name))
    if kept is not None:
        return kept
    with _making:
        if ("session", model.name) not in pack._kept:
            pack._kept["session", model.name] = _make(model)
    return pack._kept["session", model.name]


def _make(model: Model) -> Any:
    runtime = _runtime()
    options = runtime.SessionOptions()
    # One thread is fastest for graphs this small. The optimisation level is fixed, because it
    # changes the last bits of floats; EXTENDED fuses without choosing layouts by processor.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.execution_mode = runtime.ExecutionMode.ORT_SEQUENTIAL
    options.graph_optimization_level = runtime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.log_severity_level = 4  # a provider that cannot load is handled below
    wanted = ["CPUExecutionProvider"]
    if "CUDAExecutionProvider" in runtime.get_available_providers():
        wanted.insert(0, "CUDAExecutionProvider")
    try:
        session = runtime.InferenceSession(model.data, options, providers=wanted)
    except Exception as error:  # the runtime's errors share no public base
        raise PackError(
            f"ONNX Runtime cannot load the model {model.name!r} of this pack: {error}"
        ) from None
    if session.get_providers()[0] != wanted[0]:
        _log.info("CUDA is named but does not load: drawing on the CPU")
    _check_tensors(model, "inputs", session.get_inputs())
    _check_tensors(model, "outputs", session.get_outputs())
    return session


def _check_tensors(model: Model, side: str, found: list[Any]) -> None:
    """The graph must have exactly the tensors that the manifest promises."""
    promised = {t["name"]: (t["shape"], t["dtype"]) for t in model.entry[side]}
    real = {t.name: (list(t.shape), _TYPES.get(t.type, t.type)) for t in found}
    for name in sorted(set(promised) | set(real)):
        if name not in real:
            raise PackError(f"the file of model {model.name!r} lacks the tensor {name!r}")
        if name not in promised:
            raise PackError(f"the file of model {model.name!r} has a tensor {name!r} too many")
        if real[name] != promised[name]:
            raise PackError(
                f"the tensor {name!r} of model {model.name!r} is {real[name]}, its manifest says "
                f"{promised[name]}"
            )


def draw(
    pack: Pack,
    model: Model,
    z: NDArray[np.float32],
    label: NDArray[np.float32],
    palette: NDArray[np.uint8] | None = None,
) -> NDArray[np.uint8]:
    """Pixels uint8 [n, size, size, 4] for latents [n, latent] and labels [n, L] or [L].

    `palette` uint8 [K, 3] draws the same shapes in other colours; it must have as many entries as
    the model's own.
    """
    colours = model.palette if palette is None else np.asarray(palette)
    if colours.shape != model.palette.shape:
        raise InvalidArgument(
            f"palette must have the shape {model.palette.shape} of the model's own, "
            f"not {colours.shape}"
        )
    session = _session(pack, model)
    labels = np.broadcast_to(label, (len(z), label.shape[-1])).astype(np.float32)
    feed = {"palette": colours.astype(np.float32)}
    parts = [
        session.run(["pixels"], {**feed, "z": z[i : i + _BATCH], "label": labels[i : i + _BATCH]})[
            0
        ]
        for i in range(0, len(z), _BATCH)
    ]
    return np.concatenate(parts) if parts else np.zeros((0, model.size, model.size, 4), np.uint8)
