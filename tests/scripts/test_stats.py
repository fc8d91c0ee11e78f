"""Statistics against values worked out by hand, against scipy, and against their own definition."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import scipy.stats

from handoff.statistics import stats, ties


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


def trimmed_t(differences: stats.Floats) -> tuple[float, float]:
    """p and spread of a trimmed t with scipy's parts (Yuen 1974): of 20 or more without a quarter at either end."""
    n = differences.size
    cut = n // (4 if n >= 20 else 10)
    kept = n - 2 * cut
    pulled_in = scipy.stats.mstats.winsorize(differences, limits=(cut / n, cut / n))
    error = np.sqrt(np.var(pulled_in, ddof=1) * (n - 1) / (kept * (kept - 1)))
    t = scipy.stats.trim_mean(differences, cut / n) / error
    return float(2 * scipy.stats.t.sf(abs(t), kept - 1)), float(error * np.sqrt(n))


@pytest.mark.parametrize("blocks", [9, 10, 19, 20, 33])
def test_pairs_agree_with_scipy_one_at_a_time(blocks: int) -> None:
    rng = np.random.default_rng(5)
    logs = rng.normal(size=(blocks, 4)) + rng.normal(size=(blocks, 1))
    pairs = stats.pairwise([logs])
    for i, j in itertools.permutations(range(4), 2):
        differences = logs[:, i] - logs[:, j]
        interval = stats.median_interval(differences)
        assert pairs.ratio[i, j] == pytest.approx(np.exp(interval.estimate))
        assert pairs.low[i, j] == pytest.approx(np.exp(interval.low))
        assert pairs.high[i, j] == pytest.approx(np.exp(interval.high))
        p, spread = trimmed_t(differences)
        assert pairs.p[i, j] == pytest.approx(p)
        assert pairs.spread[i, j] == pytest.approx(spread)
        if blocks < 10:  # too few to leave any out: the plain t
            assert p == pytest.approx(scipy.stats.ttest_rel(logs[:, i], logs[:, j]).pvalue)


def test_stray_trials_do_not_hide_a_difference() -> None:
    rng = np.random.default_rng(71)
    logs = 0.03 * rng.normal(size=(45, 2)) + [0.0, 0.06]
    logs[::6, 0] += np.log(50.0)  # a CPU was taken away for most of a window
    pairs = stats.pairwise([logs])
    assert stats.verdict(pairs.low[1, 0], pairs.high[1, 0], 45, pairs.p[1, 0]) == stats.DIFFERENT
    assert stats.resolvable(pairs.spread[1, 0], 45) < 0.06
    # The plain mean takes the other side.
    assert scipy.stats.ttest_rel(logs[:, 1], logs[:, 0]).statistic < 0 < np.log(pairs.ratio[1, 0])


def test_a_block_that_shifts_everyone_cancels() -> None:
    block = np.random.default_rng(1).normal(scale=5, size=(8, 1))
    pairs = stats.pairwise([np.hstack([block, block + np.log(1.5)])])
    assert pairs.ratio[1, 0] == pytest.approx(1.5)
    assert (pairs.low[1, 0], pairs.high[1, 0]) == pytest.approx((1.5, 1.5))


def test_left_over_samples_are_matched_in_order_and_used_once() -> None:
    nan = np.nan
    table = np.array([[1.0, nan], [2.0, 20.0], [nan, 30.0], [4.0, nan], [nan, 50.0], [6.0, nan]])
    # Block 1 has both; 1 meets 30, 4 meets 50; 6 meets nobody.
    pairs = stats.pairwise([table])
    assert pairs.n[0, 1] == 3
    assert np.log(pairs.low[0, 1]) == pytest.approx(-46)
    assert np.log(pairs.ratio[0, 1]) == pytest.approx(-29)
    assert np.log(pairs.high[0, 1]) == pytest.approx(-18)


def test_a_block_that_holds_but_one_of_the_two_leaves_nothing_over() -> None:
    nan = np.nan
    # Two that are alike while the machine gets slower: one was sampled early, the other late.
    table = np.array([[1.0, 1.0], [2.0, nan], [3.0, nan], [nan, 4.0], [nan, 5.0], [nan, 6.0]])
    present = np.isfinite(table)
    pairs = stats.pairwise([table], [present])
    assert (pairs.n[0, 1], pairs.ratio[0, 1]) == (1, 1.0)
    assert (pairs.n[0, 0], pairs.n[1, 1]) == (3, 4)
    # In blocks 1 and 3 the other one was there, too, in another regime.
    present[[1, 3], [1, 0]] = True
    assert stats.pairwise([table], [present]).n[0, 1] == 2
    assert stats.pairwise([table]).n[0, 1] == 3


