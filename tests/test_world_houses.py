"""Houses: doors that lead into every room, and things that belong where they stand."""

from __future__ import annotations

import json
from importlib.resources import files

import numpy as np
import pytest

import aigc_procgen as procgen
from aigc_procgen.core.errors import InvalidArgument
from aigc_procgen.core.random import Stream
from aigc_procgen.world.canvas import Canvas
from aigc_procgen.world.houses import build_house, houses, read_houses
from aigc_procgen.world.land import Land
from aigc_procgen.world.plants import SOLID
from aigc_procgen.world.terrain import TERRAIN_INDEX, WALKABLE

_SIDES = ("north", "east", "south", "west")


def _house(seed, side, kind, width, depth):
    canvas = Canvas(12, np.full((25, 25), TERRAIN_INDEX["grass"], np.uint8))
    rect = (-6, -5, width - 7, depth - 6)
    build_house(canvas, Stream(seed), rect, side, "brick_wall", kind)
    return canvas, rect


def _free(canvas, rect):
    left, top, right, bottom = rect
    return {
        (x, y)
        for y in range(top, bottom + 1)
        for x in range(left, right + 1)
        if WALKABLE[canvas.terrain[y + 12, x + 12]] and canvas.props.get((x, y)) not in SOLID
    }


@pytest.mark.parametrize("kind", sorted(houses().kinds))
def test_every_room_is_reached_from_the_door_and_no_door_is_blocked(kind):
    """In houses of all sizes and sides, all floor that is free hangs together with the one door,
    before and behind which nothing stands.
    """
    for seed in range(60):
        side = _SIDES[seed % 4]
        width, depth = 5 + seed % 7, 4 + seed // 4 % 6
        canvas, rect = _house(seed, side, kind, width, depth)
        doors = [spot for spot, what in canvas.props.items() if what == "door"]
        assert len(doors) == 1
        free = _free(canvas, rect)
        seen, waiting = set(), doors[:]
        while waiting:
            x, y = waiting.pop()
            if (x, y) in free and (x, y) not in seen:
                seen.add((x, y))
                waiting += [(x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)]
        assert seen == free, (seed, side)
        (x, y) = doors[0]
        for spot in ((x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)):
            assert spot not in canvas.props
        assert len(free) >= (width - 2) * (depth - 2) // 3


def test_long_houses_have_two_rooms():
    """A wall inside divides a long house, with one way through; a short one has none."""
    walls = TERRAIN_INDEX["brick_wall"]
    for seed in range(20):
        for width, rooms in ((10, 2), (7, 1)):
            canvas, (left, top, right, bottom) = _house(seed, "south", "inn", width, 6)
            inside = canvas.terrain[top + 13 : bottom + 12, left + 13 : right + 12]
            assert (inside == walls).any() == (rooms == 2)
            if rooms == 2:
                rows, columns = np.nonzero(inside == walls)
                assert len(set(columns.tolist())) == 1
                assert len(rows) == inside.shape[0] - 1


def test_what_stands_in_a_house_tells_what_is_done_there():
    """A smithy has a forge and arms, a home a hearth, beds and a table; never the other's goods."""
    kinds = houses().kinds
    for name, kind in kinds.items():
        allowed = {*kind.goods, kind.hearth, "door", "bed", "forge", "table"}
        seen = set()
        for seed in range(12):
            canvas, _ = _house(seed, "south", name, 8, 6)
            things = list(canvas.props.values())
            seen |= set(things)
            assert things.count("forge") == kind.forges == (name == "smithy")
            assert things.count("bed") == kind.beds
            assert things.count("table") <= kind.tables
        assert ("table" in seen) == (kind.tables > 0)
        assert seen <= allowed
        assert len(seen) >= 3


def test_a_town_has_trades_a_market_and_gates():
    """In a walled town are houses of several trades, wares on its plaza, gates, many doors, and
    only things that the default pack draws.
    """
    land = Land(51)
    drawn = set(procgen.world(51).categories)
    towns = [place for place in land.places(-1500, -1500, 3000, 3000) if place.kind == "town"]
    gates = markets = 0
    doors = []
    for town in towns[:12]:
        side = 2 * town.radius + 1
        props = land.props(town.x - town.radius, town.y - town.radius, side, side)
        kinds = [prop.kind for prop in props]
        assert set(kinds) <= drawn
        doors.append(kinds.count("door"))
        gates += kinds.count("gate") == 4
        plaza = land.terrain(town.x - 4, town.y + 2, 9, 3)
        markets += bool((plaza == TERRAIN_INDEX["dry_grass"]).any())
        floor = {prop.kind for prop in props} & {"sword", "shield", "potion", "book", "fruit"}
        assert len(floor) >= 2, town
    assert gates >= 4
    assert markets >= 6
    assert min(doors) >= 7
    assert sum(doors) >= 12 * 12


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda table: table["houses"]["inn"]["goods"].update(statue=1), "statue of inn"),
        (lambda table: table["houses"]["inn"].update(filled=101), "filled of inn"),
        (lambda table: table["houses"].pop("home"), "there must be a home"),
        (lambda table: table["town"].append("castle"), "town names 'castle'"),
    ],
)
def test_a_wrong_table_of_houses_is_one_sentence(change, message):
    """A slip in houses.json names what is wrong."""
    table = json.loads(files("aigc_procgen.world").joinpath("houses.json").read_text("utf-8"))
    change(table)
    with pytest.raises(InvalidArgument, match=f"houses.json.*{message}|{message}"):
        read_houses(table)
