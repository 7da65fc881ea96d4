"""The data sets of Ninja Adventure: a second style, 16 x 16 pixels, walking in four directions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.random import Seed, check_seed, stream

from .colour import Pixels, adjust, hard_alpha, spread
from .datasets import DataSet, last_held_out, write_set
from .errors import DataError
from .figure_sheets import cut_figure
from .figures import outlined
from .ninja_table import character_table, sprite_table, tile_table
from .pictures import decode
from .source import NINJA_DIGEST, NINJA_SOURCE, Progress, files_digest, open_ninja
from .sprites import halved, variants
from .tables import matching
from .tiles import opaque
from .writing import new_set

__all__ = ["build_ninja"]

_CLOTHES = ("armour", "colour")  # what a body shows; the rest is seen on the head
AUTHOR = "Pixel-boy (twitter.com/2pblog1), for Superpowers"


@dataclass(frozen=True, kw_only=True)
class _Art:
    """Path -> bytes of the art; `used` collects path -> SHA-256 of what gave a picture."""

    files: Mapping[str, bytes]
    used: dict[str, str] = field(default_factory=dict)

    def picture(self, path: str) -> Pixels:
        """RGBA uint8 [h, w, 4] of a file; `DataError` if it is missing or damaged."""
        if path not in self.files:
            raise DataError(f"the art lacks {path}: pass the whole ninja-adventure folder or zip")
        self.used[path] = sha256(self.files[path]).hexdigest()
        return decode(self.files[path], path)[0]

    def cut(self, path: str, box: Sequence[float]) -> Pixels:
        """The box (left, top, width, height) of a file; `DataError` if it is not inside."""
        left, top, width, height = (int(value) for value in box)
        part = self.picture(path)[top : top + height, left : left + width]
        if part.shape[:2] != (height, width):
            raise DataError(f"{path} is too small: its table asks for the box {list(box)}")
        return part


def tile_set(art: _Art) -> tuple[DataSet, dict[str, str]]:
    """The terrain set, and material -> what those that the style lacks were made from.

    A few tiles a material, each a part of its own: the style is made of few tiles that meet.
    """
    table = tile_table()
    size, path = int(table["size"]), f"{table['file']}.png"
    images, labels = [], []
    derived: dict[str, str] = {}
    for index, (material, entries) in enumerate(table["materials"].items()):
        for entry in entries:
            boxes = [(column * size, row * size, size, size) for column, row in entry["cells"]]
            cells = [art.cut(path, box) for box in boxes]
            bounds = spread(cells)  # one for all: they keep their brightness among each other
            tiles = [opaque(adjust(cell, entry, bounds)) for cell in cells]
            if entry.get("mirror"):
                tiles += [tile[:, ::-1] for tile in tiles]
            tiles *= int(entry.get("weight", 1))
            images += tiles
            labels += [index] * len(tiles)
            if "derived" in entry:
                derived[material] = str(entry["derived"])
    values = np.array(labels, np.uint8)
    data = DataSet(
        kind="tiles",
        images=np.stack(images),
        labels=values[:, None],
        attributes={"material": list(table["materials"])},
        parts=np.arange(1, len(images) + 1, dtype=np.int32)[:, None],
        slots=("tile",),
        families=values.astype(np.uint16),
        family_names=tuple(table["materials"]),
        rollable=np.zeros(len(values), np.bool_),
    )
    return data, derived


def sprite_set(art: _Art) -> DataSet:
    """The set of items, features and monsters, one category each."""
    table = sprite_table()
    size = int(table["size"])
    images, labels = [], []
    for index, (category, entries) in enumerate(table["categories"].items()):
        stand = category in table["standing"]
        seen: set[bytes] = set()
        for drawn, entry in _drawings(art, category, entries):
            for sprite in variants(drawn, entry, size, stand=stand):
                if sprite.tobytes() not in seen and sprite[..., 3].any():
                    seen.add(sprite.tobytes())
                    images.append(sprite)
                    labels.append(index)
    return DataSet(
        kind="sprites",
        images=np.stack(images),
        labels=np.array(labels, np.uint8)[:, None],
        attributes={"category": list(table["categories"])},
        flip=tuple(table["flip"]),
    )


def _drawings(
    art: _Art, category: str, entries: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[Pixels, dict[str, Any]]]:
    """Each drawing of a category, and what is still to be done with it."""
    for entry in entries:
        paths = matching({"files": entry["file"]}, art.files)
        if not paths:
            raise DataError(f"the art has no file {entry['file']!r} for {category}")
        rest = {word: value for word, value in entry.items() if word != "half"}
        for path in paths:
            boxes = entry.get("boxes")
            drawings = [art.cut(path, box) for box in boxes] if boxes else [art.picture(path)]
            for drawn in drawings:
                yield (_inked(halved(hard_alpha(drawn))) if entry.get("half") else drawn), rest


def _inked(drawn: Pixels) -> Pixels:
    """The drawing with its border pixels black: halving left a thin outline pale."""
    inside = np.pad(drawn[..., 3] > 0, 1)
    around = inside[:-2, 1:-1] & inside[2:, 1:-1] & inside[1:-1, :-2] & inside[1:-1, 2:]
    result = drawn.copy()
    result[(drawn[..., 3] > 0) & ~around, :3] = 0
    return result


def character_set(art: _Art, seed: Seed) -> DataSet:
    """Every head of the style on every body, walking in four directions, with exact labels."""
    table = character_table()
    frames, directions, size = int(table["frames"]), table["directions"], int(table["size"])
    attributes: dict[str, list[str]] = table["attributes"]
    names = list(table["figures"])
    figures = []
    for name in names:
        path = f"characters/{name}.png"
        # A sheet goes on below the walk with other poses.
        walk = art.cut(path, (0, 0, size * len(directions), size * frames))
        figures.append(
            cut_figure(
                walk, frames=frames, directions=directions, size=size, name=path,
                columns="directions",
            )
        )  # fmt: skip
    rows = _necks(table)
    bodies = [_below(figure, rows) for figure in figures]
    pairs = [(head, body) for head in range(len(names)) for body in range(len(names))]
    # Shuffled, so that what is held out is any head on any body.
    pairs = stream(seed, "ninja characters").shuffled(pairs)
    images, labels = [], []
    for head, body in pairs:
        above = figures[head] - _below(figures[head], rows)
        images.append(outlined(above + bodies[body]))
        clothes = table["figures"][names[body]]
        wears = {
            "species": "human",
            **table["figures"][names[head]],
            **{word: clothes[word] for word in _CLOTHES},
        }
        labels.append([values.index(wears[name]) for name, values in attributes.items()])
    parts = np.array(pairs, np.int32) + np.array([1, 1 + len(names)], np.int32)
    return DataSet(
        kind="characters",
        images=np.stack(images),
        labels=np.array(labels, np.uint8),
        attributes=attributes,
        frames=frames,
        directions=tuple(directions),
        parts=parts,
        slots=("head", "body"),
        held_out=last_held_out(len(pairs)),
    )


def _necks(table: Mapping[str, Any]) -> NDArray[np.intp]:
    """The first row of the body in each picture, intp [directions * frames]."""
    neck = int(table["neck"])
    steps = [table["steps"][direction] for direction in table["directions"]]
    # A foot is up in every second frame.
    return np.array(
        [neck + (step if frame % 2 else 0) for step in steps for frame in range(table["frames"])]
    )


def _below(figure: Pixels, rows: NDArray[np.intp]) -> Pixels:
    """Each picture of a figure [pictures, size, size, 4] from its row on; above it is nothing."""
    below = np.arange(figure.shape[1])[None] >= rows[:, None]
    return np.where(below[..., None, None], figure, np.uint8(0))


def build_ninja(
    source: str | Path | None,
    out: str | Path,
    *,
    seed: Seed = 0,
    progress: Progress | None = None,
) -> tuple[DataSet, ...]:
    """Writes tiles.npz, sprites.npz, characters.npz and a datasheet for each to the folder `out`.

    `source` is a zip file or a folder with the art, or None for a download from its public
    repository. Returns the sets. All files appear at the end together; on an error none does.
    Raises `DataError` if the art cannot be had or used.
    """
    check_seed(seed)
    files = open_ninja(source, progress)
    verified = files_digest(files) == NINJA_DIGEST
    if source is None and not verified:
        raise DataError(
            "the downloaded ninja-adventure folder is not the one that the tables describe: pass "
            "a copy of it with --from"
        )
    sets = []
    with new_set(out) as folder:
        for done, kind in enumerate(("tiles", "sprites", "characters")):
            if progress is not None:
                progress("sets", done, 3)
            art = _Art(files=files)
            derived: dict[str, str] = {}
            if kind == "tiles":
                data, derived = tile_set(art)
            else:
                data = sprite_set(art) if kind == "sprites" else character_set(art, seed)
            sheet = {
                "source": NINJA_SOURCE,
                "author": AUTHOR,
                "licence": "CC0-1.0",
                "verified": verified,
                "command": f"data build ninja --seed {seed}",
                "digest": files_digest({path: files[path] for path in art.used}),
                "files_used": len(art.used),
                "files": dict(sorted(art.used.items())),
                "derived": derived,
                "left_out": {},
            }
            data = replace(data, sheet=sheet)
            write_set(folder, data)
            sets.append(data)
        if progress is not None:
            progress("sets", 3, 3)
    return tuple(sets)
