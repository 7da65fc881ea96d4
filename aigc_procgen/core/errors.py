"""The errors that users meet: one sentence that names the argument, the value and the fix."""

from __future__ import annotations

from typing import Any

__all__ = [
    "InvalidArgument",
    "MissingDependency",
    "PackError",
    "ProcgenError",
    "SaveError",
    "check_choice",
    "check_int",
]


class ProcgenError(Exception):
    """Base of every error that this library raises on purpose."""


class InvalidArgument(ProcgenError, ValueError):
    """An argument has a value that the function cannot take."""


class PackError(ProcgenError):
    """A pack on disk is damaged, incomplete or of a version that is not known."""


class SaveError(ProcgenError):
    """A save file is damaged or of a version that is not known."""


class MissingDependency(ProcgenError, ImportError):
    """An optional package is not installed; the message says which extra brings it."""


def check_int(name: str, value: Any, low: int, high: int) -> int:
    """Returns `value` as an int in `low..high` (both included), else raises `InvalidArgument`.

    >>> check_int("count", 3, 1, 8)
    3
    """
    # bool is an int to Python, but `count=True` is always a slip; numpy integers are welcome.
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise InvalidArgument(f"{name} must be a whole number, not {value!r}")
    number = int(value.__index__())
    if not low <= number <= high:
        raise InvalidArgument(f"{name} must be between {low} and {high}, not {number}")
    return number


def check_choice(name: str, value: Any, choices: tuple[str, ...] | list[str]) -> str:
    """Returns `value` if it is one of `choices`, else raises `InvalidArgument` listing them.

    >>> check_choice("kind", "town", ("town", "village"))
    'town'
    """
    if value in choices and isinstance(value, str):
        return value
    raise InvalidArgument(f"{name} must be one of {', '.join(choices)}, not {value!r}")
