"""The wheel: all that a player needs is inside it, and numpy is all it needs outside."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CODE = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"torch", "onnx", "PIL", "pygame", "rich", "safetensors"}:
            raise ImportError(name)
sys.meta_path.insert(0, Absent())
sys.path.insert(0, sys.argv[1])
import aigc_procgen as p
assert p.__file__.startswith(sys.argv[1]), p.__file__
w = p.world(42)
print(w.overview(-512, -512, 1024, 1024, step=4).shape)
print(w.quest(w.people(w.nearest("town", 0, 0))[0]).title)
print(p.tiles(1, "grass", 2).shape)
print(p.quest(1, language="zh").title)
import aigc_procgen.demo_game.autoplay, aigc_procgen.demo_game.words, aigc_procgen.cli.main
assert aigc_procgen.demo_game.words.own_words("zh")
"""


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """The wheel of this checkout, built and unpacked far from it."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    # A copy, so that the build leaves no folders in the checkout.
    files = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    for name in files:
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((ROOT / name).read_bytes())
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-q"]
    subprocess.run([*command, "-w", str(folder), str(source)], check=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_wheel_makes_a_world_far_from_the_checkout(unpacked, tmp_path):
    """Without torch, onnx, Pillow and pygame: maps, quests, pictures and the command line."""
    done = subprocess.run(
        [sys.executable, "-I", "-c", CODE, str(unpacked)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "(256, 256, 4)" in done.stdout
    assert "(2, 32, 32, 4)" in done.stdout


def test_wheel_holds_the_pack_the_tables_and_the_types(unpacked):
    """Nothing that the code reads at run time is left out of the wheel."""
    package = unpacked / "aigc_procgen"
    assert (package / "py.typed").exists()
    assert (package / "packs/default/manifest.json").exists()
    tables = {
        path.relative_to(ROOT / "aigc_procgen") for path in (ROOT / "aigc_procgen").rglob("*.json")
    }
    missing = [str(path) for path in sorted(tables) if not (package / path).exists()]
    assert not missing
    assert (package / "exporters/onnx.py").exists()
    assert (package / "demo_game/__main__.py").exists()
