"""Islands and land of one's own heights: the same pipeline on another shape."""

from __future__ import annotations

import json

import numpy as np
import pytest

import aigc_procgen as procgen
from aigc_procgen.core.errors import InvalidArgument, SaveError
from aigc_procgen.world.fields import Fields, _Area
from aigc_procgen.world.land import Land
from aigc_procgen.world.shape import make_shape


def cone(x, y, width, height, step):
    """A round hill of 700, whose foot lies 900 tiles from the origin."""
    rows = y + step * np.arange(height)[:, None]
    columns = x + step * np.arange(width)
    far = rows * rows + columns * columns
    return np.maximum(700 - far * 700 // 900**2, -400)


def test_an_island_ends_in_the_sea():
    """Beyond the rim nothing is above the sea, nobody lives there; inside there is land."""
    for seed in (1, 2, 3, "Ada"):
        world = procgen.world(seed, size=(1024, 700))
        places = world.places(-3000, -3000, 6000, 6000)
        assert len(places) > 20
        assert all(abs(place.x) < 512 and abs(place.y) < 350 for place in places)
        x, y = world.spawn()
        assert world.walkable(x, y)
        rim = [(-640, -100), (640, 0), (0, -420), (100, 420), (5000, 5000)]
        for left, top in rim:
            chunk = world.chunk(left // 64, top // 64)
            assert int(chunk.elevation.max()) < 0, (seed, left, top)


def test_an_islands_chunks_agree_in_any_order():
    """The chunks of an island are the same whichever was first, and differ from endless land."""
    shape = make_shape(900)
    around = [(cx, cy) for cx in range(-4, 4, 3) for cy in range(-4, 4, 2)]
    land = Land(5, shape=shape)
    found = {place: land.digest(*place) for place in around}
    other = Land(5, shape=shape)
    assert {place: other.digest(*place) for place in reversed(around)} == found
    endless = Land(5)
    assert any(endless.digest(*place) != digest for place, digest in found.items())


def test_the_middle_of_an_island_is_endless_land():
    """Over the inner half of each side the land lies as high as without a size."""
    area = _Area(-256, -256, 128, 128, 4, True)
    whole = Fields(7)._height(area)
    assert np.array_equal(Fields(7, make_shape(1024))._height(area), whole)
    assert not np.array_equal(Fields(7, make_shape(512))._height(area), whole)


def test_own_heights_carry_everything():
    """Land rises as it was given, the sea lies where it is below 0; towns, roads, rivers follow."""
    world = procgen.world(3, height=cone)
    x, y = world.spawn()
    assert x * x + y * y < 900**2
    fields = Fields(3, make_shape(None, cone))
    land = fields.region(-400, -400, 800, 800)
    given = cone(-400, -400, 800, 800, 1)
    dry = land.shore > 40 * 16
    assert dry.mean() > 0.2
    assert np.array_equal(land.elevation[dry], given[dry])
    assert (land.shore < 0).sum() > 500, "rivers"
    sea = world.terrain(1100, 1100, 64, 64)
    assert set(np.unique(sea)) <= {procgen.TERRAINS.index("deep_water")}
    town = world.nearest("town", 0, 0)
    assert world.people(town)
    assert world.map(-512, -512, 1024, 1024, step=4).shape[2] == 4


def test_a_map_of_heights_is_interpolated_in_whole_numbers():
    """Numbers stand in the middle of their tiles, slopes are straight, any step hits the same."""
    table = np.array([[0, 100, 200], [300, 400, 500], [-100, 0, 900]])
    at = procgen.heightmap(table, scale=1, beyond=-50)
    assert np.array_equal(at(-1, -1, 3, 3, 1), table)
    assert np.array_equal(at(-9, -9, 3, 3, 1), np.full((3, 3), -50))
    wide = procgen.heightmap(table, scale=8, beyond=-50)
    all_of_it = wide(-40, -40, 80, 80, 1)
    assert np.array_equal(all_of_it[3::5, 2::5], wide(-38, -37, 16, 16, 5))
    assert all_of_it.dtype == np.int32
    assert int(all_of_it.max()) <= 900
    row = wide(-12, -1, 20, 1, 1)[0]
    assert (np.diff(row) >= 0).all()
    assert 300 <= row[8] <= 400
    assert wide(40, 0, 4, 1, 1).max() == -50


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: procgen.world(1, size=100), "size must be between 512"),
        (lambda: procgen.world(1, size=(600, 700, 800)), "size must be a number"),
        (lambda: procgen.world(1, size=600.0), "size must be a whole number"),
        (lambda: procgen.world(1, height=np.zeros((4, 4))), r"heightmap\(array\) makes one"),
        (lambda: procgen.heightmap([[1.0, 2.0], [3.0, 4.0]]), "heights must be whole numbers"),
        (lambda: procgen.heightmap([[1]]), "2 x 2 or more"),
        (lambda: procgen.heightmap([[1, 9000], [1, 1]]), "heights must be -4000 to 4000"),
        (lambda: procgen.heightmap([[1, 9], [1, 1]], scale=0), "scale must be between"),
        (
            lambda: procgen.world(1, height=lambda *at: np.zeros((3, 3), int)).chunk(0, 0),
            "height must return whole numbers",
        ),
        (
            lambda: procgen.world(1, height=lambda *a: np.full(a[3:1:-1], 9999)).chunk(0, 0),
            "height must return -4000 to 4000",
        ),
    ],
)
def test_wrong_shapes_are_one_sentence(call, said):
    """Each names the argument, what it was and what it may be."""
    with pytest.raises(InvalidArgument, match=said) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_saves_keep_the_shape(tmp_path):
    """A size comes back by itself; own heights must be given again, and be the same."""
    path = tmp_path / "game.json"
    island = procgen.world(4, size=(800, 600))
    island.set_terrain(3, 3, "lava")
    island.save(path)
    again = procgen.load_world(path)
    assert again.chunk(1, 1).digest() == island.chunk(1, 1).digest()
    assert again.chunk(9, 0).elevation.max() < 0
    own = procgen.world(4, height=cone)
    own.save(path)
    assert procgen.load_world(path, height=cone).chunk(0, 0).digest() == own.chunk(0, 0).digest()
    with pytest.raises(SaveError, match="the height that it was saved with"):
        procgen.load_world(path)
    with pytest.raises(SaveError, match="the height that it was saved with"):
        procgen.load_world(path, height=lambda *at: cone(*at) + 1)
    procgen.world(4).save(path)
    with pytest.raises(SaveError, match="no height of your own"):
        procgen.load_world(path, height=cone)
    data = json.loads(path.read_text())
    assert (data["size"], data["height"]) == (None, "")
