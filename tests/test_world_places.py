"""Places, their layouts, roads, and people's standing places."""

from __future__ import annotations

import json
from importlib.resources import files

import numpy as np
import pytest

import aigc_procgen as procgen
from aigc_procgen.core.errors import InvalidArgument
from aigc_procgen.world.biomes import biome_names, biomes, read_biomes
from aigc_procgen.world.joins import Edge
from aigc_procgen.world.land import Land
from aigc_procgen.world.places import (
    CELL,
    DISTRICT,
    PLACE_KINDS,
    STEP,
    District,
    Place,
    place_rules,
    read_places,
)
from aigc_procgen.world.roads import gate, make_road, side_towards
from aigc_procgen.world.terrain import TERRAIN_INDEX, TERRAINS, WALKABLE

_BLOCKS = ("stone_wall", "brick_wall")


@pytest.fixture(scope="module")
def land():
    return Land("places")


@pytest.fixture(scope="module")
def near(land):
    return land.places(-800, -800, 1600, 1600)


def _table(name):
    return json.loads(files("aigc_procgen.world").joinpath(name).read_text(encoding="utf-8"))


def _around(land, place, more=0):
    reach = place.radius + more
    return land.terrain(place.x - reach, place.y - reach, 2 * reach + 1, 2 * reach + 1)


def test_every_kind_is_found_with_unique_ids_and_names(near):
    """A stretch of land has all kinds of places, sorted by id, each with a name."""
    assert {place.kind for place in near} == set(PLACE_KINDS)
    ids = [place.id for place in near]
    assert ids == sorted(set(ids))
    assert all(place.name and place.id.startswith(place.kind + ":") for place in near)
    assert near[0] == Place.from_json(near[0].to_json())


def test_something_is_always_near(near):
    """On land there is a place in most cells of 96 tiles."""
    assert len(near) > 120


def test_footprints_lie_in_their_own_cells(near):
    """No two places overlap: each keeps to its cell."""
    for place in near:
        for centre in (place.x, place.y):
            inside = centre % CELL
            assert place.radius <= inside < CELL - place.radius


def test_regions_agree_on_places(land, near):
    """Asking for the parts of a region gives the places of the whole."""
    parts = [
        place
        for x in range(-800, 800, 400)
        for y in range(-800, 800, 320)
        for place in land.places(x, y, 400, 320)
    ]
    assert sorted(parts, key=lambda place: place.id) == list(near)


@pytest.mark.parametrize("kind", [*PLACE_KINDS, "any"])
def test_nearest_is_the_nearest(land, near, kind):
    """`nearest` finds what a search of all places around finds."""
    for x, y in ((0, 0), (-123, 200), (150, -31)):
        wanted = min(
            (place for place in near if kind in ("any", place.kind)),
            key=lambda place: ((place.x - x) ** 2 + (place.y - y) ** 2, place.id),
        )
        assert land.nearest(kind, x, y) == wanted


@pytest.mark.parametrize(("kind", "houses"), [("town", 8), ("village", 3)])
def test_settlements_have_a_plaza_and_houses_with_doors(land, near, kind, houses):
    """Centre and plaza are paved, and each house's floor is walkable from the plaza."""
    walls = [TERRAIN_INDEX[name] for name in _BLOCKS]
    for place in [place for place in near if place.kind == kind][:6]:
        ground = _around(land, place)
        middle = ground[place.radius - 2 : place.radius + 3, place.radius - 2 : place.radius + 3]
        assert (middle == TERRAIN_INDEX["cobblestone"]).mean() > 0.8
        floor = ground == TERRAIN_INDEX["stone_floor"]
        inside = _reached(land, place)
        assert (inside & floor).sum() == (floor & _free(land, place)).sum(), place
        # A wall's upper left corner: wall to the east and south, none to the west and north.
        wall = np.pad(np.isin(ground, walls), 1)
        corner = wall[1:-1, 1:-1] & wall[1:-1, 2:] & wall[2:, 1:-1]
        corner &= ~wall[:-2, 1:-1] & ~wall[1:-1, :-2]
        assert corner.sum() >= houses, place


def _free(land, place):
    reach = place.radius
    return land.walkable_area(place.x - reach, place.y - reach, 2 * reach + 1, 2 * reach + 1)


