"""Names to train on: our own lists by culture, and what can be spliced and joined out of them.

A list holds a few dozen names that somebody wrote. Two names of a list that share two letters are
spliced there, as a parent names a child after two aunts; families, places and weapons that are
joined of two words come with their halves. A tenth of the written names is held out of all that, to measure by.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from aigc_procgen.core.files import read_table
from aigc_procgen.core.letters import can_be_said, runs
from aigc_procgen.core.random import Seed, Stream, stream

from .errors import DataError
from .writing import write_json

__all__ = ["ALPHABET", "KINDS", "NameSet", "build_names", "read_names"]

KINDS = ("female", "male", "family", "place", "inn", "weapon", "kingdom")
ALPHABET = ".abcdefghijklmnopqrstuvwxyz '-"  # the full stop begins and ends a name
_HELD = 10  # one of so many written names is held out
_SPLICED = 4  # spliced names for each written one, at most
_JOINED = 260  # of a culture's places, weapons and families each
_INNS = 260
_LONGEST = 12


@dataclass(frozen=True, kw_only=True)
class NameSet:
    """Names by (culture, kind): to train on, written by hand, held out; and what a check needs.

    `runs` are the runs of letters by culture (see `core.letters`); `words` are those that inns and
    families are called by: "adjective", "noun", "first", "last".
    """

    cultures: tuple[str, ...]
    train: dict[tuple[str, str], tuple[str, ...]]
    written: dict[tuple[str, str], tuple[str, ...]]
    held: dict[tuple[str, str], tuple[str, ...]]
    runs: dict[str, tuple[str, ...]]
    words: dict[str, tuple[str, ...]]
    digest: str


def build_names(out: str | Path, *, seed: Seed = 0) -> Path:
    """Writes `names.json`, a set for `train names`, into the folder; returns its path."""
    parts: dict[str, Any] = {"train": {}, "written": {}, "held": {}, "runs": {}}
    words: dict[str, set[str]] = {"adjective": set(), "noun": set(), "first": set(), "last": set()}
    for culture in _cultures():
        lists = _lists(culture)
        known = {run for part in _wholes(lists) for run in runs(part)}
        for part in words:
            kind = "inn" if part in ("adjective", "noun") else "family"
            words[part] |= set(lists[f"{kind}_{part}"])
        parts["runs"][culture] = sorted(known)
        for kind in KINDS:
            dice = stream(seed, "name lists", culture, kind)
            written, held = _split(lists.get(kind, []), dice)
            train = [*written, *written, *written]  # what was written counts thrice
            if kind == "inn":
                joined = _inns(lists, dice)
                written, held = joined[_INNS // _HELD :], joined[: _INNS // _HELD]
                train = list(written)
            elif kind != "family":  # a family bears words, and a spliced word is none
                train += _spliced(written, dice, known, held)
            if f"{kind}_first" in lists:
                joined = _joined(lists, kind, dice)
                held += joined[: _JOINED // _HELD]
                train += [name for name in joined[_JOINED // _HELD :] if name not in held]
            place = f"{culture} {kind}"
            parts["train"][place], parts["written"][place] = train, written
            parts["held"][place] = held
    sorted_words = {part: sorted(found) for part, found in words.items()}
    found = {"kind": "names", "licence": "MIT", "words": sorted_words, **parts}
    path = Path(out) / "names.json"
    write_json(path, found)
    return path


def read_names(path: str | Path) -> NameSet:
    """The set that `build_names` wrote, or `DataError`."""
    try:
        data = Path(path).read_bytes()
        found = json.loads(data)
        parts: dict[str, dict[tuple[str, str], tuple[str, ...]]] = {
            part: {
                (place.split(" ")[0], place.split(" ")[1]): tuple(map(_checked, names))
                for place, names in found[part].items()
            }
            for part in ("train", "written", "held")
        }
        cultures = tuple(sorted({culture for culture, _ in parts["train"]}))
        if any(not parts["train"][culture, kind] for culture in cultures for kind in KINDS):
            raise ValueError("a culture lacks a kind of names")
        return NameSet(
            cultures=cultures,
            runs={culture: tuple(found["runs"][culture]) for culture in cultures},
            words={part: tuple(words) for part, words in found["words"].items()},
            digest=hashlib.sha256(data).hexdigest(),
            **parts,
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise DataError(
            f"data must be names.json that `aigc-procgen data build names` wrote, {str(path)!r} "
            f"is not: {error}"
        ) from None


def _checked(name: str) -> str:
    if not name or set(name) - set(ALPHABET[1:]):
        raise ValueError(f"the name {name!r} has other letters than {ALPHABET[1:]}")
    return name


def _cultures() -> list[str]:
    folder = resources.files(__package__) / "name_lists"
    return sorted(file.name.removesuffix(".json") for file in folder.iterdir())


def _lists(culture: str) -> dict[str, list[str]]:
    table = read_table(__package__, f"name_lists/{culture}.json")
    lists = {kind: text.split() for kind, text in table.items() if kind != "about"}
    for kind, names in lists.items():
        if len(set(names)) < len(names) or not all(map(_checked, names)):
            raise DataError(f"name_lists/{culture}.json: {kind} has a name twice")
    return lists


def _wholes(lists: dict[str, list[str]]) -> list[str]:
    """Every written name, and every place and weapon that can be joined."""
    found = [name for names in lists.values() for name in names]
    for kind in ("family", "place", "weapon"):
        found += [a + b for a in lists[f"{kind}_first"] for b in lists[f"{kind}_last"]]
    return found


def _split(names: list[str], dice: Stream) -> tuple[list[str], list[str]]:
    """Most of the names, and the tenth that is held out."""
    mixed = dice.shuffled(names)
    count = len(mixed) // _HELD
    return sorted(mixed[count:]), sorted(mixed[:count])


def _spliced(names: list[str], dice: Stream, known: set[str], held: list[str]) -> list[str]:
    """Names that begin like one and end like another, which share two letters at the joint."""
    joints: dict[str, list[tuple[str, int]]] = {}
    for name in names:
        for at in range(1, len(name) - 1):
            joints.setdefault(name[at : at + 2], []).append((name, at))
    found: dict[str, None] = {}
    taken = {*names, *held}
    for joint in sorted(joints):
        for one, at in joints[joint]:
            for other, there in joints[joint]:
                name = one[:at] + other[there:]
                if name not in taken and 4 <= len(name) <= _LONGEST and can_be_said(name, known):
                    found[name] = None
    return dice.sample(list(found), _SPLICED * len(names))


def _joined(lists: dict[str, list[str]], kind: str, dice: Stream) -> list[str]:
    """Names of two words, in random order."""
    every = [
        first + last
        for first in lists[f"{kind}_first"]
        for last in lists[f"{kind}_last"]
        if first != last and len(first + last) <= _LONGEST + 2 and first[-1] * 2 != last[:2]
    ]
    plain = [name for name in every if name not in lists[kind]]
    return dice.sample([name for name in plain if not _thrice(name)], _JOINED)


def _thrice(name: str) -> bool:
    return any(a == b == c for a, b, c in zip(name, name[1:], name[2:], strict=False))


def _inns(lists: dict[str, list[str]], dice: Stream) -> list[str]:
    """Names of inns: what hangs over the door, two such things, or the host's own."""
    found: dict[str, None] = {}
    while len(found) < _INNS:
        noun = dice.choice(lists["inn_noun"])
        manner = dice.below(20)
        if manner < 13:
            name = f"{dice.choice(lists['inn_adjective'])} {noun}"
        elif manner < 17:
            name = f"{noun} and {dice.choice([n for n in lists['inn_noun'] if n != noun])}"
        else:
            name = f"{dice.choice(lists[dice.choice(('female', 'male'))])}'s {noun}"
        found[name] = None
    return list(found)
