"""Pictures: the same for a seed in any batch and thread, and finished as promised."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from aigc_procgen import (
    InvalidArgument,
    default_pack,
    ground,
    moving_tiles,
    sprites,
    tiles,
    transitions,
    world,
)
from aigc_procgen.art import pictures
from aigc_procgen.art import tileset as tileset_module
from aigc_procgen.art.atlas import FRAMES, MOVING, build_tileset, draw_terrain
from aigc_procgen.art.masks import MASK_VARIANTS, corner_masks, joined, scene
from aigc_procgen.art.tileset import Tileset
from aigc_procgen.art.together import together
from aigc_procgen.train.scores import seam_ratio
from aigc_procgen.world.terrain import TERRAINS


def test_pictures_do_not_depend_on_count_batch_or_thread(small_pack):
    """The third tile of eight is the third of three hundred, whoever asks and when."""
    many = tiles(5, "grass", 300, pack=small_pack)
    assert np.array_equal(tiles(5, "grass", 8, pack=small_pack), many[:8])
    with ThreadPoolExecutor(8) as pool:
        for got in pool.map(lambda _: tiles(5, "grass", 8, pack=small_pack), range(16)):
            assert np.array_equal(got, many[:8])
    assert not np.array_equal(tiles(6, "grass", 8, pack=small_pack), many[:8])


def test_default_pack_draws_finished_pixels():
    """Tiles are opaque, sprites' alpha is 0 or 255, and every colour is one of the palette's."""
    pack = default_pack()
    for drawn, kind in ((tiles(1, "grass", 4), "tiles"), (sprites(1, "sword", 4), "sprites")):
        assert drawn.dtype == np.uint8
        assert drawn.shape == (4, 32, 32, 4)
        colours = {tuple(c) for c in pack.model(kind).palette.tolist()}
        assert set(np.unique(drawn[..., 3])) <= {0, 255}
        solid = drawn[drawn[..., 3] == 255][:, :3]
        assert {tuple(c) for c in solid.tolist()} <= colours
    assert (tiles(1, "grass", 4)[..., 3] == 255).all()


def test_default_pack_has_what_a_world_needs():
    """The pack that ships draws every terrain, eight kinds of item and more, and people."""
    pack = default_pack()
    assert set(TERRAINS) <= set(pictures.kinds(pack, "tiles"))
    assert len(pictures.kinds(pack, "sprites")) >= 8
    assert {"species", "armour", "weapon"} <= set(pack.model("characters").attributes)
    assert sum(len(model.data) for model in pack.models.values()) < 16 * 2**20


def test_another_palette_moves_no_pixel():
    """The same seed in another palette has the same alpha and as many colours."""
    palette = default_pack().model("sprites").palette
    plain = sprites(2, "potion", 3)
    turned = sprites(2, "potion", 3, palette=palette[:, ::-1].copy())
    assert np.array_equal(plain[..., 3], turned[..., 3])
    assert np.array_equal(plain[..., ::-1][..., 1:], turned[..., :3])
    with pytest.raises(InvalidArgument, match="palette must have the shape"):
        sprites(2, "potion", palette=palette[:3])
    for bad in (palette / 2, palette.astype(int) - 256, palette.astype(int) + 256):
        with pytest.raises(InvalidArgument, match="palette must hold whole numbers"):
            sprites(2, "potion", palette=bad)


def test_unknown_names_list_the_known(small_pack):
    """A material that the pack lacks is named beside those that it has."""
    with pytest.raises(InvalidArgument, match="material must be one of deep_water"):
        tiles(1, "cheese", pack=small_pack)
    for bad in (None, 3, ["grass"]):
        with pytest.raises(InvalidArgument, match="material must be one of deep_water"):
            tiles(1, bad, pack=small_pack)
    with pytest.raises(InvalidArgument, match="count must be between"):
        tiles(1, "grass", -1, pack=small_pack)


def test_walk_keeps_the_figure_and_moves_its_feet():
    """Frames 0 and 2 are the figure itself; in 1 and 3 a different foot is up."""
    figure = np.zeros((32, 32, 4), np.uint8)
    figure[4:28, 10:22] = (90, 60, 30, 255)
    frames = pictures.walk(figure)
    assert frames.shape == (4, 32, 32, 4)
    assert np.array_equal(frames[0], figure)
    assert np.array_equal(frames[2], figure)
    left, right = frames[1][27, :, 3] > 0, frames[3][27, :, 3] > 0
    assert not left[10:16].any()
    assert left[16:22].all()
    assert right[10:16].all()
    assert not right[16:22].any()
    assert np.array_equal(pictures.walk(np.zeros((32, 32, 4), np.uint8))[1].any(), False)


def test_portrait_is_the_head_twice_as_large():
    """The upper half of the figure fills the portrait, each pixel as a square of four."""
    figure = np.zeros((32, 32, 4), np.uint8)
    figure[6:30, 12:20] = (200, 150, 120, 255)
    portrait = pictures.portrait(figure)
    assert portrait.shape == (32, 32, 4)
    assert np.array_equal(portrait[::2, ::2], portrait[1::2, 1::2])
    assert (portrait[..., 3] > 0).mean() > 0.4
    with pytest.raises(InvalidArgument, match="sprite must be"):
        pictures.portrait(figure[:, :8])


def test_sixteen_corner_masks_meet_at_shared_edges():
    """A mask covers the corners that it is named for, leaves the others, and any two masks that
    share an edge's corners leave it at the same pixels.
    """
    masks = corner_masks(32)
    places = {1: (4, 4), 2: (4, 27), 4: (27, 27), 8: (27, 4)}
    for bits in range(16):
        for bit, (y, x) in places.items():
            assert (masks[:, bits, y, x] == bool(bits & bit)).all(), bits
    assert not masks[:, 0].any()
    assert masks[:, 15].all()
    for west in range(16):
        for east in range(16):
            if bool(west & 2) == bool(east & 1) and bool(west & 4) == bool(east & 8):
                left, right = masks[:, west, :, -1], masks[:, east, :, 0]
                assert (left ^ right[::-1]).sum(-1).max() <= 2, (west, east)
                down, up = masks[:, _turned(west), -1], masks[:, _turned(east), 0]
                assert (down ^ up[::-1]).sum(-1).max() <= 2, (west, east)
    assert (masks[0] != masks[1]).any()


def _turned(bits):
    """The corners of a tile after a quarter turn with the clock."""
    return (bits << 1 | bits >> 3) & 15


def test_every_border_is_in_the_scene_and_straight_ones_in_every_variant():
    """Each of the sixteen sets of corners has its tiles, their masks join, and rims lie along."""
    stage = scene(32)
    assert stage.places.shape == (16, MASK_VARIANTS)
    for bits, places in enumerate(stage.places):
        variants = range(MASK_VARIANTS if bits in (3, 6, 9, 12) else 1)
        masks = {corner_masks(32)[variant, bits].tobytes() for variant in variants}
        assert {stage.over[place].tobytes() for place in places} == masks
        assert len({*places.tolist()}) >= len(variants)
    assert not stage.rim[stage.places[0]].any(axis=(1, 2)).all()
    assert 0.05 < stage.rim.mean() < 0.5
    canvas = joined(stage.over.reshape(stage.rows, stage.columns, 32, 32))
    border = canvas != np.roll(canvas, 1, 0)
    assert border.any()
    assert joined(stage.rim.reshape(stage.rows, stage.columns, 32, 32))[border].all()


def test_borders_run_between_ground_and_spare_what_is_built(small_pack):
    """Where grass meets sand both are cut about half way; a stone floor keeps its whole tile."""
    tileset = build_tileset(small_pack, 1, TERRAINS)
    sand, grass, floor = (TERRAINS.index(n) for n in ("sand", "grass", "stone_floor"))

    def plain(material):
        return draw_terrain(np.full((5, 8), material, np.uint8), tileset, 0, 0, 1)

    def drawn(left, right):
        terrain = np.full((5, 8), left, np.uint8)
        terrain[:, 4:] = right
        picture = draw_terrain(terrain, tileset, 0, 0, 1)
        assert picture.shape == (96, 192, 4)
        assert (picture[..., 3] == 255).all()
        own = [(picture == plain(material)).all(-1) for material in (left, right)]
        assert (own[0] | own[1]).all()
        return own

    left, right = drawn(sand, grass)
    assert left[:, :80].all()
    assert right[:, 112:].all()
    for own in (left, right):  # it wavers about the middle
        share = own[:, 80:112].mean(1)
        assert 0.35 < share.mean() < 0.65
        assert share.std() > 0
    left, right = drawn(floor, grass)
    assert left[:, :96].all()
    assert right[:, 96:].all()


def test_ground_goes_on_beside_what_is_built(small_pack):
    """No material shows in a picture that has no tile of it, whatever walls stand in between."""
    tileset = build_tileset(small_pack, 1, TERRAINS)
    wall, grass = TERRAINS.index("brick_wall"), TERRAINS.index("grass")
    terrain = np.full((7, 7), grass, np.uint8)
    terrain[2:5, 2:5] = wall
    picture = draw_terrain(terrain, tileset, 0, 0, 1)
    alone = [draw_terrain(np.full((7, 7), m, np.uint8), tileset, 0, 0, 1) for m in (wall, grass)]
    shown = picture.reshape(5, 32, 5, 32, 4).swapaxes(1, 2)
    meadow = alone[1].reshape(5, 32, 5, 32, 4).swapaxes(1, 2)
    # North of the wall nothing is shaded: the meadow as it would be without it.
    assert np.array_equal(shown[0], meadow[0])
    assert np.array_equal(shown[2, 2], alone[0].reshape(5, 32, 5, 32, 4)[2, :, 2])
    # And south of it the meadow is darker.
    assert shown[4, 2, :8, :, :3].astype(int).sum() < meadow[4, 2, :8, :, :3].astype(int).sum()


@pytest.mark.parametrize("material", ["grass", "stone_wall", "lava"])
def test_a_patch_of_ground_has_no_seam(material):
    """Across the rims of its tiles, and around its own, ground changes as it does elsewhere."""
    whole = ground(3, material, 6, 6)
    assert whole.shape == (192, 192, 4)
    assert (whole[..., 3] == 255).all()
    colour = whole[..., :3].astype(float)
    for axis in (0, 1):
        steps = np.abs(np.roll(colour, -1, axis) - colour).mean((1 - axis, 2))
        rims, inside = steps[31::32], np.delete(steps, np.s_[31::32])
        assert rims.mean() < 1.35 * inside.mean()
        assert rims[-1] < 1.8 * inside.mean()  # the last one is the way round
    single = tiles(3, material, 8)
    cut = [whole[y : y + 32, x : x + 32] for y in range(0, 192, 32) for x in range(0, 192, 32)]
    assert len({tile.tobytes() for tile in cut}) == 36  # variants for ever
    usual = single[..., :3].mean((0, 1, 2))
    assert np.abs(colour.mean((0, 1)) - usual).max() < 25  # the same material


def test_a_wide_canvas_has_the_pixels_of_a_narrow_one(monkeypatch):
    """Several threads draw a wide piece of ground, and one thread draws the same."""
    pack = default_pack()
    wide = ground(3, "brick_wall", 8, 8)
    assert "ground, wide" in pack.sessions
    monkeypatch.setattr("aigc_procgen.art.sessions._WIDE", 65)
    del pack.sessions["ground, wide"]
    assert np.array_equal(ground(3, "brick_wall", 8, 8), wide)
    assert "ground, wide" not in pack.sessions


@pytest.mark.parametrize("material", ["stone_wall", "stone_floor", "swamp", "lava"])
def test_rims_of_single_tiles_are_as_busy_as_their_insides(material):
    """A tile beside itself shows no line, whatever its colours; its moving frames go with it."""
    single = tiles(3, material, 12)
    assert 0.95 < seam_ratio(single) < 1.05
    palette = default_pack().model("tiles").palette
    turned = tiles(3, material, 12, palette=palette[:, ::-1].copy())
    assert np.array_equal(turned[..., :3], single[..., 2::-1])
    moving = moving_tiles(3, material, 2, palette=palette[:, ::-1].copy())
    assert np.array_equal(moving[:, 0], turned[:2])


def test_transitions_fit_in_the_order_that_engines_expect():
    """Tile 0 is of the lower material, tile 15 of the upper, and corners are what bits say."""
    drawn = transitions(5, "sand", "grass")
    assert drawn.shape == (16, 32, 32, 4)
    means = {name: ground(5, name, 4, 4)[..., :3].mean((0, 1)) for name in ("sand", "grass")}
    corners = {1: np.s_[:8, :8], 2: np.s_[:8, -8:], 4: np.s_[-8:, -8:], 8: np.s_[-8:, :8]}
    for bits, tile in enumerate(drawn):
        for bit, area in corners.items():
            seen = tile[area][..., :3].mean((0, 1))
            distance = {name: np.abs(seen - mean).sum() for name, mean in means.items()}
            assert min(distance, key=distance.__getitem__) == ("grass" if bits & bit else "sand")
    assert not np.array_equal(drawn, transitions(6, "sand", "grass"))
    with pytest.raises(InvalidArgument, match="material must be one of"):
        transitions(5, "sand", "cheese")


def test_the_network_draws_what_lies_between_two_materials():
    """Along a border there are pixels that neither ground shows there, and far from it none."""
    tileset = build_tileset(default_pack(), 1, TERRAINS)
    sand, grass = (TERRAINS.index(n) for n in ("sand", "grass"))
    terrain = np.full((5, 12), sand, np.uint8)
    terrain[:, 6:] = grass
    picture = draw_terrain(terrain, tileset, 0, 0, 1)
    plain = [draw_terrain(np.full((5, 12), m, np.uint8), tileset, 0, 0, 1) for m in (sand, grass)]
    new = ~((picture == plain[0]).all(-1) | (picture == plain[1]).all(-1))
    assert new[:, 152:168].mean() > 0.3
    assert not new[:, :128].any()
    assert not new[:, 192:].any()


def test_a_pack_without_ground_is_drawn_from_single_tiles(small_pack):
    """Such a pack's tiles lie by a draw, its borders are cut by masks, and nothing fails."""
    tileset = build_tileset(small_pack, 1, TERRAINS)
    sand, grass = (TERRAINS.index(n) for n in ("sand", "grass"))
    assert tileset.border(sand, grass) is None
    assert not tileset.painted(sand)
    kinds = {tile.tobytes() for tile in tileset.tiles(sand)}
    assert 1 < len(kinds) <= 8


