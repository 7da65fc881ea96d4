"""The network of layouts as one ONNX graph whose floats are the machine's integers.

Convolutions are written as shifts and one product: what an engine makes of a convolution (Winograd
transforms, for one) need not be exact, a plain sum of whole numbers below 2**24 is.
"""

from __future__ import annotations

import hashlib
import importlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from aigc_procgen.core.errors import InvalidArgument, MissingDependency
from aigc_procgen.core.layout_machine import (
    CANVAS,
    LEVEL,
    NOISE,
    ONE,
    PLANES,
    LayoutMachine,
    read_layouts,
)
from aigc_procgen.core.manifest import tensors

from .onnx import IR_VERSION, OPSET, check_graph

__all__ = ["export_layouts", "is_layout_run", "layout_graph"]

_FILE = "layouts.net"
_MOST = 255


def is_layout_run(run: str | Path) -> bool:
    """Whether a folder is a run of `train layouts`, or a file is what such a run wrote."""
    return Path(run).name == _FILE or (Path(run) / _FILE).is_file()


def export_layouts(run: str | Path) -> tuple[bytes, dict[str, Any]]:
    """The ONNX file of a run of layouts (its folder, or its `layouts.net`), and its manifest entry.

    Raises `InvalidArgument` if `run` is none, `MissingDependency` without onnx.
    """
    path = Path(run) if Path(run).is_file() else Path(run) / _FILE
    try:
        machine = read_layouts(str(path), path.read_bytes())
    except OSError:
        raise InvalidArgument(
            f"run must be a folder that `aigc-procgen train layouts` wrote, not {str(run)!r}: it "
            f"lacks {_FILE}"
        ) from None
    data = layout_graph(machine)
    entry = {
        "kind": "layouts",
        "file": "layouts.onnx",
        "sha256": hashlib.sha256(data).hexdigest(),
        "size": CANVAS,
        "latent": NOISE,
        "attributes": {"style": list(machine.styles)},
        "palette": [],
        "scores": {},
        **json.loads(json.dumps(dict(machine.about))),
    }
    inputs, outputs = tensors(entry)
    for side, wanted in (("inputs", inputs), ("outputs", outputs)):
        entry[side] = [
            {"name": tensor, "shape": shape, "dtype": dtype}
            for tensor, (shape, dtype) in wanted.items()
        ]
    return data, entry


def layout_graph(machine: LayoutMachine) -> bytes:
    """The ONNX file of a machine; see `core.manifest.tensors` for its inputs and outputs."""
    try:
        onnx = importlib.import_module("onnx")
    except ImportError as error:
        raise MissingDependency(
            f"onnx is needed to export a model: install aigc-procgen[train] ({error})"
        ) from None
    graph = _Graph(onnx, machine)
    graph.build()
    helper, kinds = onnx.helper, onnx.TensorProto
    sizes = {"z": ["N", NOISE], "label": ["N", len(machine.styles)], "density": ["N", 1]}
    sizes["room"] = ["N", 3, CANVAS, CANVAS]
    made = helper.make_graph(
        graph.nodes,
        "layouts",
        [helper.make_tensor_value_info(n, kinds.FLOAT, size) for n, size in sizes.items()],
        [helper.make_tensor_value_info("tiles", kinds.UINT8, ["N", CANVAS, CANVAS])],
        [onnx.numpy_helper.from_array(value, name) for name, value in graph.constants.items()],
    )
    model = helper.make_model(
        made, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION
    )
    model.producer_name = "aigc_procgen"
    data = bytes(model.SerializeToString(deterministic=True))
    check_graph(data)
    return data


