"""Two runs against each other: a known slowdown is found, none is invented, mixed methods are refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import synthetic_run
from synthetic_run import Spec

from handoff.compare import changes, compare, gate, told
from handoff.errors import HandoffError
from handoff.run import results
from handoff.run.results import Run
from handoff.statistics.outcomes import Outcome

QUEUES = ("mutex_ring", "vyukov_mpmc_ring", "cached_spsc_ring")
BASE: dict[str, Any] = {"queues": QUEUES, "counters": ("mutex_counter", "cas_counter"), "blocks": 14}


def run(directory: Path, **changes: Any) -> Run:
    return results.load(synthetic_run.write(directory, Spec(**{**BASE, **changes})))


def interleaved(
    directory: Path,
    factor: float,
    seed: int,
    blocks: int = 14,
    below: dict[float, float] | None = None,
) -> tuple[Run, Run]:
    """Two builds in turns: both have the moods of the machine, a third up and down from block to block, and each
    a scatter of its own; what vyukov_mpmc_ring costs in the second is multiplied; `below` a yardstick by another
    factor."""
    rng = np.random.default_rng(seed)
    first = synthetic_run.write(directory / "base", replace(Spec(**BASE), blocks=blocks, seed=seed))
    samples = [json.loads(line) for line in (first / "samples.jsonl").read_text().splitlines()]
    environment = json.loads((first / "environment.json").read_text())
    moods = np.exp(rng.normal(0, 0.3, blocks))
    for side in ("base", "head"):
        lines = []
        for sample in samples:
            cost = float(moods[sample["block"]] * np.exp(rng.normal(0, 0.02)))
            if side == "head" and "/vyukov_mpmc_ring/" in sample["case"]:
                place = sample["figures"].get("yardstick_before_ns", 0.0)
                cost *= next((by for limit, by in (below or {}).items() if place < limit), factor)
            figures = {name: _costing(name, value, cost) for name, value in sample["figures"].items()}
            lines.append(json.dumps(sample | {"figures": figures}) + "\n")
        (directory / side).mkdir(exist_ok=True)
        (directory / side / "samples.jsonl").write_text("".join(lines))
        company = {"campaign": "c0ffee", "side": side, "commit": "0123456789", "dirty": False}
        text = json.dumps(environment | {"interleaved_with": company})
        (directory / side / "environment.json").write_text(text)
    return results.load(directory / "base"), results.load(directory / "head")


def _costing(name: str, value: float, cost: float) -> float:
    if name.endswith("_per_second"):
        return value / cost
    scaled = name in ("round_trip_ns", "makespan_s") or name.startswith("p")
    return value * cost if scaled else value


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run(tmp_path_factory.mktemp("base") / "a", seed=100)


def test_a_known_slowdown_is_a_regression_where_it_is_and_nowhere_else(base: Run, tmp_path: Path) -> None:
    slower = run(tmp_path / "b", seed=101, slower={"vyukov_mpmc_ring": 1.3})
    found = compare.compare(base, slower, 0.05)
    assert found.regressions
    assert all("vyukov_mpmc_ring" in change.case for change in found.regressions)
    spinning = [c for c in found.regressions if c.case.endswith("p:1/c:1/wait:spin/item:8/capacity:1024")]
    assert spinning
    assert all(c.low < 1.3 < c.high and c.ratio == pytest.approx(1.3, rel=0.1) for c in spinning)


def test_the_other_direction_is_an_improvement(base: Run, tmp_path: Path) -> None:
    slower = run(tmp_path / "b", seed=101, slower={"vyukov_mpmc_ring": 1.3})
    found = compare.compare(slower, base, 0.05)
    assert not found.regressions
    assert any(c.effect == changes.IMPROVEMENT and c.high < 1 for c in found.changes)


def test_runs_of_the_same_thing_show_no_regression(base: Run, tmp_path: Path) -> None:
    """Six A/A pairs of some seventy cases; in each, one false alarm among all cases has a chance of 5%."""
    alarms = 0
    for seed in range(6):
        other = run(tmp_path / str(seed), seed=200 + seed)
        alarms += bool(compare.compare(base, other, 0.05).regressions)
    assert alarms <= 1


def test_a_machine_that_only_moved_is_no_regression(base: Run, tmp_path: Path) -> None:
    """The second run saw one place only, and a tenth slower: same regime, same multiples."""
    moved = run(tmp_path / "b", seed=103, places=(49.0 * 1.08,))
    found = compare.compare(base, moved, 0.05)
    assert {c.regime for c in found.changes} <= {"A", "one CPU"}
    assert not found.regressions
    # Nanoseconds alone would exclude 1 here.
    trips = [c for c in found.changes if c.case.endswith("wait:spin/report:mean") and "cached" in c.case]
    assert len(trips) == 1 and trips[0].low < 1


def test_no_regime_in_common_is_said_and_not_compared(tmp_path: Path) -> None:
    fast, slow = run(tmp_path / "a", places=(49.0,)), run(tmp_path / "b", places=(483.0,))
    found = compare.compare(fast, slow, 0.05)
    assert {c.regime for c in found.changes} == {"one CPU"}
    assert "ping_pong/mutex_ring/queues:2/wait:spin/report:mean" in found.not_compared


def test_the_threshold_decides_what_counts(base: Run, tmp_path: Path) -> None:
    slower = run(tmp_path / "b", seed=101, slower={"vyukov_mpmc_ring": 1.3})
    assert not compare.compare(base, slower, 0.6).regressions


def test_cases_of_one_side_and_new_failures_are_listed(base: Run, tmp_path: Path) -> None:
    fewer = run(tmp_path / "b", queues=("mutex_ring", "boost_queue"), seed=5, blocks=40)
    found = compare.compare(base, fewer, 0.05)
    assert all("vyukov" in name or "cached" in name for name in found.only_a)
    assert all("boost_queue" in name for name in found.only_b)
    # boost_queue hangs now and then in the synthetic runs.
    assert found.newly_failing and all("boost_queue" in name for name in found.newly_failing)


@pytest.mark.parametrize(
    "key, value",
    [("window_ms", 20), ("placement", "none"), ("ramp_ms", 1), ("redis", {"workers_elsewhere": 1})],
)
def test_different_ways_of_measuring_are_refused(base: Run, key: str, value: object) -> None:
    other = Run(base.path, {**base.environment, key: value}, base.samples)
    with pytest.raises(HandoffError, match=f"measured in different ways: {key} is"):
        compare.compare(base, other, 0.05)


def test_a_run_without_a_complete_block_cannot_be_compared(base: Run, tmp_path: Path) -> None:
    with pytest.raises(HandoffError, match="no complete block"):
        compare.compare(base, run(tmp_path / "b", blocks=1, partial=True), 0.05)


def test_few_samples_say_nothing_whatever_they_look_like(tmp_path: Path) -> None:
    a = run(tmp_path / "a", blocks=2, places=(49.0,))
    b = run(tmp_path / "b", blocks=2, places=(49.0,), seed=9, slower={"mutex_ring": 5.0})
    found = compare.compare(a, b, 0.05)
    assert not found.regressions
    assert {c.outcome for c in found.changes} == {Outcome.NOT_KNOWN}
    assert all(told.cells(c)[told.HEADS.index("resolves")].startswith("nothing") for c in found.changes)


def test_each_change_says_what_would_have_shown(base: Run, tmp_path: Path) -> None:
    found = compare.compare(base, run(tmp_path / "b", seed=110), 0.05)
    at = told.HEADS.index("resolves")
    many = [c for c in found.changes if c.n_a >= 6 and c.n_b >= 6]
    assert many and all(told.cells(c)[at].startswith("≥ ") for c in many)
    # 14 trials on each side in the one place where all is, 3% noise beside 2% of the block: some 5%.
    alone = [c for c in many if c.regime == "one CPU" and min(c.n_a, c.n_b) == 14]
    assert alone and all(0.02 < c.resolvable < 0.10 for c in alone)


def test_builds_in_turns_are_paired_by_block_and_show_what_the_moods_hide(tmp_path: Path) -> None:
    a, b = interleaved(tmp_path, 1.1, seed=3)
    found = compare.compare(a, b, 0.05)
    assert found.paired and found.regressions
    assert all("vyukov_mpmc_ring" in change.case for change in found.regressions)
    assert all(1.05 < change.ratio < 1.15 for change in found.regressions)
    assert any("interleaved" in note for note in told.remarks(gate.judge(found, 0.06)))

    company = b.environment["interleaved_with"]
    for other in (company | {"campaign": "another"}, company | {"side": "base"}, None):
        environment = b.environment | {"interleaved_with": other}
        apart = compare.compare(a, Run(b.path, environment, b.samples), 0.05)
        assert not apart.paired and not apart.regressions


def test_the_same_build_in_turns_shows_no_change(tmp_path: Path) -> None:
    """As above: in each of six, one false alarm among all cases has a chance of 5%."""
    alarms = 0
    for seed in range(6):
        found = compare.compare(*interleaved(tmp_path / str(seed), 1.0, seed=50 + seed), 0.0)
        assert len(found.changes) > 50
        alarms += any(change.effect for change in found.changes)
    assert alarms <= 1


def test_pairs_of_several_regimes_are_pooled_and_that_decides(tmp_path: Path) -> None:
    found = compare.compare(*interleaved(tmp_path, 1.2, seed=4), 0.05)
    case = "producer_consumer/vyukov_mpmc_ring/p:1/c:1/wait:spin/item:8/capacity:1024"
    pooled, *regimes = [change for change in found.changes if change.case == case]
    assert pooled.regime == changes.POOLED and len(regimes) >= 2
    assert pooled.n_a == pooled.n_b > max(change.n_a for change in regimes)
    assert pooled.effect == changes.REGRESSION and not any(change.effect for change in regimes)
    # A median over several regimes would be that of none.
    assert told.cells(pooled)[2:4] == ("–", "–")
    assert all(np.isfinite(change.median_a) for change in regimes)


def test_regimes_that_contradict_each_other_are_not_pooled_and_each_counts(tmp_path: Path) -> None:
    found = compare.compare(*interleaved(tmp_path, 1.5, seed=11, blocks=40, below={77.0: 0.6}), 0.05)
    case = "ping_pong/vyukov_mpmc_ring/queues:2/wait:spin/report:mean"
    by_regime = {change.regime: change for change in found.changes if change.case == case}
    assert changes.POOLED not in by_regime and len(by_regime) >= 2
    assert by_regime["A"].effect == changes.IMPROVEMENT
    assert any(c.effect == changes.REGRESSION for regime, c in by_regime.items() if regime != "A")
