"""ONNX Runtime sessions for a pack's models, made at first use and kept with the pack."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.errors import InvalidArgument, MissingDependency, PackError
from aigc_procgen.core.manifest import figure_shape
from aigc_procgen.core.pack import Model, Pack

__all__ = [
    "classify",
    "draw",
    "lay_out",
    "load_model",
    "next_letter",
    "next_piece",
    "paint",
    "providers",
]

_log = logging.getLogger("aigc_procgen")
_locks: dict[str, threading.Lock] = {}  # by the name of a model: two are made side by side
_BATCH = 64  # more gains nothing on a CPU and takes memory
_WIDE, _WIDE_THREADS = 64, 4  # tiles of a canvas from which on several threads draw it
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


def _session(pack: Pack, model: Model, wide: bool = False) -> Any:
    name = f"{model.name}, wide" if wide else model.name
    if name not in pack.sessions:
        with _locks.setdefault(name, threading.Lock()):
            if name not in pack.sessions:
                pack.sessions[name] = _make(model, wide)
    return pack.sessions[name]


def load_model(pack: Pack, kind: str) -> None:
    """Makes the session of a kind of model, if the pack has it, so that no picture waits for it."""
    for model in pack.models.values():
        if model.kind == kind:
            _session(pack, model)


def _make(model: Model, wide: bool) -> Any:
    runtime = _runtime()
    options = runtime.SessionOptions()
    # One thread is fastest for graphs this small, and a world's canvases are drawn side by side; a
    # wide one is large enough for more, which draw the same pixels, but must not keep a game's
    # cores busy while they wait. The optimisation level is fixed, because it changes the last bits
    # of floats. ENABLE_ALL also lays tensors out as the processor likes them, by which kernels are
    # chosen at every level: 5 to 11 % faster than EXTENDED, and none of 1,075,200 pixels was
    # another. Of all other options none made benchmarks/drawing.py faster.
    options.intra_op_num_threads = 1
    if wide:
        options.intra_op_num_threads = min(os.cpu_count() or 1, _WIDE_THREADS)
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.inter_op_num_threads = 1
    options.execution_mode = runtime.ExecutionMode.ORT_SEQUENTIAL
    options.graph_optimization_level = runtime.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.log_severity_level = 4  # a provider that cannot load is handled below
    # A graph may keep weights in files beside it, which no digest covers and which would be
    # looked for in the working directory: look for them where no file can be.
    options.add_session_config_entry(
        "session.model_external_initializers_file_folder_path", f"{os.devnull}/none"
    )
    session = None
    if "CUDAExecutionProvider" in runtime.get_available_providers():
        # TF32 would round products to ten bits, and the palette's argmax would notice.
        cuda = ("CUDAExecutionProvider", {"use_tf32": "0"})
        try:
            session = runtime.InferenceSession(
                model.data, options, providers=[cuda, "CPUExecutionProvider"]
            )
        except Exception:  # the runtime's errors share no public base
            session = None
        if session is None or session.get_providers()[0] != "CUDAExecutionProvider":
            _log.info("CUDA is named but does not load: drawing on the CPU")
    if session is None:
        try:
            session = runtime.InferenceSession(
                model.data, options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            raise PackError(
                f"ONNX Runtime cannot load the model {model.name!r} of this pack: {_line(error)}"
            ) from None
    _check_tensors(model, "inputs", session.get_inputs())
    _check_tensors(model, "outputs", session.get_outputs())
    return session


def _line(error: Exception) -> str:
    return " ".join(str(error).split())


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

    A model with several pictures a figure gives [n, pictures, size, size, 4].

    `palette` uint8 [K, 3] draws the same shapes in other colours; it must have as many entries as
    the model's own.
    """
    labels = np.broadcast_to(label, (len(z), label.shape[-1])).astype(np.float32)
    colours = _colours(model, palette)
    parts = []
    for start in range(0, len(z), _BATCH):
        rows = slice(start, start + _BATCH)
        feed = {"z": z[rows], "label": labels[rows], "palette": colours}
        parts.append(_pixels(pack, model, feed))
    if parts:
        return np.concatenate(parts)
    return np.zeros((0, *figure_shape(model.pictures, model.size)), np.uint8)


