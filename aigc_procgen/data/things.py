"""The sprites of the crawl tiles: drawings in all their colourings, and drawings joined of two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

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
_SHOWN = 2  # colourings of a drawing or a pair that are trained on: it is known by them
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
    fits it, and one of the colourings of its category, counted from 1, which is the one that most
    is told by. `swatches` say what a colouring does to colours, so that a network need only learn
    shapes: from two colourings of a drawing or a pair, chosen to tell its colours apart. What it is
    measured on are colourings and pairs that were kept back. `fits` lists what may be drawn:
    all colourings of what is shown in some.
    """
    table = load_table("sprites")
    categories: dict[str, list[dict[str, Any]]] = table["categories"]
    found = _Pictures()
    fits: list[tuple[int, int, int]] = []
    swatches: list[NDArray[np.int32]] = []
    drawing = 0  # their number in all categories
    for index, (category, entries) in enumerate(categories.items()):
        if progress is not None:
            progress("sprites", index, len(categories))
        stand = category in table["standing"]
        changes: list[dict[str, Any]] = []
        for change in (change for entry in entries for change in colourings(entry)):
            if change not in changes:
                changes.append(change)
        changes.sort(key=lambda change: "ramp" in change)
        dice = stream(seed, "sprites", "colours", category)
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
        swatches.append(_swatches(index, list(made.values())))
        for name, sprites in made.items():
            mixed, shown = _mixed(sprites, changes, dice)
            for rank, colour in enumerate(mixed):
                parts = (name, name, colour + 1)
                found.add(sprites[colour], index, parts, rank >= shown)
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
                mixed, shown = _mixed(both, changes, dice)
                if number % _NEVER_SHOWN == _NEVER_SHOWN - 1:
                    shown = 0
                measured = shown == 0 or number % _MEASURED == 0
                for rank, colour in enumerate(mixed):
                    parts = (*pair, colour + 1)
                    if rank < shown + measured:
                        found.add(both[colour], index, parts, rank >= shown)
                    if shown:
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
        swatches=np.concatenate(swatches),
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


def _mixed(
    sprites: Sequence[Pixels], changes: Sequence[Mapping[str, Any]], dice: Stream
) -> tuple[list[int], int]:
    """A drawing's colourings in random order, and how many of the first ones are to be trained on.

    Turned hues can be turned back, and two tints of grey tell grey from what has a tint's colour
    anyway; what is shown in ramps alone might have had any hue, if the category has others.
    """
    own = _unlike(sprites)
    mixed = dice.sample(own, len(own))
    shown = min(_SHOWN, len(mixed))
    kinds = [next((k for k in ("ramp", "tint") if k in changes[c]), "") for c in mixed]
    if "" in kinds and "" not in kinds[:shown] and kinds[:shown].count("tint") < 2:
        mixed.insert(0, mixed.pop(kinds.index("")))
    return mixed, shown


def _swatches(category: int, drawings: Sequence[Sequence[Pixels]]) -> NDArray[np.int32]:
    """What a category's colourings make of the colours of its drawings, as `DataSet.swatches`."""
    result = []
    solid = [sprites[0][..., 3] > 0 for sprites in drawings]
    inks = [
        np.concatenate([sprites[c][at][:, :3] for sprites, at in zip(drawings, solid, strict=True)])
        for c in range(len(drawings[0]))
    ]
    for number, coloured in enumerate(inks, 1):
        both = np.concatenate([inks[0], coloured], 1).astype(np.int32)
        rows, counts = np.unique(both, axis=0, return_counts=True)
        head = np.broadcast_to(np.array([category, number], np.int32), (len(rows), 2))
        result.append(np.concatenate([head, rows, counts[:, None].astype(np.int32)], 1))
    return np.concatenate(result)


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
