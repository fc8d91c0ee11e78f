"""Where trials keep what they need on the disk: in one folder of the campaign's, in TMPDIR or else in /tmp. Each trial's
part goes when the trial has ended, however it has; the folder goes with the campaign; and what a campaign that was
killed has left, the next one removes."""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

PREFIX = "handoff-trials-"
_MADE_BY_US = re.compile(rf"{PREFIX}[a-z0-9_]{{8}}")  # as mkdtemp completes it

_held: list[tuple[Path, int]] = []  # the folder of this process, and its lock


@contextlib.contextmanager
def folder() -> Iterator[str]:
    """An empty one for one trial."""
    with tempfile.TemporaryDirectory(prefix="", dir=_own(), ignore_cleanup_errors=True) as path:
        yield path


def remove_leftovers(where: Path) -> int:
    """The folders of campaigns that have ended without removing them. The lock of one that lives is taken."""
    found = 0
    for path in where.glob(f"{PREFIX}*"):
        if not _MADE_BY_US.fullmatch(path.name):
            continue
        with contextlib.suppress(OSError):
            lock = _locked(path)
            if lock is not None:
                shutil.rmtree(path, ignore_errors=True)
                os.close(lock)
                found += 1
    return found


def _own() -> Path:
    if not _held or not _held[0][0].is_dir():
        _held.clear()
        where = Path(tempfile.gettempdir())
        remove_leftovers(where)
        _held.append(_made(where))
        atexit.register(_remove, os.getpid(), *_held[0])
    return _held[0][0]


def _made(where: Path) -> tuple[Path, int]:
    """Until it is locked, another campaign takes it for a leftover."""
    while True:
        path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=where))
        try:
            lock = _locked(path)
        except OSError:  # no locks here: then nobody removes what others have left either
            return path, -1
        if lock is not None and path.is_dir():
            return path, lock


def _locked(path: Path) -> int | None:
    """The lock of a folder of ours, None where another process has it. Raises OSError where there is none to have."""
    opened = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        told = os.fstat(opened)
        if told.st_uid == os.geteuid() and stat.S_IMODE(told.st_mode) == 0o700:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return opened
    except BlockingIOError:
        pass
    except OSError:
        os.close(opened)
        raise
    os.close(opened)
    return None


def _remove(owner: int, path: Path, lock: int) -> None:
    if os.getpid() == owner:  # and not a child that was forked off
        shutil.rmtree(path, ignore_errors=True)
        if lock >= 0:
            os.close(lock)
