"""A solver that knows only the rules and the map, not the mission: best-first search over states.

A state is where the walker is, what they took, what they opened. States with more taken and opened
are looked at first; all are looked at if need be, up to the budget. What it finds is turned into
steps, which the rules replay.
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappop, heappush

from .ground import SHUT, Ground
from .records import DIRECTIONS, OPPOSITE, Dungeon, Way
from .regions import Graph, read_graph
from .rules import Board, Play

__all__ = ["NODE_BUDGET", "Solution", "solve"]

NODE_BUDGET = 20_000

_State = tuple[int, frozenset[int], frozenset[int]]  # node, things taken, nodes opened
_Deed = tuple[str, int]  # "thing", its id, or "open", its node


@dataclass(frozen=True, kw_only=True)
class Solution:
    """What the search found: steps from start to goal, or None, and the states it looked at."""

    steps: tuple[str, ...] | None
    nodes: int


def solve(dungeon: Dungeon, budget: int = NODE_BUDGET, graph: Graph | None = None) -> Solution:
    """Looks for a way to finish the dungeon, at most `budget` states."""
    graph = graph or read_graph(dungeon)
    gates = {way.opener: node for node, way in graph.shut.items() if way.kind == "gate"}
    guardians = frozenset(thing.id for thing in dungeon.of_kind("guardian"))
    keys = {thing.id: thing.name for thing in dungeon.of_kind("key")}
    first: _State = (graph.start, frozenset(), frozenset())
    seen = {first}
    before: dict[_State, tuple[_State, _Deed]] = {}
    heap = [(0, 0, first)]
    order = looked = 0
    while heap and looked < budget:
        _, _, state = heappop(heap)
        looked += 1
        node, taken, opened = state
        reached = graph.reach([node], opened)
        if graph.goal in reached and guardians <= taken:
            return Solution(steps=_steps(dungeon, graph, before, state), nodes=looked)
        after: list[tuple[_State, _Deed]] = []
        for place in sorted(reached):
            for thing in graph.things.get(place, ()):
                if thing.id in taken or thing.kind == "treasure":
                    continue
                more = opened
                if thing.kind == "lever" and thing.name in gates:
                    more = opened | {gates[thing.name]}
                after.append(((place, taken | {thing.id}, more), ("thing", thing.id)))
        for door, sides in graph.openable.items():
            side = next((side for side in sides if side in reached), None)
            if door in opened or side is None:
                continue
            way = graph.shut[door]
            if way.kind == "lock":
                held = sum(keys.get(thing) == way.opener for thing in taken)
                spent = sum(
                    graph.shut[other].spent and graph.shut[other].opener == way.opener
                    for other in opened
                )
                if held <= spent:
                    continue
            after.append(((side, taken, opened | {door}), ("open", door)))
        for new, deed in after:
            if new not in seen:
                seen.add(new)
                before[new] = state, deed
                order += 1
                heappush(heap, (-len(new[1]) - len(new[2]), order, new))
    return Solution(steps=None, nodes=looked)


def _steps(
    dungeon: Dungeon, graph: Graph, before: dict[_State, tuple[_State, _Deed]], state: _State
) -> tuple[str, ...]:
    """The deeds that led to the state, walked tile by tile."""
    deeds: list[_Deed] = []
    while state in before:
        state, deed = before[state]
        deeds.append(deed)
    walker = _Walker(dungeon)
    things = {thing.id: thing for thing in dungeon.things}
    for verb, number in reversed(deeds):
        if verb == "open":
            walker.open(graph.shut[number])
            continue
        thing = things[number]
        walker.walk(thing.spot)
        if thing.kind == "lever":
            walker.steps.append("pull")
            for way in dungeon.ways:
                if way.kind == "gate" and way.opener == thing.name:
                    walker.ground.free(walker.ground.index(way.spot))
    walker.walk(dungeon.goal)
    play = Play(Board(dungeon))
    for done, step in enumerate(walker.steps):  # a walk for a key may have led over the goal
        if play.finished or play.do(step):
            return tuple(walker.steps[:done])
    return tuple(walker.steps)


class _Walker:
    """Shortest walks over what is open, written down as steps."""

    def __init__(self, dungeon: Dungeon) -> None:
        self.ground = Ground(dungeon.tiles)
        for way in dungeon.ways:
            if way.kind == "drop":
                self.ground.direct(self.ground.index(way.spot), way.toward)
        for thing in dungeon.of_kind("trap", "ornament"):
            self.ground.block(self.ground.index(thing.spot))
        foes = dungeon.of_kind("monster", "guardian")
        self.foes = {self.ground.index(foe.spot) for foe in foes}
        self.here = self.ground.index(dungeon.start)
        self.goal = dungeon.goal
        self.steps: list[str] = []

    def walk(self, spot: tuple[int, int, int]) -> None:
        """Goes to a tile that is known to be reachable, past the goal if it can be avoided."""
        goal = self.ground.index(spot)
        if goal == self.here:
            return
        _, before, found = self.ground.spread(self.here, {}, {goal})
        self._follow(before, found)

    def _follow(self, before: list[int], found: int) -> None:
        if found < 0:
            return  # the replay of the steps will say so
        names = list(DIRECTIONS)
        for there in self.ground.traced(before, self.here, found):
            change = there - self.here
            if change not in self.ground.steps:
                self.steps.append("down" if change > 0 else "up")
            else:
                direction = names[self.ground.steps.index(change)]
                if there in self.foes:
                    self.foes.remove(there)
                    self.steps.append(f"fight {direction}")
                self.steps.append(direction)
            self.here = there

    def open(self, way: Way) -> None:
        """Goes beside a lock or bar and opens it."""
        tile = self.ground.index(way.spot)
        names = list(DIRECTIONS) if way.kind == "lock" else [way.toward]
        moves = dict(zip(DIRECTIONS, self.ground.steps, strict=True))
        beside = {tile + moves[OPPOSITE[name]]: name for name in names}
        goals = {index for index in beside if self.ground.kind[index] != SHUT}
        if self.here not in goals:
            _, before, found = self.ground.spread(self.here, {}, goals)
            self._follow(before, found)
        if self.here in beside:
            self.steps.append(f"open {beside[self.here]}")
            self.ground.free(tile)
