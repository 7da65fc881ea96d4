"""The crawl sets, built from a made-up release that has a file for every entry of the tables."""

import json
import re
import urllib.error
import zipfile

import numpy as np
import pytest

from aigc_procgen.core.errors import InvalidArgument
from aigc_procgen.core.png import encode_png
from aigc_procgen.core.random import Stream, stream
from aigc_procgen.data import DataError, build_crawl, read_set, source, things
from aigc_procgen.data.colour import adjust, drop_shadow, hard_alpha
from aigc_procgen.data.figures import SLOTS, _hair_seen, compose
from aigc_procgen.data.joins import cost_of, find_join, join
from aigc_procgen.data.pictures import KEY_COLOUR, decode
from aigc_procgen.data.release import Release
from aigc_procgen.data.seams import heal, warp
from aigc_procgen.data.source import files_digest
from aigc_procgen.data.sprites import colourings, variants
from aigc_procgen.data.tables import load_table, matching
from aigc_procgen.data.things import _joined, sprite_set
from aigc_procgen.data.wardrobe import Wardrobe, colour_name
from aigc_procgen.world.terrain import TERRAINS


def spell(pattern):
    """The shortest text that the regular expression matches, first alternatives first."""
    made = []
    for kind, value in pattern:
        name = str(kind)
        if name == "LITERAL":
            made.append(chr(value))
        elif name == "ANY":
            made.append("x")
        elif name == "IN":
            first, what = value[0]
            if str(first) == "CATEGORY":
                made.append("0" if "DIGIT" in str(what) else "x")
            else:
                made.append(chr(what if str(first) == "LITERAL" else what[0]))
        elif name == "SUBPATTERN":
            made.append(spell(value[3]))
        elif name == "BRANCH":
            made.append(spell(value[1][0]))
        elif name == "MAX_REPEAT":
            low, high, inner = value
            made.append(spell(inner) * max(low, 1 if high > 1 else low))
        else:
            raise AssertionError(f"no rule for {name}")
    return "".join(made)


