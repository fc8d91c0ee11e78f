"""Intervals of tails and of fairness against data whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from handoff.statistics import stats, tails

TRIALS = 1000


def _covered(blocks: int, per_block: int, shared: float, seed: int) -> tuple[float, float]:
    """How often the interval holds the true median, which is 1, of skewed values; and its mean width.

    `shared` is the part of the scatter that all trials of a block have in common.
    """
    rng = np.random.default_rng(seed)
    own = np.sqrt(1 - shared**2)
    hits, widths = [], []
    names = np.repeat(np.arange(blocks), per_block)
    for _ in range(TRIALS):
        logs = shared * np.repeat(rng.normal(size=blocks), per_block)
        values = np.exp(logs + own * rng.normal(size=blocks * per_block))
        (one,) = tails.median_intervals(values[:, None], names)
        hits.append(one.low <= 1.0 <= one.high)
        widths.append(np.log(one.high / one.low))
    return float(np.mean(hits)), float(np.mean(widths))


@pytest.mark.parametrize("blocks, per_block, shared", [(8, 1, 0.0), (12, 1, 0.0), (30, 1, 0.0), (10, 6, 0.8)])
def test_the_interval_covers_the_truth_as_often_as_it_says(
    blocks: int, per_block: int, shared: float
) -> None:
    covered, _ = _covered(blocks, per_block, shared, seed=41)
    # Three standard deviations of the 1000 campaigns.
    assert covered > stats.CONFIDENCE - 3 * np.sqrt(0.95 * 0.05 / TRIALS)


def test_what_the_trials_of_a_block_share_widens_the_interval_and_a_naive_one_misses() -> None:
    """The naive bootstrap takes each trial for a block of its own."""
    rng = np.random.default_rng(43)
    blocks, per_block = 10, 6
    names = np.repeat(np.arange(blocks), per_block)
    hits = np.zeros((300, 2))
    widths = np.zeros((300, 2))
    for campaign in range(300):
        logs = np.repeat(rng.normal(size=blocks), per_block) + 0.3 * rng.normal(size=names.size)
        for which, unit in enumerate((names, np.arange(names.size))):
            (one,) = tails.median_intervals(np.exp(logs)[:, None], unit)
            hits[campaign, which] = one.low <= 1.0 <= one.high
            widths[campaign, which] = np.log(one.high / one.low)
    assert widths[:, 0].mean() > 1.5 * widths[:, 1].mean()
    covered, naive = hits.mean(axis=0)
    assert covered > 0.9 and naive < 0.75


def test_independent_trials_are_widened_by_no_more_than_the_second_draw() -> None:
    """Blocks that share nothing: drawing twice shows twice the variance of the trials, on the safe side."""
    _, blocked = _covered(20, 3, 0.0, seed=47)
    _, alone = _covered(60, 1, 0.0, seed=47)
    assert alone < blocked < 1.1 * np.sqrt(2) * alone


def test_the_same_values_have_the_same_interval_whatever_their_order() -> None:
    rng = np.random.default_rng(53)
    values, names = rng.lognormal(size=24), np.repeat(np.arange(8), 3)
    order = rng.permutation(24)
    # Within a block the order of time is kept, as it is in the file.
    order = order[np.argsort(names[order], kind="stable")]
    order = np.concatenate([np.sort(order[names[order] == block]) for block in rng.permutation(8)])
    (one,) = tails.median_intervals(values[:, None], names)
    (two,) = tails.median_intervals(values[order][:, None], names[order])
    assert one == two


def test_the_two_ways_of_drawing_agree() -> None:
    """Blocks of one trial take a short cut; a block of two makes the long way."""
    rng = np.random.default_rng(59)
    values = rng.lognormal(size=41)
    (short,) = tails.median_intervals(values[:40, None], np.arange(40))
    (long,) = tails.median_intervals(values[:, None], np.append(np.arange(40), 0))
    assert long.low == pytest.approx(short.low, rel=0.2)
    assert long.high == pytest.approx(short.high, rel=0.2)


def test_few_blocks_say_what_their_range_attains() -> None:
    (five,) = tails.median_intervals(np.array([[1.0], [2.0], [3.0], [4.0], [5.0]]), np.arange(5))
    assert (five.low, five.estimate, five.high) == (1, 3, 5)
    assert five.coverage == pytest.approx(0.9375) and not five.sufficient
    (one,) = tails.median_intervals(np.array([[7.0]]), np.array([0]))
    assert (one.low, one.high, one.coverage) == (7, 7, 0)
    (many_of_one,) = tails.median_intervals(np.arange(1.0, 9.0)[:, None], np.zeros(8, dtype=np.int64))
    assert not many_of_one.sufficient
    (nothing,) = tails.median_intervals(np.array([[np.nan]]), np.array([0]))
    assert nothing.n == 0


def test_columns_with_gaps_are_each_for_themselves() -> None:
    table = np.array([[1.0, np.nan], [2.0, 5.0], [3.0, 6.0], [4.0, np.nan]])
    full, gaps = tails.median_intervals(table, np.arange(4))
    assert (full.n, full.estimate) == (4, 2.5)
    assert (gaps.n, gaps.estimate) == (2, 5.5)


@pytest.mark.parametrize(
    "figure, expected",
    [
        ("p99_ns", True),
        ("p99_9_ns", True),
        ("max_ns", True),
        ("since_sent_p99_ns", True),
        ("since_sent_p50_ns", False),
        ("producer_share_min", True),
        ("thread_share_max", True),
        ("consumer_jain", True),
        ("p50_ns", False),
        ("handover_share", False),
        ("items_per_second", False),
    ],
)
def test_tails_and_fairness_are_told_by_their_names(figure: str, expected: bool) -> None:
    assert tails.covers(figure) == expected
