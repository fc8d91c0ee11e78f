"""Folders of runs that something has happened to: a start that died, a removal, another machine."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import (
    FakeBuild,
    Scripts,
    build,
    environment,
    lines,
    one_line,
    scripts,
    wait_until,
)  # noqa: F401
from situations import campaign, in_namespace, mounts, networks, plain_variables, run  # noqa: F401


@pytest.fixture
def begun(build: FakeBuild, scripts: Scripts, tmp_path: Path) -> Path:
    """A run of two blocks of which one is there."""
    out = tmp_path / "run"
    command = campaign(build, scripts, "--out", str(out))
    command[command.index("--blocks") + 1] = "1"
    assert run(*command).returncode == 0
    return out


def refused(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 2, done.stderr
    return one_line(done.stderr)


# ---- another machine -------------------------------------------------------------------------------------------


@pytest.mark.quick
@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="there is only one CPU here")
def test_less_of_the_machine_is_refused(build: FakeBuild, scripts: Scripts, begun: Path) -> None:
    cpu = str(min(os.sched_getaffinity(0)))
    done = run("taskset", "-c", cpu, *campaign(build, scripts, "--out", str(begun)))
    assert f"its CPUs that it may use (affinity) was" in refused(done) and f"is {cpu} now" in done.stderr
    assert run(*campaign(build, scripts, "--out", str(begun))).returncode == 0


@pytest.mark.skipif(
    subprocess.run(["unshare", "--uts", "true"], capture_output=True).returncode != 0,
    reason="a host's name of one's own is forbidden here",
)
def test_another_host_is_refused(build: FakeBuild, scripts: Scripts, begun: Path) -> None:
    before = in_namespace("--uts", first="hostname another-host")
    said = refused(run(*before, *campaign(build, scripts, "--out", str(begun))))
    assert "its host was" in said and "another-host" not in said


@pytest.mark.parametrize(
    "path, value, says",
    [
        (("model",), "Another CPU", "its CPU model was Another CPU and is"),
        (("cpus",), 64, "its number of CPUs was 64 and is"),
        (("cgroup", "cpu_quota"), 0.25, "its CPU quota was 0.25 and is"),
        (("kernel", "release"), "2.6.32", "its kernel was 2.6.32 and is"),
        (("scheduling", "nice"), 19, "its scheduling class and priority was"),
    ],
)
def test_another_machine_is_refused(
    build: FakeBuild, scripts: Scripts, begun: Path, path: tuple[str, ...], value: Any, says: str
) -> None:
    stored = environment(begun)
    part = stored["machine"]
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    (begun / "environment.json").write_text(json.dumps(stored))
    before = (begun / "samples.jsonl").read_bytes()
    assert says in refused(run(*campaign(build, scripts, "--out", str(begun))))
    assert (begun / "samples.jsonl").read_bytes() == before


# ---- a start that died -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "left",
    [
        pytest.param(("samples.jsonl",), marks=pytest.mark.quick),
        (),
        ("samples.jsonl", "environment.json"),
        ("environment.json.new",),
    ],
)
def test_a_start_that_died_at_once_is_no_run(
    build: FakeBuild, scripts: Scripts, tmp_path: Path, left: tuple[str, ...]
) -> None:
    out = tmp_path / "run"
    out.mkdir()
    for name in left:
        (out / name).touch()
    done = run(*campaign(build, scripts, "--out", str(out)))
    assert done.returncode == 0, done.stderr
    assert len(lines(out)) > 2


@mounts
def test_a_disk_that_was_full_at_once_is_no_run(build: FakeBuild, scripts: Scripts, tmp_path: Path) -> None:
    out, disk = tmp_path / "disk" / "run", tmp_path / "disk"
    disk.mkdir()
    command = campaign(build, scripts, "--out", str(out))
    full = f"mount -t tmpfs -o size=4k none {disk} && mkdir {out} && head -c 9000 /dev/zero > {disk}/all 2>/dev/null"
    script = f'{full}; "$@"; echo "$?"; ls -l {out} >&2; rm {disk}/all; mount -o remount,size=9m {disk}; "$@"; echo "$?"'
    done = run("unshare", "--mount", "sh", "-c", script, "sh", *command)
    first, *_, second = [line for line in done.stdout.splitlines() if line.isdigit()]
    assert (first, second) == ("2", "0"), done.stderr
    said = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert len(said) == 1 and str(disk) in said[0] and "No space left on device" in said[0]


def test_samples_without_their_environment_are_not_begun_anew(
    build: FakeBuild, scripts: Scripts, begun: Path
) -> None:
    (begun / "environment.json").unlink()
    said = refused(run(*campaign(build, scripts, "--out", str(begun))))
    assert "has samples without their environment.json" in said


# ---- removed while it is measured ------------------------------------------------------------------------------


def removed(out: Path) -> None:
    (out / "samples.jsonl").unlink()


def removed_whole(out: Path) -> None:
    shutil.rmtree(out)


def moved(out: Path) -> None:
    out.rename(out.with_name("elsewhere"))


def replaced(out: Path) -> None:
    shutil.copy(out / "samples.jsonl", out / "copy")
    (out / "copy").rename(out / "samples.jsonl")


@pytest.mark.parametrize(
    "what, says",
    [
        pytest.param(removed, "has been removed during the run, and with it its", marks=pytest.mark.quick),
        (removed_whole, "has been removed during the run, and with it its"),
        (moved, "has been moved during the run"),
        (replaced, "has been removed during the run"),
    ],
)
def test_what_is_removed_during_the_run_is_noticed_at_once(
    build: FakeBuild, scripts: Scripts, tmp_path: Path, what: Callable[[Path], None], says: str
) -> None:
    out = tmp_path / "run"
    build.misbehave({"case": "lossy_queue", "do": "unverified"}, {"case": ".", "do": "linger", "after": 2})
    command = campaign(build, scripts, "--out", str(out))
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    wait_until(lambda: len(lines(out)) >= 2)
    what(out)
    _, said = process.communicate()
    (error,) = [line for line in said.splitlines() if line.startswith("error: ")]
    assert process.returncode == 2 and says in error and "samples.jsonl" in error
    assert "its samples are kept" not in said
    assert build.calls() <= 5, "measured on into nothing"
