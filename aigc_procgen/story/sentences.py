"""How sentences look on paper, whatever they say."""

from __future__ import annotations

import re

__all__ = ["sentence_case"]


def sentence_case(text: str) -> str:
    """The text with a capital at the start of every sentence and single spaces.

    >>> sentence_case("she left.  nobody   asked.")
    'She left. Nobody asked.'
    """
    text = re.sub(r"\s+", " ", text).strip()
    return re.sub(r"(^|[.!?]\s+)([a-z])", lambda m: m[1] + m[2].upper(), text)
