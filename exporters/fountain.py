"""Scenes as Fountain screenplays (https://fountain.io/syntax), which any screenwriting tool opens.

Settings, names and directions are forced to be what they are wherever Fountain would guess from
their spelling, and signs of emphasis are escaped: what is read back is what was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from aigc_procgen import Arc, Scene, scene
from aigc_procgen.core.errors import InvalidArgument
from aigc_procgen.story.tables import load_table

from .dialogue import story_of, write_texts

__all__ = ["export_arc_scenes", "export_scenes", "fountain", "fountain_arc"]

_EMPHASIS = re.compile(r"([\\*_])")
_NOTES = re.compile(r"\[\[|\]\]|/\*|\*/")
_JOINER = "\u2060"  # breaks up what would open a note or an aside, and is not seen


def fountain(scenes: Scene | Iterable[Scene]) -> str:
    """The text of one screenplay: a title page, then every scene.

    Raises `InvalidArgument` if there is no scene.
    """
    parts = [scenes] if isinstance(scenes, Scene) else list(scenes)
    if not parts or not all(isinstance(part, Scene) for part in parts):
        raise InvalidArgument(f"scenes must be a Scene or some of them, not {scenes!r:.80}")
    blocks = [f"Title: {_plain(parts[0].title)}\nSource: aigc_procgen, {parts[0].quest}"]
    for part in parts:
        blocks += _scene(part)
    return "\n\n".join(blocks) + "\n"


def fountain_arc(arc: Arc) -> str:
    """The text of an arc's screenplay: a title page, then for every chapter a section, how the
    story turns as its synopsis, what is told of it, and the quest's offer and end.

    Raises `InvalidArgument` for anything but an arc.
    """
    blocks = [f"Title: {_plain(story_of(arc).title.text)}\nSource: aigc_procgen, {arc.id}"]
    for part, chapter in zip(story_of(arc).parts, arc.chapters, strict=True):
        blocks.append(f"# {_plain(part.heading.text)}")
        if chapter.turn:
            blocks.append(f"= {_plain(chapter.turn)}")
        offer = _scene(scene(chapter.quest))
        told = [_dialogue(said.name, "", said.text) for said in part.told]
        # Who asks greets first.
        spoken = next((n for n, block in enumerate(offer) if block.startswith("@")), 0)
        blocks += [*offer[: spoken + 1], *told, *offer[spoken + 1 :]]
        blocks += _scene(scene(chapter.quest, "end"))
    return "\n\n".join(blocks) + "\n"


def export_arc_scenes(arc: Arc, folder: str | Path) -> Path:
    """Writes an arc as one screenplay, and its record as JSON; returns the screenplay's path.

    Raises `InvalidArgument` for anything but an arc, `SaveError` if the folder cannot hold it.
    """
    text = fountain_arc(arc)
    name = re.sub(r"\W", "_", arc.id, flags=re.ASCII)
    texts = {f"{name}.json": arc.to_json() + "\n", f"{name}.fountain": text}
    return write_texts(folder, texts)[-1]


def export_scenes(scenes: Iterable[Scene], folder: str | Path) -> list[Path]:
    """Writes a screenplay and a JSON file for every scene; returns the screenplays' paths.

    Raises `SaveError` if the folder cannot hold them.
    """
    texts: dict[str, str] = {}
    for part in scenes:
        name = re.sub(r"[^\w-]+", "_", f"{part.quest}_{part.moments[0]}", flags=re.ASCII)
        if f"{name}.json" in texts:  # the same moment at another time of day
            name += f"_{len(texts) // 2 + 1}"
        texts[f"{name}.json"] = part.to_json() + "\n"
        texts[f"{name}.fountain"] = fountain(part)
    return write_texts(folder, texts)[1::2]


def _scene(part: Scene) -> list[str]:
    words = load_table("scenes", part.language)["screenplay"]
    side = words["inside" if part.inside else "outside"]
    # A forced heading may begin with anything; a number sign would open a scene number.
    heading = f".{side} {_plain(part.setting)} - {words['times'][part.time]}".replace(
        "#", ""
    ).upper()
    blocks = [heading]
    places = {part.place: part.setting}
    for beat in part.beats:
        if beat.kind == "fade":
            blocks.append(f"> {words[beat.cue]}")
        elif beat.kind == "camera":
            seen = places.get(beat.to) or part.name(beat.to)
            blocks.append("!" + _plain(words[beat.cue].format(seen=seen)).upper())
        elif beat.kind == "line":
            blocks.append(_dialogue(part.name(beat.who), beat.aside, beat.text))
        elif beat.text:
            blocks.append("!" + _plain(beat.text))
    return blocks


def _dialogue(name: str, aside: str, text: str) -> str:
    said = _plain(text)
    if said.startswith("("):
        said = _JOINER + said
    lines = [f"@{_plain(name).upper()}"]
    if aside:
        lines.append(f"({_plain(aside)})")
    return "\n".join([*lines, said])


def _plain(text: str) -> str:
    """One line that Fountain takes literally."""
    line = " ".join(text.split())
    line = _NOTES.sub(lambda found: f"{found[0][0]}{_JOINER}{found[0][1]}", line)
    return _EMPHASIS.sub(r"\\\1", line)
