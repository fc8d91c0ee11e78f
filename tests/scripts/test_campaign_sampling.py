"""Campaigns that sample adaptively: when they end, what their blocks hold, and how these survive a kill."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import types
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import campaign
import pytest
from conftest import (
    CASES,
    COUNT,
    HANG_S,
    FakeBuild,
    Scripts,
    environment,
    lines,
    one_line,
    run_here,
    wait_until,
)

from handoff.campaign import look
from handoff.run import results

FULL = 6  # so many full blocks come first
SCATTERED = CASES[0]


def planned_blocks(run: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (run / "blocks.jsonl").read_text().splitlines()]


def held(run: Path) -> dict[int, set[str]]:
    """What each block was found to hold."""
    found: dict[int, set[str]] = {}
    for line in lines(run):
        found.setdefault(line["block"], set()).add(line["case"])
    return found


def test_a_campaign_whose_headlines_are_precise_ends(build: FakeBuild, tmp_path: Path) -> None:
    assert run_here(build, "--time-budget", "1h", "--out", str(tmp_path / "r")) == 0
    assert environment(tmp_path / "r")["ended"] == "precise"
    assert results.load(tmp_path / "r").complete_blocks() == list(range(FULL))


def test_time_goes_to_what_is_not_precise_and_ends_with_the_budget(build: FakeBuild, tmp_path: Path) -> None:
    build.misbehave({"case": "lossy_queue", "do": "unverified"}, {"case": SCATTERED, "do": "scatter"})
    for budget in (5, 10, 20, 40, 80, 160):  # a busy machine needs more for as many blocks
        run = tmp_path / f"{budget}s"
        assert run_here(build, "--time-budget", f"{budget}s", "--out", str(run)) == 0
        assert environment(run)["ended"] == "budget"
        loaded, found = results.load(run), held(run)
        before_the_last = loaded.samples[loaded.samples["block"] < max(found)]
        assert before_the_last["seconds"].sum() < budget, "no block began when the time was over"
        if len(found) > FULL + 8:
            break
    assert loaded.complete_blocks() == list(found) and len(found) > FULL + 8
    assert all(SCATTERED in block for block in found.values())
    for case in CASES[1:]:
        assert sum(case in block for block in found.values()) < FULL + len(found) / 8
    plans = planned_blocks(run)
    assert [set(plan["cases"]) for plan in plans] == list(found.values())
    assert plans[0]["needs"] is None and plans[FULL]["needs"]["wide"] == 1


def test_what_starts_the_trials_stays_small() -> None:
    """The larger a process is the longer it takes to start another one, on the CPUs that are measured."""
    code = "import sys, campaign; print({'pandas', 'scipy', 'matplotlib'} & set(sys.modules))"
    scripts = Path(campaign.__file__).parent
    done = subprocess.run([sys.executable, "-c", code], cwd=scripts, capture_output=True, text=True)
    assert done.stdout == "set()\n", done.stderr


def test_a_look_that_fails_is_named_and_what_was_measured_is_kept(
    build: FakeBuild, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(look, "sys", types.SimpleNamespace(executable="/bin/false"))
    run = tmp_path / "r"
    assert run_here(build, "--time-budget", "1h", "--out", str(run), looks=False) == 1
    said = capsys.readouterr().err.splitlines()[-1]
    assert said == f"error: what {run} still needs could not be found out: exit code 1; its samples are kept"
    assert len(lines(run)) == FULL * COUNT


def test_a_wider_target_is_reached_sooner(build: FakeBuild, tmp_path: Path) -> None:
    build.misbehave({"case": SCATTERED, "do": "scatter"})
    arguments = ("--time-budget", "1h", "--precision", "60", "--out", str(tmp_path / "r"))
    assert run_here(build, *arguments) == 0
    assert environment(tmp_path / "r")["ended"] == "precise"
    assert environment(tmp_path / "r")["sampling"]["precision"] == 0.6
    assert len(held(tmp_path / "r")) == FULL


def test_a_campaign_killed_in_a_thin_block_goes_on_with_its_plan(scripts: Scripts, tmp_path: Path) -> None:
    build, run = scripts.build, tmp_path / "r"
    scatter = {"case": SCATTERED, "do": "scatter"}
    # After some thin blocks; what hangs is the case that each of them holds.
    build.misbehave(scatter, {"case": SCATTERED, "do": "hang", "after": FULL * COUNT + 6})
    arguments = ("--profile", "full", "--no-report", "--out", str(run))
    process = scripts.start(*arguments, "--time-budget", "1h", "--seed", "3")
    wait_until((build.benchmarks / "hanging.pid").exists)
    process.kill()
    process.communicate(timeout=HANG_S)
    assert len(planned_blocks(run)) > FULL + 1
    build.misbehave(scatter)
    for how in ("before its first trial", "while it was planned"):
        goes_on(killed(shutil.copytree(run, tmp_path / how), how), lambda told: run_here(build, *told))
    goes_on(run, lambda told: scripts.campaign("--profile", "full", "--no-report", *told).returncode)


def killed(run: Path, how: str) -> Path:
    """As it would be, had the kill come earlier."""
    last = planned_blocks(run)[-1]["block"]
    samples = [line for line in lines(run) if line["block"] < last]
    (run / "samples.jsonl").write_text("".join(json.dumps(line) + "\n" for line in samples))
    if how == "while it was planned":
        content = (run / "blocks.jsonl").read_bytes()
        (run / "blocks.jsonl").write_bytes(content[:-30])
    return run


def goes_on(run: Path, campaign: Callable[[Sequence[str]], int]) -> None:
    text = (run / "blocks.jsonl").read_text()
    plans, before = [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()], lines(run)
    spent = sum(one["seconds"] for one in before)
    for more in (2, 4, 8, 16, 32, 64):  # a busy machine needs more for a block
        assert campaign(["--out", str(run), "--time-budget", f"{spent + more:.2f}s"]) == 0
        if len(planned_blocks(run)) > len(plans):
            break
    assert lines(run)[: len(before)] == before, "what was measured is neither lost nor repeated"
    assert planned_blocks(run)[: len(plans)] == plans and len(planned_blocks(run)) > len(plans)
    loaded = results.load(run)
    assert loaded.complete_blocks() == list(range(len(loaded.plans)))
    assert not loaded.samples.duplicated(["block", "position"]).any()


def test_a_thin_block_that_was_cut_short_is_partial(build: FakeBuild, tmp_path: Path) -> None:
    build.misbehave({"case": "good_ring", "do": "scatter"})
    for budget in (3, 6, 12, 24, 48, 96):  # a busy machine needs more for as many blocks
        run = tmp_path / f"{budget}s"
        assert run_here(build, "--time-budget", f"{budget}s", "--out", str(run)) == 0
        if (blocks := results.load(run).complete_blocks())[-1] > FULL:
            break
    samples = (run / "samples.jsonl").read_bytes().splitlines(keepends=True)
    (run / "samples.jsonl").write_bytes(b"".join(samples[:-1]))
    assert results.load(run).complete_blocks() == blocks[:-1] and blocks[-1] > FULL
    # Without their plans thin blocks cannot be told from cut ones.
    (run / "blocks.jsonl").unlink()
    assert results.load(run).complete_blocks() == list(range(FULL))


def test_a_run_keeps_the_precision_that_it_began_with(
    build: FakeBuild, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = str(tmp_path / "r")
    assert run_here(build, "--time-budget", "2s", "--precision", "3", "--out", run) == 0
    assert run_here(build, "--time-budget", "2s", "--out", run) == 0
    assert run_here(build, "--time-budget", "2s", "--precision", "3", "--out", run) == 0
    capsys.readouterr()
    assert run_here(build, "--time-budget", "2s", "--precision", "2", "--out", run) == 2
    assert "it has precision 3%, not 2%; another --out begins anew" in one_line(capsys.readouterr().err)


def test_a_plan_that_cannot_be_read_is_named(
    build: FakeBuild, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "r"
    assert run_here(build, "--blocks", "1", "--out", str(run)) == 0
    (run / "blocks.jsonl").write_text('{"schema": 1, "block": 0}\n')
    capsys.readouterr()
    assert run_here(build, "--blocks", "2", "--out", str(run)) == 2
    assert f"{run / 'blocks.jsonl'}:1: corrupt line, not a block" in one_line(capsys.readouterr().err)


def test_a_dry_run_tells_full_blocks_from_thin_ones(
    build: FakeBuild, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_here(build, "--dry-run", "--time-budget", "60s") == 0
    plan = capsys.readouterr().out.splitlines()[-1]
    said = re.fullmatch(
        r"profile full: 7 cases, about 6 full blocks of 0:01 and (\d+) thin ones of 0:01, 1:00 in all, or less "
        r"if all contests are settled and the headlines known to ±2%",
        plan,
    )
    assert said and int(said[1]) > 80, plan
