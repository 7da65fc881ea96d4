"""Keyed random streams: (seed, names…) in, an independent stream of integers out.

A stream is SplitMix64 (Steele, Lea & Flood, "Fast splittable pseudorandom number generators",
OOPSLA 2014) in counter form, started at a 64-bit key that BLAKE2b makes from the seed and the
names. It uses integers only, so the same seed draws the same numbers in every process, on every
platform and with every version of Python and numpy: numpy's own distributions do not promise that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from .errors import InvalidArgument

__all__ = ["Name", "Seed", "Stream", "check_seed", "key", "stream", "typed_seed"]

Seed = int | str
Name = int | str
T = TypeVar("T")

_MASK = (1 << 64) - 1
_GAMMA = 0x9E3779B97F4A7C15
_MIX_1 = 0xBF58476D1CE4E5B9
_MIX_2 = 0x94D049BB133111EB
_MANY = 32  # options that are shuffled faster at once than one by one


def check_seed(seed: Seed) -> Seed:
    """Returns the seed, as int or str; anything else raises `InvalidArgument`."""
    if isinstance(seed, bool) or not (isinstance(seed, str) or hasattr(seed, "__index__")):
        raise InvalidArgument(f"seed must be a whole number or a text, not {seed!r}")
    if isinstance(seed, str):
        return seed
    number = int(seed.__index__())
    if number.bit_length() > 4096:  # Python refuses to print far longer ones
        raise InvalidArgument(f"seed must have at most 4096 bits, not {number.bit_length()}")
    return number


def typed_seed(text: str) -> Seed:
    """A seed as somebody types it: a whole number where it is one, else the text.

    >>> typed_seed("-7"), typed_seed("--7"), typed_seed("Ada")
    (-7, '--7', 'Ada')
    """
    digits = text.removeprefix("-")
    return check_seed(int(text)) if digits.isdecimal() and len(digits) < 4300 else text


def key(seed: Seed, *names: Name) -> int:
    """A 64-bit key of the seed and the names.

    1 and "1" are different names, and so are ("a", "b") and ("ab",).

    >>> key(42, "people", 7) == key(42, "people", 7), key(42, "people") == key("42", "people")
    (True, False)
    """
    text = b""
    for name in (check_seed(seed), *names):
        if isinstance(name, str):
            data = b"s" + name.encode("utf-8", "surrogatepass")
        else:
            data = b"i%d" % int(name)
        text += len(data).to_bytes(4, "little") + data
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "little")


class Stream:
    """A stream of random integers; every draw advances it by a stated number of 64-bit words.

    >>> dice = stream(42, "dice")
    >>> [dice.between(1, 6) for _ in range(5)]
    [3, 3, 2, 3, 3]
    """

    __slots__ = ("_key", "_state")

    def __init__(self, key: int) -> None:
        self._key = key & _MASK
        self._state = key & _MASK

    def child(self, *names: Name) -> Stream:
        """An independent stream, keyed by this stream's key and the names; draws nothing here."""
        return Stream(key(self._key, *names))

    def bits(self) -> int:
        """The next 64 bits, `0 <= n < 2**64`."""
        self._state = (self._state + _GAMMA) & _MASK
        word = self._state
        word = ((word ^ (word >> 30)) * _MIX_1) & _MASK
        word = ((word ^ (word >> 27)) * _MIX_2) & _MASK
        return word ^ (word >> 31)

    def below(self, limit: int) -> int:
        """A whole number in `0 <= n < limit`; `limit` is 1 to 2**32 (bias under 2**-32)."""
        if not 1 <= limit <= 1 << 32:
            raise InvalidArgument(f"limit must be between 1 and 2**32, not {limit!r}")
        # As `bits`, without the call: this is what most draws are.
        self._state = word = (self._state + _GAMMA) & _MASK
        word = ((word ^ (word >> 30)) * _MIX_1) & _MASK
        word = ((word ^ (word >> 27)) * _MIX_2) & _MASK
        return ((word ^ (word >> 31)) * limit) >> 64

    def between(self, low: int, high: int) -> int:
        """A whole number in `low <= n <= high`."""
        if low > high:
            raise InvalidArgument(f"low must not be above high, not {low!r} > {high!r}")
        return low + self.below(high - low + 1)

    def chance(self, numerator: int, denominator: int) -> bool:
        """True in `numerator` of `denominator` draws."""
        return self.below(denominator) < numerator

    def choice(self, options: Sequence[T]) -> T:
        """One of the options, all equally likely; never pass a set: sort it first."""
        if not options:
            raise InvalidArgument("options must not be empty")
        return options[self.below(len(options))]

    def weighted(self, options: Sequence[T], weights: Sequence[int]) -> T:
        """One of the options, with whole-number weights of 0 or more."""
        total = sum(weights)
        if len(options) != len(weights) or total < 1 or min(weights) < 0:
            raise InvalidArgument(
                f"weights must be {len(options)} whole numbers, none negative and not all 0, "
                f"not {list(weights)!r}"
            )
        left = self.below(total)
        for option, weight in zip(options, weights, strict=True):
            if left < weight:
                return option
            left -= weight
        raise AssertionError("unreachable: the draw is below the sum of the weights")

    def shuffled(self, options: Iterable[T]) -> list[T]:
        """A new list of the options in random order (Fisher-Yates)."""
        items = list(options)
        lasts = range(len(items) - 1, 0, -1)
        if len(items) < _MANY:
            # As `below` for each, without the calls.
            others: list[int] = []
            state = self._state
            for last in lasts:
                state = word = (state + _GAMMA) & _MASK
                word = ((word ^ (word >> 30)) * _MIX_1) & _MASK
                word = ((word ^ (word >> 27)) * _MIX_2) & _MASK
                others.append(((word ^ (word >> 31)) * (last + 1)) >> 64)
            self._state = state
        else:
            limits = np.arange(len(items), 1, -1, dtype=np.uint64)
            words, half = self.words(len(limits)), np.uint64(32)
            # The upper 64 bits of the product, by halves: what `below` draws.
            low = (words & np.uint64(0xFFFFFFFF)) * limits >> half
            others = (((words >> half) * limits + low) >> half).tolist()
        for last, other in zip(lasts, others, strict=True):
            items[last], items[other] = items[other], items[last]
        return items

    def sample(self, options: Sequence[T], count: int) -> list[T]:
        """`count` different options, or all of them if there are fewer."""
        return self.shuffled(options)[:count]

    def words(self, count: int) -> NDArray[np.uint64]:
        """The next `count` words at once, uint64 [count]: what `count` calls of `bits` give."""
        steps = np.arange(1, count + 1, dtype=np.uint64)
        with np.errstate(over="ignore"):
            word = np.uint64(self._state) + steps * np.uint64(_GAMMA)
            word = (word ^ (word >> np.uint64(30))) * np.uint64(_MIX_1)
            word = (word ^ (word >> np.uint64(27))) * np.uint64(_MIX_2)
        self._state = (self._state + count * _GAMMA) & _MASK
        return word ^ (word >> np.uint64(31))

    def normals(self, *shape: int) -> NDArray[np.float32]:
        """Standard normal float32 `shape`, the latents of the art models.

        Each is the sum of twelve 16-bit uniforms less six (Irwin-Hall): exact in integers, so the
        same on every processor, which logarithms and cosines are not. Within ±6, variance 1.
        """
        count = int(np.prod(shape, dtype=np.int64))
        words = self.words(count * 3).reshape(count, 3)
        total = np.zeros(count, np.int64)
        for shift in (0, 16, 32, 48):
            total += ((words >> np.uint64(shift)) & np.uint64(0xFFFF)).astype(np.int64).sum(axis=1)
        # The 12 half steps make the sum exactly symmetric about 0.
        return ((total - 6 * 65536 + 6).astype(np.float32) / np.float32(65536)).reshape(shape)


def stream(seed: Seed, *names: Name) -> Stream:
    """An independent stream for the seed and the names, e.g. `stream(seed, "people", place_id)`."""
    return Stream(key(seed, *names))