def test_neighbouring_pictures_fit_together(small_pack):
    """A region drawn in two halves is the region drawn at once."""
    tileset = build_tileset(small_pack, 1, TERRAINS)
    terrain = np.random.default_rng(3).integers(0, len(TERRAINS), (6, 10)).astype(np.uint8)
    whole = draw_terrain(terrain, tileset, -3, 7, 1)
    left = draw_terrain(terrain[:, :6], tileset, -3, 7, 1)
    right = draw_terrain(terrain[:, 4:], tileset, 1, 7, 1)
    assert np.array_equal(whole, np.concatenate([left, right], 1))


@pytest.mark.parametrize("material", MOVING)
def test_moving_ground_starts_as_the_tile_and_its_loop_closes(material):
    """The first frame is the still tile, each step moves a little, the one back as little."""
    loops = moving_tiles(1, material, 8)
    still = tiles(1, material, 8)
    assert loops.shape == (8, 4, 32, 32, 4)
    assert np.array_equal(loops[:, 0], still)
    colour = loops[..., :3].astype(np.int64)
    steps = np.abs(colour - np.roll(colour, -1, 1)).mean((0, 2, 3, 4))
    others = np.abs(colour[:, 0] - np.roll(colour[:, 0], 1, 0)).mean()
    assert steps.min() > 0
    assert steps.max() < 0.8 * others  # two tiles of the material differ more
    assert steps.max() < 3 * steps.min()


