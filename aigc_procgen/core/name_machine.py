"""The network of names: a machine of whole numbers over letters, and the file it is kept in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from .array_file import pack_arrays, read_arrays
from .errors import PackError
from .step_machine import STEP_ARRAYS, StepMachine, Whole

__all__ = ["NameMachine", "pack_machine", "read_machine"]

_MAGIC = "aigc_procgen names 1"
_ARRAYS = STEP_ARRAYS | {
    "sound": "int16",  # [cultures, v, v]: how much a pair of letters speaks for a culture
    "given": "int16",  # [2 cultures, v, v]: the same for (culture, sex), for people
}


@dataclass(frozen=True, kw_only=True, eq=False)
class NameMachine(StepMachine):
    """The network: `step` gives the odds of the next letter. All arrays hold whole numbers."""

    alphabet: str
    cultures: tuple[str, ...]
    kinds: tuple[str, ...]
    runs: Mapping[str, frozenset[str]]  # by culture, see `core.letters`

    def label(self, culture: str, kind: str) -> Whole:
        """What the label adds to every step, int32 [3 states]."""
        at = len(self.cultures) + self.kinds.index(kind)
        return self.label_rows(self.cultures.index(culture), at)


def pack_machine(header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """The bytes of the file: a line with a digest, a line of JSON, the arrays one after another."""
    return pack_arrays(_MAGIC, _ARRAYS, header, arrays)


def read_machine(place: str, data: bytes) -> NameMachine:
    """The machine in the bytes of a file; `PackError` if one byte is not as it was written."""
    header, arrays, digest = read_arrays(_MAGIC, _ARRAYS, place, data, "install aigc_procgen again")
    try:
        return NameMachine(
            alphabet=header["alphabet"],
            cultures=tuple(header["cultures"]),
            kinds=tuple(header["kinds"]),
            runs={culture: frozenset(runs) for culture, runs in header["runs"].items()},
            about=header["about"],
            arrays=arrays,
            digest=digest,
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise PackError(f"{place!r} is not a whole network of names: {error}") from None
