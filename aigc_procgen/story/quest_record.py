"""`Quest`: a quest with its reason, deeds, words and proof, and how it stands in a game's facts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..core.errors import InvalidArgument
from ..core.records import Record
from .fact_set import Facts
from .facts import Action
from .grammar import grammar_of
from .haste import lapsed, short_of_time, time_of
from .objectives import Alternative, Line, Objective
from .progress import branches, needed, reached, route, walk
from .proposals import Proposer
from .rivals import Rival, moved, next_step

__all__ = ["Quest", "QuestStatus"]

_LOUDEST = ("violent", "sly", "honourable")  # of several ways taken, the one that is spoken of


@dataclass(frozen=True, kw_only=True)
class QuestStatus(Record):
    """How a quest stands; `objective` is the next, or what broke.

    `state` is open, done, broken (ask `replan`), late (the deadline has passed: ask `lapse`) or
    failed (it has lapsed).
    """

    state: str
    objective: str


@dataclass(frozen=True, kw_only=True)
class Quest(Record):
    """A quest. `proof` is the plan, replayed legally from the facts of digest `world`.

    `objectives` are in their order, optional ones among them; `outcomes` say what comes of it for
    whom, as (id, word). After the hour `deadline` of the game's clock (a fact `("time", "12")`, or
    the argument `now`) it is late, and `lapses` are the events that follow; a `rival` wants the
    same thing. `named` are the facts (names, trades, where they are…) about everybody and
    everything that it speaks of, so that it can be told without its world:
    `phrase(Facts(quest.named), id)`.
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
    deadline: int | None = None
    lapses: tuple[tuple[str, ...], ...] = ()
    rival: Rival | None = None
    language: str = "en"

    def next_objective(self, facts: Facts) -> Objective | None:
        """What to do next, by the way that the player is on; None when all is done.

        That is the first objective after the last one that shows as done; where it cannot be done
        any more, the first of another way that can.
        """
        main = needed(self.objectives)
        at = reached(main, facts)
        if at == len(main):
            return None
        if len(branches(main, at, facts)) > 1:
            found = route(main, at, facts)
            if found is not None:
                return found[0][0]
        return main[at]

    def options(self, facts: Facts) -> tuple[Objective, ...]:
        """What may be done next: `next_objective` first, then the first deed of every other way
        that leads to the end from these facts.
        """
        main = needed(self.objectives)
        at = reached(main, facts)
        if at == len(main):
            return ()
        found: list[Objective] = []
        for branch in branches(main, at, facts):
            first = branch[0][0]
            if first not in found and route(main, at, facts, branch) is not None:
                found.append(first)
        return tuple(found) or (main[at],)

    def way(self, facts: Facts) -> tuple[Action, ...]:
        """The legal actions that lead from these facts to the end; () if there are none left.

        Raises `InvalidArgument` if the rest cannot be done any more: then ask `replan`.
        """
        main = needed(self.objectives)
        found = route(main, reached(main, facts), facts)
        if found is None:
            raise InvalidArgument(f"facts must still allow the quest {self.id}: ask replan(facts)")
        return found[1]

    def check(self, facts: Facts, now: int | None = None) -> QuestStatus:
        """Whether the quest is done, still open, broken by what happened since, late or failed."""
        main = needed(self.objectives)
        at = reached(main, facts)
        if at == len(main):
            return QuestStatus(state="done", objective="")
        if ("lapsed", self.id) in facts:
            return QuestStatus(state="failed", objective=main[at].id)
        left = self.time_left(facts, now)
        if left is not None and left < 0:
            return QuestStatus(state="late", objective=main[at].id)
        found = route(main, at, facts)
        if found is None:
            return QuestStatus(state="broken", objective=main[at].id)
        return QuestStatus(state="open", objective=found[0][0].id)

    def time_left(self, facts: Facts, now: int | None = None) -> int | None:
        """Units of the game's clock until the deadline, less than 0 after it; None without a
        deadline or a clock.
        """
        clock = time_of(facts, now)
        return None if self.deadline is None or clock is None else self.deadline - clock

    def nudge(self, facts: Facts, now: int | None = None) -> str:
        """What the giver says while it is not done yet; when time is short, only to hurry."""
        left = self.time_left(facts, now)
        short = left is not None and short_of_time(left)
        return (self.spoken("hurry") if short else "") or self.spoken("progress")

    def lapse(self, facts: Facts, now: int | None = None) -> Facts:
        """The facts after what lateness brings, by the rules; from then on the quest has failed.

        Raises `InvalidArgument` unless the quest is late.
        """
        return lapsed(self, facts, now)

    def extras(self, facts: Facts) -> tuple[Objective, ...]:
        """The optional deeds that are not done yet and could be, each in its turn."""
        found: list[Objective] = []
        for objective in self.objectives:
            if objective.optional and not objective.done(facts):
                before = [o.action for o in found if o.id in objective.after]
                if walk([*before, objective.action], facts) is not None:
                    found.append(objective)
        return tuple(found)

    def earned(self, facts: Facts) -> dict[str, int]:
        """The rewards, with those of the optional deeds that are done."""
        extra = sum(o.reward for o in self.objectives if o.optional and o.done(facts))
        return self.rewards | {"coins": self.rewards.get("coins", 0) + extra}

    def rival_step(self, facts: Facts) -> Action | None:
        """What the rival does next, or None if there is no rival or they are stopped."""
        return next_step(self.rival, facts) if self.rival else None

    def rival_moves(self, facts: Facts, now: int | None = None) -> Facts:
        """The facts after the rival's next step; by a clock, after the steps that are due by now.

        The same facts if there is no rival, if they came to terms, or if the player was first. A
        quest whose thing they took is broken: ask `replan`.
        """
        return moved(self, facts, now)

    def replan(
        self, facts: Facts, *, voice: Proposer | None = None, recent: Iterable[Quest] = ()
    ) -> Quest | None:
        """The quest with another way to its end from these facts, or None if there is none.

        First with the same roles, then with others that the same reason allows, then in other ways
        that the same reason or motivation knows. Where the giver cannot ask any more, somebody near
        to them does: then `giver` is another person. Without any, say `closing(facts)`. It is
        worded otherwise than before, and than the `recent` ones; `voice` as for `quest`.
        """
        from .mending import mended

        return mended(self, facts, voice, recent)

    def closing(self, facts: Facts) -> Line:
        """What is said when the quest is given up as broken: by the giver, by who is left of them,
        or by the player alone.
        """
        from .mending import closing

        return closing(self, facts)

    def how(self, facts: Facts) -> tuple[str, ...]:
        """The marks (sly, violent, honourable) of the ways that the player took, from the traces
        that they left; () for a quest that has only one way.
        """
        taken = [way.marks for way in self.taken(facts)]
        return next((marks for mark in _LOUDEST for marks in taken if mark in marks), ())

    def taken(self, facts: Facts) -> list[Objective | Alternative]:
        """For every objective with other ways, the way that shows in the facts."""
        found: list[Objective | Alternative] = []
        for objective in self.objectives:
            ways: list[Objective | Alternative] = [objective, *objective.any_of]
            if len(ways) > 1:
                shown = [w for w in ways if w.traces and all(t in facts for t in w.traces)]
                # Who stood guard has also hurt somebody: what one way explains is no other way.
                shown = [w for w in shown if not any({*w.traces} < {*v.traces} for v in shown)]
                shown.sort(key=lambda w: [mark not in w.marks for mark in _LOUDEST])
                found.append((shown or ways)[0])
        return found

    def ending(self, facts: Facts) -> tuple[tuple[str, str], ...]:
        """What came of it for whom, by the way that was taken: (id, word), as `outcomes`."""
        found = dict(self.outcomes)
        for way in self.taken(facts):
            if isinstance(way, Alternative):
                found |= dict(way.outcomes)
        return tuple(sorted(found.items()))

    @property
    def marks(self) -> tuple[str, ...]:
        """How the plan's own way looks to others."""
        from .strategies import strategy_of

        own = next((o.marks for o in self.objectives if o.any_of), None)
        return own or strategy_of(self.strategy).marks

    def settle(self, facts: Facts) -> Facts:
        """The facts with what follows from the finished quest: a debt, a feud, a title, grief.

        That depends on how it was done, and happens once. Raises `InvalidArgument` unless the
        quest is done in these facts.
        """
        from .aftermath import settled

        return settled(self, facts)

    def spoken(self, act: str) -> str:
        """The words of an act of this quest, "" if it has none."""
        texts = [line.text for line in self.lines if line.act == act]
        return grammar_of(self.language).joined(texts)

    def say(self, action: Action, facts: Facts | None = None) -> list[tuple[str, str]]:
        """What people say while an action is performed, as (speaker, words).

        With the `facts`, thanks at the end of a quest tell that they know how it was done.
        """
        for objective in self.all_objectives():
            if objective.action == action:
                said = [line for line in self.lines if line.act == f"reply {objective.id}"]
                last = objective in (self.objectives[-1], *(o[-1] for o in self._last_ways()))
                for mark in self.how(facts) if facts is not None and last else ():
                    knowing = [line for line in self.lines if line.act == f"thanks {mark}"]
                    said = knowing or said
                return [(line.speaker, line.text) for line in said]
        return []

    def all_objectives(self) -> list[Objective]:
        """The objectives and, after each, those of the other ways from it."""
        found: list[Objective] = []
        for objective in self.objectives:
            found.append(objective)
            for other in objective.any_of:
                found += other.objectives
        return found

    def _last_ways(self) -> list[tuple[Objective, ...]]:
        """The other ways that lead to the very end."""
        last = self.objectives[-1].id
        ways = [other for objective in self.objectives for other in objective.any_of]
        return [other.objectives for other in ways if other.until == last]

    def proves(self, facts: Facts) -> bool:
        """Whether the objectives, and every other way by itself, are legal from these facts."""
        main = needed(self.objectives)
        places = {objective.id: place for place, objective in enumerate(main)}
        ways = [main]
        for place, objective in enumerate(main):
            for other in objective.any_of:
                ways.append((*main[:place], *other.objectives, *main[places[other.until] + 1 :]))
        return all(walk([step.action for step in way], facts) is not None for way in ways)
