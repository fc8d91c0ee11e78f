"""One trial, with a benchmark that behaves or does not."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import CASES, HANG_S, FakeBuild, wait_until

from handoff.campaign import runner, watched
from handoff.campaign.interrupt import Interrupt
from handoff.run import cases

CASE = cases.parse(CASES[0])


@pytest.fixture
def interrupt() -> Iterator[Interrupt]:
    with Interrupt() as entered:
        yield entered


def trial(
    build: FakeBuild, interrupt: Interrupt, limit_s: float = HANG_S, layout: runner.Layout = runner.Layout()
) -> runner.TrialOutcome | None:
    binary = build.benchmarks / CASE.workload
    return runner.run([str(binary)], CASE, runner.Settings(), layout, limit_s, interrupt)


def finished(build: FakeBuild, interrupt: Interrupt, limit_s: float = HANG_S) -> runner.TrialOutcome:
    outcome = trial(build, interrupt, limit_s)
    assert outcome is not None
    return outcome


def gone(pid_file: Path) -> bool:
    return not os.path.exists(f"/proc/{pid_file.read_text()}")


def test_a_good_trial_has_our_figures_and_none_of_google_benchmarks(
    build: FakeBuild, interrupt: Interrupt
) -> None:
    outcome = finished(build, interrupt)
    assert (outcome.status, outcome.exit, outcome.message, outcome.output) == ("ok", 0, "", "")
    assert outcome.placement == "compact" and outcome.cpus == [0, 1]
    assert outcome.figures == {
        "window_s": 0.05,
        "threads": 2.0,
        "oversubscribed": 0.0,
        "items_per_second": 1e6,
        "operations_per_second": 1e6,
        "round_trip_ns": 100.5,
        "makespan_s": 0.05,
        "padding": 0.0,
        "heap_gap": 0.0,
    }
    assert 0 < outcome.seconds < HANG_S


@pytest.mark.parametrize(
    "do, status, code, says",
    [
        ("unverified", "unverified", 1, "unverified: 1 of 5000 items were lost"),
        ("voided", "voided", 1, "voided: the harness clock ran 3% off"),
        ("failed", "failed", 1, "failed: no memory"),
        ("abandoned", "unverified", 1, "a thread never came back"),
        ("garbage", "failed", 0, "the output is not that of one benchmark"),
        ("silent", "failed", 3, "exit code 3"),
        ("nan", "failed", 0, "'items_per_second' is nan"),
        ("crash", "crashed", -11, "signal 11 (Segmentation fault)"),
    ],
)
def test_a_bad_trial_says_how_it_ended(
    build: FakeBuild, interrupt: Interrupt, do: str, status: str, code: int, says: str
) -> None:
    build.misbehave({"case": "good_ring", "do": do})
    outcome = finished(build, interrupt)
    assert (outcome.status, outcome.exit) == (status, code)
    assert says in outcome.message and "\n" not in outcome.message
    assert outcome.figures == {}, "what failed has no figures to publish"


def test_the_output_of_a_crash_is_kept(build: FakeBuild, interrupt: Interrupt) -> None:
    build.misbehave({"case": "good_ring", "do": "crash"})
    assert finished(build, interrupt).output == "about to crash\n"


def test_a_hang_is_ended_and_leaves_no_process(build: FakeBuild, interrupt: Interrupt) -> None:
    build.misbehave({"case": "good_ring", "do": "hang"})
    for limit_s in (0.3, 1, 3, 10, 30):  # a busy machine needs more until the trial hangs
        outcome = finished(build, interrupt, limit_s)
        assert (outcome.status, outcome.exit) == ("hung", -9)
        assert outcome.message.startswith("hung: ")
        assert limit_s <= outcome.seconds < HANG_S
        if (build.benchmarks / "hanging.pid").exists():
            break
    assert outcome.output == "about to hang\n"
    assert gone(build.benchmarks / "hanging.pid")


def test_waiting_for_a_trial_costs_no_cpu(build: FakeBuild, interrupt: Interrupt) -> None:
    """The campaign must not run on the CPUs that it measures."""
    build.misbehave({"case": "good_ring", "do": "hang"})
    costs = []
    for _ in range(5):  # what else the machine does may add to one of them
        before = time.process_time()
        finished(build, interrupt, limit_s=0.5)
        costs.append(time.process_time() - before)
        if costs[-1] < 0.1:
            break
    assert costs[-1] < 0.1, costs


def test_an_interruption_ends_the_trial_without_an_outcome(build: FakeBuild, interrupt: Interrupt) -> None:
    build.misbehave({"case": "good_ring", "do": "hang"})
    parent, child = os.getpid(), os.fork()
    if child == 0:
        try:
            wait_until((build.benchmarks / "hanging.pid").exists)
            os.kill(parent, 2)
        finally:
            os._exit(0)
    assert trial(build, interrupt) is None
    os.waitpid(child, 0)
    assert interrupt.requested
    assert gone(build.benchmarks / "hanging.pid")


def test_the_size_of_the_environment_is_what_was_asked_for(build: FakeBuild, interrupt: Interrupt) -> None:
    outcome = trial(build, interrupt, layout=runner.Layout(1234, 640))
    assert outcome is not None and outcome.figures["padding"] == 1234
    assert outcome.figures["heap_gap"] == 640


def test_google_benchmarks_variables_do_not_reach_a_trial(
    build: FakeBuild, interrupt: Interrupt, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("BENCHMARK_FORMAT", "csv")
    script = build.benchmarks / CASE.workload
    script.write_text(f"#!/bin/sh\nenv > {tmp_path}/variables\n")
    finished(build, interrupt)
    variables = (tmp_path / "variables").read_text()
    assert "HANDOFF_PADDING" in variables and "BENCHMARK_" not in variables


def test_only_the_ends_of_a_flood_are_kept(
    build: FakeBuild, interrupt: Interrupt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watched, "READ_OUTPUT", 10_000)
    script = build.benchmarks / CASE.workload
    script.write_text("#!/bin/sh\nseq 1 200000\necho the end\nexit 1\n")
    outcome = finished(build, interrupt)
    assert len(outcome.output) == watched.KEPT_OUTPUT
    assert outcome.output.endswith("\n200000\nthe end\n")
