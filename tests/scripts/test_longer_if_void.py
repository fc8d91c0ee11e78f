"""What runs the benchmarks of the smoke tests, with longer windows while they are void."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from conftest import HANG_S, ROOT

PROGRAM = ROOT / "tests" / "smoke" / "longer_if_void.py"
VOID = "voided: no round trip ended within the window"


def windows(tmp_path: Path, script: str) -> tuple[int, list[str]]:
    """The exit code, and the windows of the runs of a benchmark that does this with its `$window`."""
    benchmark = tmp_path / "benchmark"
    benchmark.write_text(f'#!/bin/sh\nwindow=${{2#--window_ms=}}\necho "$1 $window" >>"$0.runs"\n{script}\n')
    benchmark.chmod(0o755)
    command = [PROGRAM, "50", benchmark, "first"]
    done = subprocess.run(command, timeout=HANG_S, capture_output=True, text=True)
    runs = [line.split() for line in (tmp_path / "benchmark.runs").read_text().splitlines()]
    assert all(first == "first" for first, _ in runs)
    return done.returncode, [window for _, window in runs]


def test_a_void_window_is_followed_by_a_longer_one(tmp_path: Path) -> None:
    script = f'[ "$window" -ge 150 ] && exit 0; echo "{VOID}" >&2; exit 1'
    assert windows(tmp_path, script) == (0, ["50", "100", "200"])


def test_windows_that_are_always_void_fail(tmp_path: Path) -> None:
    code, runs = windows(tmp_path, f'echo "{VOID}" >&2; exit 1')
    assert code == 1 and runs == ["50", "100", "200", "400", "800", "1600"]


@pytest.mark.parametrize(
    "said, code",
    [
        (f"{VOID}\nunverified: 1 of 5000 items were lost", 1),
        (f"{VOID}\nfailed: no memory", 1),
        (f"{VOID}", 2),
        ("", 1),
    ],
)
def test_whatever_else_is_wrong_is_not_tried_again(tmp_path: Path, said: str, code: int) -> None:
    assert windows(tmp_path, f"echo '{said}' >&2; exit {code}") == (code, ["50"])


def test_a_crash_is_not_tried_again(tmp_path: Path) -> None:
    assert windows(tmp_path, f"echo '{VOID}' >&2; kill -SEGV $$") == (128 + 11, ["50"])
