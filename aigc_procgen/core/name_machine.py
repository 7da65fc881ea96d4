"""The network of names as a machine of whole numbers, and the file that it is kept in.

A gated recurrent unit (Cho and others, "Learning phrase representations using RNN encoder-decoder",
EMNLP 2014; the candidate's gate after the product, as cuDNN has it) whose weights are bytes and
whose state is 11 bits a number. Every sum and product is a whole number below 2**24, which float32
holds exactly whatever the order of adding up; sigmoid, tanh and exponential are tables in the file.
So numpy, ONNX Runtime and any engine with float32 give the same numbers, and the same names.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

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
_STEP = 16 * ONE // ODDS
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
        floats = {name: self.arrays[name].astype(np.float32) for name in _ARRAYS}
        object.__setattr__(self, "_floats", floats)

    @property
    def states(self) -> int:
        """How many numbers a state has."""
        return len(self.arrays["recurrent"])

    def start(self) -> Floats:
        """The state float32 [states] before the first letter."""
        return np.zeros(self.states, np.float32)

    def label(self, culture: str, kind: str) -> Floats:
        """What the label adds to every step, float32 [3 states]."""
        table: Floats = self._floats["label"]  # type: ignore[attr-defined]
        at = len(self.cultures) + self.kinds.index(kind)
        return np.asarray(table[self.cultures.index(culture)] + table[at])

    def step(self, state: Floats, letter: int, label: Floats) -> tuple[Floats, NDArray[np.int64]]:
        """The next state [..., states], and the odds int64 [..., letters] of what comes next.

        `letter` is the index of the letter before, 0 at the start. Odds are whole numbers: those of
        letters that the network thinks far less likely than the likeliest are 0.
        """
        state, logits = self.advance(state, letter, label)
        behind = (logits.max(-1, keepdims=True) - logits) * np.float32(1 / _STEP)
        index = np.minimum(behind, ODDS - 1).astype(np.int64)
        return state, self.arrays["exponential"][index].astype(np.int64)

    def advance(self, state: Floats, letter: int, label: Floats) -> tuple[Floats, Floats]:
        """The next state [..., states], and the logits [..., letters] in 1/ONE."""
        f: dict[str, Floats] = self._floats  # type: ignore[attr-defined]
        size = self.states
        added = f["letter"][letter] + label
        sums = np.floor(state @ f["recurrent"] * np.float32(1 / WEIGHT))
        gates = _activate(f["sigmoid"], sums[..., : 2 * size] + added[..., : 2 * size])
        reset, update = gates[..., :size], gates[..., size:]
        inner = np.clip(sums[..., 2 * size :] + f["candidate"], -_EDGE, _EDGE - 1)
        inner = np.floor(reset * inner * np.float32(1 / ONE)) + added[..., 2 * size :]
        new = _activate(f["tanh"], inner)
        mixed = update * state + (ONE - update) * new + np.float32(ONE // 2)
        state = np.floor(mixed * np.float32(1 / ONE))
        return state, np.floor(state @ f["head"] * np.float32(1 / WEIGHT)) + f["bias"]


def _activate(table: Floats, sums: Floats) -> Floats:
    """The table's values where sums, in ONE, lie in -8 to 8; the outermost beyond."""
    index = (np.clip(sums, -_EDGE, _EDGE - 1) + _EDGE) * np.float32(1 / ACTIVATION)
    return np.asarray(table[index.astype(np.int64)])


def pack_machine(header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """The bytes of the file: a line with a digest, a line of JSON, the arrays one after another."""
    shapes = {name: list(arrays[name].shape) for name in _ARRAYS}
    line = json.dumps({**header, "arrays": shapes}, sort_keys=True) + "\n"
    body = line.encode("ascii")
    for name, kind in _ARRAYS.items():
        whole = np.ascontiguousarray(arrays[name])
        limits = np.iinfo(kind)
        if (whole < limits.min).any() or (whole > limits.max).any():
            raise PackError(f"the network's array {name} does not fit {kind}")
        body += whole.astype(np.dtype(kind).newbyteorder("<")).tobytes()
    return f"{_MAGIC} {hashlib.sha256(body).hexdigest()}\n".encode("ascii") + body


def read_machine(place: str, data: bytes) -> NameMachine:
    """The machine in the bytes of a file; `PackError` if one byte is not as it was written."""
    first, _, body = data.partition(b"\n")
    digest = hashlib.sha256(body).hexdigest()
    if first != f"{_MAGIC} {digest}".encode("ascii"):
        raise PackError(
            f"{place!r} is no network of names of format 1, or damaged (its SHA-256 differs): "
            f"install aigc_procgen again"
        )
    line, _, rest = body.partition(b"\n")
    try:
        header = json.loads(line)
        arrays: dict[str, NDArray[Any]] = {}
        for name, kind in _ARRAYS.items():
            shape = tuple(header["arrays"][name])
            dtype = np.dtype(kind).newbyteorder("<")
            count = int(np.prod(shape, dtype=np.int64))
            arrays[name] = np.frombuffer(rest, dtype, count).reshape(shape)
            rest = rest[count * dtype.itemsize :]
        if rest or len(arrays["recurrent"]) > LARGEST_STATE:
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
    except (ValueError, KeyError, TypeError) as error:
        raise PackError(f"{place!r} is not a whole network of names: {error}") from None
