"""A step machine as one ONNX graph: a single step whose floats are the machine's integers.

Letters and labels are one-hot, the state goes in and comes out, and the odds of what comes next are
whole numbers. The graph has no recurrent operator, which Unity's Inference Engine lacks.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from aigc_procgen.core.errors import MissingDependency
from aigc_procgen.core.manifest import tensors
from aigc_procgen.core.step_machine import (
    ACTIVATION,
    LEVELS,
    ODDS,
    ONE,
    STEP_ARRAYS,
    WEIGHT,
    StepMachine,
)

from .onnx import IR_VERSION, OPSET, check_graph

__all__ = ["describe_tensors", "step_graph"]

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


def step_graph(machine: StepMachine, name: str, *, letter: str, outputs: Sequence[str]) -> bytes:
    """The ONNX file of a machine's step, opset 15; `MissingDependency` without onnx.

    Inputs are `state`, what came last (called `letter`) and `label`; `outputs` are "next", "odds"
    and "logits" of what comes next, and "votes", what the letter's row in the array of that name
    holds; see `core.manifest.tensors`.
    """
    try:
        onnx = importlib.import_module("onnx")
    except ImportError as error:
        raise MissingDependency(
            f"onnx is needed to export a model: install aigc-procgen[train] ({error})"
        ) from None
    helper, real = onnx.helper, onnx.TensorProto.FLOAT
    constants = {at: np.asarray(value, np.float32) for at, value in _CONSTANTS.items()}
    for array in STEP_ARRAYS:
        table = f"{array}_table" if array in ("letter", "label") else array
        constants[table] = machine.arrays[array].astype(np.float32)
    nodes = []
    for line in _STEPS.strip().splitlines():
        taken, _, given = line.partition(" -> ")
        operator, *names = taken.split()
        names = [letter if taken_name == "letter" else taken_name for taken_name in names]
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
    if "votes" in outputs:
        constants["votes_table"] = machine.arrays["votes"].astype(np.float32)
        nodes.append(helper.make_node("MatMul", [letter, "votes_table"], ["votes"]))
    known = len(machine.arrays["bias"])
    inputs_of = {"state": machine.states, letter: known, "label": len(machine.arrays["label"])}
    widths = {"next": machine.states, "odds": known, "logits": known}
    widths["votes"] = machine.arrays["votes"].shape[1] if "votes" in outputs else 0
    outputs_of = {output: widths[output] for output in outputs}
    graph = helper.make_graph(
        nodes,
        name,
        [helper.make_tensor_value_info(n, real, ["N", size]) for n, size in inputs_of.items()],
        [helper.make_tensor_value_info(n, real, ["N", size]) for n, size in outputs_of.items()],
        [onnx.numpy_helper.from_array(np.asarray(v), n) for n, v in constants.items()],
    )
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION
    )
    model.producer_name = "aigc_procgen"
    data = bytes(model.SerializeToString(deterministic=True))
    check_graph(data)
    return data


def describe_tensors(entry: dict[str, Any]) -> None:
    """Adds to a manifest's entry the inputs and outputs that a model of its kind has."""
    for side, wanted in zip(("inputs", "outputs"), tensors(entry), strict=True):
        entry[side] = [
            {"name": tensor, "shape": shape, "dtype": dtype}
            for tensor, (shape, dtype) in wanted.items()
        ]
