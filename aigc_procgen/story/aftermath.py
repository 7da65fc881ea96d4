"""What comes of a quest: for whom, by the way it was done, and as facts of the world."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from ..core.errors import InvalidArgument
from .fact_set import Facts
from .facts import Action, attempt, events, target_of
from .patterns import filled, patterns_of, solve
from .planner import Plan
from .tables import load_table, require

if TYPE_CHECKING:
    from .quest_record import Quest

__all__ = ["outcomes_of", "settled"]

_EACH = 3  # times that one sort of event may follow from one quest


@cache
def _reactions() -> dict[str, Any]:
    table = load_table("reactions")
    for entry in table["events"]:
        require(entry["event"][0] in events(), "reactions", f"{entry['event']} is no event")
        patterns_of("reactions", "events.where", entry["where"])
    return table


def outcomes_of(
    found: Plan, deeds: Sequence[Action], marks: Sequence[str], facts: Facts
) -> tuple[tuple[str, str], ...]:
    """What comes of a plan for everybody in it when it is done by these deeds: (id, word)."""
    table = _reactions()
    giver = found.roles["giver"]
    words = {role: "affected" for role in found.roles.values() if ("person", role) in facts}
    for action in deeds:
        word = table["deeds"].get(action[0])
        if word and ("person", target_of(action)) in facts:
            words[target_of(action)] = word
    voices: dict[str, str] = next(
        (table["giver"][mark] for mark in marks if mark in table["giver"]), {}
    )
    voice = facts.value("voice", giver, "plain")
    words[giver] = voices.get(voice, voices.get("any", "grateful"))
    return tuple(sorted(words.items()))


def settled(quest: Quest, facts: Facts) -> Facts:
    """The facts with what follows from the finished quest; see `Quest.settle`."""
    if quest.check(facts).state != "done":
        raise InvalidArgument(f"facts must show the quest {quest.id} as done before it is settled")
    after = attempt(("settle", quest.giver, quest.id), facts)
    if after is None:
        return facts
    marks = quest.how(facts) or quest.marks
    bound = {f"?{name}": value for name, value in quest.roles.items()}
    for entry in _reactions()["events"]:
        if entry["marks"] and not set(entry["marks"]) & set(marks):
            continue
        if entry["strategies"] and quest.strategy not in entry["strategies"]:
            continue
        where = patterns_of("reactions", "where", entry["where"])
        for count, found in enumerate(solve(where, facts, bound)):
            event = filled(tuple(entry["event"]), found)
            if count < _EACH and not any(part[0] == "?" for part in event):
                after = attempt(event, after) or after
    return after
