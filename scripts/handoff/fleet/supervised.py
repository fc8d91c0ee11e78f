"""Programs that a worker runs: they end with it, hold the machine while they run, and know none of its secrets."""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO

from ..errors import HandoffError, describe
from ..host import git, probe
from .server import PASSWORD_VARIABLE

LOOK_S = 0.05
END_WITHIN_S = 120.0  # of a campaign that was asked to end: its trial, and then the end of its run
_PR_SET_PDEATHSIG = 1
_LIBRARY = ctypes.CDLL(None)


class MachineLock:
    """Held by the worker that builds or measures, and by each program that it has started until that has ended, so that
    nothing is measured beside one whose worker was killed."""

    def __init__(self, path: Path) -> None:
        self.fd = _opened(path)

    def taken(self) -> bool:
        try:
            fcntl.flock(self.fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def leave(self) -> None:
        fcntl.flock(self.fd, fcntl.LOCK_UN)

    def close(self) -> None:
        os.close(self.fd)


def default_lock() -> Path:
    folder = Path("/run/lock")
    return (folder if os.access(folder, os.W_OK) else Path(tempfile.gettempdir())) / "handoff-fleet.lock"


def _opened(path: Path) -> int:
    # Reading is enough for a lock, and what another user has made in a folder of everybody's cannot be opened to write.
    for flags in (os.O_RDONLY, os.O_RDONLY | os.O_CREAT | os.O_EXCL, os.O_RDONLY):
        try:
            return os.open(path, flags | os.O_CLOEXEC, 0o644)
        except (FileNotFoundError, FileExistsError) as error:
            last = error
    raise HandoffError(f"--lock {describe(last)}")


def run(
    command: Sequence[str], cwd: Path, log: IO[bytes], lock: MachineLock, stop: Callable[[], bool]
) -> int:
    """The exit code. When `stop` says so, it is asked to end, and gets the time for it."""
    try:
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=[lock.fd],
            start_new_session=True,
            # SIGTERM, as a shell may have us ignore Ctrl-C and pass that on.
            preexec_fn=lambda: _LIBRARY.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM),
        )
    except OSError as error:
        raise HandoffError(f"cannot run {describe(error)}") from error
    kill_at = float("inf")
    while process.poll() is None:
        if kill_at == float("inf") and stop():
            process.terminate()
            kill_at = time.monotonic() + END_WITHIN_S
        if time.monotonic() > kill_at:
            os.killpg(process.pid, signal.SIGKILL)
        time.sleep(LOOK_S)
    return process.returncode


def environment() -> dict[str, str]:
    found = {**probe.without_flags()}
    return {
        name: value
        for name, value in found.items()
        if name != PASSWORD_VARIABLE and name in git.environment()
    }
