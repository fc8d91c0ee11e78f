"""The situations of which tests are made: a machine that forbids, lacks or breaks something. Each says why it cannot be
had here, where the kernel or the container forbids it."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from conftest import HANG_S, ROOT, FakeBuild, Scripts

PYTHON = "/usr/bin/python3"
PLAIN_UID = 54321  # that no system gives a name

# A campaign over the fake build: two blocks, everything that it has.
TWO_BLOCKS = ("--profile", "full", "--blocks", "2")


@pytest.fixture(autouse=True)
def plain_variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home and a place for temporary files of the test's own."""
    for name in [name for name in os.environ if name.startswith(("XDG_", "GIT_", "MPL", "PYTHON"))]:
        monkeypatch.delenv(name)
    for variable in ("HOME", "TMPDIR"):
        folder = tmp_path / variable.lower()
        folder.mkdir()
        monkeypatch.setenv(variable, str(folder))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


def can(*command: str) -> bool:
    """Whether the command succeeds here."""
    try:
        return subprocess.run(command, capture_output=True, timeout=HANG_S).returncode == 0
    except OSError:
        return False


mounts = pytest.mark.skipif(
    not can("unshare", "--mount", "sh", "-c", "mount -t tmpfs none /mnt"),
    reason="mounting is forbidden here, even in a namespace of one's own",
)
networks = pytest.mark.skipif(
    not can("unshare", "--net", "true"), reason="a network namespace of one's own is forbidden here"
)
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")


def in_namespace(*flags: str, first: str) -> list[str]:
    """What is put before a command, so that it runs in namespaces of its own, where the shell runs `first` before it."""
    return ["unshare", *flags, "sh", "-c", f'{first}; exec "$@"', "sh"]


def forbid(calls: Mapping[str, int]) -> Callable[[], None]:
    """To be called in a child before its program begins: these system calls fail with these errors."""
    seccomp = pytest.importorskip("seccomp", reason="python3-seccomp is not installed")

    def apply() -> None:
        rules = seccomp.SyscallFilter(defaction=seccomp.ALLOW)
        for name, error in calls.items():
            rules.add_rule(seccomp.ERRNO(error), name)
        rules.load()

    return apply


PINNING = {"sched_setaffinity": errno.EPERM}
ASKING = {"sched_getaffinity": errno.EPERM, "sched_getscheduler": errno.EPERM}


def close_stream(number: int) -> Callable[[], None]:
    return lambda: os.close(number)


def real_build() -> Path:
    """The build whose tests these are."""
    folder = os.environ.get("HANDOFF_BUILD")
    if folder is None or not (Path(folder) / "benchmarks" / "bracket").exists():
        pytest.skip("HANDOFF_BUILD names no build of the benchmarks")
    return Path(folder)


def benchmark(name: str) -> str:
    return str(real_build() / "benchmarks" / name)


def run(*command: str, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=HANG_S, **options)  # type: ignore[call-overload, no-any-return]


def real_report(scripts: Scripts) -> None:
    """The report, too, instead of the fake one."""
    shutil.copy(ROOT / "scripts" / "report.py", scripts.root / "scripts" / "report.py")


def campaign(build: FakeBuild, scripts: Scripts, *arguments: str, python: str = PYTHON) -> list[str]:
    script = str(scripts.root / "scripts" / "campaign.py")
    return [python, "-B", script, "--build-dir", str(build.dir), *TWO_BLOCKS, *arguments]


def open_to_all(folder: Path) -> None:
    """So that another user reaches it."""
    for path in (folder, *folder.parents):
        if path.stat().st_uid == os.geteuid() and path != Path("/"):
            path.chmod(path.stat().st_mode | 0o055)
