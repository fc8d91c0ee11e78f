"""Campaigns as a user runs them, against fake benchmarks: what they measure, and what comes of failures."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import (
    CASES,
    COUNT,
    HANG_S,
    ROOT,
    FakeBuild,
    Scripts,
    environment,
    lines,
    measured_order,
    planned_order,
    run_here,
)

from handoff.campaign import measuring, runner
from handoff.run import results
from handoff.run.cases import Case


def test_a_campaign_from_cases_to_report(scripts: Scripts) -> None:
    done = scripts.campaign("--profile", "full", "--blocks", "2", "--seed", "11")
    assert done.returncode == 0, done.stderr
    (run,) = (scripts.root / "reports").iterdir()
    assert done.stdout == f"{run / 'report.html'}\n"
    assert (run / "report.html").read_text() == "a report"
    assert re.fullmatch(r"\d{8}-[a-z0-9-]+-\d+c-nocommit-[0-9a-f]{8}", run.name)
    loaded = results.load(run)
    assert loaded.complete_blocks() == [0, 1] and loaded.warnings == []
    assert loaded.environment["run_id"] == run.name
    assert loaded.environment["seed"] == 11 and "seed 11" in done.stderr
    assert loaded.environment["finished"] is not None and not loaded.environment["interrupted"]
    assert loaded.environment["blocks_complete"] == 2
    assert measured_order(run) == planned_order(scripts.build, 11, 2)
    assert set(loaded.samples["status"]) == {"ok", "unverified"}


@pytest.mark.parametrize("counter, believed", [("tsc", "2500000000.25"), ("steady_clock", "")])
def test_trials_believe_the_frequency_that_the_build_found_out(
    build: FakeBuild, tmp_path: Path, counter: str, believed: str
) -> None:
    path = build.dir / "benchmarks" / "catalog.json"
    known = json.loads(path.read_text()) | {"clock": {"counter": counter, "hz": 2.50000000025e9}}
    path.write_text(json.dumps(known))
    assert run_here(build, "--blocks", "1", "--out", str(tmp_path / "run")) == 0
    assert (path.parent / "tsc_hz").read_text() == believed


def test_without_a_terminal_progress_is_a_line_each_tenth(scripts: Scripts) -> None:
    done = scripts.campaign("--profile", "full", "--blocks", "3", "--no-report")
    percentages = [int(found) for found in re.findall(r"^ *(\d+)%", done.stderr, re.MULTILINE)]
    assert percentages == sorted(percentages) and percentages[-1] == 100
    assert 5 <= len(percentages) <= 10
    assert "\x1b" not in done.stderr and " left" in done.stderr


def test_each_trial_has_its_memory_at_another_place(build: FakeBuild, tmp_path: Path) -> None:
    assert run_here(build, "--blocks", "2", "--seed", "1", "--out", str(tmp_path / "r")) == 0
    done = [line["figures"] for line in lines(tmp_path / "r") if line["status"] == "ok"]
    for moved in ("padding", "heap_gap"):
        assert len({figures[moved] for figures in done}) == len(done)


def test_a_campaign_begins_without_what_its_end_needs() -> None:
    """It takes a second to import, also where the campaign is refused."""
    asked = (
        "import sys, handoff.commands.campaign; print({'pandas', 'scipy', 'matplotlib'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT / "scripts", capture_output=True, text=True)
    assert done.stdout == "set()\n", done.stderr


def test_list_and_dry_run_measure_nothing(build: FakeBuild, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_here(build, "--list") == 0
    assert capsys.readouterr().out.splitlines() == list(CASES)
    assert run_here(build, "--dry-run", "--blocks", "3", "--workload", "counter") == 0
    *names, plan = capsys.readouterr().out.splitlines()
    assert names == ["counter/atomic_counter/t:2/mix:increment"]
    assert plan.startswith("profile full: 1 cases, about 3 blocks of 0:00, 0:00 in all")
    assert build.calls() == 0


def test_the_budget_ends_a_campaign_after_whole_blocks(build: FakeBuild, tmp_path: Path) -> None:
    assert run_here(build, "--time-budget", "2s", "--out", str(tmp_path / "r")) == 0
    loaded = results.load(tmp_path / "r")
    blocks = loaded.complete_blocks()
    assert len(blocks) >= 1
    assert len(loaded.samples) == COUNT * len(blocks)
    before_the_last = loaded.samples[loaded.samples["block"] < blocks[-1]]
    assert before_the_last["seconds"].sum() < 2, "no block began when the time was over"


# ---- what fails --------------------------------------------------------------------------------------------


def test_failures_are_recorded_and_the_campaign_goes_on(
    build: FakeBuild, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run = runner.run

    def impatient(program: list[str], case: Case, *rest: Any) -> runner.TrialOutcome | None:
        """Only with what hangs: any other trial may take as long as the machine needs for a process."""
        settings, layout, _, interrupt = rest
        return run(program, case, settings, layout, 0.3 if case.workload == "download" else HANG_S, interrupt)

    monkeypatch.setattr(runner, "run", impatient)
    rules = {"ping_pong": "crash", "download": "hang", "counter": "unverified", "core_to_core": "voided"}
    build.misbehave(*({"case": f"^{workload}/", "do": do} for workload, do in rules.items()))
    assert run_here(build, "--blocks", "1", "--out", str(tmp_path / "r")) == 1
    found = {line["case"].split("/")[0]: line["status"] for line in lines(tmp_path / "r")}
    assert found == {
        "producer_consumer": "ok",
        "ping_pong": "crashed",
        "download": "hung",
        "counter": "unverified",
        "core_to_core": "voided",
    }
    (hung,) = [line["seconds"] for line in lines(tmp_path / "r") if line["status"] == "hung"]
    assert 0.3 <= hung < HANG_S
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.startswith("error: 3 of 7 trials failed, in 3 cases; the first: ")
    assert environment(tmp_path / "r")["blocks_complete"] == 1


def test_a_trial_has_ten_seconds_or_twenty_times_what_it_takes() -> None:
    assert measuring.limit_s(0.1, 10.0) == 10.0
    assert measuring.limit_s(3.0, 10.0) == 60.0


def test_a_control_that_fails_is_no_failure(build: FakeBuild, tmp_path: Path) -> None:
    assert run_here(build, "--blocks", "1", "--out", str(tmp_path / "r")) == 0
    assert [line["case"] for line in lines(tmp_path / "r") if line["status"] != "ok"] == [CASES[2]]


def test_nothing_but_voided_trials_is_a_failure(build: FakeBuild, tmp_path: Path) -> None:
    build.misbehave({"case": ".", "do": "voided"})
    assert run_here(build, "--blocks", "1", "--out", str(tmp_path / "r")) == 1


def test_a_report_that_fails_leaves_the_samples(scripts: Scripts, tmp_path: Path) -> None:
    (scripts.root / "scripts" / "report.py").write_text("import sys; sys.exit(2)")
    done = scripts.campaign("--profile", "full", "--blocks", "1", "--out", str(tmp_path / "r"))
    assert done.returncode == 1
    assert "failed with exit code 2; its samples are kept" in done.stderr.splitlines()[-1]
    assert len(lines(tmp_path / "r")) == COUNT
