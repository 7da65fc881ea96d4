"""The error of a data set that cannot be built."""

from __future__ import annotations

from aigc_procgen.core.errors import ProcgenError

__all__ = ["DataError"]


class DataError(ProcgenError):
    """The pictures or the place to write to are missing, damaged or not what was asked for."""
