"""Rivers and lakes: they fall, end in water, widen, and agree wherever they are asked for."""

from __future__ import annotations

import runpy
from pathlib import Path

import numpy as np
import pytest

from aigc_procgen.world import drainage
from aigc_procgen.world.fields import Fields
from aigc_procgen.world.land import Land
from aigc_procgen.world.shores import FAR
from aigc_procgen.world.terrain import TERRAIN_INDEX

_BENCHMARK = Path(__file__).parent.parent / "benchmarks" / "rivers.py"
_SEEDS = (0, 3, "rivers")
_FAR_BLOCK = (1 << 30) // (drainage.BLOCK * drainage.SPACING)


@pytest.fixture(scope="module", params=_SEEDS)
def fields(request):
    return Fields(request.param)


def _goals(basin):
    """Row and column of points inside the block that drain, and of the points they drain to."""
    inner = slice(drainage.RIM, drainage.RIM + drainage.BLOCK)
    rows, columns = np.nonzero(basin.way[inner, inner] >= 0)
    rows, columns = rows + drainage.RIM, columns + drainage.RIM
    across, down = np.array(basin.steps)[basin.way[rows, columns]].T
    return rows, columns, rows + down, columns + across


@pytest.mark.parametrize("block", [(0, 0), (-3, 2), (_FAR_BLOCK, -_FAR_BLOCK)])
def test_water_falls_from_every_point(fields, block):
    """Each point drains to a lower one; what drains nowhere is sea, or one of a few last lakes."""
    basin = fields.rivers.basin(*block)
    rows, columns, to_rows, to_columns = _goals(basin)
    assert (basin.water[to_rows, to_columns] < basin.water[rows, columns]).all()
    assert ((basin.way < 0) & ~basin.sea).sum() <= 12


def test_rivers_gather(fields):
    """A point carries at least what the points that drain into it bring, but for far sources."""
    basin = fields.rivers.basin(0, 0)
    rows, columns, to_rows, to_columns = _goals(basin)
    here, there = basin.flow[rows, columns], basin.flow[to_rows, to_columns]
    assert (there > here).mean() > 0.995
    assert (there * 10 >= here * 9).all()
    assert basin.flow.max() > 600


def test_ways_do_not_cross(fields):
    """No two diagonal ways cross each other."""
    basin = fields.rivers.basin(1, 0)
    steps = basin.steps
    across = np.array([step[0] for step in steps] + [0])[basin.way]
    down = np.array([step[1] for step in steps] + [0])[basin.way]
    falling = (across == 1) & (down == 1)  # along one diagonal of a square, either way
    falling[:-1, :-1] |= ((across == -1) & (down == -1))[1:, 1:]
    rising = np.zeros_like(falling)  # along the other
    rising[:, :-1] = ((across == -1) & (down == 1))[:, 1:]
    rising[:-1] |= ((across == 1) & (down == -1))[1:]
    assert falling[:-1, :-1].sum() > 100
    assert not (falling & rising)[:-1, :-1].any()


def test_blocks_agree_where_they_meet(fields):
    """The rim of a block is the next block's own."""
    one, two = fields.rivers.basin(-1, 0), fields.rivers.basin(0, 0)
    rim = 2 * drainage.RIM
    for name in ("water", "way", "flow", "depth", "sea"):
        left, right = getattr(one, name)[:, -rim:], getattr(two, name)[:, :rim]
        assert np.array_equal(left, right), name


def test_rivers_of_tiles_run_down_into_water():
    """From all but one tile of a river in ten thousand a walk through water that never rises ends
    in the sea, in a last lake, or at the map's edge.
    """
    tiles_of = runpy.run_path(str(_BENCHMARK))["tiles_of"]
    wet_tiles = stuck = 0
    for seed, corner in ((0, (-2500, -2500)), (6, (12, 874)), (27, (1500, 700))):
        wet, lost = tiles_of(Fields(seed), *corner, 512)
        wet_tiles += wet
        stuck += lost
    assert wet_tiles > 20_000
    assert stuck * 10_000 <= wet_tiles


def test_a_tile_does_not_know_the_region(fields):
    """Parts of a region, and samples of it, have the values of the whole."""
    whole = fields.region(-200, 300, 256, 192)
    part = fields.region(-150, 340, 80, 60)
    samples = fields.region(-200, 300, 32, 24, 8)
    for name in ("shore", "elevation", "terrain", "moisture"):
        values = getattr(whole, name)
        assert np.array_equal(values[40:100, 50:130], getattr(part, name)), name
        assert np.array_equal(values[::8, ::8], getattr(samples, name)), name


def test_worlds_have_rivers_lakes_and_green_banks():
    """Within 1500 tiles of every start there are rivers that can be waded, and deep lakes."""
    deep, shallow = TERRAIN_INDEX["deep_water"], TERRAIN_INDEX["shallow_water"]
    for seed in range(6):
        land = Fields(seed).region(-1500, -1500, 750, 750, 4)
        inland = (land.shore < 0) & (land.elevation > 0)
        assert (land.terrain[inland] == shallow).sum() > 200, seed
        assert (land.terrain[inland] == deep).sum() > 50, seed
        dry = (land.elevation > 0) & (land.shore >= 0)
        near, far = dry & (land.shore < FAR // 2), dry & (land.shore == FAR)
        assert land.moisture[near].mean() > land.moisture[far].mean()


def test_people_settle_by_fresh_water():
    """Towns and villages lie nearer to rivers and lakes than camps and shrines do."""
    gaps = {"settled": [], "wild": []}
    for seed in range(2):
        land, fields = Land(seed), Fields(seed)
        for place in land.places(-1200, -1200, 2400, 2400):
            if place.kind in ("town", "village", "camp", "shrine"):
                group = "settled" if place.kind in ("town", "village") else "wild"
                shore = fields.region(place.x, place.y, 1, 1).shore[0, 0]
                gaps[group].append(int(shore) < FAR)
    assert np.mean(gaps["settled"]) > np.mean(gaps["wild"]) + 0.02
