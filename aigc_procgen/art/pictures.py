"""Tiles, sprites and figures from a seed: which latent and label go into which model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.colours import COLOURS, colour_votes
from aigc_procgen.core.errors import InvalidArgument, check_choice, check_int
from aigc_procgen.core.pack import Model, Pack
from aigc_procgen.core.random import Seed, stream

from .choice import best_of, count_specks, evened, unlikeness
from .reading import count_obeyed, read_values
from .sessions import draw

__all__ = [
    "circle",
    "face",
    "figure",
    "fitting_face",
    "front",
    "kinds",
    "label_of",
    "moving_tiles",
    "portrait",
    "sprites",
    "sprites_of",
    "steadiest",
    "tiles",
    "walk",
]

_RADIUS = 0.25  # of the circle that moving ground walks in latent space; further out it jumps
_PLANES = 6  # circles tried; of most a quarter moves much more than the others
_FIGURES = 3  # drawings to choose from, within 1/60 s; a fourth is no better by any score
_FACES = 8  # likewise; nearly all of them show then what was asked for
_TRIES = 16  # drawings to find one of a colour among
_MOSTLY = 3500  # ten thousandths of a drawing that are of a colour, for it to be of it
_SPECK = 120  # what a speck counts against likeness: with it skins fit 1 % worse than without


def kinds(pack: Pack, kind: str) -> tuple[str, ...]:
    """What a pack's model of tiles or sprites can be asked for: its materials or categories."""
    return next(iter(pack.model(kind).attributes.values()))


def _by_name(
    pack: Pack,
    kind: str,
    seed: Seed,
    name: str,
    count: int,
    palette: NDArray[np.uint8] | None,
) -> NDArray[np.uint8]:
    model = pack.model(kind)
    numbers = range(check_int("count", count, 0, 65536))
    label = label_of(model, name)
    return draw(pack, model, _latents(seed, model, name, numbers), label, palette)


def label_of(model: Model, name: str) -> NDArray[np.float32]:
    """The label of a material or category; `InvalidArgument` if the model does not know it."""
    attribute, known = next(iter(model.attributes.items()))
    return model.label({attribute: check_choice(attribute, name, known)})


def _latents(seed: Seed, model: Model, name: str, numbers: Iterable[int]) -> NDArray[np.float32]:
    # A latent a picture, so that the third of eight is also the third of four.
    rows = [stream(seed, model.kind, name, index).normals(model.latent) for index in numbers]
    return np.stack(rows) if rows else np.zeros((0, model.latent), np.float32)


def tiles(
    pack: Pack, seed: Seed, material: str, count: int, palette: NDArray[np.uint8] | None = None
) -> NDArray[np.uint8]:
    """Seamless ground, uint8 [count, size, size, 4], every pixel opaque.

    Opposite rims of a tile meet, so each is rolled to where its rims are as busy as its inside.
    """
    shown = None if palette is None else _by_name(pack, "tiles", seed, material, count, palette)
    return evened(_by_name(pack, "tiles", seed, material, count, None), shown)


def moving_tiles(
    pack: Pack,
    seed: Seed,
    material: str,
    count: int,
    frames: int = 4,
    palette: NDArray[np.uint8] | None = None,
) -> NDArray[np.uint8]:
    """Seamless ground that moves, uint8 [count, frames, size, size, 4]; it may loop for ever.

    The first frame is the tile of `tiles`. The others follow one circle through its latent, so the
    step from the last frame back to the first is like every other. Of a few circles drawn by the
    seed, the one is taken whose largest step is nearest to its smallest.
    """
    check_int("frames", frames, 1, 64)
    model = pack.model("tiles")
    label = label_of(model, material)

    def loops(
        centres: NDArray[np.float32],
        turns: NDArray[np.float32],
        palette: NDArray[np.uint8] | None = None,
    ) -> NDArray[np.uint8]:
        latents = centres[:, None] + turns[None]
        drawn = draw(pack, model, latents.reshape(-1, model.latent), label, palette)
        return drawn.reshape(len(centres), frames, *drawn.shape[1:])

    few, all_of_them = (_latents(seed, model, material, range(n)) for n in (2, count))
    best = steadiest(circle(seed, material, model.latent, frames), lambda turns: loops(few, turns))
    shown = None if palette is None else loops(all_of_them, best, palette)
    return evened(loops(all_of_them, best), shown)


def circle(seed: Seed, material: str, latent: int, frames: int) -> NDArray[np.float32]:
    """Circles in latent space to choose from: steps [circles, frames, latent] away from a centre.

    They go through the centre itself in frame 0, so that the first picture is the still one.
    """
    angles = np.arange(frames) * (2 * np.pi / frames)
    turn = np.stack([np.cos(angles) - 1, np.sin(angles)], 1).astype(np.float32) * _RADIUS
    planes = stream(seed, "moving", material).normals(_PLANES, 2, latent)
    return np.asarray(np.stack([turn @ plane for plane in planes]), np.float32)


