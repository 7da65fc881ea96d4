"""Harbours, ferries and journeys: every place can be reached from every other."""

from __future__ import annotations

from heapq import heappop, heappush
from math import ceil, hypot

import numpy as np
import pytest

import aigc_procgen as procgen
from aigc_procgen.core.errors import InvalidArgument
from aigc_procgen.core.random import stream
from aigc_procgen.world.harbours import REACH
from aigc_procgen.world.journeys import Step, find_journey, tiles_between
from aigc_procgen.world.land import Land
from aigc_procgen.world.places import Place
from aigc_procgen.world.terrain import TERRAIN_INDEX

_WATER = [TERRAIN_INDEX[name] for name in ("deep_water", "shallow_water")]


@pytest.fixture(scope="module")
def world():
    return procgen.world(2, size=1400)


@pytest.fixture(scope="module")
def places(world):
    return world.places(-800, -800, 1600, 1600)


def test_piers_can_be_walked_to_and_end_in_open_water(world, places):
    """From the middle of a place one can walk to the end of its pier, around which is water."""
    found = 0
    for place in places:
        pier = world.harbour(place)
        if pier is None:
            continue
        found += 1
        assert max(abs(pier[0] - place.x), abs(pier[1] - place.y)) <= REACH
        assert world.route((place.x, place.y), pier) is not None, place
        ground = world.terrain(pier[0] - 3, pier[1] - 3, 7, 7)
        assert ground[3, 3] == TERRAIN_INDEX["cobblestone"]
        assert np.isin(ground, _WATER).sum() >= 12, place
    assert found > 8


