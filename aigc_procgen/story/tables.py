"""The JSON tables of this room, which a designer may tune; checked when they are loaded."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from ..core.errors import InvalidArgument, check_choice
from ..core.files import read_table

__all__ = ["LANGUAGES", "check_language", "load_table", "require", "weights_of"]

LANGUAGES = ("en", "zh")
"""The languages that words come in: English, and Chinese in simplified characters."""


def check_language(language: Any) -> str:
    """Returns `language` if it is one of `LANGUAGES`, else raises `InvalidArgument`."""
    return check_choice("language", language, LANGUAGES)


@cache
def load_table(name: str, language: str = "en") -> dict[str, Any]:
    """The table `tables/NAME.json` of this package, or its translation `tables/LANGUAGE/NAME.json`.

    It is shared, so never write to it. Raises `InvalidArgument` if the language is unknown, or if
    there is no such file or it is not the JSON of an object.
    """
    file = name if check_language(language) == "en" else f"{language}/{name}"
    try:
        table = read_table(__package__, f"tables/{file}.json")
    except FileNotFoundError:
        raise InvalidArgument(f"table {file}.json must be written: there is none") from None
    except ValueError as error:
        raise InvalidArgument(f"table {file}.json must be JSON: {error}") from None
    if not isinstance(table, dict):
        raise InvalidArgument(f"table {file}.json must hold an object, not {table!r:.40}")
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
