"""Of a few drawings the better one is kept: the same for a seed, in every mood and palette."""

from __future__ import annotations

import numpy as np
import pytest

import aigc_procgen as procgen
from aigc_procgen import InvalidArgument, default_pack
from aigc_procgen.art import pictures
from aigc_procgen.art.choice import count_specks, unlikeness
from aigc_procgen.art.hats import DYED, dyed
from aigc_procgen.core.pixels import orphans

PINK, GREEN, GREY, RED = (230, 170, 140), (90, 150, 70), (120, 120, 120), (170, 20, 20)


def person(skin, hat, top=5, size=32):
    """A figure whose face begins in the row `top`: under a hat with a brim, beside a staff."""
    picture = np.zeros((size, size, 4), np.uint8)
    unit = size // 32
    picture[(top - 4) * unit : top * unit, 12 * unit : 20 * unit] = (*hat, 255)
    picture[(top - 2) * unit : (top - 1) * unit, 8 * unit : 24 * unit] = (*hat, 255)
    picture[top * unit : (top + 4) * unit, 13 * unit : 19 * unit] = (*hat, 255)
    picture[top * unit : (top + 4) * unit, 15 * unit : 17 * unit] = (*skin, 255)
    picture[(top + 4) * unit : 30 * unit, 10 * unit : 22 * unit] = (*RED, 255)
    picture[unit : 30 * unit, 4 * unit : 6 * unit] = (100, 60, 20, 255)
    return picture


def head(skin, hat=RED):
    """A portrait: a hat above, a face below."""
    picture = np.zeros((32, 32, 4), np.uint8)
    picture[2:11, 6:26] = (*hat, 255)
    picture[11:26, 6:26] = (*skin, 255)
    return picture


def test_specks_are_pixels_without_a_neighbour_of_their_colour():
    """One odd pixel in a flat box is a speck, two side by side are none, transparent ones neither;
    across the edge only where pictures wrap.
    """
    picture = np.zeros((1, 8, 8, 4), np.uint8)
    picture[0, 2:7, 2:7] = (*GREEN, 255)
    assert not orphans(picture).any()
    picture[0, 4, 4] = (*RED, 255)
    assert np.argwhere(orphans(picture)).tolist() == [[0, 4, 4]]
    picture[0, 4, 5] = (*RED, 255)
    assert not orphans(picture).any()
    picture[0, 0, 4] = picture[0, 7, 4] = (*GREY, 255)
    assert orphans(picture).sum() == 2
    assert orphans(picture, wrap=True).sum() == 0
    figures = np.concatenate([picture, picture[:, ::-1]])[:, None].repeat(3, 1)
    assert count_specks(figures).tolist() == [6, 6]


@pytest.mark.parametrize("top", [5, 9, 12])
@pytest.mark.parametrize("size", [32, 64])
def test_the_face_with_the_skin_of_the_figure_is_the_likest(top, size):
    """Tall or short, in a grey hat, with a staff: the pink figure's face is the pink one, not that
    in the hat's colour or the coat's; and of two pink ones the one in the grey hat.
    """
    figure = person(PINK, GREY, top, size)
    faces = np.stack([head(GREEN), head(GREY), head(RED), head(PINK)])
    assert unlikeness(figure, faces).argmin() == 3
    assert unlikeness(person(GREEN, GREY, top, size), faces).argmin() == 0
    hats = np.stack([head(PINK, RED), head(PINK, GREEN), head(PINK, GREY)])
    assert unlikeness(figure, hats).argmin() == 2


@pytest.mark.parametrize("thick", [3, 4, 5])
def test_a_hat_as_broad_as_shoulders_is_no_coat(thick):
    """A face is looked for below a broad hat."""
    figure = person(PINK, GREY, 9)
    figure[9 - thick : 9, 9:23] = (*GREY, 255)
    faces = np.stack([head(GREEN), head(GREY), head(RED), head(PINK)])
    assert unlikeness(figure, faces).argmin() == 3
    hats = np.stack([head(PINK, RED), head(PINK, GREEN), head(PINK, GREY)])
    assert unlikeness(figure, hats).argmin() == 2


def test_without_a_head_all_faces_are_alike():
    """An empty picture, and one that is a ball with no shoulders, have nothing to go by."""
    faces = np.stack([head(GREEN), head(PINK)])
    assert unlikeness(np.zeros((32, 32, 4), np.uint8), faces).tolist() == [0, 0]
    assert unlikeness(np.full((32, 32, 4), 255, np.uint8), faces).tolist() == [0, 0]


