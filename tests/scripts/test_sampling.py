"""What later blocks hold, on generated campaigns whose truth is known."""

from __future__ import annotations

import functools
import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from handoff.campaign import needs
from handoff.errors import HandoffError
from handoff.run import cases, sampling
from handoff.run.cases import Case
from handoff.run.samples import Sample
from handoff.run.sampling import BlockPlan, Contest, Needs, Sampling
from handoff.statistics import pairs, verdicts
from handoff.statistics.costs import Trials
from handoff.statistics.outcomes import Outcome

Json = dict[str, Any]
Change = Callable[[Json], None]
KINDS = {"paced_spsc_ring": "paced"}
KEYS = "queues:2/wait:spin/report:mean"


def trip(name: str, keys: str = KEYS) -> Case:
    return cases.parse(f"ping_pong/{name}/{keys}", KINDS)


# Nanoseconds and their relative scatter: one that is far from the others, and two that are hard to tell apart.
FAR, NEAR, NEXT = trip("far"), trip("near"), trip("next")
CALM_OTHER, WIDE_OTHER = trip("calm", "queues:2/wait:block/report:mean"), trip("wide", "queues:1/wait:spin")
PACED = trip("paced_spsc_ring", "queues:2/wait:pause/report:mean")
Truths = dict[Case, tuple[float, float]]
TRUTH: Truths = {FAR: (300, 0.004), NEAR: (100, 0.08), NEXT: (102, 0.08), CALM_OTHER: (50, 0.004)}
TRUTH |= {WIDE_OTHER: (70, 0.15), PACED: (90, 0.03)}
CASES = list(TRUTH)
HEADLINES = (tuple(case.name for case in (FAR, NEAR, NEXT)),)
RULE = Sampling(0.02, HEADLINES, headlines_every=4, others_every=8, revisited_every=16)


def trial(case: Case, label: str, block: int, ns: float) -> Json:
    figures = {"round_trip_ns": ns, "threads": 2.0, "oversubscribed": 0.0, "steal_s": 0.0}
    figures |= {"yardstick_before_ns": 50.0, "yardstick_after_ns": 50.5}
    return Sample(
        block, 0, case.name, label, "2026-11-21T10:00:00", 0.1, "ok", 0, "", "", "compact", [0, 1], figures
    ).record()


class Truth:
    """Answers for the machine."""

    def __init__(self, truth: Truths, seed: int = 1) -> None:
        self._truth = truth
        self._rng = np.random.default_rng(seed)

    def block(self, block: int, plan: BlockPlan) -> list[Json]:
        return [
            trial(
                case,
                case.implementation,
                block,
                self._truth[case][0] * np.exp(self._rng.normal(0, self._truth[case][1])),
            )
            for case in plan.cases
        ]


def table(records: Iterable[Json]) -> pd.DataFrame:
    return pd.DataFrame(
        record | record["figures"] | vars(cases.parse(record["case"], KINDS)) | {"case": record["case"]}
        for record in records
    )


def needed(records: Iterable[Json]) -> Needs:
    return needs.of(table(records), RULE.precision, RULE.first_blocks)


def campaign(
    truth: Truths, most: int, change: Change = lambda record: None
) -> tuple[list[BlockPlan], list[Json]]:
    """As measuring.Campaign does it: the plans of its blocks and what was measured."""
    plans: list[BlockPlan] = []
    records: list[Json] = []
    machine = Truth(truth)
    for block in range(most):
        plan = sampling.full_block(list(truth))
        if block >= RULE.first_blocks:
            known = needed(records)
            if RULE.is_enough(known):
                break
            plan = sampling.thin_block(block, list(truth), known, RULE)
        measured = machine.block(block, plan)
        for record in measured:
            change(record)
        plans.append(plan)
        records += measured
    return plans, records


def counts(plans: list[BlockPlan]) -> Counter[Case]:
    return Counter(case for plan in plans for case in plan.cases)


# ---- where the time goes -----------------------------------------------------------------------------------


