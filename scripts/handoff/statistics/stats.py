"""Intervals, paired comparisons, and corrections; the distributions are scipy's.

The unit of replication is the process: one value per case and block. Nothing here averages over modes: a
location is a median, its interval comes from order statistics and is exact for any distribution.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import special, stats

CONFIDENCE = 0.95
EQUIVALENCE = 0.03  # docs/method.md: an interval inside ±3% is "the same" for a design decision
POWER = 0.90
# Of this many pairs or more the trimmed t leaves out a quarter at either end, of fewer a tenth: on a virtual machine
# every eighth trial may be a stray one, and of few pairs a quarter leaves too few degrees of freedom for a family
# of hundreds.
QUARTER_FROM = 20
METHOD = "sign test"  # what makes the interval of a median unless something else is said

_SEED = 20261121
_SIMULATED = 2000  # the percentile that is read from them is known to about 2%

DIFFERENT = "different"
EQUIVALENT = "equivalent"
UNRESOLVED = "unresolved"

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
    k = int(stats.binom.ppf(alpha / 2, n, 0.5))  # smallest k with P(X ≤ k) ≥ α/2
    while k > 1 and 2 * stats.binom.cdf(k - 1, n, 0.5) > alpha * (1 + 1e-12):
        k -= 1
    k = max(k, 1)
    return k, max(0.0, float(1.0 - 2.0 * stats.binom.cdf(k - 1, n, 0.5)))


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


@dataclass(frozen=True)
class Pairwise:
    """Every implementation against every other: square arrays, entry [i, j] is about the ratio i / j."""

    ratio: Floats
    low: Floats
    high: Floats
    n: Integers
    spread: Floats  # standard deviation of the paired log-ratios, stray ones aside
    p: Floats  # two-sided, trimmed t on the paired log-ratios, before correction


def pairwise(tables: Sequence[Floats], present: Sequence[Bools] | None = None) -> Pairwise:
    """Compares the columns of logarithmic tables pair by pair: one table per regime, its rows are blocks.

    NaN means that there is no sample. Pairs are never formed across tables. `present`, a table for each: whether
    the block holds the column at all, in whichever regime; without it, it is taken to.
    """
    if present is None:
        present = [np.ones(table.shape, dtype=bool) for table in tables]
    k = tables[0].shape[1]
    ratio, low, high, mean, spread = (np.full((k, k), np.nan) for _ in range(5))
    n = np.zeros((k, k), dtype=np.int64)
    for i in range(k):
        # NaN sorts to the end.
        differences = np.sort(
            np.vstack([_differences(table, held, i) for table, held in zip(tables, present)]), axis=0
        )
        counts = np.isfinite(differences).sum(axis=0)
        ranks = np.array([sign_rank(int(count))[0] for count in counts])
        n[i] = counts
        low[i] = np.exp(_pick(differences, ranks - 1))
        high[i] = np.exp(_pick(differences, np.maximum(counts - ranks, 0)))
        lower_middle = _pick(differences, np.maximum((counts - 1) // 2, 0))
        ratio[i] = np.exp((lower_middle + _pick(differences, counts // 2)) / 2)
        mean[i], spread[i] = _trimmed(differences, counts)
    return Pairwise(ratio, low, high, n, np.where(n >= 2, spread, np.nan), _paired_t(mean, spread, n))


def _differences(table: Floats, present: Bools, i: int) -> Floats:
    """Column i minus every column: of the same block first, so that what a block did to both cancels.

    Where the machine moved within a block, its two samples saw different regimes and are no pair. What is
    left over of i is then matched with what is left over of the other in order of time. The choice does not
    look at the values and uses no sample twice, so the signs stay fair coins where the two are alike.

    A block that holds but one of the two leaves nothing over: later blocks hold what needs samples, so that the
    spare samples of the one could all be later than those of the other, and a drift would take sides.
    """
    one = table[:, i : i + 1]
    has_one, has_other = np.isfinite(one), np.isfinite(table)
    same_block = one - table
    both_present = present & present[:, i : i + 1]
    spare_one, spare_other = has_one & ~has_other & both_present, has_other & ~has_one & both_present
    if not (spare_one.any() and spare_other.any()):
        return same_block
    return np.vstack(
        [same_block, _first(np.broadcast_to(one, table.shape), spare_one) - _first(table, spare_other)]
    )


def _first(values: Floats, chosen: Bools) -> Floats:
    """The chosen entries of each column moved to its top, in their order; NaN below."""
    order = np.argsort(~chosen, axis=0, kind="stable")
    moved: Floats = np.take_along_axis(np.where(chosen, values, np.nan), order, axis=0)
    return moved


def _pick(columns: Floats, rows: Integers) -> Floats:
    """One entry of each column; an empty column gives its NaN."""
    picked: Floats = columns[np.minimum(rows, columns.shape[0] - 1), np.arange(columns.shape[1])]
    return picked


def _trimmed(differences: Floats, counts: Integers) -> tuple[Floats, Floats]:
    """Of each column, sorted and with NaN at its end: the mean without what `trimmed` leaves out, and the standard
    deviation of normal values whose mean would be known as well (Tukey and McLaughlin 1963; Yuen 1974).

    One trial during which the host took a CPU away is off by a factor of hundreds. It says nothing about the
    implementations, yet it would double the deviation of a hundred others.
    """
    cut = trimmed(counts)
    kept = counts - 2 * cut
    row = np.arange(differences.shape[0])[:, np.newaxis]
    middle = (row >= cut) & (row < counts - cut)
    mean = np.where(middle, differences, 0.0).sum(axis=0) / np.maximum(kept, 1)
    ends = _pick(differences, cut), _pick(differences, np.maximum(counts - 1 - cut, 0))
    pulled_in = np.clip(differences, *ends)
    present = np.isfinite(pulled_in)
    centre = np.where(present, pulled_in, 0.0).sum(axis=0) / np.maximum(counts, 1)
    squares = (np.where(present, pulled_in - centre, 0.0) ** 2).sum(axis=0)
    return mean, np.sqrt(counts * squares / np.maximum(kept * (kept - 1), 1))


def trimmed(n: Integers) -> Integers:
    """How many values are left out at either end."""
    return np.where(n >= QUARTER_FROM, n // 4, n // 10)


def _paired_t(mean: Floats, spread: Floats, n: Integers) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.abs(mean) / (spread / np.sqrt(n))
    freedom = np.maximum(n - 2 * trimmed(n) - 1, 1)
    p = np.where(mean == 0.0, 1.0, 2.0 * stats.t.sf(t, freedom))
    return np.where(n >= 2, p, 1.0)


def holm(p: Floats) -> Floats:
    """Holm's step-down adjustment: reject where the adjusted value is below the level of the whole family."""
    order = np.argsort(p, kind="stable")
    factors = np.arange(p.size, 0, -1)
    adjusted = np.empty_like(p, dtype=float)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(p[order] * factors))
    return adjusted


