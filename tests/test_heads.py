"""Portraits, built from a made-up style that has a small box for every part the tables name."""

import json
import zipfile

import numpy as np
import pytest

from aigc_procgen.cli.main import main
from aigc_procgen.core.errors import InvalidArgument
from aigc_procgen.data import DataError, read_set, source
from aigc_procgen.data.head_raster import (
    MATERIALS,
    ROOM,
    SIDE,
    TONES,
    code_of,
    compose_heads,
    fill_path,
    raster,
    scale2x,
)
from aigc_procgen.data.heads import PORTRAIT_SLOTS, Closet, build_heads, dress_head
from aigc_procgen.data.tables import load_table

OFFSETS = {
    "accessories": (1, 7),
    "clothes": (2, 12),
    "eyes": (4, 5),
    "glasses": (2, 4),
    "beard": (3, 6),
    "mouth": (6, 9),
    "hair": (0, 0),
    "hat": (1, 0),
}
FILLS = {"clothes": "clothing", "beard": "hair"}
SHAPES = {
    "clothes": "M1 1h10v3H1z",
    "eyes": "M0 0h2v2H0zm6 0h2v2H6z",
    "hair": "M3 1h10v3H3z",
    "hat": "M2 0h10v4H2z",
    "mouth": "M0 1h4v1H0z",
    "beard": "M0 2h10v4H0z",
}


def path(shape, fill, **facts):
    return {"name": "path", "type": "element", "attributes": {"d": shape, "fill": fill, **facts}}


def named(value):
    """Every text in a table."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from named(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from named(inner)


@pytest.fixture(scope="module")
def style():
    """A style like pixel-art.json: every variant of a component is the same box."""
    table = load_table("heads", "head_tables")
    variants = {name: {} for name in OFFSETS}
    wanted = {text for text in named(table) if "/" in text}
    wanted |= {f"hair/{name}" for names in table["hair"].values() for name in names}
    wanted |= {f"clothes/{name}" for name in table["clothes"]}
    wanted |= {f"glasses/{name}" for name in table["chances"]["glasses"]}
    wanted |= {f"accessories/{name}" for name in table["chances"]["jewel"]}
    for text in wanted:
        component, _, name = text.partition("/")
        if component in variants:
            fill = {"type": "color", "name": FILLS.get(component, component)}
            shape = SHAPES.get(component, "M0 0h2v1H0z")
            variants[component][name] = {"elements": [path(shape, fill)]}
    canvas = [
        path("M4 2h8v9h-3v1h4v1h1v3H2v-3h1v-1h4v-1H4z", {"type": "color", "name": "skin"}),
        path("M4 2h8v9H4z", "white", **{"fill-opacity": ".1"}),
    ]
    for name, (x, y) in OFFSETS.items():
        facts = {"transform": f"translate({x} {y})"} if (x, y) != (0, 0) else {}
        canvas.append({"name": name, "type": "component", "attributes": facts})
    return {
        "meta": {"license": {"name": "CC0 1.0"}, "creator": {"name": "a test"}},
        "canvas": {"elements": canvas},
        "components": {name: {"variants": found} for name, found in variants.items()},
    }


@pytest.fixture(scope="module")
def file(style, tmp_path_factory):
    place = tmp_path_factory.mktemp("style") / "pixel-art.json"
    place.write_text(json.dumps(style))
    return place


@pytest.fixture(scope="module")
def built(file, tmp_path_factory):
    """The folder of a set of 800 portraits."""
    out = tmp_path_factory.mktemp("portraits")
    build_heads(file, out, count=800, seed=5)
    return out


def test_paths_fill_whole_pixels():
    """Holes, relative moves, mirroring and an offset all land on the pixels that SVG names."""
    ring = fill_path("M0 0h3v3H0zm1 1v1h1V1z")
    assert ring[:3, :3].tolist() == [[True] * 3, [True, False, True], [True] * 3]
    assert ring.sum() == 8
    moved = fill_path("M0 0h2v1H0z", (8, 1), mirror=True)
    assert np.argwhere(moved).tolist() == [[1, 6], [1, 7]]


def test_veils_change_the_tone_and_masks_cut():
    """White over a colour is a lighter tone of it; a group shows only inside its mask."""
    hair = {"type": "color", "name": "hair"}
    mask = {"name": "mask", "attributes": {"id": "m"}, "children": [path("M1 1h2v1H1z", hair)]}
    group = {
        "name": "g",
        "attributes": {"mask": "url(#m)"},
        "children": [
            path("M0 0h16v16H0z", hair),
            path("M0 0h2v16H0z", "white", **{"fill-opacity": ".2"}),
        ],
    }
    codes = raster([mask, group])
    assert codes[1, 1] == code_of("hair", 3)
    assert codes[1, 2] == code_of("hair")
    assert (codes > 0).sum() == 2


@pytest.mark.parametrize(
    "element", [path("M0 0c1 1 2 2 3 3z", "white"), {"name": "circle", "attributes": {}}]
)
def test_what_cannot_be_drawn_is_named(element):
    """Curves and other shapes are refused, not drawn wrong."""
    with pytest.raises(DataError, match="cannot be drawn"):
        raster([element])


def test_scale2x_keeps_flat_and_rounds_stairs():
    """A flat picture is only doubled; a step of a slant is smoothed."""
    flat = np.full((1, 3, 3), 7, np.uint8)
    assert (scale2x(flat) == 7).all()
    stairs = np.array([[[0, 0, 0], [0, 0, 5], [0, 5, 5]]], np.uint8)
    assert scale2x(stairs)[0, 2:4, 2:4].tolist() == [[0, 0], [0, 5]]


def test_composed_heads_are_outlined_and_keep_their_colours():
    """One pixel of ink around all that is solid, and no colour but the palette's."""
    stack = np.zeros((2, SIDE + ROOM, SIDE), np.uint8)
    stack[1, 10:20, 10:20] = code_of("clothes")
    palettes = np.arange(len(MATERIALS) * TONES, dtype=np.uint8)[None, :, None].repeat(3, 2)
    rows, drop = np.array([[0, 1]], np.int32), np.array([1], np.int32)
    image = compose_heads(stack, rows, drop, palettes)[0]
    solid = image[..., 3] == 255
    assert solid.sum() == 10 * 10 + 4 * 10
    assert solid[9:19, 10:20].all()
    assert (image[8, 10:20, 0] == code_of("ink", 0)).all()
    inside = set(np.unique(image[9:19, 10:20, 0]).tolist())
    assert inside == {code_of("clothes", tone) for tone in (1, 2, 3)}


