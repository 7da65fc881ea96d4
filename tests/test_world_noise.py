"""The integer noise, and the rule that the world room uses whole numbers only."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest

from aigc_procgen.world.fields import Fields
from aigc_procgen.world.noise import Layer, fractals, hash_grid

_ROOM = Path(__file__).parents[1] / "aigc_procgen" / "world"


@pytest.mark.parametrize("path", sorted(_ROOM.glob("*.py")), ids=lambda path: path.stem)
def test_no_floating_point_in_the_room(path):
    """No file of the room has a float literal, a true division, or a name of a float type."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        where = f"{path.name}:{getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.Constant):
            assert not isinstance(node.value, float), where
        if isinstance(node, ast.BinOp | ast.AugAssign):
            assert not isinstance(node.op, ast.Div), where
        if isinstance(node, ast.Name | ast.Attribute):
            name = node.id if isinstance(node, ast.Name) else node.attr
            assert not name.startswith("float"), where
            assert name not in ("sqrt", "hypot", "mean", "true_divide", "sin", "exp"), where


def fractal(key, *region, shift, octaves, **options):
    """One field of noise."""
    return fractals([Layer(key, shift, octaves)], *region, **options)[0]


@pytest.mark.parametrize("origin", [(0, 0), (-37, 91), (1 << 30, -(1 << 30)), (-(1 << 31), 5)])
def test_a_tile_has_one_value_whatever_region_is_asked(origin):
    """Parts, single tiles and strided samples of a region equal the whole, near and far."""
    x, y = origin
    options = {"shift": 6, "octaves": 5}
    whole = fractal(9, x, y, 150, 90, **options)
    assert whole.dtype == np.int32
    assert np.array_equal(fractal(9, x + 41, y + 13, 70, 60, **options), whole[13:73, 41:111])
    assert fractal(9, x + 149, y + 89, 1, 1, **options)[0, 0] == whole[89, 149]
    assert np.array_equal(fractal(9, x, y, 30, 18, step=5, **options), whole[::5, ::5])


def test_blocks_of_rows_leave_no_seam():
    """A region larger than one block of rows is the same as its narrow columns."""
    whole = fractal(3, -100, 7, 700, 300, shift=7, octaves=6)
    column = fractal(3, 411, 7, 3, 300, shift=7, octaves=6)
    assert np.array_equal(whole[:, 511:514], column)


def test_noise_is_smooth_and_fills_its_range():
    """One octave changes little from tile to tile, also over lattice lines, and uses its range."""
    values = fractal(1, -600, -600, 1200, 1200, shift=6, octaves=1)
    for axis in (0, 1):
        assert np.abs(np.diff(values, axis=axis)).max() < 1600
    assert -24000 < values.min() < -14000
    assert 14000 < values.max() < 24000
    assert abs(int(values.sum()) // values.size) < 1000


def test_noise_has_no_period_and_no_far_lands():
    """Distant regions differ from near ones and stay smooth at the world's rim."""
    near = fractal(1, 0, 0, 64, 64, shift=6, octaves=3)
    for x in (1 << 10, 1 << 16, (1 << 31) - 64):
        far = fractal(1, x, 0, 64, 64, shift=6, octaves=3)
        assert not np.array_equal(near, far)
        assert np.abs(np.diff(far, axis=1)).max() < 3000


def test_keys_give_unrelated_noise():
    """Two keys share no more than chance would have them share."""
    one, two = (fractal(key, 0, 0, 512, 512, shift=4, octaves=1) for key in (1, 2))
    together = int((np.sign(one) == np.sign(two)).sum()) * 100 // one.size
    assert 40 < together < 60


def test_octaves_finer_than_a_map_pixel_can_be_left_out():
    """`exact=False` samples the coarse octaves alone, as a sum with fewer octaves does."""
    coarse = fractal(5, 0, 0, 64, 64, shift=6, octaves=6, step=8, exact=False)
    assert np.array_equal(coarse, fractal(5, 0, 0, 64, 64, shift=6, octaves=3, step=8))


def test_hash_grid_keeps_its_numbers():
    """The hash of lattice coordinates never changes: every world hangs on it."""
    numbers = hash_grid(42, np.array([-1, 0, 1]), np.array([-5, 7]))
    assert numbers.shape == (2, 3)
    assert len(set(numbers.ravel().tolist())) == 6
    assert hex(int(numbers[0, 0])) == "0xd5dc832945cf967b"


def test_seeds_of_both_kinds_make_different_land():
    """Numbers and texts are seeds, and 1 is not "1"."""
    lands = [Fields(seed).region(0, 0, 32, 32).elevation.tobytes() for seed in (1, "1", 2, "sea")]
    assert len(set(lands)) == 4
