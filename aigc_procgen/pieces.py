"""Pieces of art by themselves: tiles, ground, borders and sprites of a seed, drawn by a pack."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .art import ground as painted
from .art import pictures
from .art.fallback import draws
from .art.furniture import FURNITURE
from .core.errors import InvalidArgument
from .core.pack import Pack, check_pack, default_pack
from .core.random import Seed

__all__ = ["ground", "moving_tiles", "sprites", "tiles", "transitions"]


def tiles(
    seed: Seed,
    material: str,
    count: int = 1,
    *,
    pack: Pack | None = None,
    palette: NDArray[np.uint8] | None = None,
) -> NDArray[np.uint8]:
    """Ground uint8 [count, size, size, 4]; each tile fits beside itself and its like.

    `size` is the pack's; 32 in the one that ships. A material that the pack lacks is an error here.
    `palette` uint8 [K, 3] recolours: it is drawn in place of the model's own palette of K colours.
    """
    return pictures.tiles(check_pack(pack) or default_pack(), seed, material, count, palette)


def moving_tiles(
    seed: Seed,
    material: str,
    count: int = 1,
    *,
    frames: int = 4,
    pack: Pack | None = None,
    palette: NDArray[np.uint8] | None = None,
) -> NDArray[np.uint8]:
    """Ground that moves, uint8 [count, frames, size, size, 4]: water, lava; the last frame leads
    back to the first, which is the tile of `tiles`. Meant for some eight frames a second or fewer.
    """
    chosen = check_pack(pack) or default_pack()
    return pictures.moving_tiles(chosen, seed, material, count, frames, palette)


def ground(
    seed: Seed,
    material: str,
    rows: int,
    columns: int,
    *,
    pack: Pack | None = None,
    palette: NDArray[np.uint8] | None = None,
) -> NDArray[np.uint8]:
    """A piece of ground of rows x columns tiles in one picture uint8 [size rows, size columns, 4].

    No tile of it repeats and none shows its rim; the whole fits beside itself.
    """
    chosen = check_pack(pack) or default_pack()
    return painted.ground(chosen, seed, material, rows, columns, palette)


def transitions(
    seed: Seed,
    lower: str,
    upper: str,
    *,
    pack: Pack | None = None,
    palette: NDArray[np.uint8] | None = None,
) -> NDArray[np.uint8]:
    """Sixteen tiles uint8 [16, size, size, 4] in which two materials meet, drawn by the network.

    A tile's index says which of its corners are of the material `upper`: 1 the north-west, 2 the
    north-east, 4 the south-east, 8 the south-west one (the corner sets of Godot and Tiled).
    """
    chosen = check_pack(pack) or default_pack()
    return painted.transitions(chosen, seed, lower, upper, palette)


def sprites(
    seed: Seed,
    category: str,
    count: int = 1,
    *,
    colour: str | None = None,
    pack: Pack | None = None,
    palette: NDArray[np.uint8] | None = None,
) -> NDArray[np.uint8]:
    """Items, features or monsters uint8 [count, size, size, 4], alpha 0 or 255; cf. `tiles`.

    With a `colour` ("red", "orange", "yellow", "green", "cyan", "blue", "purple", "brown", "gray",
    "black" or "white") each is the first of sixteen drawings of which a good third is of it, or the
    one that has most of it; no pack has every category in every colour.

    Furniture that no model draws is painted by `World.sprite`.
    """
    chosen = check_pack(pack) or default_pack()
    if category in FURNITURE and not draws(chosen, "sprites", category):
        raise InvalidArgument(
            f"category must be one that the pack's model draws, not {category!r}, which is painted "
            f"by rule: world(seed).sprite({category!r}, name) gives it"
        )
    return pictures.sprites(chosen, seed, category, count, palette, colour)
