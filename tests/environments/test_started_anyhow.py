"""However the scripts are started, and whatever the user has set, they find Debian's interpreter with its modules, and
what they say can be said."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import synthetic_run
from conftest import ROOT, FakeBuild, Scripts, build, environment, lines, scripts  # noqa: F401
from situations import (  # noqa: F401
    PLAIN_UID,
    PYTHON,
    as_root,
    campaign,
    in_namespace,
    mounts,
    open_to_all,
    plain_variables,
    run,
)
from synthetic_run import Spec

BROKEN = "raise RuntimeError('a numpy that is none of ours')\n"
SMALL = Spec(
    blocks=2, queues=("mutex_ring",), counters=(), places=(49.0,), controls=(), workloads=("ping_pong",)
)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return synthetic_run.write(tmp_path_factory.mktemp("run") / "run", SMALL)


@pytest.fixture
def result(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sound, tmp_path / "run"))


def reported(result: Path, *before: str, python: str = PYTHON, **variables: str) -> str:
    """What report.py says on stderr when it makes the report of the run, as it should."""
    command = [*before, python, str(ROOT / "scripts" / "report.py"), str(result)]
    done = run(*command, env=dict(os.environ) | variables)
    assert done.returncode == 0, done.stderr
    assert (result / "report.html").exists()
    return done.stderr


@pytest.mark.quick
def test_python_does_not_look_beside_the_script(result: Path) -> None:
    assert "Error" not in reported(result, PYTHONSAFEPATH="1")


@pytest.mark.quick
def test_broken_modules_of_the_users_own(result: Path) -> None:
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    own = Path(os.environ["HOME"]) / ".local" / "lib" / version / "site-packages"
    own.mkdir(parents=True)
    (own / "numpy.py").write_text(BROKEN)
    reported(result)


def test_a_path_to_other_modules(result: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "numpy.py").write_text(BROKEN)
    reported(result, PYTHONPATH=str(tmp_path / "other"))


def test_a_foreign_python_comes_first(result: Path, tmp_path: Path) -> None:
    """As conda's does, or that of a virtual environment: it has none of our packages."""
    foreign = tmp_path / "conda"
    subprocess.run([PYTHON, "-m", "venv", "--without-pip", str(foreign)], check=True)
    path = f"{foreign / 'bin'}:{os.environ['PATH']}"
    reported(result, "env", python="python3", PATH=path, CONDA_PREFIX=str(foreign))


def test_cmake_leaves_condas_libraries_aside(tmp_path: Path) -> None:
    conda, project = tmp_path / "conda", tmp_path / "project"
    for folder in (conda / "bin", conda / "conda-meta", conda / "lib" / "cmake" / "benchmark", project):
        folder.mkdir(parents=True)
    (conda / "lib" / "cmake" / "benchmark" / "benchmarkConfig.cmake").touch()
    (conda / "bin" / "pkg-config").write_text("#!/bin/sh\n")
    (conda / "bin" / "pkg-config").chmod(0o755)
    guard = f"include({ROOT}/cmake/debian_libraries.cmake)\n"
    body = """find_package(benchmark CONFIG QUIET)
        find_program(pkg_config pkg-config)
        message(STATUS "found ${benchmark_DIR} ${pkg_config}")\n"""
    found = {}
    for text in ("", guard):
        listing = f"cmake_minimum_required(VERSION 3.25)\nproject(x LANGUAGES NONE)\n{text}{body}"
        (project / "CMakeLists.txt").write_text(listing)
        path = f"{conda / 'bin'}:{os.environ['PATH']}"
        done = run(
            "cmake",
            "-S",
            str(project),
            "-B",
            str(tmp_path / f"build{len(text)}"),
            env=os.environ | {"PATH": path},
        )
        found[text] = done.stdout.count(f"found {conda}") + done.stdout.count(f" {conda}/bin/pkg-config")
    assert found == {"": 2, guard: 0}


