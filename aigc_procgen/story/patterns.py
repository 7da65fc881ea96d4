"""Patterns over facts: `("at", "?who", "town:0:0")` matches facts and binds the names after `?`.

Besides the predicates of facts, the first word of a pattern may be
`not` (no fact matches the rest), `differ` and `same` (of two bound values; `same` may bind one),
`reach` (roads join two places) and `spot` (the place where an entity is, carried or not).
A name that begins with `?_` matches anything and is not bound.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from .fact_set import Fact, Facts
from .tables import require

__all__ = ["Bindings", "Pattern", "filled", "matching_facts", "patterns_of", "solve"]

Pattern = tuple[str, ...]
Bindings = dict[str, str]


def patterns_of(table: str, where: str, value: object) -> tuple[Pattern, ...]:
    """Checks that `value` is a list of lists of texts, as tables hold patterns."""
    if not isinstance(value, list) or not all(
        isinstance(pattern, list) and pattern and all(isinstance(part, str) for part in pattern)
        for pattern in value
    ):
        require(False, table, f"{where} must be a list of lists of texts, not {value!r:.80}")
        return ()
    return tuple(tuple(pattern) for pattern in value)


def filled(pattern: Pattern, bound: Mapping[str, str]) -> Fact:
    """The pattern with every bound name replaced by its value."""
    return tuple([bound.get(part, part) if part[0] == "?" else part for part in pattern])


def solve(
    patterns: Sequence[Pattern], facts: Facts, bound: Bindings, first: int = 0
) -> Iterator[Bindings]:
    """Every way to satisfy all the patterns, in sorted order, as bindings."""
    if first == len(patterns):
        yield bound
        return
    for extended in _matches(patterns[first], facts, bound):
        yield from solve(patterns, facts, extended, first + 1)


def matching_facts(pattern: Pattern, facts: Facts, bound: Mapping[str, str]) -> list[Fact]:
    """The facts that match one plain pattern."""
    goal = filled(pattern, bound)
    return [fact for fact in _candidates(goal, facts) if _fits(goal, fact)]


def _candidates(goal: Fact, facts: Facts) -> tuple[Fact, ...]:
    first = goal[1] if len(goal) > 1 and goal[1][0] != "?" else None
    second = goal[2] if len(goal) > 2 and goal[2][0] != "?" else None
    return facts.find(goal[0], first, None if first is not None else second)


def _fits(goal: Fact, fact: Fact) -> bool:
    if len(goal) != len(fact):
        return False
    for want, have in zip(goal, fact, strict=True):
        if want != have and want[0] != "?":
            break
    else:
        return True
    return False


def _matches(pattern: Pattern, facts: Facts, bound: Bindings) -> Iterator[Bindings]:
    word = pattern[0]
    goal = filled(pattern[1:] if word in _BUILT_IN else pattern, bound)
    if word == "not":
        for fact in _candidates(goal, facts):
            if _fits(goal, fact):
                return
        yield bound
    elif word == "differ":
        if goal[0] != goal[1]:
            yield bound
    elif word == "same":
        if goal[0] == goal[1]:
            yield bound
        elif goal[0][0] == "?":
            yield {**bound, goal[0]: goal[1]}
        elif goal[1][0] == "?":
            yield {**bound, goal[1]: goal[0]}
    elif word == "reach":
        if facts.reachable(goal[0], goal[1]):
            yield bound
    elif word == "spot":
        place = facts.place_of(goal[0])
        if place is not None and goal[1] == place:
            yield bound
        elif place is not None and goal[1][0] == "?":
            yield {**bound, goal[1]: place}
    else:
        yield from _plain(goal, facts, bound)


def _plain(goal: Fact, facts: Facts, bound: Bindings) -> Iterator[Bindings]:
    for fact in _candidates(goal, facts):
        if len(fact) != len(goal):
            continue
        extended = bound
        for want, have in zip(goal, fact, strict=True):
            if want == have or want.startswith("?_"):
                continue
            if want[0] != "?" or extended.get(want, have) != have:
                break
            if want not in extended:
                extended = {**extended, want: have}
        else:
            yield extended


_BUILT_IN = ("not", "differ", "same", "reach", "spot")
