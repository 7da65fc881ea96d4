"""How often a kind of line was said lately in a voice, so that people of one voice take turns.

A player hears the same line from two people as a repetition, also where names differ in it. So
those who share a voice go through its lines in one order, each where the last one stopped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..core.errors import InvalidArgument
from .fact_set import PLAYER, Facts

if TYPE_CHECKING:
    from .quest_record import Quest

__all__ = ["Turns", "check_recent", "count_turns", "sort_of_line"]

Turns = Counter[tuple[str, str]]
"""How many lines of a sort were said in a voice."""

_SORTS = {
    "greet_again": "greet",
    "heard_witness": "told",
    "kindness": "answered",
    "receive": "answered",
    "tell": "told",
    "tell_self": "told",
    "thanks": "answered",
}


def check_recent(recent: object) -> tuple[Quest, ...]:
    """The quests that a player had lately; raises `InvalidArgument` for anything else."""
    from .quest_record import Quest

    if not isinstance(recent, Iterable):
        raise InvalidArgument(f"recent must be quests, the last one last, not {recent!r:.80}")
    lately = tuple(recent)
    for quest in lately:
        if not isinstance(quest, Quest):
            raise InvalidArgument(
                f"recent must hold Quest records, not {quest!r:.80}: keep what `quest` gave"
            )
    return lately


def sort_of_line(act: str) -> str:
    """The sort of the lines of an act: answers to a deed are counted together."""
    return _SORTS.get(act, act)


def count_turns(quests: Iterable[Quest], facts: Facts) -> Turns:
    """Who has said what in these quests, by the voices that people have in these facts."""
    turns: Turns = Counter()
    voices = {fact[1]: fact[2] for fact in facts.find("voice")} | {PLAYER: PLAYER}
    for quest in quests:
        for part in (f"causes {quest.cause[0]}", f"asks {quest.strategy}"):
            turns[part, voices.get(quest.giver, "plain")] += 1
        listened = {f"reply {o.id}" for o in quest.all_objectives() if o.verb == "listen"}
        for line in quest.lines:
            sort = line.act
            if sort.startswith("reply "):
                sort = "told" if sort in listened else "answered"
            turns[sort.replace("thanks ", "thanks_"), voices.get(line.speaker, "plain")] += 1
    return turns
