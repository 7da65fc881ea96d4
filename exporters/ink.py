"""Quests as Ink (https://github.com/inkle/ink): a file a quest, an index, and a table of strings.

A game diverts to the knot of a quest, e.g. `quest_64b03a4bd26e`, when its giver is spoken to, and
to `…_o0_done` when the player has done the first objective; `…_changed` and `…_lost` are what is
said when the quest was planned anew, or cannot be done, `…_late` when its hour has passed (where
it has one). `…_state` is "offered", "taken", "refused",
"done" or "lost", `…_step` the number of objectives done. Other ways and optional deeds are choices
beside the objective: `…_o0a_done`. Every line has the tags speaker, act, key.

An arc is one story: its knot, e.g. `arc_5c8a2d1f00b7`, goes to the chapter in which it is, and the
end of each chapter's quest goes on to the next. `…_chapter` counts the chapters that are done,
`…_state` is "open" or "done".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from aigc_procgen import Arc, Quest
from aigc_procgen.story.tables import load_table

from .dialogue import (
    ANSWERS,
    OFFER,
    Said,
    Story,
    Talk,
    story_of,
    strings_csv,
    talks_of,
    write_texts,
)

__all__ = ["export_ink", "export_ink_arc", "ink", "ink_story"]

_SIGNS = re.compile(r"[\\{}\[\]|#~]|->|<-|<>|//|/\*")
_KEYWORD = re.compile(r"(?:TODO|VAR|CONST|LIST|EXTERNAL|INCLUDE|else)\b")


def export_ink(
    quests: Iterable[Quest], folder: str | Path, *, translations: Iterable[Quest] = ()
) -> Path:
    """Writes the quests, `index.ink`, which includes them, and `strings.csv`; returns the index.

    `translations` are the same quests in other languages, for `strings.csv`. Raises
    `InvalidArgument` without quests, `SaveError` if the folder cannot hold them.
    """
    talks = talks_of(quests)
    others = [talk for quest in translations for talk in talks_of([quest])]
    table = strings_csv(talks, others)
    hub = [f"INCLUDE {talk.id}.ink" for talk in talks]
    hub += ["-> quests", "", "=== quests ==="]
    hub += [f"+ [{_words(talk.title)}{_tags(talk.title)}] -> {talk.id}" for talk in talks]
    hub.append(f"+ [{load_table('talk', talks[0].language)['farewell']}] -> END")
    scripts = {f"{talk.id}.ink": ink(talk) for talk in talks}
    texts = {**scripts, "strings.csv": table, "index.ink": "\n".join([*hub, ""])}
    return write_texts(folder, texts)[-1]


def export_ink_arc(arc: Arc, folder: str | Path, *, translation: Arc | None = None) -> Path:
    """Writes an arc as one story: a file a chapter, `index.ink`, which includes them and begins it,
    and `strings.csv`; returns the index.

    `translation` is the same arc in another language, for `strings.csv`. Raises `InvalidArgument`
    for anything but an arc, `SaveError` if the folder cannot hold it.
    """
    story = story_of(arc)
    table = strings_csv([story], [] if translation is None else [story_of(translation)])
    chapters = {
        f"{part.talk.id}.ink": ink(part.talk, then=f"{story.id}_{number}_done")
        for number, part in enumerate(story.parts)
    }
    texts = {**chapters, "strings.csv": table, "index.ink": ink_story(story)}
    return write_texts(folder, texts)[-1]


def ink_story(story: Story) -> str:
    """The Ink that holds the chapters of an arc together; it includes their files."""
    own, count = story.id, len(story.parts)
    out = [f"// {story.title.text}", *(f"INCLUDE {part.talk.id}.ink" for part in story.parts)]
    out += [f'VAR {own}_state = "open"', f"VAR {own}_chapter = 0", f"-> {own}"]
    out += ["", f"=== {own} ===", f"{{ {own}_chapter:"]
    out += [f"- {number}: -> {own}_{number}" for number in range(count)]
    out += [f"- else: -> {own}_end", "}"]
    for number, part in enumerate(story.parts):
        out += ["", f"=== {own}_{number} ==="]
        out += [_spoken(story.title)] if number == 0 else []
        out += [_spoken(part.heading), *(_spoken(said) for said in part.told)]
        out += [f"-> {part.talk.id}"]
        out += ["", f"=== {own}_{number}_done ===", f"~ {own}_chapter = {number + 1}"]
        out.append(f"-> {own}_{number + 1}" if number + 1 < count else f"-> {own}_end")
    return "\n".join([*out, "", f"=== {own}_end ===", f'~ {own}_state = "done"', "-> DONE", ""])


def ink(talk: Talk, *, then: str = "DONE") -> str:
    """The Ink of one quest: its variables and knots; its end goes on to the knot `then`."""
    own, last = talk.id, len(talk.objectives)
    out = [
        f"// {talk.title.text}",
        f'VAR {own}_state = "offered"',
        f"VAR {own}_step = 0",
        "",
        f"=== {own} ===",
        f"{{ {own}_state:",
        f'- "taken": -> {own}_under_way',
        f'- "done": -> {own}_after',
        f'- "lost": -> {own}_lost',
        f"- else: -> {own}_offer",
        "}",
        "",
        f"=== {own}_offer ===",
        *_lines(talk, *OFFER),
        f"-> {own}_answer",
        "",
        f"=== {own}_answer ===",
        f"* [{_words(talk.why)}{_tags(talk.why)}]",
        f"  {_spoken(talk.because)}",
        f"  -> {own}_answer",
    ]
    for act, answered, state in ANSWERS:
        out += [f"+ [{_choice(talk, act)}]", *_lines(talk, act, answered, indent="  ")]
        out.append(f'  ~ {own}_state = "{state}"')
        out.append(f"  -> {own}_under_way" if state == "taken" else "  -> DONE")
    out += ["", f"=== {own}_under_way ===", f"{{ {own}_step:"]
    out += [f"- {step}: -> {own}_o{step}" for step in range(last)]
    out += [f"- else: -> {own}_end", "}"]
    for step, objective in enumerate(talk.objectives):
        out += ["", f"=== {own}_o{step} ===", _spoken(objective)]
        if progress := talk.said.get("progress"):
            out.append(f"* [{_words(talk.ask)}{_tags(talk.ask)}]")
            out += [f"  {_spoken(said)}" for said in progress]
            out.append(f"  -> {own}_o{step}")
        out.append(f"+ [{_words(objective)}{_tags(objective)}] -> {own}_o{step}_done")
        for other in talk.detours[step]:
            shown = f"{_words(other.shown)}{_tags(other.shown)}"
            # What leads back to the same step is done once.
            sign = "*" if other.to == step else "+"
            out.append(f"{sign} [{shown}] -> {own}_o{step}{other.letter}_done")
        for other in talk.detours[step]:
            out += ["", f"=== {own}_o{step}{other.letter}_done ==="]
            out += [_spoken(said) for said in other.replies]
            out += [f"~ {own}_step = {other.to}", f"-> {own}_under_way"]
        out += [
            "",
            f"=== {own}_o{step}_done ===",
            f"~ {own}_step = {step + 1}",
            *(_spoken(said) for said in talk.replies[step]),
            f"-> {own}_under_way",
        ]
    out += ["", f"=== {own}_end ===", f'~ {own}_state = "done"', f"-> {then}"]
    out += ["", f"=== {own}_after ===", *_lines(talk, "greet"), "-> DONE"]
    out += ["", f"=== {own}_changed ===", *_lines(talk, "changed"), f"-> {own}_under_way"]
    out += ["", f"=== {own}_lost ===", f'~ {own}_state = "lost"', *_lines(talk, "closed")]
    if "late" in talk.said:
        out += [
            "-> DONE",
            "",
            f"=== {own}_late ===",
            f'~ {own}_state = "lost"',
            *_lines(talk, "late"),
        ]
    return "\n".join([*out, "-> DONE", ""])


def _choice(talk: Talk, act: str) -> str:
    """What the player would say, on the button too."""
    said = talk.said.get(act, ())
    return f"{_words(said[0])}{_tags(said[0])}" if said else act


def _lines(talk: Talk, *acts: str, indent: str = "") -> list[str]:
    return [indent + _spoken(said) for act in acts for said in talk.said.get(act, ())]


def _spoken(said: Said) -> str:
    return _words(said) + _tags(said)


def _tags(said: Said) -> str:
    speaker = f" # speaker: {_escaped(said.who)}" if said.who else ""
    return f"{speaker} # act: {said.act} # key: {_escaped(said.key)}"


def _words(said: Said) -> str:
    """The words so that Ink takes them literally, also at the start of a line."""
    text = _escaped(said.text)
    if text[:1] in "*+-=&!(>" or _KEYWORD.match(text):
        text = "\\" + text
    return text


def _escaped(text: str) -> str:
    return _SIGNS.sub(lambda found: "\\" + "\\".join(found[0]), text)
