"""The player's journal about a quest, in the words of somebody who keeps one."""

from __future__ import annotations

from .fact_set import Facts
from .grammar import grammar_of
from .objectives import Alternative, Objective
from .progress import needed, reached
from .quests import Quest
from .tables import check_language
from .teller import Teller

__all__ = ["quest_log"]


def quest_log(
    quest: Quest, facts: Facts, *, now: int | None = None, language: str | None = None
) -> tuple[str, ...]:
    """The entries of a journal about a quest as it stands: what was asked and why, what is done by
    which way and beside it, what comes next or how it ended.

    `now` is the hour of the game's clock; `language` is by default the quest's, which the texts of
    its deeds are in.
    """
    language = quest.language if language is None else check_language(language)
    named, grammar = Facts(quest.named), grammar_of(language)
    teller = Teller(quest.seed, "quest log", quest.id, language=language)
    table = teller.table("quest_log")
    home = facts.place_of(quest.giver) or named.place_of(quest.giver) or ""
    known = facts if facts.value("name", home) else named
    words = {
        "giver": grammar.phrase(named, quest.giver, ""),
        "place": grammar.phrase(known, home, "") if known.value("name", home) else "",
        "because": quest.because,
        "year": next((fact[1] for fact in facts.find("now")), ""),
        "title": quest.title,
    }

    def entry(part: str, task: str) -> str:
        return teller.line(part, table[part], words | {"task": task})

    status = quest.check(facts, now)
    entries = [entry("begun", _small(quest.title)), entry("because", "")]
    entries += [entry("done", _small(deed.text)) for deed in _done(quest, facts, status.objective)]
    if status.state == "open":
        following = (deed for deed in quest.all_objectives() if deed.id == status.objective)
        entries.append(entry("now", _small(next(following).text)))
    else:
        state = {"done": "finished", "failed": "late"}.get(status.state, status.state)
        entries.append(entry(state, ""))
    return tuple(text for text in entries if text)


def _done(quest: Quest, facts: Facts, following: str) -> list[Objective]:
    """The deeds that are behind the player, by the way that they took, optional ones among them."""
    main = needed(quest.objectives)
    left = {objective.id for objective in main[reached(main, facts) :]}
    ways = iter(quest.taken(facts))
    found: list[Objective] = []
    until = ""
    for objective in quest.objectives:
        way = next(ways) if objective.any_of else objective
        if objective.optional:
            found += [objective] if objective.done(facts) else []
        elif until:
            until = "" if objective.id == until else until
        elif objective.id in left:
            # The first deeds of another way may be done before it leads anywhere.
            for other in objective.any_of:
                ids = [step.id for step in other.objectives]
                if following in ids:
                    found += other.objectives[: ids.index(following)]
        elif isinstance(way, Alternative):
            found += way.objectives
            until = "" if way.until == objective.id else way.until
        else:
            found.append(objective)
    return found


def _small(text: str) -> str:
    """A text of an objective as part of a sentence."""
    return text[:1].lower() + text[1:].rstrip(".")
