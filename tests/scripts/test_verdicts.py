"""Verdicts on campaigns whose truth is known, and each rule by an example."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from handoff.statistics import error_rates, pairs, synthetic, verdicts
from handoff.statistics.costs import Floats, Trials
from handoff.statistics.outcomes import Outcome
from handoff.statistics.pairs import Group

SEED = 20261130
KINDS = {kind.name: kind for kind in synthetic.KINDS}
NAMES = tuple("abcdefghijklmnopqrstuvwxyz")


def group_of(table: Floats, regime: Floats | None = None) -> Group:
    """`table`: blocks down, members across, logarithms; `regime` likewise, or all the same."""
    known = np.isfinite(table)
    block, member = np.nonzero(known)
    place = np.zeros(block.size, dtype=np.int64) if regime is None else regime[known].astype(np.int64)
    trials = Trials(table[known], member, block, place)
    return pairs.of_trials(trials, NAMES[: table.shape[1]], ("A", "B", "C")[: int(place.max()) + 1])


def noisy(costs: list[float], blocks: int = 8, scatter: float = 0.03, seed: int = SEED) -> Floats:
    rng = np.random.default_rng(seed)
    found: Floats = np.log(np.array(costs)) + scatter * rng.normal(size=(blocks, len(costs)))
    return found


def outcome(of: Group, i: int = 1, j: int = 0) -> Outcome:
    return verdicts.verdict(of, i, j).outcome


# ---- campaigns with known truth ------------------------------------------------------------------------------

# Counts of the seed above: the whole table, of 500 campaigns each, is made by scripts/verdict_errors.py.
CAMPAIGNS = 6


@pytest.mark.parametrize("name", [name for name in KINDS if "sixty" not in name and "24 blocks" not in name])
def test_no_direction_is_wrong_and_most_are_found(name: str) -> None:
    found = error_rates.of_kind(KINDS[name], CAMPAIGNS, SEED)
    print(f"seed {SEED}", error_rates.row(name, found))
    assert found.campaigns == CAMPAIGNS
    assert (found.wrong_direction, found.best_lost) == (0, 0)
    assert (found.wrong_equivalence, found.wrong_alike) == (0, 0)
    hard = {"crowded at the top": 0.35, "ratios by regime": 0.50, "all alike": 0.0}
    assert found.told >= hard.get(name, 0.80) * found.apart
    assert found.told_from_best >= (0.70 if name in hard else 0.88) * found.apart_from_best


def test_a_changed_order_is_named_as_one() -> None:
    found = error_rates.of_kind(KINDS["one order flips, 16 to 24 blocks"], CAMPAIGNS, SEED)
    print(f"seed {SEED}", found)
    assert found.flips > 20 and found.wrong_direction == 0
    assert found.flips_named >= 0.95 * found.flips and found.flips_mistaken == 0


def test_the_score_sees_verdicts_that_are_wrong() -> None:
    """Were the truth the other way round, each direction that is said would be wrong."""
    campaign = synthetic.campaign(KINDS["five implementations"], np.random.default_rng(SEED))
    turned = dataclasses.replace(campaign, truth=-campaign.truth)
    assert error_rates.judge(campaign).wrong_direction == 0
    assert error_rates.judge(turned).wrong_direction == error_rates.judge(turned).best_lost == 1
    spread = dataclasses.replace(campaign, truth=campaign.truth * 0.0)
    alike = synthetic.campaign(
        dataclasses.replace(KINDS["all alike"], blocks=(40, 40)), np.random.default_rng(SEED)
    )
    assert error_rates.judge(spread).wrong_direction == 1
    assert error_rates.judge(alike).equivalent > 0
    apart = dataclasses.replace(alike, truth=alike.truth + np.arange(alike.truth.shape[1]))
    assert error_rates.judge(apart).wrong_equivalence == error_rates.judge(apart).wrong_alike == 1


# ---- two members ---------------------------------------------------------------------------------------------


def test_a_direction_an_equivalence_and_what_is_not_known() -> None:
    of = group_of(noisy([1.0, 1.3, 1.0], blocks=60, scatter=0.02))
    assert outcome(of, 1, 0) is Outcome.SLOWER and outcome(of, 0, 1) is Outcome.FASTER
    assert outcome(of, 2, 0) is Outcome.EQUIVALENT
    assert outcome(group_of(noisy([1.0, 1.04], blocks=8, scatter=0.1))) is Outcome.NOT_KNOWN


def test_the_order_of_the_members_does_not_matter() -> None:
    campaign = synthetic.campaign(KINDS["ratios by regime"], np.random.default_rng(SEED))
    trials, k = campaign.trials, campaign.truth.shape[1]
    turned = dataclasses.replace(trials, member=k - 1 - trials.member)
    here = verdicts.all_pairs(pairs.of_trials(trials, campaign.names, campaign.regimes))
    there = verdicts.all_pairs(pairs.of_trials(turned, campaign.names, campaign.regimes))
    assert (here == there[::-1, ::-1]).all()
    assert all(here[i, j] is here[j, i].turned for i in range(k) for j in range(k) if i != j)


def test_few_trials_say_nothing_and_more_blocks_are_asked_for() -> None:
    found = verdicts.verdict(group_of(noisy([1.0, 9.0], blocks=5)), 1, 0)
    assert found.outcome is Outcome.NOT_KNOWN and found.more_blocks == 1 and math.isnan(found.resolvable)
    assert outcome(group_of(noisy([1.0, 9.0], blocks=6))) is Outcome.SLOWER


def test_so_many_more_blocks_settle_it() -> None:
    few = verdicts.verdict(group_of(noisy([1.0, 1.04], blocks=8, scatter=0.06)), 1, 0)
    assert few.outcome is Outcome.NOT_KNOWN and few.more_blocks is not None
    settled = sum(
        outcome(group_of(noisy([1.0, few.ratio], 8 + few.more_blocks, 0.06, seed))) is not Outcome.NOT_KNOWN
        for seed in range(30)
    )
    assert settled >= 18  # 90%, were the ratio and the scatter as they seem


def test_stray_trials_and_a_block_that_shifts_everybody_hide_nothing() -> None:
    table = noisy([1.0, 1.2, 1.5, 2.0])
    table[3] += 2.0  # a disturbed block
    table[0, 0] += 1.5  # the best one lost a CPU, once
    table[5, 1] -= 0.7
    of = group_of(table)
    assert outcome(of) is Outcome.SLOWER
    assert np.exp(of.common[1, 0]) == pytest.approx(1.2, rel=0.05)


def test_two_modes_are_not_one_that_has_strays() -> None:
    """Five of eight trials in a mode 10% below the others, three far above them."""
    table = noisy([1.0, 1.0, 1.4, 1.6, 1.9], scatter=0.01)
    table[:, 1] += np.log([0.9, 0.9, 0.9, 0.9, 0.9, 1.5, 1.5, 1.5])
    assert outcome(group_of(table)) is Outcome.NOT_KNOWN


# ---- regimes -------------------------------------------------------------------------------------------------


def in_two_regimes(first: list[float], second: list[float], blocks: int = 10) -> Group:
    """Half of the blocks in each."""
    table = np.vstack([noisy(first, blocks, seed=1), noisy(second, blocks, seed=2) + np.log(3.0)])
    regime = np.repeat([[0.0], [1.0]], blocks, axis=0) * np.ones(len(first))
    return group_of(table, regime)


def test_a_size_that_differs_by_regime_is_a_direction_and_told_for_each() -> None:
    found = verdicts.verdict(in_two_regimes([1.0, 7.0, 2.0], [1.0, 3.0, 2.0]), 1, 0)
    assert found.outcome is Outcome.SLOWER and found.sizes_differ
    assert [one.ratio for one in found.regimes] == pytest.approx([7.0, 3.0], rel=0.05)
    assert not verdicts.verdict(in_two_regimes([1.0, 7.0, 2.0], [1.0, 3.0, 2.0]), 2, 0).sizes_differ


def test_an_order_that_changes_is_regime_dependent_and_in_no_cell_of_the_best() -> None:
    of = in_two_regimes([1.0, 1.4, 3.0], [1.4, 1.0, 3.0])
    assert outcome(of) is outcome(of, 0, 1) is Outcome.REGIME_DEPENDENT
    standing = verdicts.against_best(of)
    assert standing is not None and len(standing.tied) == 1
    assert len(standing.named(Outcome.REGIME_DEPENDENT)) == 1 and standing.named(Outcome.SLOWER) == ["c"]


def test_what_is_alike_on_average_over_regimes_is_not_equivalent() -> None:
    assert outcome(in_two_regimes([1.0, 1.06], [1.06, 1.0], blocks=200)) is not Outcome.EQUIVALENT
    assert outcome(in_two_regimes([1.0, 1.0], [1.06, 1.06], blocks=200)) is Outcome.EQUIVALENT


def test_a_regime_that_could_show_it_and_points_the_other_way_objects() -> None:
    of = in_two_regimes([1.0, 1.5, 2.0], [1.03, 1.0, 2.0], blocks=12)
    assert outcome(of) in (Outcome.NOT_KNOWN, Outcome.REGIME_DEPENDENT)


# ---- each against the best -----------------------------------------------------------------------------------


def test_the_cell_of_the_best_holds_only_what_is_shown_equivalent() -> None:
    table = noisy([1.0, 1.0, 1.5, 1.03, 2.0], blocks=60, scatter=0.04)
    table[6:, 3] = np.nan  # six trials say little of 3%
    standing = verdicts.against_best(group_of(table))
    assert standing is not None
    assert sorted(standing.tied) == ["a", "b"]
    assert standing.alike == ["d"] and "d" in standing.named(Outcome.EQUIVALENT)
    assert standing.of("d").outcome == standing.of("d").as_dict()["outcome"] == "equivalent within ±10%"
    assert standing.named(Outcome.SLOWER) == ["c", "e"]
    assert [one.name for one in standing.members][-2:] == ["c", "e"]


def test_what_may_be_further_off_than_anybody_cares_about_is_not_known() -> None:
    table = noisy([1.0, 1.0, 1.5, 1.09, 2.0], blocks=60, scatter=0.04)
    table[7:, 3] = np.nan
    standing = verdicts.against_best(group_of(table))
    assert standing is not None and standing.alike == []
    assert standing.named(Outcome.NOT_KNOWN) == ["d"]
    told = standing.of("d").verdict
    assert told is not None and told.more_blocks is not None and told.more_blocks > 0


def test_only_those_that_can_do_the_job_are_compared() -> None:
    of = group_of(noisy([1.0, 1.5, 2.0]))
    standing = verdicts.against_best(of, {"b", "c"})
    assert standing is not None and standing.best == "b" and standing.named(Outcome.SLOWER) == ["c"]
    assert verdicts.against_best(of, {"nobody"}) is None


def test_one_lucky_trial_makes_no_best() -> None:
    table = noisy([1.0, 1.6, 2.0])
    table[1:, 2] = np.nan
    table[0, 2] = np.log(0.5)
    standing = verdicts.against_best(group_of(table))
    assert standing is not None and standing.best == "a" and standing.named(Outcome.NOT_KNOWN) == ["c"]
