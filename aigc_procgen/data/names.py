"""Names to train on: our own lists by culture, and what can be spliced out of them.

A list holds a few dozen names that somebody wrote. Two names of a list that share two letters are
spliced there, as a parent names a child after two aunts. A tenth of the written names is held out
of all that, to measure by.
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

KINDS = ("female", "male", "place", "weapon", "kingdom")
ALPHABET = ".abcdefghijklmnopqrstuvwxyz"  # the full stop begins and ends a name
_HELD = 10  # one of so many written names is held out
_SPLICED = 4  # spliced names for each written one, at most
_LONGEST = 12


@dataclass(frozen=True, kw_only=True)
class NameSet:
    """Names by (culture, kind): to train on, written by hand, held out.

    `runs` are the runs of letters by culture, see `core.letters`.
    """

    cultures: tuple[str, ...]
    train: dict[tuple[str, str], tuple[str, ...]]
    written: dict[tuple[str, str], tuple[str, ...]]
    held: dict[tuple[str, str], tuple[str, ...]]
    runs: dict[str, tuple[str, ...]]
    digest: str


def build_names(out: str | Path, *, seed: Seed = 0) -> Path:
    """Writes `names.json`, a set for `train names`, into the folder; returns its path."""
    parts: dict[str, Any] = {"train": {}, "written": {}, "held": {}, "runs": {}}
    for culture in _cultures():
        lists = _lists(culture)
        known = {run for names in lists.values() for name in names for run in runs(name)}
        parts["runs"][culture] = sorted(known)
        for kind in KINDS:
            dice = stream(seed, "name lists", culture, kind)
            written, held = _split(lists[kind], dice)
            spliced = _spliced(written, dice, known, held)
            place = f"{culture} {kind}"
            # What was written counts thrice.
            parts["train"][place] = [*written, *written, *written, *spliced]
            parts["written"][place], parts["held"][place] = written, held
    found = {"kind": "names", "licence": "MIT", **parts}
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
    for kind in KINDS:
        if len(set(lists[kind])) < len(lists[kind]) or not all(map(_checked, lists[kind])):
            raise DataError(f"name_lists/{culture}.json: {kind} has a name twice")
    return lists


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
