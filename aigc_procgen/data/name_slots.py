"""Names in a script and the slots that stand for them: a text that is learnt names nobody.

A name is a word with a capital inside a sentence that the script never writes small. Speakers, and
words that stand after "in", "at", "to" and the like, say what a name is of; whoever knows better
says so in `roles`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from aigc_procgen.core.pieces import SLOT

from .errors import DataError
from .script import ScriptRow

__all__ = ["find_names", "with_slots"]

_CAPITAL = re.compile(r"(?<![\w'\u2019])[A-Z][a-z\u00df-\u00ff]+(?:[ -][A-Z][a-z\u00df-\u00ff]+)*")
_WHERE = re.compile(r"\b(?:in|at|to|from|near|around|towards|into|outside|leaves?|reach(?:es)?) $")
_BEGINS = re.compile(r"(?:^|[.!?:]['\"\u201d)]*\s+)['\"\u201c(]*$")
_ROLE = re.compile(r"\w+(\.\w+)?")


def find_names(rows: Iterable[ScriptRow]) -> dict[str, str]:
    """The names in a script and the role that each seems to be, most frequent first.

    A speaker is "giver" (see `with_slots`), the place named most is "home", other places are
    "place", and everybody else "person".
    """
    listed = list(rows)
    small = {word for row in listed for word in re.findall(r"\b[a-z\u00df-\u00ff]+\b", row.text)}
    inside: Counter[str] = Counter()
    where: Counter[str] = Counter()
    for row in listed:
        text = SLOT.sub(lambda slot: " " * len(slot[0]), row.text)
        for match in _CAPITAL.finditer(text):
            before = text[: match.start()]
            name = match[0]
            if _BEGINS.search(before):
                continue
            if any(word.lower() in small for word in re.split("[ -]", name)):
                continue
            inside[name] += 1
            where[name] += bool(_WHERE.search(before))
    for row in listed:  # a speaker is a name wherever it stands
        for part in (row.speaker, *row.speaker.split(" ")):
            if part and part[0].isupper() and len(part) > 2 and part not in inside:
                spoken = sum(bool(_named(part).search(other.text)) for other in listed)
                if spoken and part.lower() not in small:
                    inside[part] += spoken
    speakers = {part for row in listed for part in (row.speaker, *row.speaker.split(" "))}
    roles: dict[str, str] = {}
    for name, count in inside.most_common():
        if name in speakers:
            roles[name] = "giver"
        elif 2 * where[name] >= count:
            roles[name] = "place" if "home" in roles.values() else "home"
        else:
            roles[name] = "person"
    return roles


def with_slots(rows: Iterable[ScriptRow], roles: Mapping[str, str]) -> list[ScriptRow]:
    """The rows with a slot for every name, the longest name first; each different row once.

    A name of role "giver" is that of a speaker: where somebody else speaks of them, they are a
    "person". A role "" leaves the name as it is, for words that only look like names. Raises
    `DataError` for a role that no slot can have.
    """
    for name, role in roles.items():
        if not name.strip() or (role and not _ROLE.fullmatch(role)):
            raise DataError(
                f"the name {name!r} must have a role such as giver, home or person, not {role!r}"
            )
    ordered = sorted((name for name in roles if roles[name]), key=lambda name: (-len(name), name))
    found = []
    for row in rows:
        text = row.text
        for name in ordered:
            role = roles[name]
            if role == "giver" and name != row.speaker and name not in row.speaker.split(" "):
                role = "person"
            text = _named(name).sub(f"{{{role}}}", text)
        found.append(replace(row, text=text))
    return list(dict.fromkeys(found))


def _named(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w{{]){re.escape(name)}(?!\w)")
