"""What the journal says: what was done, the story and its chapter, the quest and its deeds."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .session import Session

__all__ = ["journal_lines"]


def journal_lines(session: Session) -> list[str]:
    """The game's story so far, line by line."""
    said, quest, facts = session.said, session.quest, session.facts
    lines = [said("done", title=title) for title in session.completed[-4:]]
    lines += session.delves.journal()[-4:]
    if session.chapter:
        lines.append(session.chapter)
    if quest is None:
        return [*lines, session.objective or said("nothing")]
    lines += [quest.title, quest.because]
    left = quest.time_left(facts)
    if left is not None:
        lines.append(said("time left", left=max(left, 0)))
    now, *others = quest.options(facts) or (None,)
    for objective in quest.objectives:
        sign = "x " if objective.done(facts) else "> " if objective == now else "- "
        text = objective.text
        if objective.optional:
            text = said("optional", text=text)
        lines.append(sign + text)
        if objective == now:
            lines += [said("or", text=other.text) for other in others]
    if now is not None and now not in quest.objectives:
        lines.append(f"> {now.text}")
        lines += [said("or", text=other.text) for other in others]
    return lines
