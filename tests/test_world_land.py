"""`Land` as a whole: chunks and regions, routes, maps, errors."""

from __future__ import annotations

import numpy as np
import pytest

from aigc_procgen.core.errors import InvalidArgument
from aigc_procgen.world.__main__ import main
from aigc_procgen.world.cache import Cache
from aigc_procgen.world.land import LIMIT, Land
from aigc_procgen.world.terrain import TERRAIN_COLOURS, TERRAIN_INDEX, TERRAINS, WALKABLE


@pytest.fixture(scope="module")
def land():
    return Land(42)


def test_tables_of_terrain_fit_together():
    """Eighteen grounds, each with a colour, of which five stop a walker."""
    assert len(TERRAINS) == len(TERRAIN_COLOURS) == len(WALKABLE) == 18
    stops = {name for name in TERRAINS if not WALKABLE[TERRAIN_INDEX[name]]}
    assert stops == {"deep_water", "lava", "mountain", "stone_wall", "brick_wall"}


def test_chunks_have_the_promised_arrays(land):
    """Shapes, dtypes, and nobody can write into what the cache keeps."""
    chunk = land.chunk(-2, 1)
    kinds = {
        "terrain": np.uint8,
        "biome": np.uint8,
        "elevation": np.int16,
        "temperature": np.int16,
        "moisture": np.int16,
        "walkable": np.bool_,
    }
    for name, kind in kinds.items():
        field = getattr(chunk, name)
        assert field.shape == (64, 64)
        assert field.dtype == kind
        with pytest.raises(ValueError, match="read-only"):
            field[0, 0] = 1
    assert (chunk.x, chunk.y, chunk.size) == (-2, 1, 64)
    assert chunk is land.chunk(-2, 1)
    assert all(-128 <= prop.x < -64 and 64 <= prop.y < 128 for prop in chunk.props)


