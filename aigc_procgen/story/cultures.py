"""The cultures of a world: how each sounds, and which a place has."""

from __future__ import annotations

from functools import cache
from typing import Any

from ..core.random import Seed, stream
from .spelling import machine
from .tables import load_table, require, weights_of

__all__ = ["SEXES", "culture_of", "cultures"]

SEXES = ("female", "male")
_REGION = 4
"""Cells of places on a side that share a culture."""


@cache
def cultures() -> tuple[str, ...]:
    """The names of all cultures, sorted."""
    table: dict[str, dict[str, Any]] = load_table("cultures")["cultures"]
    for name, culture in table.items():
        for part in ("onset", "vowel", "bridge", *SEXES):
            parts = culture.get(part)
            require(
                isinstance(parts, list)
                and bool(parts)
                and all(isinstance(text, str) and text.isalpha() for text in parts),
                "cultures",
                f"{name}.{part} must be a list of texts of letters",
            )
        weights_of("cultures", f"{name}.links", culture.get("links"))
        weights_of("cultures", f"{name}.species", culture.get("species"))
        require(
            name in machine().cultures, "cultures", f"{name} must be one that names.net was taught"
        )
    return tuple(sorted(table))


def culture_of(seed: Seed, place_id: str) -> str:
    """The culture of a place; ids `kind:X:Y` share it with the other cells of their region."""
    parts = place_id.split(":")
    if len(parts) >= 3 and all(part.removeprefix("-").isdecimal() for part in parts[1:3]):
        region: tuple[str | int, ...] = tuple(int(part) // _REGION for part in parts[1:3])
    else:
        region = (place_id,)
    return stream(seed, "culture", *region).choice(cultures())
