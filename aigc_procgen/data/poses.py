"""Walking: every layer of a figure moved for each of four frames, before they are composed.

A step is drawn as pixel artists draw it from the front: the body sinks by a pixel, one foot is
lifted by two, the hands swing against the feet, and hems and tails sway by a pixel.
"""

from __future__ import annotations

import numpy as np

from .colour import Pixels

__all__ = ["FRAMES", "pose"]

FRAMES = 4
"""Stand, left foot up, stand, right foot up; left and right of the picture."""

_HIP = 23  # the row below which a figure of 32 x 32 has legs
_HEM = 25  # the row below which a robe or a cloak hangs free
_MIDDLE = 16
_SINK = 1
_LIFT = 2

_HANDS = {"weapon": (2, 0), "gloves": (1, 1), "offhand": (0, 2)}
_LEGS = frozenset(("base", "legs", "boots"))
_HANGING = frozenset(("cloak", "skirt", "gown"))


def _down(layers: Pixels, rows: int) -> Pixels:
    if not rows:
        return layers
    moved = np.zeros_like(layers)
    moved[:, rows:] = layers[:, :-rows]
    return moved


def _sunk(layers: Pixels, below: int) -> Pixels:
    """Everything above the row `below` a pixel lower; the row there is hidden by it."""
    moved = layers.copy()
    moved[:, _SINK : below + _SINK] = layers[:, :below]
    moved[:, :_SINK] = 0
    return moved


def _stepping(layers: Pixels, left: bool) -> Pixels:
    moved = _sunk(layers, _HIP)
    leg = np.s_[:, :, :_MIDDLE] if left else np.s_[:, :, _MIDDLE:]
    whole, source = moved[leg], layers[leg]
    whole[:, _HIP + _SINK : -_LIFT] = source[:, _HIP + _SINK + _LIFT :]
    whole[:, -_LIFT:] = 0
    return moved


def _swaying(layers: Pixels, left: bool, below: int) -> Pixels:
    moved = _sunk(layers, below)
    moved[:, below + _SINK :] = np.roll(layers[:, below + _SINK :], -1 if left else 1, axis=2)
    return moved


def pose(layers: Pixels, slot: str, frame: int) -> Pixels:
    """Layers uint8 [n, 32, 32, 4] of one slot as they are in a frame of the walk.

    `slot` is one of `figures.SLOTS`, "gown" for armour that reaches to the feet, or "tail" for a
    body without legs.
    """
    if frame % 2 == 0:
        return layers
    left = frame == 1
    if slot in _HANDS:
        return _down(layers, _HANDS[slot][0 if left else 1])
    if slot in _LEGS:
        return _stepping(layers, left)
    if slot in _HANGING:
        return _swaying(layers, left, _HEM)
    if slot == "tail":
        return _swaying(layers, left, _HIP)
    return _down(layers, _SINK)
