"""What a quest consists of: the deeds that it asks for, other ways to do them, the lines."""

from __future__ import annotations

from dataclasses import dataclass

from ..core.records import Record
from .fact_set import Facts
from .proposals import GRAMMAR

__all__ = ["Alternative", "Line", "Objective"]


@dataclass(frozen=True, kw_only=True)
class Line(Record):
    """Something said: a key for translation, who says it ("player" too), the act, the words.

    `source` is whose words they are: the "grammar"'s, or a proposer's ("voice", "llm").
    """

    key: str
    speaker: str
    act: str
    text: str
    source: str = GRAMMAR


@dataclass(frozen=True, kw_only=True)
class Objective(Record):
    """A deed that a quest asks for, in its turn.

    `target` is who or what the player walks up to, `place` where that was when the quest was
    planned; `action` is what a game passes to `apply` when the player has done it, and `done_when`
    are the facts that then hold. `inside` is the id of a place if the thing lies below it, in what
    `World.dungeon` gives. An `optional` deed is never needed; done, it adds `reward` coins.

    `any_of` are other ways from here: each takes the place of this objective and those after it,
    up to `until`. `marks` (sly, violent, honourable) say how this way looks to others, and `traces`
    are the facts that tell long after that it was this one.
    """

    id: str
    verb: str
    target: str
    place: str
    count: int
    after: tuple[str, ...]
    action: tuple[str, ...]
    done_when: tuple[tuple[str, ...], ...]
    text: str
    optional: bool = False
    reward: int = 0
    inside: str = ""
    marks: tuple[str, ...] = ()
    traces: tuple[tuple[str, ...], ...] = ()
    any_of: tuple[Alternative, ...] = ()

    def done(self, facts: Facts) -> bool:
        """Whether the deed shows in the facts."""
        return all(fact in facts for fact in self.done_when)


@dataclass(frozen=True, kw_only=True)
class Alternative(Record):
    """Another way to an end: its own objectives instead of those up to `until`, an id.

    `outcomes` are what comes of it for whom: (id, word), as in `Quest.outcomes`.
    """

    name: str
    marks: tuple[str, ...]
    until: str
    objectives: tuple[Objective, ...]
    traces: tuple[tuple[str, ...], ...]
    outcomes: tuple[tuple[str, str], ...] = ()