def test_a_precise_case_gets_few_samples_and_an_unresolved_pair_many() -> None:
    plans, _ = campaign(TRUTH, 38)
    found = counts(plans)
    assert len(plans) == 38, "two that are 2% apart are not told apart so soon"
    assert found[NEAR] == found[NEXT] == found[PACED] == 38
    # 32 thin blocks: one of 16 for what is precise, one of 8 for what is wide and no headline.
    assert found[FAR] == found[CALM_OTHER] == 6 + 2
    assert found[WIDE_OTHER] == 6 + 4


def test_a_campaign_ends_when_its_headlines_are_precise() -> None:
    calm = TRUTH | {NEAR: (100, 0.004), NEXT: (130, 0.004)}
    plans, records = campaign(calm, 38)
    assert len(plans) == 6
    assert needed(records).wide == {WIDE_OTHER.name}, "what is no headline does not keep it going"


def test_the_next_headline_has_its_turn_when_the_first_needs_nothing() -> None:
    first, second = (NEAR.name,), (WIDE_OTHER.name,)
    rule = replace(RULE, headlines=(first, second))

    def thin(*wide: str) -> list[tuple[Case, ...]]:
        wanted = Needs(wide=frozenset(wide))
        return [sampling.thin_block(block, CASES, wanted, rule).cases for block in range(16)]

    assert sum(WIDE_OTHER in block for block in thin(NEAR.name, WIDE_OTHER.name)) == 4
    assert sum(WIDE_OTHER in block for block in thin(WIDE_OTHER.name)) == 16
    assert sum(NEAR in block for block in thin(WIDE_OTHER.name)) == 1


def test_what_is_compared_is_in_the_same_blocks() -> None:
    """Cases of one group that both need samples, or both do not, are always together."""
    group = [trip(name, "queues:1/wait:spin") for name in "abcd"]
    known = Needs(wide=frozenset({group[0].name, group[1].name, NEAR.name}))
    plans = [sampling.thin_block(block, [*CASES, *group], known, RULE) for block in range(32)]
    blocks = {case: {at for at, plan in enumerate(plans) if case in plan.cases} for case in group}
    assert blocks[group[0]] == blocks[group[1]] and len(blocks[group[0]]) == 4
    assert blocks[group[2]] == blocks[group[3]] and len(blocks[group[2]]) == 2
    assert blocks[group[2]] < blocks[group[0]]


def test_a_block_takes_the_controls_of_the_comparison_twice_and_a_full_one_eight_times() -> None:
    assert sampling.full_block(CASES).repeats == 8
    assert sampling.thin_block(7, CASES, Needs(), RULE).repeats == 2


# ---- what is needed ----------------------------------------------------------------------------------------


def six_blocks(truth: Truths = TRUTH, seed: int = 1) -> list[Json]:
    machine = Truth(truth, seed)
    return [one for block in range(6) for one in machine.block(block, sampling.full_block(list(truth)))]


def exchanged(records: list[Json], one: Case, other: Case) -> list[Json]:
    names = {one.name: other, other.name: one}
    return [
        record | {"case": names[record["case"]].name, "label": names[record["case"]].implementation}
        if record["case"] in names
        else record
        for record in records
    ]


@pytest.mark.parametrize("apart", [1.0, 1.02, 1.1, 1.5, 3.0])
def test_it_does_not_matter_which_side_is_ahead(apart: float) -> None:
    """Exchange the sides, or make each ratio its inverse, and the same comparisons are open."""
    for seed in range(5):
        records = six_blocks(TRUTH | {NEXT: (100 * apart, 0.08)}, seed)
        found = needed(records)
        other = needed(exchanged(records, NEAR, NEXT))
        assert other.open_pairs == found.open_pairs
        swapped = {NEAR.name: NEXT.name, NEXT.name: NEAR.name}
        assert {swapped.get(name, name) for name in other.undecided} == found.undecided
        inverse = [
            record
            | {"figures": record["figures"] | {"round_trip_ns": 1e4 / record["figures"]["round_trip_ns"]}}
            for record in records
        ]
        assert needed(inverse).undecided == found.undecided


