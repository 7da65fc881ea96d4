"""The public API: one seed, the same place for everybody; clear words for what cannot be."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import aigc_procgen as procgen

CHUNKS = [(0, 0), (1, 0), (0, 1), (-1, -1), (7, -3), (1000, 1000)]
DIGESTS = """
import sys, aigc_procgen as p
chunks = eval(sys.argv[1])
world = p.world(42)
print({place: world.chunk(*place).digest() for place in chunks})
town = world.nearest("town", 0, 0)
people = world.people(town)
print([person.to_json() for person in people[:3]])
print(world.quest(people[0]).to_json())
print(p.tiles(42, "grass", 2).sum(), people[0].sprite.sum())
"""


def run(hash_seed, chunks):
    environment = {**os.environ, "PYTHONHASHSEED": str(hash_seed)}
    command = [sys.executable, "-c", DIGESTS, repr(chunks)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True)


def test_same_seed_same_place_in_other_processes_and_orders():
    """Hash seeds and the order of visits change nothing: land, people, quests, pictures."""
    first, second = run(1, CHUNKS).stdout.splitlines(), run(2, CHUNKS[::-1]).stdout.splitlines()
    assert eval(first[0]) == eval(second[0])
    assert first[1:] == second[1:]


def test_eight_threads_make_the_same_chunks():
    """Threads that all want the same chunks at once get what one alone gets."""
    alone = {place: procgen.world("threads").chunk(*place).digest() for place in CHUNKS}
    world = procgen.world("threads")
    with ThreadPoolExecutor(8) as pool:
        jobs = [(place, pool.submit(world.chunk, *place)) for place in CHUNKS * 8]
        assert all(job.result().digest() == alone[place] for place, job in jobs)


def test_number_and_text_are_different_seeds():
    """42 and "42" are two worlds; a seed that is neither number nor text is refused."""
    assert procgen.world(42).chunk(0, 0).digest() != procgen.world("42").chunk(0, 0).digest()
    for bad in (1.5, None, True):
        with pytest.raises(procgen.InvalidArgument, match="seed must be a whole number or a text"):
            procgen.world(bad)
    with pytest.raises(procgen.InvalidArgument, match="at most 4096 bits"):
        procgen.world(1 << 5000)


def test_image_agrees_with_itself_in_parts(small_pack):
    """A picture drawn in two calls is the picture drawn in one, props included."""
    world = procgen.world(7, pack=small_pack)
    x, y = world.spawn()
    whole = world.image(x - 8, y - 4, 16, 8)
    assert whole.shape == (256, 512, 4)
    left, right = world.image(x - 8, y - 4, 8, 8), world.image(x, y - 4, 8, 8)
    assert np.array_equal(whole, np.concatenate([left, right], 1))


def test_character_shows_its_role_and_keeps_its_record(small_pack):
    """A ranger is a ranger in record and picture, and the record survives JSON."""
    ranger = procgen.character(7, role="ranger", pack=small_pack)
    assert ranger.role == "ranger"
    assert ranger.sprite.shape == (32, 32, 4)
    assert ranger.walk.shape == (4, 32, 32, 4)
    assert ranger.portrait.shape == (32, 32, 4)
    again = procgen.Character.from_json(ranger.to_json())
    assert again == ranger
    with pytest.raises(procgen.InvalidArgument, match="role must be one of"):
        procgen.character(7, role="astronaut")


def test_people_of_a_town_are_many_and_differ():
    """A town has a dozen people, no two of one name."""
    world = procgen.world(3)
    people = world.people(world.nearest("town", 0, 0))
    assert len(people) >= 10
    assert len({person.name for person in people}) == len(people)
    assert len({person.role for person in people}) >= 4


def test_everyone_in_town_can_offer_a_quest_that_can_be_done():
    """Quests of a whole town replay legally from the facts that they were planned on."""
    world = procgen.world(3)
    town = world.nearest("town", 0, 0)
    facts = world.facts(town)
    for giver in world.people(town):
        quest = world.quest(giver, facts=facts)
        assert quest.giver == giver.id
        assert quest.objectives
        assert quest.check(facts).state == "open"


def test_routes_are_walkable_and_connected():
    """A route steps from tile to walkable tile, from its start to its goal."""
    world = procgen.world(5)
    town = world.nearest("town", 0, 0)
    goal = world.spots(town, 12)[11]
    route = world.route((town.x, town.y + 1), goal)
    assert tuple(route[0]) == (town.x, town.y + 1)
    assert tuple(route[-1]) == goal
    assert (np.abs(np.diff(route, axis=0)).sum(1) == 1).all()
    assert all(world.walkable(int(x), int(y)) for x, y in route)


def test_save_and_load_give_the_world_back(tmp_path):
    """The seed, the version and the game's changes come back; nothing else is in the file."""
    world = procgen.world("Ada")
    world.changes["gold"] = [1, {"coins": 7}]
    world.save(tmp_path / "save.json")
    again = procgen.load_world(tmp_path / "save.json")
    assert (again.seed, again.changes) == ("Ada", {"gold": [1, {"coins": 7}]})
    assert again.chunk(2, 2).digest() == world.chunk(2, 2).digest()
    circle: dict = {}
    circle["circle"] = circle
    for bad in (object(), float("nan"), circle):
        world.changes["bad"] = bad
        with pytest.raises(procgen.InvalidArgument, match="changes must be what JSON can hold"):
            world.save(tmp_path / "save.json")
    with pytest.raises(procgen.SaveError, match="path must be a file that can be written"):
        again.save(tmp_path / "nowhere" / "save.json")
    assert procgen.load_world(tmp_path / "save.json").changes == again.changes
    assert [path.name for path in tmp_path.iterdir()] == ["save.json"]