def test_pairs_are_not_formed_across_regimes() -> None:
    nan = np.nan
    pairs = stats.pairwise([np.array([[1.0, nan]]), np.array([[nan, 2.0]])])
    assert pairs.n[0, 1] == 0
    assert np.isnan(pairs.ratio[0, 1])
    assert pairs.p[0, 1] == 1.0


def test_holm_by_hand() -> None:
    # Sorted 0.01, 0.02, 0.03, 0.04 times 4, 3, 2, 1 gives 0.04, 0.06, 0.06, 0.04; made monotone 0.06 at the end.
    adjusted = stats.holm(np.array([0.04, 0.01, 0.03, 0.02]))
    assert adjusted == pytest.approx([0.06, 0.04, 0.06, 0.06])
    assert stats.holm(np.array([0.9, 0.8])) == pytest.approx([1.0, 1.0])


@pytest.mark.parametrize(
    "low, high, n, p, verdict",
    [
        (1.04, 1.20, 8, 0.001, stats.DIFFERENT),
        (0.80, 0.96, 8, 0.001, stats.DIFFERENT),
        (1.04, 1.20, 8, 0.200, stats.UNRESOLVED),  # does not survive the correction
        (0.99, 1.20, 8, 0.001, stats.UNRESOLVED),  # the exact interval holds 1
        (1.04, 1.20, 5, 0.001, stats.UNRESOLVED),  # too few for an interval at 95%
        (0.98, 1.02, 8, 0.900, stats.EQUIVALENT),
        (1.01, 1.02, 8, 0.001, stats.EQUIVALENT),  # surely not 1, and surely of no weight
        (0.96, 1.02, 8, 0.900, stats.UNRESOLVED),
        (float("nan"), float("nan"), 8, 0.0, stats.UNRESOLVED),
    ],
)
def test_verdicts(low: float, high: float, n: int, p: float, verdict: str) -> None:
    assert stats.verdict(low, high, n, p) == verdict


@pytest.mark.parametrize("blocks", [10, 30])
def test_equal_columns_are_hardly_ever_called_different(blocks: int) -> None:
    """Six alike implementations, heavy tails, 600 campaigns: at the 95% level at most 5% may err."""
    rng = np.random.default_rng(17)
    wrong = 0
    for _ in range(600):
        pairs = stats.pairwise([0.05 * rng.standard_t(3, size=(blocks, 6))])
        adjusted = stats.holm_square(pairs.p)
        wrong += any(
            stats.verdict(pairs.low[i, j], pairs.high[i, j], int(pairs.n[i, j]), adjusted[i, j])
            == stats.DIFFERENT
            for i, j in itertools.combinations(range(6), 2)
        )
    # Two standard deviations of 600: 30 and 11 more.
    assert wrong <= 600 * 0.05 + 2 * np.sqrt(600 * 0.05 * 0.95)


def test_the_resolvable_difference_is_as_the_method_says() -> None:
    # docs/method.md: paired SD 5% needs 18 blocks for 5%, 10% needs 70, 2% needs 6, at 90% power. The
    # table uses the normal approximation; the sign test's few ranks ask for a little more.
    assert stats.resolvable(0.05, 18) == pytest.approx(0.05, abs=0.006)
    assert stats.resolvable(0.10, 70) == pytest.approx(0.05, abs=0.002)
    assert stats.resolvable(0.02, 6) < 0.05
    assert np.isnan(stats.resolvable(0.05, 5))


@pytest.mark.parametrize("n", [6, 8, 9, 30])
@pytest.mark.parametrize("others", [1, 7])
def test_what_is_called_resolvable_is_found_nine_times_in_ten(n: int, others: int) -> None:
    """One of several is slower by just that; the verdict is the report's own, with its correction."""
    rng = np.random.default_rng(61)
    k = others + 1
    undecided = k * (k - 1) // 2
    shift = np.log1p(stats.resolvable(0.05, n, undecided))
    found = []
    for _ in range(300):
        logs = 0.05 / np.sqrt(2) * rng.normal(size=(n, k))
        logs[:, -1] += shift
        pairs = stats.pairwise([logs])
        p = stats.holm_square(pairs.p)[-1, 0]
        found.append(stats.verdict(pairs.low[-1, 0], pairs.high[-1, 0], n, p) == stats.DIFFERENT)
    # Three standard deviations of 300; two witnesses at 90% each may miss a little more than one would.
    assert 0.9 - 0.06 < np.mean(found) < 0.98


