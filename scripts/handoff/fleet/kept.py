"""A worker's own copies: the runs that it measures, each in a folder of its job, until somebody has fetched them."""

from __future__ import annotations

import fcntl
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from ..errors import HandoffError
from ..run import run_folder
from .spec import JOB_ID

LOG_END_BYTES = 64 << 10


@dataclass(frozen=True)
class Copy:
    path: Path

    @property
    def job(self) -> str:
        return self.path.name

    @property
    def run(self) -> Path:
        return self.path / "run"

    @property
    def log(self) -> Path:
        return self.path / "log"

    @property
    def is_begun(self) -> bool:
        return run_folder.is_begun(self.run)

    @property
    def run_id(self) -> str | None:
        """Of a run that has ended by itself and has figures; None while it has not."""
        try:
            found = run_folder.read_environment(self.run / run_folder.ENVIRONMENT_NAME)
        except HandoffError:
            return None
        ended = found.get("finished") and not found.get("interrupted") and found.get("blocks_complete")
        return str(found["run_id"]) if ended else None

    def set_aside(self) -> Path:
        """A run that cannot go on here: it stays, and another one begins."""
        number = 1
        while (target := self.path / f"aside-{number}").exists():
            number += 1
        return self.run.rename(target)

    def end_of_log(self) -> str:
        try:
            with open(self.log, "rb") as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - LOG_END_BYTES))
                return file.read().decode(errors="replace")
        except FileNotFoundError:
            return ""

    def remove(self) -> None:
        shutil.rmtree(self.path)


@dataclass(frozen=True)
class Kept:
    folder: Path

    def of(self, job: str) -> Copy:
        path = self.folder / job
        path.mkdir(parents=True, exist_ok=True)
        return Copy(path)

    def all(self) -> list[Copy]:
        if not self.folder.exists():
            return []
        return [Copy(path) for path in sorted(self.folder.iterdir()) if JOB_ID.fullmatch(path.name)]


class Progress:
    """What a worker is at, for whoever asks the board."""

    def __init__(self, copy: Copy) -> None:
        self.doing = "fetches the source"
        self._copy = copy

    def __call__(self) -> str:
        try:
            trials = (self._copy.run / "samples.jsonl").read_bytes().count(b"\n")
        except OSError:
            trials = 0
        return f"{self.doing}, {trials} trials" if trials else self.doing


def sole(path: Path, name: str) -> int:
    """Two workers of one name would measure into the same folders."""
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(fd)
        raise HandoffError(
            f"--name {name}: a worker of that name runs here already; valid: another name"
        ) from None
    return fd