def disturb(case: Case, blocks: Iterable[int], figure: str, value: float) -> Change:
    chosen = set(blocks)

    def change(record: Json) -> None:
        if record["case"] == case.name and record["block"] in chosen:
            record["figures"][figure] = value

    return change


def test_flagged_samples_are_followed_by_as_many_others() -> None:
    plans, records = campaign(TRUTH, 9, disturb(FAR, (1, 4), "steal_s", 0.01))
    assert needed([r for r in records if r["block"] < 6]).disturbed == {FAR.name}
    assert [FAR in plan.cases for plan in plans[6:]] == [True, True, False]
    assert len([r for r in records if r["case"] == FAR.name]) == 8, "the flagged ones stay"


def test_a_case_that_is_always_flagged_is_given_up() -> None:
    plans, _ = campaign(TRUTH, 16, disturb(FAR, range(99), "steal_s", 0.01))
    assert [FAR in plan.cases for plan in plans[6:]] == [True] * 6 + [False] * 4


def test_a_case_without_an_interval_comes_until_it_has_one() -> None:
    """Two of its six trials were set aside. It is no headline, and yet in the very next blocks."""
    plans, _ = campaign(TRUTH, 10, disturb(CALM_OTHER, (0, 3), "yardstick_after_ns", 90.0))
    assert [CALM_OTHER in plan.cases for plan in plans[6:]] == [True, True, False, False]


def test_a_case_that_never_ends_well_is_not_asked_for() -> None:
    records = six_blocks()
    for record in records:
        if record["case"] == NEAR.name:
            record |= {"status": "hung", "figures": {}}
    found = needed(records)
    assert NEAR.name not in found.all and NEXT.name in found.wide
    assert found.open_pairs == 0


def test_without_any_sample_nothing_is_needed() -> None:
    records = [record | {"status": "voided"} for record in six_blocks()]
    assert needed(records) == Needs()


# ---- contests ----------------------------------------------------------------------------------------------

ENTRANTS = [trip(name) for name in ("winner", "close", "twice", "thrice")]
CONTEST = Contest("a row", "log_cost", tuple(case.name for case in ENTRANTS))


def raced(truths: dict[Case, tuple[float, float]], most: int = 20) -> list[BlockPlan]:
    rule = replace(RULE, contests=(CONTEST,), headlines=())
    watched = needs.Watched(rule.contests)
    machine, plans, records = Truth(truths), list[BlockPlan](), list[Json]()
    for block in range(most):
        plan = sampling.full_block(list(truths))
        if block >= rule.first_blocks:
            known = watched.needs(table(records), rule.precision, rule.first_blocks)
            if rule.is_enough(known):
                break
            plan = sampling.thin_block(block, list(truths), known, rule)
        plans.append(plan)
        records += machine.block(block, plan)
    return plans


def test_who_is_behind_in_a_contest_gets_no_more_trials_and_who_contends_gets_all() -> None:
    costs = dict(zip(ENTRANTS, [(100, 0.2), (110, 0.2), (400, 0.2), (500, 0.2)]))
    found = counts(raced(costs | {WIDE_OTHER: TRUTH[WIDE_OTHER]}))
    winner, close, twice, thrice = ENTRANTS
    assert found[winner] == found[close] == 20
    assert found[twice] < 12 and found[thrice] < 12
    assert found[WIDE_OTHER] <= 8, "the time is the contenders', as long as there are any"


def test_a_contest_is_settled_when_whoever_is_left_is_alike() -> None:
    costs = dict(zip(ENTRANTS, [(100, 0.01), (101, 0.01), (102, 0.01), (300, 0.01)]))
    assert len(raced(costs)) == 6


