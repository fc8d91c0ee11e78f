"""Campaigns that were interrupted, killed or finished, and go on; and what does not go on with them."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from conftest import (
    COUNT,
    HANG_S,
    FakeBuild,
    Scripts,
    environment,
    lines,
    measured_order,
    one_line,
    planned_order,
    run_here,
    wait_until,
)

from handoff.run import results


@pytest.mark.parametrize("how, code", [(signal.SIGINT, 130), (signal.SIGTERM, 130)])
def test_an_interruption_keeps_and_reports_what_was_measured(
    scripts: Scripts, tmp_path: Path, how: signal.Signals, code: int
) -> None:
    build, run = scripts.build, tmp_path / "r"
    build.misbehave({"case": ".", "do": "hang", "after": COUNT + 3})
    process = scripts.start("--profile", "full", "--blocks", "3", "--seed", "5", "--out", str(run))
    wait_until((build.benchmarks / "hanging.pid").exists)
    process.send_signal(how)
    out, err = process.communicate(timeout=HANG_S)
    assert process.returncode == code, err
    assert "Traceback" not in err
    assert out == f"{run / 'report.html'}\n", "the complete block is reported"
    assert measured_order(run) == planned_order(build, 5, 3)[: COUNT + 3]
    assert environment(run)["blocks_complete"] == 1 and environment(run)["interrupted"]
    assert results.load(run).complete_blocks() == [0]
    pid = (build.benchmarks / "hanging.pid").read_text()
    assert not os.path.exists(f"/proc/{pid}"), "the trial is gone as well"


def test_an_interruption_within_the_first_block_says_how_to_go_on(scripts: Scripts, tmp_path: Path) -> None:
    scripts.build.misbehave({"case": ".", "do": "hang", "after": 2})
    process = scripts.start("--profile", "full", "--out", str(tmp_path / "r"))
    wait_until((scripts.build.benchmarks / "hanging.pid").exists)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=HANG_S)
    assert (process.returncode, out) == (130, "")
    assert f"no complete block, so no report; --out {tmp_path / 'r'} goes on" in err
    assert len(lines(tmp_path / "r")) == 2


def test_a_campaign_killed_in_mid_write_goes_on_where_it_was(scripts: Scripts, tmp_path: Path) -> None:
    build, run = scripts.build, tmp_path / "r"
    arguments = ("--profile", "full", "--blocks", "2", "--out", str(run))
    build.misbehave({"case": ".", "do": "hang", "after": 4})
    process = scripts.start(*arguments, "--seed", "9")
    wait_until((build.benchmarks / "hanging.pid").exists)
    process.kill()
    process.communicate(timeout=HANG_S)
    pid = (build.benchmarks / "hanging.pid").read_text()
    wait_until(
        lambda: not os.path.exists(f"/proc/{pid}") or "State:\tZ" in Path(f"/proc/{pid}/status").read_text()
    )
    samples = run / "samples.jsonl"
    with open(samples, "ab") as file:  # as a write leaves it that the kill has cut short
        file.write(samples.read_bytes().splitlines()[0][:100])
    before = lines(run)
    assert len(before) == 4

    build.misbehave()
    done = scripts.campaign(*arguments)
    assert done.returncode == 0, done.stderr
    assert "seed 9" in done.stderr
    assert lines(run)[:4] == before, "what was measured is neither lost nor repeated"
    assert measured_order(run) == planned_order(build, 9, 2)
    assert build.calls() == 4 + 1 + 2 * COUNT - 4
    assert len((run / "samples.truncated").read_bytes()) == 101
    assert results.load(run).warnings == []
    assert len(environment(run)["resumed"]) == 1


def test_a_finished_campaign_is_not_measured_again_but_can_be_extended(
    build: FakeBuild, tmp_path: Path
) -> None:
    arguments = ("--out", str(tmp_path / "r"))
    assert run_here(build, "--blocks", "1", *arguments) == 0
    first = environment(tmp_path / "r")["run_id"]
    assert run_here(build, "--blocks", "1", *arguments) == 0
    assert build.calls() == COUNT and environment(tmp_path / "r")["run_id"] == first
    assert run_here(build, "--blocks", "2", *arguments) == 0
    assert build.calls() == 2 * COUNT and environment(tmp_path / "r")["run_id"] != first


@pytest.mark.parametrize(
    "arguments, says",
    [
        (["--window-ms", "20"], "it has window_ms 50.0, not 20.0"),
        (["--ramp-ms", "1"], "it has ramp_ms 10.0, not 1.0"),
        (["--placement", "none"], "it has placement compact, not none"),
        (["--seed", "8"], "it has seed 7, not 8"),
        (["--profile", "quick"], "it has profile full, not quick"),
        (["--workload", "counter"], "its 7 cases differ from these 1: core_to_core/cache_line/a:0/b:1"),
    ],
)
def test_another_campaign_does_not_go_on_with_a_run(
    build: FakeBuild, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    run = tmp_path / "r"
    (run).mkdir()
    assert run_here(build, "--blocks", "1", "--seed", "7", "--out", str(run)) == 0
    before = {path.name: path.read_bytes() for path in run.iterdir()}
    capsys.readouterr()
    assert run_here(build, "--blocks", "1", "--out", str(run), *arguments) == 2
    said = one_line(capsys.readouterr().err)
    assert said.startswith(f"error: cannot go on with '{run}': {says}")
    assert {path.name: path.read_bytes() for path in run.iterdir()} == before


def test_another_build_does_not_go_on_with_a_run(
    build: FakeBuild, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_here(build, "--blocks", "1", "--out", str(tmp_path / "r")) == 0
    with open(build.benchmarks / "ping_pong", "a") as binary:
        binary.write("# changed\n")
    capsys.readouterr()
    assert run_here(build, "--blocks", "2", "--out", str(tmp_path / "r")) == 2
    assert "the benchmark 'ping_pong' has been built anew" in one_line(capsys.readouterr().err)
