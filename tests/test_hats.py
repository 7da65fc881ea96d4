"""Hats on faces have the colour that they have on figures."""

from __future__ import annotations

import numpy as np
import pytest
from test_choice import GREEN, GREY, PINK, RED, head, person

import aigc_procgen as procgen
from aigc_procgen import default_pack
from aigc_procgen.art import pictures
from aigc_procgen.art.hats import DYED, dyed

BLUE, DARK_BLUE, OUTLINE = (40, 60, 200), (30, 40, 120), (20, 20, 30)
PALETTE = np.array([GREEN, GREY, PINK, RED, BLUE, DARK_BLUE, OUTLINE, (90, 10, 10)], np.uint8)


def hues(picture):
    """The colours of a picture's opaque pixels."""
    return {tuple(colour) for colour in picture[picture[..., 3] > 0][:, :3].tolist()}


@pytest.mark.parametrize("headgear", DYED)
def test_a_hat_is_dyed_and_nothing_else(headgear):
    """A red hat becomes blue, in light and shade; its outline, the face and its rim stay."""
    face = head(PINK)
    face[9:11, 6:26, :3] = (90, 10, 10)  # the hat's shade
    face[2, 6:26, :3] = OUTLINE
    drawn = dyed(face, person(PINK, BLUE), headgear, PALETTE)
    assert hues(drawn[3:9]) == {BLUE}
    assert hues(drawn[9:11]) == {DARK_BLUE}
    same = np.s_[2], np.s_[11:]
    assert all(np.array_equal(drawn[part], face[part]) for part in same)
    assert np.array_equal(drawn[..., 3], face[..., 3])


def test_a_hood_is_dyed_down_to_the_shoulders_but_not_the_coat():
    """It goes on beside the face; a coat of its colour does not change."""
    face = head(PINK)
    face[11:26, 6:9, :3] = face[11:26, 23:26, :3] = face[26:, :, :3] = RED
    face[26:, :, 3] = 255
    drawn = dyed(face, person(PINK, BLUE), "hood", PALETTE)
    assert hues(drawn[2:26]) == {BLUE, PINK}
    assert hues(drawn[26:]) == {RED}


def test_hair_below_a_hat_keeps_its_colour():
    """Also where it begins beside the hat."""
    face = head(PINK)
    face[8:24, 4:6] = face[8:24, 26:28] = (*GREEN, 255)
    drawn = dyed(face, person(PINK, BLUE), "hat", PALETTE)
    assert hues(drawn[:11]) == {BLUE, GREEN}
    assert np.array_equal(drawn[11:], face[11:])


@pytest.mark.parametrize(
    ("headgear", "figure"),
    [
        ("none", person(PINK, BLUE)),
        ("crown", person(PINK, BLUE)),
        ("hat", person(PINK, RED)),
        ("hat", person(PINK, (12, 12, 12))),
        ("hat", np.zeros((32, 32, 4), np.uint8)),
    ],
)
def test_a_face_is_left_alone(headgear, figure):
    """Without a hat, with one of the right colour, and beside a figure that does not show it."""
    face = head(PINK)
    assert dyed(face, figure, headgear, PALETTE) is face


def test_a_black_hat_is_black_whatever_shines_on_it():
    """Where most of a figure's hat is dark, its highlights do not count, nor do ears beside it."""
    figure = person(PINK, OUTLINE)
    figure[1:4, 14:16] = (*GREY, 255)
    figure[3:5, 19:21] = (*GREEN, 255)
    assert hues(dyed(head(PINK), figure, "hat", PALETTE)) == {OUTLINE, PINK}


def test_what_is_half_found_is_left_alone():
    """A hat most of which has colours of the face is not dyed in part."""
    face = head(PINK)
    face[4:11, 6:26, :3] = PINK
    assert dyed(face, person(PINK, BLUE), "hat", PALETTE) is face


def test_a_hat_does_not_go_on_at_the_other_side_of_the_picture():
    """What has the hat's colour at one rim is not joined to a hat that ends at the other."""
    face = head(PINK)
    face[2:11, 26:] = face[11:14, :2] = (*RED, 255)
    drawn = dyed(face, person(PINK, BLUE), "hat", PALETTE)
    assert hues(drawn[2:11]) == {BLUE}
    assert hues(drawn[11:14]) == {RED, PINK}


def test_a_pack_that_knows_no_headgear_is_not_dyed(monkeypatch):
    """What the person wears by their role is not on the picture then."""
    seed = next(n for n in range(40) if procgen.character(n).attributes["headgear"] == "hat")
    model = default_pack().model("portraits")
    less = {name: values for name, values in model.attributes.items() if name != "headgear"}
    monkeypatch.setattr(model, "attributes", less)
    monkeypatch.setattr("aigc_procgen.composed.people.dyed", lambda face, _, worn, __: worn)
    monkeypatch.setattr("aigc_procgen.composed.people._frozen", lambda found: found)
    who = procgen.character(seed)
    assert who._fitted(default_pack(), who.sprite) == "none"


def test_a_face_that_is_all_hat_or_nothing_is_left_alone():
    """Nothing tells the hat from the face, or there is neither."""
    for face in (head(RED), np.zeros((32, 32, 4), np.uint8)):
        assert np.array_equal(dyed(face, person(PINK, BLUE), "helm", PALETTE), face)


def test_people_are_drawn_with_them():
    """Over people in hats, some faces change, all in colours of the palette; never the face's
    middle, where eyes and mouths are.
    """
    model, changed = default_pack().model("portraits"), 0
    for seed in range(60):
        who = procgen.character(seed)
        if who.attributes["headgear"] not in DYED:
            continue
        wishes = {**who.attributes, "mood": "calm"}
        _, calm = pictures.fitting_face(
            default_pack(), who.art_seed, wishes, who.sprite, above=False
        )
        assert hues(who.portrait) <= set(map(tuple, model.palette.tolist()))
        different = (who.portrait != calm).any(-1)
        changed += different.any()
        assert not different[18:24, 12:20].any()
    assert changed > 8
