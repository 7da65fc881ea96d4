"""`Quest`: a quest with its reason, deeds, words and proof, and how it stands in a game's facts."""

from __future__ import annotations

from dataclasses import dataclass

from ..core.errors import InvalidArgument
from ..core.records import Record
from .fact_set import Facts
from .facts import Action
from .objectives import Line, Objective
from .progress import left, walk

__all__ = ["Quest", "QuestStatus"]


@dataclass(frozen=True, kw_only=True)
class QuestStatus(Record):
    """How a quest stands: state is open, done or broken; `objective` is the next, or what broke."""

    state: str
    objective: str


@dataclass(frozen=True, kw_only=True)
class Quest(Record):
    """A quest. `proof` is the plan, replayed legally from the facts of digest `world`.

    `named` are the facts (names, trades, where they are…) about everybody and everything that it
    speaks of, so that it can be told without its world: `phrase(Facts(quest.named), id)`.
    """

    id: str
    seed: int | str
    index: int
    world: str
    giver: str
    motivation: str
    strategy: str
    because: str
    cause: tuple[str, ...]
    roles: dict[str, str]
    title: str
    objectives: tuple[Objective, ...]
    lines: tuple[Line, ...]
    rewards: dict[str, int]
    outcomes: tuple[tuple[str, str], ...]
    proof: tuple[tuple[str, ...], ...]
    named: tuple[tuple[str, ...], ...]

    def next_objective(self, facts: Facts) -> Objective | None:
        """The first objective after the last one that shows as done; None when all are."""
        waiting = self._left(facts)
        return waiting[0] if waiting else None

    def way(self, facts: Facts) -> tuple[Action, ...]:
        """The legal actions that lead from these facts to the end; () if there are none left.

        Raises `InvalidArgument` if the rest cannot be done any more: then ask `replan`.
        """
        found = walk(self._left(facts), facts)
        if found is None:
            raise InvalidArgument(f"facts must still allow the quest {self.id}: ask replan(facts)")
        return found

    def _left(self, facts: Facts) -> tuple[Objective, ...]:
        return left(self.objectives, facts)

    def check(self, facts: Facts) -> QuestStatus:
        """Whether the quest is done, still open, or broken by what happened since."""
        waiting = self._left(facts)
        if not waiting:
            return QuestStatus(state="done", objective="")
        state = "open" if walk(waiting, facts) is not None else "broken"
        return QuestStatus(state=state, objective=waiting[0].id)

    def replan(self, facts: Facts) -> Quest | None:
        """The quest with another way to its end from these facts, or None if there is none.

        First with the same roles, then with others that the same reason allows.
        """
        from .mending import mended

        return mended(self, facts)

    def spoken(self, act: str) -> str:
        """The words of an act of this quest, "" if it has none."""
        return " ".join(line.text for line in self.lines if line.act == act)

    def say(self, action: Action) -> list[tuple[str, str]]:
        """What people say while an action is performed, as (speaker, words)."""
        for objective in self.objectives:
            if objective.action == action:
                return [(n.speaker, n.text) for n in self.lines if n.act.endswith(objective.id)]
        return []
