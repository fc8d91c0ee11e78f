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
from . import cases, line_file, shapes, strict_json
from .samples import STATUSES
from .workload_shape import check_case

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
        return _checked(strict_json.loads(line))
    except (HandoffError, ValueError) as error:
        raise HandoffError(f"{path}:{number}: not a job ({error})") from error


_SECONDS = shapes.number(0, 1e9)


def _document(value: Any, at: str) -> None:
    shapes.list_of(_SECONDS)(value, at)
    if len(value) != 3:
        raise shapes.Misshapen(at, value, "three times")


JOB = shapes.fields(
    {
        "schema": shapes.one_of((SCHEMA,)),
        "case": shapes.text,
        "status": shapes.one_of(STATUSES),
        "message": shapes.text,
        "documents": shapes.list_of(_document),
    },
    {},
)


def _checked(found: Any) -> Job:
    JOB(found, "")
    documents = [(float(started), float(ended), float(last)) for started, ended, last in found["documents"]]
    job = Job(found["case"], found["status"], found["message"], documents)
    check_case(job.case)
    if job.is_sound:
        check_documents(job.case, job.documents)
    return job


class StampLog(line_file.LineLog[str, Job]):
    """The jobs of a run that is being measured: each is on the disk before the next begins."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, read(path), lambda job: job.case)
