"""Composed characters: chance dresses each one, and picture and labels follow from that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.random import Seed, Stream, stream

from .colour import Pixels
from .datasets import UNKNOWN
from .poses import FRAMES, pose
from .source import Progress
from .wardrobe import Layer, Wardrobe

__all__ = ["SLOTS", "Figures", "compose", "draw_figures", "dress", "outlined", "pick"]

SLOTS = (
    "cloak",
    "base",
    "legs",
    "boots",
    "skirt",
    "armour",
    "gloves",
    "hair",
    "beard",
    "headgear",
    "mark",
    "weapon",
    "offhand",
)
"""Back to front; `skirt` is over the boots, `mark` is what shows a species under every hat."""

_CHUNK = 512
_INK = 26  # of 255: what is darker in all of its channels is an outline
_LEGIBLE = 12  # pixels of hair: of fewer a classifier reads the colour of every second one


def pick(chances: Mapping[str, int], allowed: Sequence[str] | None, dice: Stream) -> str:
    """One of the names that are `allowed` (all, if None), each as likely as its chance says."""
    names = [name for name in chances if allowed is None or name in allowed]
    return dice.weighted(names, [chances[name] for name in names])


def _by_colour(layers: list[Layer], dice: Stream) -> Layer:
    """A layer of a colour that is drawn first, so that rare colours are not rare in the set."""
    colour = dice.choice(sorted({layer.colour for layer in layers}))
    return dice.choice([layer for layer in layers if layer.colour == colour])


def dress(wardrobe: Wardrobe, dice: Stream) -> tuple[dict[str, Layer], dict[str, str]]:
    """The layers by slot, and the attributes, of one character.

    An attribute that the picture does not show (the sex of a minotaur, the colour of armour that
    nobody wears) is left out.
    """
    table, slots = wardrobe.table, wardrobe.slots
    kinds: dict[str, dict[str, Any]] = table["species"]
    species = dice.weighted(list(kinds), [kind["weight"] for kind in kinds.values()])
    kind = kinds[species]
    sex = dice.choice(("female", "male"))
    bases = [layer for layer in slots["species"][species] if layer.sex in (sex, None)]
    base = dice.choice(bases or slots["species"][species])
    worn = {"base": base}
    labels = {"species": species}
    if base.sex is not None and "hair" in kind:  # bodies alone do not show it under armour
        labels["sex"] = base.sex
    female = base.sex == "female"
    _clothe(worn, labels, wardrobe, kind, female, dice)
    for slot in ("weapon", "offhand"):
        labels[slot] = pick(table["chances"][slot], None, dice)
        if labels[slot] != "none":
            worn[slot] = dice.choice(slots[slot][labels[slot]])
    chances = table["chances"]["cloak"]
    labels["cloak"] = "none" if kind.get("no_cloak") else pick(chances, None, dice)
    if labels["cloak"] != "none":
        worn["cloak"] = dice.choice(slots["cloak"][labels["cloak"]])
    _crown(worn, labels, wardrobe, kind, dice)
    return worn, labels


def _clothe(
    worn: dict[str, Layer],
    labels: dict[str, str],
    wardrobe: Wardrobe,
    kind: Mapping[str, Any],
    female: bool,
    dice: Stream,
) -> None:
    """Armour, legs, boots and gloves."""
    table, slots = wardrobe.table, wardrobe.slots
    allowed = list(table["chances"]["armour"])
    if not female:
        allowed.remove("dress")
    labels["armour"] = pick(table["chances"]["armour"], allowed, dice)
    whole = False
    if labels["armour"] != "none":
        armour = _by_colour(slots["armour"][labels["armour"]], dice)
        worn["armour"] = armour
        if not armour.motley:
            labels["colour"] = armour.colour
        whole = armour.whole
    legless = "bare_from" in kind
    if not whole and not legless and (labels["armour"] != "none" or dice.chance(1, 2)):
        if dice.chance(1, 2 if female else 12):
            worn["skirt"] = dice.choice(slots["skirts"]["any"])
        else:
            worn["legs"] = dice.choice(slots["legs"]["any"])
    if "boots" in kind:
        worn["boots"] = slots[kind["boots"]][""][0]
    elif not legless and dice.chance(3, 4):
        worn["boots"] = dice.choice(slots["boots"]["any"])
    if dice.chance(1, 3):
        worn["gloves"] = dice.choice(slots["gloves"]["any"])


def _crown(
    worn: dict[str, Layer],
    labels: dict[str, str],
    wardrobe: Wardrobe,
    kind: Mapping[str, Any],
    dice: Stream,
) -> None:
    """Headgear, hair, beard and what grows on the head of a species."""
    table, slots = wardrobe.table, wardrobe.slots
    labels["headgear"] = pick(table["chances"]["headgear"], kind.get("headgear"), dice)
    if labels["headgear"] != "none":
        worn["headgear"] = dice.choice(slots["headgear"][labels["headgear"]])
    _grow(worn, labels, wardrobe, kind, dice)
    if "mark" in kind:
        worn["mark"] = slots[kind["mark"]][""][0]


def _grow(
    worn: dict[str, Layer],
    labels: dict[str, str],
    wardrobe: Wardrobe,
    kind: Mapping[str, Any],
    dice: Stream,
) -> None:
    """Hair and beard. Women's hair is long and goes on below a hood, men's is short."""
    table, slots = wardrobe.table, wardrobe.slots
    growing = kind.get("hair", ["none"])
    colours = [name for name in table["chances"]["hair"] if growing is True or name in growing]
    sex = labels.get("sex")
    if sex == "female":
        colours = [name for name in colours if name != "none"] or colours
    colour = pick(table["chances"]["hair"], colours, dice)
    hidden = labels["headgear"] in table["hides_hair"]
    labels["hair"] = "none" if hidden else colour
    if colour != "none" and not (hidden and sex == "male"):
        styles = [layer for layer in slots["hair"][colour] if layer.sex == sex]
        worn["hair"] = dice.choice([layer for layer in styles if layer.shows or not hidden])
    if colour != "none" and sex == "male" and labels["headgear"] != "hood":
        beard = dice.below(100) < kind.get("beard", 0)
        full = kind.get("beard", 0) == 100 or dice.chance(1, 4)
        if beard:
            worn["beard"] = slots["full_beard" if full else "short_beard"][colour][0]
            labels["hair"] = colour
    if "beard" in worn:
        return
    hatted = hidden or labels["headgear"] in table["hides_most_hair"]
    if hatted and sex is not None and labels["armour"] != "dress":
        del labels["sex"]  # too little of it is seen
    covered = hidden and sex == "female"
    if covered or (sex == "male" and labels["headgear"] in table["hides_most_hair"]):
        del labels["hair"]


def compose(
    stack: Pixels, rows: NDArray[np.int32], bare_from: NDArray[np.int32]
) -> NDArray[np.uint8]:
    """Walking figures uint8 [n, 4, 32, 32, 4] of layer rows [n, slots], back to front (0 is none).

    Body armour is cut from the row `bare_from` [n] down, which below 32 means a tail instead of
    legs. Every coloured pixel on the border gets a black outline.
    """
    result = np.zeros((len(rows), FRAMES, 32, 32, 4), np.uint8)
    below = np.arange(32)[None, :, None] >= bare_from[:, None, None]
    gown: NDArray[np.bool_] = stack[:, -6:, :, 3].max((1, 2)) > 0
    # Some bodies have no legs and some armour reaches to the feet: they move otherwise.
    others = {
        "base": ("tail", bare_from < 32),
        "armour": ("gown", gown[rows[:, SLOTS.index("armour")]]),
    }
    for slot, name in enumerate(SLOTS):
        layer = stack[rows[:, slot]]
        if name == "armour":
            layer[below.repeat(32, 2)] = 0
        for frame in range(FRAMES):
            posed = pose(layer, name, frame)
            if name in others:
                other, chosen = others[name]
                posed = np.where(chosen[:, None, None, None], pose(layer, other, frame), posed)
            np.copyto(result[:, frame], posed, where=posed[..., 3:] > 0)
    return outlined(result.reshape(-1, 32, 32, 4)).reshape(result.shape)


def _hair_seen(stack: Pixels, rows: NDArray[np.int32]) -> NDArray[np.int64]:
    """How many pixels of hair and beard, outlines aside, nothing hides on standing figures of layer
    rows [n, slots], int64 [n].
    """
    seen = np.zeros(len(rows), np.int64)
    for start in range(0, len(rows), _CHUNK):
        part = slice(start, start + _CHUNK)
        over = np.zeros((len(rows[part]), 32, 32), np.bool_)
        for slot in reversed(SLOTS[SLOTS.index("hair") :]):
            layer = stack[rows[part, SLOTS.index(slot)]]
            solid = layer[..., 3] > 0
            if slot in ("hair", "beard"):
                shown = solid & ~over & (layer[..., :3].max(-1) > _INK)
                seen[part] += shown.sum((1, 2))
            over |= solid
    return seen


def outlined(figures: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The pictures [n, h, w, 4], changed in place: black around coloured pixels on a border."""
    solid = figures[..., 3] > 0
    inside = np.pad(solid & (figures[..., :3].max(-1) > _INK), ((0, 0), (1, 1), (1, 1)))
    around = inside[:, :-2, 1:-1] | inside[:, 2:, 1:-1] | inside[:, 1:-1, :-2] | inside[:, 1:-1, 2:]
    figures[around & ~solid] = (0, 0, 0, 255)
    return figures


