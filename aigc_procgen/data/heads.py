"""Portraits: heads of DiceBear's Pixel Art, given the species, hats and moods of our people."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from aigc_procgen.core.errors import check_int
from aigc_procgen.core.random import Seed, Stream, check_seed, stream

from .datasets import UNKNOWN, DataSet, last_held_out, write_set
from .errors import DataError
from .figures import pick
from .head_raster import (
    MATERIALS,
    RGB,
    ROOM,
    SIDE,
    TONES,
    Codes,
    code_of,
    compose_heads,
    enlarged,
    lashed,
    palette,
    raster,
    shouldered,
    tones_of,
)
from .source import Progress, download, files_digest
from .tables import load_table
from .writing import new_set

__all__ = ["PORTRAIT_SLOTS", "Closet", "Head", "build_heads", "dress_head", "head_set"]

PORTRAIT_SLOTS = (
    "species",
    "hair",
    "beard",
    "brows",
    "mouth",
    "eyes",
    "clothes",
    "mantle",
    "headgear",
    "glasses",
    "jewel",
)

MOST_HEADS = 100_000

_WHEEL = (
    "https://files.pythonhosted.org/packages/57/cf/"
    "81750afd1827590a05ef871b7e93cf52f28256d3e1f6fba9ee3d50a308fc/"
    "dicebear_styles-10.6.0-py3-none-any.whl"
)
_STYLE = "dicebear_styles/pixel-art.json"
_STYLE_DIGEST = "634c8925c165663052d76c768d6edcd750bd11ae932c2c619cbeee1cb24fc9bb"
_MOST_BYTES = 64 * 1024 * 1024
_ADVICE = "run `pip download --no-deps dicebear-styles` elsewhere and pass the wheel with --from"

_CHUNK = 512
_BRIM = 9  # the row down to which a hat hides hair
_LEAST_HAIR = 16  # pixels of hair under a hat that show its colour


def _rgb(text: str) -> RGB:
    red, green, blue = bytes.fromhex(text.removeprefix("#"))
    return red, green, blue


def _dye(dye: Sequence[Sequence[int]]) -> list[RGB]:
    """Five tones of the three or four of a dye of the figures."""
    tones: list[RGB] = [(red, green, blue) for red, green, blue in dye]
    if len(tones) == 3:
        red, green, blue = tones[0]
        tones.insert(0, (red * 60 // 100, green * 58 // 100, blue * 66 // 100))
    return [*tones, tones_of(tones[-1])[3]]


@dataclass(kw_only=True)
class Closet:
    """Every layer of a portrait as codes [35, 32], by name; layer 0 is empty.

    `style` is DiceBear's pixel-art.json. `parts` numbers what a portrait can be made of.
    """

    style: Mapping[str, Any]
    table: Mapping[str, Any] = field(default_factory=lambda: load_table("heads", "head_tables"))
    drawings: Mapping[str, Any] = field(
        default_factory=lambda: load_table("drawings", "head_tables")
    )
    people: Mapping[str, Any] = field(default_factory=lambda: load_table("characters"))
    layers: list[Codes] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    parts: dict[str, int] = field(default_factory=lambda: {"": 0})

    def __post_init__(self) -> None:
        self._add("", np.zeros((SIDE + ROOM, SIDE), np.uint8))
        for name, drawing in self.drawings.items():
            self._add(name, self._drawn(drawing))
        try:
            self._read_style()
        except (KeyError, TypeError, AttributeError, IndexError) as error:
            raise DataError(
                f"the portrait art lacks {error}: pass DiceBear's pixel-art.json"
            ) from None
        self._number()

    @property
    def attributes(self) -> dict[str, list[str]]:
        """Names and values as the figures have them, then those of a face."""
        same = {name: self.people["attributes"][name] for name in ("species", "sex", "hair")}
        worn = {name: self.people["attributes"][name] for name in ("headgear", "colour")}
        chances = self.table["chances"]
        return {**same, **worn, "beard": list(chances["beard"]), "mood": list(chances["mood"])}

    def _add(self, name: str, codes: Codes) -> None:
        self.rows[name] = len(self.layers)
        self.layers.append(codes)

    def _drawn(self, drawing: Mapping[str, Any]) -> Codes:
        """A drawing of the table: rows of letters, each a material and a tone."""
        codes = np.zeros((SIDE + ROOM, SIDE), np.uint8)
        letters: dict[str, tuple[str, int]] = self.table["letters"]
        top, left = drawing["at"]
        for down, line in enumerate(drawing["rows"]):
            for right, letter in enumerate(line):
                row, column = top + down + ROOM, left + right
                if letter == "." or row >= len(codes):
                    continue
                codes[row, column] = code_of(*letters[letter])
                if drawing.get("mirror"):
                    codes[row, SIDE - 1 - column] = codes[row, column]
        return codes

    def _read_style(self) -> None:
        """The parts of the art that the table names, at twice their size."""
        canvas = self.style["canvas"]["elements"]
        paths = [element for element in canvas if element["type"] == "element"]
        offsets: dict[str, tuple[float, float]] = {}
        for element in canvas:
            if element["type"] == "component":
                moved = str(element.get("attributes", {}).get("transform", "translate(0 0)"))
                numbers = [float(n) for n in moved.partition("(")[2].rstrip(")").split()]
                offsets[element["name"]] = (numbers[0], numbers[1] if len(numbers) > 1 else 0.0)
        head = raster(paths[1:])
        skin = raster(paths[:1])
        # The head is as light as its colour says; what is under it lies in its shadow.
        skin[(skin > 0) & (head == 0)] -= 1
        self._add("skin", shouldered(enlarged(skin)))
        table = self.table
        wanted: dict[str, set[str]] = {
            "hair": {name for names in table["hair"].values() for name in names},
            "clothes": set(table["clothes"]),
            "glasses": set(table["chances"]["glasses"]) - {"none"},
            "accessories": set(table["chances"]["jewel"]) - {"none"},
        }
        named = [*table["eyes"].values(), *table["beards"].values()]
        named += [names for moods in table["mouths"].values() for names in moods.values()]
        named += [entry["parts"] for entries in table["headgear"].values() for entry in entries]
        for name in [name for names in named for name in names if "/" in name]:
            component, _, variant = name.partition("/")
            wanted.setdefault(component, set()).add(variant)
        for component, variants in sorted(wanted.items()):
            for variant in sorted(variants):
                elements = self.style["components"][component]["variants"][variant]["elements"]
                self._part(component, variant, raster(elements, offsets[component]))

    def _part(self, component: str, variant: str, codes: Codes) -> None:
        name = f"{component}/{variant}"
        if component == "eyes":
            for sex in ("female", "male"):
                self._add(f"{name}/{sex}", lashed(codes, long=sex == "female"))
            return
        if component == "beard":  # a veil of white over hair: plain hair here
            codes = np.where(codes > 0, code_of("hair", 1), 0).astype(np.uint8)
        layer = enlarged(codes)
        if component == "glasses":  # the eyes are seen through them
            layer[layer // TONES == MATERIALS.index("white")] = 0
        if component == "clothes":
            layer = shouldered(layer)
        if component == "mouth":
            above = np.vstack([np.zeros_like(layer[:1]), layer[:-1]])
            layer[(layer == code_of("mouth")) & (above == 0)] = code_of("mouth", 0)
        self._add(name, layer)
        if component == "hair":
            for headgear, row in self.table["crops_hair"].items():
                cropped = layer.copy()
                cropped[: row + ROOM] = 0
                self._add(f"{name}/{headgear}", cropped)

    def _number(self) -> None:
        """Numbers all parts there can be, so that the same art always gives the same numbers."""
        table, hairs = self.table, list(self.people["hair_dyes"])
        irises = set(table["colours"]["eyes"])
        for species, kind in table["species"].items():
            for index, look in enumerate(kind["looks"]):
                irises.update(look.get("irises", ()))
                for skin in look["skins"]:
                    self._name("species", f"{species}{index}", skin)
        for name in sorted({name for names in table["hair"].values() for name in names}):
            for colour in hairs:
                self._name("hair", name, colour)
        for name in [*table["beards"]["short"], *table["beards"]["full"]]:
            for colour in hairs:
                self._name("beard", name, colour)
        for pattern in table["brows"].values():
            for mood in table["chances"]["mood"]:
                self._name("brows", pattern.format(mood=mood), "")
        for moods in table["mouths"].values():
            for names in moods.values():
                for name in names:
                    self._name("mouth", name, "")
        own = {name for kind in table["species"].values() for name in _eyes_of(kind)}
        own.update(name for names in table["eyes"].values() for name in names)
        for name in sorted(own):
            for colour in sorted(irises):
                self._name("eyes", name, colour)
        for name in table["clothes"]:
            for colour in self.people["dyes"]:
                self._name("clothes", name, colour)
        for name in table["chances"]["mantle"]:
            self._name("mantle", name, "")
        for value, entries in table["headgear"].items():
            for index, _ in enumerate(entries):
                for colour in self.headgear_colours(value):
                    self._name("headgear", f"{value}{index}", colour)
        for slot in ("glasses", "jewel"):
            for name in table["chances"][slot]:
                self._name(slot, name, "")

    def headgear_colours(self, value: str) -> list[str]:
        """The colours, as #rrggbb, that a value of headgear comes in."""
        colours: dict[str, list[str]] = self.table["colours"]
        return colours[{"helm": "metal", "crown": "gold"}.get(value, "hat")]

    def _name(self, slot: str, name: str, colour: str) -> None:
        self.parts.setdefault(f"{slot}:{name}:{colour}", len(self.parts))

    def stack(self) -> Codes:
        """All layers, codes uint8 [layers, 35, 32]."""
        return np.stack(self.layers)


