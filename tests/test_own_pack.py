"""A pack in another style: its sizes, frames and directions are worn, its gaps are filled in."""

from __future__ import annotations

import numpy as np
import pytest
from aigc_procgen.demo_game.play import PlayScreen
from aigc_procgen.demo_game.session import Session
from aigc_procgen.demo_game.start import main
from conftest import small_entry, small_graph
from PIL import Image

import aigc_procgen as procgen
from aigc_procgen.art import fallback, pictures
from aigc_procgen.art.furniture import FURNITURE
from aigc_procgen.core.pack import write_pack

DIRECTIONS = ("up", "down", "left", "right")  # not the usual order


def make_pack(folder, **models):
    """A pack of the models `kind=(attributes, size, frames, directions)`."""
    made = {}
    for kind, (attributes, size, frames, directions) in models.items():
        labels = sum(len(values) for values in attributes.values())
        count = frames * max(len(directions), 1)
        entry = small_entry(kind, attributes, 12, size, frames, directions)
        made[kind] = (entry, small_graph(labels, 12, size, count))
    write_pack(folder, folder.name, made)
    return procgen.load_pack(folder)


WALKERS = {"characters": ({"role": ["guard", "healer"]}, 16, 4, DIRECTIONS)}


@pytest.fixture
def walkers(tmp_path):
    return make_pack(tmp_path / "walkers", **WALKERS)


def test_figures_turn_to_where_they_walk(walkers):
    """Each direction shows its own four frames, in whatever order the pack names directions."""
    person = procgen.character(5, pack=walkers)
    drawn = pictures.figure(walkers, person.art_seed, {"role": person.role})
    assert drawn.shape == (4, 4, 16, 16, 4)
    assert person.directions == DIRECTIONS
    for index, direction in enumerate(DIRECTIONS):
        assert np.array_equal(person.walk_facing(direction), drawn[index])
    assert np.array_equal(person.walk, drawn[1])  # towards the player
    assert np.array_equal(person.sprite, drawn[1, 0])


def test_roles_are_asked_for(walkers):
    """A pack that knows roles is asked for the person's own."""
    guard, healer = (procgen.character(5, role, pack=walkers) for role in ("guard", "healer"))
    open_label = pictures.figure(walkers, guard.art_seed, {})
    assert not np.array_equal(guard.sprite, open_label[1, 0])
    assert np.array_equal(
        guard.sprite, pictures.figure(walkers, guard.art_seed, {"role": "guard"})[1, 0]
    )
    assert not np.array_equal(
        healer.sprite, pictures.figure(walkers, healer.art_seed, {"role": "guard"})[1, 0]
    )


def test_small_figures_keep_their_own_face(walkers):
    """A pack with figures and no portraits shows the whole 16-pixel figure, of no other style."""
    person = procgen.character(5, pack=walkers)
    assert np.array_equal(person.portrait, person.sprite)
    assert np.array_equal(person.face("grim"), person.sprite)


def test_what_a_pack_lacks_the_default_pack_draws(walkers):
    """With figures alone, the land is the default's, at the pack's 16 pixels a tile."""
    world = procgen.world(11, pack=walkers)
    assert world.tile_size == 16
    x, y = world.spawn()
    picture = world.image(x, y, 6, 4)
    assert picture.shape == (64, 96, 4)
    usual = procgen.world(11).image(x, y, 6, 4)
    colours = {tuple(colour) for colour in usual.reshape(-1, 4).tolist()}
    assert {tuple(colour) for colour in picture.reshape(-1, 4).tolist()} <= colours
    assert world.sprite("dragon", "one").shape == (16, 16, 4)
    drawn = pictures.kinds(procgen.default_pack(), "sprites")
    assert world.categories == (*drawn, *FURNITURE)


def test_a_world_mixes_grounds_of_both(tmp_path):
    """Materials that a pack draws are its own; the others are the default's in its size."""
    pack = make_pack(tmp_path / "grassy", tiles=({"material": ["grass"]}, 64, 1, ()))
    world = procgen.world(3, pack=pack)
    assert world.tile_size == 64
    from aigc_procgen.art.atlas import build_tileset

    tileset = build_tileset(pack, 3, ("grass", "lava"))
    drawn = [tileset.tiles(material) for material in range(2)]
    assert [tiles.shape for tiles in drawn] == [(24, 64, 64, 4)] * 2
    own = {tuple(colour) for colour in pack.model("tiles").palette.tolist()}
    shown = [{tuple(c) for c in tiles[..., :3].reshape(-1, 3).tolist()} for tiles in drawn]
    assert shown[0] <= own
    assert not shown[1] & own
    # Doubled by repetition: no colour is mixed.
    assert np.array_equal(drawn[1][:, ::2, ::2], drawn[1][:, 1::2, 1::2])
    person = procgen.character(5, pack=pack)
    assert person.sprite.shape == (64, 64, 4)
    assert person.directions == procgen.default_pack().model("characters").directions
    assert not np.array_equal(person.portrait, pictures.portrait(person.sprite))


