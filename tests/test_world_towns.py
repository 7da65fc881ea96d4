"""Streets of towns and villages beside water."""

from __future__ import annotations

import numpy as np
import pytest

from aigc_procgen.core.random import Stream
from aigc_procgen.world.canvas import KEEP, Canvas
from aigc_procgen.world.terrain import TERRAIN_INDEX
from aigc_procgen.world.towns import lay_out_town, lay_out_village

_FAR = 22
_WATER = TERRAIN_INDEX["deep_water"]
_MAKERS = {"town": lay_out_town, "village": lay_out_village}
# How a footprint is turned for its shore to lie on that side.
_TURNS = {"south": 0, "east": 1, "north": 2, "west": 3}


def _over_water(kind, side, used, bank=None):
    """How many tiles of water beyond a shore 12 tiles from the middle are built over, by distance
    from the middle; `bank` is where land begins again.
    """
    land = np.full((2 * _FAR + 1, 2 * _FAR + 1), TERRAIN_INDEX["grass"], np.uint8)
    land[_FAR + 12 : None if bank is None else _FAR + bank] = _WATER
    canvas = Canvas(_FAR, np.rot90(land, _TURNS[side]))
    gates = {"north": (-2, -_FAR), "south": (3, _FAR), "west": (-_FAR, 0), "east": (_FAR, 0)}
    _MAKERS[kind](canvas, Stream(7), gates, used)
    built = np.rot90(canvas.terrain, -_TURNS[side]) != KEEP
    return built[_FAR + 12 :].sum(1).tolist()


@pytest.mark.parametrize("kind", sorted(_MAKERS))
@pytest.mark.parametrize("side", sorted(_TURNS))
def test_a_street_ends_at_the_shore_unless_a_road_comes_in_there(kind, side):
    """Nothing is built into a lake; a used gate is reached over it, and so is the other bank of a
    river.
    """
    assert not any(_over_water(kind, side, ()))
    assert all(_over_water(kind, side, (side,))[: _FAR - 12])
    assert all(_over_water(kind, side, (), bank=15)[: _FAR - 12])


def test_no_tree_stands_before_a_door():
    """The corners of the plaza have trees, but not where a house beside it has its door, as one had
    in each of the first three of these towns.
    """
    land = np.full((2 * _FAR + 1, 2 * _FAR + 1), TERRAIN_INDEX["grass"], np.uint8)
    doors = 0
    for seed in (895, 1060, 2435, *range(60)):
        north, south = seed % 9 - 4, seed // 9 % 9 - 4
        gates = {"north": (north, -_FAR), "south": (south, _FAR)}
        canvas = Canvas(_FAR, land)
        lay_out_town(canvas, Stream(seed), gates, _TURNS)
        for (x, y), kind in canvas.props.items():
            if kind == "door":
                doors += 1
                around = ((x, y - 1), (x, y + 1), (x - 1, y), (x + 1, y))
                assert not any(canvas.props.get(spot) == "tree" for spot in around)
    assert doors > 600


def _from_the_middle(paved):
    """What of a mask hangs together with its middle, side by side."""
    found = np.zeros_like(paved)
    found[_FAR, _FAR] = True
    while True:
        padded = np.pad(found, 1)
        grown = padded[1:-1, 1:-1] | padded[:-2, 1:-1] | padded[2:, 1:-1]
        grown = (grown | padded[1:-1, :-2] | padded[1:-1, 2:]) & paved
        if np.array_equal(grown, found):
            return found
        found = grown


def test_all_streets_of_a_town_hang_together_among_lakes():
    """Whatever lakes lie around, no strip of paving is alone in them or behind them."""
    rows, columns = np.mgrid[-_FAR : _FAR + 1, -_FAR : _FAR + 1]
    cut = 0
    for seed in range(150):
        dice = Stream(seed)
        land = np.full((2 * _FAR + 1, 2 * _FAR + 1), TERRAIN_INDEX["grass"], np.uint8)
        for _ in range(dice.between(1, 3)):
            y, x, reach = dice.between(-_FAR, _FAR), dice.between(-_FAR, _FAR), dice.between(4, 11)
            if max(abs(x), abs(y)) > reach:  # towns stand on land
                land[(rows - y) ** 2 + (columns - x) ** 2 <= reach**2] = _WATER
        canvas = Canvas(_FAR, land)
        north, south = dice.between(-4, 4), dice.between(-4, 4)
        gates = {"north": (north, -_FAR), "south": (south, _FAR)}
        lay_out_town(canvas, dice, gates, ())
        paved = canvas.terrain == TERRAIN_INDEX["cobblestone"]
        assert np.array_equal(_from_the_middle(paved), paved), seed
        cut += not paved[_FAR, [0, -1]].all()
    assert cut > 20
