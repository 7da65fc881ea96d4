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
    """The bytes of the file: a line with a digest, a line of JSON, the arrays one after another.

    `kinds` are the arrays by name and their dtypes.
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
    magic: str, kinds: Mapping[str, str], place: str, data: bytes, fix: str
) -> tuple[dict[str, Any], dict[str, NDArray[Any]], str]:
    """Header, arrays and digest that `pack_arrays` wrote; `PackError` if a byte is another one.

    `fix` is what the error tells to do.
    """
    what, _, version = magic.removeprefix("aigc_procgen ").rpartition(" ")
    first, _, body = data.partition(b"\n")
    digest = hashlib.sha256(body).hexdigest()
    if first != f"{magic} {digest}".encode("ascii"):
        raise PackError(
            f"{place!r} is no network of {what} of format {version}, or damaged (its SHA-256 "
            f"differs): {fix}"
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
        raise PackError(f"{place!r} is not a whole network of {what}: {error}") from None
    return header, arrays, digest
