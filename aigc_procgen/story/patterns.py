"""Patterns over facts: `("at", "?who", "town:0:0")` matches facts and binds the names after `?`.

Besides the predicates of facts, the first word of a pattern may be
`not` (no fact matches the rest), `differ` and `same` (of two bound values; `same` may bind one),
`reach` (roads join two places) and `spot` (the place where an entity is, carried or not).
A name that begins with `?_` matches anything and is not bound.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from ..core.errors import InvalidArgument
from .fact_set import Fact, Facts
from .tables import require

__all__ = ["Bindings", "Pattern", "filled", "matching_facts", "patterns_of", "solve"]

Pattern = tuple[str, ...]
Bindings = dict[str, str]

_Search = Callable[[Facts, Bindings], Iterable[Bindings]]
_Listing = Callable[[Facts, Bindings], tuple[Fact, ...]]


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


def solve(patterns: Sequence[Pattern], facts: Facts, bound: Bindings) -> Iterator[Bindings]:
    """Every way to satisfy all the patterns, in sorted order, as bindings."""
    return iter(_search(tuple(patterns), tuple(bound))(facts, bound))


def matching_facts(pattern: Pattern, facts: Facts, bound: Mapping[str, str]) -> list[Fact]:
    """The facts that match one plain pattern."""
    goal = filled(pattern, bound)
    first = goal[1] if len(goal) > 1 and goal[1][0] != "?" else None
    second = goal[2] if first is None and len(goal) > 2 and goal[2][0] != "?" else None
    return [fact for fact in facts.find(goal[0], first, second) if _fits(goal, fact)]


def _fits(goal: Fact, fact: Fact) -> bool:
    if len(goal) != len(fact):
        return False
    for want, have in zip(goal, fact, strict=True):
        if want != have and want[0] != "?":
            break
    else:
        return True
    return False


# Which names are bound when a pattern is reached follows from the patterns alone. So each sequence
# of them is put together once, as functions that go through the facts and call the next ones.


@lru_cache(maxsize=4096)
def _search(patterns: tuple[Pattern, ...], bound: tuple[str, ...]) -> _Search:
    """What finds the ways to satisfy the patterns, where the names of `bound` have values."""
    if not patterns:
        return lambda facts, bound: (bound,)
    pattern, later, known = patterns[0], patterns[1:], {*bound}
    if pattern[0] in _TESTS:
        return _tested(_TESTS[pattern[0]](pattern[1:], known), _search(later, bound))
    named = [part for part in pattern[1:] if part[:1] == "?" and part[:2] != "?_"]
    free = list(dict.fromkeys(part for part in named if part not in known))
    following = _search(later, (*bound, *free)) if later else None
    if pattern[0] == "same":
        return _same(pattern, known, following)
    if pattern[0] == "spot":
        return _spot(pattern, known, following)
    return _plain(pattern, known, following)


def _tested(test: Callable[[Facts, Bindings], bool], following: _Search) -> _Search:
    return lambda facts, bound: following(facts, bound) if test(facts, bound) else ()


def _same(pattern: Pattern, known: set[str], following: _Search | None) -> _Search:
    free = [part for part in pattern[1:] if not _has_value(part, known)]
    if len(free) > 1:
        raise InvalidArgument(f"a pattern must bind one name of {pattern!r} before it")
    one, other = pattern[1:]
    if not free:
        return _tested(
            lambda facts, bound: bound.get(one, one) == bound.get(other, other),
            following or (lambda facts, bound: (bound,)),
        )
    name, value = (one, other) if free == [one] else (other, one)

    def same(facts: Facts, bound: Bindings) -> Iterable[Bindings]:
        extended = {**bound, name: bound.get(value, value)}
        return following(facts, extended) if following else (extended,)

    return same


def _spot(pattern: Pattern, known: set[str], following: _Search | None) -> _Search:
    entity, spot = pattern[1:]
    binds = spot[:1] == "?" and spot not in known

    def spotted(facts: Facts, bound: Bindings) -> Iterable[Bindings]:
        place = facts.place_of(bound.get(entity, entity))
        if place is None or not (binds or bound.get(spot, spot) == place):
            return ()
        extended = {**bound, spot: place} if binds else bound
        return following(facts, extended) if following else (extended,)

    return spotted


def _filling(pattern: Pattern, known: set[str]) -> Callable[[Bindings], Fact]:
    """`filled` for a pattern all of whose names are bound: the same, in less time."""
    if len(pattern) == 2 and pattern[1] in known:
        word, one = pattern
        return lambda bound: (word, bound[one])
    if len(pattern) == 3 and pattern[1] in known:
        word, one, two = pattern
        if two in known:
            return lambda bound: (word, bound[one], bound[two])
        return lambda bound: (word, bound[one], two)
    return lambda bound: filled(pattern, bound)


def _listing(pattern: Pattern, known: set[str]) -> tuple[_Listing, int]:
    """What lists the facts that may match, by the first or else the second subject if that is
    known, and which part of the pattern has been looked at by that (0 if none).
    """
    predicate = pattern[0]
    given = [n for n in (1, 2) if n < len(pattern) and _has_value(pattern[n], known)]
    if not given:
        return (lambda facts, bound: facts.find(predicate)), 0
    part, place = pattern[given[0]], given[0]
    if place == 2:
        return (lambda facts, bound: facts.find(predicate, None, bound.get(part, part))), place
    return (lambda facts, bound: facts.find(predicate, bound.get(part, part))), place


def _has_value(part: str, known: set[str]) -> bool:
    return part[:1] != "?" or part in known


def _plain(pattern: Pattern, known: set[str], following: _Search | None) -> _Search:
    size = len(pattern)
    # Places of names that are still to bind; the same name may stand at two.
    free = [n for n, part in enumerate(pattern) if not _has_value(part, known)]
    if not free:
        fact_of = _filling(pattern, known)

        def held(facts: Facts, bound: Bindings) -> Iterable[Bindings]:
            if not facts.holds(fact_of(bound)):
                return ()
            return following(facts, bound) if following else (bound,)

        return held
    listing, seen = _listing(pattern, known)
    checks = tuple((n, pattern[n]) for n in range(1, size) if n not in free and n != seen)
    named = tuple((n, pattern[n]) for n in free if pattern[n][1:2] != "_")
    if checks or len(free) > 1 or not named:

        def searched(facts: Facts, bound: Bindings) -> Iterator[Bindings]:
            for fact in listing(facts, bound):
                if len(fact) != size:
                    continue
                for n, part in checks:
                    if fact[n] != bound.get(part, part):
                        break
                else:
                    extended = {**bound}
                    for n, name in named:
                        if extended.setdefault(name, fact[n]) != fact[n]:
                            break
                    else:
                        if following:
                            yield from following(facts, extended)
                        else:
                            yield extended

        return searched
    place, name = named[0]

    def listed(facts: Facts, bound: Bindings) -> Iterator[Bindings]:
        for fact in listing(facts, bound):
            if len(fact) == size:
                if following:
                    yield from following(facts, {**bound, name: fact[place]})
                else:
                    yield {**bound, name: fact[place]}

    return listed


_Test = Callable[[Facts, Bindings], bool]


def _differ(parts: Pattern, known: set[str]) -> _Test:
    one, other = parts
    return lambda facts, bound: bound.get(one, one) != bound.get(other, other)


def _reach(parts: Pattern, known: set[str]) -> _Test:
    one, other = parts
    return lambda facts, bound: facts.reachable(bound.get(one, one), bound.get(other, other))


def _unknown(parts: Pattern, known: set[str]) -> _Test:
    if all(_has_value(part, known) for part in parts):
        fact_of = _filling(parts, known)
        return lambda facts, bound: not facts.holds(fact_of(bound))
    listing, seen = _listing(parts, known)
    size = len(parts)
    checks = tuple(
        (n, part) for n, part in enumerate(parts) if n and n != seen and _has_value(part, known)
    )
    if not checks:
        return lambda facts, bound: not any(len(fact) == size for fact in listing(facts, bound))

    def unknown(facts: Facts, bound: Bindings) -> bool:
        wanted = [(n, bound.get(part, part)) for n, part in checks]
        return not any(
            len(fact) == size and all(fact[n] == part for n, part in wanted)
            for fact in listing(facts, bound)
        )

    return unknown


_TESTS: dict[str, Callable[[Pattern, set[str]], _Test]] = {
    "not": _unknown,
    "differ": _differ,
    "reach": _reach,
}
