"""summary.json of synthetic runs whose truth is known."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import synthetic_run
from synthetic_run import Spec

from handoff.campaign import schedule
from handoff.campaign.rows import ROWS
from handoff.report import page, summary
from handoff.run import cases, results, sampling
from handoff.statistics import stats, tails
from handoff.statistics.regimes import SET_ASIDE, SINGLE_CPU
from handoff.statistics.verdicts import BEST

Json = dict[str, Any]
MEAN = "ping_pong/queues:2/wait:spin/report:mean"


def built(directory: Path, spec: Spec) -> Json:
    return summary.build(results.load(synthetic_run.write(directory / "run", spec)))


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Json:
    return built(tmp_path_factory.mktemp("usual"), Spec())


def group(found: Json, name: str) -> Json:
    return next(one for one in found["groups"] if one["id"] == name)


def members(found: Json, name: str) -> dict[str, Json]:
    return {m["implementation"]: m for m in group(found, name)["members"]}


def everyone(row: Json) -> list[str]:
    named = [
        *row["best"],
        *row["alike"],
        *row["slower"],
        *row["by_regime"],
        *(m["implementation"] for m in row["not_known"]),
    ]
    assert len(named) == row["measured"]
    return named


def small(**changes: Any) -> Spec:
    base = Spec(queues=("mutex_ring", "vyukov_mpmc_ring"), counters=("mutex_counter",))
    return replace(base, **changes)


def test_the_hidden_regimes_are_found(usual: Json) -> None:
    assert [r["median_ns"] for r in usual["regimes"]] == pytest.approx(synthetic_run.PLACES, rel=0.02)
    assert 0 < usual["counts"]["set_aside"] < 0.05 * usual["counts"]["trials"]


def test_known_ratios_are_recovered_in_each_regime(usual: Json) -> None:
    found = members(usual, MEAN)
    mutex = found["mutex_deque"]
    assert mutex["outcome"] == "slower" and mutex["sizes_differ"]
    best = next(name for name, member in found.items() if member["outcome"] == BEST)
    assert best in ("cached_spsc_ring", "atomic_queue_spsc")
    assert [one["regime"] for one in mutex["by_regime"]] == ["A", "B", "C"]
    # Round trip = lines × yardstick + own work, so the ratio depends on the regime; the best is an spsc queue.
    for one, place in zip(mutex["by_regime"], synthetic_run.PLACES):
        assert one["ratio"] == pytest.approx((7.0 * place + 480) / (1.70 * place + 4), rel=0.08)


def test_who_is_ahead_of_whom_says_nothing_of_those_that_are_alike(usual: Json) -> None:
    ahead = group(usual, MEAN)["ahead_of"]
    assert {"mutex_deque", "mutex_ring"} <= set(ahead["vyukov_mpmc_ring"])
    assert "mutex_ring" not in ahead["mutex_deque"] and "mutex_deque" not in ahead["mutex_ring"]
    assert not any(other in ahead[name] and name in ahead[other] for name in ahead for other in ahead)


def test_multiples_agree_between_regimes_where_nanoseconds_do_not(usual: Json) -> None:
    case = next(
        c
        for c in usual["cases"]
        if c["case"].startswith("ping_pong/cached_spsc_ring/queues:2/wait:spin/report:mean")
    )
    states = {s["regime"]: s for s in case["regimes"]}
    assert states["C"]["median"] > 8 * states["A"]["median"]
    assert states["C"]["multiple"]["median"] == pytest.approx(states["A"]["multiple"]["median"], rel=0.12)


def test_controls_are_kept_out_of_every_group(usual: Json) -> None:
    ranked = {m["implementation"] for g in usual["groups"] for m in g["members"]}
    assert not ranked & {*synthetic_run.CONTROLS, "lossy_counter"}
    assert {c["implementation"] for c in usual["cases"] if c["control"]} >= set(synthetic_run.CONTROLS)


def test_own_waits_are_a_group_of_their_own(usual: Json) -> None:
    own = group(usual, "ping_pong/queues:2/wait:own/report:mean")
    assert {m["implementation"] for m in own["members"]} == {
        "mutex_ring",
        "tbb_concurrent_bounded_queue",
        "moodycamel_blocking_concurrent_queue",
    }


def test_one_thread_has_no_yardstick_and_no_multiple(usual: Json) -> None:
    case = next(c for c in usual["cases"] if c["case"] == "counter/mutex_counter/t:1/mix:increment")
    assert [s["regime"] for s in case["regimes"]] == [SINGLE_CPU]
    assert case["regimes"][0]["multiple"] is None


def test_the_decision_table_names_the_best_evidence_and_what_the_catalog_allows(usual: Json) -> None:
    rows = {row["title"]: row for row in usual["decisions"]}
    # Without those of a kind that the catalog has not: of locks and ways to wait it knows none.
    assert list(rows) == [row.title for row in ROWS if row.workload not in ("lock", "wait")]
    latency = rows["Round trip, one producer, one consumer"]
    assert latency["group"] == MEAN
    # True costs lie 2% apart, which twelve blocks of 3% noise cannot resolve.
    near = {*latency["best"], *latency["alike"], *(one["implementation"] for one in latency["not_known"])}
    assert near >= {"cached_spsc_ring", "atomic_queue_spsc"} and len(latency["best"]) == 1
    bounded = rows["Bounded, many to many"]
    specs = {entry["name"]: entry for entry in synthetic_run.catalog()["queues"]}
    assert all(specs[n]["bound"] == "bounded" for n in everyone(bounded))
    fifo = rows["Strict FIFO across producers"]
    assert all(specs[n]["delivery"] == "fifo" for n in everyone(fifo))
    assert rows["Counter, mostly written"]["group"] == "counter/t:2/mix:increment"
    waits = rows["Spin or block"]
    assert waits["of_waits"] and waits["queue"] in specs and {"spin", "block"} <= set(everyone(waits))


def test_workers_elsewhere_are_said_at_the_top(tmp_path: Path) -> None:
    run = results.load(synthetic_run.write(tmp_path / "run", small(blocks=1)))
    run.environment["redis"] = {"workers_elsewhere": 2}
    assert any("2 of the n workers" in said for said in summary.build(run)["warnings"])


def test_a_row_without_data_says_so(tmp_path: Path) -> None:
    found = built(tmp_path, small(workloads=("counter",), counters=("mutex_counter", "cas_counter")))
    rows = {row["title"]: row for row in found["decisions"]}
    assert rows["Large payload"]["group"] is None
    assert rows["Counter, mostly written"]["group"] is not None


def test_a_clean_run_is_citable_and_each_flaw_is_not(tmp_path: Path) -> None:
    assert built(tmp_path / "a", small())["citable"]
    flaws = {
        "dirty build": small(dirty=True),
        "loses one item in 10⁶' failed": small(faulty_caught=False),
        "no-op ceiling' absent": small(controls=("lossy_queue", "duplicating_queue", "faa_floor_counter")),
        "A/A' absent": small(controls=("noop_queue",)),
        "+5% is found' absent": small(controls=("paced_spsc_ring",)),
        "+5% is found' failed": small(slower={"slowed_spsc_ring": 1 / 1.05}),
        "+2% is found, or said to be too little' absent": small(controls=("paced_spsc_ring",)),
        "+2% is found, or said to be too little' failed": small(slower={"slightly_slowed_spsc_ring": 0.9}),
        "no complete block": small(blocks=1, partial=True),
    }
    for index, (reason, spec) in enumerate(flaws.items()):
        found = built(tmp_path / str(index), spec)
        assert not found["citable"]
        assert any(reason in stamp for stamp in found["stamps"]), found["stamps"]


@pytest.mark.parametrize(
    "changes, reason",
    [
        ({"sanitizers": "address"}, "built with sanitizers (address)"),
        ({"build_type": "Debug"}, "build type Debug"),
        ({"flags": "-O3 -DNDEBUG -O0"}, "not optimised"),
        ({"flags": "-g"}, "not optimised"),
    ],
)
def test_a_build_that_is_not_what_one_measures_is_stamped(tmp_path: Path, changes: Json, reason: str) -> None:
    run = results.load(synthetic_run.write(tmp_path / "run", small(blocks=6)))
    assert summary.build(run)["citable"]
    run.environment["build"] |= changes
    found = summary.build(run)
    assert not found["citable"] and any(reason in stamp for stamp in found["stamps"]), found["stamps"]


def test_a_partial_block_is_counted_and_left_out(tmp_path: Path) -> None:
    whole, partial = built(tmp_path / "a", small(blocks=6)), built(
        tmp_path / "b", small(blocks=7, partial=True)
    )
    trials = schedule.in_a_block(
        sampling.full_block(
            [cases.parse(name, synthetic_run.CONTROLS) for name in synthetic_run.planned(small())]
        )
    )
    assert partial["counts"]["blocks_partial"] == 1
    assert partial["counts"]["in_partial_blocks"] == len(trials) // 2
    assert partial["counts"]["blocks_complete"] == 6
    # The same seed: the first six blocks are the same, so are the figures.
    assert partial["groups"] == whole["groups"]


def _edited(directory: Path, change: Any) -> Json:
    """A small run after `change` has been done to each line of it."""
    run = synthetic_run.write(directory / "run", small(blocks=6))
    path = run / "samples.jsonl"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    changed = [one for line in lines for one in change(line)]
    path.write_text("".join(json.dumps(line) + "\n" for line in changed))
    return summary.build(results.load(run))


def test_an_implementation_that_failed_verification_once_has_no_figure_in_the_run(tmp_path: Path) -> None:
    def fail_once(line: Json) -> list[Json]:
        if (
            line["case"].startswith("ping_pong/mutex_ring/queues:2/wait:spin/report:mean")
            and line["block"] == 2
        ):
            line |= {"status": "unverified", "figures": {}, "exit": 1, "message": "lost 3 items"}
        return [line]

    found = _edited(tmp_path, fail_once)
    assert all("mutex_ring" not in members(found, one["id"]) for one in found["groups"])
    rows = [row for row in found["cases"] if row["implementation"] == "mutex_ring"]
    trials = sum(row["trials"] for row in rows)
    said = f"withheld: failed verification in 1 of {trials} trials of this run"
    assert len({row["workload"] for row in rows}) > 1, "other workloads, in which nothing went wrong, too"
    assert all(row["regimes"] == [] and row["withheld"] == said for row in rows)
    assert all(said in row["notes"] for row in page.explorer_rows(found) if row["case"] in rows)
    assert all(
        row["withheld"] is None
        for row in found["cases"]
        if row["implementation"] not in ("mutex_ring", "lossy_queue", "duplicating_queue")
    )
    assert "mutex_ring" not in json.dumps([found["decisions"], found["scaling"], found["memory"]])
    failure = next(one for one in found["failures"] if not one["expected"])
    assert (failure["status"], failure["message"], failure["blocks"]) == ("unverified", "lost 3 items", [2])
    assert found["failures"].index(failure) == 0  # before those that are expected


def _labelled_twice(factor: float) -> Any:
    def twice(line: Json) -> list[Json]:
        if not line["case"].startswith("ping_pong/mutex_ring/queues:2/wait:spin/report:mean"):
            return [line]
        again: Json = {**line, "label": "mutex_ring_again", "figures": dict(line["figures"])}
        again["figures"]["round_trip_ns"] *= factor
        return [line, again]

    return twice


def test_the_same_under_two_labels_must_come_out_equivalent(tmp_path: Path) -> None:
    good = _edited(tmp_path / "a", _labelled_twice(1.001))
    bad = _edited(tmp_path / "b", _labelled_twice(1.05))
    for found, outcome in ((good, "passed"), (bad, "failed")):
        ours = [c for c in found["controls"] if c["name"] == "A/A" and "mutex_ring" in c["detail"]]
        assert [c["outcome"] for c in ours] == [outcome]
    assert good["citable"] and not bad["citable"]
    assert "mutex_ring_again" not in members(good, MEAN)


def test_results_above_half_of_the_ceiling_are_flagged(tmp_path: Path) -> None:
    def too_fast(line: Json) -> list[Json]:
        if line["case"] == "producer_consumer/vyukov_mpmc_ring/p:1/c:1/wait:spin/item:8/capacity:1024":
            line["figures"]["items_per_second"] = 0.6e9
        return [line]

    found = _edited(tmp_path, too_fast)
    flagged = {c["implementation"] for c in found["cases"] for s in c["regimes"] if s["above_half_ceiling"]}
    assert flagged == {"vyukov_mpmc_ring"}


def test_an_order_that_changes_with_the_regime_is_no_direction(tmp_path: Path) -> None:
    def turn_over(line: Json) -> list[Json]:
        trip = line["figures"].get("round_trip_ns")
        if "vyukov" in line["case"] and trip and line["figures"]["yardstick_before_ns"] > 80:
            line["figures"]["round_trip_ns"] = 20 * trip
        return [line]

    spec = small(blocks=40, places=(50.0, 105.0))
    run = synthetic_run.write(tmp_path / "run", spec)
    path = run / "samples.jsonl"
    lines = [turn_over(json.loads(line))[0] for line in path.read_text().splitlines()]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    found = summary.build(results.load(run))
    told = members(found, MEAN)
    assert sorted(m["outcome"] for m in told.values()) == [BEST, "regime-dependent"]
    (other,) = (m for m in told.values() if m["outcome"] != BEST)
    assert {one["shows"] for one in other["by_regime"]} == {"faster", "slower"}
    row = next(row for row in found["decisions"] if row["group"] == MEAN)
    assert row["by_regime"] == [other["implementation"]] and not row["resolved"]


def test_set_aside_samples_are_in_no_figure(usual: Json) -> None:
    assert all(s["regime"] != SET_ASIDE for c in usual["cases"] for s in c["regimes"])


def test_the_file_is_plain_json_and_the_same_each_time(tmp_path: Path) -> None:
    run = synthetic_run.write(tmp_path / "run", small())
    for name in ("one.json", "two.json"):
        summary.write(summary.build(results.load(run)), tmp_path / name)
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()
    assert json.loads((tmp_path / "one.json").read_text())["run_id"] == small().run_id


def test_tails_and_fairness_have_intervals_that_name_their_method(tmp_path: Path) -> None:
    def share(line: Json) -> list[Json]:
        if "items_per_second" in line["figures"] and line["case"].startswith("producer_consumer"):
            line["figures"]["producer_share_min"] = 0.9 + 0.01 * line["block"]
        return [line]

    found = _edited(tmp_path, share)
    assert found["bootstrap"]["seed"] == tails.SEED
    states = [(case, state) for case in found["cases"] for state in case["regimes"] if not case["control"]]
    tail = [s for c, s in states if c["figure"] == "p99_ns"]
    assert tail and {s["method"] for s in tail} == {tails.METHOD}
    assert all({"p99_ns", "p99_9_ns", "max_ns"} <= set(s["figure_intervals"]) for s in tail)
    p99 = tail[0]["figure_intervals"]["p99_ns"]
    assert (p99["low"], p99["high"]) == (tail[0]["low"], tail[0]["high"])
    assert {s["method"] for c, s in states if c["figure"] != "p99_ns"} == {stats.METHOD}
    shares = [s for c, s in states if c["workload"] == "producer_consumer"]
    for state in shares:
        one = state["figure_intervals"]["producer_share_min"]
        assert one["method"] == tails.METHOD
        assert 0.9 <= one["low"] <= state["figures"]["producer_share_min"] <= one["high"] <= 0.95
