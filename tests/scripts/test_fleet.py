"""Campaigns on many machines, here on one: submitted, measured by workers, brought home, each once, whoever dies."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import fleet_fixtures
import pytest
from conftest import ROOT, FakeBuild, copy_scripts, environment, one_line, wait_until
from fleet_fixtures import Fleet, child_pids

from handoff.run import results

SLOW_S = 0.01  # between two lines of a run, of which there are 318


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    with fleet_fixtures.opened(tmp_path / "fleet") as found:
        yield found


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[Fleet]:
    with fleet_fixtures.opened(tmp_path / "fleet", SLOW_S) as found:
        yield found


def lines(run: Path) -> list[str]:
    path = run / "samples.jsonl"
    return path.read_text().splitlines() if path.exists() else []


def fetched(fleet: Fleet, out: Path, *arguments: str) -> dict[str, Path]:
    """The runs by job; each is whole, and no line of it is there twice."""
    done = fleet.call("fetch", "--out", out, "--no-report", *arguments)
    assert done.returncode == 0, done.stderr
    runs = {run.name: run for run in sorted((out / "runs").iterdir())}
    for run in runs.values():
        assert lines(run) == lines(fleet.root / "template")
    return runs


def under_way(fleet: Fleet, name: str, job: str) -> None:
    wait_until(lambda: len(lines(fleet.copy(name, job) / "run")) > 2)


# ---- the usual way -------------------------------------------------------------------------------------------


def test_jobs_are_measured_and_their_runs_brought_home_as_one_report(fleet: Fleet, tmp_path: Path) -> None:
    jobs = fleet.submit("--on", "any", "--on", "name:rack*", "--times", "2", "--profile", "smoke")
    assert len(jobs) == 4 and fleet.states() == ["queued"] * 4
    for name in ("rack1", "desk"):
        fleet.start(name, "--until-idle")
    said = {name: fleet.finish(name) for name in ("rack1", "desk")}
    by_worker = {job["id"]: job["worker"] for job in fleet.jobs()}
    assert fleet.states() == ["done"] * 4, said
    assert all(by_worker[job["id"]] == "rack1" for job in fleet.jobs() if "name:rack*" in job["asks"])
    copied = [tmp_path / "copied" / job for job in jobs]
    for job, copy in zip(jobs, copied):
        shutil.copytree(fleet.copy(by_worker[job], job) / "run", copy)
    done = fleet.call("fetch", "--out", tmp_path / "out")
    assert (done.returncode, done.stdout.strip()) == (0, str(tmp_path / "out" / "report.html")), done.stderr
    assert "4 runs, 4 of them new" in done.stderr
    runs = fetched(fleet, tmp_path / "out")
    assert list(runs) == sorted(jobs)
    assert len({results.load(run).environment["run_id"] for run in runs.values()}) == 4
    by_hand = [sys.executable, str(ROOT / "scripts" / "report.py"), *map(str, copied), "--out"]
    subprocess.run([*by_hand, str(tmp_path / "by_hand")], check=True, capture_output=True)
    for name in ("report.html", "report.md"):
        assert (tmp_path / "out" / name).read_text() == (tmp_path / "by_hand" / name).read_text()
    # What was fetched need not be kept any longer.
    for name in by_worker.values():
        fleet.start(name, "--until-idle")
        fleet.finish(name)
    assert not any(fleet.copy(worker, job).exists() for job, worker in by_worker.items())


def test_what_was_fetched_can_be_forgotten(fleet: Fleet, tmp_path: Path) -> None:
    (job,) = fleet.submit()
    fleet.start("a", "--until-idle")
    fleet.finish("a")
    assert set(fetched(fleet, tmp_path / "one", "--forget")) == {job}
    assert not list(fleet.redis.client().keys("handoff:fleet:parcel:*"))
    assert set(fetched(fleet, tmp_path / "one")) == {job}  # it is there already
    done = fleet.call("fetch", "--out", tmp_path / "two", "--no-report")
    assert done.returncode == 0 and "0 runs, 0 of them new" in done.stderr
    assert "1 runs were fetched before, and the server has forgotten them" in done.stderr


def test_a_real_campaign_is_measured_by_its_own_scripts_and_goes_on_after_a_kill(
    build: FakeBuild, tmp_path: Path
) -> None:
    """This project's scripts over fake benchmarks, which its build puts where they belong."""
    root = tmp_path / "project"
    copy_scripts(root)
    shutil.copytree(build.benchmarks, root / "benchmarks")
    (root / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.20)\nproject(fake NONE)\nfile(COPY benchmarks DESTINATION ${CMAKE_BINARY_DIR})\n"
    )
    (root / "CMakePresets.json").write_text(json.dumps(fleet_fixtures.PRESETS))
    (root / ".gitignore").write_text("build/\n__pycache__/\n")
    fleet_fixtures.git(root, "init", "-q")
    fleet_fixtures.git(root, "add", "-A")
    fleet_fixtures.git(root, "commit", "-q", "-m", "all of it")
    commit = fleet_fixtures.git(root, "rev-parse", "HEAD")
    with fleet_fixtures.private_redis(tmp_path / "redis") as redis:
        fleet = Fleet(tmp_path, redis, root, [commit])
        try:
            (job,) = fleet.submit(
                "--profile", "full", "--blocks", 8, "--workload", "ping_pong", "--workload", "counter"
            )
            fleet.start("a")
            under_way(fleet, "a", job)
            fleet.kill("a")
            partial = environment(fleet.copy("a", job) / "run")
            fleet.start("a", "--until-idle")
            said = fleet.finish("a")
            done = fleet.call("fetch", "--out", tmp_path / "out", "--no-report")
            assert done.returncode == 0, (done.stderr, said)
        finally:
            fleet.close()
    run = results.load(tmp_path / "out" / "runs" / job)
    assert run.environment["build"]["commit"] == commit and run.environment["build"]["dirty"] is False
    assert run.environment["seed"] == partial["seed"] and run.environment["blocks_complete"] == 8
    assert len(run.environment["resumed"]) == 1 and run.environment["ended"] == "blocks"
    places = list(zip(run.samples["block"], run.samples["position"]))
    assert len(places) == len(set(places)) == 8 * 2


