"""A voice: a network that learnt a developer's own script, as a proposer of lines.

It chooses among the lines of the grammar and of the script those whose words speak most for the
speaker, or samples new ones, which are rarely good from a small script. Everything is whole
numbers, so the same seed speaks the same words on every machine. How a step of the network is made
is given from outside.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
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
_KEPT = 20_000  # votes of lines that are remembered
_ROWS = 256  # pieces whose votes are asked for at once

Floats = NDArray[np.float32]
Step = Callable[[Floats, NDArray[np.int64], Floats], tuple[Floats, Floats, Floats]]
"""States [n, states], pieces int64 [n] and labels [n, L] in; next states, odds [n, pieces] of what
follows, and votes [n, speakers] out."""


class Voice:
    """A proposer of lines in the voice of a script; `load_voice` makes one.

    `use` is "rank" (which lines of the grammar and of the script sound most like the speaker) or
    "propose" (new lines, and where none is right, as in "rank"). `speaker` is the speaker of the
    script who is meant for everybody but the player; `voices` says it for each voice instead
    ({"gruff": "Osk Tallow"}), and for those it does not name the grammar speaks as ever. With
    `novel` no line of the script itself is said. Raises `InvalidArgument` for a speaker that the
    network does not know.
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
        lines: Iterable[Sequence[str]] = (),
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
        self._counted: dict[tuple[str, str], int] = {}
        self._lines = [tuple(line) for line in lines]
        self.speakers = self.attributes["speaker"]
        self._speaker = check_choice("speaker", speaker or self.speakers[0], self.speakers)
        self._voices = None if voices is None else dict(voices)
        for voice, who in (self._voices or {}).items():
            check_choice(f"voices[{voice!r}]", who, self.speakers)
        if speaker is not None and voices is not None:
            raise InvalidArgument("speaker and voices exclude each other: give one of them")

    def propose(self, frame: Frame, dice: Stream) -> Iterator[str]:
        """New lines if the voice proposes any; then the script's lines of the frame's mood; then
        in an order of the dice its other lines, and those of the grammar that could be among them;
        then the rest of the grammar's, the better ones first.
        """
        speaker = self._speaker_of(frame.voice)
        if speaker is None:
            return
        if self.use == "propose" and not frame.fixed:
            yield from self._sampled(self._label(speaker, frame.act, frame.mood), dice)
        fitting, others = self._script(frame, speaker)
        yield from dice.shuffled(fitting)
        counted = dict(zip(frame.candidates, self.votes(frame.candidates, speaker), strict=True))
        ranked = sorted(counted, key=lambda line: (-counted[line], line))
        good = (len(ranked) + 1) // 2
        if others:  # as good as half of them
            bar = sorted(self.votes(others, speaker))[len(others) // 2]
            good = sum(counted[line] >= bar for line in ranked)
        yield from dice.shuffled([*others, *ranked[:good]])
        yield from ranked[good:]

    def _script(self, frame: Frame, speaker: str) -> tuple[list[str], list[str]]:
        """The script's lines that can be said: those of the frame's mood, and of no mood."""
        if frame.fixed:
            return [], []
        moods: tuple[list[str], list[str]] = ([], [])
        for who, act, mood, text in self._lines:
            right = who == speaker and act == frame.act and mood in ("", frame.mood)
            if right and not self.verifier.problem(text, frame):
                moods[mood == ""].append(text)
        return moods

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

    def votes(self, lines: Sequence[str], speaker: str) -> list[int]:
        """How much the pieces of each line speak for a speaker rather than for others, in 1/64
        nats; see `train.voice_scores`.
        """
        column = self.speakers.index(check_choice("speaker", speaker, self.speakers))
        if len(self._counted) > _KEPT:
            self._counted.clear()
        for line in lines:
            if (line, speaker) not in self._counted:
                coded = self.pieces.encode(lower_beginnings(line))
                self._counted[line, speaker] = int(self._table[coded, column].sum())
        return [self._counted[line, speaker] for line in lines]

    @cached_property
    def _table(self) -> NDArray[np.int64]:
        """The votes of every piece, int64 [pieces, speakers]."""
        labels = sum(map(len, self.attributes.values()))
        parts = []
        for start in range(0, len(self.pieces.vocabulary), _ROWS):
            piece = np.arange(start, min(start + _ROWS, len(self.pieces.vocabulary)))
            state = np.zeros((len(piece), self._states), np.float32)
            _, _, votes = self._step(state, piece, np.zeros((len(piece), labels), np.float32))
            parts.append(votes.astype(np.int64))
        return np.concatenate(parts)

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
                # A network that gives nothing any odds has no more to say.
                piece = bisect_right(ends, draws[row].below(ends[-1])) if ends[-1] else END
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
