from __future__ import annotations

from collections import Counter

import pytest
from conftest import CASES

from handoff.campaign import options, schedule
from handoff.campaign.runner import Settings
from handoff.campaign.schedule import StopRule
from handoff.errors import HandoffError
from handoff.run import cases
from handoff.run.control_kinds import comparison
from handoff.run.sampling import full_block

KINDS = {"paced_spsc_ring": "paced", "slowed_spsc_ring": "slowed", "slightly_slowed_spsc_ring": "slight"}
SOME = [cases.parse(name) for name in CASES]


def order(seed: int, block: int) -> list[str]:
    return [trial.case.name for trial in schedule.block_trials(full_block(SOME), seed, block)]


def test_a_block_is_one_trial_of_each_case() -> None:
    trials = schedule.block_trials(full_block(SOME), 7, 0)
    assert sorted(trial.case.name for trial in trials) == sorted(CASES)
    assert [trial.position for trial in trials] == list(range(len(SOME)))
    assert {trial.block for trial in trials} == {0}


def test_the_order_follows_from_seed_and_block() -> None:
    assert schedule.block_trials(full_block(SOME), 7, 3) == schedule.block_trials(full_block(SOME), 7, 3)
    assert len({tuple(order(7, block)) for block in range(20)}) == 20
    assert order(7, 0) != order(8, 0)


def test_the_order_is_that_of_the_recorded_method() -> None:
    """An earlier run's order must be found again: numpy's PCG64 and permutation may not change under us."""
    indices = [CASES.index(name) for name in order(seed=1, block=2)]
    assert indices == [0, 6, 5, 1, 4, 3, 2]


def test_every_case_comes_at_every_place() -> None:
    places = {(name, position) for block in range(200) for position, name in enumerate(order(5, block))}
    assert len(places) == len(CASES) ** 2


def test_stack_and_heap_move_from_trial_to_trial() -> None:
    layouts = [t.layout for block in range(50) for t in schedule.block_trials(full_block(SOME), 1, block)]
    paddings = [layout.padding for layout in layouts]
    gaps = [layout.heap_gap for layout in layouts]
    assert min(paddings) >= 0 and max(paddings) < schedule.PADDING_LIMIT
    assert min(gaps) >= 0 and max(gaps) < schedule.HEAP_GAP_LIMIT
    assert all(gap % schedule.HEAP_GAP_STEP == 0 for gap in gaps)
    assert len(set(paddings)) > len(paddings) * 0.9
    assert len(set(gaps)) > len(gaps) * 0.8


def test_cost_is_guessed_until_measured() -> None:
    costs = schedule.TrialCosts(Settings(window_ms=200, ramp_ms=40))
    counter, download = SOME[4], SOME[5]
    assert costs.of(counter) == pytest.approx(schedule.PROCESS_S + 0.24)
    # 64 items over 8 downloaders at 4 ms · exp(0.125) each
    assert costs.of(download) == pytest.approx(schedule.PROCESS_S + 8 * 0.00453259, rel=1e-5)

    def listed(time: str) -> cases.Case:
        keys = "n:8/items:64/latency:log_normal/ms:4/failures:0%/bandwidth:unlimited"
        return cases.parse(f"download_strategies/window/{keys}/time:{time}")

    # 8 rounds and a tail of 3, of 4 ms each; no time but that of the switches.
    assert costs.of(listed("real")) == pytest.approx(schedule.PROCESS_S + 0.044)
    assert costs.of(listed("virtual")) == pytest.approx(schedule.PROCESS_S + 64 * 30e-6)
    costs.note(counter.name, 1.5)
    assert costs.of_block(full_block([counter, counter])) == 3.0