def paint(
    pack: Pack,
    model: Model,
    z: NDArray[np.float32],
    label: NDArray[np.float32],
    share: NDArray[np.float32],
    palette: NDArray[np.uint8] | None = None,
) -> NDArray[np.uint8]:
    """A canvas uint8 [size rows, size columns, 4] by a model of ground; opposite rims meet.

    `z` [rows, columns, latent] is a latent a tile, `label` [materials, L] the materials, `share`
    [materials, size rows, size columns] how much of each a pixel is, 1 in all. `palette` as in
    `draw`.
    """
    colours = _colours(model, palette)
    feed = {"z": z, "label": label, "share": share, "palette": colours}
    return _pixels(pack, model, feed, wide=z.shape[0] * z.shape[1] >= _WIDE)


def classify(pack: Pack, model: Model, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
    """By a classifier: the logits [n, L] of pictures [n, size, size, 4], a block an attribute."""
    if not len(pictures):
        return np.zeros((0, sum(map(len, model.attributes.values()))), np.float32)
    parts = [
        _run(pack, model, ["logits"], {"pixels": pictures[start : start + _BATCH]})[0]
        for start in range(0, len(pictures), _BATCH)
    ]
    return np.concatenate(parts)


def next_letter(
    pack: Pack,
    model: Model,
    state: NDArray[np.float32],
    letter: NDArray[np.float32],
    label: NDArray[np.float32],
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """By a model of names: the next states [n, latent] and the odds [n, letters] of what follows.

    `letter` [n, letters] and `label` [n, L] are one-hot; the first state is 0, the first letter 0.
    """
    feed = {"state": state, "letter": letter, "label": label}
    found = _run(pack, model, ["next", "odds"], feed)
    return np.asarray(found[0]), np.asarray(found[1])


def lay_out(
    pack: Pack,
    model: Model,
    z: NDArray[np.float32],
    label: NDArray[np.float32],
    density: NDArray[np.float32],
    room: NDArray[np.float32],
) -> NDArray[np.uint8]:
    """By a model of layouts: the tiles uint8 [n, size, size] of rooms [n, 3, size, size].

    All inputs hold whole numbers, see `core.layout_machine`; `label` [n, L] is one-hot.
    """
    feed = {"z": z, "label": label, "density": density, "room": room}
    return np.asarray(_run(pack, model, ["tiles"], feed)[0])


def next_piece(
    pack: Pack,
    model: Model,
    state: NDArray[np.float32],
    piece: NDArray[np.int64],
    label: NDArray[np.float32],
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """By a model of a voice: the next states [n, latent], the odds [n, pieces] of what follows, and
    the votes [n, speakers] of the pieces.

    `piece` [n] are indexes, `label` [n, L] one-hot; the first state is 0, the first piece 0.
    """
    given = np.zeros((len(piece), model.size), np.float32)
    given[np.arange(len(piece)), piece] = 1
    feed = {"state": state, "piece": given, "label": label}
    found = _run(pack, model, ["next", "odds", "votes"], feed)
    return np.asarray(found[0]), np.asarray(found[1]), np.asarray(found[2])


def _colours(model: Model, palette: NDArray[np.uint8] | None) -> NDArray[np.float32]:
    """The palette as a graph takes it; `InvalidArgument` unless it can replace the model's own."""
    colours = model.palette if palette is None else np.asarray(palette)
    if colours.shape != model.palette.shape:
        raise InvalidArgument(
            f"palette must have the shape {model.palette.shape} of the model's own, "
            f"not {colours.shape}"
        )
    if colours.dtype.kind not in "iu" or colours.min() < 0 or colours.max() > 255:
        raise InvalidArgument("palette must hold whole numbers in 0..255")
    return colours.astype(np.float32)


def _pixels(
    pack: Pack, model: Model, feed: dict[str, NDArray[np.float32]], *, wide: bool = False
) -> NDArray[np.uint8]:
    return np.asarray(_run(pack, model, ["pixels"], feed, wide=wide)[0])


def _run(
    pack: Pack,
    model: Model,
    outputs: list[str],
    feed: Mapping[str, NDArray[Any]],
    *,
    wide: bool = False,
) -> list[Any]:
    session = _session(pack, model, wide)
    try:
        return list(session.run(outputs, feed))
    except Exception as error:  # a graph may load and still not fit together
        raise PackError(f"the model {model.name!r} cannot be run: {_line(error)}") from None
