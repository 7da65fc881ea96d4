"""Quests and arcs as lines to read in a terminal, in their own language."""

from __future__ import annotations

import re
from collections.abc import Iterator

import aigc_procgen as procgen
from aigc_procgen.story.tables import load_table

__all__ = ["arc_lines", "quest_lines"]

_STEP = re.compile(r"([os])(\d+)[a-h]?")


def quest_lines(quest: procgen.Quest) -> Iterator[str]:
    """The title, the reason, everything that is said, and the objectives.

    A plus stands before what need not be done, a slash before another way from there.
    """
    words, facts = load_table("printed", quest.language), procgen.Facts(quest.named)
    role = facts.value("role", quest.giver)
    glossary, language = procgen.glossary, quest.language
    yield words["quest"].format(
        title=quest.title,
        motivation=glossary("motivation", language)[quest.motivation],
        strategy=glossary("strategy", language)[quest.strategy],
    )
    yield words["asks"].format(
        name=procgen.phrase(facts, quest.giver, language=language),
        role=glossary("role", language).get(role, role),
        because=quest.because,
    )
    for line in quest.lines:
        act = _mark(line.act, words)
        if line.source in words["sources"]:
            act = words["proposed"].format(act=act, source=words["sources"][line.source])
        yield "  " + words["line"].format(act=act, text=line.text)
    for objective in quest.objectives:
        yield f"  {'+' if objective.optional else '-'} {objective.text}"
        for other in objective.any_of:
            way = other.objectives[0].text
            for step in other.objectives[1:]:
                way = words["and"].format(first=way, second=step.text)
            yield f"    / {way}"


def _mark(act: str, words: dict[str, object]) -> str:
    """An act in words: "reply o0a3" is one on another way from the first step."""
    acts = words["acts"]
    assert isinstance(acts, dict)
    name, _, step = act.partition(" ")
    found = _STEP.match(step) if name == "reply" else None
    if found is None:
        return str(acts.get(act, act))
    where = "aside" if found[1] == "s" else "other" if found[0] != step else "main"
    return str(words[where]).format(act=acts[name], step=int(found[2]) + 1)


def arc_lines(arc: procgen.Arc) -> Iterator[str]:
    """The title, then every chapter: how the story turns, what is told of it, and the quest."""
    words = load_table("printed", arc.language)
    yield words["arc"].format(title=arc.title, count=len(arc.chapters))
    for number, chapter in enumerate(arc.chapters, 1):
        yield ""
        yield words["chapter"].format(number=number, count=len(arc.chapters))
        if chapter.turn:
            yield words["turns"].format(turn=chapter.turn)
        if chapter.told is not None:
            facts = procgen.Facts(chapter.quest.named)
            name = procgen.phrase(facts, chapter.told.speaker, language=arc.language)
            yield words["told"].format(name=name, text=chapter.told.text)
        yield from quest_lines(chapter.quest)
