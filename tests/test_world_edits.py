"""What a game changes about the land: seen at once, kept apart, saved small."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import aigc_procgen as procgen
from aigc_procgen.world.terrain import TERRAIN_COLOURS, TERRAIN_INDEX

_RIM = (1 << 31) - 1


@pytest.fixture
def world():
    return procgen.world(42)


def _tree(world):
    return next(prop for prop in world.props(-200, -200, 400, 400) if prop.kind == "tree")


def test_changed_ground_is_seen_everywhere(world):
    """Terrain, chunk, walking, route and map show a wall; all other tiles stay as they were."""
    x, y = world.spawn()
    before = world.terrain(x - 80, y - 80, 160, 160)
    world.set_terrain(x + 3, y, "stone_wall")
    wanted = before.copy()
    wanted[80, 83] = TERRAIN_INDEX["stone_wall"]
    assert np.array_equal(world.terrain(x - 80, y - 80, 160, 160), wanted)
    chunk = world.chunk((x + 3) // 64, y // 64)
    assert chunk.terrain[y % 64, (x + 3) % 64] == TERRAIN_INDEX["stone_wall"]
    assert not world.walkable(x + 3, y)
    assert world.route((x, y), (x + 3, y)) is None
    colour = TERRAIN_COLOURS[TERRAIN_INDEX["stone_wall"]].tolist()
    assert world.overview(x, y - 2, 8, 8, step=1)[2, 3, :3].tolist() == colour
    assert world.edited == 1


@pytest.mark.parametrize("corner", [(-70, -3), (60, 62), (_RIM - 130, -(1 << 31))])
def test_a_region_is_laid_over_borders_of_chunks(world, corner):
    """An array lands tile by tile, at negative coordinates and at the world's rim too."""
    kinds = np.arange(120 * 9, dtype=np.int64).reshape(9, 120) % 18
    world.set_terrain(*corner, kinds)
    assert np.array_equal(world.terrain(*corner, 120, 9), kinds)
    assert world.edited == 120 * 9


def test_a_tree_is_felled_and_a_chest_is_set(world):
    """A prop that is removed leaves a tile to walk on; one that is added stands there alone."""
    tree = _tree(world)
    assert not world.walkable(tree.x, tree.y)
    assert world.remove_prop(tree.x, tree.y) == tree
    assert world.remove_prop(tree.x, tree.y) is None
    assert world.props(tree.x, tree.y, 1, 1) == ()
    assert world.walkable(tree.x, tree.y)
    world.add_prop("chest", tree.x, tree.y)
    world.add_prop("statue", tree.x, tree.y)
    assert world.props(tree.x, tree.y, 1, 1) == (("statue", tree.x, tree.y),)
    assert not world.walkable(tree.x, tree.y)
    assert world.edited == 1


