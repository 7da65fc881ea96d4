"""Ground painted by a pack's model: patches of one material, and borders between two.

A patch is one picture of many tiles, each from a latent of its own: it has no seam inside, and its
opposite rims meet, so it covers any land. A border is a scene of two materials in which the network
is told at every pixel which of them it draws.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.errors import check_int
from aigc_procgen.core.pack import Model, Pack
from aigc_procgen.core.random import Seed, stream

from .choice import even_shift
from .masks import cut, joined, scene
from .pictures import circle, label_of, steadiest
from .sessions import paint

__all__ = ["COLUMNS", "ROWS", "border", "ground", "patch", "transitions"]

ROWS, COLUMNS = 4, 6
"""Tiles of a patch. The first picture of a world waits for a patch of every material, and with six
rows its ground shows no less that it comes round.
"""


def ground(
    pack: Pack,
    seed: Seed,
    material: str,
    rows: int,
    columns: int,
    palette: NDArray[np.uint8] | None = None,
) -> NDArray[np.uint8]:
    """One piece of ground uint8 [size rows, size columns, 4], opaque, without a seam; opposite rims
    meet.
    """
    check_int("rows", rows, 1, 256)
    check_int("columns", columns, 1, 256)
    model = pack.model("ground")
    z = _latents(seed, model, material, rows, columns)
    picture = _painted(pack, model, z, (material,))
    shift = even_shift(picture, model.size)
    if palette is not None:  # after the shift was chosen: other colours move nothing
        picture = _painted(pack, model, z, (material,), palette=palette)
    return np.roll(picture, shift, (0, 1))


def patch(pack: Pack, seed: Seed, material: str, frames: int = 1) -> NDArray[np.uint8]:
    """The tiles uint8 [frames, ROWS COLUMNS, size, size, 4] of a piece of ground, row by row.

    With several frames it moves as `pictures.moving_tiles` does, and its first frame is the one
    that it is without.
    """
    model = pack.model("ground")
    z = _latents(seed, model, material, ROWS, COLUMNS)
    turns = _turns(pack, model, seed, (material,), frames)
    drawn = np.stack([_painted(pack, model, z + turn, (material,)) for turn in turns])
    drawn = np.roll(drawn, even_shift(drawn[0], model.size), (1, 2))
    return np.stack([cut(picture, model.size) for picture in drawn])


def border(
    pack: Pack,
    seed: Seed,
    lower: str,
    upper: str,
    moving: tuple[str, ...] = (),
    frames: int = 1,
    palette: NDArray[np.uint8] | None = None,
) -> NDArray[np.uint8]:
    """The tiles uint8 [frames, rows columns, size, size, 4] of `masks.scene` in two materials.

    In later frames only those of them move that are named in `moving`.
    """
    model = pack.model("ground")
    stage = scene(model.size)
    share = joined(stage.over.reshape(stage.rows, stage.columns, model.size, model.size))
    shares = np.stack([~share, share]).astype(np.float32)
    z = stream(seed, "border", lower, upper).normals(stage.rows, stage.columns, model.latent)
    moved = tuple(name for name in (lower, upper) if name in moving)
    turns = _turns(pack, model, seed, moved, frames if moved else 1)
    drawn = [
        cut(_painted(pack, model, z + turn, (lower, upper), shares, palette), model.size)
        for turn in turns
    ]
    rests = np.where(stage.over, upper not in moving, lower not in moving)[..., None]
    shown = [np.where(rests, drawn[0], tiles) for tiles in drawn]
    return np.stack([shown[number % len(shown)] for number in range(frames)])


def transitions(
    pack: Pack, seed: Seed, lower: str, upper: str, palette: NDArray[np.uint8] | None = None
) -> NDArray[np.uint8]:
    """The sixteen corner tiles uint8 [16, size, size, 4] that Godot and Tiled expect, in order.

    Bit 1 of a tile's index says that its north-west corner is of the material `upper`, 2 the
    north-east, 4 the south-east, 8 the south-west one. Tiles that share two corners fit together.
    """
    places = scene(pack.model("ground").size).places[:, 0]
    return np.asarray(border(pack, seed, lower, upper, palette=palette)[0][places])


def _latents(
    seed: Seed, model: Model, material: str, rows: int, columns: int
) -> NDArray[np.float32]:
    """The latents [rows, columns, latent] of a piece of one material."""
    return stream(seed, "ground", material).normals(rows, columns, model.latent)


def _painted(
    pack: Pack,
    model: Model,
    z: NDArray[np.float32],
    materials: tuple[str, ...],
    share: NDArray[np.float32] | None = None,
    palette: NDArray[np.uint8] | None = None,
) -> NDArray[np.uint8]:
    label = np.stack([label_of(model, name) for name in materials])
    if share is None:
        height, width = (side * model.size for side in z.shape[:2])
        share = np.ones((1, height, width), np.float32)
    return paint(pack, model, z.astype(np.float32), label, share, palette)


def _turns(
    pack: Pack, model: Model, seed: Seed, moving: tuple[str, ...], frames: int
) -> NDArray[np.float32]:
    """What is added to every latent in each frame [frames, latent]; nothing in the first."""
    if frames == 1:
        return np.zeros((1, model.latent), np.float32)
    name = moving[0]
    few = _latents(seed, model, name, ROWS, COLUMNS)[:2, :2]

    def show(turns: NDArray[np.float32]) -> NDArray[np.uint8]:
        return np.stack([_painted(pack, model, few + turn, (name,)) for turn in turns])[None]

    return steadiest(circle(seed, name, model.latent, frames), show)
