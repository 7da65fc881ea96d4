"""How far a quest has come: which deeds are left, by which way, and whether they can be done.

A quest is a row of objectives; an `Alternative` leads past some of them. What is left is found by
going through the objectives from the last one that shows as done, and, where an objective cannot
be done any more, by the other ways that pass it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .facts import PLAYER, Action, Facts, attempt, station
from .objectives import Alternative, Objective

__all__ = ["branches", "needed", "reached", "route", "steps_of", "walk"]

Steps = tuple[Objective, ...]


def needed(objectives: Sequence[Objective]) -> Steps:
    """The objectives without the optional ones."""
    return tuple(objective for objective in objectives if not objective.optional)


def reached(objectives: Steps, facts: Facts) -> int:
    """How many of the needed objectives lie behind the player, by whichever way."""
    at = _begun(objectives, facts)
    for _, last, other in _alternatives(objectives):
        if last >= at and other.objectives[-1].done(facts):
            at = last + 1
    return at


def _begun(steps: Sequence[Objective], facts: Facts) -> int:
    """The number of steps up to the last one that shows as done."""
    # Earlier deeds may leave no trace (a thing taken is given away): later ones vouch.
    for place in range(len(steps) - 1, -1, -1):
        if steps[place].done(facts):
            return place + 1
    return 0


def _alternatives(objectives: Steps) -> Iterator[tuple[int, int, Alternative]]:
    """(first, last, alternative): it takes the place of objectives first to last."""
    for first, objective in enumerate(objectives):
        for other in objective.any_of:
            last = next(i for i in range(first, len(objectives)) if objectives[i].id == other.until)
            yield first, last, other


def branches(objectives: Steps, at: int, facts: Facts) -> list[tuple[Steps, int]]:
    """The ways to go on from objective `at`: (next objectives, where they lead back in).

    The plan's own comes first, unless the player has begun another.
    """
    own: tuple[Steps, int] = ((objectives[at],), at + 1)
    begun: list[tuple[Steps, int]] = []
    others: list[tuple[Steps, int]] = []
    for first, last, other in _alternatives(objectives):
        if first <= at <= last:
            done = _begun(other.objectives, facts)
            branch = (other.objectives[done:], last + 1)
            if branch[0]:
                (begun if done and at == first else others).append(branch)
    return [*begun, own, *others]


def route(
    objectives: Steps, at: int, facts: Facts, first: tuple[Steps, int] | None = None
) -> tuple[Steps, tuple[Action, ...]] | None:
    """The objectives that are left and the legal actions to do them, or None if none lead there.

    With `first`, one of the `branches` here, only by that one.
    """
    if at == len(objectives):
        return (), ()
    for steps, following in branches(objectives, at, facts) if first is None else [first]:
        gone = steps_of([step.action for step in steps], facts)
        if gone is not None:
            rest = route(objectives, following, gone[1][-1])
            if rest is not None:
                return (*steps, *rest[0]), (*gone[0], *rest[1])
    return None


def walk(deeds: Sequence[Action], facts: Facts) -> tuple[Action, ...] | None:
    """The deeds with the ways between them, if all are legal in their turn."""
    gone = steps_of(deeds, facts)
    return None if gone is None else tuple(gone[0])


def steps_of(deeds: Sequence[Action], facts: Facts) -> tuple[list[Action], list[Facts]] | None:
    """What `walk` gives, and the facts before each action and after the last."""
    actions: list[Action] = []
    states = [facts]
    for action in deeds:
        place = station(action, facts)
        going = place and facts.place_of(PLAYER) != place
        for step in (("goto", place), action) if place and going else (action,):
            after = attempt(step, facts)
            if after is None:
                return None
            actions.append(step)
            states.append(after)
            facts = after
    return actions, states
