"""Rain and wind: mountains keep the rain from the land behind them."""

from __future__ import annotations

import numpy as np

from aigc_procgen.world import drainage
from aigc_procgen.world.fields import Fields
from aigc_procgen.world.winds import REACH, rain_between

_WEST, _EAST = np.full(1, 256, np.int32), np.zeros(1, np.int32)


def _land(*heights):
    return np.array([heights], np.int32)


def test_a_mountain_shades_the_land_behind_it_and_no_other():
    """Behind a ridge it is drier, the less the farther; before it wetter; far off as it was."""
    land = np.full((1, 61), 100, np.int32)
    land[0, 30] = 700
    change = rain_between(land, _WEST, 32)[0]
    behind = change[31:]
    assert (np.diff(behind) >= 0).all()
    assert behind[0] < -400
    assert behind[-1] == 0
    assert change[29] > 150
    assert (change[:20] == 0).all()
    assert change[30] == 0
    assert (rain_between(land, _EAST, 32)[0] == change[::-1]).all()
    half = rain_between(land, np.full(1, 128, np.int32), 32)[0]
    assert half[31] == half[29] == (int(change[31]) // 2) + int(change[29]) // 2


def test_low_hills_and_the_sea_change_nothing():
    """Ground below the clouds casts no shadow, however deep the land or the sea behind it."""
    assert not rain_between(_land(150, 20, -900, 100, 159), _WEST, 32).any()


def test_lee_is_drier_than_windward_over_many_seeds():
    """Of low land at the same height beside mountains, that behind them is drier, in every seed
    of twenty and in both bands of wind, though wetness itself is drawn without regard to them.
    """
    reach = 8  # samples of 32 tiles
    for top, west in ((-1000, True), (4200, False)):
        gaps = []
        for seed in range(20):
            land = Fields(seed).region(-4096, top, 256, 40, 32)
            high = land.elevation > 560
            low = (land.elevation > 20) & (land.elevation < 330)
            left, right = np.zeros_like(high), np.zeros_like(high)
            for step in range(1, reach):
                left[:, :-step] |= high[:, step:]  # a mountain lies to the east
                right[:, step:] |= high[:, :-step]
            one, two = low & left & ~right, low & right & ~left
            if min(one.sum(), two.sum()) < 60:
                continue
            windward, lee = (one, two) if west else (two, one)
            gaps.append(int(land.moisture[windward].mean() - land.moisture[lee].mean()))
        assert len(gaps) >= 12
        assert min(gaps) > 60, gaps
        assert sum(gaps) > 250 * len(gaps), gaps


def test_the_wind_turns_with_the_latitude():
    """From the west at the origin, from the east in the south and in the far north."""
    found = Fields(1)._winds._west(-8192, 17, 1024).tolist()
    assert found[8] == 256
    assert found[11:14] == [0, 0, 0]
    assert found[3:6] == [0, 0, 0]


def test_blocks_of_wind_agree_in_any_order():
    """A region's rain is that of its parts, whichever block was made first, also far away."""
    for x, y in ((-100, -2000), (1 << 30, -(1 << 30))):
        fields = Fields("winds")
        whole = fields._winds.rain(x, y, 300, 260, 8)
        parts = [
            [Fields("winds")._winds.rain(x + 800 * i, y + 1040 * j, 100, 130, 8) for i in range(3)]
            for j in reversed(range(2))
        ]
        assert (np.block(parts[::-1]) == whole).all()
        assert (whole[::4, ::4] == fields._winds.rain(x, y, 75, 65, 32)).all()
        assert whole.any()


def test_a_map_of_a_continent_has_the_shadows_of_its_parts():
    """With more tiles a sample than the lattice has, shadows lie where they lie from near by."""
    winds = Fields(28)._winds
    near, far = winds.rain(-4000, -4000, 250, 250, 32), winds.rain(-4000, -4000, 125, 125, 64)
    dry = near[::2, ::2] < -200
    assert far[dry].mean() < -150
    assert abs(int(far[near[::2, ::2] == 0].mean())) < 40
    assert not winds.rain(0, 0, 4, 4, 1024).any()


def test_a_basins_rain_knows_all_that_lies_upwind():
    """The rim that a block of rivers drops is wider than the longest shadow."""
    assert drainage._FILL * drainage.SPACING > REACH
