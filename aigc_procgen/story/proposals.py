"""Words that somebody else proposes: what is asked of a proposer, and who decides.

The grammar's lines are the floor. A proposer, a network of a developer's own voice or a language
model, is told in a `Frame` what somebody is about to say, and proposes lines with slots. It is
never trusted: a line is taken as it is only if it is the grammar's own, or if a verifier finds
nothing wrong with it. It sees no name and no fact, and what it says changes no plan.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from ..core.errors import InvalidArgument
from ..core.pieces import SLOT
from ..core.random import Stream
from ..core.records import Record
from .verifier import CONTENTS, Verifier, slot_role

__all__ = ["GRAMMAR", "MOST", "TRIES", "Frame", "Proposer", "Writer", "make_frame", "make_writer"]

GRAMMAR = "grammar"
"""The source of a line that is the grammar's own."""
TRIES = 8
"""New lines that a proposer that draws them should draw at a time."""
MOST = 64
"""Lines of a proposer that are looked at, if none is right, before the grammar speaks."""

_ALWAYS = ("giver", "home")


@dataclass(frozen=True, kw_only=True)
class Frame(Record):
    """What somebody is about to say.

    `act` is for what ("greet", "offer", …), `mood` is "urgent", "grim", … or "", `voice` is how the
    person speaks ("gruff"; "player" for the player). `candidates` are the grammar's lines for it;
    a line may have slots of `roles`, must have each of `needed` once, and if `fixed` must be one of
    the candidates, because they tell a fact.
    """

    act: str
    mood: str
    voice: str
    roles: tuple[str, ...]
    needed: tuple[str, ...]
    candidates: tuple[str, ...]
    fixed: bool


@runtime_checkable
class Proposer(Protocol):
    """Whoever proposes lines; `source` is noted with the lines that were taken from it.

    One that speaks no English has a `language`, one of `LANGUAGES`.
    """

    source: str
    verifier: Verifier

    def propose(self, frame: Frame, dice: Stream) -> Iterable[str]:
        """Lines with slots, the best first: candidates of the frame, or new ones."""
        ...


class Writer:
    """Asks one proposer for the lines of a quest, and knows afterwards whose each of them is."""

    def __init__(self, proposer: Proposer) -> None:
        self.proposer = proposer
        self._sources: dict[str, str] = {}

    def choose(
        self,
        frame: Frame,
        fill: Callable[[str], str | None],
        heard: Collection[str],
        dice: Stream,
    ) -> str:
        """A proposed line, filled, that was not heard lately; "" if the grammar must choose.

        `fill` gives the words of a line with slots, or None if a slot stands for nobody.
        """
        tries = 0
        for template in self.proposer.propose(frame, dice):
            own = template in frame.candidates
            if not own:
                tries += 1
                if tries > MOST:
                    return ""
                if frame.fixed or self.proposer.verifier.problem(template, frame):
                    continue
            text = fill(template)
            if text is None or text in heard:
                continue
            self._sources[text] = GRAMMAR if own else self.proposer.source
            return text
        return ""

    def source_of(self, text: str) -> str:
        """Whose a line is that this writer chose; the grammar's for any other."""
        return self._sources.get(text, GRAMMAR)


def make_writer(voice: Proposer | None, language: str = "en") -> Writer | None:
    """A writer for a proposer, None if it speaks another language: then the grammar does.

    Anything but a proposer or None raises `InvalidArgument`.
    """
    if voice is None:
        return None
    if not isinstance(voice, Proposer):
        raise InvalidArgument(
            f"voice must be what load_voice(path) gives, or another Proposer, not {voice!r:.80}"
        )
    return Writer(voice) if getattr(voice, "language", "en") == language else None


def make_frame(
    act: str,
    mood: str,
    voice: str,
    known: Iterable[str],
    candidates: Sequence[str],
    *,
    fixed: bool,
) -> Frame:
    """The frame of some candidates; `known` are the roles that stand for somebody.

    What every candidate has is needed: it is what the line is for.
    """
    slots = [[s for s in SLOT.findall(text) if s[0] == "{"] for text in candidates]
    first = slots[0] if slots else []
    needed = [slot for slot in dict.fromkeys(first) if all(slot in other for other in slots)]
    spoken = {slot_role(slot) for found in slots for slot in found} | set(_ALWAYS)
    contents = {slot_role(slot) for slot in needed} & set(CONTENTS)
    roles = sorted(role for role in spoken & set(known) if role not in CONTENTS or role in contents)
    return Frame(
        act=act,
        mood=mood,
        voice=voice,
        roles=tuple(roles),
        needed=tuple(needed),
        candidates=tuple(candidates),
        fixed=fixed,
    )
