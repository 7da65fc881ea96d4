"""The network of a voice: a machine of whole numbers over pieces of words, and its file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from numpy.typing import NDArray

from .array_file import pack_arrays, read_arrays
from .errors import PackError
from .pieces import Pieces
from .step_machine import STEP_ARRAYS, StepMachine

__all__ = ["VoiceMachine", "label_rows", "pack_voice", "read_voice"]

_MAGIC = "aigc_procgen voice 1"
_ARRAYS = STEP_ARRAYS | {
    "votes": "int16",  # [v, speakers]: how much a piece speaks for a speaker, in 1/64 nats
}


@dataclass(frozen=True, kw_only=True, eq=False)
class VoiceMachine(StepMachine):
    """The network: `step` gives the odds of the next piece. All arrays hold whole numbers.

    `attributes` are the values of speaker, act and mood; `lexicon` is every word of the lines that
    it learnt from, `known` the marks of the developer's own lines (see `core.pieces.mark_of`), and
    `lines` those of them that can be said again: (speaker, act, mood, text).
    """

    vocabulary: tuple[str, ...]
    attributes: Mapping[str, tuple[str, ...]]
    lexicon: tuple[str, ...]
    known: tuple[str, ...]
    lines: tuple[tuple[str, str, str, str], ...]
    scores: Mapping[str, float]

    @cached_property
    def pieces(self) -> Pieces:
        """The vocabulary, to cut lines by."""
        return Pieces(self.vocabulary)


def label_rows(
    attributes: Mapping[str, tuple[str, ...]], values: Mapping[str, str]
) -> tuple[int, ...]:
    """The rows of the table of labels that values of attributes have; none for unknown ones."""
    found, start = [], 0
    for name, known in attributes.items():
        if values.get(name) in known:
            found.append(start + known.index(values[name]))
        start += len(known)
    return tuple(found)


def pack_voice(header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """The bytes of the file: a line with a digest, a line of JSON, the arrays one after another."""
    return pack_arrays(_MAGIC, _ARRAYS, header, arrays)


def read_voice(place: str, data: bytes) -> VoiceMachine:
    """The machine in the bytes of a file; `PackError` if one byte is not as it was written."""
    header, arrays, digest = read_arrays(_MAGIC, _ARRAYS, place, data, "train the voice again")
    try:
        return VoiceMachine(
            vocabulary=tuple(header["vocabulary"]),
            attributes={name: tuple(values) for name, values in header["attributes"].items()},
            lexicon=tuple(header["lexicon"]),
            known=tuple(header["known"]),
            lines=tuple((str(s), str(a), str(m), str(t)) for s, a, m, t in header["lines"]),
            scores=dict(header["scores"]),
            about=header["about"],
            arrays=arrays,
            digest=digest,
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise PackError(f"{place!r} is not a whole network of a voice: {error}") from None