def test_reset_gives_the_seed_back(world):
    """After a reset of the region chunks are those of the seed; changes beside it stay."""
    tree = _tree(world)
    digest = world.chunk(tree.x // 64, tree.y // 64).digest()
    world.set_terrain(tree.x - 1, tree.y, "lava")
    world.remove_prop(tree.x, tree.y)
    world.set_terrain(5000, 5000, "snow")
    world.reset(tree.x - 1, tree.y, 2, 1)
    assert world.chunk(tree.x // 64, tree.y // 64).digest() == digest
    assert world.edited == 1
    world.reset(-10_000, -10_000, 20_000, 20_000)
    assert world.edited == 0


def test_changes_survive_a_save(tmp_path, world):
    """A saved world comes back with its ground, props and the game's own changes."""
    tree = _tree(world)
    world.remove_prop(tree.x, tree.y)
    world.add_prop("chest", tree.x + 200, tree.y)
    world.set_terrain(-64, 10, np.full((3, 200), TERRAIN_INDEX["ice"]))
    world.changes["gold"] = 7.5
    world.save(tmp_path / "save.json")
    loaded = procgen.load_world(tmp_path / "save.json")
    assert loaded.changes == {"gold": 7.5}
    assert loaded.edited == world.edited == 602
    assert loaded.props(tree.x, tree.y, 1, 1) == ()
    area = (-300, -300, 600, 600)
    assert np.array_equal(loaded.terrain(*area), world.terrain(*area))
    assert loaded.props(*area) == world.props(*area)
    loaded.save(tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == (tmp_path / "save.json").read_bytes()


def test_a_save_of_edits_is_small(tmp_path, world):
    """A filled square costs some bytes a row; ten thousand lone tiles less than 20 bytes each."""
    world.save(tmp_path / "save.json")
    empty = (tmp_path / "save.json").stat().st_size
    world.set_terrain(0, 0, np.full((64, 64), 3))
    world.save(tmp_path / "save.json")
    assert (tmp_path / "save.json").stat().st_size - empty < 100
    for index in range(10_000):
        world.set_terrain(100 + index * 7919 % 640, index * 104729 % 640, "sand")
    world.save(tmp_path / "save.json")
    assert (tmp_path / "save.json").stat().st_size < 20 * 10_000


def test_saves_of_the_first_format_are_read(tmp_path):
    """A save that was written before there were edits."""
    data = {"format": 1, "world_version": procgen.WORLD_VERSION, "seed": "Ada", "changes": {"a": 1}}
    (tmp_path / "old.json").write_text(json.dumps(data))
    world = procgen.load_world(tmp_path / "old.json")
    assert (world.seed, world.changes, world.edited) == ("Ada", {"a": 1}, 0)


def _damaged(text, change):
    """A save whose digest fits, but whose edits are not what the library writes."""
    from aigc_procgen import saves

    data = json.loads(text)
    del data["digest"]
    change(data["edits"])
    data["digest"] = saves._digest(data)
    return json.dumps(data)


@pytest.mark.parametrize(
    "change",
    [
        lambda edits: edits.append(5),
        lambda edits: edits.append(edits[0]),
        lambda edits: edits[0].pop("props"),
        lambda edits: edits[0].update(chunk=[0]),
        lambda edits: edits[0].update(chunk=[0, 1 << 40]),
        lambda edits: edits[0].update(terrain=[[0, 5000, 1]]),
        lambda edits: edits[0].update(terrain=[[0, 1, 99]]),
        lambda edits: edits[0].update(terrain=[[True, 1, 1]]),
        lambda edits: edits[0].update(props=[[0, ""]]),
        lambda edits: edits[0].update(props=[[4096, "tree"]]),
    ],
)
def test_strange_edits_are_refused(tmp_path, world, change):
    """Edits of another shape are a SaveError, not half a world."""
    world.set_terrain(1, 1, "snow")
    path = tmp_path / "save.json"
    world.save(path)
    path.write_text(_damaged(path.read_text(), change))
    with pytest.raises(procgen.SaveError, match="is damaged"):
        procgen.load_world(path)


def test_a_changed_byte_is_noticed(tmp_path, world):
    """A save whose content does not fit its digest is refused, and so is an unknown field."""
    world.set_terrain(1, 1, "snow")
    path = tmp_path / "save.json"
    world.save(path)
    text = path.read_text()
    path.write_text(text.replace('"seed": 42', '"seed": 43'))
    with pytest.raises(procgen.SaveError, match="digest does not fit"):
        procgen.load_world(path)
    path.write_text(json.dumps(json.loads(text) | {"mods": []}))
    with pytest.raises(procgen.SaveError, match="another library: 'mods'"):
        procgen.load_world(path)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda world: world.set_terrain(0, 0, "mud"), "terrain must be one of deep_water"),
        (lambda world: world.set_terrain(0, 0, 18), "terrain must hold indexes .* 0 to 17"),
        (lambda world: world.set_terrain(0, 0, -1), "terrain must hold indexes"),
        (lambda world: world.set_terrain(0, 0, [[0.5]]), "terrain must be a name, an index"),
        (lambda world: world.set_terrain(0, 0, np.zeros((0, 4), int)), "terrain must be a name"),
        (lambda world: world.set_terrain(_RIM, 0, [[1, 1]]), "width must be between 1 and 1"),
        (lambda world: world.add_prop("", 0, 0), "kind must be a text of 1 to 60 letters"),
        (
            lambda world: world.add_prop("staute", 0, 0),
            "categories, such as 'statue'.*'staute'",
        ),
        (
            lambda world: world.add_prop("zzz", 0, 0),
            "categories, or a name of your own with a",
        ),
        (lambda world: world.remove_prop(1 << 40, 0), "x must be between"),
        (lambda world: world.reset(0, 0, 0, 1), "width must be between"),
    ],
)
def test_bad_edits_are_one_sentence(world, call, message):
    """Each slip names the argument; nothing was changed."""
    with pytest.raises(procgen.InvalidArgument, match=message):
        call(world)
    assert world.edited == 0


def test_threads_edit_and_read_together(world):
    """Eight threads lay a strip each while others read: all strips are there in the end."""

    def lay(row):
        for column in range(0, 256, 16):
            world.set_terrain(column, row, np.full((1, 16), row % 18))
            world.terrain(0, 0, 256, 64)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lay, range(40)))
    wanted = np.repeat(np.arange(40)[:, None] % 18, 256, axis=1)
    assert np.array_equal(world.terrain(0, 0, 256, 40), wanted)