@pytest.mark.parametrize(
    "rule, done, spent, block, planned",
    [
        (StopRule(6, None, None), 0, 0, 10, 6),  # no budget: the minimum
        (StopRule(6, None, 270), 0, 0, 10, 27),  # as many as fit
        (StopRule(6, None, 270), 1, 12, 20, 13),  # 258 s left for blocks of 20 s, and one done
        (StopRule(6, None, 270), 1, 90, 90, 6),  # the minimum comes before the profile's budget
        (StopRule(6, None, 270), 9, 265, 10, 9),  # not begun if it cannot end in time
        (StopRule(6, None, 270), 9, 400, 10, 9),
        (StopRule(1, 20, 100), 0, 0, 1, 20),
        (StopRule(1, 20, 100), 0, 0, 10, 10),
        (StopRule(3, 3, None), 3, 9, 3, 3),
    ],
)
def test_how_many_blocks(rule: StopRule, done: int, spent: float, block: float, planned: int) -> None:
    assert rule.planned_blocks(done, spent, block) == planned
    assert rule.another(done, spent, block) == (planned > done)


def test_what_is_asked_for_overrules_the_profile() -> None:
    assert schedule.stop_rule(6, 270.0, None, None) == StopRule(6, None, 270.0)
    assert schedule.stop_rule(6, 270.0, 2, None) == StopRule(2, 2, None)
    assert schedule.stop_rule(6, 270.0, None, 30.0) == StopRule(1, None, 30.0)
    assert schedule.stop_rule(6, 270.0, 2, 30.0) == StopRule(1, 2, 30.0)


@pytest.mark.parametrize("text, seconds", [("90s", 90), ("5m", 300), ("1.5h", 5400), ("45", 45)])
def test_durations(text: str, seconds: float) -> None:
    assert options.parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "s", "5 minutes", "-5s", "0", "nan", "infs", "5d"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(HandoffError, match=f"'{text}' is no duration"):
        options.parse_duration(text)


def test_a_block_repeats_the_controls_of_the_comparison() -> None:
    paced, slowed, other = (
        cases.parse(f"ping_pong/{name}/queues:2/wait:pause/report:mean", KINDS)
        for name in ("paced_spsc_ring", "slowed_spsc_ring", "vyukov_mpmc_ring")
    )
    trials = schedule.block_trials(full_block([paced, slowed, other]), seed=1, block=0)
    counts = Counter((trial.case.name, trial.label) for trial in trials)
    assert counts == {
        (paced.name, "paced_spsc_ring"): 8,
        (paced.name, "paced_spsc_ring again"): 8,
        (slowed.name, "slowed_spsc_ring"): 8,
        (other.name, "vyukov_mpmc_ring"): 1,
    }
    assert sorted(trial.position for trial in trials) == list(range(25))
    assert len({trial.layout for trial in trials}) == 25


def test_builds_take_turns_trial_by_trial_and_a_coin_decides_who_begins() -> None:
    alone = schedule.block_trials(full_block(SOME), 7, 0)
    assert schedule.interleaved(alone, 7, 1) == alone
    both = schedule.interleaved(alone, 7, 2)
    assert both == schedule.interleaved(alone, 7, 2)
    assert [trial.position for trial in both] == list(range(2 * len(alone)))
    for trial, one, two in zip(alone, both[::2], both[1::2]):
        assert trial.case == one.case == two.case and trial.layout == one.layout == two.layout
        assert {one.build, two.build} == {0, 1}
    begins = [
        trials[0].build
        for block in range(40)
        for trials in [schedule.interleaved(schedule.block_trials(full_block(SOME), 7, block), 7, 2)]
    ]
    assert 8 <= sum(begins) <= 32


def test_what_a_stall_shows_in_controls_the_comparison() -> None:
    def found(*waits: str, queues: str = "2", report: str = "mean") -> set[str]:
        keys = [f"queues:{queues}/wait:{wait}/report:{report}" for wait in waits]
        every = [cases.parse(f"ping_pong/{name}/{one}", KINDS) for name in (*KINDS, "deque") for one in keys]
        return {
            f"{case.implementation} {case.keys['wait']}" for case in every if case.name in comparison(every)
        }

    for wait, others in (("pause", ("block", "spin")), ("block", ("spin", "yield"))):
        assert found(*others, wait) == {f"{name} {wait}" for name in KINDS}
    assert not found("spin", "yield", "own")
    assert not found("pause", queues="1") and not found("pause", report="distribution")