def _shortened(without: list[int]) -> NDArray[np.intp]:
    """Which row each row of a short figure shows; what is lost on top is -1."""
    kept = [row for row in range(32) if row not in without]
    return np.array([-1] * (32 - len(kept)) + kept)


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Composed figures: `images` uint8 [n, 4, 32, 32, 4], `labels` uint8 [n, attributes], `rows`
    int32 [n, slots] of the layers each wears, and the paths of all layers that were used.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    rows: NDArray[np.int32]
    used: frozenset[str]


def draw_figures(
    wardrobe: Wardrobe, count: int, seed: Seed, progress: Progress | None = None
) -> Figures:
    """`count` figures, each in the four frames of a walk."""
    table = wardrobe.table
    attributes: dict[str, list[str]] = table["attributes"]
    dice = stream(seed, "characters")
    rows = np.zeros((count, len(SLOTS)), np.int32)
    labels = np.full((count, len(attributes)), UNKNOWN, np.uint8)
    bare_from = np.full(count, 32, np.int32)
    used: set[str] = set()
    for index in range(count):
        worn, facts = dress(wardrobe, dice)
        for slot, layer in worn.items():
            rows[index, SLOTS.index(slot)] = layer.row
            used.add(layer.path)
        for column, (name, values) in enumerate(attributes.items()):
            if name in facts:
                labels[index, column] = values.index(facts[name])
        bare_from[index] = table["species"][facts["species"]].get("bare_from", 32)
        if progress is not None and index % 2000 == 0:
            progress("dress", index, count)
    stack = wardrobe.stack()
    hair = list(attributes).index("hair")
    coloured = (labels[:, hair] != UNKNOWN) & (labels[:, hair] != attributes["hair"].index("none"))
    labels[coloured & (_hair_seen(stack, rows) < _LEGIBLE), hair] = UNKNOWN
    images = np.empty((count, FRAMES, 32, 32, 4), np.uint8)
    for start in range(0, count, _CHUNK):
        part = slice(start, start + _CHUNK)
        images[part] = compose(stack, rows[part], bare_from[part])
        if progress is not None:
            progress("compose", start, count)
    _shorten(images, labels[:, list(attributes).index("species")], wardrobe)
    return Figures(images=images, labels=labels, rows=rows, used=frozenset(used))


def _shorten(images: NDArray[np.uint8], species: NDArray[np.uint8], wardrobe: Wardrobe) -> None:
    """Takes rows out of the legs of short species, in place: a dwarf is not a bearded human."""
    for index, name in enumerate(wardrobe.table["attributes"]["species"]):
        without = wardrobe.table["species"][name].get("without_rows")
        if without:
            rows = _shortened(without)
            chosen = species == index
            short = images[chosen][:, :, np.maximum(rows, 0)]
            short[:, :, rows < 0] = 0
            images[chosen] = short