@pytest.mark.parametrize("seed", [-1, 2**200, "", "Ōkami 🐺", "half \ud800"])
def test_every_seed_survives_a_save(tmp_path, seed):
    """Large, negative, empty and strange seeds come back as they were."""
    world = procgen.world(seed)
    world.save(tmp_path / "save.json")
    assert procgen.load_world(tmp_path / "save.json").seed == seed


def test_pictures_of_a_character_cannot_be_painted_over(small_pack):
    """What a character shows is kept, so nobody may write into it."""
    person = procgen.character(3, pack=small_pack)
    for picture in (person.sprite, person.walk, person.portrait):
        with pytest.raises(ValueError, match="read-only"):
            picture[...] = 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "damaged or none"),
        ("[]", "damaged or none"),
        (
            json.dumps(
                {"format": 9, "world_version": procgen.WORLD_VERSION, "seed": 1, "changes": {}}
            ),
            "format 9",
        ),
        (json.dumps({"format": 1, "world_version": 99, "seed": 1, "changes": {}}), "version 99"),
        (
            json.dumps(
                {"format": 1, "world_version": procgen.WORLD_VERSION, "seed": 1, "changes": 3}
            ),
            "damaged",
        ),
        (
            json.dumps(
                {"format": 1, "world_version": procgen.WORLD_VERSION, "seed": 1.5, "changes": {}}
            ),
            "damaged",
        ),
        (
            json.dumps(
                {"format": True, "world_version": procgen.WORLD_VERSION, "seed": 1, "changes": {}}
            ),
            "format True",
        ),
        ("[" * 100_000, "damaged or none"),
    ],
)
def test_bad_saves_are_refused(tmp_path, text, message):
    """A cut, strange or newer save is a SaveError in one sentence."""
    path = tmp_path / "save.json"
    path.write_text(text)
    with pytest.raises(procgen.SaveError, match=message):
        procgen.load_world(path)
    with pytest.raises(procgen.SaveError, match="cannot be read"):
        procgen.load_world(tmp_path / "nowhere.json")


def test_bad_regions_are_named():
    """Empty and endless regions, unknown kinds and far coordinates each say what is wrong."""
    world = procgen.world(1)
    for call, message in (
        (lambda: world.terrain(0, 0, 0, 5), "width"),
        (lambda: world.chunk(1 << 40, 0), "cx"),
        (lambda: world.nearest("castle", 0, 0), "kind must be one of"),
        (lambda: world.image(0, 0, 9999, 1), "width must be between 1 and 256"),
        (lambda: world.overview(0, 0, 64, 64, step=0), "step"),
    ):
        with pytest.raises(procgen.InvalidArgument, match=message):
            call()
