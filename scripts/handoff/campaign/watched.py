"""A process that is watched to its end: it may hang, print without end, or be interrupted, and it leaves nothing behind."""

from __future__ import annotations

import contextlib
import errno
import os
import select
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import IO

from ..errors import HandoffError
from ..host import probe
from . import scratch
from .interrupt import Interrupt

KEPT_OUTPUT = 4000
# Enough for any single case; what prints more is broken.
READ_OUTPUT = 1 << 20

ENDED, LATE, INTERRUPTED = "ended", "late", "interrupted"

# If the campaign itself is killed, a hung trial must not stay behind and keep a CPU busy. Done by a program of Debian's
# util-linux, because whatever Python runs between fork and exec needs a real fork, which copies the campaign's page
# tables: 12 ms instead of 4.
_DIES_WITH_PARENT = ("setpriv", "--pdeathsig", "KILL", "--")


@dataclass(frozen=True)
class Ended:
    """How the process came to its end."""

    why: str
    started: str  # UTC, ISO 8601
    seconds: float
    exit: int
    stdout: str
    stderr: str


def run(
    command: Sequence[str],
    variables: Mapping[str, str],
    limit_s: float,
    interrupt: Interrupt,
    moves: bool = False,
) -> Ended:
    """With these variables beside our own ones. `moves`: runs in its own folder, for whoever writes where it stands."""
    started = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
    start = time.monotonic()
    # Files, not pipes: no reader has to wake up while it runs.
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, scratch.folder() as own:
        process = _spawn(command, variables, own, moves, out, err)
        try:
            why = _wait(process, limit_s, interrupt)
        finally:
            _end(process)
        seconds = time.monotonic() - start
        return Ended(why, started, seconds, process.returncode, _text(out), _text(err))


def _spawn(
    command: Sequence[str],
    variables: Mapping[str, str],
    own: str,
    moves: bool,
    out: IO[bytes],
    err: IO[bytes],
) -> subprocess.Popen[bytes]:
    """`own`: where the process keeps what it needs on the disk; whatever becomes of it, that goes with it."""
    try:
        return subprocess.Popen(
            [*_DIES_WITH_PARENT, *command],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            cwd=own if moves else None,
            env={**probe.without_flags(), **variables, "TMPDIR": own},
            start_new_session=True,  # its own group: Ctrl-C is ours to handle, and killing takes its children
        )
    except OSError as error:
        raise HandoffError(f"cannot run '{_DIES_WITH_PARENT[0]}': {error.strerror}") from error


def _wait(process: subprocess.Popen[bytes], limit_s: float, interrupt: Interrupt) -> str:
    """Sleeps until the end without waking up in between: Popen.wait with a timeout polls up to 2,000 times a
    second, on the very CPUs that are measured."""
    pidfd = _end_of(process.pid)
    try:
        poll = select.poll()
        poll.register(pidfd, select.POLLIN)  # of a pipe, its closing wakes too
        poll.register(interrupt.fd, select.POLLIN)
        ready = {fd for fd, _ in poll.poll(limit_s * 1000)}
    finally:
        os.close(pidfd)
    if pidfd in ready:
        return ENDED
    return INTERRUPTED if ready else LATE


def _end_of(pid: int) -> int:
    """A file that can be read once the child has ended."""
    try:
        return os.pidfd_open(pid)
    except OSError as error:
        if error.errno not in (errno.ENOSYS, errno.EPERM):
            raise
    # A kernel, or a sandbox, that has no such files: a thread waits, and leaves the child to be reaped.
    reader, writer = os.pipe2(os.O_CLOEXEC)

    def wait() -> None:
        with contextlib.suppress(ChildProcessError):
            os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        os.close(writer)

    threading.Thread(target=wait, daemon=True).start()
    return reader


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kills what is left of the process's group, of which it is the leader and not yet reaped."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _text(file: IO[bytes]) -> str:
    """The file, or its two ends if it is too large."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    head = file.read(min(size, READ_OUTPUT))
    file.seek(max(len(head), size - KEPT_OUTPUT))
    return (head + file.read()).decode(errors="replace")
