"""proofs.py as a user runs it, with a cmake and a ctest that only look like the real ones."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from conftest import HANG_S, ROOT, copy_scripts, one_line
from proof_fixtures import broken_page, junit, order_page

from handoff.proofs import record as proof_record
from handoff.proofs.record import Record

Json = dict[str, Any]

# Does what tests.json says: writes proof files into the folder of the results, and the results.
FAKE_CTEST = f"""#!{sys.executable}
import json, os, pathlib, sys
plan = json.loads(pathlib.Path(__file__).with_name("tests.json").read_text())
with open(pathlib.Path(__file__).with_name("calls"), "a") as calls:
    print(json.dumps([sys.argv[1:], os.environ.get("TSAN_OPTIONS")]), file=calls)
results = pathlib.Path(sys.argv[sys.argv.index("--output-junit") + 1])
for name, text in plan["files"].items():
    (results.parent / name).parent.mkdir(exist_ok=True)
    (results.parent / name).write_text(text)
results.write_text(plan["junit"])
sys.exit(plan["exit"])
"""


@dataclass
class Project:
    root: Path

    @property
    def tools(self) -> Path:
        return self.root / "tools"

    def build(self, preset: str, sanitizers: str) -> Path:
        folder = self.root / "build" / preset
        folder.mkdir(parents=True)
        info = {"compiler": "GNU 12.2.0", "flags": "-O3", "build_type": "None", "sanitizers": sanitizers}
        (folder / "build_info.json").write_text(json.dumps(info | {"libraries": {"ring": "Boost 1.74"}}))
        return folder

    def tests(self, files: dict[str, Json], statuses: dict[str, str], code: int = 0) -> None:
        texts = {name: json.dumps(page) for name, page in files.items()}
        plan = {"files": texts, "junit": junit(statuses), "exit": code}
        (self.tools / "tests.json").write_text(json.dumps(plan))

    def call(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        path = f"{self.tools}:{os.environ['PATH']}"
        command = [sys.executable, "-B", str(self.root / "scripts" / "proofs.py"), *arguments]
        environment = {**os.environ, "PATH": path}
        environment.pop("TSAN_OPTIONS", None)
        return subprocess.run(
            command, capture_output=True, text=True, timeout=HANG_S, check=False, env=environment
        )

    def ctest_calls(self) -> list[Any]:
        return [json.loads(line) for line in (self.tools / "calls").read_text().splitlines()]

    def record(self) -> Record:
        return proof_record.load(self.root / "reports" / "proofs.json")


PASSING = {"conformance/ring": "run", "linearizability/ring": "run"}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path / "project")
    copy_scripts(made.root)
    shutil.copy(ROOT / "CMakePresets.json", made.root)
    (made.root / "impls" / "queues").mkdir(parents=True)
    (made.root / "impls" / "queues" / "ring.hpp").write_text("int ring;\n")
    made.tools.mkdir()
    for name, text in (("ctest", FAKE_CTEST), ("cmake", "#!/bin/sh\nexit 0\n")):
        (made.tools / name).write_text(text)
        (made.tools / name).chmod(0o755)
    made.build("release", "")
    made.build("tsan", "thread")
    made.tests({"quick/ring.json": order_page("ring")}, PASSING)
    return made


def test_one_command_makes_the_record(project: Project) -> None:
    told = project.call("run", "release", "tsan")
    assert told.returncode == 0, told.stderr
    assert told.stdout.splitlines() == [str(project.root / "reports" / "proofs.json")]
    record = project.record()
    assert {key[1:] for key in record.proofs} == {
        (check, preset, "quick") for check in ("order", "tests") for preset in ("release", "tsan")
    }
    (release,) = [run for run in record.runs.values() if run["preset"] == "release"]
    assert release["compiler"] == "GNU 12.2.0" and release["cpus"] == os.cpu_count() and release["began"]
    assert {proof.library for proof in record.proofs.values()} == {"Boost 1.74"}
    (plain, _), (sanitized, options) = project.ctest_calls()
    assert plain[plain.index("-LE") + 1] == "^deep$" and str(project.root / "build" / "release") in plain
    assert (
        options
        == f"suppressions={project.root}/tests/conformance/tsan.suppressions:halt_on_error=1:print_suppressions=1"
    )


def test_the_long_form_adds_to_the_short_one(project: Project) -> None:
    assert project.call("run", "release").returncode == 0
    project.tests({"deep/ring.json": order_page("ring", seconds=60)}, {"linearizability_deep/ring": "run"})
    assert project.call("run", "release", "--deep").returncode == 0
    last, _ = project.ctest_calls()[-1]
    assert "-LE" not in last and last.count("-L") == 2 and "^deep$" in last
    assert [key[1:] for key in sorted(project.record().proofs) if key[1] == "order"] == [
        ("order", "release", "deep"),
        ("order", "release", "quick"),
    ]


def test_a_failure_is_recorded_and_said(project: Project) -> None:
    project.tests(
        {"quick/ring.json": broken_page("ring")},
        PASSING | {"linearizability/ring": "fail"},
        code=8,
    )
    told = project.call("run", "release")
    assert told.returncode == 1
    assert told.stderr.splitlines()[-1].startswith("error: tests failed in release; ")
    assert not project.record().proofs["ring", "order", "release", "quick"].holds


def test_collecting_goes_by_the_stamp(project: Project) -> None:
    told = project.call("collect", "release")
    assert told.returncode == 2 and "has no proofs of a known source" in one_line(told.stderr)
    assert project.call("run", "release").returncode == 0
    assert project.call("begin", "release").returncode == 0
    told = project.call("collect", "release")
    assert told.returncode == 2 and "is older than the stamp beside it" in one_line(told.stderr)


def test_a_build_with_other_libraries_than_the_tested_one_is_refused(project: Project) -> None:
    assert project.call("run", "release").returncode == 0
    info = project.root / "build" / "release" / "build_info.json"
    tested = (project.root / "build" / "release" / "proofs" / "results.xml").stat().st_mtime
    os.utime(info, (tested + 1, tested + 1))
    told = project.call("collect", "release")
    assert told.returncode == 2 and "what was tested is another build" in one_line(told.stderr)


def test_a_source_that_changed_meanwhile_is_left_out(project: Project) -> None:
    assert project.call("begin", "release").returncode == 0
    proofs = project.root / "build" / "release" / "proofs"
    (proofs / "quick").mkdir()
    (proofs / "quick" / "ring.json").write_text(json.dumps(order_page("ring")))
    (proofs / "results.xml").write_text(junit(PASSING))
    ring = project.root / "impls" / "queues" / "ring.hpp"
    ring.write_text("int another_ring;\n")
    told = project.call("collect", "release")
    assert told.returncode == 0
    assert told.stderr.splitlines() == [
        "warning: release: ring is left out: its source has changed since its tests began",
        "warning: release: its tests prove nothing: none has run",
    ]
    assert project.record().proofs == {}
    ring.write_text("int ring;  // as it was\n")
    assert project.call("collect", "release").stderr == ""
    assert project.record().proofs["ring", "order", "release", "quick"].holds


def in_a_repository(root: Path) -> None:
    """Commits all that the project has by now."""
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "as it is"]):
        identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
        subprocess.run(["git", *identity, *command], cwd=root, check=True)


def test_proofs_of_a_tree_with_changes_are_not_recorded(project: Project) -> None:
    (project.root / ".gitignore").write_text("build/\ntools/\n")
    in_a_repository(project.root)
    assert project.call("run", "release").returncode == 0
    (commit,) = {run["commit"] for run in project.record().runs.values()}
    (project.root / "impls" / "queues" / "ring.hpp").write_text("int changed;\n")
    told = project.call("run", "release")
    assert told.returncode == 2
    assert "the tree has changes that are not committed" in one_line(told.stderr)
    assert len(project.ctest_calls()) == 1  # said before the tests run, not after
    # Stamped with changes, committed later: what was tested has no commit.
    assert project.call("begin", "release").returncode == 0
    in_a_repository(project.root)
    results = project.root / "build" / "release" / "proofs" / "results.xml"
    results.write_text(results.read_text())
    told = project.call("collect", "release")
    assert told.returncode == 2 and "began in a tree with changes" in one_line(told.stderr)
    assert {run["commit"] for run in project.record().runs.values()} == {commit}


def test_somebody_elses_build(project: Project, tmp_path: Path) -> None:
    home = tmp_path / "mine"
    build = home / "build"
    (build / "handoff").mkdir(parents=True)
    shutil.copy(project.root / "build" / "release" / "build_info.json", build / "handoff")
    (build / "CMakeCache.txt").write_text(f"CMAKE_HOME_DIRECTORY:INTERNAL={home}\n")
    (home / "mine.hpp").write_text("int mine;\n")
    project.tests({"quick/mine.json": order_page("mine")}, {"linearizability/mine": "run"})
    told = project.call("run", "--build-dir", str(build), "--record", str(home / "proofs.json"))
    assert told.returncode == 0, told.stderr
    assert ("mine", "order", "build", "quick") in proof_record.load(home / "proofs.json").proofs
    assert (build / "handoff" / "proofs" / "results.xml").exists()


@pytest.mark.parametrize(
    "arguments, says",
    [
        (
            ("run", "relase"),
            "unknown preset 'relase'; did you mean 'release'? valid: release, tsan, asan-ubsan, tsan-gcc,",
        ),
        (("run", "tsan", "--build-dir", "x"), "tsan and --build-dir x; valid: one of the two"),
        (("collect", "--build-dir", "{own}/missing"), "'{own}/missing' is no build of handoff's"),
    ],
)
def test_misuse_is_one_line(project: Project, tmp_path: Path, arguments: tuple[str, ...], says: str) -> None:
    told = project.call(*(one.format(own=tmp_path) for one in arguments))
    assert told.returncode == 2 and says.format(own=tmp_path) in one_line(told.stderr)
