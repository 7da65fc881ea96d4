"""Who can ask for something, and who takes a matter over from somebody who no longer can."""

from __future__ import annotations

from .fact_set import Facts

__all__ = ["can_ask", "successors"]

_HEIRS = 5


def can_ask(facts: Facts, person: str) -> bool:
    """Whether it is a living, free and friendly person of the facts."""
    flaws = ("dead", "hostile", "secret")
    held = any(True for _ in facts.find("captive", person))
    return ("person", person) in facts and not held and not any((f, person) in facts for f in flaws)


def successors(facts: Facts, person: str) -> list[str]:
    """Who would take up what somebody wished: kin, neighbours of the same trade, the neighbours,
    the same trade elsewhere; the nearest first.
    """
    place, role = facts.place_of(person), facts.value("role", person)
    home = facts.value("home", person) or place or ""
    near = [fact[1] for fact in facts.find("at", second=home)]
    kin = [fact[2] for fact in facts.find("kin", person)]
    kin += [fact[1] for fact in facts.find("kin", second=person)]
    trade = [fact[1] for fact in facts.find("role", second=role)] if role else []
    ordered = [*kin, *(one for one in near if one in trade), *near, *trade]
    found = [one for one in dict.fromkeys(ordered) if one != person and can_ask(facts, one)]
    return found[:_HEIRS]
