"""What a quest consists of: the deeds that it asks for and the lines that are said."""

from __future__ import annotations

from dataclasses import dataclass

from ..core.records import Record
from .fact_set import Facts

__all__ = ["Line", "Objective"]


@dataclass(frozen=True, kw_only=True)
class Line(Record):
    """Something said: a key for translation, who says it ("player" too), the act, the words."""

    key: str
    speaker: str
    act: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Objective(Record):
    """A deed that a quest asks for, in its turn.

    `target` is who or what the player walks up to, `place` where that was when the quest was
    planned; `action` is what a game passes to `apply` when the player has done it, and `done_when`
    are the facts that then hold.
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

    def done(self, facts: Facts) -> bool:
        """Whether the deed shows in the facts."""
        return all(fact in facts for fact in self.done_when)
