"""Interiors of rooms from the network of layouts, repaired until the mission cannot tell.

What keeps every proof: an interior changes tiles inside of its own room alone; the ways that
`carving.py` led from the doors to the room's anchor stay open; all floor of the room hangs
together; and as much of it is plain floor as `controls.py` counts on. What stands there (pillars,
graves, statues) is an ornament that nobody walks over, as those of `placement.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.layout_machine import CANVAS, CLASSES, NOISE, LayoutMachine, read_layouts
from aigc_procgen.core.layout_repair import repair
from aigc_procgen.core.random import Stream

from .plan import Node
from .records import TILE
from .themes import Theme

__all__ = ["Interior", "draw_interiors", "machine", "may_be_learned"]

_SIDES = (8, 12, CANVAS)
_LEAST_SIDE = 4  # of a room that is worth an interior
_LEAST_FLOOR = 9  # tiles: `Lattice.least_room` squared, what the controls count on
_TILES = np.array(
    [TILE[name] for name in ("wall", "floor", "passage", "pool", "floor", "floor")], np.uint8
)
_PILLAR, _FURNITURE = CLASSES.index("pillar"), CLASSES.index("furniture")
_SPECKS = (CLASSES.index("inlay"), CLASSES.index("pool"))
_WALKED = (CLASSES.index("floor"), CLASSES.index("inlay"))
_FLOOR, _POOL = TILE["floor"], TILE["pool"]
Grid = NDArray[np.uint8]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, eq=False)
class Interior:
    """A room's tiles uint8 [height, width], where ornaments stand in it and which: (x, y, name)."""

    node: Node
    style: str
    tiles: Grid
    ornaments: tuple[tuple[int, int, str], ...]
    repaired: int  # tiles that the network had laid out in another way


@dataclass(frozen=True, kw_only=True, eq=False)
class _Asked:
    node: Node
    style: str
    furniture: str
    inside: Mask
    walk: Mask
    latent: NDArray[np.int64]
    label: NDArray[np.int64]
    noise: NDArray[np.int64]


@cache
def machine() -> LayoutMachine:
    """The network that ships with the library, verified."""
    file = resources.files(__package__) / "layouts.net"
    return read_layouts(str(file), file.read_bytes())


def may_be_learned(node: Node) -> bool:
    """Whether the room has a size that the network knows."""
    small, large = sorted((node.rect.width, node.rect.height))
    return small >= _LEAST_SIDE and large <= CANVAS


def draw_interiors(
    dice: Stream, theme: Theme, rooms: Iterable[tuple[Node, Mask, Mask]]
) -> list[Interior]:
    """Interiors of rooms, in their order.

    Each room comes with what is inside of its rectangle and what of that must be walked, both
    bool [height, width].
    """
    asked = [_ask(dice.child(node.id), theme, node, inside, walk) for node, inside, walk in rooms]
    made: dict[int, Interior] = {}
    least = 0
    for side in _SIDES:
        fits = [each for each in asked if least < max(each.inside.shape) <= side]
        least = side
        for each, tiles in zip(fits, _laid_out(fits, side), strict=True):
            made[each.node.id] = _interior(each, tiles)
    return [made[each.node.id] for each in asked]


def _ask(dice: Stream, theme: Theme, node: Node, inside: Mask, walk: Mask) -> _Asked:
    styles = theme.caverns if node.shape == "cave" else theme.halls
    style = styles.styles.draw(dice)
    network = machine()
    density = dice.between(*network.densities[style])
    height, width = inside.shape
    # A word of 64 bits is sixteen numbers of 0 to 15.
    words = dice.words(1 + (height * width + 15) // 16)
    shifts = np.arange(0, 64, 4, dtype=np.uint64)
    numbers = ((words[:, None] >> shifts) & np.uint64(15)).astype(np.int64).ravel()
    return _Asked(
        node=node,
        style=style,
        furniture=styles.furniture[style],
        inside=inside,
        walk=walk,
        latent=numbers[:NOISE],
        label=network.label(style, density),
        noise=numbers[NOISE : NOISE + height * width].reshape(height, width),
    )


def _laid_out(asked: list[_Asked], side: int) -> NDArray[np.uint8]:
    """What the network makes of rooms on canvases of a side, uint8 [n, side, side]."""
    if not asked:
        return np.zeros((0, side, side), np.uint8)
    room = np.zeros((len(asked), 3, side, side), np.int64)
    for at, each in enumerate(asked):
        height, width = each.inside.shape
        room[at, :, :height, :width] = each.inside, each.walk, each.noise
    latent = np.stack([each.latent for each in asked])
    return machine().lay_out(latent, np.stack([each.label for each in asked]), room)


def _interior(asked: _Asked, canvas: Grid) -> Interior:
    height, width = asked.inside.shape
    least = min(_LEAST_FLOOR, int(asked.inside.sum()))
    found, repaired = repair(canvas[:height, :width], asked.inside, asked.walk, least)
    _tidy(found)
    tiles = _TILES[found]
    _bridge(tiles, asked.walk)
    ornaments = [
        (x, y, "pillar" if found[y, x] == _PILLAR else asked.furniture)
        for y, x in np.argwhere((found == _PILLAR) | (found == _FURNITURE)).tolist()
    ]
    return Interior(
        node=asked.node,
        style=asked.style,
        tiles=tiles,
        ornaments=tuple(ornaments),
        repaired=repaired,
    )


def _tidy(found: Grid) -> None:
    """Makes a tile of inlay or pool that touches no other of its kind, at no corner, floor; or
    wall where it is a pool shut in by what nobody walks on, for nobody could reach that floor.
    """
    height, width = found.shape
    walked = np.pad(np.isin(found, _WALKED), 1)
    beside = walked[:-2, 1:-1] | walked[2:, 1:-1] | walked[1:-1, :-2] | walked[1:-1, 2:]
    for kind in _SPECKS:
        here = found == kind
        if not here.any():
            continue
        near = np.zeros((height + 2, width + 2), np.uint8)
        for y in range(3):
            for x in range(3):
                near[y : y + height, x : x + width] += here
        speck = here & (near[1:-1, 1:-1] == 1)
        found[speck] = CLASSES.index("floor")
        if kind not in _WALKED:
            found[speck & ~beside] = CLASSES.index("wall")


def _bridge(tiles: Grid, walk: Mask) -> None:
    """Makes a way with a pool on both sides a bridge, as long as there is floor enough."""
    wet = tiles == _POOL
    if not wet.any():
        return
    pool = np.pad(wet, 1)
    across = (pool[1:-1, :-2] & pool[1:-1, 2:]) | (pool[:-2, 1:-1] & pool[2:, 1:-1])
    bridge = across & walk & (tiles == _FLOOR)
    if int((tiles == _FLOOR).sum() - bridge.sum()) >= _LEAST_FLOOR:
        tiles[bridge] = TILE["bridge"]
