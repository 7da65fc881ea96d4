"""Names in Chinese: given names by their sound, names of two English words by what they mean.

tables/zh/spelling.json gives the sounds, tables/zh/joined_names.json and place_names.json the
words. Two names of one neighbourhood that differ in Latin letters differ in Chinese too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from itertools import product
from typing import Any

from .cultures import cultures
from .joined import halves
from .tables import load_table, require

__all__ = ["Named", "chinese_names", "family_name", "spelled"]

Named = tuple[str, str, str]
"""A proper name, its sort ("person" or "place") and the sex of a person, "" if unknown."""

_LATIN = re.compile(r"[A-Za-z]")
_MORE = 4  # characters of a name that are tried in other writings


@cache
def _spelling() -> dict[str, Any]:
    table = load_table("spelling", "zh")
    for name, row in table["rows"].items():
        long = len(table["sounds"])
        require(len(row) == long, "zh/spelling", f"rows.{name} must have {long} characters")
    return table


@cache
def _groups() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What a group of vowels and a group of consonants is, the longest first."""
    table = _spelling()

    def longest_first(*parts: str) -> re.Pattern[str]:
        texts = sorted({text for part in parts for text in table[part] if text}, key=len)
        return re.compile("|".join(reversed(texts)))

    return longest_first("vowels"), longest_first("onsets", "rows", "alone")


def spelled(word: str, sex: str = "") -> str:
    """A word in Latin letters as it sounds; in a woman's name other characters are preferred.

    A word without any is itself, as is the 7 of "Outpost 7".

    >>> spelled("Bella", "female"), spelled("Gorgoth")
    ('贝拉', '戈戈斯')
    """
    table = _spelling()
    letters = re.sub("[^a-z]", "", unicodedata.normalize("NFKD", word).lower())
    # Nobody is called by silent letters alone.
    found = "".join(_sounds(letters)) or "".join(table["alone"].get(sign, "") for sign in letters)
    women = table["women"] if sex == "female" else {}
    return "".join(women.get(sign, sign) for sign in found) or word


def _sounds(letters: str) -> Iterator[str]:
    """The characters of a word in small letters, syllable by syllable."""
    table, (vowels, consonants) = _spelling(), _groups()
    # Doubled letters are heard once, save nasals, which close one syllable and open the next.
    letters = re.sub(r"([^aeioumn])\1", r"\1", letters)
    # A last e after a consonant is not heard in a longer word.
    letters = re.sub(r"(?<=[aeiouy][^aeiouy])e$|(?<=[aeiouy][^aeiouy]{2})e$", "", letters)
    rows, sounds = table["rows"], table["sounds"]
    place, onset = 0, ""
    while place < len(letters):
        group = vowels.match(letters, place)
        # A y before a vowel opens a syllable; w does so as every consonant.
        if group and not re.match("y[aeiou]", letters[place:]):
            sound = table["vowels"][group[0]]
            place = group.end()
            closing = re.match("(ng|n)(?![aeiouy])", letters[place:])
            if closing and f"{sound}n" in sounds:
                # Only a tells ng from n.
                long = f"{sound}{closing[1]}"
                sound = long if long in sounds else f"{sound}n"
                place += closing.end()
            elif re.match("r[^aeiouyr]", letters[place:]):
                place += 1  # an r is heard before a vowel and at the end
            yield rows[onset][sounds.index(sound)]
            onset = ""
            continue
        found = consonants.match(letters, place)
        unit = found[0] if found else letters[place]
        place += len(unit)
        row = table["onsets"].get(unit, unit)
        if re.match("[aeiou]|y(?![aeiou])", letters[place:]) and row in rows:
            onset = row
        elif unit not in table["silent"]:
            yield table["alone"][unit]


@cache
def _families() -> dict[str, tuple[str, str]]:
    return {name: two for kind in cultures() for name, two in halves("family", kind).items()}


@cache
def _place_words() -> dict[str, tuple[str, str]]:
    return {name: two for kind in cultures() for name, two in halves("place", kind).items()}


def _meant(word: str, known: dict[str, tuple[str, str]]) -> str:
    """A name of two words by their meaning, "" if it is none."""
    two = known.get(word.lower())
    if two is None:
        return ""
    first, last = (load_table("joined_names", "zh")["words"][half] for half in two)
    return str(last.replace("~", first) if "~" in last else first + last)


def family_name(word: str) -> str:
    """The name of a family by what it means, else by its sound."""
    return _meant(word, _families()) or spelled(word)


@cache
def _patterns() -> list[tuple[re.Pattern[str], str, dict[str, str]]]:
    """How a place is called: what its Latin name looks like, its Chinese one, and the words."""
    table = load_table("place_names", "zh")
    found = []
    for pattern, chinese in table["patterns"].items():
        text = re.escape(pattern)
        words: dict[str, str] = {}
        for part in re.findall(r"\{(\w+)\}", pattern):
            words |= {f"{part} {word}": own for word, own in table["words"].get(part, {}).items()}
            options = "|".join(table["words"].get(part, ())) or r"\S+"
            text = text.replace(rf"\{{{part}\}}", f"(?P<{part}>{options})")
        found.append((re.compile(text), chinese, words))
    return found


def _place(name: str, own: Callable[[str], str]) -> str:
    for pattern, chinese, words in _patterns():
        if found := pattern.fullmatch(name):
            parts = {
                part: words.get(f"{part} {text}", "") or own(text)
                for part, text in found.groupdict().items()
            }
            return chinese.format(**parts)
    return "".join(own(word) for word in name.split())


def _others(text: str) -> Iterator[str]:
    """Other writings of the same sound: the last characters change first."""
    apart: dict[str, str] = _spelling()["apart"]
    head, tail = text[:-_MORE], text[-_MORE:]
    options = [sign + apart.get(sign, "") for sign in reversed(tail)]
    for signs in product(*reversed(options)):
        yield head + "".join(signs)


class _Register:
    """The Chinese of Latin words, none of which another one has."""

    def __init__(self) -> None:
        self._owner: dict[str, str] = {}
        self._known: dict[tuple[str, str], str] = {}

    def chosen(self, latin: str, sort: str, text: str) -> str:
        """`text`, or another writing of it if it is taken."""
        if (latin, sort) not in self._known:
            options = (one for one in _others(text) if self._owner.get(one, latin) == latin)
            found = next(options, f"{text}（{latin}）")
            self._owner[found] = latin
            self._known[latin, sort] = found
        return self._known[latin, sort]


@lru_cache(maxsize=4096)
def chinese_names(named: tuple[Named, ...]) -> dict[Named, str]:
    """The Chinese of proper names, all different; a name without Latin letters stays as it is.

    >>> one = ("Gilsy Haywick", "person", "female")
    >>> chinese_names((one,))[one]
    '姬尔茜·干草里'
    """
    words, whole = _Register(), _Register()
    found = {}
    for name, sort, sex in sorted(set(named)):
        if not _LATIN.search(name):
            found[name, sort, sex] = name
            continue
        if sort == "place":

            def own(word: str) -> str:
                text = _meant(word, _place_words()) or spelled(word)
                return words.chosen(word, "place", text)

            text = _place(name, own)
        else:
            given, *rest = name.split()
            parts = [words.chosen(given, f"given {sex}", spelled(given, sex))]
            for word in rest:
                parts.append(words.chosen(word, "family", family_name(word)))
            text = "·".join(parts)
        found[name, sort, sex] = whole.chosen(name, sort, text)
    return found