def test_a_pack_that_lacks_nothing_needs_no_other(small_pack, monkeypatch):
    """The pack that ships is not even opened where the own one draws everything asked for."""

    def refuse():
        raise AssertionError("the default pack was opened")

    monkeypatch.setattr(fallback, "default_pack", refuse)
    assert fallback.owner(small_pack, "tiles", "grass") is small_pack
    assert fallback.tile_size(small_pack) == 32
    assert procgen.character(1, pack=small_pack).sprite.shape == (32, 32, 4)


def test_scaling_takes_whole_pixels(tmp_path, walkers):
    """Halved and doubled pictures have only pixels that were there, each from its own place."""
    default = procgen.default_pack()
    drawn = procgen.sprites(1, "sword", 3)
    assert fallback.scaled(drawn, default, default) is drawn
    assert np.array_equal(fallback.scaled(drawn, default, walkers), drawn[:, 1::2, 1::2])
    doubled = fallback.scaled(drawn, walkers, default)
    assert np.array_equal(doubled, drawn.repeat(2, 1).repeat(2, 2))


def test_large_drawings_stand_on_their_tile(tmp_path):
    """A 32-pixel tree on 16-pixel ground reaches over its neighbours, across pictures' borders."""
    pack = make_pack(
        tmp_path / "woods",
        tiles=({"material": list(procgen.TERRAINS)}, 16, 1, ()),
        sprites=({"category": ["tree", "bush", "statue", "altar", "chest"]}, 32, 1, ()),
    )
    world = procgen.world(11, pack=pack)
    x, y = world.spawn()
    around = world.props(x - 20, y - 20, 40, 40)
    trees = [prop for prop in around if prop.kind == "tree"]
    tree = next(tree for tree in trees if not _near(tree, around))
    whole = world.image(tree.x - 3, tree.y - 3, 7, 6)
    above = world.image(tree.x - 3, tree.y - 3, 7, 3)
    left = world.image(tree.x - 3, tree.y - 3, 3, 6)
    assert np.array_equal(above, whole[:48])
    assert np.array_equal(left, whole[:, :48])
    drawn = world._prop_picture("tree", tree.x, tree.y)
    assert drawn.shape == (32, 32, 4)
    # The small graph leaves no pixel open.
    assert np.array_equal(whole[32:64, 40:72], drawn)


def _near(prop, others):
    return [o for o in others if o != prop and max(abs(o.x - prop.x), abs(o.y - prop.y)) <= 2]


@pytest.fixture
def no_screen(monkeypatch):
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")


def test_demo_wears_a_pack_of_figures_alone(walkers, tmp_path, no_screen):
    """A frame of the demo with 16-pixel walkers fills the same screen; the hero is theirs."""
    shot = tmp_path / "shot.png"
    arguments = ["--headless", "--seed", "11", "--frames", "1", "--pack", walkers.path]
    assert main([*arguments, "--screenshot", str(shot)]) == 0
    with Image.open(shot) as picture:
        pixels = np.array(picture.convert("RGB"))
    assert pixels.shape == (704, 1152, 3)
    hero = procgen.character("hero of 11", "ranger", pack=walkers).walk_facing("down")[0]
    middle = pixels[352 - 32 : 352 + 32, 576 - 32 : 576 + 32]
    # Each pixel of 16 a tile is a square of two, drawn twice as near.
    for corner in range(4):
        assert np.array_equal(middle[corner::4, corner::4], hero[..., :3])


def test_hero_turns_in_the_demo(walkers, tmp_path, no_screen):
    """North shows the hero's back where the pack draws one; else only left and right count."""
    import pygame

    pygame.init()
    for pack, turned in ((walkers, ["up", "left", "down", "right"]), (None, ["left", "left"])):
        pack = pack or procgen.default_pack()
        screen = PlayScreen(Session.start(11, pack), tmp_path / "save.json")
        screen._facing = "left"
        faced = []
        for step in [(0, -1), (-1, 0), (0, 1), (1, 0)][: len(turned)]:
            screen._face(*step)
            faced.append(screen._facing)
        screen.close()
        assert faced == turned
    pygame.quit()


def test_hero_goes_down_in_the_packs_own_figure(walkers, tmp_path, no_screen):
    """Below the ground a pack of figures alone is worn too, twice as near, and turns likewise."""
    import pygame

    pygame.init()
    window = pygame.display.set_mode((1152, 704))
    session = Session.start(11, walkers)
    place = session.world.nearest("ruin", *session.world.spawn())
    session.x, session.y = float(place.x), float(place.y)
    screen = PlayScreen(session, tmp_path / "save.json")
    screen.act()
    for side, direction in (("", "down"), ("north", "up"), ("west", "left")):
        if side:
            screen.push(side)
        screen.below.view.advance(1)  # the picture follows
        screen.draw(window)
        hero = session.hero.walk_facing(direction)[0]
        middle = pygame.surfarray.array3d(window).swapaxes(0, 1)[320:384, 544:608]
        assert np.array_equal(middle[1::4, 1::4], hero[..., :3])
    screen.close()
    pygame.quit()
