"""Campaigns that are asked for nonsense, or whose place cannot be written: one line, and nothing is lost."""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
from pathlib import Path

import pytest
from conftest import COUNT, FakeBuild, Scripts, lines, one_line, run_here

from handoff.run import results


@pytest.mark.parametrize(
    "arguments, says",
    [
        (
            ["--profile", "quik"],
            "unknown profile 'quik'; did you mean 'quick'? valid: smoke, quick, experiments, downloads, full",
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
        (["--precision", "2", "--blocks", "3"], "--precision and --blocks exclude each other"),
        (["--precision", "2"], "--precision: profile full has no time budget; --time-budget sets one"),
        (["--blocks", "many"], "argument --blocks: invalid int value: 'many'"),
        (["--seed", "-1"], "--seed -1: at least 0"),
        (["--queue", "mine"], "--queue mine: it is one of the server that --redis URL names"),
        (["--workers-elsewhere", "2"], "--workers-elsewhere 2: it is one of the server that --redis URL"),
        (["--redis", "redis://a", "--workers-elsewhere", "-1"], "--workers-elsewhere -1: at least 0"),
        (["--frobnicate"], "unrecognized arguments: --frobnicate"),
        (["--build-dir", "{own}/missing"], "benchmark '{own}/missing/benchmarks/catalog' is not built"),
        (["--out", "{own}/" + "x" * 300 + "/run"], "File name too long"),
        (["--out", "{own}/file/run"], "{own}/file/run: Not a directory"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    build: FakeBuild, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    (tmp_path / "file").touch()
    assert run_here(build, *(one.format(own=tmp_path) for one in arguments)) == 2
    assert says.format(own=tmp_path) in one_line(capsys.readouterr().err)
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
    arguments = ("--profile", "full", "--blocks", "4", "--out", str(run))
    limit = (12_000, 12_000)
    full = scripts.campaign(*arguments, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit))
    assert full.returncode == 2, full.stderr
    last = full.stderr.splitlines()[-1]
    assert last.startswith(
        f"error: cannot write {run / 'samples.jsonl'}: File too large; what was measured before"
    )
    kept = len(lines(run))
    assert kept > COUNT and (run / "samples.jsonl").stat().st_size == limit[0]
    assert len(results.load(run).samples) == kept
    done = scripts.campaign(*arguments)
    assert done.returncode == 0, done.stderr
    assert len(lines(run)) == 4 * COUNT
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


def as_anybody() -> None:
    """Root, too, is held to permissions from its next program on (linux/prctl.h, linux/capability.h)."""
    capbset_drop, cap_dac_override = 24, 1
    ctypes.CDLL(None).prctl(capbset_drop, cap_dac_override, 0, 0, 0)


def test_no_permission_is_one_line(scripts: Scripts, tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir(mode=0o500)
    out = str(tmp_path / "locked" / "r")
    done = scripts.campaign("--profile", "full", "--out", out, preexec_fn=as_anybody)
    assert done.returncode == 2 and "Permission denied" in one_line(done.stderr)
