"""Sets of anyone's own pictures: what is converted, what is refused, and that nothing is torn."""

import argparse
import io
import json
import zipfile

import numpy as np
import pytest
from PIL import Image

from aigc_procgen.cli import data as cli
from aigc_procgen.cli.main import main
from aigc_procgen.core.errors import InvalidArgument
from aigc_procgen.data import DataError, build_folder, draw_sheet, read_set, writing
from aigc_procgen.data.folder import fit
from aigc_procgen.data.pictures import decode


def blob(colour=(200, 40, 40), size=(12, 10)):
    pixels = np.zeros((32, 32, 4), np.uint8)
    pixels[8 : 8 + size[1], 10 : 10 + size[0]] = (*colour, 255)
    return Image.fromarray(pixels)


def png(image, **options):
    buffer = io.BytesIO()
    image.save(buffer, "PNG", **options)
    return buffer.getvalue()


@pytest.fixture
def art(tmp_path):
    folder = tmp_path / "art"
    for name in ("rock", "gem"):
        (folder / name).mkdir(parents=True)
    (folder / "gem" / "a.png").write_bytes(png(blob()))
    (folder / "rock" / "b.png").write_bytes(png(blob((40, 40, 200))))
    return folder


def test_classes_are_the_subfolders(art, tmp_path):
    """Each picture gets the name of its subfolder as its class, hidden junk files are passed by."""
    (art / "gem" / "._a.png").write_bytes(b"junk")
    build_folder(art, tmp_path / "out")
    data = read_set(tmp_path / "out" / "sprites.npz")
    assert data.attributes == {"category": ["gem", "rock"]}
    assert data.labels.tolist() == [[0], [1]]
    assert data.images.shape == (2, 32, 32, 4)
    assert tuple(data.images[1, 16, 16]) == (40, 40, 200, 255)


@pytest.mark.parametrize("mode", ["P", "L", "LA", "1", "RGB", "I;16"])
def test_other_modes_are_converted_and_noted(mode):
    """Palette, greyscale, bilevel and 16-bit pictures become RGBA of the same look."""
    if mode == "I;16":
        image = Image.fromarray(np.full((32, 32), 204 * 257, np.uint16))
    else:
        image = Image.new("RGB", (32, 32), (204, 204, 204)).convert(mode)
    pixels, notes = decode(png(image), "a.png")
    assert pixels.shape == (32, 32, 4)
    assert (pixels[..., 3] == 255).all()
    if mode == "1":
        assert abs(int(pixels[..., 0].mean()) - 204) < 30
    else:
        assert (pixels[..., :3] == 204).all()
    assert bool(notes) == (mode != "RGB")


def test_palette_transparency_survives():
    """A palette picture with a transparent entry stays transparent there."""
    image = Image.new("P", (32, 32), 0)
    image.putpalette([0, 0, 0, 250, 10, 10])
    image.putpixel((5, 5), 1)
    pixels, _ = decode(png(image, transparency=0), "a.png")
    assert pixels[0, 0, 3] == 0
    assert tuple(pixels[5, 5]) == (250, 10, 10, 255)


def test_first_picture_of_an_animation_is_taken(art, tmp_path):
    """Of an animated PNG the first picture is used and the datasheet says so."""
    frames = [blob((10, 200, 10)), blob((200, 200, 10))]
    (art / "gem" / "anim.png").write_bytes(png(frames[0], save_all=True, append_images=frames[1:]))
    data = build_folder(art, tmp_path / "out")
    assert "animated" in data.sheet["converted"]["gem/anim.png"]
    assert tuple(data.images[1, 16, 16, :3]) == (10, 200, 10)


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"hello",
        png(blob())[:60],
        png(blob())[:-30],
        png(blob()).replace(b"IDAT", b"IDAX"),
        b"\x89PNG\r\n\x1a\n" + bytes(100),
    ],
)
def test_damaged_files_are_named_and_left_out(art, tmp_path, damage):
    """A damaged file is left out under its name and the rest of the set is built."""
    (art / "gem" / "broken.png").write_bytes(damage)
    data = build_folder(art, tmp_path / "out")
    assert len(data.images) == 2
    sheet = json.loads((tmp_path / "out" / "sprites.datasheet.json").read_text())
    assert list(sheet["left_out"]) == ["gem/broken.png"]
    assert "gem/broken.png cannot be read" in sheet["left_out"]["gem/broken.png"]


