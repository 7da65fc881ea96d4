"""A plain namer of places, for land that is used without the story room."""

from __future__ import annotations

from aigc_procgen.core.random import Seed, stream

__all__ = ["plain_name"]

_FIRST = ("Al", "Bran", "Cor", "Dun", "El", "Fal", "Gor", "Har", "Is", "Kel", "Mor", "Tar")
_MIDDLE = ("", "", "a", "e", "i", "en", "or", "un")
_LAST = ("by", "dale", "ford", "gate", "holm", "mere", "mouth", "stead", "ton", "wick")


def plain_name(seed: Seed, place_id: str, kind: str) -> str:
    """A name of two or three syllables; the same for the same seed and place.

    >>> plain_name(42, "town:0:0", "town") == plain_name(42, "town:0:0", "town")
    True
    """
    dice = stream(seed, "plain name", place_id)
    name = dice.choice(_FIRST) + dice.choice(_MIDDLE) + dice.choice(_LAST)
    return name if kind in ("town", "village") else f"{name} {kind.capitalize()}"
