"""Maps to hang up, letters, realms, and the atlas for a browser."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from aigc_procgen.exporters.atlas import SCALES, TILE, write_atlas
from test_cli import read

import aigc_procgen as procgen
from aigc_procgen.cli.main import main
from aigc_procgen.core.errors import InvalidArgument, SaveError
from aigc_procgen.world.land import Land
from aigc_procgen.world.lettering import HEIGHT, write


@pytest.fixture(scope="module")
def land():
    return Land(42)


def test_letters_differ_and_names_are_spelt():
    """Every letter has points of its own; accents are left out, what is unknown is a "?"."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'-.,:()/"
    shapes = {write(letter).tobytes() + bytes(write(letter).shape) for letter in letters}
    assert len(shapes) == len(letters)
    assert np.array_equal(write("Élan"), write("Elan"))
    assert np.array_equal(write("水"), write("?"))
    assert write("a b").shape[1] > write("ab").shape[1]
    assert write("").shape == (HEIGHT, 0)
    twice = write("Ada", 2)
    assert np.array_equal(twice[::2, ::2], write("Ada"))


def test_realms_agree_wherever_they_are_asked(land):
    """A tile's realm is that of any region around it, and of another land of the seed."""
    index, squares = land._realms.region(-900, 400, 40, 30, 31)
    other = Land(42)
    for row, column in ((0, 0), (29, 39), (11, 23)):
        realm = land._realms.of_square(squares[int(index[row, column])])
        assert other.realm(-900 + 31 * column, 400 + 31 * row) == realm


def test_a_realm_has_its_capital_inside(land):
    """Every realm near the start has a name and a town of its own as capital."""
    realms = {
        realm.id: realm
        for x in range(-3000, 3000, 300)
        for y in range(-3000, 3000, 300)
        if (realm := land.realm(x, y))
    }
    assert len(realms) >= 12
    assert len({realm.name for realm in realms.values()}) > len(realms) * 3 // 4
    for realm in realms.values():
        column, row = (int(part) for part in realm.capital.split(":")[1:])
        (capital,) = land.places(column * 96, row * 96, 96, 96)
        assert capital.id == realm.capital
        assert land.realm(capital.x, capital.y) == realm


def test_the_sheet_frames_the_overview(land):
    """Most of the framed picture is the overview; borders and names lie on it, words around it."""
    area = (-600, -600, 1200, 1000)
    plain = land.overview(*area, step=4)
    sheet = land.map(*area, step=4, title="The lands of Ada")
    assert (sheet[..., 3] == 255).all()
    assert sheet.shape[0] > plain.shape[0]
    corner = next(
        (top, left)
        for top in range(20, 60)
        for left in range(4, sheet.shape[1] - plain.shape[1])
        if (sheet[top : top + 250, left : left + 300] == plain).all(axis=2).mean() > 0.7
    )
    inside = sheet[corner[0] : corner[0] + 250, corner[1] : corner[1] + 300]
    changed = (inside != plain).any(axis=2)
    assert 0.01 < changed.mean() < 0.3
    other = land.map(*area, step=4, title="")
    differs = (sheet != other).any(axis=2)
    assert differs.any()
    assert not differs[corner[0] :].any()


def test_a_map_is_called_after_a_town_or_the_seed(monkeypatch):
    """The title names the town nearest to the middle; far out at sea it is the seed."""
    world = procgen.world("Ada")
    x, y = world.spawn()
    assert world.map_title(x - 50, y - 50, 100, 100).startswith(world.nearest("town", x, y).name)

    def nobody(*_):
        raise InvalidArgument("no town")

    monkeypatch.setattr(world._land, "nearest", nobody)
    assert world.map_title(0, 0, 10, 10) == "Seed Ada"


