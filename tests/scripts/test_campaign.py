"""Campaigns as a user runs them, against fake benchmarks: what is kept, what goes on, how it ends."""

from __future__ import annotations

import json
import os
import re
import resource
import signal
import subprocess
import sys
import types
from pathlib import Path
from typing import Any

import campaign
import pytest
from conftest import CASES, FakeBuild, Scripts, lines, one_line, wait_until

from handoff import catalog, look, measuring, results, sampling, schedule
from handoff.runner import Settings

COUNT = len(CASES)


def planned_order(build: FakeBuild, seed: int, blocks: int) -> list[tuple[int, str]]:
    suite = catalog.load(build.dir, Settings().flags())
    plan = sampling.full_block(suite.cases)
    trials = [trial for block in range(blocks) for trial in schedule.block_trials(plan, seed, block)]
    return [(trial.block, trial.case.name) for trial in trials]


def measured_order(run: Path) -> list[tuple[int, str]]:
    return [(line["block"], line["case"]) for line in lines(run)]


def environment(run: Path) -> dict[str, Any]:
    found = json.loads((run / "environment.json").read_text())
    assert isinstance(found, dict)
    return found


def run_here(build: FakeBuild, *arguments: str) -> int:
    """In this process, which is faster; the machine's description is real."""
    return campaign.main(["--build-dir", str(build.dir), "--profile", "full", "--no-report", *arguments])


# ---- a whole campaign --------------------------------------------------------------------------------------


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
    assert len(loaded.complete_blocks()) >= 1
    assert len(loaded.samples) == COUNT * len(loaded.complete_blocks())
    assert loaded.samples["seconds"].sum() < 3


# ---- adaptive sampling -------------------------------------------------------------------------------------


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
    assert run_here(build, "--time-budget", "60s", "--out", str(tmp_path / "r")) == 0
    assert environment(tmp_path / "r")["ended"] == "precise"
    assert results.load(tmp_path / "r").complete_blocks() == list(range(FULL))


def test_time_goes_to_what_is_not_precise_and_ends_with_the_budget(build: FakeBuild, tmp_path: Path) -> None:
    build.misbehave({"case": "lossy_queue", "do": "unverified"}, {"case": SCATTERED, "do": "scatter"})
    for budget in (5, 10, 20, 40, 80):  # a busy machine needs more for as many blocks
        run = tmp_path / f"{budget}s"
        assert run_here(build, "--time-budget", f"{budget}s", "--out", str(run)) == 0
        assert environment(run)["ended"] == "budget"
        loaded, found = results.load(run), held(run)
        assert loaded.samples["seconds"].sum() < budget + 1
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
    assert run_here(build, "--time-budget", "60s", "--out", str(run)) == 1
    said = capsys.readouterr().err.splitlines()[-1]
    assert said == f"error: what {run} still needs could not be found out: exit code 1; its samples are kept"
    assert len(lines(run)) == FULL * COUNT


def test_a_wider_target_is_reached_sooner(build: FakeBuild, tmp_path: Path) -> None:
    build.misbehave({"case": SCATTERED, "do": "scatter"})
    arguments = ("--time-budget", "60s", "--precision", "60", "--out", str(tmp_path / "r"))
    assert run_here(build, *arguments) == 0
    assert environment(tmp_path / "r")["ended"] == "precise"
    assert environment(tmp_path / "r")["sampling"]["precision"] == 0.6
    assert len(held(tmp_path / "r")) == FULL


@pytest.mark.parametrize("how", ["in a trial", "before its first trial", "while it was planned"])
def test_a_campaign_killed_in_a_thin_block_goes_on_with_its_plan(
    scripts: Scripts, tmp_path: Path, how: str
) -> None:
    build, run = scripts.build, tmp_path / "r"
    scatter = {"case": SCATTERED, "do": "scatter"}
    # After some thin blocks; what hangs is the case that each of them holds.
    build.misbehave(scatter, {"case": SCATTERED, "do": "hang", "after": FULL * COUNT + 6})
    arguments = ("--profile", "full", "--no-report", "--out", str(run))
    process = scripts.start(*arguments, "--time-budget", "60s", "--seed", "3")
    wait_until((build.benchmarks / "hanging.pid").exists, 20)
    process.kill()
    process.communicate(timeout=20)
    plans = planned_blocks(run)
    assert len(plans) > FULL + 1
    last = plans[-1]["block"]
    if how != "in a trial":
        samples = [line for line in lines(run) if line["block"] < last]
        (run / "samples.jsonl").write_text("".join(json.dumps(line) + "\n" for line in samples))
    if how == "while it was planned":
        content = (run / "blocks.jsonl").read_bytes()
        (run / "blocks.jsonl").write_bytes(content[:-30])
        plans.pop()
    before = lines(run)

    build.misbehave(scatter)
    done = scripts.campaign(*arguments, "--time-budget", f"{sum(one['seconds'] for one in before) + 2:.2f}s")
    assert done.returncode == 0, done.stderr
    assert lines(run)[: len(before)] == before, "what was measured is neither lost nor repeated"
    assert planned_blocks(run)[: len(plans)] == plans and len(planned_blocks(run)) > len(plans)
    loaded = results.load(run)
    assert loaded.complete_blocks() == list(range(len(loaded.plans)))
    assert not loaded.samples.duplicated(["block", "position"]).any()


