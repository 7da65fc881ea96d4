"""Another way to a quest's end, when what happened since has closed the first."""

from __future__ import annotations

from dataclasses import replace

from ..core.random import stream
from .fact_set import Facts
from .planner import bindings_of, plan
from .quest_record import Quest
from .strategies import strategies
from .telling import told

__all__ = ["mended"]

_BINDINGS = 8


def mended(quest: Quest, facts: Facts) -> Quest | None:
    """The quest planned anew from these facts, or None; see `Quest.replan`."""
    strategy = next(s for s in strategies() if s.name == quest.strategy)
    same = {f"?{name}": value for name, value in quest.roles.items()}
    others = bindings_of(strategy, facts, quest.giver, _BINDINGS)
    for attempt, roles in enumerate([same, *others]):
        dice = stream(quest.seed, "replan", quest.id, facts.digest(), attempt)
        found = plan(strategy, facts, roles, dice, resume=True)
        if found is not None:
            return replace(told(quest.seed, facts, found, quest.giver, quest.index), id=quest.id)
    return None
