"""A Redis server and RQ's workers that live as long as one job of downloads: on a socket in a folder of their own,
without a port and without anything on the disk."""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Callable, Iterator, List, NamedTuple, Optional

from .window import FormError

# The server is the same file as the checker of its dumps, and goes by the name that it is called with: Debian's
# redis-tools has it, as benchmarks/downloads/redis/private_server.cpp says.
SERVERS = ("redis-server", "redis-check-rdb")

SCRIPTS = Path(__file__).resolve().parents[3]  # where the workers find the function of a job
QUEUE = "downloads"
FORKING, SIMPLE = "rq.Worker", "rq.SimpleWorker"

LONGEST_START_S = 60.0
LOOK_S = 0.002  # between two looks at a server that does not call back

_PR_SET_PDEATHSIG = 1
_TICKS = os.sysconf("SC_CLK_TCK")


def program() -> Optional[str]:
    return next((found for name in SERVERS if (found := shutil.which(name))), None)


def is_here() -> bool:
    """Whether this Python has RQ and this machine a server for it."""
    return all(importlib.util.find_spec(name) for name in ("rq", "redis")) and program() is not None


class Office(NamedTuple):
    """What is there before the clock starts."""

    redis: Any  # a connection
    server: "subprocess.Popen[bytes]"
    workers: "List[subprocess.Popen[bytes]]"

    def cpu_s(self) -> float:
        """Of the server, of the workers, and of those that these have forked and waited for."""
        return sum(_cpu_s(process.pid) for process in (self.server, *self.workers))


@contextlib.contextmanager
def opened(n: int, kind: str) -> Iterator[Office]:
    import redis

    with tempfile.TemporaryDirectory(prefix="handoff-rq-") as folder:
        path = os.path.join(folder, "socket")
        started, connection = [_server(folder, path)], redis.Redis(unix_socket_path=path)
        try:
            _until(lambda: _listens(path), started[0], folder)
            started += [_worker(folder, path, kind) for _ in range(n)]
            for worker in started[1:]:
                _until(lambda: bool(connection.scard("rq:workers") >= n), worker, folder)
            yield Office(connection, started[0], started[1:])
        finally:
            connection.close()
            for process in reversed(started):
                process.kill()
                process.wait()


def _server(folder: str, path: str) -> "subprocess.Popen[bytes]":
    settings = {"port": "0", "unixsocket": path, "unixsocketperm": "700", "save": "", "appendonly": "no"}
    settings.update({"dir": folder, "daemonize": "no", "databases": "1"})
    words = [word for name, value in settings.items() for word in (f"--{name}", value)]
    return _started(["redis-server", *words], folder, program())


def _worker(folder: str, path: str, kind: str) -> "subprocess.Popen[bytes]":
    code = "from rq.cli import main; main()"
    given = ["worker", "--url", f"unix://{path}", "--path", str(SCRIPTS), "--worker-class", kind, "--quiet"]
    return _started([sys.executable, "-E", "-s", "-c", code, *given, QUEUE], folder)


def _started(command: List[str], folder: str, executable: Optional[str] = None) -> "subprocess.Popen[bytes]":
    library = ctypes.CDLL(None)
    with open(os.path.join(folder, "log"), "ab") as log:
        return subprocess.Popen(
            command,
            executable=executable,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            # However this process ends, none of them stays.
            preexec_fn=lambda: library.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL),
        )


def _listens(path: str) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(path) == 0


def _until(condition: Callable[[], bool], process: "subprocess.Popen[bytes]", folder: str) -> None:
    end = time.monotonic() + LONGEST_START_S
    while not condition():
        if process.poll() is not None or time.monotonic() > end:
            with open(os.path.join(folder, "log"), encoding="utf-8", errors="replace") as log:
                said = (log.read().strip().splitlines() or ["it said nothing"])[-1]
            raise FormError(f"failed: RQ or its server did not start: {said}")
        time.sleep(LOOK_S)


def _cpu_s(pid: int) -> float:
    """0 of one that was killed and waited for: all that it had used is with this process's children since then."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    return sum(int(ticks) for ticks in fields[11:15]) / _TICKS
