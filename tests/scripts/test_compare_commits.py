"""Two commits against each other, as a user asks for it: a repository of fake benchmarks, built by a fake cmake."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import campaign
import compare
import pytest
from conftest import HANG_S, ROOT, FakeBuild, copy_scripts, environment, lines, one_line, wait_until
from fakes import in_this_process
from test_stamps import DRAWN, TRIALS, stored

from handoff.commands import campaign as campaign_command, compare as compare_command
from handoff.run import results

# It copies what is not there yet: a build that is up to date is left alone.
CMAKE = """#!/bin/sh
echo "$PWD $*" >> "$FAKE_CMAKE_LOG"
[ "$1" = --build ] || exit 0
for line in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do echo "[$line/15] building"; done
[ -e broken ] && { echo "ring.hpp:7:1: error: expected a semicolon" >&2; exit 3; }
mkdir -p "build/$3/benchmarks" && cp -np fake/* "build/$3/benchmarks/"
"""

PING_PONG = "ping_pong/good_ring/queues:2/wait:spin/report:mean"
THROUGHPUT = "producer_consumer/good_ring/p:1/c:1/wait:spin/item:8/capacity:1024"
TOO_LITTLE = 3  # a block or two: measured as it should be, and inconclusive
TWO_CASES = ("--profile", "full", "--impl", "good_ring", "--wait", "spin", "--seed", "3")


@dataclass
class Project:
    root: Path
    bin: Path

    @property
    def cmake_calls(self) -> list[str]:
        log = self.bin / "cmake.log"
        return log.read_text().splitlines() if log.exists() else []

    def git(self, *arguments: str) -> str:
        name = ["-c", "user.name=t", "-c", "user.email=t@t", "-c", "advice.detachedHead=false"]
        done = subprocess.run(
            ["git", *name, *arguments], cwd=self.root, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def commit(self, **files: str) -> str:
        """Of files in fake/, whose names have no suffix here; returns the hash."""
        for name, text in files.items():
            (self.root / "fake" / f"{name}.json").write_text(text)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "change")
        return self.git("rev-parse", "HEAD")

    @property
    def variables(self) -> dict[str, str]:
        return {"PATH": f"{self.bin}:{os.environ['PATH']}", "FAKE_CMAKE_LOG": str(self.bin / "cmake.log")}

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-B", str(self.root / "scripts" / "compare.py"), *arguments]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=os.environ | self.variables)

    def compare(
        self, *arguments: str, main: Callable[[list[str]], int] = compare.main
    ) -> subprocess.CompletedProcess[str]:
        """In this process, as the script of this project."""
        out, err = io.StringIO(), io.StringIO()
        with (
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            mock.patch.dict(os.environ, self.variables),
            mock.patch.object(compare_command, "ROOT", self.root),
            mock.patch.object(campaign_command, "ROOT", self.root),
            in_this_process(),
        ):
            code = main(list(arguments))
        return subprocess.CompletedProcess(arguments, code, out.getvalue(), err.getvalue())

    def built(self, commit: str) -> Path:
        return self.root / "build" / "commits" / commit[:12] / "build" / "bench" / "benchmarks"


@pytest.fixture
def project(tmp_path: Path, build: FakeBuild) -> Project:
    """Of the scripts it has what says of a commit how it is measured."""
    samples = tmp_path / "project" / "scripts" / "handoff" / "run" / "samples.py"
    samples.parent.mkdir(parents=True)
    shutil.copy(ROOT / samples.relative_to(tmp_path / "project"), samples)
    return begun(tmp_path, build)


@pytest.fixture
def whole_project(tmp_path: Path, build: FakeBuild) -> Project:
    """Whose scripts run."""
    copy_scripts(tmp_path / "project")
    return begun(tmp_path, build)


def begun(tmp_path: Path, build: FakeBuild) -> Project:
    found = Project(tmp_path / "project", tmp_path / "bin")
    shutil.copy(ROOT / "CMakePresets.json", found.root)
    shutil.copytree(build.benchmarks, found.root / "fake")
    (found.root / ".gitignore").write_text("/build/\n/reports/\n__pycache__/\n")
    found.bin.mkdir()
    (found.bin / "cmake").write_text(CMAKE)
    (found.bin / "cmake").chmod(0o755)
    found.git("init", "-q", "-b", "trunk")
    found.commit()
    found.git("tag", "v1")
    return found


def verdicts(table: str) -> dict[str, str]:
    """Of a markdown table: the last column by case."""
    rows = [line.split(" | ") for line in table.splitlines() if line.startswith("| `")]
    return {row[0].strip("| `"): row[-1].rstrip("| ") for row in rows}


def test_a_slower_commit_is_a_regression_in_the_case_that_is_slower(
    whole_project: Project, tmp_path: Path
) -> None:
    project = whole_project
    base = project.git("rev-parse", "v1")
    head = project.commit(costs='{"ping_pong": 1.3}')
    out = tmp_path / "r"
    arguments = ("--commits", "v1", head[:9], *TWO_CASES, "--blocks", "8", "--markdown", "--out", str(out))
    process = project.start(*arguments)  # as a user starts it
    table, said = process.communicate(timeout=HANG_S)
    assert process.returncode == 1, said
    assert verdicts(table) == {PING_PONG: "REGRESSION", THROUGHPUT: "equivalent"}
    assert "interleaved in one campaign" in table

    a, b = results.load(out / "base"), results.load(out / "head")
    assert (a.environment["build"]["commit"], b.environment["build"]["commit"]) == (base, head)
    assert (a.environment["build"]["dirty"], b.environment["build"]["dirty"]) == (False, False)
    assert a.complete_blocks() == b.complete_blocks() == list(range(8))
    again = project.compare(str(out / "base"), str(out / "head"), "--markdown")
    assert (again.returncode, again.stdout) == (1, table)
    assert project.git("status", "--porcelain") == "", "checkouts and builds are out of git's sight"


def test_the_trials_of_both_take_turns(project: Project, tmp_path: Path) -> None:
    project.commit(costs='{"ping_pong": 1.3}')
    project.compare("--commits", "v1", "HEAD", *TWO_CASES, "--blocks", "8", "--out", str(tmp_path))
    trials = [(side, line) for side in ("base", "head") for line in lines(tmp_path / side)]
    trials.sort(key=lambda trial: str(trial[1]["started"]))
    first: Counter[str] = Counter()
    for (side, one), (other, two) in zip(trials[::2], trials[1::2]):
        assert {side, other} == {"base", "head"}
        assert (one["block"], one["case"]) == (two["block"], two["case"])
        assert two["position"] == one["position"] + 1
        first[side] += 1
    assert first["base"] + first["head"] == 16
    assert min(first["base"], first["head"]) >= 3, "the coin decides who begins"


def test_the_same_commit_twice_is_no_difference_and_built_once(project: Project) -> None:
    told = project.compare("--commits", "HEAD", "trunk", *TWO_CASES, "--blocks", "6", "--markdown")
    assert told.returncode == 0, told.stderr
    assert told.stdout.startswith("**PASS: no regression past 3%")
    assert verdicts(told.stdout) == {PING_PONG: "equivalent", THROUGHPUT: "equivalent"}
    (folder,) = (project.root / "reports").iterdir()
    assert sorted(path.name for path in folder.iterdir()) == ["base", "head"]
    assert len(list((project.root / "build" / "commits").iterdir())) == 1
    (checkout,) = {call.split()[0] for call in project.cmake_calls}
    assert Path(checkout).parent == project.root / "build" / "commits"


def test_a_commit_alone_is_held_against_the_working_tree_as_it_is(project: Project, tmp_path: Path) -> None:
    (project.root / "fake" / "costs.json").write_text('{"producer_consumer": 0.5}')
    told = project.compare(
        "--commits", "v1", *TWO_CASES, "--blocks", "6", "--markdown", "--out", str(tmp_path)
    )
    assert told.returncode == 0, told.stderr
    assert verdicts(told.stdout) == {PING_PONG: "equivalent", THROUGHPUT: "improvement"}
    assert environment(tmp_path / "head")["build"]["dirty"] is True
    assert environment(tmp_path / "base")["interleaved_with"]["dirty"] is True
    assert any(call.startswith(f"{project.root} ") for call in project.cmake_calls)


def test_a_checkout_that_was_deleted_is_made_again(project: Project, tmp_path: Path) -> None:
    arguments = ("--commits", "v1", "HEAD", *TWO_CASES, "--blocks", "1")
    assert project.compare(*arguments, "--out", str(tmp_path / "a")).returncode == TOO_LITTLE
    commits = project.root / "build" / "commits"
    for number, gone in enumerate((next(commits.iterdir()), commits)):
        shutil.rmtree(gone)
        told = project.compare(*arguments, "--out", str(tmp_path / str(number)))
        assert told.returncode == TOO_LITTLE, told.stderr
    shutil.rmtree(project.root / "build")
    project.git("worktree", "prune")
    assert len(project.git("worktree", "list").splitlines()) == 1, "nothing is left behind"


def test_an_interruption_keeps_what_was_measured_and_the_same_command_goes_on(
    whole_project: Project, tmp_path: Path
) -> None:
    project = whole_project
    head = project.commit(behaviour='[{"case": ".", "do": "hang", "after": 7}]')
    arguments = ("--commits", "v1", "HEAD", *TWO_CASES, "--blocks", "6", "--out", str(tmp_path / "r"))
    process = project.start(*arguments)
    wait_until((project.built(head) / "hanging.pid").exists)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=HANG_S)
    assert process.returncode == 130, err
    assert "good_ring" in out, "the complete blocks are compared"
    sides = [tmp_path / "r" / side for side in ("base", "head")]
    before = [lines(side) for side in sides]
    assert len(before[1]) == 7 and len(before[0]) in (7, 8)
    assert [environment(side)["interrupted"] for side in sides] == [True, True]

    (project.built(head) / "behaviour.json").write_text("[]")
    told = project.compare(*arguments)
    assert told.returncode == 0, told.stderr
    for side, kept in zip(sides, before):
        assert lines(side)[: len(kept)] == kept and len(lines(side)) == 12
        assert results.load(side).complete_blocks() == list(range(6))
    assert results.load(sides[0]).environment["interrupted"] is False


def test_only_the_same_two_go_on_with_it(project: Project, tmp_path: Path) -> None:
    out = ("--out", str(tmp_path / "r"))
    first = project.git("rev-parse", "HEAD")
    assert (
        project.compare("--commits", "v1", "HEAD", *TWO_CASES, "--blocks", "1", *out).returncode == TOO_LITTLE
    )
    before = [lines(tmp_path / "r" / side) for side in ("base", "head")]
    project.commit()
    told = project.compare("--commits", "v1", "HEAD", *TWO_CASES, "--blocks", "2", *out)
    assert told.returncode == 2
    assert f"was measured in turns with commit {first[:10]}" in told.stderr.splitlines()[-1]
    single = ("--build-dir", str(project.built(first).parent), *TWO_CASES, "--blocks", "2")
    told = project.compare(*single, "--out", str(tmp_path / "r" / "base"), main=campaign.main)
    assert told.returncode == 2 and "not on its own" in one_line(told.stderr)
    told = project.compare("--commits", "v1", "HEAD", *TWO_CASES, "--out", str(tmp_path / "r" / "base"))
    assert told.returncode == 2 and "--out takes the folder of two" in told.stderr
    assert [lines(tmp_path / "r" / side) for side in ("base", "head")] == before


def test_a_commit_that_does_not_build_shows_what_the_compiler_said(project: Project) -> None:
    (project.root / "broken").write_text("")
    project.commit()
    project.git("tag", "v2")
    told = project.compare("--commits", "v1", "v2", *TWO_CASES)
    *said, last = told.stderr.splitlines()
    assert told.returncode == 1
    assert said[-2:] == ["[15/15] building", "ring.hpp:7:1: error: expected a semicolon"]
    assert "[3/15] building" not in said, "the end of it is enough"
    assert last.startswith(
        "error: commit v2 does not build: cmake --build --preset bench ended with exit code 3"
    )
    assert not (project.root / "reports").exists()


def test_what_fails_in_one_of_the_commits_is_said(project: Project, tmp_path: Path) -> None:
    project.commit(behaviour='[{"case": "^ping_pong/", "do": "crash"}]')
    told = project.compare("--commits", "v1", "HEAD", *TWO_CASES, "--blocks", "2", "--out", str(tmp_path))
    assert told.returncode == 1
    assert "REGRESSION: 1 case fails that did not" in told.stdout
    assert f"failed in B and not in A:\n  {PING_PONG}\n" in told.stdout
    assert told.stderr.splitlines()[-1].startswith(
        "error: head: 2 of 4 trials failed, in 1 case; the first: "
    )


def test_a_case_that_only_one_of_them_has_is_named_and_not_measured(project: Project, tmp_path: Path) -> None:
    project.commit(cases=json.dumps([PING_PONG, "ping_pong/good_ring/queues:1/wait:spin/report:mean"]))
    told = project.compare("--commits", "v1", "HEAD", *TWO_CASES, "--blocks", "1", "--out", str(tmp_path))
    assert told.returncode == TOO_LITTLE, told.stderr
    assert f"note: only in base, so not measured: {THROUGHPUT}" in told.stderr
    assert "note: only in head, so not measured: ping_pong/good_ring/queues:1/wait:spin" in told.stderr
    assert {line["case"] for line in lines(tmp_path / "head")} == {PING_PONG}


@pytest.mark.parametrize("key, value", [("METHOD", 1), ("SCHEMA", 7)])
def test_a_commit_that_is_measured_in_another_way_is_refused(project: Project, key: str, value: int) -> None:
    samples = project.root / "scripts" / "handoff" / "run" / "samples.py"
    now = samples.read_text()
    samples.write_text(
        "".join(f"{key} = {value}\n" if l.startswith(key) else l for l in now.splitlines(True))
    )
    project.commit()
    samples.write_text(now)
    told = project.compare("--commits", "HEAD", *TWO_CASES)
    assert told.returncode == 2
    assert f"commit 'HEAD' has {key.lower()} {value}, and these scripts" in one_line(told.stderr)
    assert not project.cmake_calls


def test_a_commit_from_before_the_scripts_had_rooms_is_measured(project: Project, tmp_path: Path) -> None:
    scripts = project.root / "scripts" / "handoff"
    (scripts / "run" / "samples.py").rename(scripts / "samples.py")
    project.commit()
    (scripts / "samples.py").rename(scripts / "run" / "samples.py")
    told = project.compare("--commits", "v1", "HEAD", *TWO_CASES, "--blocks", "1", "--out", str(tmp_path))
    assert told.returncode == TOO_LITTLE, told.stderr


def test_a_commit_without_a_preset_for_campaigns_is_built_as_it_was_then(
    project: Project, tmp_path: Path
) -> None:
    presets = project.root / "CMakePresets.json"
    presets.write_text(presets.read_text().replace('"bench"', '"debug"'))
    before = project.commit()
    told = project.compare("--commits", before, "v1", *TWO_CASES, "--blocks", "1", "--out", str(tmp_path))
    assert told.returncode == TOO_LITTLE, told.stderr
    checkouts = project.root / "build" / "commits"
    built = {call.removeprefix(f"{checkouts}/")[13:] for call in project.cmake_calls}
    assert built == {
        f"{flags} {preset}" for flags in ("--preset", "--build --preset") for preset in ("release", "bench")
    }


def test_a_shallow_clone_says_that_it_lacks_the_commit(project: Project, tmp_path: Path) -> None:
    first = project.git("rev-parse", "HEAD")
    project.commit()
    clone = Project(tmp_path / "clone", project.bin)
    project.git("clone", "-q", "--depth", "1", f"file://{project.root}", str(clone.root))
    told = clone.compare("--commits", first, "HEAD", *TWO_CASES)
    assert told.returncode == 2
    assert "this clone is shallow; git fetch --unshallow" in one_line(told.stderr)


def test_a_checkout_that_somebody_changed_is_not_measured(project: Project, tmp_path: Path) -> None:
    arguments = ("--commits", "v1", "HEAD", *TWO_CASES, "--blocks", "1", "--out", str(tmp_path))
    assert project.compare(*arguments).returncode == TOO_LITTLE
    checkout = project.root / "build" / "commits" / project.git("rev-parse", "v1")[:12]
    (checkout / "fake" / "costs.json").write_text("{}")
    told = project.compare(*arguments)
    assert told.returncode == 2
    assert f"has changes (?? fake/costs.json); git worktree remove --force {checkout}" in one_line(
        told.stderr
    )


def test_a_folder_that_is_no_repository_has_no_commits(project: Project) -> None:
    shutil.rmtree(project.root / ".git")
    told = project.compare("--commits", "v1")
    assert told.returncode == 2 and "is no git repository" in one_line(told.stderr)


@pytest.mark.parametrize(
    "arguments, says",
    [
        (
            ["--commits", "trunc"],
            "unknown commit 'trunc'; did you mean 'trunk'? valid: HEAD, trunk, v1, any other name",
        ),
        (["--commits", "--all"], "argument --commits: expected at least one argument"),
        (["--commits", "v1:fake"], "unknown commit 'v1:fake'"),
        (["--commits", "v1", "v1", "v1"], "3 commits; valid: 1 or 2"),
        (["a_run", "--commits", "v1"], "--commits and the run 'a_run'; valid: one of the two"),
        (["--commits", "v1", "--profile", "quik"], "unknown profile 'quik'"),
        (["--commits", "v1", "--time-budget", "soon"], "'soon' is no duration"),
        (["--commits", "v1", "--blocks", "0"], "--blocks 0: at least 1"),
        (["a_run"], "1 runs; valid: RUN_A RUN_B, or --commits BASE [HEAD]"),
        (["a_run", "b_run", "--blocks", "3"], "--blocks says how to measure, and needs --commits"),
        (["--threshold", "-1", "a_run", "b_run"], "--threshold is -1"),
        (["--resolve", "much", "a_run", "b_run"], "--resolve is much; valid: a share from 0 to 10"),
        (["--resolve", "2%", "a_run", "b_run"], "--resolve 2% is not above --threshold 3%"),
        (["a_run", "b_run", "--filter", "["], "--filter '[' is not a regular expression"),
        (["a_run", "b_run", "--json", "--markdown"], "not allowed with argument"),
    ],
)
def test_misuse_is_one_line_and_nothing_is_built(project: Project, arguments: list[str], says: str) -> None:
    told = project.compare(*arguments)
    assert told.returncode == 2
    assert says in one_line(told.stderr)
    assert not project.cmake_calls and not (project.root / "build").exists()


@pytest.mark.parametrize(
    "arguments, says",
    [
        (["--impl", "god_ring"], "commit v1: unknown implementation 'god_ring'; did you mean 'good_ring'?"),
        (["--time-budget", "0.1s"], "--time-budget 0s: one block of 7 cases takes about 1 s"),
    ],
)
def test_what_only_the_build_can_tell_is_told_before_anything_is_measured(
    project: Project, arguments: list[str], says: str
) -> None:
    told = project.compare("--commits", "v1", "HEAD", "--profile", "full", *arguments)
    assert told.returncode == 2
    assert says in told.stderr.splitlines()[-1]
    assert not (project.root / "reports").exists()


def test_each_build_stores_the_jobs_that_it_can_run(project: Project, tmp_path: Path) -> None:
    before = project.commit(cases=json.dumps(TRIALS))
    after = project.commit(cases=json.dumps([*TRIALS, *DRAWN]))
    arguments = ("--profile", "full", "--blocks", "1", "--out", str(tmp_path / "r"))
    told = project.compare("--commits", before, after, *arguments)
    assert told.returncode == TOO_LITTLE, told.stderr
    assert not (tmp_path / "r" / "base" / "stamps.jsonl").exists()
    assert [one["case"] for one in stored(tmp_path / "r" / "head")] == list(DRAWN)
    assert list(results.load(tmp_path / "r" / "head").jobs) == list(DRAWN)
