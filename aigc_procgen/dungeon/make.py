"""`make_dungeon`: a dungeon of a seed and of what is asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from aigc_procgen.core.random import Seed

if TYPE_CHECKING:
    from .records import Dungeon

__all__ = ["make_dungeon"]

_DRAWINGS = 4  # at most, until the solution is as long as was asked for


def make_dungeon(
    seed: Seed,
    width: int = 48,
    height: int = 32,
    floors: int = 1,
    locks: int = 2,
    monsters: int = 8,
    treasures: int = 4,
    length: int | None = None,
    theme: str | None = None,
    layouts: str = "auto",
) -> Dungeon:
    """A dungeon that can always be finished and never be lost, with its solution.

    `width` x `height` tiles (11 x 7 to 256 x 256) on `floors` floors; exactly so many `locks`
    (doors for a key, seals for a rune, gates for a lever), `monsters` (one of them the guardian,
    without whose defeat the goal does not count) and `treasures` (none of which is needed).
    `length` is the number of steps of the solution, within a tenth; `theme` is drawn if not given.
    `layouts` says who lays rooms out: "learned" the network, in every room that it knows the size
    of; "built" rules alone; "auto" the network where it was measured to be better.
    Raises `InvalidArgument`, which says what would fit, if that does not.

    >>> import aigc_procgen as procgen
    >>> dungeon = procgen.dungeon(7, locks=3, length=120)
    >>> dungeon.tiles.shape, len(dungeon.locks), dungeon.replay().finished
    ((1, 32, 48), 3, True)
    >>> 108 <= len(dungeon.solution) <= 132, dungeon.proof.softlock_free
    (True, True)
    """
    from .controls import check_controls  # all of dungeons: a game may ask for none
    from .drawing import draw

    controls, lattice = check_controls(
        seed,
        width=width,
        height=height,
        floors=floors,
        locks=locks,
        monsters=monsters,
        treasures=treasures,
        length=length,
        theme=theme,
        layouts=layouts,
    )
    made = draw(controls, lattice)
    if length is None:
        return made
    for attempt in range(1, _DRAWINGS):
        # One in 1,500 solutions is shortened by a way across that no bound foresees.
        if abs(len(made.solution) - length) * 10 <= length:
            break
        other = draw(replace(controls, attempt=attempt), lattice)
        made = min(made, other, key=lambda found: abs(len(found.solution) - length))
    return made
