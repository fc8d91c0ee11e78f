"""The download jobs' list of documents, the same to the nanosecond as the C++ side draws from the same seed.

benchmarks/downloads/job/list.cpp draws with std::mt19937_64 and std::lognormal_distribution.
The generator is fixed by the C++ standard (Matsumoto and Nishimura; 64-bit: Nishimura, ACM TOMACS 10(4), 2000), the
distribution is libstdc++'s: Marsaglia's polar method, which makes two values at a time and keeps the second.
"""

from __future__ import annotations

import math
from typing import List, NamedTuple, Optional

WORD = (1 << 64) - 1  # the values of an unsigned number of 64 bits
_N, _M = 312, 156
_UPPER, _LOWER = WORD & ~((1 << 31) - 1), (1 << 31) - 1


class Document(NamedTuple):
    latency_ns: int  # of one attempt
    bytes: int
    failures: int = 0  # attempts that fail before one succeeds
    permanent: bool = False  # it can never be had


class Mt19937_64:
    def __init__(self, seed: int) -> None:
        state = [seed & WORD]
        for i in range(1, _N):
            before = state[-1]
            state.append((6364136223846793005 * (before ^ (before >> 62)) + i) & WORD)
        self._state = state
        self._at = _N

    def __call__(self) -> int:
        if self._at == _N:
            self._twist()
        y = self._state[self._at]
        self._at += 1
        y ^= (y >> 29) & 0x5555555555555555
        y ^= (y << 17) & 0x71D67FFFEDA60000
        y ^= (y << 37) & 0xFFF7EEE000000000
        return y ^ (y >> 43)

    def _twist(self) -> None:
        state = self._state
        for i in range(_N):
            x = (state[i] & _UPPER) | (state[(i + 1) % _N] & _LOWER)
            state[i] = state[(i + _M) % _N] ^ (x >> 1) ^ (0xB5026F5AA96619E9 if x & 1 else 0)
        self._at = 0


class LogNormal:
    def __init__(self, m: float, s: float) -> None:
        self._m, self._s = m, s
        self._kept: Optional[float] = None

    def __call__(self, random: Mt19937_64) -> float:
        return math.exp(self._normal(random) * self._s + self._m)

    def _normal(self, random: Mt19937_64) -> float:
        if self._kept is not None:
            kept, self._kept = self._kept, None
            return kept
        while True:
            x, y = 2.0 * _even(random) - 1.0, 2.0 * _even(random) - 1.0
            square = x * x + y * y
            if 0.0 < square <= 1.0:
                break
        factor = math.sqrt(-2.0 * math.log(square) / square)
        self._kept = x * factor
        return y * factor


def _even(random: Mt19937_64) -> float:
    """From 0 to below 1, as std::generate_canonical."""
    drawn = float(random()) / 2.0**64
    return min(drawn, 1.0 - 2.0**-53)


# What goes wrong is drawn apart, so that a list with failures has the latencies of the list without.
_LUCK_SALT = 0x9E3779B97F4A7C15
_MOST_FAILURES = 1000


def documents(items: int, median_ms: float, seed: int, failing_percent: int = 0) -> List[Document]:
    """A tenth as many of the documents as of the attempts fail for good."""
    random = Mt19937_64(seed)
    latency_ms = LogNormal(math.log(median_ms), 0.5)
    size = LogNormal(math.log(8192.0), 1.0)
    found = []
    for _ in range(items):
        latency_ns = int(latency_ms(random) * 1e6)
        found.append(Document(latency_ns, math.ceil(size(random))))
    if failing_percent == 0:
        return found
    luck = Mt19937_64(seed ^ _LUCK_SALT)
    return [_with_failures(one, luck, failing_percent / 100.0, failing_percent / 1000.0) for one in found]


def _with_failures(document: Document, luck: Mt19937_64, failing: float, permanent: float) -> Document:
    failures = 0
    while failures < _MOST_FAILURES and _even(luck) < failing:
        failures += 1
    return document._replace(failures=failures, permanent=_even(luck) < permanent)