def _eyes_of(kind: Mapping[str, Any]) -> list[str]:
    """The eyes that a species and its looks have instead of the usual ones."""
    places = [kind, *kind["looks"]]
    return [name for place in places for name in place.get("eyes", ())]


@dataclass(kw_only=True)
class Head:
    """One portrait before it is drawn: layers back to front, parts, colours and labels.

    `parts` maps a slot to NAME:COLOUR, `drop` is how many pixels it is moved down.
    """

    layers: list[str] = field(default_factory=list)
    parts: dict[str, str] = field(default_factory=dict)
    colours: dict[str, list[RGB]] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    drop: int = 0


def dress_head(closet: Closet, dice: Stream) -> Head:
    """One portrait by chance. What cannot be seen (the sex of a minotaur) has no label."""
    table, people = closet.table, closet.people
    kinds: dict[str, dict[str, Any]] = table["species"]
    species = dice.weighted(list(kinds), [kind["weight"] for kind in kinds.values()])
    kind = kinds[species]
    number = dice.below(len(kind["looks"]))
    look = {**kind, **kind["looks"][number]}
    sex = dice.choice(("female", "male"))
    head = Head()
    labels, colours = head.labels, head.colours
    labels["species"] = species
    if not look.get("sexless"):
        labels["sex"] = sex
    chances = table["chances"]
    labels["mood"] = pick(chances["mood"], None, dice)
    labels["colour"] = dice.choice(closet.attributes["colour"])
    labels["headgear"] = pick(chances["headgear"], look.get("headgear"), dice)
    colours["clothes"] = _dye(people["dyes"][labels["colour"]])
    iris = dice.choice(look.get("irises", table["colours"]["eyes"]))
    colours["eyes"] = tones_of(_rgb(iris))
    for material, named in (("mark", "marks"), ("horn", "horns")):
        colours[material] = tones_of(_rgb(dice.choice(look.get(named, table["colours"][material]))))
    skin = dice.choice(look["skins"])
    colours["skin"] = tones_of(_rgb(skin))
    head.parts["species"] = f"{species}{number}:{skin}"
    head.layers += [*look.get("back", ()), "skin"]
    shoulders = len(head.layers)
    head.layers += look.get("face", ())
    eyes = dice.choice(look.get("eyes", table["eyes"][sex]))
    head.layers.append(f"{eyes}/{sex}" if "/" in eyes else eyes)
    head.parts["eyes"] = f"{eyes}:{iris}"
    _face(head, closet, look, sex, dice)
    head.layers += look.get("side", ())
    _crown(head, closet, dice)
    head.layers += look.get("top", ())
    head.layers[shoulders:shoulders] = _clothes(head, closet, dice)
    for material, choices in table["colours"].items():
        if material in MATERIALS and material not in colours:
            colours[material] = tones_of(_rgb(dice.choice(choices)))
    if "hair" not in head.parts and "beard" not in head.parts:
        labels.pop("sex", None)  # nobody can tell under a helm, or of a skull
    return head


