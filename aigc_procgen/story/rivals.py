"""Rivals: somebody else of the neighbourhood who wants the same thing, for a reason of their own.

A rival goes by steps that are events of `tables/events.json`: says so, sets out, gets hold of the
thing, carries it home, keeps it. Until the last step the thing can be traded away from them, or
they come to terms; the player who has it first has won.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from ..core.random import Stream
from ..core.records import Record
from .fact_set import PLAYER, Facts
from .facts import Action, apply, attempt, done_facts, legal
from .haste import time_of
from .patterns import Pattern, filled, patterns_of, solve
from .planner import Plan
from .tables import load_table

if TYPE_CHECKING:
    from .quest_record import Quest

__all__ = ["Rival", "moved", "next_step", "rival_of"]


@dataclass(frozen=True, kw_only=True)
class Rival(Record):
    """Somebody who wants a quest's `item` too: the fact that is the `reason`, and the `plan`.

    By the game's clock a step is due every `pace` units after `since`.
    """

    person: str
    item: str
    reason: tuple[str, ...]
    plan: tuple[tuple[str, ...], ...]
    since: int
    pace: int


@cache
def _reasons() -> tuple[tuple[Pattern, ...], ...]:
    return tuple(
        patterns_of("rivals", "reasons", reason) for reason in load_table("rivals")["reasons"]
    )


def rival_of(found: Plan, facts: Facts, dice: Stream) -> Rival | None:
    """Who else wants what a plan brings the giver, if their own plan for it is legal too."""
    last, giver = found.actions[-1], found.roles["giver"]
    if last[0] != "give" or ("item", last[1]) not in facts or ("secret", last[1]) in facts:
        return None
    item = last[1]
    if ("wild", item) in facts:  # there is enough of it for two
        return None
    holder = next((fact[1] for fact in facts.find("has", second=item)), "")
    if holder and ("hostile", holder) not in facts:
        return None
    wanting: list[tuple[str, Action]] = []
    for patterns in _reasons():
        for bound in solve(patterns, facts, {"?item": item}):
            person = bound["?rival"]
            if person not in (giver, holder, PLAYER) and person not in found.roles.values():
                wanting.append((person, filled(patterns[0], bound)))
    for person, reason in dice.sample(wanting, 2):
        plan = _plan(person, item, reason, facts, dice)
        if plan:
            pace = int(load_table("rivals")["pace"])
            since = time_of(facts) or 0
            return Rival(person=person, item=item, reason=reason, plan=plan, since=since, pace=pace)
    return None


def _plan(person: str, item: str, reason: Action, facts: Facts, dice: Stream) -> tuple[Action, ...]:
    """The steps from saying so to keeping it, replayed; () if one is not legal."""
    home, kind = facts.place_of(person) or "", facts.value("kind", item)
    pays = [sort for sort in load_table("rivals")["pays"] if sort != kind]
    steps = [
        ("contend", person, item),
        ("set_out", person, item),
        ("snatch", person, item, dice.choice(pays)),
        ("carry_home", person, item, home),
        ("keep", person, item),
    ]
    if facts.place_of(item) == home:
        del steps[3], steps[1]
    for step in steps:
        after = attempt(step, facts)
        if after is None:
            return ()
        facts = after
    return tuple(steps)


def next_step(rival: Rival, facts: Facts) -> Action | None:
    """What the rival does next, or None: at the end, or when something stops them."""
    taken = _taken(rival, facts)
    if taken == len(rival.plan) or not legal(rival.plan[taken], facts):
        return None
    return rival.plan[taken]


def _taken(rival: Rival, facts: Facts) -> int:
    for number in range(len(rival.plan), 0, -1):
        if all(fact in facts for fact in done_facts(rival.plan[number - 1])):
            return number
    return 0


def moved(quest: Quest, facts: Facts, now: int | None) -> Facts:
    """The facts after the steps of the rival that are due; see `Quest.rival_moves`."""
    rival = quest.rival
    if rival is None:
        return facts
    clock = time_of(facts, now)
    due = 1 if clock is None else (clock - rival.since) // rival.pace - _taken(rival, facts)
    for _ in range(due):
        step = None if quest.check(facts, now).state == "done" else next_step(rival, facts)
        if step is None:
            break
        facts = apply(step, facts)
    return facts
