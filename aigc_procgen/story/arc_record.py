"""`Arc`: quests that belong together, in chapters, and how the story stands in a game's facts."""

from __future__ import annotations

from dataclasses import dataclass

from ..core.errors import InvalidArgument
from ..core.records import Record
from .fact_set import Facts
from .facts import Action, attempt
from .objectives import Line
from .proposals import Proposer
from .quest_record import Quest

__all__ = ["Arc", "ArcStatus", "Chapter"]


@dataclass(frozen=True, kw_only=True)
class Chapter(Record):
    """A quest of a longer story: the events before it, and what its giver says of them.

    `turn` says in a few words how the story turns here, "" where it only goes on; `told` is None
    where nothing needs to be said.
    """

    events: tuple[tuple[str, ...], ...]
    turn: str
    told: Line | None
    quest: Quest


@dataclass(frozen=True, kw_only=True)
class ArcStatus(Record):
    """How a longer story stands: in which chapter (its index), and in which state.

    `ready`: the chapter can begin, call `advance`; `open`, `late`, `failed`: as its quest;
    `broken`: ask `replan`; `ending`: all quests are done, call `advance` once more; `done`: it is
    at its end.
    """

    state: str
    chapter: int


@dataclass(frozen=True, kw_only=True)
class Arc(Record):
    """Three to five quests that belong together, each planned on the facts that the former leaves.

    `ends` are the events after the last of them: debts, titles and feuds that later quests know.
    A game calls `advance` at the start and whenever `check` says ready or ending.
    """

    id: str
    seed: int | str
    index: int
    world: str
    giver: str
    shape: str
    title: str
    roles: dict[str, str]
    chapters: tuple[Chapter, ...]
    ends: tuple[tuple[str, ...], ...]
    language: str = "en"

    @property
    def proof(self) -> tuple[Action, ...]:
        """All that happens, legal from the facts of digest `world`: the events and the deeds."""
        actions: list[Action] = []
        for number, chapter in enumerate(self.chapters):
            actions += [("begin_chapter", self.id, str(number)), *chapter.events]
            actions += chapter.quest.proof
        return (*actions, ("begin_chapter", self.id, "end"), *self.ends)

    def check(self, facts: Facts, now: int | None = None) -> ArcStatus:
        """Where the story stands, as `ArcStatus` says."""
        begun = sum(
            ("chapter", self.id, str(number)) in facts for number in range(len(self.chapters))
        )
        if ("chapter", self.id, "end") in facts:
            return ArcStatus(state="done", chapter=len(self.chapters) - 1)
        if begun:
            state = self.chapters[begun - 1].quest.check(facts, now).state
            if state != "done":
                return ArcStatus(state=state, chapter=begun - 1)
        if begun == len(self.chapters):
            return ArcStatus(state="ending", chapter=begun - 1)
        entered = self._entered(begun, facts)
        fits = entered is not None and self.chapters[begun].quest.check(entered).state == "open"
        return ArcStatus(state="ready" if fits else "broken", chapter=begun)

    def current(self, facts: Facts) -> Chapter | None:
        """The chapter that the story is in or can begin; None at its end."""
        status = self.check(facts)
        return None if status.state in ("done", "ending") else self.chapters[status.chapter]

    def advance(self, facts: Facts) -> Facts:
        """The facts when the next chapter has begun, or the story has ended.

        Raises `InvalidArgument` unless `check` says ready or ending.
        """
        status = self.check(facts)
        if status.state == "ready":
            entered = self._entered(status.chapter, facts)
            if entered is not None:
                return entered
        if status.state == "ending":
            facts = attempt(("begin_chapter", self.id, "end"), facts) or facts
            for event in self.ends:
                # Who died on the way owes nothing.
                facts = attempt(event, facts) or facts
            return facts
        raise InvalidArgument(
            f"facts must let {self.id} go on, but it is {status.state}: ask check(facts)"
        )

    def _entered(self, number: int, facts: Facts) -> Facts | None:
        events = (("begin_chapter", self.id, str(number)), *self.chapters[number].events)
        for event in events:
            after = attempt(event, facts)
            if after is None:
                return None
            facts = after
        return facts

    def replan(self, facts: Facts, *, voice: Proposer | None = None) -> Arc | None:
        """The story as it can go on from these facts; None if its quest cannot be mended.

        A broken quest is mended, the chapters after it are planned anew, and those that are not
        possible any more are left out. Without any way on, say `closing(facts)`. `voice` as
        for `arc`.
        """
        from .arcs import replanned

        return replanned(self, facts, voice)

    def closing(self, facts: Facts) -> Line:
        """What is said when the story is given up."""
        return self.chapters[self.check(facts).chapter].quest.closing(facts)