def test_only_ground_that_moves_differs_between_frames(small_pack):
    """Water differs in every frame of a tileset, grass in none; a frame out of the loop raises."""
    tileset = build_tileset(small_pack, 1, TERRAINS)
    for place, name in enumerate(TERRAINS):
        frames = [tileset.tiles(place, frame) for frame in range(FRAMES)]
        moved = [not np.array_equal(tiles, frames[0]) for tiles in frames]
        assert moved == [False, *[name in MOVING] * (FRAMES - 1)]
    with pytest.raises(InvalidArgument, match="frame"):
        draw_terrain(np.zeros((3, 3), np.uint8), tileset, 0, 0, 1, frame=FRAMES)


def test_painted_water_moves_and_its_shore_stays():
    """Frames of a shore differ in the water and its rim alone, and the still frame is frame 0."""
    tileset = build_tileset(default_pack(), 1, TERRAINS)
    water, grass = (TERRAINS.index(n) for n in ("shallow_water", "grass"))
    terrain = np.full((5, 12), water, np.uint8)
    terrain[:, 6:] = grass
    frames = [draw_terrain(terrain, tileset, 0, 0, 1, frame=frame) for frame in range(FRAMES)]
    moved = np.stack([(frame != frames[0]).any(-1) for frame in frames[1:]])
    assert moved[:, :, :140].mean() > 0.05
    assert not moved[:, :, 180:].any()
    steps = [
        np.abs(a.astype(int) - b).mean()
        for a, b in zip(frames, frames[1:] + frames[:1], strict=True)
    ]
    assert max(steps) < 3 * min(steps)


