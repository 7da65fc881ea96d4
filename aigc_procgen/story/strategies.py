"""The quest grammar as data: motivations, strategies and productions, checked at load."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from .facts import verbs
from .patterns import Pattern, patterns_of
from .tables import load_table, require, weights_of

__all__ = [
    "Choice",
    "OtherWay",
    "Production",
    "Strategy",
    "motivations",
    "other_ways",
    "productions",
    "strategies",
    "strategy_of",
]


@dataclass(frozen=True, kw_only=True)
class Strategy:
    """One way to satisfy a motivation: what it needs and the steps of its plan."""

    name: str
    motivation: str
    weight: int
    fallback: bool
    mood: str
    marks: tuple[str, ...]
    deed: str
    cause: Pattern
    where: tuple[Pattern, ...]
    steps: tuple[Pattern, ...]


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One right-hand side of a production."""

    name: str
    weight: int
    always: bool
    aside: bool
    marks: tuple[str, ...]
    where: tuple[Pattern, ...]
    steps: tuple[Pattern, ...]


@dataclass(frozen=True, kw_only=True)
class OtherWay:
    """Other steps to the end of a strategy, and what they need besides."""

    name: str
    marks: tuple[str, ...]
    where: tuple[Pattern, ...]
    steps: tuple[Pattern, ...]


@dataclass(frozen=True, kw_only=True)
class Production:
    """A step that expands further, with its choices."""

    name: str
    parameters: tuple[str, ...]
    choices: tuple[Choice, ...]


@cache
def motivations() -> dict[str, int]:
    """Motivation → its count in Doran & Parberry's 750 quests."""
    return weights_of("strategies", "motivations", load_table("strategies")["motivations"])


@cache
def strategies() -> tuple[Strategy, ...]:
    """All strategies, in the order of the table."""
    made = []
    spoken_of = {deed for deeds in load_table("deed_lines")["acts"].values() for deed in deeds}
    for name, entry in load_table("strategies")["strategies"].items():
        require(
            entry["motivation"] in motivations(), "strategies", f"{name}.motivation is not listed"
        )
        deed = str(entry.get("deed", ""))
        require(deed == "" or deed in spoken_of, "strategies", f"{name}.deed has no lines")
        made.append(
            Strategy(
                name=name,
                motivation=entry["motivation"],
                weight=int(entry["weight"]),
                fallback=bool(entry.get("fallback", False)),
                mood=entry["mood"],
                marks=tuple(entry["marks"]),
                deed=deed,
                cause=tuple(entry["cause"]),
                where=patterns_of("strategies", f"{name}.where", entry["where"]),
                steps=_steps("strategies", name, entry["steps"] + entry["closing"]),
            )
        )
    return tuple(made)


@cache
def strategy_of(name: str) -> Strategy:
    """The strategy of a name of the table."""
    return next(strategy for strategy in strategies() if strategy.name == name)


@cache
def other_ways() -> dict[str, tuple[OtherWay, ...]]:
    """Strategy → the other ways to its end, in the order of the table."""
    found: dict[str, tuple[OtherWay, ...]] = {}
    for name, entry in load_table("ways").items():
        if name == "about":
            continue
        way = OtherWay(
            name=name,
            marks=tuple(entry["marks"]),
            where=patterns_of("ways", f"{name}.where", entry["where"]),
            steps=_steps("ways", name, entry["steps"]),
        )
        for strategy in entry["of"]:
            known = any(strategy == other.name for other in strategies())
            require(known, "ways", f"{name}.of names no strategy {strategy!r}")
            found[strategy] = (*found.get(strategy, ()), way)
    return found


@cache
def productions() -> dict[str, Production]:
    """Step in angle brackets → its production."""
    made = {}
    for name, entry in load_table("productions").items():
        if name == "about":
            continue
        made[name] = Production(
            name=name,
            parameters=tuple(f"?{parameter}" for parameter in entry["parameters"]),
            choices=tuple(
                Choice(
                    name=choice["name"],
                    weight=int(choice["weight"]),
                    always=bool(choice.get("always", False)),
                    aside=bool(choice.get("aside", False)),
                    marks=tuple(choice.get("marks", ())),
                    where=patterns_of("productions", f"{name}.where", choice["where"]),
                    steps=_steps("productions", name, choice["steps"]),
                )
                for choice in entry["choices"]
            ),
        )
    return made


def _steps(table: str, where: str, value: object) -> tuple[Pattern, ...]:
    steps = patterns_of(table, f"{where}.steps", value)
    expanding = [name for name in load_table("productions") if name != "about"] + ["<quest>"]
    for step in steps:
        require(
            step[0] in expanding or step[0] in verbs(), table, f"{where} has no step {step[0]!r}"
        )
    return steps
