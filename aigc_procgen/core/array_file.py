"""Files of whole numbers: a line with a digest, a line of JSON, the arrays one after another."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import PackError

__all__ = ["pack_arrays", "read_arrays"]


def pack_arrays(
    magic: str,
    kinds: Mapping[str, str],
    header: Mapping[str, Any],
    arrays: Mapping[str, NDArray[Any]],
) -> bytes:
    """The bytes of a file with the arrays that `kinds` names, each as its dtype.

    Raises `PackError` if a number does not fit the dtype.
    """
    shapes = {name: list(arrays[name].shape) for name in kinds}
    line = json.dumps({**header, "arrays": shapes}, sort_keys=True) + "\n"
    body = line.encode("ascii")
    for name, kind in kinds.items():
        whole = np.ascontiguousarray(arrays[name])
        limits = np.iinfo(kind)
        if (whole < limits.min).any() or (whole > limits.max).any():
            raise PackError(f"the network's array {name} does not fit {kind}")
        body += whole.astype(np.dtype(kind).newbyteorder("<")).tobytes()
    return f"{magic} {hashlib.sha256(body).hexdigest()}\n".encode("ascii") + body


def read_arrays(
    what: str, magic: str, kinds: Mapping[str, str], place: str, data: bytes
) -> tuple[dict[str, Any], dict[str, NDArray[Any]], str]:
    """The header, the arrays and the digest of a file; `PackError` if one byte has changed.

    `what` is what the error calls it, for instance "network of names".
    """
    first, _, body = data.partition(b"\n")
    digest = hashlib.sha256(body).hexdigest()
    if first != f"{magic} {digest}".encode("ascii"):
        raise PackError(
            f"{place!r} is no {what} of format 1, or damaged (its SHA-256 differs): "
            f"install aigc_procgen again"
        )
    line, _, rest = body.partition(b"\n")
    try:
        header = json.loads(line)
        arrays: dict[str, NDArray[Any]] = {}
        for name, kind in kinds.items():
            shape = tuple(header["arrays"][name])
            dtype = np.dtype(kind).newbyteorder("<")
            count = int(np.prod(shape, dtype=np.int64))
            arrays[name] = np.frombuffer(rest, dtype, count).reshape(shape)
            rest = rest[count * dtype.itemsize :]
        if rest:
            raise ValueError("its arrays have another size")
    except (ValueError, KeyError, TypeError) as error:
        raise PackError(f"{place!r} is not a whole {what}: {error}") from None
    return header, arrays, digest
