"""Pictures: the same for a seed in any batch and thread, and finished as promised."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from aigc_procgen import InvalidArgument, default_pack, moving_tiles, sprites, tiles, world
from aigc_procgen.art import pictures
from aigc_procgen.art.atlas import FRAMES, MOVING, build_tileset, corner_masks, draw_terrain
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
    """A mask covers the corners that it is named for, leaves the others, and grows with each."""
    masks = corner_masks(32)
    ends = {1: (0, 0), 2: (0, 31), 4: (31, 31), 8: (31, 0)}
    for bits in range(16):
        for bit, (y, x) in ends.items():
            assert (masks[:, bits, y, x] == bool(bits & bit)).all(), bits
    assert not masks[:, 0].any()
    # Along a whole edge the flow is as deep at both ends in every variant, so neighbours join.
    depth = masks[:, 3, :, [0, 31]].sum(-1)
    assert (depth == depth[0, 0]).all()
    # And a corner alone is as deep there as the edge that it goes on from.
    assert (masks[:, 2, :, 31].sum(-1) == depth[0, 0]).all()
    assert (masks[:, 4, 31, :].sum(-1) == depth[0, 0]).all()


def test_borders_flow_over_lower_ground_only(small_pack):
    """Grass flows over the sand beside it, never over a stone floor, and sand not over grass."""
    tileset = build_tileset(small_pack, 1, TERRAINS)
    sand, grass, floor = (TERRAINS.index(n) for n in ("sand", "grass", "stone_floor"))

    def drawn(left, right):
        terrain = np.full((3, 4), left, np.uint8)
        terrain[:, 2:] = right
        picture = draw_terrain(terrain, tileset, 0, 0, 1)
        assert picture.shape == (32, 64, 4)
        plain = draw_terrain(np.full((3, 4), left, np.uint8), tileset, 0, 0, 1)
        return (picture[:, :32] != plain[:, :32]).any()

    assert drawn(sand, grass)
    assert not drawn(grass, sand)
    assert not drawn(floor, grass)


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
    frames = [build_tileset(small_pack, 1, TERRAINS, frame=frame) for frame in range(FRAMES)]
    for place, name in enumerate(TERRAINS):
        moved = [not np.array_equal(f.pictures[place], frames[0].pictures[place]) for f in frames]
        assert moved == [False, *[name in MOVING] * (FRAMES - 1)]
    with pytest.raises(InvalidArgument, match="frame"):
        build_tileset(small_pack, 1, TERRAINS, frame=FRAMES)


def test_moves_says_whether_the_frames_of_a_region_differ():
    """Where water is in sight frames differ and `moves` is true; on dry land neither."""
    land = world(11)
    regions = [(step * 40, 0, 8, 6) for step in range(12)]
    wet = [land.moves(*region) for region in regions]
    assert 0 < sum(wet) < len(wet)
    for region, moves in zip(regions, wet, strict=True):
        frames = [land.image(*region, frame=frame) for frame in (0, 2)]
        assert np.array_equal(*frames) != moves
