"""Statistics against values worked out by hand, against scipy, and against their own definition."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import scipy.stats

from handoff.statistics import stats


def test_the_interval_of_a_median_by_hand() -> None:
    # n = 8: P(X ≤ 0) = 1/256 on each side, so the range covers 1 − 2/256; the next rank would miss 18/256.
    eight = stats.median_interval([5, 1, 8, 3, 2, 7, 6, 4])
    assert (eight.low, eight.estimate, eight.high) == (1, 4.5, 8)
    assert eight.coverage == pytest.approx(1 - 2 / 256)
    # n = 9: 2·(1 + 9)/512 = 3.9% is allowed, so the second value from each end.
    nine = stats.median_interval(range(1, 10))
    assert (nine.low, nine.estimate, nine.high) == (2, 5, 8)
    assert nine.coverage == pytest.approx(1 - 20 / 512)


# Ranks from the tables of the sign test at 95%.
@pytest.mark.parametrize(
    "n, rank", [(6, 1), (8, 1), (9, 2), (11, 2), (12, 3), (15, 4), (17, 5), (20, 6), (25, 8)]
)
def test_ranks_are_those_of_the_tables(n: int, rank: int) -> None:
    k, coverage = stats.sign_rank(n)
    assert k == rank
    assert coverage >= 0.95
    assert 1 - 2 * scipy.stats.binom.cdf(k, n, 0.5) < 0.95  # one rank further in would not do


def test_the_interval_is_the_inversion_of_the_sign_test() -> None:
    values = np.sort(np.random.default_rng(3).normal(size=23))
    interval = stats.median_interval(values)

    def p_of(median: float) -> float:
        return float(scipy.stats.binomtest(int((values > median).sum()), values.size).pvalue)

    assert p_of(interval.low + 1e-9) > 0.05 > p_of(interval.low - 1e-9)
    assert p_of(interval.high - 1e-9) > 0.05 > p_of(interval.high + 1e-9)


def test_five_values_are_not_enough_and_say_so() -> None:
    five = stats.median_interval([1, 2, 3, 4, 5])
    assert (five.low, five.high) == (1, 5)
    assert five.coverage == pytest.approx(0.9375)
    assert not five.sufficient
    assert stats.median_interval([1, 2, 3, 4, 5, 6]).sufficient
    nothing = stats.median_interval([float("nan")])
    assert nothing.n == 0 and np.isnan(nothing.estimate)


def test_the_interval_covers_a_skewed_median_as_often_as_it_says() -> None:
    rng = np.random.default_rng(11)
    samples = rng.lognormal(sigma=1.5, size=(4000, 12))
    hit = [i.low <= 1.0 <= i.high for i in map(stats.median_interval, samples)]
    _, coverage = stats.sign_rank(12)
    # Three standard deviations of 4000 trials.
    assert abs(np.mean(hit) - coverage) < 3 * np.sqrt(coverage * (1 - coverage) / 4000)


def test_holm_by_hand() -> None:
    # Sorted 0.01, 0.02, 0.03, 0.04 times 4, 3, 2, 1 gives 0.04, 0.06, 0.06, 0.04; made monotone 0.06 at the end.
    adjusted = stats.holm(np.array([0.04, 0.01, 0.03, 0.02]))
    assert adjusted == pytest.approx([0.06, 0.04, 0.06, 0.06])
    assert stats.holm(np.array([0.9, 0.8])) == pytest.approx([1.0, 1.0])