def _clothes(head: Head, closet: Closet, dice: Stream) -> list[str]:
    """The layers of clothes, of what lies over the shoulders, and of jewels."""
    table = closet.table
    clothes = dice.choice(table["clothes"])
    layers = [f"clothes/{clothes}"]
    head.parts["clothes"] = f"{clothes}:{head.labels['colour']}"
    # Under a full beard only a little more may hide the colour of the clothes.
    allowed = table["mantles_under_full_beard"] if head.labels["beard"] == "full" else None
    mantle = pick(table["chances"]["mantle"], allowed, dice)
    if mantle != "none":
        layers += table["mantles"].get(mantle, [mantle])
        head.parts["mantle"] = f"{mantle}:"
    jewel = pick(table["chances"]["jewel"], None, dice)
    if jewel != "none" and "sex" in head.labels:
        layers.append(f"accessories/{jewel}")
        head.parts["jewel"] = f"{jewel}:"
    return layers


def _face(head: Head, closet: Closet, look: Mapping[str, Any], sex: str, dice: Stream) -> None:
    """Hair, beard, mouth, brows and glasses."""
    table, labels = closet.table, head.labels
    growing = look.get("hair", True)
    allowed = None if growing is True else growing
    colour = pick(table["chances"]["hair"], allowed, dice)
    bald = allowed == ["none"]
    # Brows and beards of the bald have a colour too.
    own = colour if colour != "none" else dice.choice(("black", "brown", "white"))
    head.colours["hair"] = (
        [head.colours["skin"][0]] * TONES if bald else _dye(closet.people["hair_dyes"][own])
    )
    hidden = labels["headgear"] in table["hides_hair"]
    labels["hair"] = "none" if hidden else colour
    chances = look.get("beard", table["chances"]["beard"])
    bearded = labels.get("sex") == "male" and not bald and colour != "none"
    labels["beard"] = pick(chances, None, dice) if bearded else "none"
    if labels["beard"] != "none":
        beard = dice.choice(table["beards"][labels["beard"]])
        head.layers.append(beard)
        head.parts["beard"] = f"{beard}:{colour}"
        labels["hair"] = colour  # it shows in the beard
    mood = labels["mood"]
    mouths = table["mouths"][look.get("mouths", "face")]
    if mouths:
        mouth = dice.choice(mouths[mood])
        head.layers.append(mouth)
        head.parts["mouth"] = f"{mouth}:"
    elif labels["headgear"] in table["hides_brows"]:
        del labels["mood"]
    head.layers += look.get("over", ())
    glasses = pick(table["chances"]["glasses"], None, dice)
    if glasses != "none" and "eyes" not in look:
        head.layers.append(f"glasses/{glasses}")
        head.parts["glasses"] = f"{glasses}:"
    if colour != "none" and not hidden and not bald:
        _comb(head, closet, colour, dice)
    brows = table["brows"][sex if "sex" in labels else "male"].format(mood=mood)
    head.layers.append(brows)
    head.parts["brows"] = f"{brows}:"


