"""How well a voice is learnt: bits for lines that were never seen, against counting pieces."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.pieces import END
from aigc_procgen.core.step_machine import ONE, StepMachine

__all__ = ["bits_of_counts", "bits_of_machine", "count_votes", "perplexity"]

_SMOOTHING = 1000  # pieces; of 100, 300 and 1000 the best for lines held out
Row = tuple[list[int], tuple[int, ...]]
"""A line's pieces, and the rows of its label."""


def bits_of_machine(machine: StepMachine, rows: Iterable[Row]) -> float:
    """The bits that the machine needs for all of the lines, with their ends."""
    bits = 0.0
    for pieces, labels in rows:
        state, label = machine.start(), machine.label_rows(*labels)
        for before, after in zip([END, *pieces], [*pieces, END], strict=True):
            state, logits = machine.advance(state, before, label)
            behind = (logits - logits.max()).astype(np.float64) / ONE
            bits -= (behind[after] - math.log(np.exp(behind).sum())) / math.log(2)
    return bits


def bits_of_counts(
    train: Sequence[list[int]], held: Iterable[list[int]], size: int, order: int
) -> float:
    """The same of a rival: pieces by the `order` before them, with Witten-Bell backing.

    Witten and Bell, "The zero-frequency problem", IEEE Transactions on Information Theory 1991.
    """
    counts: dict[tuple[int, ...], Counter[int]] = {}
    for pieces in train:
        line = (*[END] * order, *pieces, END)
        for at in range(order, len(line)):
            for back in range(order + 1):
                counts.setdefault(line[at - back : at], Counter())[line[at]] += 1
    bits = 0.0
    for pieces in held:
        line = (*[END] * order, *pieces, END)
        for at in range(order, len(line)):
            chance = 1 / size
            for back in range(order + 1):
                seen = counts.get(line[at - back : at])
                if seen:
                    total, types = seen.total(), len(seen)
                    chance = (seen[line[at]] + types * chance) / (total + types)
            bits -= math.log2(chance)
    return bits


def count_votes(
    lines: Sequence[tuple[list[int], str]], speakers: Sequence[str], size: int
) -> NDArray[np.int16]:
    """How much each piece speaks for each speaker against all others, int16 [size, speakers].

    The sum over a line is the score of naive Bayes, in 1/64 nats. Counts are smoothed towards those
    of all lines together, so that who says little has few votes.
    """
    counts = np.zeros((size, len(speakers) + 1))
    for pieces, speaker in lines:
        column = speakers.index(speaker) if speaker in speakers else len(speakers)
        np.add.at(counts, (pieces, column), 1)
    all_of = counts.sum(1, keepdims=True)
    prior = _SMOOTHING * all_of / all_of.sum()
    own, others = counts[:, :-1] + prior, all_of - counts[:, :-1] + prior
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log(own / own.sum(0)) - np.log(others / others.sum(0))
    return np.asarray(np.round(np.where(all_of > 0, ratio, 0) * 64), np.int16)


def perplexity(bits: float, texts: Iterable[str]) -> float:
    """What bits are a word of the texts: among so many words one would have to guess."""
    return float(2 ** (bits / sum(len(text.split()) + 1 for text in texts)))
