"""Chunks made ahead: in threads that are few, in good order, and never in the way."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
import time

import pytest

import aigc_procgen as procgen
from aigc_procgen.core.errors import ProcgenError
from aigc_procgen.world.cache import Cache
from aigc_procgen.world.land import LIMIT
from aigc_procgen.world.prefetch import Prefetcher, squares_around


def _wait(pending):
    end = time.monotonic() + 60
    while pending():
        assert time.monotonic() < end
        time.sleep(0.002)


class _Gate:
    """Notes what is made; every key but the first waits until the gate opens."""

    def __init__(self, bad=()):
        self.made, self.bad = [], bad
        self.begun, self.open = threading.Event(), threading.Event()

    def __call__(self, key):
        self.made.append(key)
        self.begun.set()
        assert self.open.wait(60)
        if key in self.bad:
            raise ZeroDivisionError(f"no {key}")


def test_prefetched_chunks_are_the_chunks():
    """What was made ahead has the bits of what was made when it was asked for."""
    with procgen.world("ahead", workers=3) as world:
        world.prefetch(-70, 1000, 100)
        _wait(lambda: world.pending)
        around = squares_around(-70, 1000, 100, LIMIT)
        assert len(around) == 16
        assert world._land.missing(-70, 1000, 100) == []
        made = [world.chunk(*square) for square in around]
    alone = procgen.world("ahead", workers=0)
    assert [chunk.digest() for chunk in made] == [
        alone.chunk(*square).digest() for square in around
    ]


def test_the_nearest_chunks_come_first():
    """Chunks are asked for by the distance of their middle; none lies beyond the world's rim."""
    around = squares_around(32, 32, 64, LIMIT)
    assert around[0] == (0, 0)
    assert sorted(around) == [(cx, cy) for cx in (-1, 0, 1) for cy in (-1, 0, 1)]
    assert set(around[1:5]) == {(0, -1), (-1, 0), (1, 0), (0, 1)}
    last = LIMIT // 64
    assert squares_around(LIMIT - 1, -LIMIT, 64, LIMIT) == [
        (last - 1, -last),
        (last - 2, -last),
        (last - 1, 1 - last),
        (last - 2, 1 - last),
    ]


def test_the_call_returns_at_once_and_a_newer_one_replaces_what_waits():
    """While a first key is being made a second list takes the place of the rest of the first."""
    gate = _Gate()
    ahead = Prefetcher(gate, 1)
    ahead.ask([1, 2, 3])
    assert gate.begun.wait(60)
    assert ahead.pending == 3
    ahead.ask([7, 8])
    assert ahead.pending == 3
    gate.open.set()
    _wait(lambda: ahead.pending)
    assert gate.made == [1, 7, 8]
    ahead.close()


def test_no_more_threads_than_workers():
    """Three workers make three keys at once, whatever is asked; they end with `close`."""
    before = threading.active_count()
    gate = _Gate()
    ahead = Prefetcher(gate, 3)
    assert threading.active_count() == before
    for _ in range(3):
        ahead.ask(range(10))
    end = time.monotonic() + 60
    while len(gate.made) < 3:
        assert time.monotonic() < end
        time.sleep(0.002)
    assert threading.active_count() == before + 3
    gate.open.set()
    ahead.close()
    assert threading.active_count() == before
    assert ahead.pending == 0


def test_without_workers_nothing_is_made_ahead():
    """`workers=0` starts no thread and leaves nothing pending; chunks are made when asked for."""
    before = threading.active_count()
    world = procgen.world(3, workers=0)
    world.prefetch(0, 0, 300)
    assert (world.pending, threading.active_count()) == (0, before)
    assert world.chunk(0, 0).terrain.shape == (64, 64)


@pytest.mark.parametrize(
    "call",
    [lambda ahead: ahead.ask([5]), lambda ahead: ahead.pending, lambda ahead: ahead.close()],
    ids=["prefetch", "pending", "close"],
)
def test_an_error_in_a_thread_reaches_the_caller(call):
    """The next call raises what went wrong, once; the other keys were made all the same."""
    gate = _Gate(bad=(2,))
    gate.open.set()
    ahead = Prefetcher(gate, 1)
    ahead.ask([1, 2, 3])
    queue = ahead._queue
    _wait(lambda: queue.waiting or queue.busy)
    assert gate.made == [1, 2, 3]
    with pytest.raises(ZeroDivisionError, match="no 2"):
        call(ahead)
    ahead.close()


