"""What a pack does not draw, the pack that ships draws, in pixels of the pack's own size."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.pack import Pack, default_pack

from .pictures import kinds

__all__ = ["categories", "draws", "owner", "resized", "scaled", "tile_size"]


def draws(pack: Pack, kind: str, name: str | None = None) -> bool:
    """Whether a pack has a model of the kind, and one that knows the material or category."""
    if not any(model.kind == kind for model in pack.models.values()):
        return False
    return name is None or name in kinds(pack, kind)


def owner(pack: Pack, kind: str, name: str | None = None) -> Pack:
    """The pack itself if it draws the kind (and name), else the pack that ships."""
    return pack if draws(pack, kind, name) else default_pack()


def categories(pack: Pack) -> tuple[str, ...]:
    """Every category of sprite that the pack draws, then what only the one that ships does."""
    own = kinds(pack, "sprites") if draws(pack, "sprites") else ()
    return tuple(dict.fromkeys((*own, *kinds(default_pack(), "sprites"))))


def tile_size(pack: Pack) -> int:
    """Pixels a tile: the size of the pack's tiles, or else of its figures, or else its sprites."""
    for kind in ("tiles", "characters", "sprites"):
        if draws(pack, kind):
            return pack.model(kind).size
    return tile_size(default_pack())


def scaled(pictures: NDArray[np.uint8], drawn_by: Pack, pack: Pack) -> NDArray[np.uint8]:
    """Pictures [..., size, size, 4] of one pack in pixels of another's, by nearest neighbour."""
    have, want = tile_size(drawn_by), tile_size(pack)
    if have == want:
        return pictures
    return resized(pictures, max(pictures.shape[-2] * want // have, 1))


def resized(pictures: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """Pictures [..., size, size, 4] as [..., side, side, 4], by nearest neighbour."""
    nearest = (2 * np.arange(side) + 1) * pictures.shape[-2] // (2 * side)
    return np.asarray(pictures[..., nearest[:, None], nearest[None], :])