def _reached(land, place):
    free = _free(land, place)
    seen = np.zeros_like(free)
    seen[place.radius, place.radius] = True
    while True:
        grown = seen.copy()
        grown[1:] |= seen[:-1]
        grown[:-1] |= seen[1:]
        grown[:, 1:] |= seen[:, :-1]
        grown[:, :-1] |= seen[:, 1:]
        grown &= free
        if (grown == seen).all():
            return seen
        seen = grown


def test_centres_can_be_walked_on_and_left(land, near):
    """Every centre is walkable and joined to the rim of its footprint."""
    for place in near:
        assert land.walkable(place.x, place.y)
        seen = _reached(land, place)
        rim = np.concatenate([seen[0], seen[-1], seen[:, 0], seen[:, -1]])
        assert rim.any(), place


def test_neighbours_can_be_walked_to():
    """From the start of several seeds there is a way to every place nearby."""
    for seed in (1, 2, 3):
        land = Land(seed)
        start = land.spawn()
        around = land.places(start[0] - 160, start[1] - 160, 320, 320)
        assert len(around) > 4
        for place in around:
            assert land.route(start, (place.x, place.y)) is not None, place


def test_spots_are_free_distinct_connected_and_stable(land, near):
    """People's spots are tiles of the place that its centre reaches, the same each time."""
    seen_kinds = set()
    for place in near:
        if place.kind in seen_kinds:
            continue
        seen_kinds.add(place.kind)
        spots = land.spots(place, 12)
        assert len(set(spots)) == 12
        reached = _reached(land, place)
        for x, y in spots:
            assert reached[y - place.y + place.radius, x - place.x + place.radius]
            assert (x, y) != (place.x, place.y)
        assert Land("places").spots(place, 12) == spots
        assert land.spots(place, 5) == spots[:5]


def test_spots_say_how_many_there_are(land, near):
    """Asking for more people than a place holds is one sentence with the number it holds."""
    camp = next(place for place in near if place.kind == "camp")
    with pytest.raises(InvalidArgument, match=r"count must be at most \d+ for camp:"):
        land.spots(camp, 1000)


def test_roads_are_paved_over_land_and_bridged_over_water(land):
    """Road tiles outside of places are dirt or cobblestone, and always walkable."""
    ways = list(land._ground.roads(-400, -400, 800, 800))
    assert len(ways) > 20
    paving = [TERRAIN_INDEX[name] for name in ("dirt", "cobblestone")]
    places = land.places(-1000, -1000, 2000, 2000)
    for way in ways[:25]:
        for x, y in way.tiles[::7].tolist():
            if not any(max(abs(x - p.x), abs(y - p.y)) <= p.radius for p in places):
                assert land.terrain(x, y, 1, 1)[0, 0] in paving
                assert land.walkable(x, y)


@pytest.mark.parametrize(
    ("seed", "x", "y"),
    [
        *((5, -330, -20), (6, -380, -330), (6, -324, 280), (10, 0, -400)),
        *((518, -1, -645), (651, -84, -385), (688, 383, 165), (870, -1, -270)),
    ],
)
def test_every_tile_of_a_road_can_be_walked_on(seed, x, y):
    """Also where it bends around a cave, along a house, or at the rim of the land it is sought in,
    where that is the rim of a chunk.
    """
    land = Land(seed)
    walkable = land.walkable_area(x - 128, y - 128, 256, 256)
    found = 0
    for road in land._ground.roads(x - 128, y - 128, 256, 256):
        columns, rows = (road.tiles - (x - 128, y - 128)).T
        inside = (columns >= 0) & (columns < 256) & (rows >= 0) & (rows < 256)
        assert walkable[rows[inside], columns[inside]].all()
        found += inside.any()
    assert found > 3


@pytest.mark.parametrize("gap", [4, 6, 8, 9, 12, 13, 16, 30])
@pytest.mark.parametrize("down", [-20, 0, 13])
def test_a_road_joins_towns_that_nearly_touch(gap, down):
    """However few tiles two towns leave between them, a road runs there and enters neither."""
    samples = DISTRICT // STEP
    grass = np.full((samples, samples), TERRAIN_INDEX["grass"], np.uint8)
    towns = [
        Place(id=f"town:{x}", kind="town", name="", x=x, y=y, radius=22)
        for x, y in ((150, 150), (150 + 45 + gap, 150 + down))
    ]
    district = District(
        places={(0, 0): towns[0], (1, 0): towns[1]},
        terrain=grass,
        elevation=np.full(grass.shape, 100, np.int32),
    )
    road = make_road("near", lambda cell: district, Edge(start=towns[0], goal=towns[1]))
    for town, other in (towns, towns[::-1]):
        end = gate("near", town, side_towards(town, other))
        assert list(end) in road.tiles.tolist()
        inside = road.tiles[np.abs(road.tiles - (town.x, town.y)).max(1) <= town.radius]
        # Two tiles wide, it ends in the gate.
        assert gap == 4 or (np.abs(inside - end).max(1) <= 1).all()


