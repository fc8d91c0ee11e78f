"""Terminals that go away, streams that are closed, signals that are ignored, and what an end leaves on the disk."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
from pathlib import Path

import pytest
from conftest import FakeBuild, Scripts, build, environment, lines, scripts, wait_until  # noqa: F401
from situations import campaign, close_stream, plain_variables, run  # noqa: F401

KEEPS = {"case": "good_ring", "do": "keep files"}


def is_whole(out: Path) -> bool:
    return environment(out)["finished"] is not None and (out / "report.html").exists()


@pytest.mark.quick
def test_nohup_is_respected(build: FakeBuild, scripts: Scripts, tmp_path: Path) -> None:
    out = tmp_path / "run"
    process = subprocess.Popen(
        campaign(build, scripts, "--out", str(out)),
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),
    )
    wait_until(lambda: len(lines(out)) > 1)
    process.send_signal(signal.SIGHUP)
    process.communicate()
    assert process.returncode == 0
    assert not environment(out)["interrupted"] and is_whole(out)


def test_a_terminal_that_has_gone_ends_nothing(build: FakeBuild, scripts: Scripts, tmp_path: Path) -> None:
    """As of a campaign that was disowned: no signal comes, and nobody reads what it says."""
    out = tmp_path / "run"
    terminal, stream = pty.openpty()
    process = subprocess.Popen(
        campaign(build, scripts, "--out", str(out)), stdout=stream, stderr=stream, start_new_session=True
    )
    os.close(stream)
    wait_until(lambda: len(lines(out)) > 1)
    os.close(terminal)
    assert process.wait() == 0
    assert is_whole(out)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_closed_stream_ends_nothing(
    build: FakeBuild, scripts: Scripts, tmp_path: Path, number: int
) -> None:
    out = tmp_path / "run"
    done = subprocess.run(campaign(build, scripts, "--out", str(out)), preexec_fn=close_stream(number))
    assert done.returncode == 0
    assert is_whole(out)
    assert len(lines(out)) > 2, "something else was written among the samples"


def test_a_reader_that_goes_ends_nothing(build: FakeBuild, scripts: Scripts, tmp_path: Path) -> None:
    out = tmp_path / "run"
    process = subprocess.Popen(campaign(build, scripts, "--out", str(out)), stderr=subprocess.PIPE)
    assert process.stderr is not None
    process.stderr.close()
    assert process.wait() == 0
    assert is_whole(out)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_campaign_leaves_no_files(
    build: FakeBuild, scripts: Scripts, tmp_path: Path, number: signal.Signals
) -> None:
    build.misbehave(KEEPS, {"case": "good_ring", "do": "hang"})
    process = subprocess.Popen(
        campaign(build, scripts, "--out", str(tmp_path / "run")), stderr=subprocess.PIPE
    )
    wait_until((build.benchmarks / "hanging.pid").exists)
    assert [path.name for path in Path(os.environ["TMPDIR"]).iterdir()], "the trial's file is not there"
    process.send_signal(number)
    process.communicate()
    assert process.returncode == 130
    assert list(Path(os.environ["TMPDIR"]).iterdir()) == []


def test_what_a_killed_campaign_leaves_the_next_one_removes(
    build: FakeBuild, scripts: Scripts, tmp_path: Path
) -> None:
    temporary = Path(os.environ["TMPDIR"])
    build.misbehave(KEEPS, {"case": "good_ring", "do": "hang"})
    out = str(tmp_path / "run")
    process = subprocess.Popen(campaign(build, scripts, "--out", out), stderr=subprocess.PIPE)
    wait_until((build.benchmarks / "hanging.pid").exists)
    process.kill()
    process.communicate()
    assert len(list(temporary.iterdir())) == 1
    (temporary / "handoff-trials-of-somebody").mkdir()
    build.misbehave()
    assert run(*campaign(build, scripts, "--out", out)).returncode == 0
    assert list(temporary.iterdir()) == [temporary / "handoff-trials-of-somebody"]


def test_a_campaign_leaves_the_files_of_one_that_lives(
    build: FakeBuild, scripts: Scripts, tmp_path: Path
) -> None:
    build.misbehave(KEEPS, {"case": "good_ring", "do": "hang"})
    alive = subprocess.Popen(campaign(build, scripts, "--out", str(tmp_path / "a")), stderr=subprocess.PIPE)
    wait_until((build.benchmarks / "hanging.pid").exists)
    (kept,) = Path(os.environ["TMPDIR"]).iterdir()
    alive.send_signal(signal.SIGSTOP)  # else it ends the trial that hangs, after 10 s
    build.misbehave()
    assert run(*campaign(build, scripts, "--out", str(tmp_path / "b"))).returncode == 0
    assert list(kept.rglob("*.kept"))
    alive.send_signal(signal.SIGINT)
    alive.send_signal(signal.SIGCONT)
    alive.communicate()
    assert not kept.exists()
