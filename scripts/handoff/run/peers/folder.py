"""What was measured beside a peer's benchmark, on the disk: beside.json, and a line for each trial in samples.jsonl. A
trial of the peer's is a run of its whole program; its line has what the program printed, as `output`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...errors import HandoffError, describe, unknown, write_text
from .. import samples, shapes, strict_json
from .known import SUITES
from .suite import Clock, Suite

HEADER_NAME = "beside.json"
SCHEMA = 1
LARGEST_HEADER = 1 << 20

_HEADER = shapes.fields(
    {
        "schema": shapes.one_of((SCHEMA,)),
        "peer": shapes.short(100),
        "tsc_hz": shapes.number(1e6, 1e12),
        "model": shapes.short(200),
        "cpus": shapes.list_of(shapes.whole(0, 2**31)),
        "trials": shapes.whole(1, samples.MOST_BLOCKS),  # in a complete block
    },
    {},
)


@dataclass(frozen=True)
class Measured:
    path: Path
    header: dict[str, Any]
    records: list[dict[str, Any]]  # of complete blocks

    @property
    def suite(self) -> Suite:
        return SUITES[self.header["peer"]]

    @property
    def clock(self) -> Clock:
        return Clock(self.header["tsc_hz"], self.header["model"])

    @property
    def blocks(self) -> int:
        return len({record["block"] for record in self.records})


def case_name(suite: Suite, arguments: tuple[str, ...]) -> str:
    """Of a run of the peer's program."""
    return f"beside/{suite.name}/part:{suite.arguments.index(arguments)}"


def begin(path: Path, header: dict[str, Any]) -> samples.SampleLog:
    """A new folder."""
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise HandoffError(f"--out '{path}' exists and is no empty folder; valid: a new one")
    path.mkdir(parents=True, exist_ok=True)
    write_text(path / HEADER_NAME, json.dumps({"schema": SCHEMA, **header}, indent=1) + "\n")
    return samples.SampleLog(path / samples.FILE_NAME)


def load(path: Path) -> Measured:
    if not path.is_dir():
        raise HandoffError(f"'{path}': there is no such folder")
    header = _header(path / HEADER_NAME)
    records = samples.read(path / samples.FILE_NAME).records
    counts: dict[int, int] = {}
    for record in records:
        counts[record["block"]] = counts.get(record["block"], 0) + 1
    whole = [record for record in records if counts[record["block"]] >= header["trials"]]
    return Measured(path, header, whole)


def _header(path: Path) -> dict[str, Any]:
    try:
        content = path.read_bytes()[:LARGEST_HEADER]
        header = strict_json.loads(content)
        _HEADER(header, "")
    except OSError as error:
        raise HandoffError(
            f"cannot read {describe(error)}; valid: a folder that beside.py has written"
        ) from error
    except ValueError as error:
        raise HandoffError(f"{path}: {error}") from error
    if header["peer"] not in SUITES:
        raise unknown("peer", header["peer"], SUITES)
    return dict(header)
