"""Lines to learn a voice from: a developer's own, and others that teach what lines are like."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from aigc_procgen.core.pieces import SLOT, lower_beginnings
from aigc_procgen.core.random import Seed, stream

from .errors import DataError
from .name_slots import find_names, with_slots
from .script import ScriptRow

__all__ = ["FEWEST", "NOBODY", "VoiceSet", "build_voice"]

FEWEST = 20
"""Lines, fewer say nothing about a voice."""

NOBODY = "own"
"""The speaker of a script's lines that name none."""

_HELD = 10  # one of so many lines is held out
_LONGEST = 400  # letters: longer is a speech, not a line
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")


@dataclass(frozen=True, kw_only=True)
class VoiceSet:
    """Rows to train on, held out, and of others (`base`), with slots for names and with small
    beginnings of sentences; `roles` are the names that slots replaced.
    """

    train: tuple[ScriptRow, ...]
    held: tuple[ScriptRow, ...]
    base: tuple[ScriptRow, ...]
    roles: dict[str, str]

    @property
    def every(self) -> tuple[ScriptRow, ...]:
        """All that is trained on: the developer's lines first."""
        return (*self.train, *self.base)

    @cached_property
    def attributes(self) -> dict[str, tuple[str, ...]]:
        """The values of speaker, act and mood; the script's speakers first, by their lines."""
        spoken = Counter(row.speaker for row in (*self.train, *self.held))
        own = sorted(spoken, key=lambda speaker: (-spoken[speaker], speaker))
        speakers = (*own, *sorted({row.speaker for row in self.base} - {"", *own}))
        rows = (*self.every, *self.held)
        found = {
            "speaker": speakers,
            "act": tuple(sorted({row.act for row in rows} - {""})),
            "mood": tuple(sorted({row.mood for row in rows} - {""})),
        }
        return {name: values or ("any",) for name, values in found.items()}

    @cached_property
    def lexicon(self) -> tuple[str, ...]:
        """Every word of the lines, sorted; with a capital only where it is written so inside a
        sentence.
        """
        rows = (*self.every, *self.held)
        return tuple(sorted({w for row in rows for w in _WORD.findall(SLOT.sub(" ", row.text))}))

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of all rows."""
        rows = [[row.to_dict() for row in part] for part in (self.train, self.held, self.base)]
        return hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()


def build_voice(
    rows: Iterable[ScriptRow],
    base: Iterable[ScriptRow] = (),
    *,
    roles: Mapping[str, str] | None = None,
    seed: Seed = 0,
) -> VoiceSet:
    """The set of a script's rows; `roles` correct what `find_names` finds (see `with_slots`).

    One line of ten is held out. Raises `DataError` for fewer than `FEWEST` lines.
    """
    given = [row for row in rows if len(row.text) <= _LONGEST]
    found = find_names(given) | dict(roles or {})
    plain = [name for name, role in found.items() if not role]
    own = [
        replace(_lowered(row, plain), speaker=row.speaker or NOBODY)
        for row in with_slots(given, found)
    ]
    own = list({row.text: row for row in own}.values())
    if len(own) < FEWEST:
        raise DataError(
            f"a script must hold at least {FEWEST} different lines of up to {_LONGEST} letters, "
            f"not {len(own)}"
        )
    count = max(len(own) // _HELD, 2)
    chosen = stream(seed, "voice held").sample(range(len(own)), count)
    held = [row for at, row in enumerate(own) if at in chosen]
    train = [row for at, row in enumerate(own) if at not in chosen]
    texts = {row.text for row in own}
    others = {row.text: row for row in (_lowered(row, ()) for row in base)}
    return VoiceSet(
        train=tuple(train),
        held=tuple(held),
        base=tuple(row for text, row in others.items() if text not in texts),
        roles=found,
    )


def _lowered(row: ScriptRow, names: Iterable[str]) -> ScriptRow:
    words = [word for name in names for word in re.split("[ -]", name)]
    return replace(row, text=lower_beginnings(row.text, words))
