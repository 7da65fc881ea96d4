"""Names that are words of a culture: places, weapons and families of two halves, and inns.

What a table can say needs no network: tables/joined_names.json holds the halves.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

from ..core.random import Seed, Stream, stream
from .tables import load_table, require, weights_of

__all__ = ["halves", "inn_name", "is_joined", "joined_name", "joined_names", "joined_of_slot"]

_PARTS = {
    "place": ("first", "last"),
    "weapon": ("first", "last"),
    "family": ("first", "last"),
    "inn": ("adjective", "noun"),
}
_LONGEST = 13


@cache
def _tables() -> dict[str, dict[str, dict[str, list[str]]]]:
    table = load_table("joined_names")
    cultures: dict[str, dict[str, dict[str, list[str]]]] = table["cultures"]
    for culture, kinds in cultures.items():
        for kind, parts in _PARTS.items():
            for part in parts:
                words: Any = kinds.get(kind, {}).get(part)
                require(
                    isinstance(words, list)
                    and len(words) > 1
                    and all(isinstance(word, str) and word.islower() for word in words),
                    "joined_names",
                    f"{culture}.{kind}.{part} must be a list of words in small letters",
                )
    weights_of("joined_names", "inn", table.get("inn"))
    return cultures


@cache
def joined_names(kind: str, culture: str) -> tuple[str, ...]:
    """All names of two halves, in small letters; none is also one of an earlier culture.

    >>> "oakford" in joined_names("place", "aldren")
    True
    """
    earlier = {
        name for other in sorted(_tables()) if other < culture for name in joined_names(kind, other)
    }
    return tuple(name for name in halves(kind, culture) if name not in earlier)


@cache
def halves(kind: str, culture: str) -> dict[str, tuple[str, str]]:
    """Name → its two words, of every name that the culture could make.

    >>> halves("place", "aldren")["oakford"]
    ('oak', 'ford')
    """
    refused: list[str] = load_table("cultures")["refused"]
    parts = _tables()[culture][kind]
    return {
        first + last: (first, last)
        for first in parts["first"]
        for last in parts["last"]
        if first != last
        and len(first + last) <= _LONGEST
        and first[-1] != last[0]  # "wellland" cannot be read
        and not any(part in first + last for part in refused)
    }


@cache
def _every(kind: str) -> frozenset[str]:
    return frozenset(name for culture in _tables() for name in joined_names(kind, culture))


def is_joined(name: str, kind: str) -> bool:
    """Whether a name is of two halves in any culture."""
    return name in _every(kind)


def joined_name(dice: Stream, kind: str, culture: str) -> str:
    """One of the names of two halves."""
    return dice.choice(joined_names(kind, culture))


@lru_cache(maxsize=64, typed=True)
def _mixed(seed: Seed, kind: str, culture: str) -> tuple[str, ...]:
    return tuple(stream(seed, "joined", kind, culture).shuffled(joined_names(kind, culture)))


def joined_of_slot(seed: Seed, kind: str, culture: str, index: int) -> str:
    """The name of two halves that a slot has in a world; another slot has another."""
    return _mixed(seed, kind, culture)[index]


def inn_name(dice: Stream, culture: str, host: Callable[[], str], place: Callable[[], str]) -> str:
    """An inn by what hangs over its door, or by its host or its place, who are asked for a name."""
    table = load_table("joined_names")
    weights: dict[str, int] = table["inn"]
    pattern = dice.weighted(tuple(weights), tuple(weights.values()))
    parts = _tables()[culture]["inn"]
    noun = dice.choice(parts["noun"])
    words = {
        "adjective": dice.choice(parts["adjective"]),
        "noun": noun,
        "other": dice.choice([word for word in parts["noun"] if word != noun]),
        "sign": dice.choice(table["sign"]).lower(),
        "host": host() if "{host}" in pattern else "",
        "place": place() if "{place}" in pattern else "",
    }
    found = {part: word[:1].upper() + word[1:] for part, word in words.items()}
    return str(pattern.format(**found))
