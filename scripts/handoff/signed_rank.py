"""Wilcoxon's signed-rank test of paired differences, for many pairs of implementations at once.

scipy.stats.wilcoxon decides the same (the tests hold the two against each other), but takes 150 µs for one pair,
and a report has some ten thousand.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import stats

Floats = npt.NDArray[np.float64]

EXACT_UP_TO = 60  # differences; beyond, the normal approximation is good to a tenth of any p that matters
# Of normal values the test needs π/3 of the samples of a t (Pitman's asymptotic relative efficiency).
EFFICIENCY = 3.0 / np.pi


def p_value(differences: Floats) -> float:
    """Two-sided, of sorted differences without NaN, under the hypothesis that their signs are fair coins.

    A difference of zero counts as half of either sign; ties of magnitude take the mean of their ranks.
    """
    n = differences.size
    if n == 0:
        return 1.0
    total = n * (n + 1) / 2
    positive = _positive_rank_sum(differences)
    smaller = min(positive, total - positive)
    if n > EXACT_UP_TO:
        spread = np.sqrt(n * (n + 1) * (2 * n + 1) / 24)
        return min(1.0, float(2 * stats.norm.sf((total / 2 - smaller - 0.5) / spread)))
    return min(1.0, 2.0 * float(_distribution(n)[int(np.ceil(smaller))]))


def _positive_rank_sum(differences: Floats) -> float:
    """As the number of Walsh averages above zero (Tukey 1949): pairs i <= j whose sum is positive."""
    n = differences.size
    above = n - np.searchsorted(differences, -differences, side="right")
    not_below = n - np.searchsorted(differences, -differences, side="left")
    ordered = (above.sum() + not_below.sum()) / 2  # both orders of each pair, and each with itself
    itself = (differences > 0).sum() + (differences == 0).sum() / 2
    return float((ordered + itself) / 2)


@lru_cache(maxsize=None)
def _distribution(n: int) -> Floats:
    """P(rank sum <= w) for w = 0, 1, ...: each rank from 1 to n is in the sum or not, by a fair coin."""
    probability = np.ones(1)
    for rank in range(1, n + 1):
        without = np.append(probability, np.zeros(rank))
        probability = (without + np.append(np.zeros(rank), probability)) / 2
    cumulative: Floats = np.cumsum(probability)
    return cumulative
