"""Worlds that come round: land, rivers, roads, places and saves agree across the rim."""

from __future__ import annotations

import json

import numpy as np
import pytest

import aigc_procgen as procgen
from aigc_procgen.core.errors import InvalidArgument, SaveError
from aigc_procgen.world.land import Land
from aigc_procgen.world.shape import make_shape

_SIZE = (3072, 1536)
_FIELDS = ("terrain", "elevation", "temperature", "moisture", "biome", "walkable")


@pytest.fixture(scope="module")
def world():
    return procgen.world("round", size=_SIZE, wrap=True)


@pytest.mark.parametrize(("across", "down"), [(1, 0), (0, 1), (-1, 2)])
def test_land_made_beyond_the_rim_is_the_land_of_the_other_side(across, down):
    """A chunk made from the land around it, one world further, has the same bits: so nothing
    breaks at the rim, neither ground nor rivers, roads, houses nor plants.
    """
    shape = make_shape(_SIZE, wrap=True)
    one, two = (Land("round", shape=shape)._ground for _ in range(2))
    aside = across * _SIZE[0] // 64, down * _SIZE[1] // 64
    for cx, cy in ((-24, -3), (23, 5), (-24, 11), (3, -12), (0, 0)):
        here, there = one.chunk(cx, cy), two.chunk(cx + aside[0], cy + aside[1])
        for name in _FIELDS:
            assert np.array_equal(getattr(here, name), getattr(there, name)), (cx, cy, name)
        moved = [
            (prop.kind, prop.x - 64 * aside[0], prop.y - 64 * aside[1]) for prop in there.props
        ]
        assert moved == [tuple(prop) for prop in here.props]