@pytest.mark.parametrize("tile", [(-100, -70), ((1 << 30) - 37, -(1 << 30) + 11)])
def test_regions_cross_chunks_without_seams(land, tile):
    """A region over several chunks is the chunks side by side, and wild land flows over borders."""
    x, y = tile
    region = land.terrain(x, y, 150, 140)
    for row, column in ((0, 0), (139, 149), (70, 63), (36, 100)):
        at_x, at_y = x + column, y + row
        chunk = land.chunk(at_x // 64, at_y // 64)
        assert region[row, column] == chunk.terrain[at_y % 64, at_x % 64]
    left, right = land.chunk(x // 64, y // 64), land.chunk(x // 64 + 1, y // 64)
    step = np.abs(left.elevation[:, -1].astype(int) - right.elevation[:, 0]).max()
    inside = np.abs(np.diff(left.elevation.astype(int), axis=1)).max()
    assert step <= inside + 60


def test_several_biomes_within_a_walk():
    """Land changes: within 500 tiles of the start there are five biomes and six grounds or more."""
    for seed in range(4):
        land = Land(seed)
        x, y = land.spawn()
        assert land.walkable(x, y)
        ground = land.terrain(x - 250, y - 250, 500, 500)
        assert (np.bincount(ground.ravel(), minlength=18) > 500).sum() >= 6
        kinds = {
            int(kind)
            for cx in range((x - 250) // 64, (x + 250) // 64)
            for cy in range((y - 250) // 64, (y + 250) // 64)
            for kind in np.unique(land.chunk(cx, cy).biome)
        }
        assert len(kinds) >= 5


def test_the_origin_is_land():
    """The first steps of most seeds are on dry ground."""
    dry = sum(int(Land(seed).chunk(0, 0).elevation[0, 0]) > 0 for seed in range(20))
    assert dry >= 16


def test_routes_are_walkable_steps(land):
    """A route begins and ends where asked, and each tile is walkable and beside the last."""
    start = land.spawn()
    village = land.nearest("village", *start)
    way = land.route(start, (village.x, village.y))
    assert way.dtype == np.int64
    assert tuple(way[0]) == start
    assert tuple(way[-1]) == (village.x, village.y)
    assert (np.abs(np.diff(way, axis=0)).sum(axis=1) == 1).all()
    assert all(land.walkable(int(x), int(y)) for x, y in way)
    assert land.route(start, start).tolist() == [list(start)]


def test_no_route_is_none(land):
    """A goal nobody can stand on, or beyond the budget, has no route."""
    start = land.spawn()
    ground = land.walkable_area(start[0] - 64, start[1] - 64, 128, 128)
    row, column = np.argwhere(~ground)[0].tolist()
    assert land.route(start, (start[0] - 64 + column, start[1] - 64 + row)) is None
    village = land.nearest("village", *start)
    assert land.route(start, (village.x, village.y), budget=10) is None


def test_a_shut_in_goal_is_found_out(land):
    """A single free tile between walls is no goal, and that is known without a long search."""
    start = land.spawn()
    asked = []
    pocket = (start[0] + 500, start[1] + 500)

    class _Chunk:
        def __init__(self, cx, cy):
            self.terrain = np.full((64, 64), TERRAIN_INDEX["grass"], np.uint8)
            self.walkable = np.ones((64, 64), bool)
            for dx, dy in ((0, 1), (1, 0), (0, -1), (-1, 0)):
                x, y = pocket[0] + dx, pocket[1] + dy
                if (x // 64, y // 64) == (cx, cy):
                    self.walkable[y % 64, x % 64] = False

    def chunk(cx, cy):
        asked.append((cx, cy))
        return _Chunk(cx, cy)

    from aigc_procgen.world.route import find_route

    assert find_route(chunk, start, pocket, 1_000_000) is None
    assert len(asked) <= 6


def test_overview_is_a_coloured_map(land):
    """Shape, opacity, many colours, roads and marks; finer and coarser maps show the same land."""
    picture = land.overview(-512, -512, 1024, 1024)
    assert picture.shape == (256, 256, 4)
    assert picture.dtype == np.uint8
    assert (picture[..., 3] == 255).all()
    assert len(np.unique(picture.reshape(-1, 4), axis=0)) > 200
    town = land.nearest("town", 0, 0)
    assert picture[(town.y + 512) // 4, (town.x + 512) // 4].tolist() == [255, 255, 255, 255]
    assert land.overview(0, 0, 130, 67, step=3).shape == (22, 43, 4)
    assert land.overview(-9000, -9000, 20000, 10000, step=100).shape == (100, 200, 4)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda land: Land(1.5), "seed must be a whole number or a text, not 1.5"),
        (lambda land: Land(1, cache_bytes=5), "cache_bytes must be between"),
        (lambda land: land.chunk(0.5, 0), "cx must be a whole number, not 0.5"),
        (lambda land: land.chunk(0, 1 << 40), "cy must be between"),
        (lambda land: land.terrain(0, 0, 0, 5), "width must be between 1 and"),
        (lambda land: land.terrain(0, 0, 1 << 20, 1 << 20), "must cover at most"),
        (lambda land: land.walkable(LIMIT, 0), "x must be between"),
        (lambda land: land.nearest("castle", 0, 0), "kind must be one of town, .* not 'castle'"),
        (lambda land: land.route((0, 0), 7), r"goal must be a pair \(x, y\), not 7"),
        (lambda land: land.route((0, 0), (LIMIT - 1, 0)), "4096 tiles or more inside"),
        (lambda land: land.overview(0, 0, 10, 10, step=0), "step must be between 1"),
        (lambda land: land.overview(0, 0, 10, 10, step=20), "step must be at most the width"),
        (lambda land: land.spots("town", 3), "place must be a Place of this world"),
        (lambda land: land.spots(land.nearest("town", 0, 0), -1), "count must be between"),
    ],
)
def test_bad_arguments_are_one_sentence(land, call, message):
    """Each slip names the argument and its value."""
    with pytest.raises(InvalidArgument, match=message) as caught:
        call(land)
    assert "\n" not in str(caught.value)


def test_the_rim_of_the_world_can_be_asked(land):
    """The last chunks in each corner are there, also in a map."""
    last = LIMIT // 64
    for cx, cy in ((-last, -last), (last - 1, last - 1)):
        assert land.chunk(cx, cy).terrain.shape == (64, 64)
    assert land.overview(LIMIT - 64, -LIMIT, 64, 64, step=4).shape == (16, 16, 4)


def test_the_namer_is_asked_with_seed_id_and_kind():
    """A land's places bear the names that its namer gives."""
    land = Land(3, namer=lambda seed, place_id, kind: f"{seed}/{place_id}/{kind}")
    town = land.nearest("town", 0, 0)
    assert town.name == f"3/{town.id}/town"


def test_the_cache_keeps_to_its_budget():
    """The least recently used value goes first, and sizes are summed right."""
    made = []
    cache = Cache(lambda key: made.append(key) or str(key), 100, lambda value: 40)
    for key in (1, 2, 1, 3):
        assert cache.get(key) == str(key)
    assert made == [1, 2, 3]
    assert cache.bytes == 80
    cache.get(1)
    assert made == [1, 2, 3]
    cache.get(2)
    assert made == [1, 2, 3, 2]
    assert cache.bytes == 80


def test_many_chunks_stay_inside_the_memory_budget():
    """A land with a small cache forgets old chunks."""
    land = Land(8, cache_bytes=8 << 20)
    for cx in range(40):
        land.chunk(cx, 0)
    for cx in range(0, 400, 8):
        land.chunk(cx, 9)
    assert land._chunks.bytes <= 8 << 20


def test_the_module_draws_a_map_in_the_terminal(capsys, monkeypatch):
    """`python -m aigc_procgen.world SEED` prints half blocks and what is near."""
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("LINES", "20")
    assert main(["a text", "--step", "6"]) == 0
    out = capsys.readouterr().out
    assert out.count("▀") == 59 * 14
    assert "seed a text" in out
    assert "(town)" in out
    assert main(["1", "--step", "0"]) == 1
    assert "step must be between" in capsys.readouterr().err
