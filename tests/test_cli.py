"""The command line: useful files on success; one sentence and a status on failure."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image
from training_data import write_set

import aigc_procgen as procgen
from aigc_procgen.cli.main import main
from aigc_procgen.core.png import encode_png, write_png


def read(path):
    with Image.open(path) as picture:
        return np.array(picture)


def test_png_is_read_back_by_others(tmp_path):
    """Our PNG writer's pixels are what Pillow reads."""
    pixels = np.random.default_rng(0).integers(0, 256, (7, 5, 4), np.uint8)
    write_png(tmp_path / "a.png", pixels)
    assert np.array_equal(read(tmp_path / "a.png"), pixels)
    with pytest.raises(ValueError, match="pixels must be uint8"):
        encode_png(pixels[..., :3])


def test_world_writes_a_map_and_names_places(tmp_path, capsys):
    """`world --plain` writes the overview that the API gives."""
    path = tmp_path / "map.png"
    where = [
        "--x",
        "-256",
        "--y",
        "-256",
        "--width",
        "512",
        "--height",
        "512",
        "--step",
        "4",
        "--plain",
    ]
    assert main(["world", "42", "--png", str(path), *where]) == 0
    assert np.array_equal(read(path), procgen.world(42).overview(-256, -256, 512, 512, step=4))
    assert "wrote" in capsys.readouterr().out


def test_world_wrap_draws_one_round(tmp_path):
    """`world --size --wrap` draws all of a world that goes on at its other side, once."""
    path = tmp_path / "round.png"
    command = ["world", "2", "--size", "1536", "--wrap", "--step", "8", "--plain"]
    assert main([*command, "--png", str(path)]) == 0
    world = procgen.world(2, size=1536, wrap=True)
    assert np.array_equal(read(path), world.overview(-768, -768, 1536, 1536, step=8))


def test_world_tiles_draws_with_a_pack(tmp_path, small_pack_folder):
    """`world --tiles --pack` draws 32 pixels a tile with the pack named."""
    path = tmp_path / "place.png"
    arguments = ["world", "Ada", "--png", str(path), "--tiles", "--width", "6", "--height", "4"]
    assert main([*arguments, "--pack", str(small_pack_folder)]) == 0
    assert read(path).shape == (128, 192, 4)


def test_sprites_are_written_one_by_one_and_on_a_sheet(tmp_path, capsys):
    """The files are what `procgen.sprites` draws; what is not asked for is not written."""
    folder = tmp_path / "new" / "potions"
    command = ["sprites", "7", "potion", "--count", "3", "--colour", "green"]
    assert main([*command, "--out", str(folder), "--png", str(tmp_path / "sheet.png")]) == 0
    assert sorted(path.name for path in folder.iterdir()) == [
        f"potion_{number:03}.png" for number in range(3)
    ]
    drawn = procgen.sprites(7, "potion", 3, colour="green")
    assert np.array_equal(read(folder / "potion_001.png"), drawn[1])
    assert read(tmp_path / "sheet.png").shape[1] > 4 * 3 * 32
    assert main(command) == 2
    assert main(["sprites", "7", "teapot", "--out", str(folder)]) == 2
    assert main([*command, "--png", str(folder)]) == 2
    assert main([*command, "--out", str(tmp_path / "sheet.png" / "sub")]) == 2
    assert main([*command, "--count", "0", "--png", str(tmp_path / "no.png")]) == 2
    error = capsys.readouterr().err
    assert f"path must be a file, and {str(folder)!r} is a folder" in error
    assert f"and {str(tmp_path / 'sheet.png')!r} is a file" in error
    assert "count must be between 1 and 4096, not 0" in error
    assert "say where to write: --png FILE" in error
    assert "category must be one of" in error


def test_character_and_quest_speak(tmp_path, capsys):
    """`character --json` is the record; `quest` tells a title and what to do."""
    path = tmp_path / "face.png"
    assert main(["character", "7", "--role", "ranger", "--json", "--png", str(path)]) == 0
    record = json.loads(capsys.readouterr().out.splitlines()[0])
    assert record["role"] == "ranger"
    assert read(path).shape[2] == 4
    assert main(["quest", "42"]) == 0
    assert len(capsys.readouterr().out.splitlines()) > 4