def _comb(head: Head, closet: Closet, colour: str, dice: Stream) -> None:
    """The hair; what a hat hides of it so far that its colour is lost does not count."""
    table, labels = closet.table, head.labels
    hair = dice.choice(table["hair"][labels.get("sex", "male")])
    layer = f"hair/{hair}"
    if labels["headgear"] in table["crops_hair"]:
        layer += f"/{labels['headgear']}"
        shown = closet.layers[closet.rows[layer]][ROOM + _BRIM :]
        if np.count_nonzero(shown) < _LEAST_HAIR:
            if "beard" not in head.parts:
                labels["hair"] = "none"
            return
    head.layers.append(layer)
    head.parts["hair"] = f"{hair}:{colour}"


def _crown(head: Head, closet: Closet, dice: Stream) -> None:
    """Headgear and its colours."""
    table, value = closet.table, head.labels["headgear"]
    if value == "none":
        return
    number = dice.below(len(table["headgear"][value]))
    entry = table["headgear"][value][number]
    colour = dice.choice(closet.headgear_colours(value))
    head.colours["metal" if value in ("helm", "crown") else "hat"] = tones_of(_rgb(colour))
    head.layers += entry["parts"]
    head.parts["headgear"] = f"{value}{number}:{colour}"
    head.drop = int(entry.get("drop", 0))


