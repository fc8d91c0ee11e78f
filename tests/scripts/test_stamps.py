"""The download jobs that a run stores to be drawn: their file, when a campaign runs them, and the picture's data."""

from __future__ import annotations

import json
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import CASES, HANG_S, FakeBuild, Scripts, environment, one_line, run_here, wait_until

from handoff.campaign import jobs
from handoff.errors import HandoffError
from handoff.run import cases, results, stamps
from handoff.run.stamps import Job, StampLog

WINDOWS = ("window_in_order", "window_completion_order")
TRIALS = tuple(
    f"download_strategies/{name}/n:8/items:64/latency:log_normal/ms:4/failures:0%/bandwidth:unlimited/time:real"
    for name in (*WINDOWS, "sequential")
)
DRAWN = tuple(jobs.case_of(name).name for name in WINDOWS)
ONLY_TRIALS = ("--filter", "time:real")


def job(case: str = DRAWN[0], **changes: Any) -> Job:
    return replace(Job(case, "ok", "", [(0.1 * i, 0.1 * i + 0.3, 4.0) for i in range(24)]), **changes)


def stored(run: Path) -> list[dict[str, Any]]:
    path = run / "stamps.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


@pytest.fixture
def windows(build: FakeBuild) -> FakeBuild:
    build.set_cases(*CASES, *TRIALS, *DRAWN)
    return build


def named(*names: str) -> list[cases.Case]:
    return [cases.parse(name) for name in names]


# ---- which ---------------------------------------------------------------------------------------------------


def test_what_is_measured_is_drawn_where_one_keeps_the_order_and_another_does_not() -> None:
    listed = named(*TRIALS, *DRAWN, jobs.case_of("window_reorder_buffer").name, jobs.case_of("tbb").name)
    assert jobs.to_draw(listed, named(*TRIALS)) == named(*DRAWN)
    buffered = TRIALS[0].replace("in_order", "reorder_buffer")
    assert [one.implementation for one in jobs.to_draw(listed, named(*TRIALS, buffered))] == [
        "window_in_order",
        "window_reorder_buffer",
        "window_completion_order",
    ]
    assert jobs.to_draw(listed, named(TRIALS[0], TRIALS[2])) == []
    assert jobs.to_draw(listed, named(TRIALS[1], TRIALS[2])) == []
    assert jobs.to_draw(named(*TRIALS), named(*TRIALS)) == [], "a build that has not the setting"
    assert jobs.strategies_of(listed) == [*WINDOWS, "window_reorder_buffer", "tbb"]


# ---- a campaign ----------------------------------------------------------------------------------------------


def test_a_campaign_with_both_windows_stores_their_jobs_once(windows: FakeBuild, tmp_path: Path) -> None:
    run = tmp_path / "r"
    assert run_here(windows, "--blocks", "1", "--out", str(run), *ONLY_TRIALS) == 0
    assert [one["case"] for one in stored(run)] == list(DRAWN)
    calls, written, first = windows.calls(), (run / "stamps.jsonl").read_bytes(), environment(run)["run_id"]
    assert calls == len(TRIALS) + len(DRAWN)
    assert list(results.load(run).jobs) == list(DRAWN)
    assert results.load(run).jobs[DRAWN[0]].documents[23] == (2.3, 2.4, 2.5)

    assert run_here(windows, "--blocks", "2", "--out", str(run), *ONLY_TRIALS) == 0
    assert (run / "stamps.jsonl").read_bytes() == written
    assert windows.calls() == calls + len(TRIALS) and environment(run)["run_id"] != first


def test_other_campaigns_store_none(windows: FakeBuild, tmp_path: Path) -> None:
    for at, chosen in enumerate((["--impl", "window_in_order"], ["--workload", "counter"])):
        assert run_here(windows, "--blocks", "1", "--out", str(tmp_path / str(at)), *chosen) == 0
        assert not (tmp_path / str(at) / "stamps.jsonl").exists()
        assert results.load(tmp_path / str(at)).jobs == {}


def test_the_name_of_a_run_follows_from_its_stamps_too(windows: FakeBuild, tmp_path: Path) -> None:
    run = tmp_path / "r"
    assert run_here(windows, "--blocks", "1", "--out", str(run), *ONLY_TRIALS) == 0
    first = environment(run)["run_id"]
    (run / "stamps.jsonl").unlink()
    assert run_here(windows, "--blocks", "1", "--out", str(run), *ONLY_TRIALS) == 0
    assert environment(run)["run_id"] == first, "the same jobs, so the same name"
    lines = (run / "stamps.jsonl").read_text().splitlines(keepends=True)
    (run / "stamps.jsonl").write_text("".join(reversed(lines)))
    assert run_here(windows, "--blocks", "1", "--out", str(run), *ONLY_TRIALS) == 0
    assert environment(run)["run_id"] != first


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_campaign_that_ends_among_its_jobs_goes_on_with_the_next(
    scripts: Scripts, windows: FakeBuild, tmp_path: Path, how: signal.Signals
) -> None:
    run = tmp_path / "r"
    arguments = ("--profile", "full", "--no-report", "--blocks", "1", "--out", str(run), *ONLY_TRIALS)
    windows.misbehave({"case": DRAWN[1], "do": "hang"})
    process = scripts.start(*arguments)
    wait_until((windows.benchmarks / "hanging.pid").exists)
    process.send_signal(how)
    _, err = process.communicate(timeout=HANG_S)
    assert "Traceback" not in err
    assert [one["case"] for one in stored(run)] == [DRAWN[0]]
    if how == signal.SIGKILL:  # as it leaves a line whose write it has cut short
        with open(run / "stamps.jsonl", "ab") as file:
            file.write(job(DRAWN[1]).line()[:200])
        assert list(results.load(run).jobs) == [DRAWN[0]]
    else:
        assert process.returncode == 130 and "no complete block" in err

    windows.misbehave()
    done = scripts.campaign(*arguments)
    assert done.returncode == 0, done.stderr
    assert [one["case"] for one in stored(run)] == list(DRAWN)
    assert windows.calls() == len(DRAWN) + 1 + len(TRIALS)