def test_moves_says_whether_the_frames_of_a_region_differ():
    """Where water is in sight frames differ and `moves` is true; on dry land neither."""
    land = world(11)
    regions = [(step * 40, 0, 8, 6) for step in range(12)]
    wet = [land.moves(*region) for region in regions]
    assert 0 < sum(wet) < len(wet)
    for region, moves in zip(regions, wet, strict=True):
        frames = [land.image(*region, frame=frame) for frame in (0, 2)]
        assert np.array_equal(*frames) != moves


def test_pieces_drawn_side_by_side_are_those_drawn_one_by_one(small_pack, monkeypatch):
    """A picture has the same pixels with one core and with four, and on its second drawing."""
    terrain = np.random.default_rng(5).integers(0, len(TERRAINS), (9, 11), np.uint8)
    found = []
    for cores in (1, 4):
        monkeypatch.setattr("os.cpu_count", lambda cores=cores: cores)
        tileset = Tileset(small_pack, 11, TERRAINS)
        for _ in range(2):
            found.append(draw_terrain(terrain, tileset, 0, 0, 11))
        found.append(draw_terrain(terrain, tileset, 0, 0, 11, frame=1))
    assert (found[0] == found[1]).all()
    for one, two in zip(found[:3], found[3:], strict=True):
        assert (one == two).all()