class _Graph:
    """Nodes and constants, put down one after another; every method gives its result's name."""

    def __init__(self, onnx: Any, machine: LayoutMachine) -> None:
        self.onnx, self.machine = onnx, machine
        self.nodes: list[Any] = []
        self.constants: dict[str, Any] = {}

    def build(self) -> None:
        """The whole network; `core/layout_machine.py` line by line."""
        inside, walk, noise = self.split("room", 3)
        planes = self.planes(inside, walk, noise)
        mask = self.put("Transpose", inside, perm=[0, 2, 3, 1])
        half = self.put("ReduceMax", self.folded(mask), axes=[3], keepdims=1)
        quarter = self.put("ReduceMax", self.folded(half), axes=[3], keepdims=1)
        given = self.put(
            "Concat",
            self.times("z", LEVEL),
            self.times("label", ONE),
            self.times("density", LEVEL),
            axis=1,
        )
        whole = self.kept(self.sums("hidden", given))
        outer = self.layer("outer", self.around(planes, CANVAS), mask, whole)
        down = self.layer("down", self.folded(outer), half, whole)
        middle = self.layer("middle", self.around(down, CANVAS // 2), half, whole)
        deep = self.layer("deep", self.folded(middle), quarter, whole)
        deepest = self.layer("deepest", self.around(deep, CANVAS // 4), quarter, whole)
        joined = self.put("Concat", self.doubled(deepest, CANVAS // 4), middle, axis=3)
        up = self.layer("up", self.around(joined, CANVAS // 2), half, whole)
        joined = self.put("Concat", self.doubled(up, CANVAS // 2), outer, axis=3)
        wide = self.layer("wide", self.around(joined, CANVAS), mask, whole)
        last = self.layer("last", self.around(wide, CANVAS), mask, whole)
        best = self.put("ArgMax", self.sums("head", last), axis=3, keepdims=1)
        best = self.put("Cast", best, to=self.onnx.TensorProto.FLOAT)
        tiles = self.put("Squeeze", self.put("Mul", best, mask), self.whole([3]))
        self.put("Cast", tiles, to=self.onnx.TensorProto.UINT8, given="tiles")

    def put(self, operator: str, *taken: str, given: str = "", **settings: Any) -> str:
        """A node."""
        given = given or f"{operator.lower()}_{len(self.nodes)}"
        self.nodes.append(self.onnx.helper.make_node(operator, list(taken), [given], **settings))
        return given

    def constant(self, value: Any, dtype: type = np.float32) -> str:
        """A constant; equal ones are one."""
        array: Any = np.ascontiguousarray(np.asarray(value, dtype))
        digest = hashlib.sha256(array.tobytes() + str((array.dtype, array.shape)).encode())
        name = f"c_{digest.hexdigest()[:16]}"
        self.constants[name] = array
        return name

    def whole(self, values: list[int]) -> str:
        """Whole numbers as shapes and axes take them."""
        return self.constant(values, np.int64)

    def times(self, taken: str, factor: float) -> str:
        """The product with a number."""
        return self.put("Mul", taken, self.constant(factor))

    def split(self, taken: str, count: int) -> list[str]:
        """The channels one by one."""
        names = [f"{taken}_{index}" for index in range(count)]
        node = self.onnx.helper.make_node("Split", [taken], names, axis=1)
        self.nodes.append(node)
        return names

    def planes(self, inside: str, walk: str, noise: str) -> str:
        """`planes_of`: running sums are products with triangles of ones."""
        upper = self.constant(np.triu(np.ones((CANVAS, CANVAS))))
        lower = self.constant(np.tril(np.ones((CANVAS, CANVAS))))
        west, east = (self.put("MatMul", inside, triangle) for triangle in (upper, lower))
        north, south = (self.put("MatMul", triangle, inside) for triangle in (lower, upper))
        found = [self.times(inside, ONE), self.times(walk, ONE), self.times(noise, LEVEL)]
        for one, other in ((west, east), (north, south)):
            more = self.put("Relu", self.put("Sub", one, other))
            found.append(self.times(self.put("Sub", one, more), 4 * LEVEL))
        for one in (west, north):
            even = self.times(self.put("Floor", self.times(one, 0.5)), 2)
            found.append(self.times(self.put("Sub", one, even), ONE))
        for one, other in ((west, east), (north, south)):
            apart = self.put("Sub", one, other)
            differ = self.put(
                "Clip", self.put("Mul", apart, apart), self.constant(0), self.constant(1)
            )
            found.append(self.times(self.put("Sub", self.constant(1), differ), ONE))
        assert len(found) == PLANES
        joined = self.put("Mul", self.put("Concat", *found, axis=1), inside)
        return self.put("Transpose", joined, perm=[0, 2, 3, 1])

    def sums(self, name: str, taken: str) -> str:
        """The products of a layer and its bias."""
        weights = self.constant(self.machine.arrays[name])
        bias = self.constant(self.machine.arrays[f"{name}_bias"])
        return self.put("Add", self.put("MatMul", taken, weights), bias)

    def layer(self, name: str, taken: str, mask: str, whole: str) -> str:
        """A layer's activations, 0 outside."""
        sums = self.sums(name, taken)
        shift = f"{name}_shift"
        if shift in self.machine.arrays:
            added = self.put("MatMul", whole, self.constant(self.machine.arrays[shift]))
            sums = self.put("Add", sums, self.put("Unsqueeze", added, self.whole([1, 2])))
        return self.put("Mul", self.kept(sums), mask)

    def kept(self, sums: str) -> str:
        """The floor of the sums in ONE parts, 0 to 255."""
        floor = self.put("Floor", self.times(sums, 1 / ONE))
        return self.put("Clip", floor, self.constant(0), self.constant(_MOST))

    def around(self, taken: str, side: int) -> str:
        """The nine tiles around each."""
        padded = self.put("Pad", taken, self.whole([0, 1, 1, 0, 0, 1, 1, 0]), self.constant(0))
        parts = [
            self.slice(padded, [y, x], [y + side, x + side], 1) for y in range(3) for x in range(3)
        ]
        return self.put("Concat", *parts, axis=3)

    def folded(self, taken: str) -> str:
        """Every two by two tiles as one of four times the channels."""
        parts = [self.slice(taken, [y, x], [CANVAS, CANVAS], 2) for y in range(2) for x in range(2)]
        return self.put("Concat", *parts, axis=3)

    def slice(self, taken: str, first: list[int], last: list[int], step: int) -> str:
        """Some of the rows and columns."""
        rest = [self.whole([1, 2]), self.whole([step, step])]
        return self.put("Slice", taken, self.whole(first), self.whole(last), *rest)

    def doubled(self, taken: str, side: int) -> str:
        """Every tile as two by two: products with a matrix of ones and nothing, rows first."""
        twice = self.constant(np.repeat(np.eye(side), 2, 0))
        channels = self.channels[side]
        rows = self.put("Reshape", taken, self.whole([-1, side, side * channels]))
        rows = self.put("MatMul", twice, rows)
        columns = self.put("Reshape", rows, self.whole([-1, side, channels]))
        columns = self.put("MatMul", twice, columns)
        return self.put("Reshape", columns, self.whole([-1, 2 * side, 2 * side, channels]))

    @property
    def channels(self) -> dict[int, int]:
        """Channels of what is doubled, by its side."""
        arrays = self.machine.arrays
        return {
            CANVAS // 4: arrays["deepest"].shape[1],
            CANVAS // 2: arrays["up"].shape[1],
        }
