"""A voice: a network that learnt a developer's own script, as a proposer of lines.

It ranks the grammar's lines by how much more likely they are of the voice than of nobody in
particular, or samples new ones. Everything is whole numbers, so the same seed speaks the same words
on every machine. How a step of the network is made is given from outside.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from ..core.errors import InvalidArgument, check_choice
from ..core.pieces import END, SLOT, UNKNOWN, Pieces, lower_beginnings
from ..core.random import Stream
from .proposals import TRIES, Frame
from .verifier import Verifier

__all__ = ["PLAYER_VOICE", "USES", "Step", "Voice"]

USES = ("rank", "propose")
PLAYER_VOICE = "player"
_LONGEST = 96  # pieces of a sampled line
_KEPT = 20_000  # marks of lines that are remembered
_UNIT = 1024  # 1.0 of a logit

Floats = NDArray[np.float32]
Step = Callable[[Floats, NDArray[np.int64], Floats], tuple[Floats, Floats, Floats]]
"""States [n, states], pieces int64 [n], labels [n, L]: next states, odds and logits [n, pieces]."""


class Voice:
    """A proposer of lines in the voice of a script; `load_voice` makes one.

    `use` is "rank" (which of the grammar's lines suit the voice best) or "propose" (new lines,
    and where none is right, as in "rank"). `speaker` is the speaker of the script who is meant for
    everybody but the player; `voices` says it for each voice instead ({"gruff": "Osk Tallow"}), and
    for those it does not name the grammar speaks as ever. With `novel` no line of the script itself
    is said. Raises `InvalidArgument` for a speaker that the network does not know.
    """

    source = "voice"

    def __init__(
        self,
        step: Step,
        *,
        states: int,
        vocabulary: Sequence[str],
        attributes: Mapping[str, Sequence[str]],
        lexicon: Iterable[str],
        known: Iterable[str],
        use: str = "rank",
        speaker: str | None = None,
        voices: Mapping[str, str] | None = None,
        novel: bool = False,
    ) -> None:
        self.use = check_choice("use", use, USES)
        self.pieces = Pieces(vocabulary)
        self.attributes = {name: tuple(values) for name, values in attributes.items()}
        self.verifier = Verifier(lexicon, known if novel else (), whole=True)
        self._step, self._states = step, states
        self._marks: dict[tuple[str, bytes], int] = {}
        self.speakers = self.attributes["speaker"]
        self._speaker = check_choice("speaker", speaker or self.speakers[0], self.speakers)
        self._voices = None if voices is None else dict(voices)
        for voice, who in (self._voices or {}).items():
            check_choice(f"voices[{voice!r}]", who, self.speakers)
        if speaker is not None and voices is not None:
            raise InvalidArgument("speaker and voices exclude each other: give one of them")

    def propose(self, frame: Frame, dice: Stream) -> Iterator[str]:
        """New lines if the voice proposes any, then the better half of the frame's candidates in
        an order of the dice, then the other half.
        """
        speaker = self._speaker_of(frame.voice)
        if speaker is None:
            return
        label = self._label(speaker, frame.act, frame.mood)
        if self.use == "propose" and not frame.fixed:
            yield from self._sampled(label, dice)
        yield from self._ranked(frame.candidates, label, dice)

    def lines(self, act: str, dice: Stream, *, mood: str = "") -> list[str]:
        """Lines that the speaker might say, with slots and as they come: nobody verified them.

        There are `TRIES` of them, "" for each that found no end.
        """
        return self._sampled(self._label(self._speaker, act, mood), dice)

    def _speaker_of(self, voice: str) -> str | None:
        if self._voices is not None:
            return self._voices.get(voice)
        return None if voice == PLAYER_VOICE else self._speaker

    def _label(self, speaker: str, act: str, mood: str) -> Floats:
        """One-hot blocks float32 [L]; a value that was never learnt is left open."""
        given = {"speaker": speaker, "act": act, "mood": mood}
        blocks = [
            np.array([value == given.get(name) for value in values], np.float32)
            for name, values in self.attributes.items()
        ]
        return np.concatenate(blocks)

    def _ranked(self, lines: Sequence[str], label: Floats, dice: Stream) -> Iterator[str]:
        marks = dict(zip(lines, self.marks(lines, label), strict=True))
        better = sorted(marks, key=lambda line: (-marks[line], line))
        half = (len(better) + 1) // 2
        yield from dice.shuffled(better[:half])
        yield from better[half:]

    def marks(self, lines: Sequence[str], label: Floats) -> list[int]:
        """How much more likely lines are with the label than without, in 1/1024 nats a piece."""
        place = label.tobytes()
        new = [line for line in dict.fromkeys(lines) if (line, place) not in self._marks]
        if new:
            if len(self._marks) > _KEPT:
                self._marks.clear()
            with_label = self._surprise(new, label)
            without = self._surprise(new, np.zeros_like(label))
            for line, known, open_ in zip(new, with_label, without, strict=True):
                count = len(self.pieces.encode(lower_beginnings(line))) + 1
                self._marks[line, place] = (open_ - known) // count
        return [self._marks[line, place] for line in lines]

    def _surprise(self, lines: Sequence[str], label: Floats) -> list[int]:
        """How unlikely the network thinks each line, in 1/1024 nats."""
        coded = [self.pieces.encode(lower_beginnings(line)) for line in lines]
        state = np.zeros((len(lines), self._states), np.float32)
        labels = np.tile(label, (len(lines), 1))
        found = [0] * len(lines)
        for at in range(max(map(len, coded)) + 1):
            before = np.array([code[at - 1] if 0 < at <= len(code) else END for code in coded])
            state, _, logits = self._step(state, before, labels)
            whole = logits.astype(np.int64)
            for row, code in enumerate(coded):
                if at <= len(code):
                    after = code[at] if at < len(code) else END
                    found[row] += _log_of_sum(whole[row]) - int(whole[row, after])
        return found

    def _sampled(self, label: Floats, dice: Stream) -> list[str]:
        """`TRIES` lines, drawn piece by piece by the network's odds."""
        draws = [dice.child("line", number) for number in range(TRIES)]
        state = np.zeros((TRIES, self._states), np.float32)
        labels = np.tile(label, (TRIES, 1))
        lines: list[list[int]] = [[] for _ in draws]
        open_ = set(range(TRIES))
        before = np.full(TRIES, END)
        for _ in range(_LONGEST):
            state, odds, _ = self._step(state, before, labels)
            whole = odds.astype(np.int64)
            whole[:, UNKNOWN] = 0
            for row in sorted(open_):
                ends = list(accumulate(whole[row].tolist()))
                piece = bisect_right(ends, draws[row].below(max(ends[-1], 1)))
                before[row] = piece
                if piece == END:
                    open_.discard(row)
                else:
                    lines[row].append(piece)
            if not open_:
                break
        return [
            "" if row in open_ else _beginning(self.pieces.decode(line))
            for row, line in enumerate(lines)
        ]


