"""Themes: what a dungeon is made of, who lives there and what its locks are called."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from aigc_procgen.core.errors import InvalidArgument, check_int
from aigc_procgen.core.files import read_table
from aigc_procgen.core.random import Stream

__all__ = ["Styles", "Theme", "Themes", "Weights", "read_themes", "themes"]

_MATERIALS = ("floor", "passage", "wall", "pool", "bridge")
_SHARES = ("caves", "round", "pools", "doors", "wide", "loops", "traps", "learned", "learned_caves")
_NAMES = ("monsters", "guardians", "treasures", "ornaments")


@dataclass(frozen=True, kw_only=True)
class Weights:
    """Names and how often each is drawn."""

    names: tuple[str, ...]
    weights: tuple[int, ...]

    def draw(self, dice: Stream) -> str:
        """One of the names."""
        return dice.weighted(self.names, self.weights)


@dataclass(frozen=True, kw_only=True)
class Styles:
    """Styles of learned layouts, how often each is drawn, and the sprite of its furniture."""

    styles: Weights
    furniture: MappingProxyType[str, str]


@dataclass(frozen=True, kw_only=True)
class Theme:
    """One theme of themes.json."""

    name: str
    floor: str
    passage: str
    wall: str
    pool: str
    bridge: str
    caves: int  # per cent of rooms, as the next ones
    round: int
    pools: int
    doors: int  # per cent of ways
    wide: int
    loops: int  # per cent of pairs of neighbours
    traps: int  # for a hundred rooms
    learned: int  # per cent of halls that the network lays out, where nobody says otherwise
    learned_caves: int
    locks: tuple[int, ...]  # weights of spent keys, kept runes, levers
    monsters: Weights
    guardians: Weights
    treasures: Weights
    ornaments: Weights
    goal: str
    halls: Styles
    caverns: Styles


@dataclass(frozen=True, kw_only=True)
class Themes:
    """What themes.json says."""

    keys: tuple[str, ...]
    runes: tuple[str, ...]
    places: MappingProxyType[str, tuple[str, ...]]  # kind of place -> themes
    themes: MappingProxyType[str, Theme]


def _weights(where: str, table: Any) -> Weights:
    if not isinstance(table, dict) or not table:
        raise ValueError(f"{where} must name something")
    numbers = tuple(check_int(f"{where} {name}", table[name], 1, 1000) for name in table)
    return Weights(names=tuple(table), weights=numbers)


def _styles(where: str, table: Any) -> Styles:
    if not isinstance(table, dict) or any(len(row) != 2 for row in table.values()):
        raise ValueError(f"{where} must give each style a weight and a sprite")
    return Styles(
        styles=_weights(where, {name: row[0] for name, row in table.items()}),
        furniture=MappingProxyType({name: str(row[1]) for name, row in table.items()}),
    )


def _theme(name: str, row: Any) -> Theme:
    locks = tuple(check_int(f"locks of {name}", weight, 0, 1000) for weight in row["locks"])
    if len(locks) != 3 or not sum(locks):
        raise ValueError(f"locks of {name} must be three weights")
    parts: dict[str, Any] = {part: str(row[part]) for part in _MATERIALS}
    parts |= {part: check_int(f"{part} of {name}", row[part], 0, 100) for part in _SHARES}
    parts |= {part: _weights(f"{part} of {name}", row[part]) for part in _NAMES}
    parts |= {part: _styles(f"{part} of {name}", row[part]) for part in ("halls", "caverns")}
    return Theme(
        name=name,
        goal=str(row["goal"]),
        locks=locks,
        **parts,
    )


def read_themes(data: Any) -> Themes:
    """The themes of the JSON table; `InvalidArgument` says what is wrong."""
    try:
        found = {str(name): _theme(name, row) for name, row in data["themes"].items()}
        places = {str(kind): tuple(names) for kind, names in data["places"].items()}
        for kind, names in places.items():
            if not names or not set(names) <= set(found):
                raise ValueError(f"places of {kind} must be themes")
        keys, runes = tuple(data["keys"]), tuple(data["runes"])
        if not keys or len({*keys, *runes}) != len(keys) + len(runes):
            raise ValueError("keys and runes must be different names")
        return Themes(
            keys=keys,
            runes=runes,
            places=MappingProxyType(places),
            themes=MappingProxyType(found),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise InvalidArgument(f"themes.json: {error}") from None


@cache
def themes() -> Themes:
    """The themes of themes.json, checked."""
    return read_themes(read_table(__package__, "themes.json"))