def test_attributes_are_those_of_the_figures(style):
    """A portrait of a figure can be asked for with the figure's own names and values."""
    closet = Closet(style=style)
    figures = load_table("characters")["attributes"]
    assert list(closet.attributes)[:5] == ["species", "sex", "hair", "headgear", "colour"]
    for name in ("species", "sex", "hair", "headgear", "colour"):
        assert closet.attributes[name] == figures[name]
    assert list(closet.table["species"]) == figures["species"]
    for name, kind in closet.table["species"].items():
        allowed = load_table("characters")["species"][name].get("headgear")
        if allowed is not None:
            assert set(allowed) <= set(kind["headgear"]), name


def test_labels_say_what_is_worn(style):
    """Layers follow from the labels: headgear, beard and the hair that headgear hides."""
    from aigc_procgen.core.random import stream

    closet, dice = Closet(style=style), stream(3, "test")
    for _ in range(500):
        head = dress_head(closet, dice)
        facts = head.labels
        hat = head.parts.get("headgear", "none")
        assert hat.startswith(facts["headgear"])
        assert (facts["beard"] != "none") == ("beard" in head.parts)
        if "hair" in head.parts:
            assert head.parts["hair"].endswith(f":{facts['hair']}")
        elif facts["beard"] == "none":
            assert facts["hair"] == "none"
        if "hair" in head.parts:
            assert facts["headgear"] not in closet.table["hides_hair"]
        assert head.parts["clothes"].endswith(f":{facts['colour']}")
        assert all(name in closet.rows for name in head.layers)
        if facts["beard"] != "none":
            assert facts["sex"] == "male"


