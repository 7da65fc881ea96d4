"""A walk goes on from what was written of it, if the rules can have led there."""

from __future__ import annotations

from typing import Any

from aigc_procgen.core.errors import InvalidArgument

from .records import DIRECTIONS, Dungeon, Spot
from .rules import Board, Play

__all__ = ["resume"]


def resume(dungeon: Dungeon, data: Any) -> Play:
    """The walk in the state that `Play.to_dict` wrote; `InvalidArgument` for any other.

    Nothing is believed: what was opened must have had its key or lever, and where the walker stands
    and what they took must be in reach of the start. So a walk that goes on can be finished.
    """
    board = Board(dungeon)
    play = Play(board)
    spot = tuple(_numbers(data, "spot"))  # of any length: in reach or not
    play.opened, play.taken, play.beaten = (
        frozenset(_numbers(data, name)) for name in ("opened", "taken", "beaten")
    )
    shut = {way.id: way for way in board.ways.values() if way.kind in ("lock", "gate", "bar")}
    items = {thing.id: thing for thing in board.items.values()}
    foes = {thing.id for thing in board.foes.values()}
    for name, found, known in (
        ("opened", play.opened, set(shut)),
        ("taken", play.taken, set(items)),
        ("beaten", play.beaten, foes),
    ):
        if unknown := sorted(found - known):
            raise InvalidArgument(f"state has {name} {unknown[0]}, which the dungeon has not")
    held = [items[number].name for number in sorted(play.taken) if items[number].kind == "key"]
    play.keys = {name: held.count(name) for name in held}
    for number in sorted(play.opened):
        way = shut[number]
        if way.kind == "lock":
            left = play.keys.get(way.opener, 0)
            if left < 1:
                raise InvalidArgument(f"state has lock {number} open, and no {way.opener} key")
            play.keys[way.opener] = left - way.spent
    reach = _reach(play)
    levers = {lever.name: lever.spot for lever in board.levers.values()}
    needed = [items[number].spot for number in sorted(play.taken)]
    needed += [levers[shut[n].opener] for n in sorted(play.opened) if shut[n].kind == "gate"]
    for place in (spot, *needed):
        if place not in reach:
            raise InvalidArgument(f"state has the walker at {place}, where no walk leads")
    play.spot = spot[0], spot[1], spot[2]
    return play


def _numbers(data: Any, name: str) -> list[int]:
    found = data.get(name) if isinstance(data, dict) else None
    if not isinstance(found, list) or any(type(number) is not int for number in found):
        raise InvalidArgument(f"state must have a list of whole numbers {name}, not {found!r:.80}")
    return found


def _reach(play: Play) -> set[Spot]:
    """Every tile that can be walked to with what is open and beaten."""
    walker = play.copy()
    seen, edge = {walker.spot}, [walker.spot]
    while edge:
        here = edge.pop()
        for step in (*DIRECTIONS, "up", "down"):
            walker.spot = here
            if not walker.do(step) and walker.spot not in seen:
                seen.add(walker.spot)
                edge.append(walker.spot)
    return seen
