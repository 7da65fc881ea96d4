"""A vocabulary for `core.pieces`, learnt from lines by byte pair encoding.

Sennrich, Haddow & Birch, "Neural machine translation of rare words with subword units", ACL 2016:
the pair of pieces that stands together most often becomes one piece, again and again. Pairs do not
cross the beginning of a word, and slots are whole from the start.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

from aigc_procgen.core.errors import check_int
from aigc_procgen.core.pieces import SLOT, words_of

__all__ = ["learn_vocabulary"]

_LETTERS = " abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.,;:!?'-"


def learn_vocabulary(lines: Iterable[str], size: int) -> tuple[str, ...]:
    """A vocabulary of about `size` pieces: end, unknown, letters, slots, and what was joined.

    It ends earlier where no two pieces stand together twice.
    """
    check_int("size", size, 64, 4096)
    counts = Counter(part for line in lines for part in words_of(line))
    slots = sorted(part for part in counts if SLOT.fullmatch(part))
    letters = set(_LETTERS).union(*(part for part in counts if part not in slots))
    vocabulary = ["", "\ufffd", *sorted(letters), *slots]
    words = {part: list(part) for part in sorted(counts) if part not in slots}
    while len(vocabulary) < size:
        pairs: Counter[tuple[str, str]] = Counter()
        for word, pieces in words.items():
            for pair in pairwise(pieces):
                pairs[pair] += counts[word]
        # Of equal counts the first in the alphabet: the order of a set decides nothing.
        best = max(pairs, key=lambda pair: (pairs[pair], pair), default=None)
        if best is None or pairs[best] < 2:
            break
        joined = "".join(best)
        if joined not in vocabulary:
            vocabulary.append(joined)
        for pieces in words.values():
            at = 0
            while at < len(pieces) - 1:
                if (pieces[at], pieces[at + 1]) == best:
                    pieces[at : at + 2] = [joined]
                at += 1
    return tuple(vocabulary)
