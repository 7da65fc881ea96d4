"""The sets of the second style, built from art that the tests draw themselves."""

from __future__ import annotations

import json

import numpy as np
import pytest
from own_art import DIRECTIONS, write_ninja_zip

from aigc_procgen.cli.main import main
from aigc_procgen.core.errors import InvalidArgument
from aigc_procgen.data import DataError, build_ninja, ninja_table, read_set
from aigc_procgen.data.ninja_table import character_table, check_characters, check_entries
from aigc_procgen.world.terrain import TERRAINS


@pytest.fixture(scope="module")
def art(tmp_path_factory):
    return write_ninja_zip(tmp_path_factory.mktemp("art") / "packs.zip")


@pytest.fixture(scope="module")
def sets(art, tmp_path_factory):
    out = tmp_path_factory.mktemp("sets")
    build_ninja(art, out)
    return out


def test_every_head_goes_on_every_body_once(sets):
    """Figures are 4 directions x 4 frames of 16 x 16, one for each pair of head and body."""
    data = read_set(sets / "characters.npz")
    figures = len(character_table()["figures"])
    assert data.images.shape == (figures**2, 16, 16, 16, 4)
    assert (data.frames, data.directions) == (4, DIRECTIONS)
    assert data.slots == ("head", "body")
    assert len({tuple(row) for row in data.parts.tolist()}) == figures**2
    assert not set(data.parts[:, 0].tolist()) & set(data.parts[:, 1].tolist())
    assert 0 < data.held_out.sum() < figures**2 // 10


def test_pictures_of_a_figure_are_where_they_belong(sets):
    """Direction by direction, frame by frame: the blue of a test figure's head counts them."""
    data = read_set(sets / "characters.npz")
    for figure in data.images[:5].reshape(-1, 4, 4, 16, 16, 4):
        for direction in range(4):
            for frame in range(4):
                assert figure[direction, frame, 6, 8, 2] == 40 + 50 * direction + 5 * frame


def test_heads_end_lower_while_a_foot_is_up(sets):
    """Seen from the front a step lowers the head by a row, from behind it lifts it."""
    data = read_set(sets / "characters.npz")
    figures = len(character_table()["figures"])
    reds = 60 + 8 * np.arange(figures)
    for figure, parts in zip(data.images[:9], data.parts, strict=False):
        head, body = reds[parts - [1, 1 + figures]]
        down, up, *_ = figure[..., 8, 0].reshape(4, 4, 16)
        assert [down[0, 11], down[0, 12], down[1, 12], down[1, 13]] == [head, body, head, body]
        assert [up[0, 11], up[0, 12], up[1, 10], up[1, 11]] == [head, body, head, body]


def test_labels_say_what_head_and_body_show(sets):
    """Headgear follows the head and armour the body, whatever they are put together with."""
    data, table = read_set(sets / "characters.npz"), character_table()
    wears = list(table["figures"].values())
    columns = {name: column for column, name in enumerate(data.attributes)}
    for row, (head, body) in zip(data.labels, data.parts - [1, 1 + len(wears)], strict=True):
        assert data.attributes["headgear"][row[columns["headgear"]]] == wears[head]["headgear"]
        assert data.attributes["armour"][row[columns["armour"]]] == wears[body]["armour"]
    same_head = data.parts[:, 0] == data.parts[0, 0]
    assert (data.images[same_head][:, 0, 6, 8] == data.images[0, 0, 6, 8]).all()
    same_body = data.parts[:, 1] == data.parts[0, 1]
    assert (data.images[same_body][:, 0, 14, 8] == data.images[0, 0, 14, 8]).all()


def test_world_has_every_ground_in_the_second_style(sets):
    """Every terrain has tiles, and the datasheet says which were derived from what."""
    data = read_set(sets / "tiles.npz")
    assert set(TERRAINS) == set(data.attributes["material"])
    assert data.images.shape[1:] == (16, 16, 4)
    assert (data.images[..., 3] == 255).all()
    assert not data.rollable.any()  # bricks of neighbouring tiles meet
    sheet = json.loads((sets / "tiles.datasheet.json").read_text())
    assert sheet["licence"] == "CC0-1.0"
    assert "Pixel-boy" in sheet["author"]
    assert {"lava", "swamp"} <= set(sheet["derived"]) < set(TERRAINS)
    assert sheet["verified"] is False  # these are the tests' own pictures


