"""What is to be seen on pictures, by the pack's own classifier of their kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.pack import Pack

from .sessions import classify

__all__ = ["count_obeyed", "read_values"]

_CLEAR = 0.8  # how likely a value must be: of what hardly shows (the sex under a helm) each is half


def read_values(
    pack: Pack, kind: str, pictures: NDArray[np.uint8]
) -> dict[str, NDArray[np.str_]] | None:
    """Attribute -> its likeliest value on each picture uint8 [n, size, size, 4], str [n]; "" where
    none is clear.

    None if the pack has no classifier of the kind of pictures, or one of another size.
    """
    model = next((m for m in pack.models.values() if m.kind == f"{kind}_classifier"), None)
    if model is None or pictures.shape[-2] != model.size:
        return None
    logits = classify(pack, model, pictures)
    found, start = {}, 0
    for attribute, values in model.attributes.items():
        block = logits[:, start : start + len(values)]
        best = block.max(1)
        clear = np.exp(block - best[:, None]).sum(1) * _CLEAR <= 1  # softmax of the best
        found[attribute] = np.where(clear, np.array(values)[block.argmax(1)], "")
        start += len(values)
    return found


def count_obeyed(
    found: Mapping[str, NDArray[np.str_]] | None, asked: Sequence[Mapping[str, str]]
) -> NDArray[np.int64]:
    """How many of the values that were `asked` of each of n pictures were `found`, int64 [n]: 0 of
    what nobody reads.
    """
    counts = np.zeros(len(asked), np.int64)
    for attribute, values in (found or {}).items():
        wanted = np.array([wish.get(attribute, "") for wish in asked])
        counts += values == wanted
    return counts
