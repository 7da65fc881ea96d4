"""A developer's own script as rows: who says a line, for what, in which mood, and the words.

Read are CSV and JSON with speaker, act, mood and text, plain text (a line a row), Fountain
screenplays (https://fountain.io/syntax) and Ink scripts (whose lines may begin with "Speaker:").
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aigc_procgen.core.records import Record

from .errors import DataError

__all__ = ["FORMATS", "ScriptRow", "read_script"]

_CUE = re.compile(r"@?\s*([^a-z()@]*[A-Z][^a-z()]*|(?<=@)[^()]+?)\s*(\([^)]*\))?\s*\^?$")
_INK_NOT_SAID = re.compile(
    r"^(=|~|->|//|VAR |CONST |LIST |INCLUDE |EXTERNAL |TODO|\{|\}|-\s*\w+:\s*$)"
)
_INK_SPEAKER = re.compile(r"^([A-Z][\w' ]{0,30}):\s+(.+)$")


@dataclass(frozen=True, kw_only=True)
class ScriptRow(Record):
    """A line of a script; what the script does not tell is ""."""

    text: str
    speaker: str = ""
    act: str = ""
    mood: str = ""


def read_script(path: str | Path) -> tuple[ScriptRow, ...]:
    """The rows of a script, by the ending of its name; each different row once.

    Raises `DataError` for another ending, for a file that is not what its ending says, and for one
    without a line.
    """
    place = Path(path)
    reader = FORMATS.get(place.suffix.lower())
    if reader is None:
        raise DataError(f"the script must end in {', '.join(FORMATS)}, not {place.name!r}")
    try:
        text = place.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise DataError(f"the script {str(path)!r} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise DataError(f"the script {str(path)!r} must be UTF-8: save it as that") from None
    try:
        rows = reader(text)
    except (ValueError, csv.Error) as error:
        raise DataError(f"the script {str(path)!r} cannot be read: {error}") from None
    except RecursionError:
        raise DataError(f"the script {str(path)!r} cannot be read: it is nested too deep") from None
    found = tuple(dict.fromkeys(row for row in rows if row.text))
    if not found:
        raise DataError(f"the script {str(path)!r} holds no lines: give at least one")
    return found


def _row(text: Any, speaker: Any = "", act: Any = "", mood: Any = "") -> ScriptRow:
    for value in (text, speaker, act, mood):
        if value is not None and not isinstance(value, str):
            raise ValueError(f"{value!r:.40} is no text")
    words = [" ".join((value or "").split()) for value in (text, speaker, act, mood)]
    return ScriptRow(text=words[0], speaker=words[1], act=words[2], mood=words[3])


def _plain(text: str) -> list[ScriptRow]:
    return [_row(line) for line in text.splitlines()]


def _csv(text: str) -> list[ScriptRow]:
    table = csv.DictReader(io.StringIO(text))
    if "text" not in (table.fieldnames or ()):
        raise ValueError("its first line must name the columns, one of them `text`")
    return [_row(*(row.get(n) for n in ("text", "speaker", "act", "mood"))) for row in table]


def _json(text: str) -> list[ScriptRow]:
    rows = json.loads(text)
    if not isinstance(rows, list):
        raise ValueError("it must be a list of texts, or of objects with a `text`")
    found = []
    for row in rows:
        named = {"text": row} if isinstance(row, str) else row
        if not isinstance(named, dict) or "text" not in named:
            raise ValueError(f"{row!r:.60} is neither a text nor an object with a `text`")
        found.append(_row(*(named.get(n) for n in ("text", "speaker", "act", "mood"))))
    return found


def _fountain(text: str) -> list[ScriptRow]:
    """The dialogue: what stands below a name in capitals, without what is in parentheses."""
    found: list[ScriptRow] = []
    text = re.sub(r"/\*.*?\*/|\[\[.*?\]\]", "", text, flags=re.DOTALL)
    for block in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n")):
        first, *below = block.strip("\n").split("\n")
        cue = _CUE.fullmatch(first.strip())
        heading = re.match(r"(?i)\s*(int|ext|est|i/e)[. /]|\s*[.!>#=~]", first)
        if cue is None or heading or not below:
            continue
        said = " ".join(line for line in below if not line.strip().startswith("("))
        said = re.sub(r"\\([*_])|[*_]", lambda match: match[1] or "", said)
        found.append(_row(said.replace("\u2060", ""), cue[1].strip().title()))
    return found


def _ink(text: str) -> list[ScriptRow]:
    """The lines that are shown: no knots, logic or diverts; a choice is said by the player."""
    found = []
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    for line in text.splitlines():
        said = re.sub(r"//.*|#.*|->.*|<>", "", line).strip()
        choice = re.match(r"[*+][*+\s]*", said)
        said = re.sub(r"^[*+\-\s]+(\(\w+\)\s*)?", "", said)
        if _INK_NOT_SAID.match(line.strip()) or re.search(r"[{}~]", said):
            continue
        speaker = _INK_SPEAKER.match(said)
        if choice:
            found.append(_row(re.sub(r"[\[\]]", "", said), "player"))
        elif speaker:
            found.append(_row(speaker[2], speaker[1]))
        else:
            found.append(_row(said))
    return found


FORMATS: dict[str, Callable[[str], list[ScriptRow]]] = {
    ".txt": _plain,
    ".csv": _csv,
    ".json": _json,
    ".fountain": _fountain,
    ".ink": _ink,
}
"""What reads a script, by the ending of its name."""
