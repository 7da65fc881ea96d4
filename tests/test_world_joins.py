"""Which places are joined, and what lies around a tile, however little of the land is made."""

from __future__ import annotations

import pytest

from aigc_procgen.core.random import Stream, stream
from aigc_procgen.world.cache import Cache
from aigc_procgen.world.joins import Joins
from aigc_procgen.world.land import Land
from aigc_procgen.world.places import CELL, CELLS, DISTRICT, INNER, Place

_REACH = 220


def _square(one, two):
    return (one.x - two.x) ** 2 + (one.y - two.y) ** 2


def _scattered(seed):
    """A plane of cells of which some have a place, and nothing else."""

    def district(square):
        dice = stream(seed, "scattered", *square)
        found = {}
        for row in range(CELLS):
            for column in range(CELLS):
                x, y = (dice.between(*INNER) for _ in range(2))
                if dice.chance(2, 3):
                    cell = square[0] * CELLS + column, square[1] * CELLS + row
                    spot = f"camp:{cell[0]}:{cell[1]}"
                    place = (cell[0] * CELL + x, cell[1] * CELL + y)
                    found[cell] = Place(
                        id=spot, kind="camp", name="", x=place[0], y=place[1], radius=6
                    )
        return found

    made = Cache(district, 1 << 24, lambda _: 100)

    def square_of(cell):
        return cell[0] // CELLS, cell[1] // CELLS

    def place_at(cell):
        return made.get(square_of(cell)).get(cell)

    return Joins(place_at, lambda cell: square_of(cell) in made, 1 << 20), place_at


def _pairs(edges):
    return {(edge.start.id, edge.goal.id) for edge in edges}


@pytest.mark.parametrize("seed", range(6))
def test_edges_are_those_of_the_definition_in_any_order(seed):
    """Two places are joined when no third is nearer to both, wherever one begins to look."""
    _, place_at = _scattered(seed)
    cells = [(column, row) for row in range(-9, 9) for column in range(-9, 9)]
    places = [place for cell in cells if (place := place_at(cell))]
    wanted = set()
    for index, one in enumerate(places):
        for two in places[index + 1 :]:
            length = _square(one, two)
            if length <= _REACH**2 and not any(
                _square(one, third) < length and _square(third, two) < length for third in places
            ):
                wanted.add((one, two))
    spots = [(x, y) for y in range(-320, 320, 64) for x in range(-320, 320, 64)]
    for order in (spots, spots[::-1], Stream(seed).shuffled(spots)):
        joins, _ = _scattered(seed)
        found = set()
        for x, y in order:
            near = list(joins.near(x, y, 64, 64))
            assert len(near) == len(_pairs(near))
            for edge in near:
                left, top, right, bottom = edge.box()
                assert left < x + 64
                assert top < y + 64
                assert x < right
                assert y < bottom
            found |= _pairs(near)
        inside = {
            (one.id, two.id)
            for one, two in wanted
            if min(one.x, two.x) - 40 < 320
            and max(one.x, two.x) + 40 >= -320
            and min(one.y, two.y) - 40 < 320
            and max(one.y, two.y) + 40 >= -320
        }
        assert found == inside


def test_a_places_neighbours_are_the_other_ends_of_its_edges():
    """Asked for one place or for a region, the edges are the same."""
    joins, place_at = _scattered("both")
    edges = list(joins.near(-300, -300, 600, 600))
    for cell in [(0, 0), (1, -1), (-2, 1), (2, 2)]:
        if place := place_at(cell):
            ends = {edge.goal.id for edge in edges if edge.start == place}
            ends |= {edge.start.id for edge in edges if edge.goal == place}
            assert {edge.other(place).id for edge in _scattered("both")[0].of(place)} == ends


def test_outwards_finds_every_place_in_the_order_of_distance():
    """Places come nearest first, each once, and none within reach is left out."""
    for x, y in ((0, 0), (383, 200), (-700, 511)):
        land = Land("outwards")
        found = list(land._ground.outwards(x, y, 900))
        assert [(gap, place.id) for gap, place in found] == sorted(
            ((place.x - x) ** 2 + (place.y - y) ** 2, place.id)
            for place in land.places(x - 900, y - 900, 1801, 1801)
            if (place.x - x) ** 2 + (place.y - y) ** 2 <= 900**2
        )


def test_looking_for_the_nearest_town_makes_little_land():
    """The nearest town of a district's middle is found without the land of far districts."""
    land = Land(3)
    made = land._ground._districts
    land.nearest("town", DISTRICT // 2, DISTRICT // 2)
    assert sum((dx, dy) in made for dx in range(-4, 5) for dy in range(-4, 5)) <= 5


def test_a_long_shuffle_draws_what_single_draws_would():
    """Shuffling at once gives the order of Fisher and Yates, draw by draw, and the same stream."""
    for count in (0, 1, 31, 32, 33, 700):
        dice, other = Stream(count), Stream(count)
        items = list(range(count))
        for last in range(count - 1, 0, -1):
            place = other.below(last + 1)
            items[last], items[place] = items[place], items[last]
        assert dice.shuffled(range(count)) == items
        assert dice.bits() == other.bits()
