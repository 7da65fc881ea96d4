"""A walk in a dungeon goes on from what was written of it; what a game draws over a bare floor."""

from __future__ import annotations

import json

import numpy as np
import pytest

import aigc_procgen as procgen


def test_every_state_of_a_solution_is_read_back():
    """After each step of a solution the walk's JSON gives the same state and the same keys."""
    for seed in range(4):
        dungeon = procgen.dungeon(seed, floors=2, locks=4)
        play = dungeon.play()
        for step in dungeon.solution:
            assert not play.do(step)
            again = dungeon.play(json.loads(json.dumps(play.to_dict())))
            assert again.state == play.state
            held = [{n: c for n, c in each.keys.items() if c} for each in (again, play)]
            assert held[0] == held[1]
        assert again.finished


def test_states_that_no_walk_leads_to_are_refused():
    """Walls, things behind shut doors, locks without keys and bent JSON are `InvalidArgument`."""
    dungeon = next(d for d in (procgen.dungeon(s, locks=3) for s in range(20)) if d.of_kind("key"))
    start = dungeon.play().to_dict()
    lock = next(way for way in dungeon.ways if way.kind == "lock")
    for change in (
        {"spot": [0, 0, 0]},
        {"spot": list(dungeon.goal)},
        {"spot": [1, 2]},
        {"spot": [True, 1, 0]},
        {"opened": [lock.id]},
        {"opened": [1 << 40]},
        {"beaten": [dungeon.of_kind("key")[0].id]},
        {"taken": {}},
        {"taken": [dungeon.of_kind("guardian")[0].id]},
        {"taken": [-1]},
    ):
        with pytest.raises(procgen.InvalidArgument, match="state"):
            dungeon.play(start | change)
    for wrong in ([], "x", {"spot": [1, 1, 0]}):
        with pytest.raises(procgen.InvalidArgument, match="state must have a list"):
            dungeon.play(wrong)


def test_what_lies_behind_a_shut_door_cannot_have_been_taken():
    """A key or treasure out of reach of the open part is refused, and so is a gate's far lever."""
    refused = 0
    for seed in range(8):
        dungeon = procgen.dungeon(seed, locks=4, monsters=0)
        areas = {room.id: room.area for room in dungeon.rooms}
        for thing in dungeon.of_kind("key", "treasure"):
            if areas[thing.room]:
                with pytest.raises(procgen.InvalidArgument, match="no walk leads"):
                    dungeon.play(dungeon.play().to_dict() | {"taken": [thing.id]})
                refused += 1
    assert refused > 8


def test_bare_floor_with_sprites_is_the_whole_picture():
    """A game that draws what is left over the bare floor shows what `dungeon_picture` shows."""
    for seed, theme in ((14, "temple"), (3, "mine")):
        dungeon = procgen.dungeon(seed, width=40, height=24, floors=2, locks=4, theme=theme)
        for floor in range(2):
            whole = procgen.dungeon_picture(dungeon, floor)
            drawn = procgen.dungeon_picture(dungeon, floor, bare=True).copy()
            assert not np.array_equal(drawn, whole)
            size = drawn.shape[0] // dungeon.height
            marks = [(way.spot, way) for way in dungeon.locks]
            marks += [(way.spot, way) for way in dungeon.ways if way.kind == "bar"]
            kinds = ("monster", "guardian", "treasure", "key", "lever")
            marks.insert(0, (dungeon.goal, "goal"))
            marks += [(thing.spot, thing) for thing in dungeon.of_kind(*kinds)]
            for (x, y, level), what in marks:
                if level == floor:
                    window = drawn[y * size : (y + 1) * size, x * size : (x + 1) * size]
                    _blend(window, procgen.dungeon_sprite(dungeon, what))
            x, y, level = dungeon.start
            if level == floor:  # where only the whole picture shows the hero
                for each in (drawn, whole):
                    each[y * size : (y + 1) * size, x * size : (x + 1) * size] = 0
            assert np.array_equal(drawn, whole)


def _blend(window, sprite):
    solid, shade = sprite[..., 3] == 255, sprite[..., 3] == 128
    window[shade, :3] = window[shade, :3] // 2 + sprite[shade, :3] // 2
    window[solid] = sprite[solid]


def test_dungeon_sprite_names_what_it_can_draw():
    """The stairs of the start are drawn; anything else is refused with what would do."""
    dungeon = procgen.dungeon(3)
    assert procgen.dungeon_sprite(dungeon, "start").shape == (32, 32, 4)
    assert procgen.dungeon_sprite(dungeon, "start")[..., 3].any()
    with pytest.raises(procgen.InvalidArgument, match="'start' or 'goal'"):
        procgen.dungeon_sprite(dungeon, "hero")


def test_world_says_where_dungeons_are():
    """`has_dungeon` is true exactly where `dungeon` makes one."""
    world = procgen.world(5)
    kinds = set()
    for place in world.places(-600, -600, 1200, 1200):
        if world.has_dungeon(place):
            kinds.add(place.kind)
            assert world.dungeon(place).replay().finished
        else:
            with pytest.raises(procgen.InvalidArgument):
                world.dungeon(place)
    assert kinds == {"cave", "mine", "ruin"}
