"""Patterns over facts: `("at", "?who", "town:0:0")` matches facts and binds the names after `?`.

Besides the predicates of facts, the first word of a pattern may be
`not` (no fact matches the rest), `differ` and `same` (of two bound values; `same` may bind one),
`reach` (roads join two places) and `spot` (the place where an entity is, carried or not).
A name that begins with `?_` matches anything and is not bound.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

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
    return tuple([bound.get(part, part) for part in pattern])


def solve(
    patterns: Sequence[Pattern], facts: Facts, bound: Bindings, first: int = 0
) -> Iterator[Bindings]:
    """Every way to satisfy all the patterns, in sorted order, as bindings."""
    last = len(patterns)
    while first < last:
        pattern = patterns[first]
        first += 1
        test = _TESTS.get(pattern[0])
        if test is None:
            found = _matches(pattern, facts, bound)
            if first < last:
                for extended in found:
                    yield from solve(patterns, facts, extended, first)
            else:
                yield from found
            return
        if not test(filled(pattern[1:], bound), facts):
            return
    yield bound


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


def _unknown(goal: Fact, facts: Facts) -> bool:
    if _ground(goal):
        return goal not in facts
    return not any(_fits(goal, fact) for fact in _candidates(goal, facts))


def _ground(goal: Fact) -> bool:
    for part in goal:  # noqa: SIM110 - a generator would take twice the time
        if part[0] == "?":
            return False
    return True


def _matches(pattern: Pattern, facts: Facts, bound: Bindings) -> Iterable[Bindings]:
    """The bindings extended by what one pattern binds, which is no test."""
    word = pattern[0]
    if word == "same":
        one, other = filled(pattern[1:], bound)
        if one == other:
            return (bound,)
        if one[0] == "?":
            return ({**bound, one: other},)
        return ({**bound, other: one},) if other[0] == "?" else ()
    if word == "spot":
        entity, spot = filled(pattern[1:], bound)
        place = facts.place_of(entity)
        if place is None or spot == place:
            return () if place is None else (bound,)
        return ({**bound, spot: place},) if spot[0] == "?" else ()
    return _plain(filled(pattern, bound), facts, bound)


def _plain(goal: Fact, facts: Facts, bound: Bindings) -> Iterator[Bindings]:
    size = len(goal)
    # Positions of names that are still to bind; the same name may stand at two.
    free = [place for place, part in enumerate(goal) if part[0] == "?"]
    if not free:
        if goal in facts:
            yield bound
        return
    first = free[0]
    if len(free) == 1 and goal[first][1] != "_":
        name, head, tail = goal[first], goal[:first], goal[first + 1 :]
        for fact in _candidates(goal, facts):
            if fact[:first] == head and fact[first + 1 :] == tail:
                yield {**bound, name: fact[first]}
        return
    for fact in _candidates(goal, facts):
        if len(fact) != size:
            continue
        extended = {**bound}
        for place, have in enumerate(fact):
            if place not in free:
                if goal[place] != have:
                    break
            elif goal[place][1] != "_" and extended.setdefault(goal[place], have) != have:
                break
        else:
            yield extended


_TESTS: dict[str, Callable[[Fact, Facts], bool]] = {
    "not": _unknown,
    "differ": lambda goal, facts: goal[0] != goal[1],
    "reach": lambda goal, facts: facts.reachable(goal[0], goal[1]),
}