def head_set(
    closet: Closet, count: int, seed: Seed = 0, progress: Progress | None = None
) -> DataSet:
    """`count` portraits with exact labels."""
    attributes = closet.attributes
    dice = stream(seed, "portraits")
    heads = []
    for index in range(count):
        heads.append(dress_head(closet, dice))
        if progress is not None and index % 2000 == 0:
            progress("dress", index, count)
    parts = np.zeros((count, len(PORTRAIT_SLOTS)), np.int32)
    labels = np.full((count, len(attributes)), UNKNOWN, np.uint8)
    rows = np.zeros((count, max(len(head.layers) for head in heads)), np.int32)
    for index, head in enumerate(heads):
        rows[index, : len(head.layers)] = [closet.rows[name] for name in head.layers]
        for slot, name in head.parts.items():
            parts[index, PORTRAIT_SLOTS.index(slot)] = closet.parts[f"{slot}:{name}"]
        for column, (name, values) in enumerate(attributes.items()):
            if name in head.labels:
                labels[index, column] = values.index(head.labels[name])
    stack = closet.stack()
    images = np.empty((count, SIDE, SIDE, 4), np.uint8)
    for start in range(0, count, _CHUNK):
        some = slice(start, start + _CHUNK)
        drop = np.array([head.drop for head in heads[some]], np.int32)
        palettes = np.stack([palette(head.colours) for head in heads[some]])
        images[some] = compose_heads(stack, rows[some], drop, palettes)
        if progress is not None:
            progress("compose", start, count)
    return DataSet(
        kind="portraits",
        images=images,
        labels=labels,
        attributes=attributes,
        parts=parts,
        slots=PORTRAIT_SLOTS,
        held_out=last_held_out(count),
    )


def _style_bytes(source: str | Path | None) -> bytes:
    """The bytes of pixel-art.json: of that file, or out of a wheel of dicebear-styles."""
    try:
        data = (
            download(_WHEEL, _MOST_BYTES, _ADVICE) if source is None else Path(source).read_bytes()
        )
        if not zipfile.is_zipfile(io.BytesIO(data)):
            return data
        with zipfile.ZipFile(io.BytesIO(data)) as wheel:
            if wheel.getinfo(_STYLE).file_size > _MOST_BYTES:
                raise DataError(f"{_STYLE} in {source} is larger than 64 MiB")
            return wheel.read(_STYLE)
    except FileNotFoundError:
        raise DataError(f"{source} does not exist: pass a wheel of dicebear-styles") from None
    except KeyError:
        raise DataError(f"{source} has no {_STYLE}: pass a wheel of dicebear-styles") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise DataError(f"{source} cannot be read: {error}") from None


def _style(data: bytes, source: str | Path | None) -> Mapping[str, Any]:
    try:
        style = json.loads(data)
        licence = style["meta"]["license"]["name"]
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"{source} is not DiceBear's pixel-art.json ({error!r}): pass that file or a wheel of "
            "dicebear-styles"
        ) from None
    if not str(licence).startswith("CC0"):
        raise DataError(f"{source} is under {licence}, not CC0: pass DiceBear's pixel-art.json")
    checked: Mapping[str, Any] = style
    return checked


def build_heads(
    source: str | Path | None,
    out: str | Path,
    *,
    count: int = 20_000,
    seed: Seed = 0,
    progress: Progress | None = None,
) -> DataSet:
    """Writes portraits.npz and its datasheet to the folder `out`, and returns the set.

    `source` is a wheel of PyPI's dicebear-styles, its pixel-art.json, or None for a download of
    the wheel. `progress(what, done, total)` is called as work goes on. Raises `DataError` if the
    art cannot be had or used, `InvalidArgument` for a bad number.
    """
    check_int("count", count, 1, MOST_HEADS)
    check_seed(seed)
    data = _style_bytes(source)
    verified = sha256(data).hexdigest() == _STYLE_DIGEST
    if source is None and not verified:
        raise DataError("the downloaded art is not the known one: pass a copy of it with --from")
    style = _style(data, source)
    closet = Closet(style=style)
    made = head_set(closet, count, seed, progress)
    sheet = {
        "source": style["meta"].get("source", {}).get("url", ""),
        "release": "dicebear-styles 10.6.0" if verified else "not known",
        "creator": style["meta"].get("creator", {}).get("name", ""),
        "verified": verified,
        "licence": "CC0-1.0",
        "package": _WHEEL if verified else "",
        "command": f"data build heads --count {count} --seed {seed}",
        "digest": files_digest({"pixel-art.json": data}),
        "files_used": 1,
        "files": {"pixel-art.json": sha256(data).hexdigest()},
        "left_out": {},
        "parts": list(closet.parts),
    }
    made = replace(made, sheet=sheet)
    with new_set(out) as folder:
        write_set(folder, made)
    return made
