"""The player's journal about a quest, in the words of somebody who keeps one."""

from __future__ import annotations

from ..core.errors import check_choice
from .fact_set import Facts
from .quests import Quest
from .telling import LANGUAGES, Teller

__all__ = ["quest_log"]


def quest_log(quest: Quest, facts: Facts, *, language: str = "en") -> tuple[str, ...]:
    """The entries of a journal about a quest as it stands: what was asked and why, what is done,
    what comes next or how it ended. Later entries never change earlier ones.
    """
    check_choice("language", language, LANGUAGES)
    named = Facts(quest.named)
    teller = Teller(quest.seed, "quest log", quest.id, language=language)
    table = teller.table("quest_log")
    tasks = [_small(objective.text) for objective in quest.objectives]
    home = facts.place_of(quest.giver) or named.place_of(quest.giver) or ""
    words = {
        "giver": named.value("name", quest.giver),
        "place": facts.value("name", home) or named.value("name", home),
        "because": quest.because,
        "year": next((fact[1] for fact in facts.find("now")), ""),
        "title": quest.title,
    }

    def entry(part: str, task: str) -> str:
        return teller.line(part, table[part], words | {"task": task})

    entries = [entry("begun", _small(quest.title)), entry("because", "")]
    status = quest.check(facts)
    done = len(tasks)
    if status.state != "done":
        done = next(n for n, o in enumerate(quest.objectives) if o.id == status.objective)
    entries += [entry("done", task) for task in tasks[:done]]
    if status.state == "done":
        entries.append(entry("finished", ""))
    elif status.state == "broken":
        entries.append(entry("broken", ""))
    else:
        entries.append(entry("now", tasks[done]))
    return tuple(text for text in entries if text)


def _small(text: str) -> str:
    """A text of an objective as part of a sentence."""
    return text[:1].lower() + text[1:].rstrip(".")