# ---- whoever dies --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("campaign_too", [False, True])
def test_a_killed_worker_goes_on_with_its_run(slow: Fleet, tmp_path: Path, campaign_too: bool) -> None:
    (job,) = slow.submit()
    slow.start("a")
    under_way(slow, "a", job)
    slow.kill("a", campaign_too)
    before = environment(slow.copy("a", job) / "run")
    assert "resumed" not in before and slow.states() == ["running"]
    slow.start("a", "--until-idle")
    slow.finish("a")
    (run,) = fetched(slow, tmp_path / "out").values()
    after = environment(run)
    assert after["run_id"] == before["run_id"] and len(after["resumed"]) == 1
    assert [(one["abandoned"], one["failures"], one["takes"]) for one in slow.jobs()] == [(1, 0, 2)]


def test_another_machine_begins_anew_and_nothing_is_mixed(slow: Fleet, tmp_path: Path) -> None:
    (job,) = slow.submit()
    slow.start("a")
    under_way(slow, "a", job)
    slow.kill("a")
    partial = environment(slow.copy("a", job) / "run")["run_id"]
    slow.start("b", "--until-idle")
    slow.finish("b")
    slow.start("a", "--until-idle")
    slow.finish("a")
    (run,) = fetched(slow, tmp_path / "out").values()
    found = environment(run)
    assert found["run_id"] != partial and "resumed" not in found
    assert 2 < len(lines(slow.copy("a", job) / "run")) < len(lines(run)) and slow.jobs()[0]["worker"] == "b"


def test_a_worker_that_was_cut_off_and_another_do_not_both_count(slow: Fleet, tmp_path: Path) -> None:
    """Stopped, it beats no longer, and its campaign goes on."""
    (job,) = slow.submit()
    one = slow.start("a")
    under_way(slow, "a", job)
    one.send_signal(signal.SIGSTOP)
    slow.start("b")
    slow.wait_for("done")
    wait_until(
        lambda: (slow.copy("a", job) / "run" / "environment.json").read_text().count('"ended": "blocks"') == 1
    )
    one.send_signal(signal.SIGCONT)
    wait_until(lambda: "has ended without this run" in slow.said("a"))
    (run,) = fetched(slow, tmp_path / "out").values()
    assert environment(run)["run_id"] == slow.jobs()[0]["run_id"]
    assert slow.jobs()[0]["worker"] == "b" and "20261130-fake-" in slow.said("b")
    assert len(slow.redis.client().keys("handoff:fleet:parcel:*")) == 1


