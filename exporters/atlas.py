"""An atlas for a browser: a folder with a page, map tiles at four scales, and who lives where.

The page needs no server and no network: it is opened from the disk. What it shows is in
`atlas.json` too, for tools of others.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from html import escape
from importlib import resources
from pathlib import Path
from typing import Any

from aigc_procgen.composed import World
from aigc_procgen.core.errors import SaveError, check_int
from aigc_procgen.core.files import write_atomic
from aigc_procgen.core.png import encode_png

__all__ = ["SCALES", "TILE", "write_atlas"]

SCALES = (8, 4, 2, 1)  # tiles of the world a pixel, from far to near
TILE = 256  # pixels on a side of one picture
_LARGEST = 4096  # tiles of the world on a side
_SEAT = 24  # samples on a side by which a realm's middle is found


def write_atlas(
    world: World,
    folder: str | Path,
    x: int,
    y: int,
    width: int,
    height: int,
    *,
    title: str | None = None,
    report: Callable[[int, int], None] = lambda done, total: None,
) -> Path:
    """Writes the atlas of a region in tiles, 8 x 8 to 4096 x 4096; returns the page's path.

    `report(done, total)` is called after every picture. A folder that is there is filled anew;
    the page is written last, so an atlas that was cut off has none.
    """
    check_int("width", width, SCALES[0], _LARGEST)
    check_int("height", height, SCALES[0], _LARGEST)
    places = [_place(world, place) for place in world.places(x, y, width, height)]
    if title is None:
        title = world.map_title(x, y, width, height)
    content = {
        "title": title,
        "seed": world.seed,
        "world_version": world.version,
        "x": x,
        "y": y,
        "width": width,
        "height": height,
        "tile": TILE,
        "scales": SCALES,
        "places": places,
        "realms": _realms(world, x, y, width, height),
    }
    data = json.dumps(content, ensure_ascii=False, sort_keys=True)
    page = (resources.files(__package__) / "atlas.html").read_text(encoding="utf-8")
    # A "</script>" in a name would end the data.
    page = page.replace("$TITLE", escape(title)).replace("$DATA", data.replace("<", "\\u003c"))
    home = Path(folder)
    try:
        home.mkdir(parents=True, exist_ok=True)
        (home / "index.html").unlink(missing_ok=True)
        _write_tiles(world, home, x, y, width, height, report)
        write_atomic(home / "atlas.json", (data + "\n").encode())
        write_atomic(home / "index.html", page.encode())
    except OSError as error:
        raise SaveError(
            f"folder must be one that can be written to, not {str(folder)!r}: {error.strerror}"
        ) from None
    return home / "index.html"


def _write_tiles(
    world: World,
    home: Path,
    x: int,
    y: int,
    width: int,
    height: int,
    report: Callable[[int, int], None],
) -> None:
    jobs = [
        (scale, column, row)
        for scale in SCALES
        for row in range(-(-height // (TILE * scale)))
        for column in range(-(-width // (TILE * scale)))
    ]
    for done, (scale, column, row) in enumerate(jobs, 1):
        side = TILE * scale
        left, top = column * side, row * side
        # At the rim a picture is as much smaller as the land is; a last part of a pixel is cut.
        wide, tall = min(side, width - left), min(side, height - top)
        if wide >= scale and tall >= scale:
            picture = world.overview(x + left, y + top, wide, tall, step=scale)
            path = home / "tiles" / str(scale) / f"{column}_{row}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomic(path, encode_png(picture))
        report(done, len(jobs))


def _place(world: World, place: Any) -> dict[str, Any]:
    realm = world.realm(place.x, place.y)
    people = [{"name": person.name, "role": person.role} for person in world.people(place)]
    return {
        "id": place.id,
        "kind": place.kind,
        "name": place.name,
        "x": place.x,
        "y": place.y,
        "realm": realm.name if realm else None,
        "capital": bool(realm and realm.capital == place.id),
        "dungeon": world.has_dungeon(place),
        "people": people,
    }


def _realms(world: World, x: int, y: int, width: int, height: int) -> list[dict[str, Any]]:
    """Name and middle of every realm that has a good part of the region."""
    found: dict[str, tuple[str, list[tuple[int, int]]]] = {}
    for row in range(_SEAT):
        for column in range(_SEAT):
            across, down = (2 * column + 1) * width, (2 * row + 1) * height
            at = (x + across // (2 * _SEAT), y + down // (2 * _SEAT))
            if realm := world.realm(*at):
                found.setdefault(realm.id, (realm.name, []))[1].append(at)
    return [
        {
            "id": name,
            "name": called,
            "x": sum(at[0] for at in tiles) // len(tiles),
            "y": sum(at[1] for at in tiles) // len(tiles),
        }
        for name, (called, tiles) in sorted(found.items())
        if len(tiles) * 60 >= _SEAT**2
    ]