def test_a_world_that_is_dropped_ends_its_threads():
    """The last reference ends the workers; a closed world still makes chunks, but none ahead."""
    before = threading.active_count()
    world = procgen.world(9)
    world.prefetch(0, 0, 64)
    assert threading.active_count() == before + 1
    del world
    gc.collect()
    assert threading.active_count() == before
    world = procgen.world(9)
    world.close()
    assert world.chunk(0, 0).x == 0
    with pytest.raises(ProcgenError, match="closed: make it anew"):
        world.prefetch(0, 0, 64)


def test_workers_never_keep_the_interpreter_alive():
    """A script that ends in the middle of a prefetch of 4,000 chunks ends."""
    code = (
        "import aigc_procgen as p, time\n"
        "w = p.world(1, workers=2)\n"
        "w.prefetch(0, 0, 2000)\n"
        "assert w.pending > 300\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], timeout=60, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""


def test_no_more_is_made_than_the_cache_can_hold():
    """Of a country of chunks only as many are asked for as half of the cache keeps."""
    world = procgen.world(4, cache_bytes=8 << 20, workers=1)
    ahead = world._land.missing(0, 0, 4096)
    assert 20 < len(ahead) < 60
    assert ahead == squares_around(0, 0, 4096, LIMIT)[: len(ahead)]
    world.chunk(*ahead[0])
    assert world._land.missing(0, 0, 4096) == ahead[1:]


def test_a_value_that_another_thread_makes_is_waited_for():
    """Eight threads that want one value make it once; if that fails the next one tries."""
    tries, go = [], threading.Event()

    def make(key):
        tries.append(key)
        go.wait(60)
        if len(tries) == 1:
            raise KeyError(key)
        return key

    cache = Cache(make, 100, lambda value: 1)
    found = []

    def ask():
        try:
            found.append(cache.get("a"))
        except KeyError:
            found.append("failed")

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    go.set()
    for thread in threads:
        thread.join(60)
    assert sorted(found) == ["a"] * 7 + ["failed"]
    assert tries == ["a", "a"]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: procgen.world(1, workers=-1), "workers must be between 0 and 64"),
        (lambda: procgen.world(1, workers=1.5), "workers must be a whole number"),
        (lambda: procgen.world(1).prefetch(0, 0, -1), "radius must be between 0 and 4096"),
        (lambda: procgen.world(1).prefetch(1 << 31, 0, 5), "x must be between"),
    ],
)
def test_bad_arguments_are_one_sentence(call, message):
    """Each slip names the argument and its value."""
    with pytest.raises(procgen.InvalidArgument, match=message):
        call()


def test_edits_during_a_prefetch_are_seen():
    """What a game changes while threads make chunks is in those chunks, and is listed."""
    with procgen.world(6, workers=3) as world:
        world.prefetch(0, 0, 200)
        for turn in range(40):
            world.set_terrain(turn * 7 - 140, turn * 5 - 100, "lava")
        _wait(lambda: world.pending)
        for turn in range(40):
            x, y = turn * 7 - 140, turn * 5 - 100
            assert procgen.TERRAINS[world.terrain(x, y, 1, 1)[0, 0]] == "lava"
        listed = list(world.edits())
        assert len(listed) == world.edited == 40
        assert all(edit.terrain == "lava" and edit.prop is None for edit in listed)
        world.remove_prop(*world.props(-200, -200, 400, 400)[0][1:3])
        assert [edit.prop for edit in world.edits() if edit.terrain is None] == [""]
        assert list(world.edits(-140, -100, 1, 1)) == [
            procgen.Edit(x=-140, y=-100, terrain="lava", prop=None)
        ]


def test_changed_chunks_keep_to_the_budget():
    """However many chunks are changed, only so many of the changed ones are kept ready."""
    world = procgen.world(2, cache_bytes=8 << 20)
    edits = world._land.edits
    for cx in range(60):
        world.set_terrain(cx * 64, 0, "sand")
        world.terrain(cx * 64, 0, 1, 1)
    assert len(edits._made) == edits._most < 60
    found = world.terrain(0, 0, 60 * 64, 1)[0, ::64]
    assert {procgen.TERRAINS[index] for index in found} == {"sand"}
