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

_ENOUGH_COLOURINGS = 3  # of a drawing, for one of them to be kept from training
_PAIRS_TRIED = 400  # of a category, for those that join well to be found
_HELD_OUT = 8  # every so many of these is never trained on, in any colouring
_COLOURINGS_OF_A_PAIR = 4  # with half as many a network does not learn to put halves together
_IN_OTHER_COLOURS = 1.4  # times as much may be seen of a join as in those that it was found in


class _Pictures:
    """The pictures of a set as they are found, none of them twice in a category."""

    def __init__(self) -> None:
        self.images: list[Pixels] = []
        self.labels: list[int] = []
        self.parts: list[tuple[int, int, int]] = []
        self.held_out: list[bool] = []
        self.seen: set[bytes] = set()

    def add(self, image: Pixels, label: int, parts: tuple[int, int, int], held: bool) -> None:
        if image.tobytes() in self.seen or not image[..., 3].any():
            return
        self.seen.add(image.tobytes())
        self.images.append(image)
        self.labels.append(label)
        self.parts.append(parts)
        self.held_out.append(held)


def sprite_set(release: Release, seed: Seed = 0, progress: Progress | None = None) -> DataSet:
    """The set of items, features and monsters, one category each.

    A picture is made of the lower half of a drawing, the upper half of the same or another one, and
    a colouring: every drawing of a category is in every colouring of it, and of drawings that join
    well each pair in some colourings, so that a network may put together what it never saw. Of
    every other drawing one colouring is held out, and of the pairs every eighth one.
    """
    table = load_table("sprites")
    categories: dict[str, list[dict[str, Any]]] = table["categories"]
    found = _Pictures()
    known: dict[str, int] = {}  # a colouring's number in all categories
    fits: list[tuple[int, int]] = []
    drawing = 0  # their number in all categories
    for index, (category, entries) in enumerate(categories.items()):
        if progress is not None:
            progress("sprites", index, len(categories))
        stand = category in table["standing"]
        found.seen.clear()
        before = len(found.images)
        changes: list[dict[str, Any]] = []
        for change in (change for entry in entries for change in colourings(entry)):
            if change not in changes:
                changes.append(change)
        colours = [known.setdefault(repr(sorted(c.items())), len(known) + 1) for c in changes]
        drawn: dict[str, int] = {}
        made: dict[int, list[Pixels]] = {}
        for entry in entries:
            for path in matching(entry, release.files):
                picture = release.picture(path)
                if picture is None or path in drawn:  # or another entry has it, for other colours
                    continue
                drawing += 1
                drawn[path] = drawing
                made[drawing] = variants(picture, entry, SIZE, stand=stand, changes=changes)
                kept = drawing // 2 % len(changes) if drawing % 2 else -1
                for number, sprite in enumerate(made[drawing]):
                    held = len(changes) >= _ENOUGH_COLOURINGS and number == kept
                    found.add(sprite, index, (drawing, drawing, colours[number]), held)
        if len(found.images) == before:
            raise DataError(f"the art has no usable file for the category {category}")
        fits += [(drawing, drawing) for drawing in made]
        if category in table["joins"]:
            dice = stream(seed, "sprites", "joins", category)
            pairs = _joined(made, table["joins"][category], dice)
            fits += list(pairs)
            for number, (pair, place) in enumerate(pairs.items()):
                held = number % _HELD_OUT == _HELD_OUT - 1
                shown = dice.sample(range(len(changes)), 1 if held else _COLOURINGS_OF_A_PAIR)
                for colour in shown:
                    both = join(made[pair[0]][colour], made[pair[1]][colour], place)
                    parts = (*pair, colours[colour])
                    found.add(centred(both, SIZE, stand=stand), index, parts, held)
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
