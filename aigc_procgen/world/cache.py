"""A cache that threads share and that keeps to a budget of bytes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Event, Lock
from typing import Generic, TypeVar

__all__ = ["Cache"]

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Cache(Generic[K, V]):
    """Keeps what `make(key)` returned, least recently used out first.

    Values must be pure functions of their keys. They are made outside the lock; a thread that
    misses what another one is making waits for it.
    """

    def __init__(self, make: Callable[[K], V], budget: int, size: Callable[[V], int]) -> None:
        self._make = make
        self._budget = budget
        self._size = size
        self._values: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._making: dict[K, Event] = {}
        self._bytes = 0
        self._lock = Lock()

    @property
    def bytes(self) -> int:
        """The sizes of all that is kept, summed."""
        return self._bytes

    def __contains__(self, key: K) -> bool:
        """Whether the value is kept; that does not count as using it."""
        return key in self._values

    def get(self, key: K) -> V:
        """The value for the key, made now if it is not kept."""
        while True:
            with self._lock:
                if held := self._values.get(key):
                    self._values.move_to_end(key)
                    return held[0]
                made = self._making.get(key)
                if made is None:
                    self._making[key] = made = Event()
                    break
            # If the other thread fails, or the value is dropped at once, it is made here.
            made.wait()
        try:
            value = self._make(key)
            self._keep(key, value, self._size(value))
        finally:
            with self._lock:
                del self._making[key]
            made.set()
        return value

    def drop(self, key: K) -> None:
        """Forgets a value, if it is kept."""
        with self._lock:
            if held := self._values.pop(key, None):
                self._bytes -= held[1]

    def _keep(self, key: K, value: V, size: int) -> None:
        with self._lock:
            self._values[key] = (value, size)
            self._bytes += size
            # The newest stays even if it alone is over the budget.
            while self._bytes > self._budget and len(self._values) > 1:
                self._bytes -= self._values.popitem(last=False)[1][1]
