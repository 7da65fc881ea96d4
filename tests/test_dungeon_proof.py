"""The proof against the truth: every state of small dungeons, tile by tile, by the rules alone."""

from __future__ import annotations

import dataclasses

import numpy as np

import aigc_procgen as procgen
from aigc_procgen.core.random import stream
from aigc_procgen.dungeon.proof import prove_safety
from aigc_procgen.dungeon.records import DIRECTIONS, TILE
from aigc_procgen.dungeon.rules import Board, Play
from aigc_procgen.dungeon.solver import solve

_STEPS = (*DIRECTIONS, "up", "down", "pull")
_ALL = (*_STEPS, *(f"{verb} {side}" for verb in ("open", "fight") for side in DIRECTIONS))


def every_state(dungeon, most=60_000):
    """Whether the goal can be reached, and from every reachable state; None if there are more.

    A breadth-first search with every legal step, then backwards from the states that end it.
    """
    start = Play(Board(dungeon))
    number = {start.state: 0}
    plays, before, ends = [start], [[]], []
    for index in range(most):
        if index == len(plays):
            break
        play = plays[index]
        plays[index] = None
        if play.finished:
            ends.append(index)
            continue
        for step in _ALL:
            after = play.copy()
            if after.do(step):
                continue
            place = number.setdefault(after.state, len(plays))
            if place == len(plays):
                plays.append(after)
                before.append([])
            before[place].append(index)
    else:
        return None
    safe, edge = set(ends), list(ends)
    while edge:
        for place in before[edge.pop()]:
            if place not in safe:
                safe.add(place)
                edge.append(place)
    return 0 in safe, len(safe) == len(plays)


def small(seed, **controls):
    """A small dungeon with drops, bars and locks, one guardian and nothing else in the way."""
    dice = stream(seed, "small")
    size = {"width": dice.between(11, 22), "height": dice.between(7, 16)}
    asked = {"locks": dice.below(5), "monsters": dice.below(2), "treasures": 0} | size
    return procgen.dungeon(seed, **(asked | controls))


def damaged(dungeon, seed):
    """The dungeon with some ways turned into drops and all keys that are used up made alike."""
    dice = stream(seed, "damage")
    tiles, ways = dungeon.tiles.copy(), []
    for way in dungeon.ways:
        new = way
        if way.kind in ("passage", "door") and dice.chance(1, 8):
            level = tiles[way.floor, way.y, way.x - 1] != TILE["wall"]
            toward = dice.choice(("east", "west") if level else ("north", "south"))
            new = dataclasses.replace(way, kind="drop", toward=toward)
        elif way.kind == "bar" and dice.chance(1, 3):
            new = dataclasses.replace(way, kind="gate", toward="", opener=f"nothing {way.id}")
        elif way.kind == "lock" and dice.chance(4, 5):
            new = dataclasses.replace(way, opener="iron", spent=True)
        tiles[way.floor, way.y, way.x] = TILE[new.kind if new.kind != "stairs" else "stairs_down"]
        ways.append(new)
    renamed = {a.opener: b.opener for a, b in zip(dungeon.ways, ways, strict=True) if a.opener}
    things = tuple(
        dataclasses.replace(thing, name=renamed.get(thing.name, thing.name))
        for thing in dungeon.things
    )
    return dataclasses.replace(dungeon, tiles=tiles, ways=tuple(ways), things=things)


def test_no_state_of_a_dungeon_is_lost():
    """From every state that legal steps reach in small dungeons, legal steps reach the goal."""
    looked = 0
    for seed in range(60):
        dungeon = small(seed)
        truth = every_state(dungeon)
        if truth is None:
            continue
        looked += 1
        assert truth == (True, True), dungeon.text()
        assert dungeon.proof.holds
    assert looked > 30


def test_the_proof_agrees_with_every_state_of_damaged_dungeons():
    """Where ways became drops and keys alike, proof and solver say what the full search finds.

    The proof never shows safety that is not there. It may miss some: it asks of every drop that one
    can come back, which a damaged dungeon may do without and ours do not.
    """
    tally = {True: 0, False: 0}
    missed = 0
    for seed in range(220):
        dungeon = damaged(small(seed, locks=1 + seed % 4, width=20, height=14), seed)
        truth = every_state(dungeon)
        if truth is None:
            continue
        can_win, cannot_lose = truth
        assert (solve(dungeon).steps is not None) == can_win
        found = prove_safety(dungeon)
        assert cannot_lose or not found.softlock_free, dungeon.text()
        tally[cannot_lose] += 1
        missed += cannot_lose and not found.softlock_free
    assert min(tally.values()) >= 20
    assert missed < tally[True] // 2


def test_the_proof_finds_a_key_spent_on_the_wrong_door():
    """Two doors that one key fits, the second key behind the right one: it can be lost."""
    rows = ["#########", "#.#...#.#", "#.X...X.#", "#.#...#.#", "#########"]
    letters = {"#": TILE["wall"], ".": TILE["floor"], "X": TILE["lock"]}
    tiles = np.array([[[letters[letter] for letter in row] for row in rows]], np.uint8)
    ways = tuple(
        procgen.Way(id=i, kind="lock", floor=0, x=x, y=2, rooms=(0, i), opener="iron", spent=True)
        for i, x in enumerate((2, 6))
    )

    def key(number, x, y):
        return procgen.Thing(id=number, kind="key", name="iron", x=x, y=y, floor=0, room=0)

    trap = procgen.Dungeon(
        seed=0,
        theme="crypt",
        tiles=tiles,
        start=(4, 2, 0),
        goal=(7, 1, 0),
        rooms=(),
        ways=ways,
        things=(key(0, 4, 1), key(1, 7, 3)),
        solution=(),
    )
    assert every_state(trap) == (True, False)
    assert not prove_safety(trap).softlock_free
    assert "stuck after way 0" in prove_safety(trap).problem
    fair = dataclasses.replace(trap, things=(key(0, 4, 1), key(1, 4, 3)))
    assert every_state(fair) == (True, True)
    assert prove_safety(fair).softlock_free


def test_solver_keeps_to_its_budget():
    """With a budget of one state the solver gives up and says so; the proof does not hold."""
    dungeon = procgen.dungeon(3, locks=5)
    assert solve(dungeon, budget=1).steps is None
    assert solve(dungeon, budget=1).nodes == 1
    assert solve(dungeon).nodes < 100
    assert prove_safety(dungeon, budget=0).problem == "the budget is spent"


def test_many_locks_are_proven_quickly():
    """Sixty-four locks on a large floor need few nodes and few states."""
    dungeon = procgen.dungeon(1, width=120, height=90, locks=64)
    assert dungeon.proof.holds
    assert dungeon.proof.solver_nodes < 1_000
    assert dungeon.proof.states < 5_000


def test_kinds_of_key_are_shared():
    """In some dungeons doors share a kind of key, so that there is something to prove."""
    shared = 0
    for seed in range(40):
        openers = [way.opener for way in procgen.dungeon(seed, locks=6).locks]
        shared += len(set(openers)) < len(openers)
    assert shared >= 10