def test_no_piece_of_a_picture_waits_for_another(monkeypatch):
    """Every material and border that a picture shows is drawn in the threads for it."""
    monkeypatch.setattr("os.cpu_count", lambda: 4)
    drawn = []
    for name in ("patch", "border"):
        real = getattr(tileset_module, name)

        def painted(*given, real=real):
            drawn.append(threading.current_thread().name)
            return real(*given)

        monkeypatch.setattr(tileset_module, name, painted)
    tileset = Tileset(default_pack(), 12, TERRAINS)
    terrain = np.full((5, 5), TERRAINS.index("grass"), np.uint8)
    terrain[3:, 3:] = TERRAINS.index("snow")
    terrain[1, 1] = TERRAINS.index("brick_wall")
    terrain[1, 3] = TERRAINS.index("stone_floor")
    draw_terrain(terrain, tileset, 0, 0, 12)
    assert len(drawn) == 5
    assert all(name.startswith("aigc_procgen drawing") for name in drawn)


def test_side_by_side_gives_results_in_order_and_raises_errors(monkeypatch):
    """`together` answers in the order of its tasks and lets all end before it raises."""
    monkeypatch.setattr("os.cpu_count", lambda: 4)
    ended = []

    def slow():
        time.sleep(0.05)
        ended.append("slow")
        return 1

    def wrong():
        raise ValueError("wrong")

    assert together(slow, lambda: 2, lambda: 3) == [1, 2, 3]
    with pytest.raises(ValueError, match="wrong"):
        together(wrong, slow)
    assert ended == ["slow", "slow"]
