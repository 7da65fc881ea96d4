"""The JSON tables of this room, which a designer may tune; checked when they are loaded."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from ..core.errors import InvalidArgument
from ..core.files import read_table

__all__ = ["load_table", "require", "weights_of"]


@cache
def load_table(name: str) -> dict[str, Any]:
    """The table `tables/NAME.json` of this package; shared, so never write to it.

    Raises `InvalidArgument` if the file is not the JSON of an object.
    """
    try:
        table = read_table(__package__, f"tables/{name}.json")
    except ValueError as error:
        raise InvalidArgument(f"table {name}.json must be JSON: {error}") from None
    if not isinstance(table, dict):
        raise InvalidArgument(f"table {name}.json must hold an object, not {table!r:.40}")
    return table


def require(condition: bool, table: str, problem: str) -> None:
    """Raises `InvalidArgument` naming the table and the problem unless the condition holds."""
    if not condition:
        raise InvalidArgument(f"table {table}.json: {problem}")


def weights_of(table: str, where: str, value: Any) -> dict[str, int]:
    """Checks that `value` maps names to whole numbers of 0 or more, not all 0."""
    require(
        isinstance(value, Mapping)
        and all(isinstance(n, int) and not isinstance(n, bool) and n >= 0 for n in value.values())
        and sum(value.values()) > 0,
        table,
        f"{where} must map names to whole numbers of 0 or more, not {value!r:.80}",
    )
    return dict(value)
