"""The rules of a dungeon, and nothing else: which step is legal and what it changes.

Knows tiles, ways and things, not how they were made. A walker takes every key and treasure that
they step on, never steps on a trap or an ornament, and must beat a monster before they can step on
its tile.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aigc_procgen.core.records import Record

from .records import DIRECTIONS, LEGEND, TILE, Dungeon, Spot

__all__ = ["Board", "Play", "Replay", "replay"]

_SOLID = (TILE["wall"], TILE["pool"])
_SHUT = (TILE["lock"], TILE["gate"], TILE["bar"])
_STAIRS = {"down": ("stairs_down", "stairs_up", 1), "up": ("stairs_up", "stairs_down", -1)}


@dataclass(frozen=True, kw_only=True)
class Replay(Record):
    """What came of a walk: whether it ended on the goal, and what was wrong if it did not."""

    finished: bool
    steps: int  # legal steps taken
    treasures: int
    problem: str = ""


class Board:
    """What never changes during a walk, found by tile."""

    def __init__(self, dungeon: Dungeon) -> None:
        self.tiles = dungeon.tiles.tolist()
        self.width, self.height = dungeon.width, dungeon.height
        self.start, self.goal = dungeon.start, dungeon.goal
        self.ways = {way.spot: way for way in dungeon.ways if way.kind != "stairs"}
        self.gates = {way.opener: way.id for way in dungeon.ways if way.kind == "gate"}
        spots = {thing.spot: thing for thing in dungeon.things}
        self.items = {s: t for s, t in spots.items() if t.kind in ("key", "treasure")}
        self.levers = {s: t for s, t in spots.items() if t.kind == "lever"}
        self.foes = {s: t for s, t in spots.items() if t.kind in ("monster", "guardian")}
        blocked = ("trap", "ornament")
        self.blocked = {s: thing.name for s, thing in spots.items() if thing.kind in blocked}
        self.guardians = frozenset(t.id for t in dungeon.things if t.kind == "guardian")


class Play:
    """A walk in progress. `state` can be kept and put back."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self.spot: Spot = board.start
        self.keys: dict[str, int] = {}
        self.opened: frozenset[int] = frozenset()  # ways
        self.taken: frozenset[int] = frozenset()  # things
        self.beaten: frozenset[int] = frozenset()
        self._take()

    @property
    def state(self) -> tuple[Spot, frozenset[int], frozenset[int], frozenset[int]]:
        """Everything that changes; the keys follow from what was taken and opened."""
        return self.spot, self.opened, self.taken, self.beaten

    @property
    def finished(self) -> bool:
        """Whether the walker stands on the goal and no guardian is left."""
        return self.spot == self.board.goal and self.board.guardians <= self.beaten

    def copy(self) -> Play:
        """An independent walk in the same state."""
        other = Play.__new__(Play)
        other.board, other.spot, other.keys = self.board, self.spot, dict(self.keys)
        other.opened, other.taken, other.beaten = self.opened, self.taken, self.beaten
        return other

    def to_dict(self) -> dict[str, Any]:
        """The `state` as what JSON can hold; `Dungeon.play` puts it back."""
        numbers = {"opened": self.opened, "taken": self.taken, "beaten": self.beaten}
        return {"spot": list(self.spot)} | {name: sorted(ids) for name, ids in numbers.items()}

    def do(self, step: str) -> str:
        """Takes a step; returns "" or, changing nothing, why it is not legal."""
        verb, _, direction = step.partition(" ")
        if step in DIRECTIONS:
            return self._walk(step)
        if step in _STAIRS:
            return self._climb(step)
        if step == "pull":
            return self._pull()
        if verb in ("open", "fight") and direction in DIRECTIONS:
            return self._open(direction) if verb == "open" else self._fight(direction)
        return f"there is no step {step!r}"

    def _beside(self, direction: str) -> Spot:
        x, y, floor = self.spot
        dx, dy = DIRECTIONS[direction]
        return x + dx, y + dy, floor

    def _tile(self, spot: Spot) -> int:
        x, y, floor = spot
        inside = 0 <= x < self.board.width and 0 <= y < self.board.height
        return int(self.board.tiles[floor][y][x]) if inside else TILE["wall"]

    def _walk(self, direction: str) -> str:
        here, there = self._tile(self.spot), self._beside(direction)
        tile = self._tile(there)
        if tile in _SOLID:
            return f"{list(LEGEND)[tile]} at {there}"
        if tile in _SHUT and self.board.ways[there].id not in self.opened:
            return f"the {list(LEGEND)[tile]} at {there} is shut"
        for spot, kind in ((self.spot, here), (there, tile)):
            if kind == TILE["drop"] and self.board.ways[spot].toward != direction:
                return f"the drop at {spot} leads {self.board.ways[spot].toward} only"
        if there in self.board.blocked:
            return f"{self.board.blocked[there]} at {there}"
        if there in self.board.foes and self.board.foes[there].id not in self.beaten:
            return f"a monster at {there}"
        self.spot = there
        self._take()
        return ""

    def _take(self) -> None:
        item = self.board.items.get(self.spot)
        if item and item.id not in self.taken:
            self.taken |= {item.id}
            if item.kind == "key":
                self.keys[item.name] = self.keys.get(item.name, 0) + 1

    def _climb(self, step: str) -> str:
        here, beyond, change = _STAIRS[step]
        x, y, floor = self.spot
        there = (x, y, floor + change)
        if self._tile(self.spot) != TILE[here] or not 0 <= there[2] < len(self.board.tiles):
            return f"no stairs {step} at {self.spot}"
        if self._tile(there) != TILE[beyond]:
            return f"the stairs at {self.spot} end at {there} in nothing"
        self.spot = there
        self._take()
        return ""

    def _pull(self) -> str:
        lever = self.board.levers.get(self.spot)
        if lever is None or self.board.gates.get(lever.name) is None:
            return f"no lever at {self.spot}"
        gate = self.board.gates[lever.name]
        if gate in self.opened:
            return f"the lever at {self.spot} was pulled"
        self.opened |= {gate}
        return ""

    def _open(self, direction: str) -> str:
        there = self._beside(direction)
        way = self.board.ways.get(there)
        if way is None or way.kind not in ("lock", "bar") or way.id in self.opened:
            return f"nothing to open at {there}"
        if way.kind == "bar" and way.toward != direction:
            return f"the bar at {there} is on the other side"
        if way.kind == "lock":
            if not self.keys.get(way.opener):
                return f"no {way.opener} key for the lock at {there}"
            self.keys[way.opener] -= way.spent
        self.opened |= {way.id}
        return ""

    def _fight(self, direction: str) -> str:
        foe = self.board.foes.get(self._beside(direction))
        if foe is None or foe.id in self.beaten:
            return f"nobody to fight at {self._beside(direction)}"
        self.beaten |= {foe.id}
        return ""


def replay(dungeon: Dungeon, steps: tuple[str, ...]) -> Replay:
    """Walks the steps by the rules; finished only if exactly the last one ends the dungeon."""
    board = Board(dungeon)
    play = Play(board)
    problem, done = "", 0
    for step in steps:
        problem = "the dungeon is already finished" if play.finished else play.do(step)
        if problem:
            problem = f"step {done} ({step}): {problem}"
            break
        done += 1
    if not problem and not play.finished:
        problem = f"the steps end at {play.spot}"
    items = board.items.values()
    treasures = sum(item.kind == "treasure" and item.id in play.taken for item in items)
    return Replay(finished=not problem, steps=done, treasures=treasures, problem=problem)
