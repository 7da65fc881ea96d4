"""Files that are whole or not there, and the tables that lie beside the code."""

from __future__ import annotations

import json
import os
from importlib import resources
from pathlib import Path
from typing import Any

__all__ = ["read_table", "write_atomic"]


def read_table(package: str, path: str) -> Any:
    """The content of the JSON file at `path` inside a package; ValueError if it is not JSON."""
    return json.loads((resources.files(package) / path).read_text(encoding="utf-8"))


def write_atomic(path: Path, data: bytes) -> None:
    """Writes a file so that a reader, or a crash, sees the old content or the new, never a part.

    Its folder must exist. Raises OSError, and leaves no scrap, if it cannot be written.
    """
    temporary = path.with_name(path.name + ".part")
    try:
        with open(temporary, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
