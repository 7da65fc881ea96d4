"""Where one place lies from another, as a person on foot would say it."""

from __future__ import annotations

from math import isqrt
from typing import Any

__all__ = ["DIRECTIONS", "direction", "paces"]

DIRECTIONS = (
    "north",
    "north-east",
    "east",
    "south-east",
    "south",
    "south-west",
    "west",
    "north-west",
)


def paces(one: Any, two: Any) -> int:
    """How far two places, with `x` and `y` in tiles, are apart as the crow flies: a pace a tile."""
    return isqrt((one.x - two.x) ** 2 + (one.y - two.y) ** 2)


def direction(one: Any, two: Any) -> str:
    """One of the eight `DIRECTIONS`, from the first to the second; y grows southwards."""
    across, down = two.x - one.x, two.y - one.y
    near, far = sorted((abs(across), abs(down)))
    slanted = near * 12 > far * 5  # the tangent of half a right angle's half is some 5/12
    if slanted:
        return f"{'south' if down > 0 else 'north'}-{'east' if across > 0 else 'west'}"
    if abs(across) > abs(down):
        return "east" if across > 0 else "west"
    return "south" if down > 0 else "north"
