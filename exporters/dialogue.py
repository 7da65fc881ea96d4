"""What a quest says, in the order in which a dialogue tool plays it; shared by Ink and Yarn.

Everything has a key, so that all words stand once in a table of strings for translators.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass

from aigc_procgen import Facts, Quest
from aigc_procgen.core.errors import InvalidArgument

__all__ = ["ANSWERS", "ASK", "WHY", "Said", "Talk", "strings_csv", "talks_of"]

PLAYER = "player"
ANSWERS = (("accept", "accepted", "taken"), ("refuse", "refused", "refused"))
"""What the player may say to an offer, what the giver then says, and the quest's state after it."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """Some words: their key, who says them (an id, and a name), for what, and the words.

    `who` is "" for what nobody says: an objective, a title.
    """

    key: str
    who: str
    name: str
    act: str
    text: str


def _option(name: str, text: str) -> Said:
    return Said(key=f"option.{name}", who=PLAYER, name="", act="option", text=text)


WHY = _option("why", "Why?")
ASK = _option("ask", "Go back and talk about it.")


@dataclass(frozen=True, kw_only=True)
class Detour:
    """Something else that may be done at a step: another way, which leads on to step `to`, or an
    optional deed, which leads back to the same step. `shown` are its words, `replies` what is said.
    """

    letter: str
    shown: Said
    replies: tuple[Said, ...]
    to: int


@dataclass(frozen=True, kw_only=True)
class Talk:
    """A quest's dialogue: `id` is a name that tools accept; `said` are its words by act."""

    id: str
    title: Said
    because: Said
    said: dict[str, tuple[Said, ...]]
    objectives: tuple[Said, ...]
    replies: tuple[tuple[Said, ...], ...]  # what is said when an objective is done, one for each
    detours: tuple[tuple[Detour, ...], ...]  # what else may be done, for each objective

    def words(self) -> list[Said]:
        """All of it."""
        acts = [line for lines in self.said.values() for line in lines]
        replies = [line for lines in self.replies for line in lines]
        others = [
            said
            for detours in self.detours
            for detour in detours
            for said in (detour.shown, *detour.replies)
        ]
        return [self.title, self.because, *acts, *self.objectives, *replies, *others]


def talks_of(quests: Iterable[Quest]) -> list[Talk]:
    """The talks of quests, each once; `InvalidArgument` if there is none, or something else."""
    found: dict[str, Talk] = {}
    for quest in quests:
        if not isinstance(quest, Quest):
            raise InvalidArgument(f"quests must be Quest records, not {quest!r:.80}")
        talk = _talk(quest)
        found.setdefault(talk.id, talk)
    if not found:
        raise InvalidArgument("quests must hold at least one quest, they hold none")
    return list(found.values())


def _talk(quest: Quest) -> Talk:
    facts = Facts(quest.named)

    def said(key: str, who: str, act: str, text: str) -> Said:
        name = "Traveller" if who == PLAYER else facts.value("name", who, who)
        return Said(key=key, who=who, name=name if who else "", act=act, text=_line(text))

    acts: dict[str, tuple[Said, ...]] = {}
    for line in quest.lines:
        if line.text.strip():
            there = acts.get(line.act, ())
            acts[line.act] = (*there, said(line.key, line.speaker, line.act, line.text))
    main = [objective for objective in quest.objectives if not objective.optional]
    replies = tuple(acts.pop(f"reply {objective.id}", ()) for objective in main)
    places = {objective.id: place for place, objective in enumerate(main)}
    detours: list[list[Detour]] = [[] for _ in main]
    before = 0
    for objective in quest.objectives:
        ways = [(other.objectives, places[other.until] + 1) for other in objective.any_of]
        if objective.optional:
            ways = [((objective,), before)]
        for steps, to in ways:
            text = " ".join(f"{step.text}." for step in steps) if len(steps) > 1 else steps[0].text
            answers = [line for step in steps for line in acts.pop(f"reply {step.id}", ())]
            detours[before].append(
                Detour(
                    letter="abcdefgh"[len(detours[before])],
                    shown=said(f"{quest.id}.{steps[0].id}", "", "objective", text),
                    replies=tuple(answers),
                    to=to,
                )
            )
        before += not objective.optional
    return Talk(
        id=re.sub(r"\W", "_", quest.id, flags=re.ASCII),
        title=said(f"{quest.id}.title", "", "title", quest.title),
        because=said(f"{quest.id}.because", quest.giver, "because", quest.because),
        said=acts,
        objectives=tuple(
            said(f"{quest.id}.{objective.id}", "", "objective", objective.text)
            for objective in main
        ),
        replies=replies,
        detours=tuple(tuple(each) for each in detours),
    )


def _line(text: str) -> str:
    return " ".join(text.split())


def strings_csv(talks: Iterable[Talk]) -> str:
    """The table of strings: a header `key,en`, then every key once."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["key", "en"])
    rows = {said.key: said.text for said in (WHY, ASK)}
    for talk in talks:
        rows |= {said.key: said.text for said in talk.words()}
    writer.writerows(rows.items())
    return out.getvalue()