@pytest.mark.parametrize(
    "command",
    [
        ["world", "42", "--width", "64", "--height", "64"],
        ["character", "7"],
        ["dungeon", "3", "--width", "20", "--height", "12"],
    ],
    ids=lambda command: command[0],
)
def test_pictures_make_their_folders_as_all_that_is_written(command, tmp_path, capsys):
    """A missing folder is made and the file named; a file in the way is one sentence."""
    path = tmp_path / "new" / "deep" / "picture.png"
    assert main([*command, "--png", str(path)]) == 0
    assert f"wrote {path}" in capsys.readouterr().out
    assert read(path).shape[2] == 4
    assert main([*command, "--png", str(path / "below.png")]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith(f"must lie in a folder, and {str(path)!r} is a file")


def test_pack_verbs_check_show_build_and_draw(tmp_path, capsys, small_pack_folder):
    """A pack is verified, described, rebuilt as a zip and drawn as sheets."""
    small = str(small_pack_folder)
    assert main(["pack", "check", small]) == 0
    assert main(["pack", "show", small]) == 0
    assert "CC0-1.0" in capsys.readouterr().out
    assert main(["pack", "build", small, "--out", str(tmp_path / "new.zip"), "--name", "new"]) == 0
    assert main(["pack", "check", str(tmp_path / "new.zip")]) == 0
    assert main(["pack", "sheet", small, "--out", str(tmp_path / "sheets")]) == 0
    names = sorted(path.name for path in (tmp_path / "sheets").iterdir())
    assert names == ["characters.png", "sprites.png", "tiles.png"]


def test_doctor_finds_a_working_pack(capsys):
    """`doctor` says versions, draws once and gives status 0."""
    assert main(["doctor"]) == 0
    assert "providers" in capsys.readouterr().out


def test_base_install_has_its_verbs_and_names_the_extra_of_the_others(tmp_path):
    """Without any optional package maps and people work; the rest says what to install."""
    code = (
        "import sys\n"
        "absent = ('torch', 'onnx', 'onnxruntime', 'PIL', 'pygame', 'rich', 'safetensors')\n"
        "sys.modules.update(dict.fromkeys(absent))\n"
        "from aigc_procgen.cli.main import main\n"
        "small = ['--width', '64', '--height', '64']\n"
        "assert main(['world', '1', '--png', 'map.png', *small]) == 0\n"
        "assert main(['character', '7']) == 0\n"
        "assert main(['pack', 'show']) == 0\n"
        "assert main(['character', '7', '--png', 'face.png']) == 2\n"
        "assert main(['doctor']) == 1\n"
        "assert main(['train', 'tiles', '--data', 'x.npz']) == 2\n"
        "assert main(['export', 'onnx', 'run', '--out', 'pack']) == 2\n"
        "assert main(['demo', '--headless', '--frames', '1']) == 2\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    said = done.stderr.splitlines()
    assert len(said) == 4, said
    for line, extra in zip(said, ("cpu", "train", "train", "demo"), strict=True):
        assert f"aigc-procgen[{extra}]" in line
    assert [path.name for path in tmp_path.iterdir()] == ["map.png"]


def test_train_and_export_make_a_pack(tmp_path, capsys):
    """`train` and `export onnx` end in a pack that `pack check` accepts and draws with."""
    data = write_set(tmp_path / "tiles.npz", "tiles")
    command = ["train", "tiles", "--data", str(data), "--preset", "tiny", "--images", "48"]
    small = {"widths": [8, 8, 8], "fine": 4, "batch": 4, "colours": 12, "snapshot": 16}
    for name, value in small.items():
        command += ["--set", f"{name}={json.dumps(value)}"]
    command += ["--run", str(tmp_path / "run")]
    assert main([*command, "--dry-run"]) == 0
    assert json.loads(capsys.readouterr().out)["widths"] == [8, 8, 8]
    assert not (tmp_path / "run").exists()
    assert main(command) == 0
    assert main(["export", "onnx", str(tmp_path / "run"), "--out", str(tmp_path / "pack")]) == 0
    assert "in 0 of" in capsys.readouterr().out
    assert main(["pack", "check", str(tmp_path / "pack")]) == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["pack", "check", "nowhere"], "there is no pack at 'nowhere'"),
        (["character", "1", "--role", "king"], "role must be one of"),
        (["train", "tiles", "--data", "nowhere.npz"], "data must be a set"),
        (["train", "tiles", "--data", "x", "--set", "gamma"], "--set takes NAME=VALUE"),
        (["export", "onnx", "nowhere", "--out", "x"], "run must be a folder"),
        (["world", "1", "--png", "x.png", "--step", "0"], "step"),
        (["world", "1", "--png", "x.png", "--width", "0"], "width must be between"),
        (["world", "1", "--png", "x.png", "--wrap"], "size must be a multiple of 1536"),
        (["world", "1", "--png", "x.png", "--tiles", "--width", "999"], "width must be between"),
        (["pack", "sheet", "--out", "x", "--scale", "0"], "scale must be between 1 and 64"),
        (["data", "build", "folder", "nowhere", "--out", "x"], "nowhere"),
    ],
)
def test_failures_are_one_sentence(tmp_path, monkeypatch, capsys, arguments, message):
    """What cannot be done is said on stderr in one line, with status 2 and no traceback."""
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    error = capsys.readouterr().err.strip().splitlines()
    assert len(error) == 1
    assert message in error[0]
    assert not list(tmp_path.iterdir())
