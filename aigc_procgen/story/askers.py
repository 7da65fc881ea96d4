"""Who can ask for something, and who takes a matter over from somebody who no longer can."""

from __future__ import annotations

from ..core.errors import InvalidArgument, check_int
from ..core.random import Seed, check_seed, stream
from .fact_set import Facts
from .neighbourhood import small_neighbourhood

__all__ = ["can_ask", "successors", "who_asks"]

_HEIRS = 5


def can_ask(facts: Facts, person: str) -> bool:
    """Whether it is a living, free and friendly person of the facts."""
    flaws = ("dead", "hostile", "secret")
    held = any(True for _ in facts.find("captive", person))
    return ("person", person) in facts and not held and not any((f, person) in facts for f in flaws)


def who_asks(seed: Seed, facts: Facts | None, giver: str | None, index: int) -> tuple[Facts, str]:
    """The facts, by default those of a small neighbourhood, and who asks, by default anybody.

    Raises `InvalidArgument` if the giver cannot ask, or if nobody can.
    """
    check_seed(seed)
    check_int("index", index, 0, 1 << 30)
    if facts is None:
        facts = small_neighbourhood(seed)[2]
    if giver is None:
        people = [fact[1] for fact in facts.find("person") if can_ask(facts, fact[1])]
        if not people:
            raise InvalidArgument("facts must hold somebody who can give a quest, they hold nobody")
        giver = stream(seed, "giver", index).choice(people)
    elif not can_ask(facts, giver):
        raise InvalidArgument(
            f"giver must be a living, friendly person of the facts, not {giver!r}"
        )
    return facts, giver


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
