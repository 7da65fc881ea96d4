"""One word in a culture's tongue: by the network, and by the table of sounds where it has none."""

from __future__ import annotations

from typing import Any

from ..core.letters import VOWELS, can_be_said
from ..core.random import Seed, Stream, key
from .cultures import SEXES
from .spelling import machine, spell
from .tables import load_table

__all__ = ["mixed", "word"]


def mixed(seed: Seed, name: str, index: int, bits: int) -> int:
    """Whole numbers below 2**bits in an order that the seed decides; neighbours come far apart.

    Every step can be undone, so two indexes never give the same number.
    """
    mask, half = (1 << bits) - 1, bits // 2
    word = key(seed, name)
    for turn in range(3):
        index = (index * ((word >> 20 * turn) | 1) + (word >> 7 * turn)) & mask
        index ^= index >> half
    return index


def word(dice: Stream, culture: str, kind: str) -> str:
    """A name in small letters by the network; from the table of sounds if no draw was fit."""
    return spell(dice, culture, kind).name or _spoken(
        dice, culture, kind if kind in SEXES else dice.choice(SEXES)
    )


def _spoken(dice: Stream, culture: str, sex: str) -> str:
    refused: list[str] = load_table("cultures")["refused"]
    while True:
        name = _sounds(dice, load_table("cultures")["cultures"][culture], sex)
        if (
            3 <= len(name) <= 10
            and can_be_said(name, machine().runs[culture])
            and not any(part in name for part in refused)
        ):
            return name


def _sounds(dice: Stream, sounds: dict[str, Any], sex: str) -> str:
    onset: str = dice.choice(sounds["onset"])
    vowel: str = dice.choice(sounds["vowel"])
    # An onset that ends in a vowel is a syllable already.
    name = onset if onset[-1] in VOWELS else onset + vowel
    links = sounds["links"]
    for _ in range(int(dice.weighted(tuple(links), tuple(links.values())))):
        name += dice.choice(sounds["bridge"]) + dice.choice(sounds["vowel"])
    return str(name + dice.choice(sounds[sex]))
