"""Plans: Doran & Parberry's grammar expanded against a simulated state.

Every production emits its actions through `attempt`, which asks whether they are legal; on failure
the earlier state is taken up again and the next choice is tried. Depth and length are capped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from ..core.random import Stream
from .facts import PLAYER, Action, Fact, Facts, attempt, done_facts
from .patterns import Bindings, Pattern, filled, solve
from .strategies import Choice, Strategy, other_ways, productions, strategies

__all__ = ["DEPTH", "Detour", "Errand", "Plan", "bindings_of", "plan"]

DEPTH = 6
"""How deep productions may nest, as in the measurements of the design."""

_LENGTH = 18
_SOLUTIONS = 4
_BINDINGS = 64
_FORKS = 2  # places of a plan where other ways are looked for
_DETOURS = 2  # other ways that a plan records
_SHORT = 8  # actions of another way; who has to go farther does not take it
_SHALLOW = 3  # depth at which other ways begin, so that they ask for few favours


@dataclass(frozen=True, kw_only=True)
class Errand:
    """A quest inside the quest: somebody asks for a favour before helping."""

    giver: str
    strategy: str
    roles: dict[str, str]
    cause: Fact
    first: int
    """Index in `Plan.actions` of its first action."""


@dataclass(frozen=True, kw_only=True)
class Detour:
    """Another way for `actions[first:last]` of a plan, with its marks, and the plan's `instead`."""

    name: str
    marks: tuple[str, ...]
    instead: tuple[str, ...]
    first: int
    last: int
    actions: tuple[Action, ...]


@dataclass(frozen=True, kw_only=True)
class _Fork:
    """A production of the plan that was expanded by a choice with marks, and from which facts."""

    step: Action
    chosen: Choice
    depth: int
    facts: Facts
    first: int
    last: int


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Legal actions from the start to the end, and what is true before and after each."""

    strategy: Strategy
    roles: dict[str, str]
    cause: Fact
    actions: tuple[Action, ...]
    errands: tuple[Errand, ...]
    states: tuple[Facts, ...]
    """The facts before each action, and those after the last."""
    detours: tuple[Detour, ...] = ()


def bindings_of(strategy: Strategy, facts: Facts, giver: str, limit: int) -> list[Bindings]:
    """Up to `limit` ways to bind the strategy's roles for a giver, in sorted order."""
    start: Bindings = {"?giver": giver}
    return list(islice(solve((strategy.cause, *strategy.where), facts, start), limit))


def plan(
    strategy: Strategy, facts: Facts, roles: Bindings, dice: Stream, *, resume: bool = False
) -> Plan | None:
    """A plan of the strategy with these roles from these facts, or None if none was found.

    With `resume`, steps whose outcome is already there are passed over.
    """
    grower = _Grower(facts, dice, resume=resume)
    grower.busy.add((strategy.name, roles["?giver"]))
    if not grower.expand_all(strategy.steps, roles, 0) or not grower.actions:
        return None
    named = {name[1:]: value for name, value in sorted(roles.items())}
    return Plan(
        strategy=strategy,
        roles=named,
        cause=filled(strategy.cause, roles),
        actions=tuple(grower.actions),
        errands=tuple(grower.errands),
        states=(*grower.states, grower.facts),
        detours=tuple(islice(_detours(strategy, facts, roles, grower, dice), _DETOURS)),
    )


def _detours(
    strategy: Strategy, facts: Facts, roles: Bindings, grown: _Grower, dice: Stream
) -> Iterator[Detour]:
    """Other ways to the same end, each with its marks: of the whole strategy, or of one step.

    That the rest of the plan is legal after them is for whoever tells the plan to prove.
    """
    dice = dice.child("detours")
    for way in other_ways().get(strategy.name, ()):
        found = list(islice(solve((*strategy.where, *way.where), facts, roles), _SOLUTIONS))
        for bound in dice.sample(found, 1):
            other = _Grower(facts, dice, resume=False, length=_SHORT)
            if other.expand_all(way.steps, bound, _SHALLOW) and other.actions:
                yield Detour(
                    name=way.name,
                    marks=way.marks,
                    instead=strategy.marks,
                    first=0,
                    last=len(grown.actions),
                    actions=tuple(other.actions),
                )
    for fork in grown.forks[:_FORKS]:
        production = productions()[fork.step[0]]
        bound = dict(zip(production.parameters, fork.step[1:], strict=True))
        for choice in production.choices:
            if not choice.marks or choice.marks == fork.chosen.marks:
                continue
            found = list(islice(solve(choice.where, fork.facts, bound), _SOLUTIONS))
            for solution in dice.sample(found, 1):
                other = _Grower(fork.facts, dice, resume=False, length=_SHORT)
                depth = max(fork.depth + 1, _SHALLOW)
                if other.expand_all(choice.steps, solution, depth) and other.actions:
                    yield Detour(
                        name=choice.name,
                        marks=choice.marks,
                        instead=fork.chosen.marks,
                        first=fork.first,
                        last=fork.last,
                        actions=tuple(other.actions),
                    )


