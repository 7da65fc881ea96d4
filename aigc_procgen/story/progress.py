"""How far a quest has come: which deeds are left, and whether they can still be done."""

from __future__ import annotations

from .facts import PLAYER, Action, Facts, apply, legal, station
from .objectives import Objective

__all__ = ["left", "walk"]


def left(objectives: tuple[Objective, ...], facts: Facts) -> tuple[Objective, ...]:
    """The objectives after the last one that shows as done."""
    last = -1
    for place, objective in enumerate(objectives):
        # Earlier deeds may leave no trace (a thing taken is given away): later ones vouch.
        if objective.done(facts):
            last = place
    return objectives[last + 1 :]


def walk(objectives: tuple[Objective, ...], facts: Facts) -> tuple[Action, ...] | None:
    """The objectives' actions with the ways between them, if all are legal in their turn."""
    actions: list[Action] = []
    for objective in objectives:
        action = objective.action
        place = station(action, facts)
        if place and facts.place_of(PLAYER) != place:
            going = ("goto", place)
            if not legal(going, facts):
                return None
            actions.append(going)
            facts = apply(going, facts)
        if not legal(action, facts):
            return None
        actions.append(action)
        facts = apply(action, facts)
    return tuple(actions)
