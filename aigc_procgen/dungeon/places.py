"""Which dungeon lies under a place of the world."""

from __future__ import annotations

from typing import Any

from aigc_procgen.core.errors import InvalidArgument
from aigc_procgen.core.random import Seed, key, stream

from .themes import themes

__all__ = ["dungeon_of_place", "is_deep"]


def is_deep(kind: str) -> bool:
    """Whether a dungeon lies under places of the kind."""
    return kind in themes().places


def dungeon_of_place(seed: Seed, place: str, kind: str, radius: int) -> tuple[int, dict[str, Any]]:
    """The seed and the controls of the dungeon under a place: larger under a larger one."""
    known = themes().places
    if kind not in known:
        raise InvalidArgument(
            f"place must be of a kind with something below ({', '.join(known)}), not a {kind}"
        )
    dice = stream(seed, "dungeon of", place)
    locks = dice.between(1, 4)
    controls = {
        "width": min(32 + 2 * radius + 4 * dice.below(4), 96),
        "height": min(20 + radius + 4 * dice.below(4), 72),
        "floors": dice.weighted((1, 2, 3), (5, 3, 1)),
        "locks": locks,
        "monsters": 5 + 2 * locks + dice.below(6),
        "treasures": 2 + locks + dice.below(3),
        "theme": dice.choice(known[kind]),
    }
    return key(seed, "dungeon", place), controls