def _beginning(text: str) -> str:
    """The line with a capital, if it begins with a letter; slots are left as they are."""
    return text if SLOT.match(text) else text[:1].upper() + text[1:]


@cache
def _exponentials() -> NDArray[np.int64]:
    """exp(-k / 64) in 1/65536 for k in 0..1023, by whole numbers alone."""
    # exp(-1/64) by its series, in 2**-96.
    one = 1 << 96
    term = base = one
    for number in range(1, 30):
        term = -term // (64 * number)
        base += term
    found, value = [], one
    for _ in range(1024):
        found.append((value >> 79) + 1 >> 1)
        value = value * base >> 96
    return np.array(found, np.int64)


def _log_of_sum(logits: NDArray[np.int64]) -> int:
    """The natural logarithm of the sum of exponentials, all in 1/1024; whole numbers alone."""
    best = int(logits.max())
    behind = np.minimum(((best - logits) * 64 + _UNIT // 2) // _UNIT, 1023)
    total = int(_exponentials()[behind].sum())
    # log2 of total / 65536, a bit at a time: squaring doubles a logarithm.
    bits = total.bit_length() - 1
    power, value = bits << 10, total << 32 >> bits
    for place in range(9, -1, -1):
        value = value * value >> 32
        if value >> 33:
            value >>= 1
            power += 1 << place
    return best + (power - (16 << 10)) * 45426 // 65536  # log(2) * 65536
