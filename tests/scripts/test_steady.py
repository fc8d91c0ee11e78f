"""Tests that are run again and again, alone and beside busy loops, against a ctest that is not one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import steady
from conftest import HANG_S, ROOT, one_line, wait_until

# Writes what it was asked for and which other processes its parent has; fails the tests that stand in its file
# `failing` for its run, and hangs if the file `hanging` is there.
CTEST = """#!/usr/bin/python3 -IS
import os, sys, time
here = os.path.dirname(os.path.abspath(__file__))
parent = os.getppid()
with open(f"/proc/{parent}/task/{parent}/children") as file:
    others = [pid for pid in file.read().split() if int(pid) != os.getpid()]
with open(os.path.join(here, "asked"), "a") as asked:
    asked.write(" ".join(sys.argv[1:]) + "\\n")
with open(os.path.join(here, "others"), "a") as file:
    file.write(" ".join(others) + "\\n")
runs = open(os.path.join(here, "asked")).read().count("\\n")
if os.path.exists(os.path.join(here, "hanging")):
    open(os.path.join(here, "hangs"), "w").close()
    time.sleep(600)
failing = open(os.path.join(here, "failing")).read().splitlines()
failed = failing[runs - 1].split() if runs <= len(failing) else []
junit = sys.argv[sys.argv.index("--output-junit") + 1]
if failed != ["nothing"]:
    with open(junit, "w") as file:
        file.write("<testsuite>")
        for name in ("suite/a", "suite/b"):
            file.write(f'<testcase name="{name}" status="{"fail" if name in failed else "run"}"/>')
        file.write("</testsuite>")
print("what the failing tests said" if failed else "all is well")
sys.exit(8 if failed else 0)
"""


@pytest.fixture
def ctest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "ctest").write_text(CTEST)
    (folder / "ctest").chmod(0o755)
    (folder / "failing").write_text("")
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    return folder


def others(ctest: Path) -> list[list[int]]:
    """The other processes of each run."""
    lines = (ctest / "others").read_text().splitlines()
    return [[int(pid) for pid in line.split()] for line in lines]


def is_gone(pid: int) -> bool:
    try:
        return "State:\tZ" in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return True


def test_each_preset_is_run_so_often_alone_and_so_often_beside_busy_loops(
    ctest: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert steady.main(["tsan", "release", "--times", "2", "--loops", "1", "-R", "^suite/"]) == 0
    asked = (ctest / "asked").read_text().splitlines()
    assert [line.split()[:2] for line in asked] == [["--preset", p] for p in ["tsan"] * 4 + ["release"] * 4]
    assert all(line.endswith(" -R ^suite/") for line in asked)
    cpus = len(os.sched_getaffinity(0))
    assert [len(one) for one in others(ctest)] == [0, 0, cpus, cpus] * 2
    assert all(is_gone(pid) for one in others(ctest) for pid in one)
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("tsan, alone, 1 of 2: 2 tests, 0 failed, ")
    assert said[3].startswith("tsan, beside busy loops, 2 of 2: 2 tests, 0 failed, ")
    assert said[-1] == "every test passed in every run"


def test_what_failed_is_said_and_how_often(ctest: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (ctest / "failing").write_text("\nsuite/b\nsuite/a suite/b\nsuite/b\n")
    assert steady.main(["tsan", "--times", "2"]) == 1
    said = capsys.readouterr().out
    assert "what the failing tests said" in said
    assert said.splitlines()[-2:] == [
        "tsan: suite/a failed in 0 of 2 runs alone and 1 of 2 runs beside busy loops",
        "tsan: suite/b failed in 1 of 2 runs alone and 2 of 2 runs beside busy loops",
    ]


def test_one_kind_of_run_will_do(ctest: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (ctest / "failing").write_text("suite/a\n")
    assert steady.main(["tsan", "--times", "1", "--how", "beside"]) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[-1] == "tsan: suite/a failed in 1 of 1 runs beside busy loops"


@pytest.mark.parametrize(
    "failing, says",
    [
        ("nothing", "ctest runs no test of preset 'tsan'"),
        ("suite/c", "not all tests of preset 'tsan' could be run"),
    ],
)
def test_tests_that_are_not_run_are_not_steady(
    ctest: Path, capsys: pytest.CaptureFixture[str], failing: str, says: str
) -> None:
    (ctest / "failing").write_text(failing)
    assert steady.main(["tsan", "--times", "1"]) == 2
    assert says in one_line(capsys.readouterr().err)


@pytest.mark.parametrize(
    "arguments, says",
    [(["--times", "0"], "'0': a whole number from 1 on"), (["-R", "("], "'(' is no regular expression")],
)
def test_misuse_is_told(arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        steady.main(arguments)
    assert says in capsys.readouterr().err


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_no_busy_loop_outlives_it(ctest: Path, how: signal.Signals) -> None:
    (ctest / "hanging").touch()
    command = [sys.executable, "-B", str(ROOT / "scripts/steady.py"), "tsan", "--how", "beside"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        wait_until((ctest / "hangs").exists)
        process.send_signal(how)
        process.wait(timeout=HANG_S)
    (loops,) = others(ctest)
    assert len(loops) == 2 * len(os.sched_getaffinity(0))
    wait_until(lambda: all(is_gone(pid) for pid in loops))
