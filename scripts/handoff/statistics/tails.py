"""Intervals of tail percentiles and of fairness: a seeded bootstrap of blocks, then of the trials within them.

A 99th percentile or the smallest share of a thread is one value per process, so the process is the unit: the
figure of a case is the median over its trials. Trials of one block share a moment of the machine, and a tail
shows such a moment more than a mean does. An interval that took them as independent would be too short, so
whole blocks are drawn first. Drawing trials within them once more errs on the safe side: where the trials of
a block have nothing in common, it shows twice their variance.
"""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import special

from .stats import CONFIDENCE, Floats, Integers, Interval, sign_rank

METHOD = "hierarchical bootstrap"
SEED = 20261121
RESAMPLES = 2000

# A percentile is shown as a number where its interval ends within this factor of it.
KNOWN_WITHIN = 1.5

_TAIL = re.compile(r"(since_sent_)?(p99(_9+)?|max)_ns$")
# How late an item is seen, and how long a lock takes to acquire.
_TAIL_OF_WAITING = re.compile(r"(late|acquire)_p99_ns$")
_FAIRNESS = re.compile(r".*_(share_min|share_max|jain)$")

Ranks = npt.NDArray[np.intp]


def covers(figure: str) -> bool:
    """Whether intervals of this figure are made here, and not by the sign test."""
    return bool(_TAIL.match(figure) or _TAIL_OF_WAITING.match(figure) or _FAIRNESS.match(figure))


def is_known(one: Interval) -> bool:
    """Whether a tail's figure may be shown as a number."""
    within = one.high <= KNOWN_WITHIN * one.estimate and one.estimate <= KNOWN_WITHIN * one.low
    return one.sufficient and within


def settings() -> dict[str, object]:
    """What it takes to make the same intervals again."""
    return {
        "method": METHOD,
        "levels": ["block", "trial"],
        "statistic": "median over trials",
        "resamples": RESAMPLES,
        "seed": SEED,
        "confidence": CONFIDENCE,
    }


def median_intervals(table: Floats, blocks: Integers) -> list[Interval]:
    """An interval per column of `table`, whose rows are trials; `blocks` names the block of each row.

    With fewer than six blocks the interval says, as the sign test does, what the range of so few attains.
    """
    table, blocks = np.asarray(table, dtype=float), np.asarray(blocks)
    known = np.isfinite(table)
    if known.all():
        return _intervals(table, blocks)
    return [
        _intervals(table[known[:, at], at : at + 1], blocks[known[:, at]])[0] for at in range(table.shape[1])
    ]


def _intervals(table: Floats, blocks: Integers) -> list[Interval]:
    """The same of columns without gaps, at once."""
    n = len(table)
    if n == 0:
        return [Interval(np.nan, np.nan, np.nan, 0.0, 0)] * table.shape[1]
    sizes = np.unique(blocks, return_counts=True)[1]
    below, above = _levels(sizes.size)
    # Rounded outwards: medians of few trials take few values.
    ends = int(np.floor(below * (RESAMPLES - 1))), int(np.ceil(above * (RESAMPLES - 1)))
    low, high = np.partition(_medians(table, blocks, sizes), ends, axis=0)[list(ends)]
    coverage = min(CONFIDENCE, sign_rank(sizes.size)[1])
    columns = zip(low, np.median(table, axis=0), high)
    return [Interval(float(one), float(middle), float(other), coverage, n) for one, middle, other in columns]


@lru_cache(maxsize=None)
def _levels(blocks: int) -> tuple[float, float]:
    """Which percentiles of the resampled medians bound the interval.

    Drawing from n blocks shows a scatter that is short by √((n − 1)/n), and 2.5% on each side would be that
    of a normal law, as if the scatter were known. Both are made good as in the expanded percentile interval
    of Hesterberg, What Teachers Should Know about the Bootstrap, arXiv 1411.5279 (2014).
    """
    if blocks < 2:
        return 0.0, 1.0
    t = special.stdtrit(blocks - 1, (1 + CONFIDENCE) / 2)
    below = float(special.ndtr(-t * np.sqrt(blocks / (blocks - 1))))
    return below, 1.0 - below


def _medians(table: Floats, blocks: Integers, sizes: Integers) -> Floats:
    """The median of each column in each resample."""
    if sizes.max() == 1:
        # Which ranks meet in the middle does not depend on the values: the draws are made once per n.
        low, high = _middle_ranks(len(table))
        ordered = np.sort(table, axis=0)
        middle: Floats = (ordered[low] + ordered[high]) / 2
        return middle
    by_block = table[np.argsort(blocks, kind="stable")]
    draws = _draws(tuple(int(size) for size in sizes))
    # The draws point past the end where a block has fewer trials than others.
    return np.column_stack([_median_of_rows(np.append(column, np.nan)[draws]) for column in by_block.T])


def _median_of_rows(drawn: Floats) -> Floats:
    ordered = np.sort(drawn, axis=1)  # NaN sorts to the end
    counts = np.isfinite(ordered).sum(axis=1)
    rows = np.arange(len(ordered))
    middle: Floats = (ordered[rows, (counts - 1) // 2] + ordered[rows, counts // 2]) / 2
    return middle


@lru_cache(maxsize=None)
def _middle_ranks(n: int) -> tuple[Ranks, Ranks]:
    """Per resample of n blocks of one trial: the ranks of the two trials whose mean is the median."""
    drawn = np.sort(np.random.default_rng(SEED).integers(n, size=(RESAMPLES, n)), axis=1)
    return drawn[:, (n - 1) // 2].copy(), drawn[:, n // 2].copy()


@lru_cache(maxsize=8)
def _draws(sizes: tuple[int, ...]) -> Ranks:
    """Per resample the rows of the trials drawn, where blocks of these sizes lie one after the other."""
    rng = np.random.default_rng(SEED)
    each = np.array(sizes)
    starts = np.concatenate(([0], np.cumsum(each)[:-1]))
    chosen = rng.integers(each.size, size=(RESAMPLES, each.size))
    within = (rng.random((RESAMPLES, each.size, each.max())) * each[chosen][..., None]).astype(np.intp)
    missing = np.arange(each.max()) >= each[chosen][..., None]
    rows = np.where(missing, each.sum(), starts[chosen][..., None] + within)
    return np.asarray(rows.reshape(RESAMPLES, -1), dtype=np.intp)
