"""How good layouts are: valid before repair, like the drawings held out, as asked for, not copied.

The distance of patterns is that of Lucas & Volz, "Tile pattern KL-divergence for analysing and
evolving game levels", GECCO 2019: both directions of the divergence, half and half.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.layout_machine import CANVAS, CLASSES, NOISE, LayoutMachine
from aigc_procgen.core.layout_repair import density_of, repair

from .layouts import LayoutSet

__all__ = [
    "laid_out",
    "pattern_distance",
    "pattern_distances",
    "patterns",
    "score_layouts",
    "score_rooms",
]

_UNSEEN = 1e-6  # the share of a pattern that one side lacks
Grid = NDArray[np.uint8]
Mask = NDArray[np.bool_]


def laid_out(
    machine: LayoutMachine, rooms: LayoutSet, index: NDArray[np.int64], seed: int = 0
) -> Grid:
    """What a machine makes of the conditions of some rooms of a set: uint8 [n, 16, 16]."""
    random = np.random.default_rng(seed)
    latent = random.integers(0, 16, (len(index), NOISE))
    asked = zip(rooms.style[index].tolist(), rooms.density[index].tolist(), strict=True)
    label = np.stack([machine.label(rooms.styles[style], density) for style, density in asked])
    noise = random.integers(0, 16, (len(index), CANVAS, CANVAS))
    room = np.stack([rooms.inside[index], rooms.walk[index], noise], 1)
    parts = [
        machine.lay_out(latent[rows], label[rows], room[rows])
        for rows in (slice(at, at + 64) for at in range(0, len(index), 64))
    ]
    return np.concatenate(parts)


def patterns(tiles: Grid, inside: Mask, size: int) -> dict[int, float]:
    """The share of every pattern of `size` x `size` tiles that touches a room, in walls."""
    walled = np.pad(np.where(inside, tiles, 0), ((0, 0), (1, 1), (1, 1))).astype(np.int64)
    room = np.pad(inside, ((0, 0), (1, 1), (1, 1)))
    side = walled.shape[1] - size + 1
    numbers = np.zeros((len(tiles), side, side), np.int64)
    touched = np.zeros(numbers.shape, bool)
    for y in range(size):
        for x in range(size):
            numbers = numbers * len(CLASSES) + walled[:, y : y + side, x : x + side]
            touched |= room[:, y : y + side, x : x + side]
    found, counts = np.unique(numbers[touched], return_counts=True)
    return dict(zip(found.tolist(), (counts / counts.sum()).tolist(), strict=True))


def pattern_distance(one: dict[int, float], other: dict[int, float]) -> float:
    """The divergence of two distributions of patterns, 0 where they are the same."""
    every = sorted({*one, *other})
    p, q = (np.array([side.get(each, 0.0) for each in every]) + _UNSEEN for side in (one, other))
    p, q = p / p.sum(), q / q.sum()
    return float(((p * np.log(p / q)).sum() + (q * np.log(q / p)).sum()) / 2)


def score_layouts(machine: LayoutMachine, rooms: LayoutSet, count: int = 2000) -> dict[str, float]:
    """The scores of a machine, under conditions of rooms that were held out."""
    index = np.flatnonzero(rooms.held_out)[:count]
    again = laid_out(machine, rooms, index, 1)
    return score_rooms(laid_out(machine, rooms, index), again, rooms, index)


def score_rooms(
    made: Grid, again: Grid, rooms: LayoutSet, index: NDArray[np.int64]
) -> dict[str, float]:
    """Scores of layouts [n, 16, 16] made for rooms of a set, and of others made for the same.

    `valid` need no repair, `repaired` is the share of tiles that repair changes; `patterns 2` and
    `3` the distance to rooms held out, style by style, after repair; `density off` how far the shut
    part of a room is from what was asked, in per cent of the room; `copies` are equal to a room to
    train on; `apart` the share of tiles in which two layouts of the same room differ.
    """
    inside, walk = rooms.inside[index], rooms.walk[index]
    valid = repaired = 0
    whole = made.copy()
    off = []
    for at in range(len(made)):
        whole[at], changed = repair(made[at], inside[at], walk[at], 9)
        plain = repair(made[at], inside[at], walk[at])[1]
        valid += plain == 0
        repaired += changed
        off.append(abs(density_of(whole[at], inside[at]) - int(rooms.density[index][at])) / 0.3)
    scores = {
        "valid": valid / len(made),
        "repaired": repaired / int(inside.sum()),
    }
    for size in (2, 3):
        scores[f"patterns {size}"] = float(np.mean(pattern_distances(whole, rooms, index, size)))
    scores["density off"] = float(np.mean(off))
    scores["copies"] = _copies(whole, rooms, index)
    differ = (made != again) & inside
    scores["apart"] = float(differ.sum() / inside.sum())
    return scores


def pattern_distances(
    made: Grid, rooms: LayoutSet, index: NDArray[np.int64], size: int
) -> list[float]:
    """The divergence of layouts [n, 16, 16], made for rooms of a set, from those held out.

    By style; a style without layouts is left out.
    """
    inside, style = rooms.inside[index], rooms.style[index]
    held = np.flatnonzero(rooms.held_out)
    found = []
    for kind in range(len(rooms.styles)):
        own, real = style == kind, held[rooms.style[held] == kind]
        if own.any():
            theirs = patterns(rooms.tiles[real], rooms.inside[real], size)
            found.append(pattern_distance(patterns(made[own], inside[own], size), theirs))
    return found


def _copies(whole: Grid, rooms: LayoutSet, index: NDArray[np.int64]) -> float:
    """The share of layouts that are, tile by tile, a room to train on; the set has all turns."""
    known: dict[bytes, None] = {}
    for at in np.flatnonzero(~rooms.held_out).tolist():
        known[_cut(rooms.tiles[at], rooms.inside[at])] = None
    same = sum(_cut(whole[at], rooms.inside[row]) in known for at, row in enumerate(index.tolist()))
    return same / len(whole)


def _cut(tiles: Grid, inside: Mask) -> bytes:
    """A room alone: its sides and tiles."""
    rows, columns = inside.any(1), inside.any(0)
    room = np.where(inside, tiles, 0)[rows][:, columns]
    return bytes(room.shape) + room.tobytes()
