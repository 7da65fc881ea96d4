"""Plans: Doran & Parberry's grammar expanded against a simulated state.

Every production emits its actions through `attempt`, which asks whether they are legal; on failure
the earlier state is taken up again and the next choice is tried. Depth and length are capped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from ..core.random import Stream
from .facts import PLAYER, Action, Fact, Facts, attempt, done_facts
from .patterns import Bindings, Pattern, filled, solve
from .strategies import Choice, Strategy, productions, strategies

__all__ = ["DEPTH", "Errand", "Plan", "bindings_of", "plan"]

DEPTH = 6
"""How deep productions may nest, as in the measurements of the design."""

_LENGTH = 18
_SOLUTIONS = 4
_BINDINGS = 64


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
class Plan:
    """Legal actions from the start to the end, and what is true afterwards."""

    strategy: Strategy
    roles: dict[str, str]
    cause: Fact
    actions: tuple[Action, ...]
    errands: tuple[Errand, ...]
    facts: Facts


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
        facts=grower.facts,
    )


class _Grower:
    """The state of one expansion: simulated facts, the actions so far, favours asked."""

    def __init__(self, facts: Facts, dice: Stream, *, resume: bool) -> None:
        self.facts = facts
        self.dice = dice
        self.resume = resume
        self.actions: list[Action] = []
        self.errands: list[Errand] = []
        self.busy: set[tuple[str, str]] = set()

    def expand_all(self, steps: Sequence[Pattern], bound: Bindings, depth: int) -> bool:
        """Expands the steps in order; on failure everything is as before."""
        before = (self.facts, len(self.actions), len(self.errands))
        for step in steps:
            action = filled(step, bound)
            if not (self._expand(action, depth) if action[0][0] == "<" else self._act(action)):
                self.facts = before[0]
                del self.actions[before[1] :]
                del self.errands[before[2] :]
                return False
        return True

    def _act(self, action: Action) -> bool:
        if action[0] == "goto" and self.facts.place_of(PLAYER) == action[1]:
            return True
        if self.resume and all(fact in self.facts for fact in done_facts(action)):
            return True
        after = attempt(action, self.facts)
        if after is None or len(self.actions) >= _LENGTH:
            return False
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
            found = list(islice(solve(choice.where, self.facts, bound), _BINDINGS))
            if found and choice.always:
                return True
            if found:
                waiting.append((choice, found))
        while waiting:
            weights = [choice.weight for choice, _ in waiting]
            picked = self.dice.weighted(range(len(waiting)), weights)
            choice, found = waiting.pop(picked)
            for solution in self.dice.sample(found, _SOLUTIONS):
                if self.expand_all(choice.steps, solution, depth + 1):
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
