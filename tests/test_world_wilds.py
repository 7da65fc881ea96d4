"""Ruins with plans, and caves with mouths that lead down."""

from __future__ import annotations

import numpy as np
import pytest

import aigc_procgen as procgen
from aigc_procgen.core.random import Stream
from aigc_procgen.world.canvas import Canvas
from aigc_procgen.world.terrain import TERRAIN_INDEX, WALKABLE
from aigc_procgen.world.wilds import lay_out_cave, lay_out_ruin

_ROCK, _WALL = TERRAIN_INDEX["mountain"], TERRAIN_INDEX["stone_wall"]


def _laid(lay_out, radius, seed):
    canvas = Canvas(radius, np.full((2 * radius + 1,) * 2, TERRAIN_INDEX["grass"], np.uint8))
    lay_out(canvas, Stream(seed))
    ground = np.where(canvas.terrain == 255, canvas.land, canvas.terrain)
    free = WALKABLE[ground]
    for (x, y), kind in canvas.props.items():
        if kind in ("altar", "fountain", "pillar", "statue"):
            free[y + radius, x + radius] = False
    seen = np.zeros_like(free)
    seen[radius, radius] = True
    while True:
        grown = seen.copy()
        grown[1:] |= seen[:-1]
        grown[:-1] |= seen[1:]
        grown[:, 1:] |= seen[:, :-1]
        grown[:, :-1] |= seen[:, 1:]
        grown &= free
        if (grown == seen).all():
            return canvas, ground, seen
        seen = grown


def test_ruins_are_walls_with_a_plan_and_open_on_all_sides():
    """Most walls of a ruin stand in lines of three or more, and its middle is joined to every
    side; the plans are three.
    """
    kinds = set()
    for seed in range(40):
        canvas, ground, seen = _laid(lay_out_ruin, 10, seed)
        wall = ground == _WALL
        line = np.zeros_like(wall)
        for axis in (0, 1):
            both = np.roll(wall, 1, axis) & np.roll(wall, -1, axis) & wall
            line |= both | np.roll(both, 1, axis) | np.roll(both, -1, axis)
        assert wall.sum() > 40
        assert (line & wall).sum() * 10 > wall.sum() * 6, seed
        assert all(edge.any() for edge in (seen[0], seen[-1], seen[:, 0], seen[:, -1]))
        kinds.add(
            "villa"
            if "fountain" in canvas.props.values()
            else "abbey"
            if "altar" in canvas.props.values()
            else "keep"
        )
    assert kinds == {"villa", "abbey", "keep"}


def test_caves_are_hollows_under_rock_with_steps_down():
    """The way from a cave's middle leads into the hollow, to its steps; rock lies behind."""
    for seed in range(40):
        canvas, ground, seen = _laid(lay_out_cave, 8, seed)
        steps = [spot for spot, kind in canvas.props.items() if kind == "stairs"]
        assert len(steps) == 1
        (x, y) = steps[0]
        assert seen[y + 8, x + 8]
        assert (ground[: y + 8, x + 8] == _ROCK).any()
        assert (ground == _ROCK).sum() > 25
        assert not any(kind == "stairs" for kind in _laid(lay_out_ruin, 10, seed)[0].props.values())


@pytest.mark.parametrize("kind", ["cave", "mine"])
def test_no_road_breaks_through_the_rock_behind(kind):
    """Roads reach caves and mines from the south, the west or the east, and the steps are found."""
    world = procgen.world(1)
    places = [place for place in world.places(-1500, -1500, 3000, 3000) if place.kind == kind]
    assert len(places) > 20
    for place in places[:20]:
        back = world.terrain(place.x, place.y - place.radius, 1, place.radius - 6)
        assert TERRAIN_INDEX["dirt"] not in back[:, 0].tolist()
        dungeon = world.dungeon(place)
        assert dungeon.theme in ("cave", "frost", "volcano", "mine")
        if kind == "cave":
            side = 2 * place.radius + 1
            props = world.props(place.x - place.radius, place.y - place.radius, side, side)
            (steps,) = [prop for prop in props if prop.kind == "stairs"]
            assert world.route((place.x, place.y), (steps.x, steps.y)) is not None
            assert world.has_dungeon(place)
            assert world.people(place) == ()