def test_where_many_contend_they_come_in_every_second_block() -> None:
    many = [trip(f"q{i}", "queues:1/wait:spin") for i in range(sampling.MANY_CONTENDERS + 1)]
    crowd = Contest("many", "log_cost", tuple(case.name for case in many))
    rule = replace(RULE, contests=(CONTEST, crowd), headlines=())

    def blocks(contending: set[str]) -> list[set[str]]:
        known = Needs(contending=frozenset(contending))
        plans = [sampling.thin_block(block, [*ENTRANTS, *many], known, rule) for block in range(8)]
        return [{case.name for case in plan.cases} for plan in plans]

    few = set(CONTEST.cases[:2])
    both = blocks(few | set(crowd.cases))
    assert all(few <= names for names in both)
    assert [set(crowd.cases) <= names for names in both].count(True) == 4
    assert all(
        set(crowd.cases[1:]) <= names for names in blocks(set(crowd.cases[1:]))
    ), "one has left: few now"


def test_a_contest_favours_nobody() -> None:
    """Whoever has which costs gets as many trials, whatever its name and its place."""
    costs = [(100, 0.2), (110, 0.2), (400, 0.2), (500, 0.2)]
    for turn in range(4):
        turned = costs[turn:] + costs[:turn]
        found = counts(raced(dict(zip(ENTRANTS, turned))))
        trials = {cost: found[case] for case, (cost, _) in zip(ENTRANTS, turned)}
        assert trials[100] == trials[110] == 20 and trials[400] < 12 and trials[500] < 12


def test_looks_before_an_interruption_count() -> None:
    """What they may have spent of the error is not there a second time."""
    truths = dict(zip(ENTRANTS, [(100, 0.06), (128, 0.06), (128, 0.06), (128, 0.06)]))
    records = [
        one for block in range(6) for one in Truth(truths, block).block(block, sampling.full_block(ENTRANTS))
    ]
    fresh = needs.Watched((CONTEST,)).needs(table(records), 0.02, 6)
    late = needs.Watched((CONTEST,), looks=10_000).needs(table(records), 0.02, 6)
    assert fresh.contending < late.contending == set(CONTEST.cases)


# ---- honest looks ------------------------------------------------------------------------------------------


def told_in_the_end(stop: Callable[[pairs.Group], bool], runs: int = 100, most: int = 24) -> float:
    """The share of campaigns over two that are alike that end with a direction."""
    found = 0
    for seed in range(runs):
        looks = (alike(seed, most, n) for n in range(6, most))
        found += has_direction(next((group for group in looks if stop(group)), alike(seed, most, most)))
    return found / runs


@functools.cache
def alike(seed: int, most: int, n: int) -> pairs.Group:
    """What a look after n of `most` blocks finds: each rule looks at the same."""
    return two(np.random.default_rng(seed).normal(0, 0.1, size=(most, 2))[:n])


def two(table: pairs.Floats) -> pairs.Group:
    block, member = np.indices(table.shape)
    one_regime = np.zeros(table.size, dtype=np.int64)
    return pairs.of_trials(Trials(table.ravel(), member.ravel(), block.ravel(), one_regime), "ab", "A")


def has_direction(of: pairs.Group) -> bool:
    return verdicts.verdict(of, 1, 0, 0.02).outcome in (Outcome.FASTER, Outcome.SLOWER)


def test_looking_again_and_again_finds_no_difference_that_is_not_there() -> None:
    """As opposed to a campaign that ends as soon as it likes what it sees."""
    by_the_rule = told_in_the_end(lambda group: not needs.open_pairs(group, 0.02).any())
    as_it_pleases = told_in_the_end(has_direction)
    assert by_the_rule <= 0.05
    assert as_it_pleases > 2 * by_the_rule


# ---- the rule as it is stored ------------------------------------------------------------------------------


def test_the_rule_survives_its_record() -> None:
    rule = replace(RULE, contests=(CONTEST, replace(CONTEST, of_waits=True)))
    assert Sampling.from_dict(json.loads(json.dumps(rule.as_dict()))) == rule


def test_needs_survive_their_way_between_processes() -> None:
    found = needed(six_blocks())
    assert found.wide and found.undecided and found.open_pairs
    assert Needs.from_dict(json.loads(json.dumps(found.as_dict()))) == found


def test_another_rule_is_refused() -> None:
    with pytest.raises(HandoffError, match="unknown rule of sampling 2; valid: 3"):
        Sampling.from_dict(replace(RULE, version=2).as_dict())
