"""Scenes as Fountain screenplays (https://fountain.io/syntax), which any screenwriting tool opens.

Settings, names and directions are forced to be what they are wherever Fountain would guess from
their spelling, and signs of emphasis are escaped: what is read back is what was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from aigc_procgen import Scene
from aigc_procgen.core.errors import InvalidArgument, SaveError
from aigc_procgen.core.files import write_atomic
from aigc_procgen.story.tables import load_table

__all__ = ["export_scenes", "fountain"]

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


def export_scenes(scenes: Iterable[Scene], folder: str | Path) -> list[Path]:
    """Writes a screenplay and a JSON file for every scene; returns the screenplays' paths.

    Raises `SaveError` if the folder cannot hold them.
    """
    home, written = Path(folder), []
    try:
        home.mkdir(parents=True, exist_ok=True)
        for part in scenes:
            name = re.sub(r"[^\w-]+", "_", f"{part.quest}_{part.moments[0]}", flags=re.ASCII)
            write_atomic(home / f"{name}.json", (part.to_json() + "\n").encode())
            write_atomic(home / f"{name}.fountain", fountain(part).encode())
            written.append(home / f"{name}.fountain")
    except OSError as error:
        raise SaveError(f"folder {str(folder)!r} cannot hold the scenes: {error}") from None
    return written


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
