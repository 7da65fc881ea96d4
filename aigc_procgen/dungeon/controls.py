"""What can be asked of a dungeon, and the one sentence that says what would fit instead."""

from __future__ import annotations

from dataclasses import dataclass

from aigc_procgen.core.errors import InvalidArgument, check_choice, check_int
from aigc_procgen.core.random import Seed, Stream, check_seed, stream

from .themes import themes

__all__ = ["LAYOUTS", "Controls", "Lattice", "check_controls"]

LAYOUTS = ("auto", "learned", "built")
"""Who lays rooms out: the network, `carving.py`, or in each theme the one that was better."""

_LEAST, _MOST = (11, 7), (256, 256)


@dataclass(frozen=True, kw_only=True)
class Controls:
    """What was asked for, checked."""

    seed: Seed
    width: int
    height: int
    floors: int
    locks: int
    monsters: int
    treasures: int
    length: int | None
    theme: str
    layouts: str = "built"
    attempt: int = 0  # which drawing of the same dungeon this is

    def stream(self, *names: str | int) -> Stream:
        """The random stream of one part of the making; who lays rooms out changes none of it."""
        shape = (self.width, self.height, self.floors, self.locks, self.monsters, self.treasures)
        again = ("again", self.attempt) if self.attempt else ()
        return stream(self.seed, "dungeon", *shape, self.length or 0, self.theme, *again, *names)


@dataclass(frozen=True, kw_only=True)
class Lattice:
    """How a floor is cut into cells of about `pitch` tiles: one room at most in each."""

    pitch: int
    columns: int
    rows: int

    @property
    def cells(self) -> int:
        """Cells of a floor."""
        return self.columns * self.rows

    @property
    def least_room(self) -> int:
        """The least side of a room."""
        return 2 if self.pitch == 3 else 3

    def lengths(self, width: int, height: int, floors: int) -> tuple[int, int]:
        """Between which lengths every solution can be had, whatever the seed.

        From a tile a few steps off the start (each floor above costs two rooms) to a walk from
        middle to middle of all cells: a step to the next one is at least a span long.
        Floors but the last stop at nine tenths of their share, less a step at most.
        """
        spans = (width - 1) // self.columns, (height - 1) // self.rows
        hop = max(spans) + 1
        steps = self.cells - 1 - (self.columns & self.rows & 1)
        last_floor = steps * min(spans) - (floors - 1) * hop - 2
        return 10 + (floors - 1) * 2 * hop, 10 * floors * last_floor // (floors + 9)


def lattice(width: int, height: int, pitch: int) -> Lattice:
    """The cells of a floor at a pitch."""
    return Lattice(pitch=pitch, columns=(width - 1) // pitch, rows=(height - 1) // pitch)


def check_controls(
    seed: Seed,
    *,
    width: int,
    height: int,
    floors: int,
    locks: int,
    monsters: int,
    treasures: int,
    length: int | None,
    theme: str | None,
    layouts: str,
) -> tuple[Controls, Lattice]:
    """The controls and the cells that they fit into; `InvalidArgument` says what would fit."""
    check_seed(seed)
    width = check_int("width", width, _LEAST[0], _MOST[0])
    height = check_int("height", height, _LEAST[1], _MOST[1])
    floors = check_int("floors", floors, 1, 16)
    names = list(themes().themes)
    if theme is None:
        theme = stream(seed, "dungeon", "theme").choice(names)
    controls = Controls(
        seed=seed,
        width=width,
        height=height,
        floors=floors,
        locks=check_int("locks", locks, 0, 64),
        monsters=check_int("monsters", monsters, 0, 4096),
        treasures=check_int("treasures", treasures, 0, 4096),
        length=None if length is None else check_int("length", length, 1, 1 << 20),
        theme=check_choice("theme", theme, names),
        layouts=check_choice("layouts", layouts, LAYOUTS),
    )
    side = min(width, height)
    natural = min(max(side // 4, 3), 8)
    if side >= 24:
        natural = max(6, natural - 1 + controls.stream("pitch").below(2 + side // 64))
    choices = [lattice(width, height, pitch) for pitch in range(natural, 2, -1)]
    for cells in choices:
        if not _too_much(controls, cells):
            return controls, cells
    raise InvalidArgument(_advice(controls, choices))


def _most_locks(controls: Controls, cells: Lattice) -> int:
    ways = (cells.cells - 1) * controls.floors
    # Where the length is given, the ways next to the goal must stay free.
    return min(64, ways if controls.length is None else ways // 3)


def _most_things(controls: Controls, cells: Lattice) -> int:
    """Monsters and treasures that find a tile of their own in rooms of the least size."""
    tiles = cells.cells * controls.floors * cells.least_room**2
    most = tiles * 3 // 4 - controls.locks - 2 * controls.floors
    # Where the length is given, nobody may stand in the way of the solution.
    return most if controls.length is None else most // 3


def _too_much(controls: Controls, cells: Lattice) -> bool:
    if controls.locks > _most_locks(controls, cells):
        return True
    if controls.monsters + controls.treasures > _most_things(controls, cells):
        return True
    return not _long_enough(controls, cells)


def _long_enough(controls: Controls, cells: Lattice) -> bool:
    """Whether the length that was asked for, if any, can be had."""
    low, high = cells.lengths(controls.width, controls.height, controls.floors)
    return controls.length is None or low <= controls.length <= high


def _advice(controls: Controls, choices: list[Lattice]) -> str:
    """What of the request does not fit, and what would."""
    size = f"{controls.width} x {controls.height} tiles on {controls.floors} floor(s)"
    if controls.length is not None:
        size += " with a length"
    locks = max(_most_locks(controls, cells) for cells in choices)
    if controls.locks > locks:
        return f"locks must be at most {locks} for {size}, not {controls.locks}: ask for fewer"
    spans = [
        cells.lengths(controls.width, controls.height, controls.floors)
        for cells in choices
        if controls.locks <= _most_locks(controls, cells)
    ]
    low, high = min(span[0] for span in spans), max(span[1] for span in spans)
    if controls.length is not None and not low <= controls.length <= high:
        if low > high:
            return f"length must be left out for {size}: there is room for too few walks"
        return (
            f"length must be between {low} and {high} for {size} and {controls.locks} locks, "
            f"not {controls.length}"
        )
    fitting = [
        _most_things(controls, cells)
        for cells in choices
        if controls.locks <= _most_locks(controls, cells) and _long_enough(controls, cells)
    ]
    most = max(fitting, default=0)
    return (
        f"monsters and treasures must be at most {max(most, 0)} together for {size} and "
        f"{controls.locks} locks, not {controls.monsters} + {controls.treasures}: ask for fewer, "
        "or for more tiles"
    )