class _Grower:
    """The state of one expansion: simulated facts, the actions so far, favours asked."""

    def __init__(self, facts: Facts, dice: Stream, *, resume: bool, length: int = _LENGTH) -> None:
        self.facts = facts
        self.dice = dice
        self.resume = resume
        self.length = length
        self.actions: list[Action] = []
        self.states: list[Facts] = []
        self.errands: list[Errand] = []
        self.forks: list[_Fork] = []
        self.busy: set[tuple[str, str]] = set()

    def expand_all(self, steps: Sequence[Pattern], bound: Bindings, depth: int) -> bool:
        """Expands the steps in order; on failure everything is as before."""
        before = (self.facts, len(self.actions), len(self.errands), len(self.forks))
        for step in steps:
            action = filled(step, bound)
            if not (self._expand(action, depth) if action[0][0] == "<" else self._act(action)):
                self.facts = before[0]
                del self.actions[before[1] :]
                del self.states[before[1] :]
                del self.errands[before[2] :]
                del self.forks[before[3] :]
                return False
        return True

    def _act(self, action: Action) -> bool:
        if action[0] == "goto" and self.facts.place_of(PLAYER) == action[1]:
            return True
        if self.resume and all(fact in self.facts for fact in done_facts(action)):
            return True
        after = attempt(action, self.facts)
        if after is None or len(self.actions) >= self.length:
            return False
        self.states.append(self.facts)
        self.facts = after
        self.actions.append(action)
        return True

    def _expand(self, step: Action, depth: int) -> bool:
        if depth >= DEPTH:
            return False
        if step[0] == "<quest>":
            return self._favour(step[1], depth + 1)
        production = productions()[step[0]]
        bound = dict(zip(production.parameters, step[1:], strict=True))
        waiting: list[tuple[Choice, list[Bindings]]] = []
        for choice in production.choices:
            if choice.aside:
                continue
            most = 1 if choice.always else _BINDINGS
            found = list(islice(solve(choice.where, self.facts, bound), most))
            if found and choice.always:
                return True
            if found:
                waiting.append((choice, found))
        while waiting:
            weights = [choice.weight for choice, _ in waiting]
            picked = self.dice.weighted(range(len(waiting)), weights)
            choice, found = waiting.pop(picked)
            facts, first = self.facts, len(self.actions)
            for solution in self.dice.sample(found, _SOLUTIONS):
                if self.expand_all(choice.steps, solution, depth + 1):
                    if choice.marks:
                        last = len(self.actions)
                        self.forks.append(
                            _Fork(
                                step=step,
                                chosen=choice,
                                depth=depth,
                                facts=facts,
                                first=first,
                                last=last,
                            )
                        )
                    return True
        return False

    def _favour(self, giver: str, depth: int) -> bool:
        """A quest of the person's own, done first (Doran & Parberry's goto QUEST goto)."""
        options = [s for s in strategies() if not s.fallback and (s.name, giver) not in self.busy]
        for strategy in self.dice.sample(options, 8):
            found = bindings_of(strategy, self.facts, giver, 8)
            if not found:
                continue
            roles = self.dice.choice(found)
            first = len(self.actions)
            self.busy.add((strategy.name, giver))
            if self.expand_all(strategy.steps, roles, depth) and len(self.actions) > first:
                named = {name[1:]: value for name, value in sorted(roles.items())}
                cause = filled(strategy.cause, roles)
                self.errands.append(
                    Errand(
                        giver=giver, strategy=strategy.name, roles=named, cause=cause, first=first
                    )
                )
                return True
        return False
