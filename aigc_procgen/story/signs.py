"""Signs: where the ways lead, how far it is, and what the painter thought of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ..core.random import Seed, stream
from ..core.records import Record
from .calendar import present_year
from .directions import DIRECTIONS, direction, paces
from .teller import Teller

__all__ = ["Arm", "Fork", "Sign", "make_sign"]

_FEET = (1, 3)  # how many signs have something below


@dataclass(frozen=True, kw_only=True)
class Arm(Record):
    """An arm of a sign: the place it points to, in which direction, and how many tiles off."""

    place: str
    name: str
    direction: str
    paces: int


@dataclass(frozen=True, kw_only=True)
class Sign(Record):
    """A sign by a place, or at a fork where `place` is "": its arms clockwise from the north."""

    id: str
    place: str
    arms: tuple[Arm, ...]
    text: str


@dataclass(frozen=True, kw_only=True)
class Fork(Record):
    """A tile where ways part and no place is."""

    x: int
    y: int


def make_sign(
    seed: Seed,
    spot: Any,
    places: Iterable[Any],
    *,
    founded: int = 0,
    language: str = "en",
) -> Sign:
    """The sign at a spot, with `x`, `y` and, if it is a place, `id`, `kind` and `name`.

    `places` are those that it points to. Distances are as the crow flies, a pace a tile.
    """
    own = str(getattr(spot, "id", ""))
    sign_id = f"sign:{own or f'{spot.x}:{spot.y}'}"
    teller = Teller(seed, "sign", sign_id, language=language)
    table = teller.table("signs")
    arms = sorted(
        (
            Arm(
                place=str(place.id),
                name=str(place.name),
                direction=direction(spot, place),
                paces=paces(spot, place),
            )
            for place in places
            if place.id != own
        ),
        key=lambda arm: (DIRECTIONS.index(arm.direction), arm.paces, arm.place),
    )
    words = {"founded": str(founded) if founded else "", "year": str(present_year(seed))}
    if own:
        words["place"] = teller.grammar.named(str(spot.name), "place")
        heads = table["head"].get(str(spot.kind), table["head"]["village"])
        lines = [teller.line("head", heads, words)]
    else:
        lines = [teller.line("fork", table["fork"], words)]
    for arm in arms:
        named = {
            "name": teller.grammar.named(arm.name, "place"),
            "paces": str(arm.paces),
            "direction": str(table["directions"][arm.direction]),
        }
        lines.append(teller.line("arm", table["arm"], named))
    if stream(seed, "sign's foot", sign_id).chance(*_FEET):
        lines.append(teller.line("foot", table["foot"], words))
    return Sign(
        id=sign_id, place=own, arms=tuple(arms), text="\n".join(line for line in lines if line)
    )