def in_hat(who, face):
    """A face with the headgear of its person."""
    palette = default_pack().model("portraits").palette
    return dyed(face, who.sprite, who.attributes["headgear"], palette)


def test_a_person_has_one_face_in_all_moods():
    """The face is chosen once, by the calm one: every mood draws the same latent; and it is not
    always the first.
    """
    pack = default_pack()
    chosen = []
    for seed in range(6):
        who = procgen.character(seed)
        wishes = {**who.attributes, "mood": "calm"}
        above = who.attributes["headgear"] not in DYED
        candidate, calm = pictures.fitting_face(pack, who.art_seed, wishes, who.sprite, above=above)
        chosen.append(candidate)
        grim = procgen.character(seed).face("grim")  # whatever is asked first
        assert np.array_equal(who.portrait, in_hat(who, calm))
        assert np.array_equal(who.face("calm"), who.portrait)
        for mood, drawn in (("grim", grim), ("glad", who.face("glad"))):
            same = {**wishes, "mood": mood}
            face = pictures.face(pack, who.art_seed, same, candidate=candidate)
            assert np.array_equal(drawn, in_hat(who, face))
    assert any(chosen)


def test_no_mood_changes_the_hat():
    """What is above the eyes moves a little between moods, as brows do, and is never another's."""
    for seed in (0, 5, 9, 12, 22, 23):
        who = procgen.character(seed)
        for mood in ("glad", "grim", "sad"):
            moved = (who.face(mood)[:8] != who.portrait[:8]).any(-1).mean()
            assert moved < 0.4, (seed, mood)


def test_faces_look_more_like_their_figures_than_any():
    """Over forty people the face that is shown is more like the figure than the first one."""
    pack = default_pack()
    first, shown = 0, 0
    for seed in range(40):
        who = procgen.character(seed)
        any_face = pictures.face(pack, who.art_seed, {**who.attributes, "mood": "calm"})
        before, after = unlikeness(who.sprite, np.stack([any_face, who.portrait])).tolist()
        first, shown = first + before, shown + after
    assert shown < 0.97 * first


@pytest.mark.parametrize("species", ["tengu", "kobold", "minotaur", "draconian"])
def test_species_of_which_nobody_can_tell_the_sex_keep_their_heads(species):
    """A portrait asked for with a sex differs less from one without than two species differ."""
    pack = default_pack()

    def drawn(seed, **wishes):
        wishes |= {"hair": "none", "headgear": "none", "colour": "red", "mood": "calm"}
        return pictures.face(pack, seed, wishes).astype(np.int64)

    asked, other = 0, 0
    for seed in range(8):
        without = drawn(seed, species=species)
        for sex in ("female", "male"):
            asked += int(np.abs(drawn(seed, species=species, sex=sex) - without).sum())
            other += int(np.abs(drawn(seed, species="human", sex=sex) - without).sum())
    assert asked < 0.5 * other


def test_figures_are_the_best_of_three():
    """A figure is the drawing that shows most of what is asked, of those the one with the fewest
    specks; with one candidate the first; more are never worse.
    """
    pack = default_pack()
    moved = 0
    for seed in range(8):
        who = procgen.character(seed)
        wishes = {**who.attributes, "role": who.role}
        drawn = [pictures.figure(pack, who.art_seed, wishes, candidates=n) for n in (1, 2, 3)]
        obeyed = pictures._obeyed(
            pack, "characters", np.stack([figure[0, 0] for figure in drawn]), wishes
        )
        specks = [int(count_specks(figure[None])[0]) for figure in drawn]
        faults = list(zip((-obeyed).tolist(), specks, strict=True))
        assert faults == sorted(faults, reverse=True)
        assert np.array_equal(who.sprite, drawn[2][0, 0])
        moved += not np.array_equal(drawn[0], drawn[2])
    assert moved
    for bad in (0, 65, 1.5):
        with pytest.raises(InvalidArgument, match="candidates"):
            pictures.figure(pack, 1, {}, candidates=bad)
        with pytest.raises(InvalidArgument, match="candidates"):
            pictures.fitting_face(pack, 1, {}, who.sprite, candidates=bad)


def test_another_palette_chooses_no_other_figure():
    """A palette of one colour, in which nothing is a speck, still shows the same shape."""
    pack = default_pack()
    palette = np.full_like(pack.model("characters").palette, 99)
    for seed in range(6):
        plain = pictures.figure(pack, seed, {"species": "human"})
        grey = pictures.figure(pack, seed, {"species": "human"}, palette)
        assert np.array_equal(plain[..., 3], grey[..., 3])
        assert set(grey[grey[..., 3] > 0][:, :3].flatten().tolist()) == {99}
