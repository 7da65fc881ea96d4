"""The layers that characters are made of, read by the table and dyed: RGBA [32, 32, 4] each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from aigc_procgen.core.colours import COLOURS, colour_votes

from .colour import Pixels, adjust, drop_shadow, hard_alpha, lightness
from .errors import DataError
from .tables import matching

__all__ = ["Layer", "Wardrobe", "colour_name"]

Reader = Callable[[str], Pixels | None]

_INK = 26
"""Pixels no brighter than this are outline: they keep their colour and do not vote on it."""


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One layer: its row in `Wardrobe.pixels`, its file and what the labels say about it; `shows`
    of hair that is seen under every hat, `motley` of what has no one colour.
    """

    row: int
    path: str
    colour: str
    sex: str | None = None
    whole: bool = False
    dyed: bool = False
    shows: bool = False
    motley: bool = False


def colour_name(image: Pixels) -> str:
    """The main colour of a layer: the name that most of its pixels, without outline, vote for."""
    votes = dict(zip(COLOURS, colour_votes(image[None])[0].tolist(), strict=True))
    return max(sorted(votes), key=lambda name: votes[name]) if any(votes.values()) else "black"


def _toned(image: Pixels, percent: Iterable[int]) -> Pixels:
    """Skin pixels (warm ones) scaled by percent for each channel; cloth and outline stay."""
    rgb = image[..., :3].astype(np.int32)
    skin = (rgb[..., 0] - rgb[..., 2] > 24) & (image[..., 3] > 0)
    toned = np.clip(rgb * np.array(list(percent)) // 100, 0, 255).astype(np.uint8)
    result = image.copy()
    result[..., :3] = np.where(skin[..., None], toned, image[..., :3])
    return result


def _dyed(image: Pixels, ramp: list[list[int]]) -> Pixels:
    """All but the outline in the colours of the ramp."""
    ink = (image[..., 3] == 0) | (image[..., :3].max(-1) <= _INK)
    inside = image.copy()
    inside[ink] = 0
    light = lightness(inside)
    flat = bool(light[~ink].size) and float(np.ptp(light[~ink])) < 24
    # A flat layer has no shading to stretch: it takes the middle of the ramp.
    made = adjust(inside, {"ramp": ramp[1:3] if flat else ramp})
    made[ink] = image[ink]
    return made


@dataclass(kw_only=True)
class Wardrobe:
    """All layers, by attribute and value; row 0 of `pixels` is empty."""

    table: Mapping[str, Any]
    read: Reader
    paths: tuple[str, ...]
    pixels: list[Pixels] = field(default_factory=lambda: [np.zeros((32, 32, 4), np.uint8)])
    slots: dict[str, dict[str, list[Layer]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        table = self.table
        for slot in ("armour", "weapon", "offhand", "headgear", "cloak"):
            self.slots[slot] = {
                value: self._layers(entries, f"{slot} {value}")
                for value, entries in table[slot].items()
            }
        for slot in ("legs", "skirts", "boots", "gloves"):
            self.slots[slot] = {"any": self._layers(table[slot], slot)}
        self.slots["species"] = {
            name: self._bases(kind["bases"], name) for name, kind in table["species"].items()
        }
        self.slots["hair"] = {
            colour: self._hair(table["hair"], colour, ramp)
            for colour, ramp in table["hair_dyes"].items()
        }
        for name, drawn in table["drawn"].items():
            if "dyes" in drawn:
                continue  # drawn where it is asked for
            dyes = {"": drawn["colours"]} if "colours" in drawn else self._letters()
            self.slots[name] = {
                colour: [self._add(_draw(drawn, letters), name, colour)]
                for colour, letters in dyes.items()
            }

    def stack(self) -> Pixels:
        """All layers, uint8 [rows, 32, 32, 4]."""
        return np.stack(self.pixels)

    def _letters(self) -> dict[str, dict[str, list[int]]]:
        dyes: dict[str, list[list[int]]] = self.table["hair_dyes"]
        return {name: dict(zip("cba", ramp, strict=True)) for name, ramp in dyes.items()}

    def _add(self, image: Pixels, path: str, colour: str | None = None, **facts: Any) -> Layer:
        self.pixels.append(image)
        named = colour if colour is not None else colour_name(image)
        return Layer(row=len(self.pixels) - 1, path=path, colour=named, **facts)

    def _images(self, entry: Mapping[str, Any]) -> list[tuple[str, Pixels]]:
        found = []
        inside = {name: f"player/({entry[name]})" for name in ("files", "not") if name in entry}
        for path in matching({**entry, **inside}, self.paths):
            image = self.read(path)
            if image is not None:
                image = hard_alpha(image)
                if "gain" in entry:
                    image = adjust(image, {"gain": entry["gain"]})
                found.append((path, image))
        return found

    def _layers(self, entries: list[dict[str, Any]], what: str) -> list[Layer]:
        layers = []
        for entry in entries:
            if "drawn" in entry:
                layers += self._drawn(entry["drawn"])
                continue
            whole = bool(entry.get("whole"))
            only = entry.get("only", list(self.table["dyes"]))
            for path, image in self._images(entry):
                if not entry.get("dye"):
                    motley = bool(entry.get("motley"))
                    layers.append(self._add(image, path, whole=whole, motley=motley))
                    continue
                for colour in only:
                    dyed = _dyed(image, self.table["dyes"][colour])
                    layers.append(self._add(dyed, path, colour, whole=whole, dyed=True))
        if not layers:
            raise DataError(f"no usable file of the art for {what}")
        return layers

    def _drawn(self, name: str) -> list[Layer]:
        """A layer that the table draws, in each of its dyes; letters are a ramp from a on."""
        drawn, dyes = self.table["drawn"][name], self.table["dyes"]
        return [
            self._add(_draw(drawn, dict(zip("abcd", dyes[dye], strict=True))), name, dye)
            for dye in drawn["dyes"]
        ]

    def _bases(self, entries: list[dict[str, Any]], what: str) -> list[Layer]:
        layers = []
        for entry in entries:
            for path, image in self._images(entry):
                body = drop_shadow(image)
                suffix = re.search(r"_([fm])\d?\.png$", path)
                sex = {"f": "female", "m": "male"}[suffix[1]] if suffix else None
                for tone in self.table.get(str(entry.get("tones")), [[100, 100, 100]]):
                    layers.append(self._add(_toned(body, tone), path, sex=sex))
        if not layers:
            raise DataError(f"no usable file of the art for the species {what}")
        return layers

    def _hair(self, entries: list[dict[str, Any]], colour: str, ramp: Any) -> list[Layer]:
        return [
            self._add(
                _dyed_hair(image, ramp),
                path,
                colour,
                sex=entry["sex"],
                dyed=True,
                shows=bool(entry.get("shows")),
            )
            for entry in entries
            for path, image in self._images(entry)
        ]


def _dyed_hair(image: Pixels, ramp: list[list[int]]) -> Pixels:
    """Hair is dark and its outline is the hair's own: everything is dyed by its lightness."""
    return adjust(image, {"ramp": ramp})


def _draw(drawn: Mapping[str, Any], letters: Mapping[str, list[int]]) -> Pixels:
    """A small layer drawn in the table: rows of letters, each letter a colour."""
    image = np.zeros((32, 32, 4), np.uint8)
    top, left = drawn["at"]
    for down, row in enumerate(drawn["rows"]):
        for right, letter in enumerate(row):
            if letter in letters:
                image[top + down, left + right] = (*letters[letter], 255)
    return image