def steadiest(
    circles: NDArray[np.float32], show: Callable[[NDArray[np.float32]], NDArray[np.uint8]]
) -> NDArray[np.float32]:
    """The circle whose largest step is nearest to its smallest, in pictures `show(circle)` of some
    latents uint8 [latents, frames, height, width, 4].
    """

    def unevenness(turns: NDArray[np.float32]) -> int:
        shown = show(turns)[..., :3].astype(np.int64)
        steps = np.abs(shown - np.roll(shown, -1, 1)).sum((0, 2, 3, 4))
        return int(steps.max() * 1000 // max(int(steps.min()), 1))

    return min(circles, key=unevenness)


def sprites(
    pack: Pack,
    seed: Seed,
    category: str,
    count: int,
    palette: NDArray[np.uint8] | None = None,
    colour: str | None = None,
) -> NDArray[np.uint8]:
    """Items, features or monsters, uint8 [count, size, size, 4], alpha 0 or 255.

    With a `colour`, one of `core.colours.COLOURS`, each is the first of sixteen drawings of which a
    good third is of it in the pack's own palette, or the one that has most of it.
    """
    if colour is None:
        return _by_name(pack, "sprites", seed, category, count, palette)
    numbers = range(check_int("count", count, 0, 65536))
    return sprites_of(pack, seed, category, numbers, palette, (colour,))


def sprites_of(
    pack: Pack,
    seed: Seed,
    category: str,
    numbers: Sequence[int],
    palette: NDArray[np.uint8] | None = None,
    colours: Sequence[str] = (),
    tries: int = _TRIES,
) -> NDArray[np.uint8]:
    """Those of `sprites` with these numbers, uint8 [len(numbers), size, size, 4].

    With `colours` each is of the first of them that any of so many `tries` at most is of, or has
    most of the last.
    """
    if colours:
        numbers, drawn = _of_colours(pack, seed, category, numbers, colours, min(tries, _TRIES))
        if palette is None:
            return drawn
    model = pack.model("sprites")
    label = label_of(model, category)
    return draw(pack, model, _latents(seed, model, category, numbers), label, palette)


def _of_colours(
    pack: Pack,
    seed: Seed,
    category: str,
    numbers: Sequence[int],
    colours: Sequence[str],
    tries: int,
) -> tuple[list[int], NDArray[np.uint8]]:
    """Which of the seed's sprites are its sprites of `colours` with these numbers, and they: each
    has sixteen of its own to choose among, so that the third of eight is also the third of four.
    """
    wanted = [COLOURS.index(check_choice("colour", colour, COLOURS)) for colour in colours]
    # Of each number its best so far: how good it is, which of the seed's, and the drawing.
    best: dict[int, tuple[tuple[int, ...], int, NDArray[np.uint8]]] = {}
    left = list(dict.fromkeys(numbers))
    for attempt in range(tries):
        if not left:
            break
        tried = [_TRIES * number + attempt for number in left]
        drawn = sprites_of(pack, seed, category, tried)
        votes = colour_votes(drawn)
        # In ten thousandths: a potion is mostly glass.
        shares = votes[:, wanted] * 10_000 // np.maximum(votes.sum(1, keepdims=True), 1)
        for number, which, picture, share in zip(left, tried, drawn, shares.tolist(), strict=True):
            good = (*(min(own, _MOSTLY) // _MOSTLY for own in share), share[-1])
            if number not in best or best[number][0] < good:
                best[number] = good, which, picture
        left = [number for number in left if not best[number][0][0]]
    size = pack.model("sprites").size
    pictures = np.array([best[number][2] for number in numbers], np.uint8)
    return [best[number][1] for number in numbers], pictures.reshape(-1, size, size, 4)


def figure(
    pack: Pack,
    seed: Seed,
    attributes: Mapping[str, str],
    palette: NDArray[np.uint8] | None = None,
    candidates: int = _FIGURES,
) -> NDArray[np.uint8]:
    """One character uint8 [directions, frames, size, size, 4], all out of one pass of the network.

    A pack that knows no directions has one, towards the player; one that knows no frames has one
    drawing a direction. Attributes that the pack does not know are left open. Of `candidates`
    drawings one is kept, the same in every palette: where the pack has a classifier of figures one
    that shows most of the attributes (Discriminator Rejection Sampling, Azadi et al., ICLR 2019,
    with a choice of few for a threshold), and of these the one with the fewest specks.
    """
    offered = range(check_int("candidates", candidates, 1, 64))
    model = pack.model("characters")
    drawn = _person(pack, "characters", "figure", seed, attributes, offered)
    standing = drawn.reshape(len(drawn), -1, *drawn.shape[-3:])[:, 0]
    best = best_of(_obeyed(pack, "characters", standing, attributes), count_specks(drawn))
    if palette is None:
        kept = drawn[best]
    else:
        (kept,) = _person(pack, "characters", "figure", seed, attributes, (best,), palette)
    return np.asarray(kept.reshape(-1, model.frames, *kept.shape[-3:]))


def front(pack: Pack) -> int:
    """Which of a figure's directions is the one towards the player."""
    directions = pack.model("characters").directions
    return directions.index("down") if "down" in directions else 0


def face(
    pack: Pack,
    seed: Seed,
    attributes: Mapping[str, str],
    palette: NDArray[np.uint8] | None = None,
    candidate: int = 0,
) -> NDArray[np.uint8]:
    """The head of one character uint8 [size, size, 4], drawn by the pack's model of portraits.

    A seed has many to offer; `candidate` is the number of one, e.g. that of `fitting_face`.
    """
    (drawn,) = _person(pack, "portraits", "face", seed, attributes, (candidate,), palette)
    return np.asarray(drawn)


def fitting_face(
    pack: Pack,
    seed: Seed,
    attributes: Mapping[str, str],
    sprite: NDArray[np.uint8],
    candidates: int = _FACES,
    *,
    above: bool = True,
) -> tuple[int, NDArray[np.uint8]]:
    """Which of the faces of a seed goes with a figure [s, s, 4], and that face [size, size, 4].

    Of those that show most of the attributes, where the pack has a classifier of heads, the one
    that looks most like the figure; `above` as for `unlikeness`. The number is good for every mood
    of `face`: its latent alone decides whose face it is.
    """
    check_figure(sprite)
    offered = range(check_int("candidates", candidates, 1, 64))
    drawn = _person(pack, "portraits", "face", seed, attributes, offered)
    faults = unlikeness(sprite, drawn, above=above) + _SPECK * count_specks(drawn)
    best = best_of(_obeyed(pack, "portraits", drawn, attributes), faults)
    return best, drawn[best]


def _obeyed(
    pack: Pack, kind: str, drawn: NDArray[np.uint8], attributes: Mapping[str, str]
) -> NDArray[np.int64]:
    """How many of the attributes each of some pictures [n, size, size, 4] of a person shows."""
    return count_obeyed(read_values(pack, kind, drawn), [attributes] * len(drawn))


def _person(
    pack: Pack,
    kind: str,
    name: str,
    seed: Seed,
    attributes: Mapping[str, str],
    candidates: Iterable[int],
    palette: NDArray[np.uint8] | None = None,
) -> NDArray[np.uint8]:
    """What a pack's model of people draws of one [candidates, ...], a latent each from `name`."""
    model = pack.model(kind)
    # The first is the one that there was before there was a choice.
    names = [(name, number) if number else (name,) for number in candidates]
    z = np.concatenate([stream(seed, *own).normals(1, model.latent) for own in names])
    return draw(pack, model, z, model.label(attributes, strict=False), palette)


def walk(sprite: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A four-frame walk uint8 [4, h, w, 4] made from one figure's pixels.

    Stand, left foot up, stand, right foot up: the body rises by a pixel while a foot is off the
    ground. For packs whose figures are one picture: the frames are moved pixels of that drawing.
    """
    check_figure(sprite)
    rows = np.flatnonzero(sprite[..., 3].any(1))
    columns = np.flatnonzero(sprite[..., 3].any(0))
    if not len(rows):
        return np.repeat(sprite[None], 4, 0)
    foot = rows[-1] + 1
    hip = foot - max((foot - rows[0]) // 4, 2)
    middle = (columns[0] + columns[-1] + 1) // 2
    frames = [sprite]
    for lifted in (slice(0, middle), slice(middle, sprite.shape[1])):
        frame = sprite.copy()
        frame[: hip - 1] = sprite[1:hip]  # the body, a pixel higher; the hip row stays to join it
        legs = np.zeros_like(sprite[hip:foot, lifted])
        legs[:-1] = sprite[hip + 1 : foot, lifted]
        frame[hip:foot, lifted] = legs
        frames += [frame, sprite]
    return np.stack(frames[:4])


def portrait(sprite: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The head and shoulders of a figure, twice as large: uint8 of the sprite's own shape.

    For packs without a model of portraits: cut from the drawing itself. A figure of fewer than 32
    pixels is left whole: half of it is too little for a face.
    """
    check_figure(sprite)
    size = sprite.shape[0]
    if size < 32:
        return sprite.copy()
    half = size // 2
    rows = np.flatnonzero(sprite[..., 3].any(1))
    top = min(max(int(rows[0]) - 1, 0), size - half) if len(rows) else 0
    # The middle of the head, not of the figure: a spear to the side must not move the face.
    mass = sprite[top + 2 : top + half, :, 3].astype(np.int64).sum(0)
    middle = int((mass * np.arange(size)).sum() // max(int(mass.sum()), 1))
    left = min(max(middle - half // 2, 0), size - half)
    head: NDArray[np.uint8] = sprite[top : top + half, left : left + half]
    return head.repeat(2, 0).repeat(2, 1)


def check_figure(sprite: NDArray[np.uint8]) -> None:
    """Raises `InvalidArgument` unless `sprite` is a square RGBA picture."""
    if sprite.ndim != 3 or sprite.shape[0] != sprite.shape[1] or sprite.shape[2] != 4:
        raise InvalidArgument(f"sprite must be [size, size, 4], not {list(sprite.shape)}")
