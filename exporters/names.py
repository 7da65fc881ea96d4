"""The network of names as one ONNX graph: a single step whose floats are the machine's integers.

Letters and labels are one-hot, the state goes in and comes out, and the odds of the next letter are
whole numbers. The graph has no recurrent operator, which Unity's Inference Engine lacks.
"""

from __future__ import annotations

import hashlib
import importlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from aigc_procgen.core.errors import InvalidArgument, MissingDependency
from aigc_procgen.core.manifest import tensors
from aigc_procgen.core.name_machine import (
    ACTIVATION,
    LEVELS,
    ODDS,
    ONE,
    WEIGHT,
    NameMachine,
    read_machine,
)

from .onnx import IR_VERSION, OPSET, check_graph

__all__ = ["export_names", "is_name_run", "name_graph"]

_FILE = "names.net"
_EDGE = LEVELS * ACTIVATION // 2
_CONSTANTS = {
    "one": ONE,
    "half": ONE // 2,
    "per_one": 1 / ONE,
    "per_weight": 1 / WEIGHT,
    "per_level": 1 / ACTIVATION,
    "per_odds": ODDS / 16 / ONE,
    "none": 0,
    "last": ODDS - 1,
    "low": -_EDGE,
    "high": _EDGE - 1,
    "edge": _EDGE,
}
# Operator, what it takes, what it gives; a Table is the nodes that look sums up in a table.
_STEPS = """
MatMul letter letter_table -> by_letter
MatMul label label_table -> by_label
Add by_letter by_label -> added
Split added -> added_reset added_update added_candidate
MatMul state recurrent -> products
Mul products per_weight -> scaled
Floor scaled -> sums
Split sums -> sums_reset sums_update sums_candidate
Add sums_reset added_reset -> reset_sum
Table sigmoid reset_sum -> reset
Add sums_update added_update -> update_sum
Table sigmoid update_sum -> update
Add sums_candidate candidate -> inner_sum
Clip inner_sum low high -> inner
Mul reset inner -> gated
Mul gated per_one -> gated_small
Floor gated_small -> gated_whole
Add gated_whole added_candidate -> new_sum
Table tanh new_sum -> new
Mul update state -> kept
Sub one update -> rest
Mul rest new -> taken
Add kept taken -> mixed
Add mixed half -> mixed_half
Mul mixed_half per_one -> mixed_small
Floor mixed_small -> next
MatMul next head -> scores
Mul scores per_weight -> scores_small
Floor scores_small -> scores_whole
Add scores_whole bias -> logits
ReduceMax logits -> best
Sub best logits -> behind
Mul behind per_odds -> levels
Clip levels none last -> levels_known
Cast levels_known -> level
Gather exponential level -> odds
"""


def is_name_run(run: str | Path) -> bool:
    """Whether a folder is a run of `train names`, or a file is what such a run wrote."""
    return Path(run).name == _FILE or (Path(run) / _FILE).is_file()


def export_names(run: str | Path) -> tuple[bytes, dict[str, Any]]:
    """The ONNX file of a run of names (its folder, or its `names.net`), and its manifest entry.

    Raises `InvalidArgument` if `run` is none, `MissingDependency` without onnx.
    """
    path = Path(run) if Path(run).is_file() else Path(run) / _FILE
    try:
        machine = read_machine(str(path), path.read_bytes())
    except OSError:
        raise InvalidArgument(
            f"run must be a folder that `aigc-procgen train names` wrote, not {str(run)!r}: it "
            f"lacks {_FILE}"
        ) from None
    data = name_graph(machine)
    entry = {
        "kind": "names",
        "file": "names.onnx",
        "sha256": hashlib.sha256(data).hexdigest(),
        "size": len(machine.alphabet),
        "latent": machine.states,
        "alphabet": machine.alphabet,
        "attributes": {"culture": list(machine.cultures), "kind": list(machine.kinds)},
        "palette": [],
        **json.loads(json.dumps(dict(machine.about))),
        "scores": {},
    }
    inputs, outputs = tensors(entry)
    for side, wanted in (("inputs", inputs), ("outputs", outputs)):
        entry[side] = [
            {"name": tensor, "shape": shape, "dtype": dtype}
            for tensor, (shape, dtype) in wanted.items()
        ]
    return data, entry


def name_graph(machine: NameMachine) -> bytes:
    """The ONNX file of a machine's step; see `core.manifest.tensors` for its inputs and outputs."""
    try:
        onnx = importlib.import_module("onnx")
    except ImportError as error:
        raise MissingDependency(
            f"onnx is needed to export a model: install aigc-procgen[train] ({error})"
        ) from None
    helper, real = onnx.helper, onnx.TensorProto.FLOAT
    constants = {name: np.asarray(value, np.float32) for name, value in _CONSTANTS.items()}
    for name in machine.arrays:
        if name not in ("sound", "given"):
            table = f"{name}_table" if name in ("letter", "label") else name
            constants[table] = machine.arrays[name].astype(np.float32)
    nodes = []
    for line in _STEPS.strip().splitlines():
        taken, _, given = line.partition(" -> ")
        operator, *names = taken.split()
        if operator == "Table":
            table, sums = names
            for at, (step, first, *others) in enumerate(
                (("Clip", sums, "low", "high"), ("Add", "", "edge"), ("Mul", "", "per_level"))
            ):
                inputs = [first or f"{sums}_{at - 1}", *others]
                nodes.append(helper.make_node(step, inputs, [f"{sums}_{at}"]))
            nodes.append(
                helper.make_node("Cast", [f"{sums}_2"], [f"{sums}_3"], to=onnx.TensorProto.INT32)
            )
            nodes.append(helper.make_node("Gather", [table, f"{sums}_3"], [given], axis=0))
            continue
        every: dict[str, dict[str, Any]] = {
            "Split": {"axis": 1},
            "ReduceMax": {"axes": [1], "keepdims": 1},
            "Cast": {"to": onnx.TensorProto.INT32},
            "Gather": {"axis": 0},
        }
        settings = every.get(operator, {})
        nodes.append(helper.make_node(operator, names, given.split(), **settings))
    sizes = {"state": machine.states, "letter": len(machine.alphabet)}
    sizes |= {"label": len(machine.cultures) + len(machine.kinds)}
    outputs = {"next": machine.states, "odds": len(machine.alphabet)}
    graph = helper.make_graph(
        nodes,
        "names",
        [helper.make_tensor_value_info(n, real, ["N", size]) for n, size in sizes.items()],
        [helper.make_tensor_value_info(n, real, ["N", size]) for n, size in outputs.items()],
        [onnx.numpy_helper.from_array(np.asarray(v), name) for name, v in constants.items()],
    )
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION
    )
    model.producer_name = "aigc_procgen"
    data = bytes(model.SerializeToString(deterministic=True))
    check_graph(data)
    return data
