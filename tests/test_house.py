"""The house: who may import whom, what is public, and what a first import costs."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import aigc_procgen

ROOT = Path(__file__).parent.parent
RUNTIME = {"core", "art", "world", "dungeon", "story"}
PUBLIC = {"composed", "memory", "dungeon_pictures", "pieces", "voices", "_version", ""}
# room -> rooms of ours that it may import ("" is the package itself, the public API)
MAY_IMPORT = {
    "core": set(),
    "art": {"core"},
    "world": {"core"},
    "dungeon": {"core"},
    "story": {"core"},
    "data": {"core"},
    "train": {"core", "data"},
    "composed": RUNTIME | {"_version", "memory", "saves"},
    "memory": {"core", "story", "world"},
    "saves": {"core"},
    "dungeon_pictures": {"core", "art", "dungeon"},
    "pieces": {"core", "art"},
    "voices": {"core", "art", "story"},
    "__main__": {"cli"},
    "": RUNTIME | PUBLIC,
    "cli": RUNTIME | PUBLIC | {"data", "train", "exporters", "demo_game"},
    "exporters": RUNTIME | PUBLIC,
    "demo_game": PUBLIC | {"exporters"},
}
HEAVY = {"torch": "train", "onnx": "exporters", "PIL": "data train", "pygame": "demo_game"}


def sources():
    for path in sorted((ROOT / "aigc_procgen").rglob("*.py")):
        parts = path.relative_to(ROOT / "aigc_procgen").with_suffix("").parts
        room = "" if parts == ("__init__",) else parts[0]
        yield room, path, ("aigc_procgen", *parts)
    for room in ("exporters", "demo_game"):
        for path in sorted((ROOT / room).rglob("*.py")):
            yield (
                room,
                path,
                ("aigc_procgen", room, *path.relative_to(ROOT / room).with_suffix("").parts),
            )


def imported(path, module):
    """Every module that a file imports, in absolute terms."""
    package = module[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            name = ".".join([*base, *([node.module] if node.module else [])])
            yield name
            if name == "aigc_procgen" or (node.level and not node.module):
                yield from (f"{name}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("room", sorted(MAY_IMPORT))
def test_rooms_import_only_what_the_design_allows(room):
    """No file imports a room that its own room may not know."""
    rooms = {*MAY_IMPORT, "_version"}
    found = False
    for own, path, module in sources():
        if own != room:
            continue
        found = True
        for name in imported(path, module):
            parts = name.split(".")
            if parts[0] != "aigc_procgen":
                continue
            target = parts[1] if len(parts) > 1 and parts[1] in rooms else ""
            traced = path.name in ("onnx.py", "classifier.py") and room == "exporters"
            train_for_onnx = traced and target == "train"
            allowed = {*MAY_IMPORT[room], room}
            assert target in allowed or train_for_onnx, f"{path} imports {name}"
    assert found


def test_heavy_packages_stay_in_their_rooms():
    """torch, onnx, Pillow and pygame are imported only where an extra brings them."""
    for room, path, module in sources():
        for name in imported(path, module):
            top = name.split(".")[0]
            if top in HEAVY and room != "cli":
                assert room in HEAVY[top].split() or (room == "exporters" and top == "torch"), path


def test_all_is_sorted_and_exact():
    """`__all__` names every public name of the package, in order, and nothing else."""
    names = aigc_procgen.__all__
    constants = sorted(n for n in names if n.isupper())
    classes = sorted(n for n in names if n[0].isupper() and not n.isupper())
    rest = sorted(n for n in names if not n[0].isupper())
    assert names == [*constants, *classes, *rest]
    assert all(hasattr(aigc_procgen, name) for name in names)
    tree = ast.parse(Path(aigc_procgen.__file__).read_text(encoding="utf-8"))
    # What is loaded later is imported for the type checker, and by `__getattr__`.
    later = [node for node in tree.body if isinstance(node, ast.If)]
    bound = {
        alias.asname or alias.name
        for node in [*tree.body, *(node for block in later for node in block.body)]
        if isinstance(node, ast.ImportFrom) and node.level
        for alias in node.names
    }
    assert bound == set(names)
    assert set(aigc_procgen._LATER) <= set(names)


def test_first_import_and_world_load_no_heavy_package():
    """A world of numbers needs numpy alone; ONNX Runtime comes with the first picture."""
    code = (
        "import sys, aigc_procgen as p\n"
        "p.world(1).chunk(0, 0)\n"
        "heavy = {'torch', 'onnx', 'PIL', 'pygame', 'onnxruntime'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
        "p.tiles(1, 'grass')\n"
        "assert 'onnxruntime' in sys.modules and 'torch' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_land_waits_for_no_story_and_no_dungeon():
    """What a game did not ask for is not loaded: no people, no dungeons, no sheets of maps."""
    code = (
        "import sys, aigc_procgen as p\n"
        "world = p.world(1)\n"
        "world.walkable(*world.spawn())\n"
        "loaded = {name.removeprefix('aigc_procgen.') for name in sys.modules}\n"
        "later = {'composed.people', 'story.people', 'story.names', 'story.tables', 'memory'}\n"
        "later |= {'dungeon.records', 'dungeon.carving', 'dungeon_pictures', 'world.map_sheet'}\n"
        "assert not later & loaded, later & loaded\n"
        "assert world.people(world.nearest('town')) and p.dungeon(1).proof.holds\n"
        "assert not later - {'memory', 'dungeon_pictures', 'world.map_sheet'} - {\n"
        "    name.removeprefix('aigc_procgen.') for name in sys.modules}\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_world_is_a_function_whatever_was_imported_before():
    """`world` and `dungeon` stay functions when somebody imported the rooms first."""
    code = (
        "from aigc_procgen.world.land import Land\n"
        "import aigc_procgen.world.noise\n"
        "import aigc_procgen\n"
        "import aigc_procgen.dungeon.solver\n"
        "assert aigc_procgen.world(3).seed == 3\n"
        "assert aigc_procgen.dungeon(3).seed == 3\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