def test_set_keeps_the_contract(built):
    """Pictures, labels, parts and the held-out last 8 percent, as training reads them."""
    data = read_set(built / "portraits.npz")
    assert data.kind == "portraits"
    assert data.images.shape == (800, 32, 32, 4)
    assert set(np.unique(data.images[..., 3])) == {0, 255}
    assert not data.images[data.images[..., 3] == 0].any()
    assert data.slots == PORTRAIT_SLOTS
    assert data.parts.shape == (800, len(PORTRAIT_SLOTS))
    assert data.parts.dtype == np.int32
    assert (data.parts[:, PORTRAIT_SLOTS.index("clothes")] > 0).all()
    assert data.held_out.sum() == 64
    assert data.held_out[-64:].all()
    for name, found in data.counts().items():
        assert min(found.values()) > 0, name
    colours = [len(np.unique(image.reshape(-1, 4), axis=0)) for image in data.images]
    assert max(colours) < 64


def test_parts_are_numbered_by_name(built):
    """The datasheet names each number: a part of a slot, with its colour."""
    sheet = json.loads((built / "portraits.datasheet.json").read_text())
    data = read_set(built / "portraits.npz")
    assert sheet["parts"][0] == ""
    for column, slot in enumerate(PORTRAIT_SLOTS):
        for number in np.unique(data.parts[:, column]):
            if number:
                assert sheet["parts"][number].startswith(f"{slot}:")
    assert sheet["licence"] == "CC0-1.0"
    assert sheet["verified"] is False


def test_same_seed_same_portraits(file, style, built, tmp_path):
    """The seed alone decides, and a wheel gives what the file in it gives."""
    wheel = tmp_path / "dicebear_styles-1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("dicebear_styles/pixel-art.json", json.dumps(style))
    again = build_heads(wheel, tmp_path / "again", count=800, seed=5)
    assert again.digest() == read_set(built / "portraits.npz").digest()
    other = build_heads(file, tmp_path / "other", count=800, seed=6)
    assert other.digest() != again.digest()


def test_unusable_art_is_refused_in_one_sentence(style, tmp_path):
    """Missing, foreign, unfree and incomplete files are named, and nothing is written."""
    out = tmp_path / "out"
    with pytest.raises(DataError, match="does not exist"):
        build_heads(tmp_path / "none.whl", out)
    place = tmp_path / "style.json"
    place.write_text("[]")
    with pytest.raises(DataError, match="is not DiceBear's"):
        build_heads(place, out)
    place.write_text(json.dumps({**style, "meta": {"license": {"name": "CC BY 4.0"}}}))
    with pytest.raises(DataError, match="not CC0"):
        build_heads(place, out)
    place.write_text(json.dumps({**style, "components": {}}))
    with pytest.raises(DataError, match="lacks"):
        build_heads(place, out)
    with zipfile.ZipFile(tmp_path / "other.whl", "w") as archive:
        archive.writestr("x.json", "{}")
    with pytest.raises(DataError, match="has no dicebear_styles"):
        build_heads(tmp_path / "other.whl", out)
    with pytest.raises(InvalidArgument, match="count"):
        build_heads(place, out, count=0)
    assert not out.exists()


def test_download_that_fails_says_what_to_do(monkeypatch, tmp_path):
    """Without a network the sentence names the file to fetch and the argument to pass."""

    def refuse(*_, **__):
        raise OSError("no network")

    monkeypatch.setattr(source.urllib.request, "urlopen", refuse)
    with pytest.raises(DataError, match="pip download --no-deps dicebear-styles"):
        build_heads(None, tmp_path / "out")


def test_command_builds_portraits(file, tmp_path, capsys):
    """`data build heads` writes the set and says so."""
    out = tmp_path / "set"
    command = ["data", "build", "heads", "--from", str(file), "--out", str(out), "--count", "20"]
    assert main(command) == 0
    assert "20 pictures" in capsys.readouterr().out
    assert len(read_set(out / "portraits.npz").images) == 20