def holm_square(p: Floats) -> Floats:
    """The same over the pairs of a square array: each unordered pair is one hypothesis."""
    upper = np.triu_indices(p.shape[0], 1)
    adjusted = np.ones_like(p)
    adjusted[upper] = holm(p[upper])
    adjusted.T[upper] = adjusted[upper]
    return adjusted


def verdict(low: float, high: float, n: int, adjusted_p: float) -> str:
    """What may be said of a ratio whose exact 95% interval is [low, high].

    `different` needs two witnesses: the exact sign-test interval excludes 1, and the trimmed t survives
    Holm's correction over the family. The sign test alone has too few outcomes for a family of hundreds (at
    n = 8 its smallest p is 1/128, however large the difference); the t alone relies on a shape.
    """
    if not (np.isfinite(low) and np.isfinite(high)) or sign_rank(n)[1] < CONFIDENCE:
        return UNRESOLVED
    if 1.0 - EQUIVALENCE <= low and high <= 1.0 + EQUIVALENCE:
        return EQUIVALENT
    if (low > 1.0 or high < 1.0) and adjusted_p < 1.0 - CONFIDENCE:
        return DIFFERENT
    return UNRESOLVED


def resolvable(spread: float, n: int, undecided: int = 1) -> float:
    """Smallest relative difference that n pairs of this spread would have shown with 90% power; NaN below
    n = 6.

    Of normal log-ratios, with the verdict's own two witnesses: the one that needs more decides.
    `undecided`: by how many comparisons Holm still divides the level.
    """
    if sign_rank(n)[1] < CONFIDENCE or not np.isfinite(spread):
        return float("nan")
    return float(np.expm1(spread * _detectable(n, undecided)))


