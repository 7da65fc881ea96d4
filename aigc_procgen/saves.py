"""Saved worlds: one JSON file with the seed, the versions, and all that a game changed."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

from .core.errors import InvalidArgument, SaveError
from .core.files import write_atomic
from .core.random import Seed

__all__ = ["Saved", "read_save", "write_save"]

_FORMAT = 4
_OLD = 1  # had no edits and no digest
_ENDLESS = 2  # had no size and no height of one's own
_FLAT = 3  # did not say whether land comes round


@dataclass(frozen=True, kw_only=True)
class Saved:
    """What a save holds."""

    seed: Seed
    changes: dict[str, Any]
    edits: list[Any]
    size: tuple[int, int] | None = None
    height: str = ""  # a mark of the game's own heights
    wrap: bool = False


def write_save(path: str | os.PathLike[str], saved: Saved, world_version: int) -> None:
    """Writes the file whole or not at all; raises `InvalidArgument` or `SaveError`."""
    data = {
        "format": _FORMAT,
        "world_version": world_version,
        "seed": saved.seed,
        "changes": saved.changes,
        "edits": saved.edits,
        "size": saved.size,
        "height": saved.height,
        "wrap": saved.wrap,
    }
    try:
        data["digest"] = _digest(data)
        # Escaped, because a text may hold half a surrogate pair, which UTF-8 cannot. A line each,
        # so that saves can be compared; edits are many and stand in one.
        lines = [f"{json.dumps(name)}: {_text(value)}" for name, value in data.items()]
        text = "{\n" + ",\n".join(lines) + "\n}\n"
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidArgument(f"changes must be what JSON can hold: {error}") from None
    try:
        write_atomic(Path(path), text.encode())
    except OSError as error:
        raise SaveError(
            f"path must be a file that can be written, {str(path)!r} cannot: {error.strerror}"
        ) from None


def read_save(path: str | os.PathLike[str], world_version: int) -> Saved:
    """What the file holds; raises `SaveError` if it is damaged, too new or of another world."""
    try:
        data = json.loads(Path(path).read_text(encoding="utf-8"))
        found, version = data["format"], data["world_version"]
        seed, changes = data["seed"], data["changes"]
    except OSError as error:
        raise SaveError(
            f"path must be a saved game, {str(path)!r} cannot be read: {error}"
        ) from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise SaveError(f"path must be a saved game, {str(path)!r} is damaged or none") from None
    # To Python, True and 1.0 equal 1.
    known = type(found) is int and found in (_OLD, _ENDLESS, _FLAT, _FORMAT)
    if not known or [type(version), version] != [int, world_version]:
        raise SaveError(
            f"{str(path)!r} is of format {found!r} and world version {version!r}, this library "
            f"reads {_FORMAT} and {world_version}: play it with the release that wrote it"
        )
    if not isinstance(changes, dict) or type(seed) not in (int, str):
        raise SaveError(f"path must be a saved game, {str(path)!r} is damaged: seed or changes")
    names = {"format", "world_version", "seed", "changes"}
    if found != _OLD:
        names |= {"edits", "digest"}
    if found in (_FLAT, _FORMAT):
        names |= {"size", "height"}
    if found == _FORMAT:
        names |= {"wrap"}
    if surplus := sorted(set(data) ^ names):
        raise SaveError(f"{str(path)!r} is damaged or of another library: {surplus[0]!r}")
    if found != _OLD and data.pop("digest") != _digest(data):
        raise SaveError(f"{str(path)!r} is damaged: its digest does not fit its content")
    size, height = data.get("size"), data.get("height", "")
    pair = isinstance(size, list) and len(size) == 2 and all(type(side) is int for side in size)
    wrap = data.get("wrap", False)
    if not (size is None or pair) or not isinstance(height, str) or not isinstance(wrap, bool):
        raise SaveError(f"path must be a saved game, {str(path)!r} is damaged: size, height, wrap")
    return Saved(
        seed=seed,
        changes=changes,
        edits=data.get("edits", []),
        size=(size[0], size[1]) if pair else None,
        height=height,
        wrap=wrap,
    )


def _text(value: Any) -> str:
    return json.dumps(value, allow_nan=False, separators=(",", ":"))


def _digest(data: dict[str, Any]) -> str:
    return blake2b(_text(data).encode(), digest_size=16).hexdigest()
