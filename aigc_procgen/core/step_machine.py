"""A recurrent network as a machine of whole numbers, and the file that it is kept in.

A gated recurrent unit (Cho and others, "Learning phrase representations using RNN encoder-decoder",
EMNLP 2014; the candidate's gate after the product, as cuDNN has it) whose weights are bytes and
whose state is 11 bits a number. Every sum and product is a whole number below 2**24, which float32
holds exactly whatever the order of adding up; sigmoid, tanh and exponential are tables in the file.
So numpy, ONNX Runtime and any engine with float32 give the same numbers, and the same text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "ACTIVATION",
    "LARGEST_STATE",
    "LEVELS",
    "ODDS",
    "ONE",
    "STEP_ARRAYS",
    "WEIGHT",
    "Floats",
    "StepMachine",
    "Whole",
]

ONE = 1024  # 1.0 of the state, the gates and all sums
WEIGHT = 64  # 1.0 of a weight
LARGEST_STATE = 128  # numbers: 128 * 127 * 1023 is below 2**24
LEVELS = 2048  # entries of the tables of activations, over -8 to 8
ACTIVATION = 16 * ONE // LEVELS  # of a sum, an entry
ODDS = 1024  # entries of the table of exponentials, over 0 to -16
_ONE_BITS, _WEIGHT_BITS = ONE.bit_length() - 1, WEIGHT.bit_length() - 1
_ACTIVATION_BITS, _STEP_BITS = ACTIVATION.bit_length() - 1, (16 * ONE // ODDS).bit_length() - 1
_EDGE = 8 * ONE
STEP_ARRAYS = {
    "recurrent": "int8",  # [h, 3 h]: reset, update, candidate
    "letter": "int16",  # [v, 3 h]
    "label": "int16",  # [labels, 3 h]
    "candidate": "int16",  # [h], added inside the reset gate
    "head": "int8",  # [h, v]
    "bias": "int16",  # [v]
    "sigmoid": "int16",  # [LEVELS]
    "tanh": "int16",  # [LEVELS]
    "exponential": "int32",  # [ODDS]
}
Floats = NDArray[np.float32]
Whole = NDArray[np.int32]


@dataclass(frozen=True, kw_only=True, eq=False)
class StepMachine:
    """The network: `step` gives the odds of what comes next. All arrays hold whole numbers.

    `about` says where it comes from: data, licence, training.
    """

    about: Mapping[str, Any]
    arrays: Mapping[str, NDArray[Any]]
    digest: str

    def __post_init__(self) -> None:
        if len(self.arrays["recurrent"]) > LARGEST_STATE:
            raise ValueError("its arrays have another size")
        whole = {name: self.arrays[name].astype(np.int32) for name in STEP_ARRAYS}
        for name in ("recurrent", "head"):  # only products want floats, for their speed
            whole[name] = whole[name].astype(np.float32)
        # What every index into a table of activations begins from, added once for all steps.
        whole["letter"] = whole["letter"] + _EDGE
        object.__setattr__(self, "_tables", whole)

    @property
    def states(self) -> int:
        """How many numbers a state has."""
        return len(self.arrays["recurrent"])

    def start(self) -> Floats:
        """The state float32 [states] before anything."""
        return np.zeros(self.states, np.float32)

    def label_rows(self, *rows: int) -> Whole:
        """What some rows of the table of labels add to every step, int32 [3 states]."""
        table = self._tables["label"]  # type: ignore[attr-defined]
        return np.asarray(table[list(rows)].sum(0, dtype=np.int32))

    def step(self, state: Floats, letter: Any, label: Whole) -> tuple[Floats, Whole]:
        """The next state [..., states], and the odds int32 [..., letters] of what comes next.

        `letter` is the index of the letter before, 0 at the start, or one for each row. Odds are
        whole numbers: of what the network thinks far less likely than the likeliest, 0.
        """
        state, logits = self.advance(state, letter, label)
        behind = (logits.max(-1, keepdims=True) - logits) >> _STEP_BITS
        odds = self._tables["exponential"].take(behind, mode="clip")  # type: ignore[attr-defined]
        return state, odds

    def advance(self, state: Floats, letter: Any, label: Whole) -> tuple[Floats, Whole]:
        """The next state float32 [..., states], and the logits int32 [..., letters] in 1/ONE."""
        f = self._tables  # type: ignore[attr-defined]
        size = self.states
        added = f["letter"][letter] + label
        # A shift is the floor of a division, and `take` keeps indexes within its table.
        sums = (state @ f["recurrent"]).astype(np.int32) >> _WEIGHT_BITS
        gated = sums[..., : 2 * size] + added[..., : 2 * size] >> _ACTIVATION_BITS
        gates = f["sigmoid"].take(gated, mode="clip")
        reset, update = gates[..., :size], gates[..., size:]
        inner = np.minimum(np.maximum(sums[..., 2 * size :] + f["candidate"], -_EDGE), _EDGE - 1)
        inner = (reset * inner >> _ONE_BITS) + added[..., 2 * size :]
        new = f["tanh"].take(inner >> _ACTIVATION_BITS, mode="clip")
        # update * state + (ONE - update) * new, rounded
        mixed = update * (state.astype(np.int32) - new) + (new * ONE + ONE // 2)
        state = (mixed >> _ONE_BITS).astype(np.float32)
        logits = ((state @ f["head"]).astype(np.int32) >> _WEIGHT_BITS) + f["bias"]
        return state, logits
