"""The network of names as a machine of whole numbers, and the file that it is kept in.

A gated recurrent unit (Cho and others, "Learning phrase representations using RNN encoder-decoder",
EMNLP 2014; the candidate's gate after the product, as cuDNN has it) whose weights are bytes and
whose state is 11 bits a number. Every sum and product is a whole number below 2**24, which float32
holds exactly whatever the order of adding up; sigmoid, tanh and exponential are tables in the file.
So numpy, ONNX Runtime and any engine with float32 give the same numbers, and the same names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .array_file import pack_arrays, read_arrays
from .errors import PackError

__all__ = [
    "ACTIVATION",
    "LARGEST_STATE",
    "LEVELS",
    "ODDS",
    "ONE",
    "WEIGHT",
    "NameMachine",
    "pack_machine",
    "read_machine",
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
_MAGIC = "aigc_procgen names 1"
_ARRAYS = {
    "recurrent": "int8",  # [h, 3 h]: reset, update, candidate
    "letter": "int16",  # [v, 3 h]
    "label": "int16",  # [cultures + kinds, 3 h]
    "candidate": "int16",  # [h], added inside the reset gate
    "head": "int8",  # [h, v]
    "bias": "int16",  # [v]
    "sigmoid": "int16",  # [LEVELS]
    "tanh": "int16",  # [LEVELS]
    "exponential": "int32",  # [ODDS]
    "sound": "int16",  # [cultures, v, v]: how much a pair of letters speaks for a culture
    "given": "int16",  # [2 cultures, v, v]: the same for (culture, sex), for people
}
Floats = NDArray[np.float32]
Whole = NDArray[np.int32]


@dataclass(frozen=True, kw_only=True, eq=False)
class NameMachine:
    """The network: `step` gives the odds of the next letter. All arrays hold whole numbers."""

    alphabet: str
    cultures: tuple[str, ...]
    kinds: tuple[str, ...]
    runs: Mapping[str, frozenset[str]]  # by culture, see `core.letters`
    about: Mapping[str, Any]  # data, licence, training, scores
    arrays: Mapping[str, NDArray[Any]]
    digest: str

    def __post_init__(self) -> None:
        whole = {name: self.arrays[name].astype(np.int32) for name in _ARRAYS}
        for name in ("recurrent", "head"):  # only products want floats, for their speed
            whole[name] = whole[name].astype(np.float32)
        object.__setattr__(self, "_tables", whole)

    @property
    def states(self) -> int:
        """How many numbers a state has."""
        return len(self.arrays["recurrent"])

    def start(self) -> Floats:
        """The state float32 [states] before the first letter."""
        return np.zeros(self.states, np.float32)

    def label(self, culture: str, kind: str) -> Whole:
        """What the label adds to every step, int32 [3 states]."""
        table = self._tables["label"]  # type: ignore[attr-defined]
        at = len(self.cultures) + self.kinds.index(kind)
        return np.asarray(table[self.cultures.index(culture)] + table[at])

    def step(self, state: Floats, letter: int, label: Whole) -> tuple[Floats, Whole]:
        """The next state [..., states], and the odds int32 [..., letters] of what comes next.

        `letter` is the index of the letter before, 0 at the start. Odds are whole numbers: those of
        letters that the network thinks far less likely than the likeliest are 0.
        """
        state, logits = self.advance(state, letter, label)
        behind = (logits.max(-1, keepdims=True) - logits) >> _STEP_BITS
        odds = self._tables["exponential"].take(behind, mode="clip")  # type: ignore[attr-defined]
        return state, odds

    def advance(self, state: Floats, letter: int, label: Whole) -> tuple[Floats, Whole]:
        """The next state float32 [..., states], and the logits int32 [..., letters] in 1/ONE."""
        f = self._tables  # type: ignore[attr-defined]
        size = self.states
        added = f["letter"][letter] + label
        # A shift is the floor of a division, and `take` keeps indexes within its table.
        sums = (state @ f["recurrent"]).astype(np.int32) >> _WEIGHT_BITS
        index = (sums[..., : 2 * size] + added[: 2 * size] + _EDGE) >> _ACTIVATION_BITS
        gates = f["sigmoid"].take(index, mode="clip")
        reset, update = gates[..., :size], gates[..., size:]
        inner = np.minimum(np.maximum(sums[..., 2 * size :] + f["candidate"], -_EDGE), _EDGE - 1)
        inner = (reset * inner >> _ONE_BITS) + added[2 * size :]
        new = f["tanh"].take((inner + _EDGE) >> _ACTIVATION_BITS, mode="clip")
        mixed = update * state.astype(np.int32) + (ONE - update) * new + ONE // 2
        state = (mixed >> _ONE_BITS).astype(np.float32)
        logits = ((state @ f["head"]).astype(np.int32) >> _WEIGHT_BITS) + f["bias"]
        return state, logits


def pack_machine(header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """The bytes of the file, see `array_file`."""
    return pack_arrays(_MAGIC, _ARRAYS, header, arrays)


def read_machine(place: str, data: bytes) -> NameMachine:
    """The machine in the bytes of a file; `PackError` if one byte is not as it was written."""
    header, arrays, digest = read_arrays("network of names", _MAGIC, _ARRAYS, place, data)
    try:
        if len(arrays["recurrent"]) > LARGEST_STATE:
            raise ValueError("its arrays have another size")
        return NameMachine(
            alphabet=header["alphabet"],
            cultures=tuple(header["cultures"]),
            kinds=tuple(header["kinds"]),
            runs={culture: frozenset(runs) for culture, runs in header["runs"].items()},
            about=header["about"],
            arrays=arrays,
            digest=digest,
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise PackError(f"{place!r} is not a whole network of names: {error}") from None
