"""Brings the runs home: verified, each once, into a folder of its job."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import HandoffError
from . import parcel, upkeep
from .board import DONE, QUEUED, Board, JobState
from .line import Line

RUNS = "runs"


@dataclass
class Fetched:
    runs: list[Path] = field(default_factory=list)  # all that are there now
    new: int = 0
    gone: list[str] = field(default_factory=list)  # forgotten by the server, as somebody else has them
    damaged: list[str] = field(default_factory=list)


def fetch(board: Board, line: Line, out: Path, forget: bool) -> Fetched:
    found = Fetched()
    for job in board.jobs():
        folder = out / RUNS / job.id
        if job.state != DONE:
            continue
        if not folder.exists():
            content = board.parcel(job.id, job.fields["sha256"], int(job.fields["chunks"]))
            if not content and job.fields.get("fetched"):
                found.gone.append(job.id)
                continue
            if not _is_whole(content, job):
                _ask_again(board, line, job)
                found.damaged.append(job.id)
                continue
            parcel.unpack(content, folder)
            found.new += 1
        board.acknowledge(job.id, forget)
        found.runs.append(folder)
    return found


def _is_whole(content: bytes, job: JobState) -> bool:
    return parcel.sha256(content) == job.fields["sha256"]


def _ask_again(board: Board, line: Line, job: JobState) -> None:
    """The worker that has measured it keeps a copy, and sends that before anything else."""
    if board.reject(job.id, job.fields["sha256"]):
        upkeep.settle(board, line, job.id, QUEUED)


def check_out(out: Path, runs: Sequence[Path] = ()) -> None:
    if out.exists() and not out.is_dir():
        raise HandoffError(f"--out '{out}' is a file; valid: a new folder, or one of an earlier fetch")
    strange = [path for path in out.iterdir() if path.name == "samples.jsonl"] if out.exists() else []
    if strange:
        raise HandoffError(f"--out '{out}' is a run itself; valid: a folder of the fleet's own")