def test_sprites_are_of_one_size_and_trees_are_halved_into_it(sets):
    """A tree of 32 x 32 fills its 16 x 16 and keeps a black outline; an item is as drawn."""
    data = read_set(sets / "sprites.npz")
    names = data.attributes["category"]
    assert data.images.shape[1:] == (16, 16, 4)
    trees = data.images[data.labels[:, 0] == names.index("tree")]
    assert len(trees) == 5
    assert (trees[..., 3] > 0).all()  # the tests' own tileset has no holes
    assert not trees[:, 0, :, :3].any()
    assert trees[:, 8, 8, :3].any()
    swords = data.images[data.labels[:, 0] == names.index("sword")] > 0
    assert (swords[..., 3].sum((1, 2)) == 8 * 6).all()


def test_what_is_not_the_art_is_refused(tmp_path, sets):
    """A zip of something else, and one file too few, are one sentence that says what to pass."""
    other = write_ninja_zip(tmp_path / "other.zip", left_out=("characters/1.png",))
    with pytest.raises(DataError, match="is not the Ninja Adventure art"):
        build_ninja(other, tmp_path / "out")
    cut = write_ninja_zip(tmp_path / "cut.zip", left_out=("characters/7.png",))
    with pytest.raises(DataError, match=r"the art lacks characters/7\.png"):
        build_ninja(cut, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    with pytest.raises(InvalidArgument):
        build_ninja(cut, tmp_path / "out", seed=1.5)


def test_command_builds_the_sets(art, tmp_path, capsys):
    """`data build ninja --from ZIP` writes three sets and says so."""
    command = ["data", "build", "ninja", "--from", str(art), "--out", str(tmp_path / "out")]
    assert main(command) == 0
    written = capsys.readouterr()
    assert "characters.npz: 529 pictures from 23 files" in written.out
    assert "not exactly those of the known commit" in written.err


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"sand": []}, "sand: give it a list of entries"),
        ({"sand": [{"cells": [[1, 2, 3]]}]}, r"sand: cells must be lists of 2 numbers"),
        ({"sand": [{"cells": [[1, -2]]}]}, r"sand: cells must be lists of 2 numbers"),
        ({"sand": [{"cells": [[1, 2]], "warm": 1}]}, "sand: 'warm' is no word of the table"),
        ({"sand": [{"ramp": [[1, 2, 3]]}]}, "sand: an entry needs cells or a file"),
    ],
)
def test_bent_tables_are_named(table, message):
    """An entry of a table that is not as it should be is named when it is loaded."""
    with pytest.raises(DataError, match=message):
        check_entries(table, "cells", 2, {"cells", "ramp"})


def test_bent_figures_are_named(monkeypatch):
    """A figure that wears what no attribute knows, or lacks a label, is named; so is a direction
    without a step.
    """
    table = character_table()
    for figure, message in (
        ({"headgear": "fez", "hair": "none", "armour": "robe", "colour": "red"}, "'fez', unknown"),
        ({"headgear": "hat", "armour": "robe", "colour": "red"}, "figure 1 lacks 'hair'"),
    ):
        with pytest.raises(DataError, match=message):
            check_characters({**table, "figures": {"1": figure}})
    with pytest.raises(DataError, match="lacks the direction 'north'"):
        check_characters({**table, "directions": ["north"]})
    bent = {"standing": ["unicorn"], "flip": [], "categories": {"bow": [{"file": "bow"}]}}
    monkeypatch.setattr(ninja_table, "load_table", lambda *_: bent)
    with pytest.raises(DataError, match="standing names 'unicorn', which is no category"):
        ninja_table.sprite_table()
