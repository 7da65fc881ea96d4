"""A cache that threads share and that keeps to a budget of bytes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

__all__ = ["Cache"]

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Cache(Generic[K, V]):
    """Keeps what `make(key)` returned, least recently used out first.

    Values must be pure functions of their keys: two threads that miss the same key at the same
    time both make it, outside the lock, and the first one is kept.
    """

    def __init__(self, make: Callable[[K], V], budget: int, size: Callable[[V], int]) -> None:
        self._make = make
        self._budget = budget
        self._size = size
        self._values: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    @property
    def bytes(self) -> int:
        """The sizes of all that is kept, summed."""
        return self._bytes

    def get(self, key: K) -> V:
        """The value for the key, made now if it is not kept."""
        with self._lock:
            if held := self._values.get(key):
                self._values.move_to_end(key)
                return held[0]
        value = self._make(key)
        size = self._size(value)
        with self._lock:
            if held := self._values.get(key):
                return held[0]
            self._values[key] = (value, size)
            self._bytes += size
            # The newest stays even if it alone is over the budget.
            while self._bytes > self._budget and len(self._values) > 1:
                self._bytes -= self._values.popitem(last=False)[1][1]
        return value