@pytest.mark.parametrize("n, m", [(4, 4), (8, 9), (45, 45)])
def test_what_two_runs_could_resolve_is_found_nine_times_in_ten(n: int, m: int) -> None:
    rng = np.random.default_rng(67)
    found, resolvable = [], []
    shift = stats._detectable_shift(n, m)
    for _ in range(300):
        a, b = rng.normal(size=n), rng.normal(size=m) + shift
        found.append(stats.shift_interval(a, b).low > 0)
        resolvable.append(stats.shift_resolvable(a, b))
    assert np.mean(found) == pytest.approx(0.9, abs=3 * np.sqrt(0.09 / 300))
    assert np.mean(resolvable) == pytest.approx(shift, rel=0.12)  # the scatter is estimated, too
    assert np.isnan(stats.shift_resolvable(a[:3], b[:3]))


def _different(k: int, *pairs: tuple[int, int]) -> stats.Bools:
    table = np.zeros((k, k), dtype=bool)
    for i, j in pairs:
        table[i, j] = table[j, i] = True
    return table


def test_tie_letters_by_hand() -> None:
    assert ties.tie_letters(_different(3)) == ["a", "a", "a"]
    assert ties.tie_letters(_different(3, (0, 2))) == ["a", "ab", "b"]
    assert ties.tie_letters(_different(3, (0, 1), (0, 2), (1, 2))) == ["a", "b", "c"]
    # The classical chain of four: neighbours tie, all others differ.
    assert ties.tie_letters(_different(4, (0, 2), (0, 3), (1, 3))) == ["a", "ab", "bc", "c"]
    assert ties.tie_letters(_different(0)) == []


def test_two_share_a_letter_exactly_when_they_are_not_different() -> None:
    rng = np.random.default_rng(23)
    for _ in range(60):
        k = int(rng.integers(2, 9))
        upper = np.triu(rng.random((k, k)) < 0.5, 1)
        different = np.asarray(upper | upper.T, dtype=bool)
        letters = [set(one) for one in ties.tie_letters(different)]
        for i, j in itertools.combinations(range(k), 2):
            assert bool(letters[i] & letters[j]) == (not different[i, j])


def test_letters_of_many_that_hardly_differ_are_found_in_no_time() -> None:
    """Ties of this shape have 3^40 maximal sets: to list them all would never end."""
    k = 120
    different = np.zeros((k, k), dtype=bool)
    for first in range(0, k, 3):
        for i, j in itertools.permutations(range(first, first + 3), 2):
            different[i, j] = True
    letters = ties.tie_letters(different)
    assert len(letters) == k and all(letters)


@pytest.mark.parametrize(
    "letters, short", [("abcd", "a–d"), ("ab", "ab"), ("abcdg", "a–d g"), ("", ""), ("ace", "ace")]
)
def test_letters_are_shortened_for_charts(letters: str, short: str) -> None:
    assert ties.shorten(letters) == short


def test_the_shift_interval_inverts_the_exact_test_of_scipy() -> None:
    rng = np.random.default_rng(29)
    a, b = rng.normal(size=8), rng.normal(loc=1.0, size=9)
    interval = stats.shift_interval(a, b)

    def p_of(shift: float) -> float:
        return float(scipy.stats.mannwhitneyu(b - shift, a, method="exact").pvalue)

    assert p_of(interval.low - 1e-9) < 0.05 < p_of(interval.low + 1e-9)
    assert p_of(interval.high + 1e-9) < 0.05 < p_of(interval.high - 1e-9)
    assert interval.estimate == pytest.approx(np.median(np.subtract.outer(b, a)))


def test_a_shift_of_few_values_states_what_it_attains() -> None:
    interval = stats.shift_interval(np.array([1.0, 2.0, 3.0]), np.array([11.0, 12.0, 13.0]))
    # 3 against 3: the most extreme of 20 orders on each side.
    assert (interval.low, interval.estimate, interval.high) == (8, 10, 12)
    assert interval.coverage == pytest.approx(0.9)
    assert stats.shift_interval(np.array([]), np.array([1.0])).n == 0
