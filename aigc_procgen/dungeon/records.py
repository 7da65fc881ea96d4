"""What a dungeon is: its tiles, rooms, ways, and what stands in it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.errors import InvalidArgument
from aigc_procgen.core.records import Record

if TYPE_CHECKING:
    from .proof import Proof
    from .rules import Play, Replay

__all__ = ["DIRECTIONS", "LEGEND", "OPPOSITE", "TILE", "Dungeon", "Room", "Spot", "Thing", "Way"]

# The kinds of tile, by their number in `Dungeon.tiles`, each with its letter in text.
LEGEND = {
    "wall": "#",
    "floor": ".",
    "passage": ",",
    "pool": "~",
    "bridge": "=",
    "door": "+",
    "lock": "X",
    "gate": "H",
    "bar": "|",
    "secret": "?",
    "drop": "v",
    "stairs_down": ">",
    "stairs_up": "<",
}
TILE = {name: index for index, name in enumerate(LEGEND)}
_LETTERS = "".join(LEGEND.values())
DIRECTIONS = {"north": (0, -1), "east": (1, 0), "south": (0, 1), "west": (-1, 0)}
OPPOSITE = {"north": "south", "south": "north", "east": "west", "west": "east"}
_FORMAT = 1

Spot = tuple[int, int, int]  # x, y, floor


@dataclass(frozen=True, kw_only=True)
class Room(Record):
    """A room: its rectangle in tiles, what it is for, and how tense it is (0 calm to 100)."""

    id: int
    floor: int
    x: int
    y: int
    width: int
    height: int
    shape: str  # "hall", "round" or "cave"
    role: str  # "start", "goal", "key", "treasure", "secret", "rest" or "hall"
    area: int  # rooms between the same locks; area n + 1 lies behind lock n
    tempo: int
    style: str = ""  # "crypt", "library", "garden"...; "" if rules laid it out


@dataclass(frozen=True, kw_only=True)
class Way(Record):
    """What joins two rooms: a tile (x, y) of the wall between them, or stairs.

    `kind` is "passage", "door", "secret", "lock", "gate", "bar", "drop" or "stairs". A lock is
    opened by a key called `opener` (`spent` if that uses the key up), a gate by the lever with
    this `opener`. A drop can only be walked `toward`; a bar can only be opened in that direction
    and stays open.
    """

    id: int
    kind: str
    floor: int
    x: int
    y: int
    rooms: tuple[int, int]
    opener: str = ""
    spent: bool = False
    toward: str = ""

    @property
    def spot(self) -> Spot:
        """Its tile: (x, y, floor)."""
        return self.x, self.y, self.floor


@dataclass(frozen=True, kw_only=True)
class Thing(Record):
    """What stands or lies on a tile: "monster", "guardian", "treasure", "key", "lever", "trap" or
    "ornament". `name` is the pack's sprite, or the `opener` of a key or lever.
    """

    id: int
    kind: str
    name: str
    x: int
    y: int
    floor: int
    room: int

    @property
    def spot(self) -> Spot:
        """Its tile: (x, y, floor)."""
        return self.x, self.y, self.floor


@dataclass(frozen=True, kw_only=True, eq=False)
class Dungeon(Record):
    """A dungeon that can always be finished.

    `tiles` are uint8 [floors, height, width] and index `LEGEND`; `start` and `goal` are
    (x, y, floor); `solution` are steps that `replay` walks by the rules: "north", "east",
    "south", "west", "up", "down", "pull", and "open" or "fight" with a direction. It is done on
    the goal with the guardian, if there is one, beaten.
    """

    seed: int | str
    theme: str
    # Written as rows of letters, which `from_dict` reads by itself.
    tiles: NDArray[np.uint8] = field(
        default_factory=lambda: np.zeros((0, 0, 0), np.uint8), metadata={"json": False}
    )
    start: Spot
    goal: Spot
    rooms: tuple[Room, ...]
    ways: tuple[Way, ...]
    things: tuple[Thing, ...]
    solution: tuple[str, ...]

    @property
    def legend(self) -> tuple[str, ...]:
        """The names of the tiles' numbers."""
        return tuple(LEGEND)

    @property
    def floors(self) -> int:
        """How many floors lie above each other."""
        return int(self.tiles.shape[0])

    @property
    def height(self) -> int:
        """Tiles from north to south."""
        return int(self.tiles.shape[1])

    @property
    def width(self) -> int:
        """Tiles from west to east."""
        return int(self.tiles.shape[2])

    @property
    def locks(self) -> tuple[Way, ...]:
        """The locks and gates: ways that a key, a rune or a lever opens."""
        return tuple(way for way in self.ways if way.kind in ("lock", "gate"))

    def of_kind(self, *kinds: str) -> tuple[Thing, ...]:
        """The things of these kinds, e.g. `of_kind("monster", "guardian")`."""
        return tuple(thing for thing in self.things if thing.kind in kinds)

    def replay(self, steps: tuple[str, ...] | None = None) -> Replay:
        """What comes of the steps (the solution if None) by the rules alone."""
        from .rules import replay

        return replay(self, self.solution if steps is None else steps)

    def play(self, state: dict[str, Any] | None = None) -> Play:
        """A walk at the start, or in the state that its `to_dict` gave: `do("north")` takes a step
        by the rules and returns "", or changes nothing and says why it is not legal.
        """
        from .resume import resume
        from .rules import Board, Play

        return Play(Board(self)) if state is None else resume(self, state)

    @cached_property
    def proof(self) -> Proof:
        """That the dungeon can be finished, and that it cannot be lost; searched for once."""
        from .proof import prove

        return prove(self)

    def text(self, floor: int = 0) -> str:
        """A floor as lines of letters: `LEGEND`, @ start, ! goal, and the things' first letters."""
        letters = {"monster": "m", "guardian": "G", "treasure": "$", "key": "k", "lever": "l"}
        letters |= {"trap": "^", "ornament": "o"}
        rows = [[_LETTERS[tile] for tile in row] for row in self.tiles[floor].tolist()]
        for thing in self.things:
            if thing.floor == floor:
                rows[thing.y][thing.x] = letters[thing.kind]
        for letter, (x, y, level) in (("@", self.start), ("!", self.goal)):
            if level == floor:
                rows[y][x] = letter
        return "\n".join("".join(row) for row in rows)

    def digest(self) -> str:
        """A hash of everything in the record."""
        return blake2b(self.to_json().encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Dungeon) and self.to_dict() == other.to_dict()

    def __hash__(self) -> int:
        return hash((self.seed, self.tiles.tobytes()))

    def to_dict(self) -> dict[str, Any]:
        """Plain dicts, lists, numbers and strings; the tiles as a list of rows of `LEGEND`."""
        rows = [["".join(_LETTERS[n] for n in row) for row in floor] for floor in self.tiles]
        things = {
            name: [record.to_dict() for record in getattr(self, name)]
            for name in ("rooms", "ways", "things")
        }
        return {
            "format": _FORMAT,
            "seed": self.seed,
            "theme": self.theme,
            "tiles": rows,
            "start": list(self.start),
            "goal": list(self.goal),
            **things,
            "solution": list(self.solution),
        }

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """The dungeon that `to_dict` wrote; `InvalidArgument` says what is wrong with another."""
        if not isinstance(data, dict) or data.get("format") != _FORMAT:
            raise InvalidArgument(f"Dungeon must be read from format {_FORMAT}, not {data!r:.80}")
        rest = {name: value for name, value in data.items() if name not in ("format", "tiles")}
        made = replace(super().from_dict(rest), tiles=_tiles(data.get("tiles")))
        _check(made)
        return made


