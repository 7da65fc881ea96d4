"""Learned layouts: whole numbers, the same everywhere; every dungeon with them can be finished."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from aigc_procgen.exporters.layouts import export_layouts, layout_graph

import aigc_procgen as procgen
from aigc_procgen.art.sessions import lay_out
from aigc_procgen.cli.main import main
from aigc_procgen.core.errors import InvalidArgument, PackError
from aigc_procgen.core.layout_machine import (
    CANVAS,
    CLASSES,
    NOISE,
    pack_layouts,
    planes_of,
    read_layouts,
)
from aigc_procgen.core.layout_repair import density_of, is_whole, repair
from aigc_procgen.core.manifest import check_entry
from aigc_procgen.core.pack import default_pack
from aigc_procgen.core.random import stream
from aigc_procgen.data import DataError
from aigc_procgen.data.layout_scores import (
    laid_out,
    pattern_distance,
    patterns,
    score_layouts,
    score_rooms,
)
from aigc_procgen.data.layout_templates import LETTERS, fitted, read_templates, templates
from aigc_procgen.data.layouts import build_layouts, draw_layout, read_layout_set, split_drawings
from aigc_procgen.dungeon.layouts import machine
from aigc_procgen.dungeon.records import TILE
from aigc_procgen.dungeon.themes import themes

SHIPPED = Path(procgen.__file__).parent / "dungeon" / "layouts.net"
_SHUT = [CLASSES.index(name) for name in ("wall", "pool", "pillar", "furniture")]


@pytest.fixture(scope="module")
def small_set(tmp_path_factory):
    """A set of 330 rooms."""
    return build_layouts(tmp_path_factory.mktemp("layouts"), count=330)


def rooms(count, seed=0):
    """Latents, styles, densities and canvases of odd rooms: holes, islands, ways anywhere."""
    dice = np.random.default_rng(seed)
    room = np.zeros((count, 3, CANVAS, CANVAS), np.int64)
    for each in room:
        height, width = dice.integers(4, CANVAS + 1, 2)
        each[0, :height, :width] = dice.random((height, width)) < dice.choice((0.8, 1.0))
        each[1] = each[0] & (dice.random((CANVAS, CANVAS)) < 0.2)
        each[2] = dice.integers(0, 16, (CANVAS, CANVAS))
    styles = [machine().styles[n] for n in dice.integers(len(machine().styles), size=count)]
    return dice.integers(0, 16, (count, NOISE)), styles, dice.integers(0, 16, count), room


# -- whole numbers ------------------------------------------------------------------------------


def test_onnx_lays_out_the_machine_s_tiles():
    """Not one tile differs over 200 rooms in ONNX Runtime, whatever their shape."""
    latent, styles, densities, room = rooms(200)
    asked = zip(styles, densities.tolist(), strict=True)
    label = np.stack([machine().label(style, density) for style, density in asked])
    expected = machine().lay_out(latent, label, room)
    pack = default_pack()
    model = pack.models["layouts"]
    hot = np.stack([model.label({"style": style}) for style in styles])
    floats = [np.asarray(part, np.float32) for part in (latent, hot, densities[:, None], room)]
    found = lay_out(pack, model, *floats)
    assert np.array_equal(found, expected)
    assert len(np.unique(expected)) == len(CLASSES)


def test_the_pack_holds_the_network_as_onnx():
    """What ships in the pack is the machine that dungeons are laid out with."""
    data, entry = export_layouts(SHIPPED)
    check_entry("layouts", entry)
    assert default_pack().models["layouts"].data == data
    assert default_pack().models["layouts"].entry["sha256"] == entry["sha256"]


def test_a_canvas_of_any_size_gives_the_same_room():
    """Rooms of up to 8 x 8 tiles are laid out alike on canvases of 8, 12 and 16 tiles."""
    latent, styles, densities, room = rooms(30)
    room[:, :, 8:] = room[:, :, :, 8:] = 0
    asked = zip(styles, densities.tolist(), strict=True)
    label = np.stack([machine().label(style, density) for style, density in asked])
    found = [machine().lay_out(latent, label, room[:, :, :side, :side]) for side in (8, 12, 16)]
    assert np.array_equal(found[0], found[1][:, :8, :8])
    assert np.array_equal(found[0], found[2][:, :8, :8])
    alone = machine().lay_out(latent[3:4], label[3:4], room[3:4])
    assert np.array_equal(alone[0], found[2][3])


def test_every_sum_is_a_whole_number_that_float32_holds():
    """Scores are whole and below 2**24, and weights that could give larger ones are refused."""
    latent, styles, densities, room = rooms(20)
    asked = zip(styles, densities.tolist(), strict=True)
    label = np.stack([machine().label(style, density) for style, density in asked])
    scores = machine().scores(latent, label, room)
    assert np.array_equal(scores, np.floor(scores))
    assert np.abs(scores).max() < 1 << 24
    assert np.array_equal(planes_of(room), np.floor(planes_of(room)))
    arrays = dict(machine().arrays)
    arrays["up"] = np.full_like(arrays["up"], 127)
    with pytest.raises(PackError, match="layer up could exceed"):
        pack_layouts({}, arrays)


def test_a_damaged_network_is_refused():
    """One byte changed anywhere, or the end cut off, is one sentence."""
    data = SHIPPED.read_bytes()
    for broken in (data[:-1], data[:5000] + b"\x01\x02" + data[5002:], b"", data + b"x", b"{}\n"):
        with pytest.raises(PackError, match="damaged"):
            read_layouts("layouts.net", broken)


def test_the_graph_has_no_convolution():
    """An engine's convolutions may round (Winograd); plain products of whole numbers do not."""
    onnx = pytest.importorskip("onnx", reason="onnx reads the graph")
    operators = {node.op_type for node in onnx.load_from_string(layout_graph(machine())).graph.node}
    assert "MatMul" in operators
    assert operators.isdisjoint({"Conv", "ConvTranspose", "Resize"})