def test_only_damaged_files_write_nothing(tmp_path):
    """With no usable picture one sentence names the file and no output folder is left behind."""
    (tmp_path / "art").mkdir()
    (tmp_path / "art" / "x.png").write_bytes(b"nothing")
    with pytest.raises(DataError, match=r"x\.png cannot be read \(not a picture\)"):
        build_folder(tmp_path / "art", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_empty_picture_is_left_out(art, tmp_path):
    """A wholly transparent picture is no sprite."""
    (art / "gem" / "void.png").write_bytes(png(Image.new("RGBA", (32, 32))))
    data = build_folder(art, tmp_path / "out")
    assert "empty" in data.sheet["left_out"]["gem/void.png"]


def test_sheet_is_cut_by_the_grid(tmp_path):
    """A sheet of 2 x 3 cells with one empty cell gives five pictures in reading order."""
    pixels = np.zeros((48, 32, 4), np.uint8)
    for cell in range(5):
        top, left = cell // 2 * 16, cell % 2 * 16
        pixels[top + 4 : top + 12, left + 4 : left + 12] = (40 * cell + 40, 90, 90, 255)
    (tmp_path / "sheet.png").write_bytes(png(Image.fromarray(pixels)))
    data = build_folder(tmp_path / "sheet.png", tmp_path / "out", grid=(16, 16))
    assert [int(image[16, 16, 0]) for image in data.images] == [40, 80, 120, 160, 200]
    assert data.attributes == {"category": ["sheet"]}


def test_a_sheet_smaller_than_a_cell_is_refused(art, tmp_path):
    """A grid larger than every picture is one sentence with both sizes."""
    with pytest.raises(DataError, match="32x32 pixels, less than one cell of 64x64"):
        build_folder(art, tmp_path / "out", grid=(64, 64))


def test_tiles_are_scaled_by_whole_numbers_only(tmp_path):
    """A 16 x 16 tile is doubled, a 64 x 64 one halved, a 20 x 20 one refused by name."""
    folder = tmp_path / "art" / "grass"
    folder.mkdir(parents=True)
    for side in (16, 64, 20):
        noise = np.random.default_rng(side).integers(0, 255, (side, side, 3), np.uint8)
        (folder / f"t{side}.png").write_bytes(png(Image.fromarray(noise)))
    data = build_folder(tmp_path / "art", tmp_path / "out", kind="tiles")
    assert len(data.images) == 2
    assert (data.images[..., 3] == 255).all()
    assert np.array_equal(data.images[0][::2, ::2], data.images[0][1::2, 1::2])
    assert "must be a square of 32x32" in data.sheet["left_out"]["grass/t20.png"]


def test_a_tile_with_a_seam_is_not_rollable(tmp_path):
    """A tile that wraps may be rolled in training, a gradient across it may not."""
    folder = tmp_path / "art" / "t"
    folder.mkdir(parents=True)
    wave = (np.sin(np.arange(32) * np.pi / 8) * 60 + 120).astype(np.uint8)
    slope = (np.arange(32) * 6).astype(np.uint8)
    for name, line in (("a", wave), ("b", slope)):
        (folder / f"{name}.png").write_bytes(png(Image.fromarray(np.tile(line, (32, 1)))))
    data = build_folder(tmp_path / "art", tmp_path / "out", kind="tiles")
    assert data.rollable is not None
    assert data.rollable.tolist() == [True, False]


def test_large_sprites_are_fitted_without_mixing_colours():
    """A 100 x 60 sprite fits into 32 x 32 and has no colour that it did not have."""
    rng = np.random.default_rng(0)
    image = np.full((60, 100, 4), 255, np.uint8)
    image[..., :3] = rng.choice([0, 120, 250], (60, 100, 1))
    made = fit(image, 32, "sprites", "a.png")
    assert made.shape == (32, 32, 4)
    colours = {tuple(pixel) for pixel in made[made[..., 3] > 0].tolist()}
    assert colours == {(0, 0, 0, 255), (120, 120, 120, 255), (250, 250, 250, 255)}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"size": 4}, "size must be between 8 and 256, not 4"),
        ({"kind": "songs"}, "kind must be one of sprites, tiles, characters, not 'songs'"),
        ({"grid": (0, 8)}, "grid width must be between 1 and 4096, not 0"),
        ({"grid": (8,)}, "grid must be"),
    ],
)
def test_bad_arguments_are_named(art, tmp_path, options, words):
    """Every bad argument is one sentence with its name, its value and what is right."""
    with pytest.raises(InvalidArgument, match=words):
        build_folder(art, tmp_path / "out", **options)


