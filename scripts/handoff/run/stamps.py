"""stamps.jsonl: some short download jobs, document by document, from which the report draws who waited for whom.

Virtual time makes them the same each time, so that one of each is enough.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import HandoffError
from . import cases, line_file
from .samples import STATUSES

FILE_NAME = "stamps.jsonl"
SCHEMA = 1

# When a document was asked for, had come, and was handed in: seconds from the start of the job.
Document = tuple[float, float, float]


@dataclass(frozen=True)
class Job:
    """A line."""

    case: str
    status: str  # as of a sample
    message: str
    documents: list[Document]  # in the order of the list; empty if the job did not end well

    @property
    def is_sound(self) -> bool:
        return self.status == "ok"

    def line(self) -> bytes:
        record = {"schema": SCHEMA} | vars(self)
        return json.dumps(record, ensure_ascii=False, allow_nan=False).encode() + b"\n"


def check_documents(case: str, documents: list[Document]) -> None:
    """Raises ValueError where these cannot be the documents of the case."""
    wanted = cases.parse(case).number("items")
    if len(documents) != wanted:
        raise ValueError(f"{len(documents)} documents instead of {wanted}")
    for number, (started, ended, delivered) in enumerate(documents):
        if not (0 <= started <= ended <= delivered < math.inf):
            raise ValueError(f"document {number} has the times {started}, {ended}, {delivered}")


def read(path: Path) -> tuple[dict[str, Job], int]:
    """The jobs by case, and the number of bytes of whole lines: a job whose line was cut short has not been run.
    A run from before there were jobs has no such file."""
    lines, whole = line_file.whole_lines(path, "stamps")
    jobs = [_job(line, path, number) for number, line in enumerate(lines, start=1)]
    return {job.case: job for job in jobs}, whole


def _job(line: bytes, path: Path, number: int) -> Job:
    try:
        return _checked(json.loads(line))
    except (HandoffError, ValueError, KeyError, TypeError) as error:
        raise HandoffError(f"{path}:{number}: not a job ({error!r})") from error


def _checked(found: Any) -> Job:
    if found["schema"] != SCHEMA:
        raise ValueError(f"unknown schema {found['schema']!r}; valid: {SCHEMA}")
    if found["status"] not in STATUSES:
        raise ValueError(f"unknown status {found['status']!r}; valid: {', '.join(STATUSES)}")
    documents = [(float(started), float(ended), float(last)) for started, ended, last in found["documents"]]
    job = Job(str(found["case"]), found["status"], str(found["message"]), documents)
    if job.is_sound:
        check_documents(job.case, job.documents)
    return job


class StampLog(line_file.LineLog[str, Job]):
    """The jobs of a run that is being measured: each is on the disk before the next begins."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, read(path), lambda job: job.case)