def test_settlements_by_the_sea_have_harbours():
    """A town or village that has open sea close by in its own district has a pier."""
    land = Land(11)
    seen = 0
    for place in land.places(-1500, -1500, 3000, 3000):
        district = land._ground._districts.get((place.x // 384, place.y // 384))
        row, column = place.y % 384 // 8, place.x % 384 // 8
        around = district.elevation[max(row - 4, 0) : row + 5, max(column - 4, 0) : column + 5]
        if place.kind in ("town", "village") and (around < -20).sum() > 12:
            seen += 1
            assert land.harbour(place), place
    assert seen >= 5


def test_ferries_sail_over_water_both_ways(world, places):
    """A ferry leads back, in as many tiles; its way goes from pier to pier over open water."""
    seen = 0
    for place in places:
        for ferry in world.ferries(place):
            seen += 1
            assert ferry.start == place
            back = [other for other in world.ferries(ferry.goal) if other.goal == place]
            assert [other.length for other in back] == [ferry.length]
            way = np.array(ferry.way)
            assert tuple(way[0]) == world.harbour(place)
            assert tuple(way[-1]) == world.harbour(ferry.goal)
            assert np.abs(np.diff(way, axis=0)).max() <= 16
            assert [other.way for other in back] == [ferry.way[::-1]]
            steps = [hypot(*step) for step in np.diff(way, axis=0).tolist()]
            assert sum(steps) <= ferry.length <= sum(steps) + len(steps)
            for x, y in way[1:-1].tolist():
                assert world.terrain(x, y, 1, 1)[0, 0] in (
                    *_WATER,
                    TERRAIN_INDEX["cobblestone"],  # under a bridge
                )
            assert ferry == procgen.Ferry.from_json(ferry.to_json())
    assert seen > 12


@pytest.mark.parametrize(("seed", "isles"), [(1, True), (7, True), ("Ada", False)])
def test_every_place_of_a_world_can_be_reached_from_every_other(seed, isles):
    """There is a journey from one place of an island world to each, and none is left out; legs
    join, foot follows roads and ships sail between harbours.
    """
    world = procgen.world(seed, size=2048)
    places = world.places(-1024, -1024, 2048, 2048)
    assert len(places) > 140
    start = world.nearest("town", 0, 0)
    sailed = 0
    for goal in places:
        legs = world.journey(start, goal)
        assert legs is not None, goal
        at = start
        for leg in legs:
            assert leg.places[0] == at
            for one, two in zip(leg.places, leg.places[1:], strict=False):
                if leg.by == "foot":
                    assert two in world.roads(one)
                else:
                    assert two in [ferry.goal for ferry in world.ferries(one)]
                    sailed += 1
            at = leg.places[-1]
        assert at == goal
    assert sailed or not isles


def _walk(one, two):
    return ceil(hypot(two[0] - one[0], two[1] - one[1]))


@pytest.mark.parametrize("seed", range(40))
def test_what_is_found_is_the_cheapest_of_any_net(seed):
    """On nets of random roads and ferries A* finds what Dijkstra does, there and back."""
    dice = stream(seed, "nets")
    spots = [(dice.below(900), dice.below(900)) for _ in range(50)]
    places = [
        Place(id=f"farm:{index}", kind="farm", name="", x=x, y=y, radius=4)
        for index, (x, y) in enumerate(spots)
    ]
    nets = {"road": {}, "ferry": {}}
    for name, count in (("road", 38), ("ferry", 30)):
        for _ in range(count):
            one, two = dice.sample(range(len(places)), 2)
            gap = tiles_between(spots[one][0] - spots[two][0], spots[one][1] - spots[two][1])
            cost = gap + dice.below(90) * (name == "ferry")
            for at, to in ((one, two), (two, one)):
                nets[name].setdefault(places[at].id, {})[places[to].id] = cost
    known = {place.id: place for place in places}

    def steps_of(name):
        return lambda place: [
            Step(known[to], cost, cost) for to, cost in nets[name].get(place.id, {}).items()
        ]

    def far(one, two):
        return int(hypot(one.x - two.x, one.y - two.y))

    on_foot = {name: _cheapest(name, lambda at: nets["road"].get(at, {}).items()) for name in known}
    for start in places[::7]:
        for goal in places[::5]:

            def steps(at, start=start, goal=goal):
                yield from nets["road"].get(at, {}).items()
                if at not in on_foot[goal.id]:
                    for to, cost in nets["ferry"].get(at, {}).items():
                        if to not in on_foot[start.id]:
                            yield to, cost

            best = _cheapest(start.id, steps).get(goal.id)
            for one, two in ((start, goal), (goal, start)):
                legs = find_journey(one, two, steps_of("road"), steps_of("ferry"), far)
                assert (sum(leg.length for leg in legs) if legs is not None else None) == best


def _ferry_cost(world, ferry, side):
    """What a journey by ship is counted as: the way to the pier, going aboard, and the way on. In a
    world that comes round pier and place may lie on two sides of the rim.
    """
    cost = ferry.length + 40
    for end in (ferry.start, ferry.goal):
        pier = world.harbour(end)
        gaps = [b - a for a, b in zip((end.x, end.y), pier, strict=True)]
        cost += _walk((0, 0), [(gap + side // 2) % side - side // 2 for gap in gaps])
    return cost


def _cheapest(start, steps):
    """What all places cost from one, by Dijkstra's algorithm (1959) and no estimate."""
    costs, queue = {}, [(0, start)]
    while queue:
        cost, at = heappop(queue)
        if at in costs:
            continue
        costs[at] = cost
        for other, length in steps(at):
            if other not in costs:
                heappush(queue, (cost + length, other))
    return costs


@pytest.mark.parametrize(("seed", "side", "wrap"), [(1, 2048, False), (3, 1536, True)])
def test_no_journey_is_shorter(seed, side, wrap):
    """On foot where roads lead, else over roads and the ferries that are needed, no way is cheaper
    by a plain Dijkstra over all places of a world, there or back, also over the rim of a world that
    comes round.
    """
    world = procgen.world(seed, size=side, wrap=wrap)
    places = {place.id: place for place in world.places(-side // 2, -side // 2, side, side)}
    around = [0, side, -side] if wrap else [0]

    def apart(one, two):
        return min(
            _walk((one.x, one.y), (two.x + east, two.y + south))
            for east in around
            for south in around
        )

    roads = {
        name: [(other.id, apart(place, other)) for other in world.roads(place)]
        for name, place in places.items()
    }
    on_foot = {name: _cheapest(name, roads.__getitem__) for name in places}
    ferries = {name: world.ferries(place) for name, place in places.items()}
    cost_of = {
        name: {ferry.goal.id: _ferry_cost(world, ferry, side) for ferry in ferries[name]}
        for name in places
    }
    # Those of isles first.
    names = sorted(places, key=lambda name: (len(on_foot[name]), name))
    sailed = 0
    for start in names[:: len(names) // 4]:
        for goal in names[:: len(names) // 9]:
            legs = world.journey(places[start], places[goal])
            back = world.journey(places[goal], places[start])
            if goal in on_foot[start]:
                assert sum(leg.length for leg in legs) == on_foot[start][goal]
                assert {leg.by for leg in legs} <= {"foot"}
                continue

            def steps(at, start=start, goal=goal):
                yield from roads[at]
                if at not in on_foot[goal]:
                    for other, cost in cost_of[at].items():
                        if other not in on_foot[start]:
                            yield other, cost

            best = _cheapest(start, steps).get(goal)
            for found in (legs, back):
                assert (found is None) == (best is None)
                cost = 0
                for leg in found or ():
                    if leg.by == "ship":
                        sailed += 1
                        cost += cost_of[leg.places[0].id][leg.places[1].id]
                    else:
                        cost += leg.length
                assert cost == (best or 0), (start, goal)
    assert sailed or wrap


@pytest.mark.parametrize(("seed", "spots"), [(7, [(-56, 416), (-58, 513)])])
def test_who_shares_a_pier_walks(seed, spots, monkeypatch):
    """Between two places with one pier no ship sails: one walks, though no road joins them."""
    world = procgen.world(seed, size=2048)
    one, two = (world.nearest("village", *spot) for spot in spots)
    assert [(place.x, place.y) for place in (one, two)] == spots
    assert world.harbour(one) == world.harbour(two)
    monkeypatch.setattr(world._land._ground, "neighbours", lambda place: iter(()))
    assert world.roads(one) == (two,)
    assert two not in [ferry.goal for ferry in world.ferries(one)]
    (leg,) = world.journey(one, two)
    assert (leg.by, leg.places) == ("foot", (one, two))
    assert leg.length > 0


def test_a_journey_is_the_same_from_any_side_and_in_any_order(world, places):
    """Asked of a fresh world, or after others, a journey has the same legs; back it is as long."""
    ends = [(places[0], places[-1]), (places[3], places[len(places) // 2])]
    fresh = procgen.world(2, size=1400)
    for one, two in reversed(ends):
        assert fresh.journey(one, two) == world.journey(one, two)
    assert world.journey(places[0], places[0]) == ()
    legs = world.journey(*ends[0])
    assert legs == tuple(procgen.Leg.from_json(leg.to_json()) for leg in legs)


def test_harbours_do_not_depend_on_what_was_made_before():
    """The chunks and harbours around a pier are those of a land that began elsewhere."""
    one, two = Land("piers"), Land("piers")
    places = one.places(-400, -400, 800, 800)
    found = {place.id: one.harbour(place) for place in places}
    for place in reversed(places):
        two.digest(place.x // 64, place.y // 64)
    assert {place.id: two.harbour(place) for place in places} == found
    pier = next(pier for pier in found.values() if pier)
    square = (pier[0] // 64, pier[1] // 64)
    assert one.digest(*square) == two.digest(*square) == Land("piers").digest(*square)


def test_who_asks_with_a_stranger_is_told(world, places):
    """A place of another world is refused in one sentence."""
    stranger = procgen.world(1).nearest("town")
    for ask in (world.harbour, world.ferries, world.roads):
        with pytest.raises(InvalidArgument, match="place must be a Place of this world"):
            ask(stranger)
    with pytest.raises(InvalidArgument, match="place must be a Place"):
        world.journey(places[0], "town:0:0")
