"""The sprites of the crawl tiles: drawings in all their colourings, and drawings joined of two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from aigc_procgen.core.random import Seed, Stream, stream

from .colour import Pixels
from .datasets import DataSet
from .errors import DataError
from .joins import Join, cost_of, find_join, join
from .release import SIZE, Release
from .source import Progress
from .sprites import centred, colourings, variants
from .tables import load_table, matching

__all__ = ["sprite_set"]

_PAIRS_TRIED = 400  # of a category, for those that join well to be found
_NEVER_SHOWN = 8  # every so many of these is never trained on, in any colouring
_KEPT_BACK = 2, 5  # two in five colourings of every drawing are never trained on
_SHOWN_OF_A_PAIR = 4  # colourings: with half as many a network does not learn to join
_MANY = 6  # drawings of a category, for a network to learn what its colourings do to any of them
_MEASURED = 4  # of every so many of these pairs one colouring that is kept back is in the set
_IN_OTHER_COLOURS = 1.4  # times as much may be seen of a join as in those that it was found in
_SEEN = 4  # of 255 that a pixel changes in the mean, for a colouring to be another one


class _Pictures:
    """The pictures of a set as they are found."""

    def __init__(self) -> None:
        self.images: list[Pixels] = []
        self.labels: list[int] = []
        self.parts: list[tuple[int, int, int]] = []
        self.held_out: list[bool] = []

    def add(self, image: Pixels, label: int, parts: tuple[int, int, int], held: bool) -> None:
        self.images.append(image)
        self.labels.append(label)
        self.parts.append(parts)
        self.held_out.append(held)


def sprite_set(release: Release, seed: Seed = 0, progress: Progress | None = None) -> DataSet:
    """The set of items, features and monsters, one category each.

    A picture is made of the lower half of a drawing, the upper half of the same or another one that
    fits it, and a colouring of its category. A network learns from three in five colourings of
    every drawing, and from some of every pair; what it is measured on are colourings and pairs that
    were kept back. `fits` lists what may be drawn: all colourings of what is shown in some, but of
    a category of few drawings only those that are shown, for there it draws others badly (after
    600,000 images 0.58 of the pixels of drawings in new colours are exact, 0.60 of such pairs, 0.33
    of pairs never shown).
    """
    table = load_table("sprites")
    categories: dict[str, list[dict[str, Any]]] = table["categories"]
    found = _Pictures()
    known: dict[str, int] = {}  # a colouring's number in all categories
    fits: list[tuple[int, int, int]] = []
    drawing = 0  # their number in all categories
    for index, (category, entries) in enumerate(categories.items()):
        if progress is not None:
            progress("sprites", index, len(categories))
        stand = category in table["standing"]
        changes: list[dict[str, Any]] = []
        for change in (change for entry in entries for change in colourings(entry)):
            if change not in changes:
                changes.append(change)
        colours = [known.setdefault(repr(sorted(c.items())), len(known) + 1) for c in changes]
        drawn: set[bytes] = set()  # in its first colouring, whichever file or pair has it
        made: dict[int, list[Pixels]] = {}
        for entry in entries:
            for path in matching(entry, release.files):
                picture = release.picture(path)
                if picture is None:
                    continue
                sprites = variants(picture, entry, SIZE, stand=stand, changes=changes)
                if sprites[0].tobytes() in drawn or not sprites[0][..., 3].any():
                    continue
                drawn.add(sprites[0].tobytes())
                drawing += 1
                made[drawing] = sprites
        if not made:
            raise DataError(f"the art has no usable file for the category {category}")
        for number, (name, sprites) in enumerate(made.items()):
            own = _unlike(sprites)
            back = _kept_back(number, len(own))
            for rank, colour in enumerate(own):
                parts = (name, name, colours[colour])
                found.add(sprites[colour], index, parts, rank in back)
                if rank not in back or len(made) >= _MANY:
                    fits.append(parts)
        if category in table["joins"]:
            dice = stream(seed, "sprites", "joins", category)
            for number, (pair, place) in enumerate(
                _joined(made, table["joins"][category], dice).items()
            ):
                halves = zip(made[pair[0]], made[pair[1]], strict=True)
                both = [centred(join(*half, place), SIZE, stand=stand) for half in halves]
                if both[0].tobytes() in drawn:
                    continue
                drawn.add(both[0].tobytes())
                own = _unlike(both)
                mixed = dice.sample(own, len(own))
                # At least two are left to be drawn as nobody drew them.
                shown = max(1, min(_SHOWN_OF_A_PAIR, len(own) - 2))
                if number % _NEVER_SHOWN == _NEVER_SHOWN - 1:
                    shown = 0
                measured = shown == 0 or number % _MEASURED == 0
                for rank, colour in enumerate(mixed):
                    parts = (*pair, colours[colour])
                    if rank < shown + measured:
                        found.add(both[colour], index, parts, rank >= shown)
                    if rank < shown or (shown and len(made) >= _MANY):
                        fits.append(parts)
    return DataSet(
        kind="sprites",
        images=np.stack(found.images),
        labels=np.array(found.labels, np.uint8)[:, None],
        attributes={"category": list(categories)},
        flip=tuple(table["flip"]),
        parts=np.array(found.parts, np.int32),
        slots=("lower", "upper", "colouring"),
        fits=np.array(fits, np.int32),
        held_out=np.array(found.held_out, np.bool_),
    )


def _unlike(sprites: Sequence[Pixels]) -> list[int]:
    """Which of a drawing's colourings are to be seen as others than those before them: turned hues
    change nothing of grey steel.
    """
    result: list[int] = []
    solid = sprites[0][..., 3] > 0
    inks = [sprite[solid].astype(np.int32) for sprite in sprites]
    for number, ink in enumerate(inks):
        if all(np.abs(ink - inks[other]).mean() >= _SEEN for other in result):
            result.append(number)
    return result


def _kept_back(number: int, count: int) -> set[int]:
    """Which of the `count` colourings of a category's drawing are never trained on: others of each
    drawing, so that every colouring is seen on some.
    """
    share, whole = _KEPT_BACK
    kept = count * share // whole if count >= 3 else 0
    return {(number * kept + step) % count for step in range(kept)}


def _joined(
    made: Mapping[int, Sequence[Pixels]], rule: Mapping[str, Any], dice: Stream
) -> dict[tuple[int, int], Join]:
    """Pairs of drawings of which the upper half of the second fits the lower half of the first, in
    random order.
    """
    pairs = [(lower, upper) for lower in made for upper in made if lower != upper]
    result = {}
    for lower, upper in dice.sample(pairs, _PAIRS_TRIED):
        place = find_join(made[lower][0], made[upper][0], rule["along"])
        if place is None or place.cost > rule["most"]:
            continue
        # A change of colour may be of some rows only, which the two need not have in one place.
        costs = [cost_of(*both, place) for both in zip(made[lower], made[upper], strict=True)]
        if max(costs) <= _IN_OTHER_COLOURS * rule["most"]:
            result[lower, upper] = place
    return result
