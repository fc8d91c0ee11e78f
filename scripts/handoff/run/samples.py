"""samples.jsonl as a file of lines: what may stand in it, reading it, and appending so that nothing is lost."""

from __future__ import annotations

import errno
import fcntl
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..errors import HandoffError, describe
from . import line_file, sampling, shapes, strict_json

SCHEMA = 1
# 2: verification and waiting left the timed loops, the heap moves from trial to trial. 3: the yardstick is the least of
# four forms, which are all kept; before, it was the first of them, a bare loop over a line that stays.
METHOD = 3
READ_METHODS = (2, METHOD)  # a run of one of them is read as it is, and never compared with another's
FILE_NAME = "samples.jsonl"
CUT_NAME = "samples.truncated"

_NO_LOCKS = (errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP, errno.EPERM, errno.EINVAL)

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


MOST_BLOCKS = sampling.MOST_BLOCKS
_LONGEST_NAME = 2000

# What a reader relies on. Figures are looked at in bulk: there may be hundreds of thousands of lines.
SHAPE = shapes.fields(
    {
        "block": shapes.whole(0, MOST_BLOCKS),
        "position": shapes.whole(0, MOST_BLOCKS),
        "case": shapes.short(_LONGEST_NAME),
        "label": shapes.short(_LONGEST_NAME),
        "started": shapes.short(100),
        "seconds": shapes.number(0, 1e9),
        "status": shapes.one_of(STATUSES),
        "exit": shapes.whole(-(2**31), 2**31),
        "message": shapes.long(100_000),
        "output": shapes.long(100_000),
        "placement": shapes.long(100_000),
        "cpus": shapes.list_of(shapes.whole(-1, 2**31)),
        "figures": shapes.map_of(shapes.anything),
    },
    {},
)

# No machine counts so far or measures so finely.
LARGEST_FIGURE = 1e18
LEAST_FIGURE = 1e-18

# Of these a negative one is no measurement.
UNSIGNED = frozenset(
    "items bytes operations round_trips items_per_second bytes_per_second operations_per_second round_trip_ns "
    "p50_ns p90_ns p99_ns p99_9_ns max_ns makespan_s bound_s ideal_s bound_latency_s bound_cpu_s bound_bandwidth_s "
    "document_s enough_n window_s cpu_s threads oversubscribed capacity bytes_per_item peak_bytes tries deadlocks "
    "yardstick_before_ns yardstick_after_ns canary_before_ns canary_after_ns offered_per_second "
    "bare_standing_before_ns bare_standing_after_ns paused_standing_before_ns paused_standing_after_ns "
    "bare_walking_before_ns bare_walking_after_ns paused_walking_before_ns paused_walking_after_ns "
    "saturation_per_second".split()
)

FIELDS = ("schema", "method", *Sample.__dataclass_fields__)
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
            for number, line in enumerate(line_file.lines_of(file, path), start=1):
                if not line.endswith(b"\n"):
                    return whole, line
                whole += len(line)
                take(_record(line[:-1], path, number))
    except OSError as error:
        raise HandoffError(f"cannot read the samples {describe(error)}") from error
    return whole, b""


def check_version(thing: str, record: Mapping[str, Any]) -> None:
    for key, known in (("schema", (SCHEMA,)), ("method", READ_METHODS)):
        value = record.get(key)
        if type(value) is not int or value not in known:
            valid = ", ".join(map(str, known))
            raise HandoffError(f"{thing}: unknown {key} {strict_json.quoted(value)}; valid: {valid}")


def _record(line: bytes, path: Path, number: int) -> dict[str, Any]:
    try:
        record = strict_json.line(line)
    except ValueError as error:
        raise HandoffError(f"{path}:{number}: corrupt line, {error}") from error
    if not isinstance(record, dict):
        raise HandoffError(f"{path}:{number}: corrupt line, not a sample")
    check_version(f"{path}:{number}", record)
    try:
        SHAPE(record, "")
        _check_figures(record["figures"])
    except ValueError as error:
        raise HandoffError(f"{path}:{number}: corrupt line, {error}") from error
    return record


def _check_figures(figures: Mapping[str, Any]) -> None:
    values = figures.values()
    if not _NUMBERS.issuperset(map(type, values)):
        name, value = next(one for one in figures.items() if type(one[1]) not in _NUMBERS)
        raise ValueError(f"the figure {strict_json.quoted(name)} is {strict_json.quoted(value)}")
    # NaN is within no limits.
    if not all([-LARGEST_FIGURE <= value <= LARGEST_FIGURE for value in values]):
        name, value = next(one for one in figures.items() if not abs(one[1]) <= LARGEST_FIGURE)
        said = "too large a number" if abs(value) > LARGEST_FIGURE else "no number"
        raise ValueError(f"the figure {strict_json.quoted(name)} is {said}")
    for name in UNSIGNED & figures.keys():
        if not (figures[name] == 0 or figures[name] >= LEAST_FIGURE):
            raise ValueError(f"the figure '{name}' is {figures[name]!r}; valid: 0 or more")


class SampleLog:
    """The samples of a run that is being measured: each is on the disk before the next trial begins."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = open(path, "ab", buffering=0)  # unbuffered: nothing is retried when the file is closed
        try:
            self._lock()
            self.records = self._whole_records()
        except BaseException:
            self.close()
            raise

    def append(self, sample: Sample) -> None:
        self.check_in_place()
        line_file.append(self._file, self.path, sample.line())
        self.records.append(sample.record())

    def check_in_place(self) -> None:
        """That the file which is written is the one that will be read: somebody may have removed or replaced it."""
        line_file.check_in_place(self._file, self.path, len(self.records))

    def close(self) -> None:
        self._file.close()

    def _lock(self) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise HandoffError(f"{self.path}: another campaign is writing to it") from error
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                raise
            # Some sandboxes and file systems have none. Then it is for the user to start one campaign at a time.

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