def test_a_missing_place_and_a_broken_zip_are_named(tmp_path):
    """A path that is not there, and a file that is no zip, are one sentence each."""
    with pytest.raises(DataError, match="does not exist"):
        build_folder(tmp_path / "nowhere", tmp_path / "out")
    (tmp_path / "bad.zip").write_bytes(b"PK\x03\x04 no")
    with pytest.raises(DataError, match="not a whole zip file"):
        build_folder(tmp_path / "bad.zip", tmp_path / "out")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="holds no PNG file"):
        build_folder(tmp_path / "empty", tmp_path / "out")


def test_a_zip_gives_what_its_folder_gives(art, tmp_path):
    """The container makes no difference: the digest over the files is the same."""
    with zipfile.ZipFile(tmp_path / "art.zip", "w") as archive:
        for file in sorted(art.rglob("*.png")):
            archive.write(file, file.relative_to(art).as_posix())
    one = build_folder(art, tmp_path / "one")
    two = build_folder(tmp_path / "art.zip", tmp_path / "two")
    assert one.sheet["digest"] == two.sheet["digest"]
    assert one.digest() == two.digest()


def test_a_full_disk_leaves_the_old_set_alone(art, tmp_path, monkeypatch):
    """When writing fails in the middle, the earlier set is untouched and no other file is left."""
    out = tmp_path / "out"
    build_folder(art, out)
    before = {file.name: file.read_bytes() for file in out.iterdir()}
    (art / "gem" / "new.png").write_bytes(png(blob((1, 200, 200))))

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing.os, "fsync", full)
    with pytest.raises(DataError, match="No space left on device"):
        build_folder(art, out)
    assert {file.name: file.read_bytes() for file in out.iterdir()} == before


def test_out_that_is_a_file_is_refused(art, tmp_path):
    """An output path that is a file is one sentence."""
    (tmp_path / "out").write_text("mine")
    with pytest.raises(DataError, match="cannot be written to"):
        build_folder(art, tmp_path / "out")


def test_commands_build_and_draw(art, tmp_path, capsys):
    """`data build folder` and `data sheet` do the same through the command line."""
    parser = argparse.ArgumentParser()
    cli.add_parser(parser.add_subparsers())
    out = tmp_path / "out"
    args = parser.parse_args(["data", "build", "folder", str(art), "--out", str(out)])
    assert args.func(args) == 0
    picture = tmp_path / "sheet.png"
    args = parser.parse_args(["data", "sheet", str(out / "sprites.npz"), "--out", str(picture)])
    assert args.func(args) == 0
    with Image.open(picture) as image:
        assert image.size == ((2 * 34 + 2) * 3, (34 + 2) * 3)
    assert "2 pictures from 2 files" in capsys.readouterr().out
    args = parser.parse_args(["data", "build", "folder", "x", "--out", "y", "--grid", "16"])
    with pytest.raises(InvalidArgument, match="--grid must be like 16x16, not '16'"):
        args.func(args)


@pytest.mark.parametrize("content", [b"", b"PK no zip", b"\x93NUMPY"])
def test_a_sheet_of_no_set_is_one_sentence(tmp_path, content):
    """What is no data set is refused by name, not with a trace."""
    (tmp_path / "x.npz").write_bytes(content)
    with pytest.raises(DataError, match=r"x\.npz is not a set"):
        draw_sheet(tmp_path / "x.npz", tmp_path / "x.png")
    with pytest.raises(DataError, match="does not exist"):
        draw_sheet(tmp_path / "y.npz", tmp_path / "x.png")


def walk_sheet(frames, directions, side=16, *, turned=False):
    """A sheet whose blue counts the pictures, a row a direction; `turned` swaps the two."""
    sheet = np.zeros((directions * side, frames * side, 4), np.uint8)
    for direction in range(directions):
        for frame in range(frames):
            cell = sheet[direction * side :, frame * side :][: side - 1, 3 : side - 3]
            cell[...] = (200, 40, 50 * direction + 10 * frame, 255)
    if turned:
        cells = sheet.reshape(directions, side, frames, side, 4)
        sheet = cells.transpose(2, 1, 0, 3, 4).reshape(frames * side, directions * side, 4)
    return sheet


