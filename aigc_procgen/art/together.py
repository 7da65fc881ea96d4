"""Work that several threads do side by side: drawings that do not wait for each other."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

__all__ = ["together"]

_THREADS = 4


def together(*tasks: Callable[[], Any]) -> list[Any]:
    """What the tasks give, in their order; they run side by side where there are cores for it.

    The first error is raised when all have ended.
    """
    threads = min(os.cpu_count() or 1, _THREADS, len(tasks))
    if threads < 2:
        return [task() for task in tasks]
    with ThreadPoolExecutor(threads, "aigc_procgen drawing") as pool:
        waiting: Sequence[Any] = [pool.submit(task) for task in tasks]
    return [future.result() for future in waiting]