def test_a_job_that_fails_is_said_and_stored_and_the_campaign_goes_on(
    windows: FakeBuild, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    windows.misbehave({"case": DRAWN[0], "do": "unverified"})
    run = tmp_path / "r"
    assert run_here(windows, "--blocks", "1", "--out", str(run), *ONLY_TRIALS) == 1
    said = capsys.readouterr().err
    assert f"{DRAWN[0]}, for its picture: unverified: 1 of 5000 items were lost" in said
    assert said.splitlines()[-1].startswith(f"error: the job to be drawn failed: {DRAWN[0]}: unverified")
    assert [(one["status"], len(one["documents"])) for one in stored(run)] == [("unverified", 0), ("ok", 24)]
    assert results.load(run).complete_blocks() == [0]


def test_a_job_that_the_machine_has_disturbed_is_run_again(windows: FakeBuild, tmp_path: Path) -> None:
    windows.misbehave({"case": DRAWN[0], "do": "voided"})
    assert run_here(windows, "--blocks", "1", "--out", str(tmp_path / "r"), *ONLY_TRIALS) == 1
    assert windows.calls() == 3 + 1 + len(TRIALS)
    assert [one["status"] for one in stored(tmp_path / "r")] == ["voided", "ok"]


def test_a_build_that_writes_no_stamps_is_named(windows: FakeBuild, tmp_path: Path) -> None:
    windows.misbehave({"case": DRAWN[0], "do": "no stamps"})
    assert run_here(windows, "--blocks", "1", "--out", str(tmp_path / "r"), *ONLY_TRIALS) == 1
    assert "failed: no stamps of its documents" in stored(tmp_path / "r")[0]["message"]


# ---- the file ------------------------------------------------------------------------------------------------


def test_jobs_come_back_from_their_file(tmp_path: Path) -> None:
    log = StampLog(tmp_path / "stamps.jsonl")
    assert not (tmp_path / "stamps.jsonl").exists(), "a run without such jobs has no such file"
    failed = job(DRAWN[1], status="hung", message="hung: no end", documents=[])
    for one in (job(), failed):
        log.append(one)
    log.close()
    found, whole = stamps.read(tmp_path / "stamps.jsonl")
    assert found == {DRAWN[0]: job(), DRAWN[1]: failed}
    assert whole == (tmp_path / "stamps.jsonl").stat().st_size
    assert StampLog(tmp_path / "stamps.jsonl").records == found


@pytest.mark.parametrize(
    "changes, says",
    [
        ({"schema": 2}, "unknown schema 2; valid: 1"),
        ({"documents": [[0.0, 0.1, 0.1]]}, "not a job.*1 documents instead of 24"),
        ({"documents": 24 * [[0.2, 0.1, 0.3]]}, r"document 0 has the times 0\.2, 0\.1, 0\.3"),
        ({"documents": 24 * [[0.1, 0.2]]}, "not a job"),
        ({"documents": 24 * [["a", 0.2, 0.3]]}, "not a job"),
        ({"status": "fine"}, "unknown status 'fine'; valid: ok, "),
        ({"case": "nonsense"}, "stamps.jsonl:1: not a job.*case 'nonsense' is not of the form"),
    ],
)
def test_a_line_that_is_no_job_is_named(tmp_path: Path, changes: dict[str, Any], says: str) -> None:
    path = tmp_path / "stamps.jsonl"
    path.write_text(json.dumps(json.loads(job().line()) | changes) + "\n")
    with pytest.raises(HandoffError, match=says):
        stamps.read(path)


def test_a_corrupt_file_is_one_line(
    windows: FakeBuild, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "r"
    assert run_here(windows, "--blocks", "1", "--out", str(run), *ONLY_TRIALS) == 0
    (run / "stamps.jsonl").write_text("{}\n")
    capsys.readouterr()
    assert run_here(windows, "--blocks", "2", "--out", str(run), *ONLY_TRIALS) == 2
    assert f"{run / 'stamps.jsonl'}:1: not a job" in one_line(capsys.readouterr().err)
