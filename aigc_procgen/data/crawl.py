"""The data sets of the crawl tiles: terrain, sprites and composed characters."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.errors import check_int
from aigc_procgen.core.random import Seed, check_seed, stream

from .colour import Pixels
from .errors import DataError
from .pictures import decode
from .source import CRAWL_COMMIT, CRAWL_RELEASE, Progress, files_digest, open_crawl
from .sprites import variants
from .tables import load_table, matching
from .tiles import vary
from .writing import new_set, write_json, write_npz

__all__ = ["build_crawl", "sprite_set", "tile_set"]

SIZE = 32
TILES_A_MATERIAL = 320


class Release:
    """The files of the release, decoded once each, and a record of what became of them."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = files
        self.used: set[str] = set()
        self.left_out: dict[str, str] = {}
        self.notes: dict[str, str] = {}
        self._pixels: dict[str, Pixels | None] = {}

    def picture(self, path: str, *, any_size: bool = False) -> Pixels | None:
        """RGBA [h, w, 4] of the file, or None (and a reason on record) if it is of no use."""
        if path not in self._pixels:
            try:
                pixels, notes = decode(self.files[path], path, keyed=True)
            except DataError as error:
                self._pixels[path] = None
                self.left_out[path] = str(error)
            else:
                self._pixels[path] = pixels
                if notes:
                    self.notes[path] = "; ".join(notes)
        found = self._pixels[path]
        if found is None:
            return None
        if not any_size and found.shape[:2] != (SIZE, SIZE):
            self.left_out[path] = f"{found.shape[1]}x{found.shape[0]} pixels, not {SIZE}x{SIZE}"
            return None
        self.used.add(path)
        return found


def tile_set(release: Release, seed: Seed) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """The arrays and the meta of the terrain set: `TILES_A_MATERIAL` tiles for each material."""
    materials: dict[str, list[dict[str, Any]]] = load_table("tiles")["materials"]
    images, labels, families, rollable = [], [], [], []
    family_names: list[str] = []
    for index, (material, entries) in enumerate(materials.items()):
        weights = [int(entry.get("weight", 1)) for entry in entries]
        for entry, weight in zip(entries, weights, strict=True):
            tiles = [release.picture(path) for path in matching(entry, release.files)]
            found = [tile for tile in tiles if tile is not None]
            if not found:
                raise DataError(f"no file of the art matches {entry['files']!r} for {material}")
            count = TILES_A_MATERIAL * weight // sum(weights)
            family = f"{material}/{entry['family']}"
            if family not in family_names:
                family_names.append(family)
            dice = stream(seed, "tiles", material, str(entry["files"]))
            images.append(vary(found, entry, count, dice))
            labels += [index] * count
            families += [family_names.index(family)] * count
            rollable += [bool(entry.get("roll"))] * count
    arrays: dict[str, NDArray[Any]] = {
        "images": np.concatenate(images),
        "labels": np.array(labels, np.uint8)[:, None],
        "families": np.array(families, np.uint16),
        "rollable": np.array(rollable, np.bool_),
    }
    meta = {
        "kind": "tiles",
        "size": SIZE,
        "attributes": {"material": list(materials)},
        "families": family_names,
        "wrap": True,
        "flip": [],
    }
    return arrays, meta


def sprite_set(release: Release) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """The arrays and the meta of the sprite set."""
    table = load_table("sprites")
    categories: dict[str, list[dict[str, Any]]] = table["categories"]
    images, labels = [], []
    for index, (category, entries) in enumerate(categories.items()):
        seen: set[bytes] = set()
        for entry in entries:
            for path in matching(entry, release.files):
                picture = release.picture(path)
                if picture is None:
                    continue
                stand = category in table["standing"]
                for sprite in variants(picture, entry, SIZE, stand=stand):
                    if sprite.tobytes() not in seen and sprite[..., 3].any():
                        seen.add(sprite.tobytes())
                        images.append(sprite)
                        labels.append(index)
        if not seen:
            raise DataError(f"no usable file of the art for the category {category}")
    arrays: dict[str, NDArray[Any]] = {
        "images": np.stack(images),
        "labels": np.array(labels, np.uint8)[:, None],
    }
    meta = {
        "kind": "sprites",
        "size": SIZE,
        "attributes": {"category": list(categories)},
        "wrap": False,
        "flip": table["flip"],
    }
    return arrays, meta
