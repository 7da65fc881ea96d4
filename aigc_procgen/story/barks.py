"""Barks: one thing said aloud in passing, by situation and voice."""

from __future__ import annotations

from collections.abc import Mapping

from ..core.errors import check_choice, check_int
from ..core.random import Seed, check_seed
from .tables import check_language, load_table
from .teller import Teller

__all__ = ["SITUATIONS", "bark"]

SITUATIONS = (
    "cold",
    "crowd",
    "fight_won",
    "lost",
    "low_health",
    "near_home",
    "night",
    "rain",
    "ruin",
    "treasure",
)
"""What a bark can be about."""


def bark(
    seed: Seed,
    situation: str,
    *,
    voice: str = "plain",
    speaker: str = "",
    names: Mapping[str, str] | None = None,
    index: int = 0,
    language: str = "en",
) -> str:
    """A short line for a situation (`SITUATIONS`) in a voice, the speaker's next by `index`.

    `names` may hold the names of a "place" at hand and of the speaker's "home"; lines that name
    either are left out without it. Raises `InvalidArgument` for an unknown situation or voice.

    >>> bark(1, "rain", voice="gruff") in ("Wet. Again.", "Stop looking at the sky, it won't help.")
    True
    """
    check_seed(seed)
    check_choice("situation", situation, SITUATIONS)
    check_int("index", index, 0, 1 << 30)
    check_language(language)
    voices = load_table("barks")[situation]
    check_choice("voice", voice, tuple(voices))
    teller = Teller(seed, "bark", speaker, language=language)
    known = {slot: teller.grammar.named(name, "place") for slot, name in (names or {}).items()}
    lines = teller.table("barks")[situation][voice]
    said = [teller.line(situation, lines, known) for _ in range(1 + index % len(lines))]
    found = [line for line in said if line]
    return found[-1] if found else ""