def test_a_campaign_outlives_the_server_and_is_sent_later(slow: Fleet, tmp_path: Path) -> None:
    (job,) = slow.submit()
    slow.start("a", "--until-idle")
    under_way(slow, "a", job)
    slow.redis.stop(signal.SIGKILL)
    wait_until(lambda: "the Redis server does not answer; it tries again" in slow.said("a"))
    assert len(lines(slow.copy("a", job) / "run")) == len(lines(slow.root / "template"))
    slow.redis.start()
    slow.finish("a")
    assert slow.states() == ["done"] and set(fetched(slow, tmp_path / "out")) == {job}
    assert "resumed" not in environment(tmp_path / "out" / "runs" / job)


def test_a_stopped_worker_gives_its_job_back_at_once(slow: Fleet, tmp_path: Path) -> None:
    (job,) = slow.submit()
    one = slow.start("a")
    under_way(slow, "a", job)
    children = child_pids(one.pid)
    one.send_signal(signal.SIGTERM)
    assert one.wait() == 130
    assert slow.states() == ["queued"] and not any(Path(f"/proc/{pid}").exists() for pid in children)
    slow.start("a", "--until-idle")
    slow.finish("a")
    assert [(one["abandoned"], one["failures"]) for one in slow.jobs()] == [(0, 0)]
    assert len(environment(fetched(slow, tmp_path / "out")[job])["resumed"]) == 1


def test_a_run_that_cannot_go_on_is_set_aside(slow: Fleet, tmp_path: Path) -> None:
    (job,) = slow.submit("--filter", "moved")
    slow.start("a")
    under_way(slow, "a", job)
    slow.kill("a")
    partial = lines(slow.copy("a", job) / "run")
    slow.start("a", "--until-idle")
    said = slow.finish("a")
    assert "cannot go on with its run" in said and "begins anew" in said
    assert lines(slow.copy("a", job) / "aside-1")[: len(partial)] == partial
    assert "resumed" not in environment(fetched(slow, tmp_path / "out")[job])


# ---- what fails, and what is called off ----------------------------------------------------------------------


def test_a_job_that_fails_three_times_is_kept_with_its_log(fleet: Fleet) -> None:
    (job,) = fleet.submit("--filter", "fails")
    fleet.start("a")
    fleet.wait_for("failed")
    (told,) = fleet.jobs()
    assert (told["failures"], told["abandoned"]) == (3, 0)
    kept = fleet.call("status", "--log", job).stdout
    assert (
        "the campaign ended with exit code 1" in kept and "error: this campaign fails, seen on <host>" in kept
    )
    assert fleet.redis.client().zrange("rq:failed:handoff-fleet:any", 0, -1) == [job.encode()]
    assert "3 times failed" in fleet.call("status").stdout
    assert fleet.call("requeue", job).stdout == f"{job} put back\n"
    assert fleet.redis.client().zrange("rq:failed:handoff-fleet:any", 0, -1) == []
    assert fleet.call("cancel", "--all").stdout == f"{job} called off\n"
    again = fleet.call("cancel", job)
    assert again.returncode == 2 and one_line(again.stderr).startswith(
        f"error: job {job} is cancelled; valid: "
    )
    unknown = fleet.call("requeue", "0123456789ab")
    assert unknown.returncode == 2 and "unknown job '0123456789ab'" in one_line(unknown.stderr)


def test_a_job_that_is_called_off_ends_its_campaign(slow: Fleet, tmp_path: Path) -> None:
    first, second = slow.submit("--times", "2")
    slow.start("a", "--until-idle")
    under_way(slow, "a", first)
    assert slow.call("cancel", first).returncode == 0
    said = slow.finish("a")
    assert f"job {first} is no longer wanted from here" in said
    assert set(fetched(slow, tmp_path / "out")) == {second}
    assert len(lines(slow.copy("a", first) / "run")) < len(lines(slow.root / "template"))


def test_a_run_that_did_not_come_as_it_was_sent_is_sent_again(fleet: Fleet, tmp_path: Path) -> None:
    (job,) = fleet.submit()
    fleet.start("a", "--until-idle")
    fleet.finish("a")
    (parcel,) = fleet.redis.client().keys("handoff:fleet:parcel:*")
    good = fleet.redis.client().hget(parcel, "0")
    fleet.redis.client().hset(parcel, "0", good[:-1] + bytes([good[-1] ^ 1]))
    done = fleet.call("fetch", "--out", tmp_path / "out", "--no-report")
    assert done.returncode == 1 and f"did not come as they were sent, the first of job {job}" in done.stderr
    assert not (tmp_path / "out" / "runs" / job).exists()
    fleet.start("a", "--until-idle")
    fleet.finish("a")
    assert set(fetched(fleet, tmp_path / "out")) == {job} and fleet.jobs()[0]["takes"] == 1