def test_nothing_stands_in_water_or_on_walls(land):
    """Props lie on walkable ground, at most one a tile; boats alone on water."""
    props = land.props(-256, -256, 512, 512)
    ground = land.terrain(-256, -256, 512, 512)
    assert len(props) > 500
    assert len({(prop.x, prop.y) for prop in props}) == len(props)
    for prop in props:
        if prop.kind != "boat":
            assert WALKABLE[ground[prop.y + 256, prop.x + 256]], prop


def test_trees_never_stand_side_by_side(land):
    """Also over the borders of chunks, a wild tree leaves its four neighbours free of trees."""
    trees = {(prop.x, prop.y) for prop in land.props(-300, -300, 600, 600) if prop.kind == "tree"}
    assert len(trees) > 300
    pairs = [(x, y) for x, y in trees if (x + 1, y) in trees or (x, y + 1) in trees]
    places = land.places(-400, -400, 800, 800)
    planted = [
        (x, y)
        for x, y in pairs
        if any(max(abs(x - p.x), abs(y - p.y)) <= p.radius + 1 for p in places)
    ]
    assert pairs == planted  # an orchard may touch the wood beside it


def test_biomes_are_many_and_end_with_one_for_all():
    """At least ten biomes with different names over known grounds."""
    assert len(set(biome_names())) == len(biomes()) >= 10
    assert all(0 <= biome.ground < len(TERRAINS) for biome in biomes())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"ground": "lawn"}, r"biome 'ocean' is wrong at 'lawn'"),
        ({"elevation": [5, 1]}, r"elevation \[5, 1\]"),
        ({"props": {"cow": 3}}, r"'cow'"),
        ({"props": {"tree": 9000}}, r"tree must be between 0 and 2000"),
        ({"leaves": ["mauve"]}, r"leaves must be one of red, orange, .*'mauve'"),
        ({"leaves": []}, r"must name at least one colour"),
        ({"name": "shallows"}, r"same name"),
    ],
)
def test_a_wrong_biome_table_is_one_sentence(change, message):
    """A slip in biomes.json names the biome and the value."""
    table = _table("biomes.json")
    row = next(row for row in table["biomes"] if row["name"] == "ocean")
    row.update(change)
    with pytest.raises(InvalidArgument, match=message):
        read_biomes(table)


def test_biomes_must_cover_all_land():
    """The last biome may not have ranges, and growth names terrains."""
    table = _table("biomes.json")
    with pytest.raises(InvalidArgument, match="last biome"):
        read_biomes(table | {"biomes": table["biomes"][:-1]})
    with pytest.raises(InvalidArgument, match="'moon'"):
        read_biomes(table | {"growth": {"moon": 3}})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"radius": 40}, "radius of town must be between 4 and 22, not 40"),
        ({"land": 1001}, "land of town"),
        ({"biomes": ["moon"]}, "places.json"),
    ],
)
def test_a_wrong_place_table_is_one_sentence(change, message):
    """A slip in places.json names what is wrong."""
    table = _table("places.json")
    table["kinds"]["town"].update(change)
    with pytest.raises(InvalidArgument, match=message):
        read_places(table)
    assert place_rules() == read_places(_table("places.json"))


def test_an_area_of_walkable_tiles_is_its_tiles():
    """`World.walkable_area` says of every tile what `walkable` says, edits included."""
    world = procgen.world(12)
    x, y = world.spawn()
    world.set_terrain(x, y, "stone_wall")
    found = world.walkable_area(x - 9, y - 5, 20, 12)
    assert found.dtype == bool
    assert found.shape == (12, 20)
    assert not found[5, 9]
    for row in range(12):
        for column in range(20):
            assert found[row, column] == world.walkable(x - 9 + column, y - 5 + row)