# -- repair -------------------------------------------------------------------------------------


def test_repair_joins_everything_that_can_be_walked():
    """After repair of noise, ways are open, all floor hangs together, nothing is left to repair."""
    dice = np.random.default_rng(1)
    for _ in range(150):
        height, width = dice.integers(4, 13, 2)
        inside = dice.random((height, width)) < 0.9
        inside[height // 2] = True
        walk = np.zeros_like(inside)
        walk[height // 2] = True
        tiles = dice.integers(0, len(CLASSES), (height, width)).astype(np.uint8)
        least = min(9, int(inside[height // 2].sum()))
        made, changed = repair(tiles, inside, walk, least)
        assert changed == ((made != tiles) & inside).sum()
        is_open = ~np.isin(made, _SHUT)
        assert is_open[walk].all()
        assert not made[~inside].any()
        assert (made == CLASSES.index("floor")).sum() >= least
        reached = walk.copy()
        while True:
            wider = reached.copy()
            wider[1:] |= reached[:-1]
            wider[:-1] |= reached[1:]
            wider[:, 1:] |= reached[:, :-1]
            wider[:, :-1] |= reached[:, 1:]
            wider &= is_open
            if (wider == reached).all():
                break
            reached = wider
        assert (reached == is_open).all()
        assert is_whole(made, inside, walk)


def test_a_pocket_behind_one_tile_is_opened_and_others_are_filled():
    """A grave in the doorway goes; a pocket in rock two tiles thick becomes rock."""
    rows = [".f.##.", "######", "......"]
    tiles = np.array([[LETTERS.index(letter) for letter in row] for row in rows], np.uint8)
    inside, walk = np.ones((2, 3, 6), bool)
    walk = walk & False
    walk[2] = True
    made, changed = repair(tiles, inside, walk)
    text = ["".join(LETTERS[tile] for tile in row) for row in made]
    assert text == ["..." + "##.", text[1], "......"]
    assert changed == 3
    assert density_of(np.zeros((4, 4), np.uint8), np.ones((4, 4), bool)) == 15


# -- dungeons -----------------------------------------------------------------------------------


def test_learned_dungeons_are_proven():
    """Two hundred dungeons of every theme, size and number of floors: finished, never lost."""
    names = sorted(themes().themes)
    for seed in range(200):
        dice = stream(seed, "learned")
        asked = {"width": dice.between(11, 64), "height": dice.between(7, 48)}
        asked |= {"locks": dice.below(4), "monsters": dice.below(5), "treasures": dice.below(4)}
        asked |= {"floors": 1 + seed % 3, "theme": names[seed % len(names)]}
        dungeon = procgen.dungeon(seed, layouts="learned", **asked)
        assert dungeon.proof.holds, (seed, asked, dungeon.proof.problem)
        found = [len(dungeon.locks), len(dungeon.of_kind("monster", "guardian"))]
        found.append(len(dungeon.of_kind("treasure")))
        assert found == [asked["locks"], asked["monsters"], asked["treasures"]]


def test_a_pool_shut_in_by_walls_is_no_floor_that_nobody_reaches():
    """In one dungeon of 46,336 a lone pool in a wall became floor, with a treasure on it
    that nobody could have.
    """
    assert procgen.dungeon(21140).proof.holds


def test_learned_dungeons_are_as_long_as_asked_for():
    """Obstacles in rooms do not spoil the length of the solution."""
    for seed in range(40):
        length = 40 + 7 * seed
        dungeon = procgen.dungeon(seed, length=length, layouts="learned", width=56, height=40)
        assert abs(len(dungeon.solution) - length) * 10 <= length
        assert dungeon.proof.holds


def test_full_learned_dungeons_find_a_tile_for_everything():
    """As many monsters as the advice allows fit between the furniture."""
    for seed, theme in enumerate(sorted(themes().themes) * 2):
        asked = {"width": 24 + seed, "height": 22, "theme": theme, "locks": 3, "treasures": 0}
        with pytest.raises(InvalidArgument) as caught:
            procgen.dungeon(seed, monsters=4000, **asked)
        most = int(str(caught.value).split(" together")[0].split()[-1])
        dungeon = procgen.dungeon(seed, monsters=most, layouts="learned", **asked)
        assert len(dungeon.of_kind("monster", "guardian")) == most
        assert dungeon.proof.holds


def test_who_lays_rooms_out_changes_nothing_of_the_mission():
    """With the same seed rooms, ways and locks are the same; only insides of rooms differ."""
    for seed in range(12):
        one, other = (procgen.dungeon(seed, layouts=who) for who in ("built", "learned"))
        assert one.ways == other.ways
        assert [(r.x, r.y, r.width, r.height, r.area) for r in one.rooms] == [
            (r.x, r.y, r.width, r.height, r.area) for r in other.rooms
        ]
        assert one.start == other.start
        assert not any(room.style for room in one.rooms)
        assert any(room.style for room in other.rooms)
        changed = one.tiles != other.tiles
        for room in one.rooms:
            rows, columns = slice(room.y, room.y + room.height), slice(room.x, room.x + room.width)
            changed[room.floor, rows, columns] = False
        # Outside of rooms only walls between two rooms that became one hall may differ.
        differ = {int(tile) for grid in (one.tiles, other.tiles) for tile in grid[changed]}
        assert differ <= {TILE["wall"], TILE["floor"]}


def test_rooms_say_their_style_and_themes_know_only_styles_of_the_network():
    """Every style of a theme's table is one of the network's, with a sprite that can be drawn."""
    sprites = set(default_pack().model("sprites").attributes["category"])
    for theme in themes().themes.values():
        for table in (theme.halls, theme.caverns):
            assert set(table.styles.names) <= set(machine().styles)
            assert set(table.furniture.values()) <= sprites
    dungeon = procgen.dungeon(4, theme="temple", layouts="learned", width=64)
    known = set(themes().themes["temple"].halls.styles.names)
    known |= set(themes().themes["temple"].caverns.styles.names)
    assert {room.style for room in dungeon.rooms} - {""} <= known
    assert procgen.Dungeon.from_json(dungeon.to_json()) == dungeon


def test_ornaments_are_stood_on_by_nobody_and_nothing():
    """No ornament shares a tile with a thing, the start, the goal or a step of the solution."""
    for seed in range(25):
        dungeon = procgen.dungeon(seed, layouts="learned", monsters=14, treasures=8)
        standing = [thing.spot for thing in dungeon.of_kind("ornament")]
        others = [thing.spot for thing in dungeon.things if thing.kind != "ornament"]
        assert len(set(standing)) == len(standing)
        assert not set(standing) & {*others, dungeon.start, dungeon.goal}


def test_processes_with_other_hash_seeds_and_threads_agree():
    """Learned dungeons have the same digests whatever PYTHONHASHSEED and the threads of BLAS."""
    code = (
        "import aigc_procgen as p\n"
        "print([p.dungeon(s, layouts='learned').digest() for s in range(4)])"
    )
    found = set()
    for number in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": number, "OMP_NUM_THREADS": number}
        environment["OPENBLAS_NUM_THREADS"] = number
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        found.add(done.stdout)
    assert found == {f"{[procgen.dungeon(s, layouts='learned').digest() for s in range(4)]}\n"}


def test_wrong_layouts_are_refused():
    """One sentence says what can be asked for."""
    with pytest.raises(InvalidArgument, match="layouts must be one of auto, learned, built"):
        procgen.dungeon(1, layouts="drawn")


def test_command_takes_layouts(capsys):
    """`dungeon --layouts` lays out as asked and says whose styles the rooms have."""
    assert main(["dungeon", "5", "--layouts", "learned"]) == 0
    printed = capsys.readouterr().out
    assert procgen.dungeon(5, layouts="learned").text() in printed
    assert "rooms laid out by the network" in printed
    assert main(["dungeon", "5", "--layouts", "built"]) == 0
    assert "rooms laid out by the network" not in capsys.readouterr().out


# -- drawings and the set -----------------------------------------------------------------------


def test_drawings_fill_the_rooms_that_they_fit():
    """Each is used at some size, keeps its letters, and a broken table meets one sentence."""
    for style, drawings in templates().items():
        assert len(drawings) >= 8, style
        for drawing in drawings:
            dice = stream(0, style, drawing.name)
            sizes = [(w, h) for w in range(4, 15) for h in range(4, 13)]
            made = [fitted(drawing, w, h, dice) for w, h in sizes]
            fits = [
                (size, grid) for size, grid in zip(sizes, made, strict=True) if grid is not None
            ]
            assert fits, drawing.name
            for (width, height), grid in fits:
                assert grid.shape == (height, width)
                assert set(grid.ravel().tolist()) <= set(drawing.tiles.ravel().tolist())
    row = {"name": "a", "mirror": "", "rows": ["..", "#."]}
    for change in ({"rows": ["..", "."]}, {"rows": ["?."]}, {"mirror": "z"}, {"across": [1, 9]}):
        with pytest.raises(InvalidArgument, match=r"templates\.json"):
            read_templates({"styles": {"crypt": [{**row, **change}]}})


def test_a_drawn_room_is_whole():
    """Drawings with ways cut through them, worn and spliced, are valid as they are."""
    shown, _ = split_drawings(0)
    bare = 0
    for index in range(80):
        style = sorted(shown)[index % len(shown)]
        dice = stream(index, "whole")
        made, inside, walk, used = draw_layout(dice, shown[style], 4 + index % 9, 5 + index % 7)
        assert is_whole(made, inside, walk)
        bare += not used
    assert bare < 8  # long and narrow, and no drawing of the style is


def test_the_set_holds_drawings_back(small_set, tmp_path):
    """The same seed builds the same bytes; no drawing is on both sides; others are refused."""
    found = read_layout_set(small_set)
    assert read_layout_set(build_layouts(tmp_path, count=330)).digest == found.digest
    sheet = json.loads((tmp_path / "layouts.datasheet.json").read_text())
    assert sheet["licence"] == "MIT"
    assert sheet["held_out_layouts"] == 33 == int(found.held_out.sum())
    shown, held = split_drawings(0)
    for style in found.styles:
        assert {each.name for each in held[style]}.isdisjoint(each.name for each in shown[style])
        assert sheet["held_out_drawings"][style] == [each.name for each in held[style]]
    (tmp_path / "layouts.npz").write_bytes(b"no set")
    with pytest.raises(DataError, match="data build layouts"):
        read_layout_set(tmp_path / "layouts.npz")


def test_scores_know_better_from_worse(small_set):
    """Real rooms are valid and at distance 0 from themselves; noise is not."""
    found = read_layout_set(small_set)
    index = np.flatnonzero(found.held_out)
    real, inside = found.tiles[index], found.inside[index]
    noise = np.random.default_rng(0).integers(0, 6, real.shape).astype(np.uint8)
    own = patterns(real, inside, 2)
    assert pattern_distance(own, own) == 0
    assert abs(sum(own.values()) - 1) < 1e-9
    good, bad = (score_rooms(each, each, found, index) for each in (real, noise))
    assert good["valid"] == 1
    assert good["patterns 2"] < 1e-9
    assert good["density off"] == 0
    assert bad["valid"] < 0.1
    assert bad["patterns 2"] > 1
    assert bad["apart"] == 0
    shown = np.flatnonzero(~found.held_out)
    assert score_rooms(found.tiles[shown], found.tiles[shown], found, shown)["copies"] == 1


def test_the_shipped_network_is_better_than_rules(tmp_path):
    """Nearly all of its rooms need no repair, and it is nearer to drawings it never saw than rooms
    of bare floor.
    """
    found = read_layout_set(build_layouts(tmp_path, count=2200))
    index = np.flatnonzero(found.held_out)
    made = laid_out(machine(), found, index)
    bare = np.where(found.inside[index], 1, 0).astype(np.uint8)
    own, plain = score_rooms(made, made, found, index), score_rooms(bare, bare, found, index)
    assert own["valid"] > 0.85
    assert own["repaired"] < 0.01
    assert own["patterns 2"] < 0.7 * plain["patterns 2"]


# -- training -----------------------------------------------------------------------------------


def test_training_goes_on_to_the_same_bits(small_set, tmp_path):
    """A run cut in two ends with the network of a run that was not; other settings are refused."""
    pytest.importorskip("torch", reason="training needs torch")
    from aigc_procgen.train.layouts import LayoutConfig, LayoutTrainer

    config = LayoutConfig(rooms=64, batch=8, width=4, critic=4, lazy=2, snapshot=48)
    whole = LayoutTrainer(config, small_set, tmp_path / "whole")
    whole.train()
    cut = LayoutTrainer(config, small_set, tmp_path / "cut")
    while cut.shown < 48:
        cut.train_step()
    cut.snapshot({})
    LayoutTrainer(config, small_set, tmp_path / "cut").train()
    one, other = ((tmp_path / run / "layouts.net").read_bytes() for run in ("whole", "cut"))
    assert one == other
    with pytest.raises(InvalidArgument, match="other settings"):
        LayoutTrainer(LayoutConfig(rooms=65), small_set, tmp_path / "cut")


def test_what_is_trained_is_what_is_exported(small_set, tmp_path):
    """The network in PyTorch gives the machine's scores, number for number."""
    torch = pytest.importorskip("torch", reason="training needs torch")
    from aigc_procgen.core.layout_machine import ONE
    from aigc_procgen.train.layout_network import to_tensor
    from aigc_procgen.train.layouts import LayoutConfig, LayoutTrainer

    config = LayoutConfig(rooms=96, batch=16, width=8, critic=4, snapshot=96)
    trainer = LayoutTrainer(config, small_set, tmp_path / "run")
    trainer.train()
    own = trainer.machine()
    latent, styles, densities, room = rooms(12)
    asked = zip(styles, densities.tolist(), strict=True)
    label = np.stack([own.label(style, density) for style, density in asked])
    expected = own.scores(latent, label, room)
    with torch.no_grad():
        scores = trainer.average(
            torch.from_numpy(latent).float(),
            torch.from_numpy(label).float() / ONE,
            to_tensor(planes_of(room)),
        )
    found = (scores * ONE * ONE).movedim(1, 3).numpy()
    assert np.array_equal(found, expected)
    assert 0 <= score_layouts(own, trainer.set, 20)["valid"] <= 1


def test_a_short_run_learns(small_set, tmp_path):
    """After 1,600 rooms the generator is less surprised by rooms than at the start."""
    pytest.importorskip("torch", reason="training needs torch")
    from aigc_procgen.train.layouts import LayoutConfig, LayoutTrainer

    config = LayoutConfig(rooms=1600, batch=8, width=8, critic=8, snapshot=1600)
    trainer = LayoutTrainer(config, small_set, tmp_path / "run")
    first = trainer.train_step()["surprise"]
    trainer.train()
    line = json.loads((tmp_path / "run" / "stats.jsonl").read_text().splitlines()[-1])
    assert line["surprise"] < 0.85 * first
    assert line["rooms"] == trainer.shown >= 1600
    assert "critic" in line


def test_command_trains_and_exports(small_set, tmp_path, capsys):
    """`train layouts`, then `export onnx`, `pack check` and `pack show`, as a user types them."""
    pytest.importorskip("torch", reason="training needs torch")
    run, out = tmp_path / "run", tmp_path / "pack"
    command = ["train", "layouts", "--data", str(small_set.parent), "--run", str(run)]
    command += ["--preset", "tiny", "--images", "64", "--batch", "16"]
    assert main([*command, "--dry-run"]) == 0
    assert json.loads(capsys.readouterr().out)["rooms"] == 64
    assert main(command) == 0
    assert "patterns 2" in capsys.readouterr().out
    assert main(["export", "onnx", str(run), "--out", str(out)]) == 0
    assert main(["pack", "check", str(out)]) == 0
    assert "lays out" in capsys.readouterr().out
    assert main(["pack", "show", str(out)]) == 0
    assert "64 rooms shown" in capsys.readouterr().out
    assert main([*command, "--set", "colour=1"]) != 0
    assert "has no setting 'colour'" in capsys.readouterr().err
