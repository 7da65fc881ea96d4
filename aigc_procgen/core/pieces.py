"""Pieces of words: how a line of text becomes numbers for a network, and text again.

A vocabulary is a list of pieces: "" begins and ends every line, the second stands for what is not
known, a slot such as `{item.the}` or a symbol such as `<address>` is one piece, and a piece that
begins with a space begins a word. A text is cut greedily, the longest piece first, so that the
vocabulary alone says how.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from hashlib import blake2b

__all__ = ["END", "SLOT", "UNKNOWN", "Pieces", "lower_beginnings", "mark_of", "words_of"]

END, UNKNOWN = 0, 1
SLOT = re.compile(r"\{[^{}]*\}|<\w+>")
"""A slot of a role, or a symbol of a voice."""

_WORDS = re.compile(r" ?(?:[^\W\d_]|['\u2019](?=\w))+| ?\d+| ?[^\w\s]+| ?\S| ")
_BEGINNING = re.compile(r"(^|[.!?]\s+|\{(?:because|ask)\}\s+)([A-Z][a-z'\u2019]*)(?![A-Za-z])")


class Pieces:
    """A vocabulary of pieces, `encode` and `decode`."""

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self.vocabulary = tuple(vocabulary)
        self._index = {piece: at for at, piece in enumerate(self.vocabulary)}
        self._longest = max(map(len, self.vocabulary), default=1)

    def encode(self, text: str) -> list[int]:
        """The pieces of a line by their indexes, without beginning and end."""
        found: list[int] = []
        for part in words_of(text):
            if part in self._index:
                found.append(self._index[part])
                continue
            at = 0
            while at < len(part):
                for end in range(min(len(part), at + self._longest), at, -1):
                    if part[at:end] in self._index:
                        found.append(self._index[part[at:end]])
                        at = end
                        break
                else:
                    found.append(UNKNOWN)
                    at += 1
        return found

    def decode(self, indexes: Iterable[int]) -> str:
        """The line of some pieces."""
        return "".join(self.vocabulary[index] for index in indexes).strip()


def words_of(text: str) -> list[str]:
    """A line cut into slots, words with the space before them, and signs; joined they are " " and
    the line with single spaces.

    >>> words_of("Good day, <address>. It's {item.a}!")
    [' Good', ' day', ',', ' ', '<address>', '.', " It's", ' ', '{item.a}', '!']
    """
    line = " " + " ".join(text.split())
    found: list[str] = []
    at = 0
    for slot in SLOT.finditer(line):
        found += _WORDS.findall(line[at : slot.start()])
        found.append(slot[0])
        at = slot.end()
    return found + _WORDS.findall(line[at:])


def lower_beginnings(text: str, names: Iterable[str] = ()) -> str:
    """The line with small letters where only the beginning of a sentence made them large.

    A word of `names` keeps its capital, and so does "I". The slots because and ask are sentences.

    >>> lower_beginnings("Sit. I know Ada. Ada knows me.", ["Ada"])
    'sit. I know Ada. Ada knows me.'
    """
    kept = frozenset(names)

    def lower(match: re.Match[str]) -> str:
        word = match[2]
        own = word in kept or word.split("'")[0].split("\u2019")[0] in ("I", *kept)
        return match[1] + (word if own else word[0].lower() + word[1:])

    return _BEGINNING.sub(lower, text)


def mark_of(text: str) -> str:
    """16 hexadecimal digits that a line has, whatever its capitals and spaces, and no other has.

    >>> mark_of("Sit down.") == mark_of("  sit  down.")
    True
    """
    plain = " ".join(text.lower().split())
    return blake2b(plain.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
