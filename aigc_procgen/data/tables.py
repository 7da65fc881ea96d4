"""The JSON tables that say which file of an art release is what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from aigc_procgen.core.files import read_table

from .errors import DataError

__all__ = ["load_table", "matching"]


def load_table(name: str, folder: str = "crawl_tables") -> dict[str, Any]:
    """The table `FOLDER/NAME.json` of this package."""
    table: dict[str, Any] = read_table(__package__, f"{folder}/{name}.json")
    return table


def matching(entry: Mapping[str, Any], paths: Iterable[str]) -> list[str]:
    """The sorted paths that the entry's `files` matches from end to end and its `not` does not.

    The ending `.png` of a path is not part of what must match. Raises `DataError` if a regular
    expression of the table is wrong.
    """
    try:
        wanted = re.compile(str(entry["files"]))
        refused = re.compile(str(entry["not"])) if "not" in entry else None
    except (KeyError, re.error) as error:
        raise DataError(f"table entry {dict(entry)!r} needs a valid `files`: {error}") from None
    found = []
    for path in paths:
        stem = path.removesuffix(".png")
        if wanted.fullmatch(stem) and not (refused and refused.fullmatch(stem)):
            found.append(path)
    return sorted(found)
