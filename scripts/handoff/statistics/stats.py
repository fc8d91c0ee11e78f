"""Intervals of medians, and a correction; the distributions are scipy's.

The unit of replication is the process: one value per case and block. Nothing here averages over modes: a
location is a median, its interval comes from order statistics and is exact for any distribution.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import special

CONFIDENCE = 0.95
METHOD = "sign test"  # what makes the interval of a median unless something else is said

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Interval:
    """A median between two order statistics. `coverage` is what the interval attains, not what was asked."""

    low: float
    estimate: float
    high: float
    coverage: float
    n: int

    @property
    def sufficient(self) -> bool:
        """Enough values for 95%: below n = 6 even the whole range does not reach it."""
        return self.coverage >= CONFIDENCE

    def mapped(self, factor: float) -> "Interval":
        return Interval(self.low * factor, self.estimate * factor, self.high * factor, self.coverage, self.n)


@lru_cache(maxsize=None)
def sign_rank(n: int, confidence: float = CONFIDENCE) -> tuple[int, float]:
    """Rank k of the order statistic (from 1) so that [x_(k), x_(n+1-k)] covers the median, and how surely.

    The number of values under the median is binomial(n, 1/2); the interval misses it when fewer than k
    fall on one side, which has probability 2·P(X ≤ k − 1). Where no k reaches the confidence, k is 1.
    """
    if n < 1:
        return 1, 0.0
    alpha = 1.0 - confidence
    below = special.bdtr(np.arange(n // 2 + 1), n, 0.5)  # P(X ≤ k), for each k up to the middle
    allowed = np.count_nonzero(2 * below <= alpha * (1 + 1e-12))  # these are the first of them
    k = max(int(allowed), 1)
    return k, max(0.0, float(1.0 - 2.0 * below[k - 1]))


def median_interval(values: Sequence[float] | Floats, confidence: float = CONFIDENCE) -> Interval:
    """The median with its exact interval; with fewer than six values, the range and its lower coverage."""
    data = np.sort(np.asarray(values, dtype=float))
    data = data[np.isfinite(data)]
    n = int(data.size)
    if n == 0:
        return Interval(np.nan, np.nan, np.nan, 0.0, 0)
    k, coverage = sign_rank(n, confidence)
    middle = (data[(n - 1) // 2] + data[n // 2]) / 2  # sorted already, which np.median does not know
    return Interval(float(data[k - 1]), float(middle), float(data[n - k]), coverage, n)


def holm(p: Floats) -> Floats:
    """Holm's step-down adjustment: reject where the adjusted value is below the level of the whole family."""
    order = np.argsort(p, kind="stable")
    factors = np.arange(p.size, 0, -1)
    adjusted = np.empty_like(p, dtype=float)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(p[order] * factors))
    return adjusted


def holm_level(p: Floats, level: float) -> float:
    """The level for each test alone at which exactly those are shown that Holm's procedure shows."""
    return level / max(1, int(p.size - np.count_nonzero(holm(p) <= level)))
