"""Whoever measures some cases has to build no others."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import FakeBuild, lines, one_line, run_here


@pytest.fixture
def few(build: FakeBuild) -> FakeBuild:
    for name in ("load", "counter"):
        (build.benchmarks / name).unlink()
    return build


@pytest.mark.parametrize(
    "chosen, noted",
    [
        (("--filter", "^ping_pong"), True),
        (("--impl", "good_ring", "--wait", "spin"), True),
        (("--workload", "ping_pong"), False),
    ],
)
def test_some_cases_need_only_their_benchmarks(
    few: FakeBuild, tmp_path: Path, capsys: pytest.CaptureFixture[str], chosen: tuple[str, ...], noted: bool
) -> None:
    out = tmp_path / "run"
    assert run_here(few, "--blocks", "1", "--out", str(out), *chosen) == 0
    assert lines(out)
    note = "note: not built, so without their cases: load, counter"
    assert (note in capsys.readouterr().err.splitlines()) == noted
    # The other benchmarks may be built in the meantime: what was measured is the same.
    (few.benchmarks / "load").symlink_to(few.benchmarks / "ping_pong")
    assert run_here(few, "--blocks", "2", "--out", str(out), *chosen) == 0


@pytest.mark.parametrize("chosen", [(), ("--workload", "load")])
def test_all_cases_need_all_of_them(
    few: FakeBuild, tmp_path: Path, capsys: pytest.CaptureFixture[str], chosen: tuple[str, ...]
) -> None:
    assert run_here(few, "--blocks", "1", "--out", str(tmp_path / "run"), *chosen) == 2
    assert f"'{few.benchmarks / 'load'}' is not built" in one_line(capsys.readouterr().err)