def test_cd_prints_where_it_goes(tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    variables = os.environ | {"CDPATH": f"{tmp_path}:."}
    done = run("bash", "-c", "source scripts/setup.sh; echo $root; pwd", cwd=ROOT, env=variables)
    assert done.stdout.splitlines() == [str(ROOT), str(ROOT)], done.stderr


@pytest.mark.parametrize("variables", [{"LC_ALL": "C", "PYTHONUTF8": "0"}, {"PYTHONIOENCODING": "ascii"}])
def test_a_stream_that_knows_ascii_alone(
    build: FakeBuild, scripts: Scripts, variables: dict[str, str]
) -> None:
    command = [*campaign(build, scripts), "--dry-run"]
    command[command.index("--blocks") : command.index("--blocks") + 2] = ["--time-budget", "1h"]
    done = run(*command, env=dict(os.environ) | variables)
    assert done.returncode == 0, done.stderr
    assert "in all" in done.stdout


def test_without_a_home(build: FakeBuild, scripts: Scripts, tmp_path: Path) -> None:
    variables = {name: value for name, value in os.environ.items() if name != "HOME"}
    done = run(*campaign(build, scripts, "--out", str(tmp_path / "run")), env=variables)
    assert done.returncode == 0, done.stderr


@as_root
def test_a_user_without_a_name(build: FakeBuild, scripts: Scripts, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    os.chown(out, PLAIN_UID, PLAIN_UID)
    os.chown(os.environ["TMPDIR"], PLAIN_UID, PLAIN_UID)
    for folder in (build.benchmarks, build.dir, scripts.root):
        open_to_all(folder)
    build.benchmarks.chmod(0o777)  # the fakes count their calls there
    for fake in build.benchmarks.iterdir():
        fake.chmod(0o755)
    variables = {name: value for name, value in os.environ.items() if name != "HOME"}
    done = run(
        *campaign(build, scripts, "--out", str(out / "run")),
        env=variables,
        user=PLAIN_UID,
        group=PLAIN_UID,
        extra_groups=(),
    )
    assert done.returncode == 0, done.stderr
    assert len(lines(out / "run")) > 2


@mounts
def test_tmp_is_read_only_and_tmpdir_elsewhere(build: FakeBuild, scripts: Scripts, tmp_path: Path) -> None:
    """All that a test has is under /tmp, too, so that is bound to its place again."""
    first = (
        f"mount --bind {tmp_path} {tmp_path} && mount -o remount,bind,ro /tmp && ! touch /tmp/x 2>/dev/null"
    )
    before = in_namespace("--mount", first=f"mount --bind /tmp /tmp && {first}")
    done = run(*before, *campaign(build, scripts, "--out", str(tmp_path / "run")))
    assert done.returncode == 0, done.stderr
    assert environment(tmp_path / "run")["finished"] is not None


@pytest.mark.parametrize("variables", [{}, {"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_no_colours_in_pipes(
    build: FakeBuild, scripts: Scripts, tmp_path: Path, variables: dict[str, str]
) -> None:
    command = campaign(build, scripts, "--out", str(tmp_path / "run"))
    done = run(*command, env=dict(os.environ) | {"TERM": "xterm-256color"} | variables)
    assert done.returncode == 0 and "\x1b" not in done.stdout + done.stderr


@pytest.mark.quick
def test_flags_of_google_benchmark_in_the_environment(
    build: FakeBuild, scripts: Scripts, tmp_path: Path
) -> None:
    variables = {"BENCHMARK_FILTER": "good_ring", "BENCHMARK_FORMAT": "csv", "BENCHMARK_REPETITIONS": "3"}
    command = campaign(build, scripts, "--list")
    plain = run(*command).stdout
    assert run(*command, env=dict(os.environ) | variables).stdout == plain
    build.misbehave({"case": ".", "do": "say variables"})
    out = tmp_path / "run"
    run(*campaign(build, scripts, "--out", str(out)), env=dict(os.environ) | variables)
    assert all("BENCHMARK_" not in line["output"] and line["output"] for line in lines(out))
