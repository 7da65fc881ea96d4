"""What a quest says, in the order in which a dialogue tool plays it; shared by Ink and Yarn.

Everything has a key, so that all words stand once in a table of strings for translators.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from aigc_procgen import Arc, Facts, Quest, phrase
from aigc_procgen.core.errors import InvalidArgument, SaveError
from aigc_procgen.core.files import write_atomic
from aigc_procgen.story.grammar import grammar_of
from aigc_procgen.story.tables import load_table

__all__ = [
    "ANSWERS",
    "OFFER",
    "Part",
    "Said",
    "Story",
    "Talk",
    "story_of",
    "strings_csv",
    "talks_of",
    "write_texts",
]

PLAYER = "player"
OFFER = ("greet", "offer", "haste", "rival")  # acts of who asks, one after the other
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
    why: Said  # what the player may ask at any offer
    ask: Said  # … and while the quest is under way
    language: str

    def words(self) -> list[Said]:
        """All of it but the options that every talk has."""
        acts = [line for lines in self.said.values() for line in lines]
        replies = [line for lines in self.replies for line in lines]
        others = [
            said
            for detours in self.detours
            for detour in detours
            for said in (detour.shown, *detour.replies)
        ]
        return [self.title, self.because, *acts, *self.objectives, *replies, *others]


@dataclass(frozen=True, kw_only=True)
class Part:
    """A chapter of an arc: its heading, what is said of how the story goes on, and its quest."""

    heading: Said
    told: tuple[Said, ...]
    talk: Talk


@dataclass(frozen=True, kw_only=True)
class Story:
    """An arc's dialogue, as one story: `id` is a name that tools accept."""

    id: str
    title: Said
    parts: tuple[Part, ...]
    language: str

    @property
    def why(self) -> Said:
        """What the player may ask at any offer."""
        return self.parts[0].talk.why

    @property
    def ask(self) -> Said:
        """What the player may ask while a quest is under way."""
        return self.parts[0].talk.ask

    def words(self) -> list[Said]:
        """All of it but the options that every talk has."""
        found = [self.title]
        for part in self.parts:
            found += [part.heading, *part.told, *part.talk.words()]
        return found


def story_of(arc: Arc) -> Story:
    """An arc as one story whose chapters follow; `InvalidArgument` for anything else."""
    if not isinstance(arc, Arc):
        raise InvalidArgument(f"arc must be an Arc record, not {arc!r:.80}")
    words = load_table("printed", arc.language)

    def shown(name: str, act: str, text: str) -> Said:
        return Said(key=f"{arc.id}.{name}", who="", name="", act=act, text=_line(text))

    parts = []
    for number, chapter in enumerate(arc.chapters):
        quest, told = chapter.quest, []
        heading = words["begins"].format(
            number=number + 1, count=len(arc.chapters), title=quest.title
        )
        if chapter.told is not None:
            line = chapter.told
            name = phrase(Facts(quest.named), line.speaker, "", language=arc.language)
            told.append(
                Said(
                    key=line.key,
                    who=line.speaker,
                    name=name,
                    act=line.act,
                    text=_line(line.text),
                )
            )
        parts.append(
            Part(
                heading=shown(f"{number}.heading", "chapter", heading),
                told=tuple(told),
                talk=_talk(quest),
            )
        )
    return Story(
        id=re.sub(r"\W", "_", arc.id, flags=re.ASCII),
        title=shown("title", "title", arc.title),
        parts=tuple(parts),
        language=arc.language,
    )


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
    facts, language = Facts(quest.named), quest.language
    around, grammar = load_table("talk", language), grammar_of(language)

    def said(key: str, who: str, act: str, text: str) -> Said:
        name = around["traveller"] if who == PLAYER else phrase(facts, who, "", language=language)
        return Said(key=key, who=who, name=name if who else "", act=act, text=_line(text))

    def option(name: str) -> Said:
        key = f"option.{name}"
        return Said(key=key, who=PLAYER, name="", act="option", text=around[name])

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
            text = steps[0].text
            if len(steps) > 1:
                text = grammar.joined(around["step"].format(deed=step.text) for step in steps)
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
        why=option("why"),
        ask=option("ask"),
        language=language,
    )


def _line(text: str) -> str:
    return " ".join(text.split())


def strings_csv(talks: Iterable[Talk | Story], translations: Iterable[Talk | Story] = ()) -> str:
    """The table of strings: a header such as `key,en`, then every key once.

    `translations` are the same talks in other languages: each has a column of its own, empty where
    it lacks a key. English stands first. Raises `InvalidArgument` for a translation of no talk.
    """
    columns: dict[str, dict[str, str]] = {}
    keys: dict[str, None] = {}
    known: set[str] = set()
    for talk in talks:
        known.add(talk.id)
        words = [talk.why, talk.ask, *talk.words()]
        keys |= {said.key: None for said in words}
        columns.setdefault(talk.language, {}).update({said.key: said.text for said in words})
    for talk in translations:
        if talk.id not in known:
            raise InvalidArgument(f"translations must be of the same quests, {talk.id} is of none")
        words = [talk.why, talk.ask, *talk.words()]
        columns.setdefault(talk.language, {}).update({said.key: said.text for said in words})
    languages = sorted(columns, key=lambda language: (language != "en", language))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["key", *languages])
    for key in keys:
        writer.writerow([key, *(columns[language].get(key, "") for language in languages)])
    return out.getvalue()


def write_texts(folder: str | Path, texts: Mapping[str, str]) -> list[Path]:
    """Writes files, names and texts, to a folder in that order; returns their paths.

    Raises `SaveError` if the folder cannot hold them.
    """
    home = Path(folder)
    try:
        home.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            write_atomic(home / name, text.encode())
    except (OSError, ValueError) as error:  # ValueError: a path with a null byte
        reason = getattr(error, "strerror", None) or error
        raise SaveError(
            f"folder must be one that can be written to, not {str(folder)!r}: {reason}"
        ) from None
    return [home / name for name in texts]
