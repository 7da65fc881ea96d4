"""Quests as Yarn Spinner scripts (https://yarnspinner.dev), version 2 and later.

A file a quest: start the node of the quest, e.g. `quest_64b03a4bd26e`, when its giver is spoken to,
and `…_o0_done` when the player has done the first objective; `…_changed` and `…_lost` are what is
said when the quest was planned anew, or cannot be done, `…_late` when its hour has passed (where
it has one). `$…_state` is "offered", "taken",
"refused", "done" or "lost", `$…_step` the number of objectives done. Other ways and optional deeds
are options beside the objective: `…_o0a_done`. Every line has its own
`#line:` id, which is its key with underscores in place of other signs.

An arc is one script: its node, e.g. `arc_5c8a2d1f00b7`, goes to the chapter in which it is, and the
end of each chapter's quest goes on to the next. `$…_chapter` counts the chapters that are done,
`$…_state` is "open" or "done".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from aigc_procgen import Arc, Quest

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

__all__ = ["export_yarn", "export_yarn_arc", "yarn", "yarn_story"]

_SIGNS = re.compile(r"[\\{}\[\]#]|<<|>>|//|->")


def export_yarn(
    quests: Iterable[Quest], folder: str | Path, *, translations: Iterable[Quest] = ()
) -> list[Path]:
    """Writes a script a quest and `strings.csv`; returns the scripts' paths.

    `translations` are the same quests in other languages, for `strings.csv`. Raises
    `InvalidArgument` without quests, `SaveError` if the folder cannot hold them.
    """
    talks = talks_of(quests)
    others = [talk for quest in translations for talk in talks_of([quest])]
    table = strings_csv(talks, others)
    scripts = {f"{talk.id}.yarn": yarn(talk) for talk in talks}
    return write_texts(folder, {"strings.csv": table, **scripts})[1:]


def export_yarn_arc(arc: Arc, folder: str | Path, *, translation: Arc | None = None) -> Path:
    """Writes an arc as one script, and `strings.csv`; returns the script's path.

    `translation` is the same arc in another language, for `strings.csv`. Raises `InvalidArgument`
    for anything but an arc, `SaveError` if the folder cannot hold it.
    """
    story = story_of(arc)
    table = strings_csv([story], [] if translation is None else [story_of(translation)])
    texts = {"strings.csv": table, f"{story.id}.yarn": yarn_story(story)}
    return write_texts(folder, texts)[-1]


def yarn_story(story: Story) -> str:
    """The script of an arc: the nodes that hold it together, then those of its quests."""
    own, count = story.id, len(story.parts)
    start = [f'<<declare ${own}_state = "open">>', f"<<declare ${own}_chapter = 0>>"]
    for number in range(count):
        start += [f"<<{'elseif' if number else 'if'} ${own}_chapter == {number}>>"]
        start += [f"    <<jump {own}_{number}>>"]
    nodes = {own: [*start, "<<else>>", f"    <<jump {own}_end>>", "<<endif>>"]}
    for number, part in enumerate(story.parts):
        opening = [_spoken(story.title)] if number == 0 else []
        opening += [_spoken(part.heading), *(_spoken(said) for said in part.told)]
        nodes[f"{own}_{number}"] = [*opening, f"<<jump {part.talk.id}>>"]
        following = f"{own}_{number + 1}" if number + 1 < count else f"{own}_end"
        nodes[f"{own}_{number}_done"] = [
            f"<<set ${own}_chapter to {number + 1}>>",
            f"<<jump {following}>>",
        ]
    nodes[f"{own}_end"] = [f'<<set ${own}_state to "done">>']
    quests = [
        yarn(part.talk, then=f"{own}_{number}_done") for number, part in enumerate(story.parts)
    ]
    return "".join([_nodes(nodes, "arc", own), *quests])


def yarn(talk: Talk, *, then: str = "") -> str:
    """The script of one quest: its nodes; its end goes on to the node `then`."""
    own = talk.id
    nodes = {
        own: [
            f'<<declare ${own}_state = "offered">>',
            f"<<declare ${own}_step = 0>>",
            f"<<declare ${own}_told = false>>",
            f'<<if ${own}_state == "taken">>',
            f"    <<jump {own}_under_way>>",
            f'<<elseif ${own}_state == "done">>',
            f"    <<jump {own}_after>>",
            f'<<elseif ${own}_state == "lost">>',
            f"    <<jump {own}_lost>>",
            "<<else>>",
            f"    <<jump {own}_offer>>",
            "<<endif>>",
        ],
        f"{own}_offer": [*_lines(talk, *OFFER), f"<<jump {own}_answer>>"],
        f"{own}_answer": _answer(talk),
        f"{own}_under_way": _under_way(talk),
    }
    for step, objective in enumerate(talk.objectives):
        options = [_spoken(objective, line=f"{objective.key}.shown")]
        if progress := talk.said.get("progress"):
            options += [f"-> {_spoken(talk.ask, line=f'{objective.key}.ask')}"]
            options += [f"    {_spoken(said, line=f'{said.key}.{step}')}" for said in progress]
            options += [f"    <<jump {own}_under_way>>"]
        options += [f"-> {_spoken(objective)}", f"    <<jump {own}_o{step}_done>>"]
        for other in talk.detours[step]:
            if other.to == step:  # what leads back to the same step is done once
                done = f"${own}_o{step}{other.letter}_did"
                nodes[own].insert(3, f"<<declare {done} = false>>")
                shown = f"{_words(other.shown)} <<if {done} == false>>"
                options.append(f"-> {shown} #act:objective #line:{_id(other.shown.key)}")
                options.append(f"    <<set {done} to true>>")
            else:
                options.append(f"-> {_spoken(other.shown)}")
            options.append(f"    <<jump {own}_o{step}{other.letter}_done>>")
            nodes[f"{own}_o{step}{other.letter}_done"] = [
                *(_spoken(said) for said in other.replies),
                f"<<set ${own}_step to {other.to}>>",
                f"<<jump {own}_under_way>>",
            ]
        nodes[f"{own}_o{step}"] = options
        nodes[f"{own}_o{step}_done"] = [
            f"<<set ${own}_step to {step + 1}>>",
            *(_spoken(said) for said in talk.replies[step]),
            f"<<jump {own}_under_way>>",
        ]
    nodes[f"{own}_end"] = [f'<<set ${own}_state to "done">>']
    nodes[f"{own}_end"] += [f"<<jump {then}>>"] if then else []
    nodes[f"{own}_after"] = [
        _spoken(said, line=f"{said.key}.after") for said in talk.said.get("greet", ())
    ]
    nodes[f"{own}_changed"] = [*_lines(talk, "changed"), f"<<jump {own}_under_way>>"]
    nodes[f"{own}_lost"] = [f'<<set ${own}_state to "lost">>', *_lines(talk, "closed")]
    if "late" in talk.said:
        nodes[f"{own}_late"] = [f'<<set ${own}_state to "lost">>', *_lines(talk, "late")]
    return _nodes(nodes, "quest", own)


def _nodes(nodes: dict[str, list[str]], sort: str, own: str) -> str:
    """Nodes as they are written, each with the quest or arc that it is of."""
    blocks = [
        "\n".join([f"title: {name}", f"{sort}: {own}", "---", *lines, "==="])
        for name, lines in nodes.items()
    ]
    return "\n".join([*blocks, ""])


def _answer(talk: Talk) -> list[str]:
    own = talk.id
    out = [
        f"-> {_words(talk.why)} <<if ${own}_told == false>> #line:{_id(f'{own}.why')}",
        f"    <<set ${own}_told to true>>",
        f"    {_spoken(talk.because)}",
        f"    <<jump {own}_answer>>",
    ]
    for act, answered, state in ANSWERS:
        said = talk.said.get(act, ())
        # What the player chooses is what they say.
        shown = f"{_words(said[0])} #line:{_id(said[0].key)}" if said else act
        out += [f"-> {shown}", f'    <<set ${own}_state to "{state}">>']
        out += [f"    {line}" for line in _lines(talk, answered)]
        if state == "taken":
            out.append(f"    <<jump {own}_under_way>>")
    return out


def _under_way(talk: Talk) -> list[str]:
    out = []
    for step in range(len(talk.objectives)):
        out += [
            f"<<{'elseif' if step else 'if'} ${talk.id}_step == {step}>>",
            f"    <<jump {talk.id}_o{step}>>",
        ]
    jump = f"<<jump {talk.id}_end>>"
    return [*out, "<<else>>", f"    {jump}", "<<endif>>"] if out else [jump]


def _lines(talk: Talk, *acts: str) -> list[str]:
    return [_spoken(said) for act in acts for said in talk.said.get(act, ())]


def _spoken(said: Said, *, line: str = "") -> str:
    """A line with its speaker, act and id; `line` where the same words stand in a second place."""
    speaker = f"{_escaped(said.name).replace(':', ' ')}: " if said.name else ""
    return f"{speaker}{_words(said)} #act:{_id(said.act)} #line:{_id(line or said.key)}"


def _id(text: str) -> str:
    return re.sub(r"\W+", "_", text, flags=re.ASCII)


def _words(said: Said) -> str:
    """The words so that Yarn takes them literally."""
    text = _escaped(said.text)
    # Before the first colon of a line stands its speaker.
    return text if said.name else text.replace(":", "\\:")


def _escaped(text: str) -> str:
    return _SIGNS.sub(lambda found: "".join("\\" + sign for sign in found[0]), text)