def test_names_do_not_overlap_and_stand_by_their_towns(land):
    """With finer steps villages are named too: more ink than on the same map of towns alone."""
    near = land.map(-300, -300, 600, 600, step=3)
    plain = land.overview(-300, -300, 600, 600, step=3)
    halo = (near == (246, 238, 214, 255)).all(axis=2).sum()
    assert halo > (plain == (246, 238, 214, 255)).all(axis=2).sum() + 500


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda land: land.map(0, 0, 9, 9, step=20), "step must be at most the width"),
        (lambda land: land.map(0, 0, 64, 64, title=5), "title must be a text, not 5"),
        (lambda land: land.realm(1 << 40, 0), "x must be between"),
    ],
)
def test_bad_maps_are_one_sentence(land, call, message):
    """Each slip names the argument and its value."""
    with pytest.raises(InvalidArgument, match=message):
        call(land)


def test_the_atlas_shows_the_overview_at_every_scale(tmp_path):
    """Pictures are pieces of the overview; the page holds the places and who lives there."""
    world = procgen.world(42)
    done = []
    area = (-400, -300, 700, 512)
    page = write_atlas(world, tmp_path / "atlas", *area, report=lambda *at: done.append(at))
    assert done[-1][0] == done[-1][1] == len(done)
    for scale in SCALES:
        pictures = sorted((tmp_path / "atlas" / "tiles" / str(scale)).glob("*.png"))
        side = TILE * scale
        assert len(pictures) == -(-700 // side) * -(-512 // side)
    part = world.overview(-400 + 2 * TILE, -300, 700 - 2 * TILE, TILE, step=1)
    assert np.array_equal(read(tmp_path / "atlas" / "tiles" / "1" / "2_0.png"), part)
    text = page.read_text(encoding="utf-8")
    found = re.search(r'<script id="data"[^>]*>(.*?)</script>', text, re.DOTALL)
    data = json.loads(found.group(1))
    assert data == json.loads((page.parent / "atlas.json").read_text(encoding="utf-8"))
    places = world.places(*area)
    assert [place["id"] for place in data["places"]] == [place.id for place in places]
    town = next(place for place in places if place.kind == "town")
    shown = next(place for place in data["places"] if place["id"] == town.id)
    assert [person["name"] for person in shown["people"]] == [p.name for p in world.people(town)]
    assert "$" + "TITLE" not in text
    assert {realm["name"] for realm in data["realms"]} >= {world.realm(town.x, town.y).name}


def test_a_name_cannot_break_the_page(tmp_path):
    """A title with tags is text on the page and in its data."""
    title = "</script><b>Ada & Bea"
    page = write_atlas(procgen.world(1), tmp_path, 0, 0, 64, 64, title=title)
    text = page.read_text(encoding="utf-8")
    assert "</script><b>" not in text
    assert "&lt;/script&gt;&lt;b&gt;Ada &amp; Bea" in text


def test_an_atlas_that_cannot_be_written_says_so(tmp_path):
    """A file where the folder should be is one sentence; too much land too."""
    (tmp_path / "file").write_text("")
    with pytest.raises(SaveError, match="folder must be one that can be written to"):
        write_atlas(procgen.world(1), tmp_path / "file", 0, 0, 64, 64)
    with pytest.raises(InvalidArgument, match="width must be between 8 and 4096"):
        write_atlas(procgen.world(1), tmp_path / "atlas", 0, 0, 5000, 64)


def test_the_command_writes_map_and_atlas(tmp_path, capsys):
    """`world --png --atlas` writes both; without either it says what to give."""
    where = ["--x", "-128", "--y", "-128", "--width", "256", "--height", "256"]
    out = [str(tmp_path / "map.png"), str(tmp_path / "atlas")]
    arguments = ["world", "42", "--png", out[0], "--atlas", out[1], "--title", "Here", *where]
    assert main(arguments) == 0
    wanted = procgen.world(42).map(-128, -128, 256, 256, step=2, title="Here")
    assert np.array_equal(read(tmp_path / "map.png"), wanted)
    assert (tmp_path / "atlas" / "index.html").exists()
    assert capsys.readouterr().out.count("wrote") == 2
    assert main(["world", "42"]) != 0
    assert "--png FILE or --atlas FOLDER" in capsys.readouterr().err
