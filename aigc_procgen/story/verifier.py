"""What a proposed line must not do: invent names, lose slots, or break the rules of writing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from ..core.pieces import SLOT, lower_beginnings, mark_of
from .spoken_lines import spoken_lines
from .tables import load_table

if TYPE_CHECKING:
    from .proposals import Frame

__all__ = ["CONTENTS", "FORMS", "Verifier", "slot_role"]

CONTENTS = ("because", "ask")
"""Roles that stand for whole sentences: they are said where they are needed, and nowhere else."""
FORMS = ("the", "a", "number", "plural", "they", "them", "their", "where", "place", "called")
"""What may stand behind the full stop of a slot, see tables/causes.json; `role` for people."""

_SLOT = re.compile(r"\{(\w+)(?:\.(\w+)|:[^{}|]*\|[^{}|]*)?\}")
_LEAST, _MOST = 120, 320  # letters that are never, and always, too many
_STRANGE = re.compile(r"[^\w\s.,;:!?'\"()\u2019\u2018\u201c\u201d\u2026\u2013\u2014-]|_")
_ENDS = re.compile(r"[.!?\u2026]['\"\u201d\u2019)]*$")
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_TWICE = re.compile(r"(?<![\w'\u2019])([\w'\u2019]+)\s+\1(?![\w'\u2019])", re.IGNORECASE)
_ARTICLE = re.compile(r"(?<![\w'\u2019])(an?)\s+([^\W\d_]+|\S)", re.IGNORECASE)
# Words that sound otherwise than they are spelt.
_AN = re.compile(r"[aeiou]|h(?:our|ors(?![a-z])|onest|ono|eir)", re.IGNORECASE)
_A = re.compile(r"u(?:ni(?!n|m)|s[aeiu]|t[ei]|biq)|eu|ewe|one(?:$|s|-)|once", re.IGNORECASE)
_I = re.compile(r"I(?:['\u2019]\w+)?")
_BEGINS = re.compile(r"(?:^|[.!?:\u2026>}]['\"\u201d\u2019)]*\s+)['\"\u2018\u201c(]*")
_PLACEHOLDER = "\x00"


def slot_role(slot: str) -> str:
    """The role that a slot names: "item" of `{item.the}`."""
    found = re.match(r"\{(\w+)", slot)
    return found[1] if found else ""


class Verifier:
    """Looks for what is wrong with a line of words with slots.

    Words of `lexicon` are known besides those of the library's own lines. With `whole` every word
    must be known, for a proposer that spells; without, only words with a capital and those that
    begin a sentence, where a name could hide. Lines whose marks (see `core.pieces.mark_of`) are
    among `known` are refused: they were learnt by heart.
    """

    def __init__(
        self, lexicon: Iterable[str] = (), known: Iterable[str] = (), *, whole: bool = False
    ) -> None:
        self._lexicon = frozenset(lexicon)
        self._known = frozenset(known)
        self._whole = whole
        self._capitals = frozenset(word for word in self._lexicon if word != word.lower())

    def problem(self, text: str, frame: Frame) -> str:
        """What is wrong with the line, in a word or two; "" if nothing is."""
        if not isinstance(text, str) or not text.strip():
            return "no line"
        # First of all: of what a proposer sends without an end nothing else is read.
        longest = max((len(line) for line in frame.candidates), default=0)
        if len(text) > min(max(2 * longest, _LEAST), _MOST):
            return "length"
        if len(text.splitlines()) > 1:
            return "no line"
        slots = SLOT.findall(text)
        plain = SLOT.sub(_PLACEHOLDER, text)
        return (
            _wrong_slots(slots, plain, frame)
            or _wrong_signs(plain)
            or _wrong_words(plain)
            or self._unknown(text)
            or ("learnt by heart" if mark_of(text) in self._known else "")
        )

    def _unknown(self, text: str) -> str:
        """Whether the line has a name, or a word, that nobody knows."""
        lowered = lower_beginnings(text, self._capitals)
        begins = {match.end() for match in _BEGINS.finditer(lowered)}
        for match in _WORD.finditer(SLOT.sub(lambda slot: " " * len(slot[0]), lowered)):
            word = match[0]
            if _I.fullmatch(word) or word in self._lexicon or word in _own_words():
                continue
            if word != word.lower():
                return "a name"
            if self._whole:
                return "no word"
            if match.start() in begins:
                return "a name, perhaps"
        return ""


@cache
def _own_words() -> frozenset[str]:
    """Every word of the library's own lines, small where a sentence begins with it."""
    words: set[str] = set()
    for text, *_ in spoken_lines():
        words.update(_WORD.findall(SLOT.sub(" ", lower_beginnings(text))))
    for voices in load_table("lines")["symbols"].values():
        for texts in voices.values():
            words.update(word for text in texts for word in _WORD.findall(lower_beginnings(text)))
    return frozenset(words)


def _wrong_slots(slots: list[str], plain: str, frame: Frame) -> str:
    if re.search(r"[{}<>|]", plain):
        return "a loose brace"
    counts = Counter(slots)
    symbols = load_table("lines")["symbols"]
    for slot in counts:
        if slot[0] == "<":
            if slot[1:-1] not in symbols:
                return "a symbol that is not there"
            continue
        found = _SLOT.fullmatch(slot)
        if found is None or found[1] not in frame.roles:
            return "a slot that is not there"
        if found[2] is not None and found[2] not in FORMS:
            return "a slot that is not there"
    if any(counts[slot] != 1 for slot in frame.needed):
        return "a slot is lost"
    if any(count > 2 for count in counts.values()):
        return "a slot again and again"
    return ""


def _wrong_signs(plain: str) -> str:
    if _STRANGE.search(plain.replace(_PLACEHOLDER, "")):
        return "strange signs"
    # A slot may be a whole sentence, with its end.
    if not _ENDS.search(plain.rstrip()) and not plain.rstrip().endswith(_PLACEHOLDER):
        return "no end"
    if plain.count('"') % 2 or re.search(r"(?<!\w)['\u2018]|['\u2019](?!\w)(?<!s['\u2019])", plain):
        return "quotes"
    for left, right in ("()", "\u201c\u201d"):
        depth = 0
        for sign in plain:
            depth += (sign == left) - (sign == right)
            if depth not in (0, 1):
                return "quotes"
        if depth:
            return "quotes"
    if re.search(r"[,;:]\s*[,;:.!?]|\s[,;:.!?]|[.!?]{4}|\(\)", plain):
        return "strange signs"
    return ""


def _wrong_words(plain: str) -> str:
    if not re.search(rf"[^\W\d_]|{_PLACEHOLDER}", plain):
        return "no line"
    if _TWICE.search(plain):
        return "a word twice"
    for article, word in _ARTICLE.findall(plain):
        if word == _PLACEHOLDER:
            return "an article before a slot"
        wanted = "an" if _AN.match(word) and not _A.match(word) else "a"
        if article.lower() != wanted:
            return "a for an"
    return ""
