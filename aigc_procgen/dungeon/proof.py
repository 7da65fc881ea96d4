"""The proof that a dungeon can be finished and cannot be lost, by search over its graph.

**Nothing is left behind.** Only drops cannot be walked back. For each, a way back to its upper end
is looked for that uses nothing but what is open to everybody there: free ways, other drops, bars
from their side, and locks without which the upper end cannot be reached (so they are open). If
every drop has one, a walker can always return to wherever they have been.

**So position does not matter**, nor the order in which things are picked up, pulled or opened that
cost nothing: whatever can be had now can be had later. What can be done wrong is to spend a key on
another door that it fits. All orders of opening such doors are searched; a door whose kind of key
fits no other is opened when it can be. If in every state in which no door can be opened any more
the goal and the guardian are in reach, no order of legal moves loses the game. (Were a key left
lying or a lever not pulled, the walker could go back for it.)

`tests/test_dungeon_proof.py` holds both steps against a search over every tile and every state.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from aigc_procgen.core.records import Record

from .records import Dungeon
from .regions import Graph, read_graph
from .rules import replay
from .solver import NODE_BUDGET, solve

__all__ = ["STATE_BUDGET", "Proof", "Safety", "prove", "prove_safety"]

STATE_BUDGET = 100_000


@dataclass(frozen=True, kw_only=True)
class Safety(Record):
    """Whether the dungeon can be lost; `states` of opened doors were looked at."""

    softlock_free: bool
    states: int
    problem: str = ""


@dataclass(frozen=True, kw_only=True)
class Proof(Record):
    """What was shown of a dungeon, and by how much work."""

    replayed: bool  # the solution is legal and ends on the goal
    steps: int
    solved: bool  # a search that knows only the rules found a way, and it replays
    solver_steps: int
    solver_nodes: int
    solver_budget: int
    softlock_free: bool
    states: int
    drops: int
    regions: int
    all_reachable: bool  # every key, lever and treasure can be had
    problem: str = ""

    @property
    def holds(self) -> bool:
        """Whether everything was shown."""
        return self.replayed and self.solved and self.softlock_free and self.all_reachable


def prove(dungeon: Dungeon) -> Proof:
    """Replays the solution, solves the dungeon anew, and searches for a way to lose it."""
    graph = read_graph(dungeon)
    given = replay(dungeon, dungeon.solution)
    found = solve(dungeon, graph=graph)
    again = replay(dungeon, found.steps) if found.steps is not None else None
    safety = prove_safety(dungeon, graph)
    everything = graph.reach([graph.start], frozenset(graph.shut))
    problems = [given.problem, again.problem if again else "the solver found no way"]
    return Proof(
        replayed=given.finished,
        steps=len(dungeon.solution),
        solved=bool(again and again.finished),
        solver_steps=len(found.steps or ()),
        solver_nodes=found.nodes,
        solver_budget=NODE_BUDGET,
        softlock_free=safety.softlock_free,
        states=safety.states,
        drops=len(graph.drops),
        regions=graph.nodes - len(graph.shut) - len(graph.drops),
        all_reachable=not graph.lost and set(graph.things) <= everything,
        problem="; ".join(text for text in (*problems, safety.problem) if text),
    )


def prove_safety(
    dungeon: Dungeon, graph: Graph | None = None, budget: int = STATE_BUDGET
) -> Safety:
    """Searches for an order of legal moves after which the goal cannot be reached."""
    graph = graph or read_graph(dungeon)
    if not _all_return(graph):
        return Safety(softlock_free=False, states=0, problem="a drop has no way back")
    doors = Counter(way.opener for way in graph.shut.values() if way.spent)
    shared = frozenset(n for n, way in graph.shut.items() if way.spent and doors[way.opener] > 1)
    guardians = {thing.id for thing in dungeon.of_kind("guardian")}
    seen = {frozenset[int]()}
    edge = [frozenset[int]()]
    states = 0
    while edge:
        if states >= budget:
            return Safety(softlock_free=False, states=states, problem="the budget is spent")
        chosen = edge.pop()
        states += 1
        reached, held = _closure(graph, chosen, shared)
        met = {thing.id for node in reached for thing in graph.things.get(node, ())}
        if graph.goal in reached and guardians <= met:
            continue  # and so it stays: what is open stays open
        choices = [
            node
            for node in sorted(shared - chosen)
            if held[graph.shut[node].opener] > 0
            and any(side in reached for side in graph.openable[node])
        ]
        if not choices:
            lost = ", ".join(f"way {graph.shut[node].id}" for node in sorted(chosen))
            return Safety(
                softlock_free=False,
                states=states,
                problem=f"stuck after {lost or 'opening nothing'}",
            )
        for node in choices:
            if (state := chosen | {node}) not in seen:
                seen.add(state)
                edge.append(state)
    return Safety(softlock_free=True, states=states)


def _all_return(graph: Graph) -> bool:
    """Whether whoever took a drop can get back to where they jumped, from every drop."""
    bars = {node for node, way in graph.shut.items() if way.kind == "bar"}
    locks = frozenset(graph.shut) - bars
    possible = _one_sided(graph, graph.start, locks, bars)
    without = {lock: _one_sided(graph, graph.start, locks, bars, lock) for lock in sorted(locks)}
    for before, after in graph.drops:
        if before not in possible:
            continue  # nobody ever gets there
        # Locks that must have been opened by anybody who stands above the drop.
        passed = frozenset(lock for lock in without if before not in without[lock])
        if after < 0 or before not in _one_sided(graph, after, passed, bars):
            return False
    return True


def _one_sided(
    graph: Graph, first: int, opened: frozenset[int], bars: set[int], but: int = -1
) -> set[int]:
    """What can be reached by open nodes, never `but`, and bars from the side they open on."""
    passed: set[int] = set()
    while True:
        reached = graph.reach([first], opened | passed, but)
        more = {
            bar for bar in bars - passed if any(side in reached for side in graph.openable[bar])
        }
        if not more:
            return reached
        passed |= more


def _closure(
    graph: Graph, chosen: frozenset[int], shared: frozenset[int]
) -> tuple[set[int], Counter[str]]:
    """All that can be reached with these shared doors open, and the keys left in hand."""
    opened = set(chosen)
    gates = {way.opener: node for node, way in graph.shut.items() if way.kind == "gate"}
    while True:
        reached = graph.reach([graph.start], frozenset(opened))
        held: Counter[str] = Counter()
        before = len(opened)
        for node in reached:
            for thing in graph.things.get(node, ()):
                if thing.kind == "key":
                    held[thing.name] += 1
                elif thing.kind == "lever" and thing.name in gates:
                    opened.add(gates[thing.name])
        for node, sides in graph.openable.items():
            way = graph.shut[node]
            if node in opened or node in shared or not any(side in reached for side in sides):
                continue
            if way.kind == "bar" or held[way.opener] > 0:
                opened.add(node)
        if len(opened) == before:
            for node in chosen:
                held[graph.shut[node].opener] -= 1
            return reached, held