@lru_cache(maxsize=None)
def _detectable(n: int, undecided: int) -> float:
    """The shift, in standard deviations of a pair, that both witnesses find with 90% power each."""
    k = sign_rank(n)[0]
    # The interval excludes zero when n + 1 - k differences are positive: a tail of the binomial, hence beta.
    by_signs = stats.norm.ppf(stats.beta.ppf(POWER, n + 1 - k, k))
    freedom = n - 2 * int(trimmed(np.array(n))) - 1
    critical = stats.t.isf((1.0 - CONFIDENCE) / (2 * undecided), freedom)
    by_t = special.nctdtrinc(freedom, 1.0 - POWER, critical) / np.sqrt(n)
    return float(max(by_signs, by_t))


def shift_interval(a: Floats, b: Floats, confidence: float = CONFIDENCE) -> Interval:
    """Hodges-Lehmann shift of b against a for unpaired samples, by inverting the exact Mann-Whitney test.

    The estimate is the median of all differences b - a; the interval holds the shifts that the two-sided
    test does not reject. Where even the range does not reach the confidence, it is the range, with its own
    coverage.
    """
    a, b = a[np.isfinite(a)], b[np.isfinite(b)]
    differences = np.sort(np.subtract.outer(b, a).ravel())
    if differences.size == 0:
        return Interval(np.nan, np.nan, np.nan, 0.0, 0)
    k, coverage = _shift_rank(int(a.size), int(b.size), confidence)
    low, high = differences[k - 1], differences[differences.size - k]
    return Interval(
        float(low), float(np.median(differences)), float(high), coverage, int(min(a.size, b.size))
    )


@lru_cache(maxsize=None)
def _shift_rank(n: int, m: int, confidence: float) -> tuple[int, float]:
    """Rank k of the sorted differences that bounds the interval: 2·P(U ≤ k − 1) ≤ 1 − confidence."""

    def p_of(u: int) -> float:
        """scipy's two-sided exact p of a pair of samples built to have the statistic u (without ties)."""
        full, rest = divmod(u, m)
        below = [m + 1.0] * full + ([rest + 0.5] if full < n else [])
        x = np.array(below + [0.0] * (n - len(below))) + np.arange(n) * 1e-6
        return float(stats.mannwhitneyu(x, np.arange(1, m + 1), method=_method(n, m)).pvalue)

    low, high = 0, (n * m) // 2  # p_of rises with u on this range
    if p_of(0) > 1.0 - confidence:
        return 1, 1.0 - p_of(0)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if p_of(middle) <= 1.0 - confidence else (low, middle)
    return low + 1, 1.0 - p_of(low)


def _method(n: int, m: int) -> str:
    """The exact distribution costs n·m per value; past some hundred pairs the normal one is as good."""
    return "exact" if max(n, m) <= 40 else "asymptotic"


def shift_resolvable(a: Floats, b: Floats) -> float:
    """Smallest shift between samples of these sizes and this scatter that shift_interval would tell from zero
    with 90% power, were they normal; NaN where it can tell none."""
    a, b = a[np.isfinite(a)], b[np.isfinite(b)]
    n, m = int(a.size), int(b.size)
    if min(n, m) < 2 or _shift_rank(n, m, CONFIDENCE)[1] < CONFIDENCE:
        return float("nan")
    within = ((a - a.mean()) ** 2).sum() + ((b - b.mean()) ** 2).sum()
    return float(np.sqrt(within / (n + m - 2)) * _detectable_shift(n, m))


@lru_cache(maxsize=None)
def _detectable_shift(n: int, m: int) -> float:
    """The same in standard deviations. The interval excludes zero when the k-th smallest difference is
    positive, so the shift that is found in 90% of cases is a percentile of that difference without a shift.
    """
    if _method(n, m) != "exact":
        quantiles = stats.norm.ppf((1 + CONFIDENCE) / 2) + stats.norm.ppf(POWER)
        # π/3: what the rank test loses against the mean on normal data.
        return float(quantiles * np.sqrt(np.pi / 3 * (1 / n + 1 / m)))
    rng = np.random.default_rng(_SEED)
    ones, others = rng.normal(size=(_SIMULATED, n, 1)), rng.normal(size=(_SIMULATED, 1, m))
    k = _shift_rank(n, m, CONFIDENCE)[0]
    bound = np.partition((others - ones).reshape(_SIMULATED, -1), k - 1, axis=1)[:, k - 1]
    return float(-np.quantile(bound, 1.0 - POWER))
