"""Colours by name: pictures that are mostly of one, and leaves in those of their land."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

import aigc_procgen as procgen
from aigc_procgen.core.colours import COLOURS, colour_votes
from aigc_procgen.core.errors import InvalidArgument
from aigc_procgen.world.biomes import biomes


def _share(pictures, colour):
    votes = colour_votes(pictures)
    return votes[:, COLOURS.index(colour)] / votes.sum(1)


@pytest.mark.parametrize(
    ("rgb", "name"),
    [
        ((210, 30, 30), "red"),
        ((210, 30, 60), "red"),
        ((240, 140, 40), "orange"),
        ((140, 80, 30), "brown"),
        ((230, 220, 40), "yellow"),
        ((60, 160, 60), "green"),
        ((40, 200, 200), "cyan"),
        ((40, 60, 220), "blue"),
        ((160, 40, 200), "purple"),
        ((240, 240, 240), "white"),
        ((128, 128, 128), "gray"),
        ((60, 60, 60), "black"),
    ],
)
def test_a_pixel_votes_for_its_colour(rgb, name):
    """Every name is that of its colour; outlines and what is transparent do not vote."""
    picture = np.zeros((1, 4, 4, 4), np.uint8)
    picture[0, :2] = (*rgb, 255)
    picture[0, 2] = (20, 20, 20, 255)
    picture[0, 3] = (*rgb, 0)
    votes = colour_votes(picture)
    assert votes.tolist() == [[8 * (name == own) for own in COLOURS]]


def test_sprites_come_in_the_colour_that_is_asked_for():
    """A third of the pixels of most potions and dragons of four colours is of them; the first of
    six are the first three; and other seeds give others.
    """
    right = []
    for colour in ("red", "green", "blue", "purple"):
        six = procgen.sprites(7, "potion", 6, colour=colour)
        right += [*(_share(six, colour) >= 0.35)]
        right += [*(_share(procgen.sprites(7, "dragon", 3, colour=colour), colour) >= 0.35)]
        plain = procgen.sprites(7, "potion", 6)
        assert _share(six, colour).mean() > 1.5 * _share(plain, colour).mean()
        assert np.array_equal(six, procgen.sprites(7, "potion", 6, colour=colour))
        assert not np.array_equal(six, procgen.sprites(8, "potion", 6, colour=colour))
    assert np.mean(right) > 0.6
    three = procgen.sprites(7, "potion", 3, colour="green")
    assert np.array_equal(three, procgen.sprites(7, "potion", 6, colour="green")[:3])
    assert procgen.sprites(7, "potion", 0, colour="green").shape == (0, 32, 32, 4)


def test_another_palette_takes_the_same_drawings():
    """Which drawings are green is read in the pack's own colours, whatever a game shows them in."""
    palette = procgen.default_pack().model("sprites").palette
    plain = procgen.sprites(7, "tree", 4, colour="green")
    turned = procgen.sprites(7, "tree", 4, colour="green", palette=255 - palette)
    solid = plain[..., 3] == 255
    assert np.array_equal(turned[..., 3], plain[..., 3])
    assert np.array_equal(turned[solid][:, :3], 255 - plain[solid][:, :3])


def test_a_colour_that_has_no_name_is_refused():
    """The names that there are stand in the message."""
    with pytest.raises(InvalidArgument, match=r"colour must be one of red, orange, .*'mauve'"):
        procgen.sprites(7, "potion", colour="mauve")
    with pytest.raises(InvalidArgument, match=r"colour must be one of"):
        procgen.world(7).sprite("potion", "x", colour="mauve")


@pytest.mark.parametrize("seed", [5, 11, 31])
def test_leaves_have_the_colours_of_their_land(seed):
    """Each plant is of the colour that its tile draws of its biome's leaves, or green."""
    world = procgen.world(seed)
    x, y = world.spawn()
    asked, right, green = Counter(), Counter(), 0
    props = [p for p in world.props(x - 160, y - 160, 320, 320) if p.kind in ("tree", "bush")]
    for prop in props:
        colour = world._variant(prop.kind, prop.x, prop.y)[0]
        assert colour in world._land.biome(prop.x, prop.y).leaves
        drawn = world._prop_picture(prop.kind, prop.x, prop.y)[None]
        asked[colour] += 1
        right[colour] += _share(drawn, colour)[0] >= 0.35
        green += _share(drawn, colour)[0] < 0.35 <= _share(drawn, "green")[0]
    assert len(props) > 200
    assert right["green"] > 0.95 * asked["green"]
    assert right.total() > 0.6 * len(props)
    assert right.total() + green > 0.97 * len(props)


def test_land_is_green_unless_it_is_dry():
    """Where nothing else is said leaves are green, and where there is a choice, green is in it."""
    brown = {biome.name for biome in biomes() if "green" not in biome.leaves}
    assert brown == {"desert", "badlands"}
