"""What pictures are made of as rows of a codebook, and which parts never go with which label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Parts", "number_parts"]

_NEVER = 64.0  # more than all attributes unknown at once
_SURE = 16  # expected pictures: fewer may be missing by chance, as one of e^16 parts is


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What the rows of a codebook stand for: `sizes` rows a slot, one slot after the other.

    `never` float32 [rows, L] is 64 where no picture of the set has both the part and the label's
    value: a naga has no trousers. Two exceptions: a slot that has nothing to do with an attribute
    goes with all of its values (a rare hat that by chance was on no sad head may be); and a part of
    which the set never says any value of an attribute, where it does of others in its slot, has
    1: it is taken where no part fits better (nobody can tell a tengu's sex, so tengu are of
    both; who asks for red is not given a coat of many colours).

    `misfit` bool [rows of the first slot, rows of the second] is where two parts do not go with
    each other: this hilt is too wide for that blade. None where all do.
    """

    sizes: tuple[int, ...]
    never: NDArray[np.float32]
    misfit: NDArray[np.bool_] | None = None


def number_parts(
    parts: NDArray[np.int64],
    labels: NDArray[np.float32],
    blocks: Sequence[int],
    fits: NDArray[np.integer] | None = None,
) -> tuple[NDArray[np.int64], Parts]:
    """Parts [n, slots] as rows of one codebook [n, slots], and what its rows are.

    `blocks` are the numbers of values of the attributes that make up the labels [n, L]; `fits`
    [pairs, 2] the parts of the first two slots that go together, where not all do.
    """
    rows = np.zeros(parts.shape, np.int64)
    sizes: list[int] = []
    never, names = [], []
    for slot in range(parts.shape[1]):
        found, number = np.unique(parts[:, slot], return_inverse=True)
        rows[:, slot] = number + sum(sizes)
        sizes.append(len(found))
        names.append(found)
        order = np.argsort(number, kind="stable")
        starts = np.searchsorted(number[order], np.arange(len(found)))
        together = np.add.reduceat(labels[order], starts, axis=0)
        ends = np.cumsum(blocks)[:-1]
        never.append(np.concatenate([_missing(own) for own in np.split(together, ends, axis=1)], 1))
    misfit = None if fits is None else _misfit(fits, names[0], names[1])
    return rows, Parts(
        sizes=tuple(sizes), never=np.concatenate(never).astype(np.float32), misfit=misfit
    )


def _misfit(
    fits: NDArray[np.integer], first: NDArray[np.int64], second: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Where the parts `first` and `second` of two slots do not go together, [first, second]."""
    known = np.isin(fits[:, 0], first) & np.isin(fits[:, 1], second)
    misfit = np.ones((len(first), len(second)), np.bool_)
    rows, columns = (
        np.searchsorted(names, fits[known, column]) for column, names in enumerate((first, second))
    )
    misfit[rows, columns] = False
    return misfit


def _missing(together: NDArray[np.float32]) -> NDArray[np.float64]:
    """How ill which values of an attribute go with which parts of a slot, as `Parts.never` says, by
    how many pictures have both; all [parts, values].
    """
    told = together.sum(1, dtype=np.float64)
    missing: NDArray[np.bool_] = (together == 0) & (told > 0)[:, None]
    if not missing.any():
        return np.zeros(missing.shape)
    # As many as there would be if the slot had nothing to do with the attribute.
    expected = told[:, None] * (together.sum(0, dtype=np.float64) / told.sum())
    telling = int((expected.min(1) >= _SURE).sum())
    by_chance = float(np.exp(-expected)[told > 0].sum())
    unrelated = (
        telling >= 2
        and not missing[expected >= _SURE].any()
        and float(missing.sum()) <= 2 * by_chance
    )
    if unrelated:
        return np.zeros(missing.shape)
    return np.where((told == 0)[:, None], 1.0, _NEVER * missing)
