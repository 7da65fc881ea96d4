"""The data sets of the crawl tiles: terrain, sprites and composed characters."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from aigc_procgen.core.errors import check_int
from aigc_procgen.core.random import Seed, check_seed, stream

from .datasets import DataSet, last_held_out, write_set
from .errors import DataError
from .figures import SLOTS, draw_figures
from .poses import FRAMES
from .release import Release
from .source import CRAWL_COMMIT, CRAWL_DIGEST, CRAWL_RELEASE, Progress, files_digest, open_crawl
from .tables import load_table, matching
from .things import sprite_set
from .tiles import vary
from .wardrobe import Wardrobe
from .writing import new_set

__all__ = ["build_crawl", "character_set", "tile_set"]

TILES_A_MATERIAL = 320
MOST_CHARACTERS = 100_000


def tile_set(release: Release, seed: Seed = 0) -> DataSet:
    """The terrain set: about `TILES_A_MATERIAL` seamless variants for each material."""
    materials: dict[str, list[dict[str, Any]]] = load_table("tiles")["materials"]
    images, labels, families, rollable = [], [], [], []
    names: list[str] = []
    for index, (material, entries) in enumerate(materials.items()):
        weights = [int(entry.get("weight", 1)) for entry in entries]
        for entry, weight in zip(entries, weights, strict=True):
            tiles = [release.picture(path) for path in matching(entry, release.files)]
            found = [tile for tile in tiles if tile is not None]
            if not found:
                raise DataError(
                    f"the art has no usable file for the material {material}: its table asks for "
                    f"{entry['files']!r}"
                )
            count = TILES_A_MATERIAL * weight // sum(weights)
            family = f"{material}/{entry['family']}"
            if family not in names:
                names.append(family)
            dice = stream(seed, "tiles", material, str(entry["files"]))
            images.append(vary(found, entry, count, dice))
            labels += [index] * count
            families += [names.index(family)] * count
            rollable += [bool(entry.get("roll"))] * count
    return DataSet(
        kind="tiles",
        images=np.concatenate(images),
        labels=np.array(labels, np.uint8)[:, None],
        attributes={"material": list(materials)},
        families=np.array(families, np.uint16),
        family_names=tuple(names),
        rollable=np.array(rollable, np.bool_),
    )


def character_set(
    release: Release, count: int, seed: Seed = 0, progress: Progress | None = None
) -> DataSet:
    """`count` composed figures with exact labels."""
    table = load_table("characters")
    wardrobe = Wardrobe(table=table, read=release.picture, paths=tuple(release.files))
    drawn = draw_figures(wardrobe, count, seed, progress)
    release.used = {p: digest for p, digest in release.used.items() if p in drawn.used}
    return DataSet(
        kind="characters",
        images=drawn.images,
        labels=drawn.labels,
        attributes=table["attributes"],
        frames=FRAMES,
        parts=drawn.rows,
        slots=SLOTS,
        held_out=last_held_out(count),
    )


def _with_sheet(data: DataSet, release: Release, command: str, verified: bool) -> DataSet:
    """The set with the facts of its datasheet: where it is from and what became of the files."""
    table = load_table(data.kind)
    # Some layers are named after other people's characters: the art is free, the names are not.
    withheld = re.compile(str(table.get("withheld", r"(?!)")))
    files = {}
    for path, digest in sorted(release.used.items()):
        folder, _, name = path.rpartition("/")
        hidden = withheld.fullmatch(name.removesuffix(".png"))
        files[f"{folder}/~{digest[:10]}.png" if hidden else path] = digest
    sheet = {
        "source": "https://github.com/crawl/tiles",
        "release": CRAWL_RELEASE,
        "commit": CRAWL_COMMIT,
        "verified": verified,
        "licence": "CC0-1.0",
        "command": command,
        "digest": files_digest({path: release.files[path] for path in sorted(release.used)}),
        "files_used": len(release.used),
        "files": files,
        "left_out": dict(sorted(release.left_out.items())),
        "in_no_table": len(release.files) - len(release.used) - len(release.left_out),
        "converted": dict(sorted(release.notes.items())),
    }
    return replace(data, sheet=sheet)


def build_crawl(
    source: str | Path | None,
    out: str | Path,
    *,
    characters: int = 40_000,
    seed: Seed = 0,
    progress: Progress | None = None,
) -> tuple[DataSet, ...]:
    """Writes tiles.npz, sprites.npz, characters.npz and a datasheet for each to the folder `out`.

    `source` is a zip file or a folder with the art, or None for a download of the public archive
    at its commit. `characters` is how many figures are composed; `progress(what, done, total)` is
    called as work goes on. Returns the sets. All files appear at the end together; on an error
    none does. Raises `DataError` if the art cannot be had or used, `InvalidArgument` for a bad
    number.
    """
    check_int("characters", characters, 1, MOST_CHARACTERS)
    check_seed(seed)
    release = Release(open_crawl(source, progress))
    verified = files_digest(release.files) == CRAWL_DIGEST
    if source is None and not verified:
        raise DataError(
            "the downloaded crawl art is not that of the known commit: pass a copy of it with "
            "--from"
        )
    command = f"data build crawl --characters {characters} --seed {seed}"
    makers: tuple[Callable[[], DataSet], ...] = (
        lambda: tile_set(release, seed),
        lambda: sprite_set(release, seed, progress),
        lambda: character_set(release, characters, seed, progress),
    )
    sets = []
    with new_set(out) as folder:
        for done, make in enumerate(makers):
            if progress is not None:
                progress("sets", done, len(makers))
            release.start_set()
            data = _with_sheet(make(), release, command, verified)
            write_set(folder, data)
            sets.append(data)
        if progress is not None:
            progress("sets", len(makers), len(makers))
    return tuple(sets)
