"""What a careful reader marks in generated English: slips of the pen, and names of nobody."""

from __future__ import annotations

import re
from collections.abc import Collection

__all__ = ["SLIPS", "slips", "strangers"]

SLIPS = {
    "open slots": r"[{}<>]|\?\w|\bNone\b",
    "doubled words": r"\b(?!had\b)(\w+) \1\b",
    "a or an": r"\b[Aa] (?!eu|one)[aeio]\w|\b[Aa]n (?![aeiou]|hour|heir|honest)\w",
    "quotes": r'^[^"]*"(?:[^"]*"[^"]*")*[^"]*$',
    "spaces": r"  | [,.!?;]",
}
"""Patterns of what must not be in a text of one line, by what is wrong."""


def slips(text: str) -> tuple[str, ...]:
    """What is wrong with a text, of the names of `SLIPS`.

    >>> slips("She saw a owl."), slips("She saw an owl.")
    (('a or an',), ())
    """
    found = {slip for slip, pattern in SLIPS.items() if re.search(pattern, text, re.DOTALL)}
    return tuple(sorted(found))


def strangers(text: str, names: Collection[str]) -> tuple[str, ...]:
    """Words written large inside a sentence that are part of none of the names.

    >>> strangers("In the end Ada met Bertram.", ["Ada Lark"])
    ('Bertram',)
    """
    known = {word for name in names for word in re.findall(r"\w+", name)}
    inside = re.findall(r"(?<=[a-z,;] )[A-Z]\w+", text)
    return tuple(word for word in inside if word not in known)
