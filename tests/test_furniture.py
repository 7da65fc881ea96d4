"""Furniture painted by rule: in a pack's colours, the same everywhere, and where it belongs."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import small_entry, small_graph

import aigc_procgen as procgen
from aigc_procgen.art import pictures
from aigc_procgen.art.furniture import FURNITURE, furniture
from aigc_procgen.core.pack import write_pack
from aigc_procgen.world.terrain import TERRAIN_INDEX


@pytest.mark.parametrize("kind", FURNITURE)
def test_furniture_is_finished_pixels_in_the_colours_of_the_pack(kind):
    """Every pixel is clear or a colour of the palette, a whole thing with nothing at its rim is
    seen, numbers tell drawings apart, and a smaller size is the same drawing.
    """
    palette = procgen.default_pack().model("sprites").palette
    drawn = [furniture(kind, 7, number, palette, 32) for number in range(6)]
    for picture in drawn:
        assert picture.dtype == np.uint8
        assert picture.shape == (32, 32, 4)
        assert set(np.unique(picture[..., 3])) == {0, 255}
        solid = picture[..., 3] > 0
        assert 250 < solid.sum() < 900
        used = {tuple(colour) for colour in picture[solid][:, :3].tolist()}
        assert used <= {tuple(colour) for colour in palette.tolist()}
        assert 6 <= len(used) <= 40
    assert len({picture.tobytes() for picture in drawn}) > 3
    small = furniture(kind, 7, 0, palette, 16)
    assert np.array_equal(small, drawn[0][1::2, 1::2])
    assert np.array_equal(furniture(kind, 7, 0, palette, 32), drawn[0])


def test_a_world_draws_furniture_and_a_pack_that_knows_it_draws_its_own(small_pack):
    """`categories` names it once, `sprite` and `image` show it on its tile, in the colours of any
    pack, and nothing else of the picture changes.
    """
    for pack in (None, small_pack):
        world = procgen.world(5, pack=pack)
        assert [world.categories.count(kind) for kind in FURNITURE] == [1] * len(FURNITURE)
        x, y = world.spawn()
        for kind in FURNITURE:
            assert world.sprite(kind, "mine").shape == (world.tile_size,) * 2 + (4,)
            world.remove_prop(x, y)
            bare = world.image(x - 1, y - 1, 3, 3)
            world.add_prop(kind, x, y)
            shown = world.image(x - 1, y - 1, 3, 3)
            rows, columns = np.nonzero((bare != shown).any(-1))
            size = world.tile_size
            assert rows.min() >= size, kind
            assert columns.min() >= size
            assert max(rows.max(), columns.max()) < 2 * size


def test_a_pack_with_beds_of_its_own_draws_them(tmp_path):
    """What a pack's model draws is not painted by rule, in `sprite`, in `image` and by itself."""
    entry = small_entry("sprites", {"category": ["bed", "sword"]}, 12)
    folder = tmp_path / "beds"
    write_pack(folder, "beds", {"sprites": (entry, small_graph(2, 12))})
    pack = procgen.load_pack(folder)
    world = procgen.world(5, pack=pack)
    assert world.categories[:2] == ("bed", "sword")
    assert world.categories.count("bed") == 1
    own = {tuple(colour) for colour in pack.model("sprites").palette.tolist()}
    bed, table = world.sprite("bed", "mine"), world.sprite("table", "mine")
    assert np.array_equal(bed, pictures.sprites(pack, "5 mine", "bed", 1)[0])
    painted = furniture("bed", "5 mine", 0, pack.model("sprites").palette, 32)
    assert not np.array_equal(bed, painted)
    assert {tuple(c) for c in table[table[..., 3] > 0][:, :3].tolist()} <= own
    assert procgen.sprites(7, "bed", pack=pack).shape == (1, 32, 32, 4)
    x, y = world.spawn()
    world.add_prop("bed", x, y)
    shown = world.image(x, y, 1, 1)
    drawn = pictures.sprites(pack, 5, "bed", 6)
    stands = [np.array_equal(shown[one[..., 3] > 0], one[one[..., 3] > 0]) for one in drawn]
    assert any(stands)


def test_furniture_is_not_asked_of_a_model_that_has_none():
    """`sprites` says where a bed is to be had."""
    with pytest.raises(procgen.InvalidArgument, match=r"world\(seed\).sprite\('bed', name\)"):
        procgen.sprites(7, "bed")


@pytest.mark.parametrize("kind", ["table", "hearth", "forge"])
def test_nobody_walks_through_furniture(kind):
    """What stands on a floor that was free shuts its tile."""
    world = procgen.world(5)
    x, y = world.spawn()
    world.remove_prop(x, y)
    assert world.walkable(x, y)
    world.add_prop(kind, x, y)
    assert not world.walkable(x, y)


def test_places_that_share_a_pier_do_not_moor_two_boats_in_one_spot():
    """One boat a tile, on water, where the piers of a town and a village are the same."""
    (boat,) = procgen.world(42).props(1138, 848, 1, 1)
    assert boat.kind == "boat"


def test_boats_lie_in_the_water_beside_piers():
    """At most piers a boat lies or two, each on water, within two tiles of a pier's end."""
    world = procgen.world(2, size=1400)
    boats = [prop for prop in world.props(-700, -700, 1400, 1400) if prop.kind == "boat"]
    places = world.places(-800, -800, 1600, 1600)
    piers = [pier for place in places if (pier := world.harbour(place))]
    water = [TERRAIN_INDEX["deep_water"], TERRAIN_INDEX["shallow_water"]]
    assert len(piers) * 2 // 3 <= len(boats) <= 2 * len(piers)
    for boat in boats:
        assert world.terrain(boat.x, boat.y, 1, 1)[0, 0] in water
        assert min(abs(x - boat.x) + abs(y - boat.y) for x, y in piers) == 2


@pytest.mark.parametrize(
    ("kind", "spot"),
    [("shrine", (1344, -702)), ("village", (-1264, -1218)), ("village", (1152, -322))],
)
def test_no_boat_lies_on_land(kind, spot):
    """Beside a pier where there is no water nothing is moored."""
    world = procgen.world(1)
    place = world.nearest(kind, *spot)
    assert spot in world._land._ground.harbour(place).moorings
    water = [TERRAIN_INDEX["deep_water"], TERRAIN_INDEX["shallow_water"]]
    assert world.terrain(*spot, 1, 1)[0, 0] not in water
    assert world.props(*spot, 1, 1) == ()
