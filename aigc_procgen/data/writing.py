"""Writing a data set: all of its files appear together or not at all."""

from __future__ import annotations

import io
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.core.files import write_atomic

from .errors import DataError

__all__ = ["new_set", "write_bytes", "write_json", "write_npz"]


def write_bytes(path: Path, data: bytes) -> None:
    """Writes the file and its folder, whole or not at all; `DataError` if it cannot."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, data)
    except OSError as error:
        raise DataError(f"{path} cannot be written: {error.strerror or error}") from None


def write_npz(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Writes a compressed .npz, without pickles."""
    buffer = io.BytesIO()
    # numpy's stubs cannot tell keyword arrays from its own keywords.
    np.savez_compressed(buffer, **dict(arrays))  # type: ignore[arg-type]
    write_bytes(path, buffer.getvalue())


def write_json(path: Path, value: Any) -> None:
    """Writes readable JSON."""
    text = json.dumps(value, indent=1, ensure_ascii=False)
    write_bytes(path, text.encode() + b"\n")


@contextmanager
def new_set(out: str | Path) -> Iterator[Path]:
    """A folder beside `out` to write to; its files move to `out` at the end, or vanish on error.

    Files of `out` that the new set does not have are left alone.
    """
    out = Path(out)
    existed = out.exists()
    try:
        out.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=".building-", dir=out))
    except OSError as error:
        raise DataError(f"{out} cannot be written to: {error.strerror or error}") from None
    try:
        yield folder
        for file in sorted(folder.iterdir()):
            os.replace(file, out / file.name)
    except OSError as error:
        raise DataError(f"{out} cannot be written to: {error.strerror or error}") from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if not existed:
            with suppress(OSError):  # not empty: the set is there
                out.rmdir()
