"""The year that a world is in now; everything dated counts in the same whole years."""

from __future__ import annotations

from ..core.random import Seed, key

__all__ = ["present_year"]

_FIRST = 800  # leaves room before it for the oldest of people, whatever their kin
_SPAN = 400


def present_year(seed: Seed) -> int:
    """The year of a world when a game begins, 800 to 1199.

    >>> 800 <= present_year(42) < 1200
    True
    """
    return _FIRST + key(seed, "present year") % _SPAN
