"""samples.jsonl as a file of lines: what may stand in it, reading it, and appending so that nothing is lost."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..errors import HandoffError, describe
from . import line_file

SCHEMA = 1
# 2: verification and waiting left the timed loops, the heap moves from trial to trial. 3: the yardstick is the least of
# four forms, which are all kept; before, it was the first of them, a bare loop over a line that stays.
METHOD = 3
READ_METHODS = (2, METHOD)  # a run of one of them is read as it is, and never compared with another's
FILE_NAME = "samples.jsonl"
CUT_NAME = "samples.truncated"

STATUSES = ("ok", "unverified", "voided", "crashed", "hung", "failed")


@dataclass(frozen=True)
class Sample:
    """One trial. The fields are those of docs/samples.md, in its order."""

    block: int
    position: int
    case: str
    label: str
    started: str
    seconds: float
    status: str
    exit: int
    message: str
    output: str
    placement: str
    cpus: list[int]
    figures: dict[str, float]

    def record(self) -> dict[str, Any]:
        return {"schema": SCHEMA, "method": METHOD} | asdict(self)

    def line(self) -> bytes:
        return json.dumps(self.record(), ensure_ascii=False, allow_nan=False).encode() + b"\n"


# What a reader relies on beyond the fields being there.
_KINDS: dict[str, type | tuple[type, ...]] = {
    "block": int,
    "position": int,
    "case": str,
    "label": str,
    "seconds": (int, float),
    "figures": dict,
}

FIELDS = ("schema", "method", *Sample.__dataclass_fields__)
_REQUIRED = frozenset(FIELDS)
_NUMBERS = frozenset((int, float))  # types, not classes: true and false are no figures


@dataclass(frozen=True)
class Lines:
    """The records of a file, and what follows the last whole one: the trace of a write that was cut short."""

    records: list[dict[str, Any]]
    whole_bytes: int
    cut: bytes


def read(path: Path) -> Lines:
    """All records of the file. A last line without its end is set apart; any other flaw is an error."""
    records: list[dict[str, Any]] = []
    return Lines(records, *scan(path, records.append))


def scan(path: Path, take: Callable[[dict[str, Any]], None]) -> tuple[int, bytes]:
    """As read, one record at a time: a large file as a whole would take many times its size in memory.

    Returns the number of bytes of whole lines, and what follows them.
    """
    whole = 0
    try:
        with line_file.open_lines(path) as file:
            for number, line in enumerate(file, start=1):
                if not line.endswith(b"\n"):
                    return whole, line
                whole += len(line)
                take(_record(line[:-1], path, number))
    except OSError as error:
        raise HandoffError(f"cannot read the samples {describe(error)}") from error
    return whole, b""


def check_version(thing: str, record: Mapping[str, Any]) -> None:
    for key, known in (("schema", (SCHEMA,)), ("method", READ_METHODS)):
        if record.get(key) not in known:
            valid = ", ".join(map(str, known))
            raise HandoffError(f"{thing}: unknown {key} {record.get(key)!r}; valid: {valid}")


def _record(line: bytes, path: Path, number: int) -> dict[str, Any]:
    """The sample of a line. What is asked of each line is asked in bulk: there may be hundreds of thousands."""
    try:
        record = json.loads(line)
    except ValueError as error:
        raise HandoffError(f"{path}:{number}: corrupt line, not JSON ({error})") from error
    if not isinstance(record, dict):
        raise HandoffError(f"{path}:{number}: corrupt line, not a sample")
    if record.get("schema") != SCHEMA or record.get("method") not in READ_METHODS:
        check_version(f"{path}:{number}", record)
    if not record.keys() >= _REQUIRED:
        missing = [field for field in FIELDS if field not in record]
        raise HandoffError(f"{path}:{number}: corrupt line, without {', '.join(missing)}")
    if record["status"] not in STATUSES:
        raise HandoffError(
            f"{path}:{number}: unknown status {record['status']!r}; valid: {', '.join(STATUSES)}"
        )
    for field, kind in _KINDS.items():
        if not isinstance(record[field], kind):
            raise HandoffError(f"{path}:{number}: corrupt line, {field} is {record[field]!r}")
    if not _NUMBERS.issuperset(map(type, record["figures"].values())):
        name, value = next(one for one in record["figures"].items() if type(one[1]) not in _NUMBERS)
        raise HandoffError(f"{path}:{number}: corrupt line, the figure '{name}' is {value!r}")
    return record


class SampleLog:
    """The samples of a run that is being measured: each is on the disk before the next trial begins."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = open(path, "ab", buffering=0)  # unbuffered: nothing is retried when the file is closed
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self.close()
            raise HandoffError(f"{path}: another campaign is writing to it") from error
        self.records = self._whole_records()

    def append(self, sample: Sample) -> None:
        line_file.append(self._file, self.path, sample.line())
        self.records.append(sample.record())

    def close(self) -> None:
        self._file.close()

    def _whole_records(self) -> list[dict[str, Any]]:
        """What a former campaign has left; the trace of a write that was cut short goes to a file beside."""
        lines = read(self.path)
        if lines.cut:
            with open(self.path.with_name(CUT_NAME), "ab") as kept:
                kept.write(lines.cut + b"\n")
                kept.flush()
                os.fsync(kept.fileno())
            self._file.truncate(lines.whole_bytes)
            os.fsync(self._file.fileno())
        return lines.records