def test_roads_and_harbours_cross_the_rim():
    """Roads lead over the rim, and what they lead to is the place at the other side."""
    land = Land("round", shape=make_shape(_SIZE, wrap=True))
    ground, half = land._ground, _SIZE[0] // 2
    crossing = [
        edge
        for edge in ground._joins.near(half - 64, -700, 128, 1400)
        if edge.start.x < half <= edge.goal.x or edge.goal.x < half <= edge.start.x
    ]
    assert len(crossing) > 2
    joined = 0
    for edge in crossing:
        ends = [land.nearest("any", end.x, end.y) for end in (edge.start, edge.goal)]
        assert [end.id for end in ends] == [edge.start.id, edge.goal.id]
        assert all(-half <= end.x < half for end in ends)
        if ends[1] in land.roads(ends[0]):
            joined += 1
            way = land.route((ends[0].x, ends[0].y), (ends[1].x, ends[1].y))
            assert way is not None
            assert len(way) < 1000
            assert (way >= (-half, -_SIZE[1] // 2)).all()
            assert (way < (half, _SIZE[1] // 2)).all()
    assert joined > 1


def test_coordinates_count_round(world):
    """A tile is the same tile one world further, in all that one can ask about it."""
    across, down = _SIZE
    x, y = world.spawn()
    assert np.array_equal(
        world.terrain(x - 9, y - 9, 30, 20), world.terrain(x - 9 + across, y - 9 - down, 30, 20)
    )
    here, there = world.props(x - 20, y - 20, 40, 40), world.props(x - 20 - across, y - 20, 40, 40)
    assert [(p.kind, p.x - across, p.y) for p in here] == [tuple(p) for p in there]
    assert world.nearest("town", x, y) == world.nearest("town", x + 5 * across, y - down)
    assert world.places(x - 300, y - 300, 600, 600) == world.places(
        x - 300 + across, y - 300 + down, 600, 600
    )
    assert world.realm(x, y) == world.realm(x - across, y + down)
    everything = world.places(-4000, -4000, 8000, 8000)
    assert len({place.id for place in everything}) == len(everything) > 100
    town = world.nearest("town", across // 2, 0)
    assert len({near.id for near in world.neighbours(town)}) == 9
    assert world.people(town) == world.people(world.nearest("town", -across // 2, 0))
    for spot in world.spots(town, 8):
        assert world.walkable(*spot)
    assert np.array_equal(
        world.image(across // 2 + 3, 4, 6, 5), world.image(3 - across // 2, 4 + down, 6, 5)
    )


def test_every_place_of_a_round_world_is_reached(world):
    """Journeys lead to every place, the short way round."""
    places = world.places(-1536, -768, 3072, 1536)
    start = world.nearest("town", 1500, 0)
    for goal in places[::9]:
        assert world.journey(start, goal) is not None, goal


def test_a_map_beyond_the_rim_is_the_map_of_the_other_side(world):
    """Overviews with places and roads repeat."""
    one, two = (world.overview(x, -200, 400, 300, step=4) for x in (1400, 1400 - _SIZE[0]))
    assert np.array_equal(one, two)


def test_pictures_over_the_rim_have_no_seam(world):
    """A picture that spans the rim, corner and all, is what pictures of its sides show beside each
    other: a game may draw them in any parts.
    """
    half, down = _SIZE[0] // 2, _SIZE[1] // 2
    whole = world.image(half - 9, down - 6, 18, 12)
    rows = [
        np.concatenate([world.image(half - 9, y, 9, 6), world.image(-half, y, 9, 6)], 1)
        for y in (down - 6, -down)
    ]
    assert np.array_equal(whole, np.concatenate(rows))
    whole = world.overview(half - 300, -150, 600, 300, step=2)
    sides = [world.overview(x, -150, 300, 300, step=2) for x in (half - 300, -half)]
    assert np.array_equal(whole, np.concatenate(sides, 1))


def test_changes_across_the_rim_are_kept(tmp_path):
    """What a game changes on either side of the rim is one change, saved and loaded; the save says
    that the world comes round.
    """
    world = procgen.world(4, size=1536, wrap=True)
    world.set_terrain(766, -3, np.full((3, 4), procgen.TERRAINS.index("ash"), np.uint8))
    world.add_prop("statue", 768 + 30, 1536 + 5)
    ash = procgen.TERRAINS.index("ash")
    assert (world.terrain(-768, -3, 2, 3) == ash).all()
    assert world.props(-738, 5, 1, 1)[0].kind == "statue"
    assert world.edited <= 13
    path = tmp_path / "round.json"
    world.save(path)
    loaded = procgen.load_world(path)
    assert (loaded.terrain(766 + 1536, -3, 4, 3) == ash).all()
    assert list(loaded.edits()) == list(world.edits())
    assert loaded.remove_prop(-738, 5).kind == "statue"
    loaded.reset(700, -100, 200, 200)
    assert not (loaded.terrain(766, -3, 4, 3) == ash).all()
    old = json.loads(path.read_text())
    assert old["wrap"] is True
    old["wrap"] = "yes"
    path.write_text(json.dumps(old))
    with pytest.raises(SaveError):
        procgen.load_world(path)


@pytest.mark.parametrize(
    ("size", "message"),
    [
        (2048, "size must be a multiple of 1536 tiles, 1536 or more"),
        ((1536, 1000), "a multiple of 1536"),
        (None, "not None"),
    ],
)
def test_a_size_that_does_not_fit_is_one_sentence(size, message):
    """The error says which sizes fit."""
    with pytest.raises(InvalidArgument, match=message):
        procgen.world(1, size=size, wrap=True)


def test_wrap_and_heights_of_ones_own_exclude_each_other():
    """A function of heights says nothing about the other side."""
    with pytest.raises(InvalidArgument, match="wrap must be False with a height"):
        procgen.world(1, size=1536, wrap=True, height=lambda *area: np.zeros((1, 1), int))
    with pytest.raises(InvalidArgument, match="wrap must be True or False, not 'x'"):
        procgen.world(1, size=1536, wrap="x")
