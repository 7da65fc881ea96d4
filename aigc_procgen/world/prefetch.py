"""Chunks made before they are asked for, by a few threads, the nearest first."""

from __future__ import annotations

import weakref
from collections import deque
from collections.abc import Callable, Iterable
from threading import Condition, Thread, current_thread
from typing import Generic, TypeVar

from aigc_procgen.core.errors import ProcgenError, check_int

from .chunk import CHUNK

__all__ = ["MOST_WORKERS", "Prefetcher", "squares_around"]

MOST_WORKERS = 64
_PATIENCE = 1  # seconds that closing waits for a chunk that is being made

K = TypeVar("K")


class _Queue(Generic[K]):
    """What the threads share; it does not know the `Prefetcher`, so that one can be forgotten."""

    def __init__(self) -> None:
        self.changed = Condition()
        self.waiting: deque[K] = deque()
        self.busy = 0
        self.closed = False
        self.error: BaseException | None = None
        self.threads: list[Thread] = []

    def raise_error(self) -> None:
        """Raises what went wrong in a thread, once."""
        with self.changed:
            error, self.error = self.error, None
        if error is not None:
            raise error


class Prefetcher(Generic[K]):
    """Calls `make(key)` for keys in at most `workers` threads, and forgets what it returned.

    The threads begin with the first key. They end with `close`, with the last reference to this
    object, or with the interpreter, which they never keep alive. With no workers nothing is made.
    """

    def __init__(self, make: Callable[[K], object], workers: int) -> None:
        self._make = make
        self._workers = check_int("workers", workers, 0, MOST_WORKERS)
        self._queue: _Queue[K] = _Queue()
        self._end = weakref.finalize(self, _end, self._queue)

    def ask(self, keys: Iterable[K]) -> None:
        """Begins with the keys in their order, in place of those that still wait from before.

        Raises what `make` raised since the last call.
        """
        queue = self._queue
        queue.raise_error()
        wanted = deque(keys) if self._workers else deque()
        with queue.changed:
            if queue.closed:
                raise ProcgenError("this world is closed: make it anew to prefetch")
            queue.waiting = wanted
            idle = len(queue.threads) - queue.busy
            for _ in range(min(self._workers - len(queue.threads), len(wanted) - idle)):
                thread = Thread(
                    target=_work, args=(queue, self._make), name="prefetch", daemon=True
                )
                queue.threads.append(thread)
                thread.start()
            queue.changed.notify_all()

    @property
    def pending(self) -> int:
        """How many keys wait or are being made; raises as `ask` does."""
        self._queue.raise_error()
        with self._queue.changed:
            return len(self._queue.waiting) + self._queue.busy

    def close(self) -> None:
        """Ends the threads; what waits is dropped. Raises as `ask` does."""
        self._end()


def _work(queue: _Queue[K], make: Callable[[K], object]) -> None:
    while True:
        with queue.changed:
            while not queue.waiting and not queue.closed:
                queue.changed.wait()
            if queue.closed:
                return
            key = queue.waiting.popleft()
            queue.busy += 1
        error: BaseException | None = None
        try:
            make(key)
        except BaseException as caught:  # handed to the next caller
            error = caught
        with queue.changed:
            queue.busy -= 1
            queue.error = queue.error or error


def _end(queue: _Queue[K]) -> None:
    with queue.changed:
        queue.closed = True
        queue.changed.notify_all()
    for thread in queue.threads:
        # A thread that drops the last reference ends itself.
        if thread is not current_thread():
            thread.join(_PATIENCE)
    # Nobody can ask any more: what they would drop is dropped here.
    queue.waiting = deque()
    queue.raise_error()


def squares_around(x: int, y: int, radius: int, limit: int) -> list[tuple[int, int]]:
    """The chunks with tiles at most `radius` tiles from (x, y), in x and in y, nearest first.

    Those beyond `limit` tiles from the origin are left out.
    """
    low, high = -limit // CHUNK, limit // CHUNK - 1
    columns = range(max((x - radius) // CHUNK, low), min((x + radius) // CHUNK, high) + 1)
    rows = range(max((y - radius) // CHUNK, low), min((y + radius) // CHUNK, high) + 1)

    def far(square: tuple[int, int]) -> tuple[int, int, int]:
        across, down = (
            2 * (part * CHUNK - middle) + CHUNK - 1
            for part, middle in zip(square, (x, y), strict=True)
        )
        return across * across + down * down, square[1], square[0]

    return sorted(((column, row) for row in rows for column in columns), key=far)
