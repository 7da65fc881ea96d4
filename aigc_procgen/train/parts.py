"""What pictures are made of as rows of a codebook, and which parts never go with which label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.errors import InvalidArgument

__all__ = ["Fits", "Parts", "number_parts"]

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

    `fits`, where not all parts go together, says which do; None where all do.
    """

    sizes: tuple[int, ...]
    never: NDArray[np.float32]
    fits: Fits | None = None


@dataclass(frozen=True, kw_only=True)
class Fits:
    """Which parts of the first two slots go with each other (this hilt is too wide for that blade),
    and which of the third with both.

    `misfit` bool [rows of the first slot, rows of the second] is where two do not. `pairs` int64
    [pairs, 2] are those that do, counted from 0 in each slot, and `spent` bool [pairs, rows of the
    third] is what a pair is not drawn with: what does not go with it, and what a picture of the
    set shows with it already, so that what is drawn is new. Of a pair that the set shows with all
    that goes with it nothing is spent.
    """

    misfit: NDArray[np.bool_]
    pairs: NDArray[np.int64]
    spent: NDArray[np.bool_]


def number_parts(
    parts: NDArray[np.int64],
    labels: NDArray[np.float32],
    blocks: Sequence[int],
    fits: NDArray[np.integer] | None = None,
    colourings: NDArray[np.int64] | None = None,
) -> tuple[NDArray[np.int64], Parts]:
    """Parts [n, slots] as rows of one codebook [n, slots], and what its rows are.

    `blocks` are the numbers of values of the attributes that make up the labels [n, L]; `fits`
    [m, 3] are the parts of three slots that go together, where not all do. `colourings` are how
    many each value of the first attribute has, if the last slot are colourings: all of them have
    a row, counted from 1, whether a picture shows them or not.
    """
    rows = np.zeros(parts.shape, np.int64)
    sizes: list[int] = []
    never, names = [], []
    for slot in range(parts.shape[1]):
        own = parts[:, slot]
        if colourings is not None and slot == parts.shape[1] - 1:
            found, number = np.arange(1, int(colourings.max()) + 1), own - 1
            lacks = np.zeros((len(found), labels.shape[1]))
            lacks[:, : len(colourings)] = _NEVER * (found[:, None] > colourings)
        else:
            found, number = np.unique(own, return_inverse=True)
            order = np.argsort(number, kind="stable")
            starts = np.searchsorted(number[order], np.arange(len(found)))
            together = np.add.reduceat(labels[order], starts, axis=0)
            ends = np.cumsum(blocks)[:-1]
            lacks = np.concatenate([_missing(part) for part in np.split(together, ends, axis=1)], 1)
        rows[:, slot] = number + sum(sizes)
        sizes.append(len(found))
        names.append(found)
        never.append(lacks)
    return rows, Parts(
        sizes=tuple(sizes),
        never=np.concatenate(never).astype(np.float32),
        fits=None if fits is None else _fits(fits, parts, names),
    )


def _fits(
    fits: NDArray[np.integer], shown: NDArray[np.int64], names: Sequence[NDArray[np.int64]]
) -> Fits:
    """What goes together of a set's parts, `names` by slot, and was not `shown` [n, 3]."""
    known = np.all([np.isin(fits[:, slot], own) for slot, own in enumerate(names)], axis=0)
    meetings, met = (
        np.stack([np.searchsorted(own, some[:, slot]) for slot, own in enumerate(names)], 1)
        for some in (fits[known], shown)
    )
    pairs = np.unique(meetings[:, :2], axis=0)
    number = {pair: row for row, pair in enumerate(map(tuple, pairs.tolist()))}
    open_ = np.zeros((len(pairs), len(names[2])), np.bool_)
    for lower, upper, third in meetings.tolist():
        open_[number[lower, upper], third] = True
    fresh = open_.copy()
    for lower, upper, third in met.tolist():
        if (lower, upper) not in number:
            raise InvalidArgument(
                "data must list in its fits what its pictures show, and does not: build it again"
            )
        fresh[number[lower, upper], third] = False
    misfit = np.ones((len(names[0]), len(names[1])), np.bool_)
    misfit[pairs[:, 0], pairs[:, 1]] = False
    return Fits(
        misfit=misfit, pairs=pairs, spent=~np.where(fresh.any(1, keepdims=True), fresh, open_)
    )


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