def entries(value):
    """Every table entry in the table, wherever it is."""
    if isinstance(value, dict):
        if "files" in value:
            yield value
        else:
            for inner in value.values():
                yield from entries(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from entries(inner)


@pytest.fixture(scope="module")
def release():
    """Path -> bytes: one noisy picture for each entry of each table."""
    rng = np.random.default_rng(5)
    files = {}
    for name, prefix in (("tiles", ""), ("sprites", ""), ("characters", "player/")):
        for entry in entries(load_table(name)):
            path = prefix + spell(re._parser.parse(entry["files"])) + ".png"
            pixels = np.zeros((32, 32, 4), np.uint8)
            edge = 0 if name == "tiles" else 9
            part = slice(edge, 32 - edge)
            pixels[part, part, :3] = rng.integers(40, 250, (32 - 2 * edge, 32 - 2 * edge, 3))
            pixels[part, part, 3] = 255
            files[path] = encode_png(pixels)
    files["player/base/human_m.png"] = files["player/base/human_f.png"]
    return files


@pytest.fixture(scope="module")
def archive(release, tmp_path_factory):
    """The release as the zip that github makes."""
    path = tmp_path_factory.mktemp("art") / "art.zip"
    with zipfile.ZipFile(path, "w") as file:
        for name, data in release.items():
            file.writestr(f"tiles-a6ea/releases/Nov-2015/{name}", data)
        file.writestr("tiles-a6ea/releases/Nov-2015/player/base/._human_m.png", b"junk")
        file.writestr("tiles-a6ea/Ancient/x.png", b"another release")
    return path


@pytest.fixture(scope="module")
def built(archive, tmp_path_factory):
    """The folder with the three sets."""
    out = tmp_path_factory.mktemp("sets")
    build_crawl(archive, out, characters=400, seed=3)
    return out


def test_materials_are_the_terrains():
    """The materials of the tiles are the terrains of the world, in the same order."""
    assert tuple(load_table("tiles")["materials"]) == tuple(TERRAINS)


def test_sets_keep_the_contract(built):
    """Alpha is 0 or 255, empty pixels are black, labels name values, tiles have no holes."""
    names = sorted(file.name for file in built.iterdir())
    kinds = ("characters", "sprites", "tiles")
    assert names == sorted(f"{kind}{end}" for kind in kinds for end in (".npz", ".datasheet.json"))
    for kind in kinds:
        data = read_set(built / f"{kind}.npz")
        assert data.kind == kind
        frames = (4,) if kind == "characters" else ()
        assert data.images.shape[1:] == (*frames, 32, 32, 4)
        assert set(np.unique(data.images[..., 3])) <= {0, 255}
        assert not data.images[data.images[..., 3] == 0].any()
        assert data.labels.shape == (len(data.images), len(data.attributes))
        for column, values in enumerate(data.attributes.values()):
            known = data.labels[:, column][data.labels[:, column] != 255]
            assert known.max() < len(values)
        first = next(iter(data.counts().values()))
        assert min(first.values()) > 0
    tiles = read_set(built / "tiles.npz")
    assert (tiles.images[..., 3] == 255).all()
    assert tiles.families is not None
    assert tiles.families.max() < len(tiles.family_names)


def test_datasheet_says_where_it_is_from(built, release):
    """The datasheet has source, commit, licence, counts, and a digest over the files it names."""
    sheet = json.loads((built / "tiles.datasheet.json").read_text())
    assert sheet["licence"] == "CC0-1.0"
    assert sheet["commit"].startswith("a6ea1655")
    assert sheet["verified"] is False
    assert sheet["digest"] == files_digest({path: release[path] for path in sheet["files"]})
    assert sheet["counts"]["material"]["grass"] > 100


def test_names_of_others_are_withheld(built):
    """Files named after other people's characters are used without the name."""
    text = (built / "characters.datasheet.json").read_text()
    assert "player/hand1/~" in text
    for name in ("gandalf", "aragorn", "saruman", "legolas"):
        assert name not in text


def test_same_seed_same_set(archive, built, tmp_path):
    """The seed alone decides: again the same bytes, with another seed other figures."""
    build_crawl(archive, tmp_path / "same", characters=400, seed=3)
    for kind in ("tiles", "characters"):
        name = f"{kind}.datasheet.json"
        assert (tmp_path / "same" / name).read_text() == (built / name).read_text()
    (_, _, other) = build_crawl(archive, tmp_path / "other", characters=400, seed=4)
    assert other.digest() != read_set(built / "characters.npz").digest()


def test_all_values_of_an_attribute_occur(built):
    """Weapons, headgear, cloaks, armour and species are all there among 400 figures."""
    counts = read_set(built / "characters.npz").counts()
    for name in ("species", "armour", "weapon", "offhand", "headgear", "cloak"):
        assert min(counts[name].values()) > 0, name


def test_dwarves_are_shorter_than_humans(built):
    """Short species lose rows of their legs, so their pictures begin lower."""
    data = read_set(built / "characters.npz")
    rows = (data.images[:, 0, ..., 3] > 0).any(2).argmax(1)
    species = data.attributes["species"]
    bare = data.labels[:, list(data.attributes).index("headgear")] == 0
    tall = rows[bare & (data.labels[:, 0] == species.index("human"))].min()
    short = rows[bare & (data.labels[:, 0] == species.index("halfling"))].min()
    assert short > tall


def test_skirts_cover_boots_and_armour_covers_neither_hair():
    """Layers are laid in the stated order, and armour ends where a legless body begins."""
    stack = np.zeros((3, 32, 32, 4), np.uint8)
    stack[1] = (200, 0, 0, 255)
    stack[2] = (0, 200, 0, 255)
    rows = np.zeros((3, len(SLOTS)), np.int32)
    rows[0, [SLOTS.index("boots"), SLOTS.index("skirt")]] = 1, 2
    rows[1, [SLOTS.index("hair"), SLOTS.index("armour")]] = 1, 2
    rows[2, [SLOTS.index("base"), SLOTS.index("armour")]] = 1, 2
    made = compose(stack, rows, np.array([32, 32, 18], np.int32))[:, 0]
    assert tuple(made[0, 5, 5, :3]) == (0, 200, 0)
    assert tuple(made[1, 5, 5, :3]) == (200, 0, 0)
    assert tuple(made[2, 17, 5, :3]) == (0, 200, 0)
    assert tuple(made[2, 18, 5, :3]) == (200, 0, 0)


def test_figures_have_a_black_rim():
    """Every coloured pixel at the border of a figure gets a black neighbour."""
    stack = np.zeros((2, 32, 32, 4), np.uint8)
    stack[1, 10:12, 10:12] = (200, 100, 0, 255)
    rows = np.zeros((1, len(SLOTS)), np.int32)
    rows[0, 1] = 1
    made = compose(stack, rows, np.array([32], np.int32))[0, 0]
    assert int((made[..., 3] > 0).sum()) == 12
    assert tuple(made[9, 10]) == (0, 0, 0, 255)


def test_key_colour_is_transparent():
    """Opaque pixels of the key colour are holes, near colours are not."""
    pixels = np.full((32, 32, 4), 255, np.uint8)
    pixels[0, 0, :3] = KEY_COLOUR
    pixels[0, 1, :3] = (72, 108, 108)
    decoded, notes = decode(encode_png(pixels), "a.png", keyed=True)
    assert decoded[0, 0].tolist() == [0, 0, 0, 0]
    assert decoded[0, 1, 3] == 255
    assert notes == ("transparency key removed",)


def test_shadows_go_and_outlines_stay():
    """A black blob beside a thing vanishes but the outline that touches colour stays."""
    image = np.zeros((32, 32, 4), np.uint8)
    image[8:20, 8:20] = (0, 0, 0, 255)
    image[9:19, 9:19] = (180, 90, 30, 255)
    image[14:22, 20:28] = (0, 0, 0, 255)
    clean = drop_shadow(image)
    assert clean[8:20, 8:20, 3].all()
    assert not clean[14:22, 22:, 3].any()


def test_half_transparent_shadow_is_dropped():
    """Half transparent black goes, half transparent colour becomes opaque."""
    image = np.zeros((1, 3, 4), np.uint8)
    image[0] = [(0, 0, 0, 130), (200, 50, 50, 130), (200, 50, 50, 40)]
    assert hard_alpha(image)[0, :, 3].tolist() == [0, 255, 0]


def test_healed_tiles_wrap():
    """A tile with a strong seam has no larger step at its border than inside once healed."""
    rng = np.random.default_rng(2)
    slope = np.linspace(40, 160, 32)[None, :, None]
    tile = np.full((32, 32, 4), 255, np.uint8)
    tile[..., :3] = slope + rng.integers(0, 40, (32, 32, 1))

    def ratio(image):
        rgb = image[..., :3].astype(int)
        return np.abs(rgb[:, 0] - rgb[:, -1]).mean() / np.abs(np.diff(rgb, axis=1)).mean()

    assert ratio(tile) > 5
    assert ratio(heal(tile, "x")) < 1.6
    assert np.array_equal(heal(tile, ""), tile)


def test_warp_keeps_the_colours():
    """Bending moves pixels and makes none."""
    tile = np.random.default_rng(0).integers(0, 255, (32, 32, 4), np.uint8)
    bent = warp(tile, 3, stream(1, "warp"))
    before = {tuple(pixel) for pixel in tile.reshape(-1, 4).tolist()}
    assert {tuple(pixel) for pixel in bent.reshape(-1, 4).tolist()} <= before
    assert not np.array_equal(bent, tile)


@pytest.mark.parametrize(
    ("rgb", "name"),
    [
        ((200, 20, 20), "red"),
        ((230, 130, 20), "orange"),
        ((120, 70, 30), "brown"),
        ((230, 220, 40), "yellow"),
        ((30, 160, 40), "green"),
        ((20, 180, 190), "cyan"),
        ((30, 60, 200), "blue"),
        ((130, 40, 190), "purple"),
        ((240, 240, 240), "white"),
        ((130, 130, 135), "gray"),
        ((50, 50, 52), "black"),
    ],
)
def test_colours_are_named(rgb, name):
    """The main colour of a layer has the name that people give it."""
    image = np.full((32, 32, 4), 255, np.uint8)
    image[..., :3] = rgb
    assert colour_name(image) == name


def test_table_entries_refuse_what_not_matches():
    """`files` must match the whole path and `not` takes paths out again."""
    entry = {"files": "item/potion/.*", "not": "item/potion/i-.*"}
    paths = ["item/potion/red.png", "item/potion/i-red.png", "old/item/potion/red.png"]
    assert matching(entry, paths) == ["item/potion/red.png"]
    with pytest.raises(DataError, match="valid `files`"):
        matching({"files": "("}, paths)


def test_other_art_and_bad_counts_are_refused(tmp_path, archive):
    """A folder of other pictures and a count of nothing are one sentence each, nothing written."""
    (tmp_path / "a.png").write_bytes(encode_png(np.zeros((4, 4, 4), np.uint8)))
    with pytest.raises(DataError, match="is not the crawl art"):
        build_crawl(tmp_path, tmp_path / "out")
    with pytest.raises(InvalidArgument, match="characters must be between 1 and 100000, not 0"):
        build_crawl(archive, tmp_path / "out", characters=0)
    assert not (tmp_path / "out").exists()


def test_a_missing_material_writes_nothing(release, tmp_path):
    """Without any lava in the art the error names it and no file is left."""
    for path, data in release.items():
        if "lava" not in path:
            file = tmp_path / "art" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
    with pytest.raises(DataError, match="no usable file for the material lava"):
        build_crawl(tmp_path / "art", tmp_path / "out", characters=5)
    assert not (tmp_path / "out").exists()


def test_without_a_network_the_error_says_what_to_do(tmp_path, monkeypatch):
    """A download that fails is one sentence with the address and the way around."""

    def fail(*_, **__):
        raise urllib.error.URLError("no route to host")

    monkeypatch.setattr(source.urllib.request, "urlopen", fail)
    with pytest.raises(DataError, match=r"cannot be downloaded \(no route to host\).*--from"):
        build_crawl(None, tmp_path / "out")


def test_digest_is_over_files_in_any_order():
    """The digest does not depend on order, but on every name and every byte."""
    one = files_digest({"a": b"1", "b": b"2"})
    assert one == files_digest({"b": b"2", "a": b"1"})
    assert one != files_digest({"a": b"2", "b": b"1"})


def test_a_walk_lifts_one_foot_at_a_time(built):
    """Of the four frames two stand alike, and the two steps differ from them and each other."""
    data = read_set(built / "characters.npz")
    assert data.frames == 4
    stand, left, again, right = (data.images[:, frame] for frame in range(4))
    assert np.array_equal(stand, again)
    for one, other in ((stand, left), (stand, right), (left, right)):
        assert (one != other).any((1, 2, 3)).mean() > 0.8


def test_parts_say_what_a_figure_is_made_of(built):
    """Figures of the same parts are the same picture, and some figures are held out."""
    data = read_set(built / "characters.npz")
    assert data.parts is not None
    assert data.held_out is not None
    assert data.parts.shape == (len(data.images), len(data.slots))
    assert 0 < data.held_out.sum() < len(data.images) // 8
    looks = {}
    for parts, image in zip(data.parts, data.images, strict=True):
        assert looks.setdefault(parts.tobytes(), image.tobytes()) == image.tobytes()


def test_species_show_under_every_hat(built):
    """An elf's ears, an undead's skull and a demonspawn's horns are there whatever they wear."""
    data = read_set(built / "characters.npz")
    table = load_table("characters")
    for species, share in (("elf", 1.0), ("undead", 0.9), ("demonspawn", 1.0)):
        mark = table["drawn"][table["species"][species]["mark"]]
        top, left = mark["at"]
        chosen = data.images[data.labels[:, 0] == data.attributes["species"].index(species), 0]
        assert len(chosen) > 5
        for down, row in enumerate(mark["rows"]):
            for right, letter in enumerate(row):
                if letter in mark["colours"]:
                    there = chosen[:, top + down, left + right, :3] == mark["colours"][letter]
                    assert there.all(1).mean() >= share, (species, down, right)


def test_what_is_hidden_is_not_labelled(built):
    """The sex of who wears a hat is left open, but for beards and dresses, and so is the colour of
    hair of which hardly a pixel shows; else they are told.
    """
    data = read_set(built / "characters.npz")
    columns = {
        name: np.array([*values, ""])[np.minimum(data.labels[:, column], len(values))]
        for column, (name, values) in enumerate(data.attributes.items())
    }
    hooded = columns["headgear"] == "hood"
    hatted = np.isin(columns["headgear"], ["hat", "wizard_hat"])
    beard = data.parts[:, data.slots.index("beard")] > 0
    assert hooded.sum() > 10
    shown = beard | (columns["armour"] == "dress")  # of whom a hat does not hide it
    assert (columns["sex"][(columns["headgear"] != "none") & ~shown] == "").all()
    assert (columns["sex"][hatted & beard] == "male").all()
    plain = (columns["headgear"] == "none") & (columns["species"] == "human")
    assert (columns["sex"][plain] != "").all()
    women = plain & (columns["sex"] == "female")
    assert "none" not in columns["hair"][women]
    assert (data.parts[women, data.slots.index("hair")] > 0).all()


def test_hair_is_seen_where_nothing_is_over_it():
    """Of hair and beard pixels that are no outlines, those that a hat covers do not count."""
    stack = np.zeros((4, 32, 32, 4), np.uint8)
    stack[1, 2:6, 10:20] = (120, 60, 20, 255)  # hair: 40 pixels
    stack[1, 2, 10:20, :3] = 20  # of which ten are outlines
    stack[2, 8:10, 12:18] = (120, 60, 20, 255)  # a beard: 12
    stack[3, 0:5, 8:22] = (200, 30, 30, 255)  # a hat, over all but the last row of the hair
    rows = np.zeros((4, len(SLOTS)), np.int32)
    hair, beard, hat = (SLOTS.index(slot) for slot in ("hair", "beard", "headgear"))
    rows[1:, hair] = 1
    rows[2, beard] = 2
    rows[2:, hat] = 3
    assert _hair_seen(stack, rows).tolist() == [0, 30, 10 + 12, 10]


def test_wardrobe_leaves_out_what_its_table_does(release):
    """`not` of a table is a path inside player/, as `files` is."""
    files = release | {"player/body/robe_jester.png": release["player/base/human_f.png"]}
    art = Release(files)
    wardrobe = Wardrobe(table=load_table("characters"), read=art.picture, paths=tuple(art.files))
    paths = {layer.path for layers in wardrobe.slots["armour"].values() for layer in layers}
    assert len(paths) > 8
    assert "player/body/robe_jester.png" not in paths


def test_sprites_are_drawings_in_colourings(built):
    """A drawing has one number in all of its colours; two of them are shown and the others held
    out, and colours that hardly show are none.
    """
    data = read_set(built / "sprites.npz")
    assert data.slots == ("lower", "upper", "colouring")
    assert data.parts is not None
    assert data.held_out is not None
    drawings, uppers, colourings = data.parts.T
    assert (data.parts > 0).all()
    held, whole = data.held_out, drawings == uppers
    for drawing in np.unique(drawings):
        own = whole & (drawings == drawing)
        assert (own & ~held).sum() == min(2, own.sum())
        assert len(np.unique(colourings[own])) == own.sum()
        assert len(np.unique(data.labels[own])) == 1
        pictures = data.images[own].astype(int)
        for index, picture in enumerate(pictures):
            apart = np.abs(pictures[index + 1 :] - picture)[:, picture[..., 3] > 0, :3]
            assert (apart.mean((1, 2)) >= 4).all()
    shown = np.unique(data.labels[~held])
    assert len(shown) == len(data.attributes["category"])


def test_swatches_say_what_colourings_do(built):
    """Two pictures of a drawing have, pixel by pixel, the colours that one colour of the first
    colouring has in theirs.
    """
    data = read_set(built / "sprites.npz")
    assert data.parts is not None
    assert data.swatches is not None
    known = {}
    for row in data.swatches.tolist():
        known.setdefault((row[0], row[1], *row[5:8]), set()).add(tuple(row[2:5]))
    assert (data.swatches[:, 8] > 0).all()
    firsts = data.swatches[data.swatches[:, 1] == 1]
    assert np.array_equal(firsts[:, 2:5], firsts[:, 5:8])
    compared = 0
    for pair in np.unique(data.parts[:, :2], axis=0):
        own = np.flatnonzero((data.parts[:, :2] == pair).all(1))
        solid = data.images[own[0], ..., 3] > 0
        pixels = data.images[own][:, solid][..., :3].swapaxes(0, 1).reshape(-1, 3 * len(own))
        colourings = [(int(data.labels[row, 0]), int(data.parts[row, 2])) for row in own]
        for pixel in np.unique(pixels, axis=0).reshape(-1, len(own), 3).tolist():
            origins = [
                known[*place, *colour] for place, colour in zip(colourings, pixel, strict=True)
            ]
            assert set.intersection(*origins)
            compared += len(own) > 1
    assert compared > 1000


def test_what_is_shown_tells_colours_apart():
    """A drawing is not shown in ramps alone, nor in one tint, if it has colourings that tell more;
    which ones are shown is by chance.
    """
    ramp = {"ramp": [[0, 0, 0], [250, 250, 250]]}
    changes = [{}, {"tint": [50, 90, 90]}, {"tint": [90, 50, 90]}, ramp, ramp, ramp]
    sprites = [np.full((4, 4, 4), 255 - 30 * number, np.uint8) for number in range(6)]
    sets = set()
    for seed in range(60):
        mixed, shown = things._mixed(sprites, changes, Stream(seed))
        assert sorted(mixed) == list(range(6))
        assert shown == 2
        sets.add(frozenset(mixed[:2]))
    assert sets == {frozenset({0, other}) for other in range(1, 6)} | {frozenset({1, 2})}
    assert things._mixed(sprites[:2], [ramp, ramp], Stream(0))[1] == 2
    assert things._mixed(sprites[:1], [{}], Stream(0)) == ([0], 1)


def test_halves_of_drawings_that_fit_make_new_ones(release):
    """Of two that fit the lower rows are one's and the upper the other's; some pairs are shown in
    no colouring, and of the others some are kept back. The set lists what may be drawn: what is
    shown, in its other colours too.
    """
    data = sprite_set(Release(release))
    assert data.fits is not None
    fits = {tuple(meeting) for meeting in data.fits.tolist()}
    assert len(fits) == len(data.fits)
    meetings = [tuple(meeting) for meeting in data.parts.tolist()]
    assert len(set(meetings)) == len(meetings)
    category: dict[int, int] = {}
    for (lower, upper, _), label in zip(meetings, data.labels[:, 0].tolist(), strict=True):
        assert category.setdefault(lower, label) == category.setdefault(upper, label) == label
    shown = {meeting for meeting, held in zip(meetings, data.held_out, strict=True) if not held}
    shown_pairs = {meeting[:2] for meeting in shown}
    back = set(meetings) - shown
    assert shown < fits
    assert back
    for meeting in back:
        assert (meeting in fits) == (meeting[:2] in shown_pairs)
    assert {meeting[:2] for meeting in fits} == shown_pairs
    joined = {meeting[:2] for meeting in back if meeting[0] != meeting[1]}
    assert joined & shown_pairs
    assert joined - shown_pairs


def test_a_join_is_where_two_drawings_meet():
    """A thin blade and a thin hilt meet at their necks, wherever each has it; what fits nowhere is
    not joined, and neither is a drawing with itself.
    """
    hilt, blade = np.zeros((2, 32, 32, 4), np.uint8)
    hilt[20:30, 12:20] = (150, 90, 30, 255)
    hilt[8:20, 15:17] = (200, 200, 200, 255)
    blade[16:30, 14:16] = (200, 200, 200, 255)
    blade[2:16, 10:20] = (90, 90, 220, 255)
    found = find_join(hilt, blade, "upright")
    assert found is not None
    assert found.cost == 0
    assert found.right == 1
    made = join(hilt, blade, found)
    assert (made[24, 12:20] == hilt[24, 12:20]).all()
    assert (made[..., :3] == (90, 90, 220)).all(-1).any()
    assert cost_of(hilt, blade, found) == 0
    rusty = blade.copy()
    rusty[16:30, 14:16] = (120, 40, 20, 255)
    assert cost_of(hilt, rusty, found) > 0.1
    assert find_join(hilt, hilt, "upright") is None
    corner = np.zeros_like(hilt)
    corner[:6, :6] = (90, 90, 220, 255)
    assert find_join(hilt, corner, "upright") is None
    with pytest.raises(InvalidArgument, match="along must be one of upright, diagonal, not 'left'"):
        find_join(hilt, blade, "left")


@pytest.mark.parametrize(("steps", "joined"), [(0, True), (60, True), (80, False)])
def test_what_joins_in_some_colours_must_in_all(steps, joined):
    """Two that meet unseen are joined if a little more is seen of it in another colouring than may
    be seen at all, and are not if it is half as much again.
    """
    hilt, blade = np.zeros((2, 32, 32, 4), np.uint8)
    hilt[20:30, 12:20] = (150, 90, 30, 255)
    hilt[8:20, 15:17] = (200, 200, 200, 255)
    blade[16:30, 14:16] = (200, 200, 200, 255)
    blade[2:16, 10:20] = (90, 90, 220, 255)
    other = blade.copy()
    other[16:30, 14:16, :3] -= np.uint8(steps)
    most = 0.2
    place = find_join(hilt, blade, "upright")
    cost = cost_of(hilt, other, place)
    assert cost == pytest.approx(steps / 255)
    made = {1: [hilt, hilt], 2: [blade, other]}
    found = _joined(made, {"along": "upright", "most": most}, stream(1))
    assert ((1, 2) in found) == joined


def test_an_upper_half_is_never_moved_out_of_the_square():
    """Two that would meet best with the upper one cut off at the rim are not joined so."""
    lower, upper = np.zeros((2, 32, 32, 4), np.uint8)
    lower[10:30, 2:6] = (200, 200, 200, 255)
    lower[25:30, 0:12] = (150, 90, 30, 255)
    upper[16:30, 5:9] = (200, 200, 200, 255)
    upper[4:16, 1:13] = (90, 90, 220, 255)
    found = find_join(lower, upper, "upright")
    assert found is None or found.right >= -1


def test_a_weapon_is_joined_across_its_length():
    """Drawn from the bottom left to the top right, it is cut at a right angle to that."""
    dark, light = np.zeros((2, 32, 32, 4), np.uint8)
    for step in range(4, 28):
        dark[31 - step, step - 1 : step + 2] = (60, 60, 60, 255)
        light[31 - step, step - 1 : step + 2] = (80, 80, 80, 255)
    dark[20:28, 4:12], light[4:12, 20:28] = (60, 60, 60, 255), (80, 80, 80, 255)
    found = find_join(dark, light, "diagonal")
    assert found is not None
    made = join(dark, light, found)
    assert made[24, 8, 0] == 60
    assert made[8, 24, 0] == 80


def test_a_tint_is_of_grey_pixels_alone():
    """The steel takes the colour, the hilt keeps its own; a tinted entry is also drawn as it is."""
    image = np.zeros((1, 3, 4), np.uint8)
    image[0, 0], image[0, 1] = (200, 200, 200, 255), (160, 90, 30, 255)
    made = adjust(image, {"tint": [50, 100, 25]})
    assert made[0].tolist() == [[100, 200, 50, 255], [160, 90, 30, 255], [0, 0, 0, 0]]
    entry = {"tints": [[50, 100, 25]], "hues": [0, 30]}
    assert colourings(entry) == [{}, {"hue": 30}, {}, {"tint": [50, 100, 25]}]
    assert colourings({}) == [{}]
    assert colourings({"hues": [0, 9]}) == [{}, {"hue": 9}]


def test_a_dark_veil_is_no_shadow():
    """Half transparent dark pixels go as a cast shadow, and stay where the table says `veiled`."""
    ghost = np.zeros((32, 32, 4), np.uint8)
    ghost[4:12, 10:20] = (20, 20, 30, 120)
    ghost[12:28, 10:20] = (160, 160, 200, 255)
    (plain,), (veiled,) = (variants(ghost, entry, 32) for entry in ({}, {"veiled": True}))
    assert int((plain[..., 3] > 0).sum()) == 160
    assert int((veiled[..., 3] > 0).sum()) == 240
