"""How an exported graph keeps its weights: large ones as bytes, middling ones as half floats.

A runtime restores them when it loads the graph, by operators that fold into constants, and works
in float32 from then on. The network that a graph is compared with is rounded in the same way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Bytes", "Kept", "keep", "pack_weights"]

_HALF = 512  # values: smaller tensors are not worth a cast
# Values: smaller tensors are a tenth of the file, and errors of theirs change most pixels: they
# work near the picture, and few terms make up each of their sums.
_BYTES = 65536
# Products with these are divided by a small temperature, which makes of a small error a large one.
_EXACTING = ("codebook.keys",)
_LEVELS = 255
_REFITS = 8


@dataclass(frozen=True, kw_only=True)
class Bytes:
    """A tensor as uint8 codes of its shape, and a float32 scale and offset a row (first axis)."""

    codes: NDArray[np.uint8]
    scale: NDArray[np.float32]
    offset: NDArray[np.float32]

    def restore(self) -> NDArray[np.float32]:
        """The float32 values, by the operations that the graph does: cast, multiply, add."""
        return self.codes.astype(np.float32) * self.scale + self.offset


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What a file holds of a tensor, and the float32 values that a runtime makes of it."""

    values: NDArray[np.float32]
    stored: NDArray[np.float16] | NDArray[np.float32] | Bytes


def keep(name: str, values: NDArray[np.float32]) -> Kept:
    """How the tensor `name` of a network is kept: float32 of any shape, nothing infinite.

    >>> keep("codes.weight", np.eye(256, dtype=np.float32)).stored.codes.dtype
    dtype('uint8')
    """
    exacting = any(part in name for part in _EXACTING)
    if values.size >= _BYTES and values.ndim > 1 and not exacting:
        stored = _to_bytes(values)
        return Kept(values=stored.restore(), stored=stored)
    half = values.astype(np.float16)
    rounded = half.astype(np.float32)
    # Every tensor takes half precision; in a small one it saves less than a cast costs.
    return Kept(values=rounded, stored=half if values.size >= _HALF else rounded)


def _to_bytes(values: NDArray[np.float32]) -> Bytes:
    """The codes, scales and offsets of a small squared error, row by row.

    Even levels over the row's range, then codes and levels are fitted to each other in turn
    (Lloyd's iteration with the levels held even), which takes a hundredth off the error. To cut
    outliers off, as is done for fewer bits, never helped. Whole numbers, such as a mask's, are kept
    exactly.
    """
    rows = values.reshape(len(values), -1).astype(np.float64)
    low, high = rows.min(1, keepdims=True), rows.max(1, keepdims=True)
    scale, offset = np.where(high > low, (high - low) / _LEVELS, 1.0), low
    best = np.zeros(rows.shape), np.ones_like(low), np.zeros_like(low)
    least = np.full(low.shape, np.inf)
    for _ in range(_REFITS):
        codes = np.clip(np.rint((rows - offset) / scale), 0, _LEVELS)
        new = codes, scale.astype(np.float32), offset.astype(np.float32)
        error = np.square(codes * new[1] + new[2] - rows).sum(1, keepdims=True)
        best = tuple(np.where(error < least, *pair) for pair in zip(new, best, strict=True))
        least = np.minimum(error, least)
        scale, offset = _fit(rows, codes, scale)
    whole = (rows == np.rint(rows)).all(1, keepdims=True) & (high - low <= _LEVELS)
    exact = rows - low, np.ones_like(low), low
    best = tuple(np.where(whole, *pair) for pair in zip(exact, best, strict=True))
    shape = (len(values),) + (1,) * (values.ndim - 1)
    return Bytes(
        codes=best[0].astype(np.uint8).reshape(values.shape),
        scale=best[1].astype(np.float32).reshape(shape),
        offset=best[2].astype(np.float32).reshape(shape),
    )


def _fit(
    rows: NDArray[np.float64], codes: NDArray[np.float64], scale: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The scale and offset a row that bring its codes nearest to its values, by least squares."""
    spread = codes - codes.mean(1, keepdims=True)
    variance = np.square(spread).sum(1, keepdims=True)
    slope = (spread * rows).sum(1, keepdims=True) / np.where(variance > 0, variance, 1.0)
    scale = np.where(slope > 0, slope, scale)
    return scale, (rows - codes * scale).mean(1, keepdims=True)


def pack_weights(model: Any, kept: dict[str, Kept]) -> None:
    """Replaces the initializers of an ONNX model that `kept` names by what is stored of them.

    The operators that restore them come first in the graph. Raises `ValueError` if an initializer
    is not what `kept` says a runtime makes of it.
    """
    from onnx import TensorProto, helper, numpy_helper

    nodes, tensors = [], []
    for tensor in model.graph.initializer:
        name, entry = tensor.name, kept.get(tensor.name)
        if entry is None:
            tensors.append(tensor)
            continue
        if not np.array_equal(numpy_helper.to_array(tensor), entry.values):
            raise ValueError(f"the exporter changed the tensor {name}")
        cast = {"op_type": "Cast", "to": TensorProto.FLOAT}
        if isinstance(entry.stored, Bytes):
            parts = {f"{name}_{part}": value for part, value in vars(entry.stored).items()}
            codes, scale, offset = parts
            tensors += [numpy_helper.from_array(value, part) for part, value in parts.items()]
            steps = [f"{name}_floats", f"{name}_scaled"]
            nodes += [
                helper.make_node(inputs=[codes], outputs=[steps[0]], name=f"{name}_cast", **cast),
                helper.make_node("Mul", [steps[0], scale], [steps[1]], f"{name}_mul"),
                helper.make_node("Add", [steps[1], offset], [name], f"{name}_add"),
            ]
        elif entry.stored.dtype == np.float16:
            half = f"{name}_half"
            tensors.append(numpy_helper.from_array(entry.stored, half))
            nodes.append(
                helper.make_node(inputs=[half], outputs=[name], name=f"{name}_cast", **cast)
            )
        else:
            tensors.append(tensor)
    nodes += model.graph.node
    del model.graph.node[:], model.graph.initializer[:]
    model.graph.node.extend(nodes)
    model.graph.initializer.extend(tensors)