def test_a_thin_block_that_was_cut_short_is_partial(build: FakeBuild, tmp_path: Path) -> None:
    build.misbehave({"case": "good_ring", "do": "scatter"})
    for budget in (3, 6, 12, 24, 48):  # a busy machine needs more for as many blocks
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
        r"profile full: 7 cases, about 6 full blocks of 0:01 and (\d+) thin ones of 0:00, 1:00 in all, or less "
        r"if the headlines are known to ±2% before",
        plan,
    )
    assert said and int(said[1]) > 100


# ---- what fails --------------------------------------------------------------------------------------------


def test_failures_are_recorded_and_the_campaign_goes_on(
    build: FakeBuild, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(measuring, "LATE_AT_LEAST_S", 0.3)
    monkeypatch.setattr(measuring, "LATE_FACTOR", 0)
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
    assert 0.3 <= hung < 2.5
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.startswith("error: 3 of 7 trials failed, in 3 cases; the first: ")
    assert environment(tmp_path / "r")["blocks_complete"] == 1


def test_a_trial_has_ten_seconds_or_twenty_times_what_it_takes() -> None:
    assert measuring.limit_s(0.1) == 10.0
    assert measuring.limit_s(3.0) == 60.0


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


# ---- going on ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how, code", [(signal.SIGINT, 130), (signal.SIGTERM, 130)])
def test_an_interruption_keeps_and_reports_what_was_measured(
    scripts: Scripts, tmp_path: Path, how: signal.Signals, code: int
) -> None:
    build, run = scripts.build, tmp_path / "r"
    build.misbehave({"case": ".", "do": "hang", "after": COUNT + 3})
    process = scripts.start("--profile", "full", "--blocks", "3", "--seed", "5", "--out", str(run))
    wait_until((build.benchmarks / "hanging.pid").exists)
    process.send_signal(how)
    out, err = process.communicate(timeout=20)
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
    out, err = process.communicate(timeout=20)
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
    process.communicate(timeout=20)
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


# ---- bad input and bad places ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments, says",
    [
        (
            ["--profile", "quik"],
            "unknown profile 'quik'; did you mean 'quick'? valid: smoke, quick, experiments, full",
        ),
        (
            ["--impl", "god_ring"],
            "unknown implementation 'god_ring'; did you mean 'good_ring'? valid: good_ring,",
        ),
        (
            ["--workload", "pingpong"],
            "unknown workload 'pingpong'; did you mean 'ping_pong'? valid: producer",
        ),
        (["--wait", "spim"], "unknown wait 'spim'; did you mean 'spin'? valid: spin, block"),
        (["--filter", "("], "--filter '(' is not a regular expression"),
        (["--filter", "zebra"], "no case matches; --list --profile full prints all 7"),
        (["--placement", "moon"], "placement 'moon' is unknown; valid: compact"),
        (["--time-budget", "soon"], "'soon' is no duration; valid: 90s, 5m, 1.5h"),
        (["--time-budget", "0.5s"], "--time-budget 0s: one block of 7 cases takes about 1 s"),
        (["--blocks", "0"], "--blocks 0: at least 1"),
        (
            ["--precision", "0", "--time-budget", "9s"],
            "--precision 0: more than 0 and less than 100 per cent",
        ),
        (["--precision", "nan", "--time-budget", "9s"], "--precision nan: more than 0 and less"),
        (["--precision", "2", "--blocks", "3"], "--precision and --blocks: a number of blocks is measured"),
        (["--precision", "2"], "--precision: profile full has no time budget; --time-budget sets one"),
        (["--blocks", "many"], "argument --blocks: invalid int value: 'many'"),
        (["--seed", "-1"], "--seed -1: at least 0"),
        (["--frobnicate"], "unrecognized arguments: --frobnicate"),
        (["--build-dir", "/nowhere"], "benchmark '/nowhere/benchmarks/catalog' is not built"),
        (["--out", "/proc/handoff/run"], "/proc/handoff"),
        (["--out", "/dev/null/run"], "/dev/null/run: Not a directory"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    build: FakeBuild, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    assert run_here(build, *arguments) == 2
    assert says in one_line(capsys.readouterr().err)
    assert build.calls() == 0


def test_a_benchmark_that_is_no_program_is_named(
    build: FakeBuild, capsys: pytest.CaptureFixture[str]
) -> None:
    (build.benchmarks / "counter").write_bytes(b"\x00\x01")
    assert run_here(build) == 2
    assert f"cannot run '{build.benchmarks / 'counter'}'" in one_line(capsys.readouterr().err)


def test_a_catalog_of_another_schema_is_refused(build: FakeBuild, capsys: pytest.CaptureFixture[str]) -> None:
    (build.benchmarks / "catalog.json").write_text('{"schema": 4}')
    assert run_here(build) == 2
    assert "unknown catalog schema 4; valid: 1" in one_line(capsys.readouterr().err)


def test_a_run_of_a_newer_schema_is_left_alone(
    build: FakeBuild, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "environment.json").write_text('{"schema": 2, "method": 1}')
    assert run_here(build, "--out", str(tmp_path)) == 2
    assert "unknown schema 2; valid: 1" in one_line(capsys.readouterr().err)
    assert (tmp_path / "environment.json").read_text() == '{"schema": 2, "method": 1}'


def test_samples_of_unknown_origin_are_left_alone(
    build: FakeBuild, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "samples.jsonl").write_text("precious\n")
    assert run_here(build, "--out", str(tmp_path)) == 2
    assert "samples without their environment.json" in one_line(capsys.readouterr().err)
    assert (tmp_path / "samples.jsonl").read_text() == "precious\n"


def test_a_file_that_may_not_grow_ends_with_what_fits(scripts: Scripts, tmp_path: Path) -> None:
    """The limit on the size of a file stands in for a full disk where no file system can be mounted: it, too,
    cuts a write in the middle of a line."""
    run = tmp_path / "r"
    arguments = ("--profile", "full", "--blocks", "8", "--out", str(run))
    limit = (20_000, 20_000)
    full = scripts.campaign(*arguments, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit))
    assert full.returncode == 2, full.stderr
    last = full.stderr.splitlines()[-1]
    assert last.startswith(
        f"error: cannot write {run / 'samples.jsonl'}: File too large; what was measured before"
    )
    kept = len(lines(run))
    assert kept > COUNT and (run / "samples.jsonl").stat().st_size == 20_000
    assert len(results.load(run).samples) == kept
    done = scripts.campaign(*arguments)
    assert done.returncode == 0, done.stderr
    assert len(lines(run)) == 8 * COUNT
    assert (run / "samples.truncated").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting needs root")
def test_a_full_disk_ends_with_what_fits(scripts: Scripts, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    size = ["mount", "-t", "tmpfs", "-o", "size=32k", "tmpfs", str(disk)]
    if subprocess.run(size, capture_output=True).returncode != 0:
        pytest.skip("this container may not mount")
    try:
        full = scripts.campaign("--profile", "full", "--blocks", "200", "--out", str(disk / "r"))
        assert full.returncode == 2, full.stderr
        assert "No space left on device; what was measured before is kept" in full.stderr.splitlines()[-1]
        assert len(results.load(disk / "r").samples) == len(lines(disk / "r")) > COUNT
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting needs root")
def test_a_read_only_place_is_refused_before_anything_is_measured(scripts: Scripts, tmp_path: Path) -> None:
    place = tmp_path / "place"
    place.mkdir()
    if (
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", str(place)], capture_output=True
        ).returncode
        != 0
    ):
        pytest.skip("this container may not mount")
    try:
        done = scripts.campaign("--profile", "full", "--out", str(place / "r"))
        assert done.returncode == 2
        assert "Read-only file system" in one_line(done.stderr)
        assert scripts.build.calls() == 0
    finally:
        subprocess.run(["umount", str(place)], check=True)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_no_permission_is_one_line(scripts: Scripts, tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir(mode=0o500)
    done = scripts.campaign("--profile", "full", "--out", str(tmp_path / "locked" / "r"))
    assert done.returncode == 2 and "Permission denied" in one_line(done.stderr)
