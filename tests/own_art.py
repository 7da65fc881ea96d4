"""Small art of our own making for the tests: a ninja-adventure zip, sheets of figures."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np

from aigc_procgen.core.png import encode_png
from aigc_procgen.data.ninja_table import character_table, sprite_table, tile_table

DIRECTIONS = ("down", "up", "left", "right")


def figure_sheet(colour, *, rows=7, side=16):
    """Columns are four directions, rows frames; the colour of a picture says which it is."""
    sheet = np.zeros((rows * side, 4 * side, 4), np.uint8)
    for row in range(rows):
        for column in range(4):
            cell = sheet[row * side : (row + 1) * side, column * side : (column + 1) * side]
            cell[2:, 3:13] = (*colour, 255)
            cell[2:12, 3:13, 2] = 40 + 50 * column + 5 * row
            cell[12:, 3:13, 2] = 20
    return sheet


def write_ninja_zip(path: Path, *, left_out=()) -> Path:
    """A zip with every file that the tables of Ninja Adventure ask for, drawn by chance."""
    rng = np.random.default_rng(3)
    files = {f"characters/{name}.png": None for name in character_table()["figures"]}
    files |= {f"monsters/{number}.png": None for number in range(1, 23)}
    pictures = {}
    for number, name in enumerate(files):
        pictures[name] = figure_sheet((60 + 8 * number % 190, 90, 0))
    pictures["characters/dog.png"] = figure_sheet((200, 120, 0), rows=1)
    pictures["background-elements/tileset.png"] = rng.integers(40, 250, (640, 448, 4), np.uint8)
    pictures["background-elements/tileset.png"][..., 3] = 255
    for entry in (entry for entries in sprite_table()["categories"].values() for entry in entries):
        for name in _names(entry["file"]):
            if not name.startswith(("characters/", "monsters/", "background-elements/")):
                thing = np.zeros((16, 32, 4), np.uint8)
                thing[4:12, 5:11] = (*rng.integers(60, 250, 3), 255)
                pictures.setdefault(f"{name}.png", thing)
    assert f"{tile_table()['file']}.png" in pictures
    with zipfile.ZipFile(path, "w") as archive:
        for name, picture in sorted(pictures.items()):
            if name not in left_out:
                archive.writestr(f"packs/ninja-adventure/{name}", encode_png(picture))
    return path


def _names(pattern):
    """The names that a simple regular expression with one pair of brackets a part stands for."""
    for part in _split(pattern):
        if "(" not in part:
            yield part
            continue
        before, _, rest = part.partition("(")
        inside, _, after = rest.partition(")")
        for choice in inside.split("|"):
            yield from _names(f"{before}{choice}{after}")


def _split(pattern):
    """At each | outside of brackets."""
    depth, start = 0, 0
    for place, letter in enumerate(pattern):
        depth += (letter == "(") - (letter == ")")
        if letter == "|" and not depth:
            yield pattern[start:place]
            start = place + 1
    yield pattern[start:]