@pytest.mark.parametrize("columns", ["frames", "directions"])
def test_sheets_become_walking_figures(tmp_path, columns):
    """Rows and columns of a sheet become directions and frames, the subfolder the role."""
    for role in ("guard", "smith"):
        (tmp_path / "art" / role).mkdir(parents=True)
        sheet = walk_sheet(3, 2, turned=columns == "directions")
        (tmp_path / "art" / role / "a.png").write_bytes(png(Image.fromarray(sheet)))
    build_folder(
        tmp_path / "art",
        tmp_path / "out",
        kind="characters",
        size=16,
        frames=3,
        directions=("down", "up"),
        columns=columns,
        licence="mine",
    )
    data = read_set(tmp_path / "out" / "characters.npz")
    assert data.images.shape == (2, 6, 16, 16, 4)
    assert (data.frames, data.directions) == (3, ("down", "up"))
    assert data.attributes == {"role": ["guard", "smith"]}
    assert data.images[0, :, 8, 8, 2].tolist() == [0, 10, 20, 50, 60, 70]
    sheet = json.loads((tmp_path / "out" / "characters.datasheet.json").read_text())
    assert sheet["licence"] == "mine"


def test_cells_stand_still_in_a_larger_picture(tmp_path):
    """A 10 x 12 cell stands in the lowest middle of 16 x 16, wherever its drawing is in it."""
    sheet = np.zeros((12, 20, 4), np.uint8)
    sheet[4, 3] = sheet[2, 13] = (200, 40, 40, 255)
    (tmp_path / "a.png").write_bytes(png(Image.fromarray(sheet)))
    data = build_folder(
        tmp_path / "a.png",
        tmp_path / "out",
        kind="characters",
        size=16,
        frames=2,
        directions=("down",),
    )
    assert np.argwhere(data.images[0, ..., 3]).tolist() == [[0, 8, 6], [1, 6, 6]]


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((64, 62, 4), "width must be a multiple of 4"),
        ((62, 64, 4), "height one of 4"),
        ((64, 128, 4), "cells of 32x16 pixels .* pass a larger --size"),
        ((64, 64, 4), "nothing in the picture of direction up, frame 2"),
    ],
)
def test_sheets_of_the_wrong_size_are_named(tmp_path, shape, message):
    """A sheet that is no grid, has cells too large or an empty picture says what to correct."""
    sheet = np.full(shape, 255, np.uint8)
    if "nothing" in message:
        sheet[16:32, 16:32] = 0
    (tmp_path / "a.png").write_bytes(png(Image.fromarray(sheet)))
    with pytest.raises(DataError, match=message):
        build_folder(tmp_path / "a.png", tmp_path / "out", kind="characters", size=16)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"frames": 0}, "frames"),
        ({"directions": ("down", "down")}, "directions must be 1 to 8 distinct names"),
        ({"directions": ("",)}, "directions must be 1 to 8 distinct names"),
        ({"columns": "rows"}, "columns must be one of frames, directions"),
        ({"grid": (16, 16)}, "grid is for sprites and tiles"),
    ],
)
def test_bad_layouts_are_named(tmp_path, options, message):
    """Frames, directions, columns and a grid that make no figure are refused at once."""
    with pytest.raises(InvalidArgument, match=message):
        build_folder(tmp_path, tmp_path / "out", kind="characters", **options)


def test_few_tiles_are_parts_of_their_own(art, tmp_path):
    """Each of a few tiles is a part, so that a generator learns it whole."""
    data = build_folder(art, tmp_path / "out", kind="tiles")
    assert data.parts.tolist() == [[1], [2]]
    assert data.slots == ("tile",)


def test_command_takes_directions(tmp_path):
    """The command line passes frames, directions and licence on."""
    (tmp_path / "a.png").write_bytes(png(Image.fromarray(walk_sheet(2, 2))))
    words = ["--kind", "characters", "--size", "16", "--frames", "2", "--directions", "left, right"]
    command = ["data", "build", "folder", str(tmp_path / "a.png"), "--out", str(tmp_path / "out")]
    assert main([*command, *words, "--licence", "CC0-1.0"]) == 0
    data = read_set(tmp_path / "out" / "characters.npz")
    assert (data.frames, data.directions) == (2, ("left", "right"))