def _check(dungeon: Dungeon) -> None:
    """Raises `InvalidArgument` where ways and things do not fit the tiles."""
    floors, height, width = dungeon.tiles.shape
    spots = [dungeon.start, dungeon.goal]
    spots += [way.spot for way in dungeon.ways] + [thing.spot for thing in dungeon.things]
    for x, y, floor in spots:
        if not (0 <= x < width and 0 <= y < height and 0 <= floor < floors):
            raise InvalidArgument(f"Dungeon has something at {(x, y, floor)}, outside its tiles")
    special = {TILE[name] for name in ("lock", "gate", "bar", "drop")}
    left = {
        (x, y, floor)
        for floor, rows in enumerate(dungeon.tiles.tolist())
        for y, row in enumerate(rows)
        for x, tile in enumerate(row)
        if tile in special
    }
    for way in dungeon.ways:
        kind = "stairs_down" if way.kind == "stairs" else way.kind
        if kind not in TILE or dungeon.tiles[way.floor, way.y, way.x] != TILE[kind]:
            raise InvalidArgument(
                f"Dungeon has a way at {way.spot} that its tiles do not show: {kind}"
            )
        if kind in ("drop", "bar") and way.toward not in DIRECTIONS:
            raise InvalidArgument(f"Dungeon has a {kind} at {way.spot} that leads {way.toward!r}")
        left.discard(way.spot)
    if left:
        raise InvalidArgument(f"Dungeon has a tile at {min(left)} that no way explains")


def _tiles(rows: Any) -> NDArray[np.uint8]:
    try:
        numbers = [[[_LETTERS.index(letter) for letter in row] for row in floor] for floor in rows]
        tiles = np.array(numbers, np.uint8)
        if tiles.ndim != 3:
            raise ValueError
    except (TypeError, ValueError):
        raise InvalidArgument(
            f"Dungeon.tiles must be floors of equally long rows of {_LETTERS!r}"
        ) from None
    tiles.flags.writeable = False
    return tiles
