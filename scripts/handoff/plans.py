"""blocks.jsonl: what each block was to hold, written before its first trial. By it a block is complete or not,
and a campaign that was stopped goes on with the block that it was at."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import HandoffError, describe

FILE_NAME = "blocks.jsonl"
SCHEMA = 1


@dataclass(frozen=True)
class BlockRecord:
    """A line."""

    block: int
    repeats: int  # of each label of the controls of the comparison
    cases: list[str]
    needs: Mapping[str, int] | None = None  # of a thin block: how many cases needed samples, and why

    def line(self) -> bytes:
        record = {"schema": SCHEMA} | vars(self)
        return json.dumps(record, ensure_ascii=False).encode() + b"\n"


def read(path: Path) -> tuple[dict[int, BlockRecord], int]:
    """The blocks, and the number of bytes of whole lines: a last line that was cut short was not begun yet."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return {}, 0  # a run from before there were plans: each block holds everything
    except OSError as error:
        raise HandoffError(f"cannot read the blocks {describe(error)}") from error
    whole = content.rfind(b"\n") + 1
    lines = content[:whole].splitlines()
    records = [_record(line, path, number) for number, line in enumerate(lines, start=1)]
    return {record.block: record for record in records}, whole


def _record(line: bytes, path: Path, number: int) -> BlockRecord:
    try:
        found: Any = json.loads(line)
        if found["schema"] != SCHEMA:
            raise HandoffError(f"{path}:{number}: unknown schema {found['schema']!r}; valid: {SCHEMA}")
        return BlockRecord(
            int(found["block"]), int(found["repeats"]), [str(one) for one in found["cases"]], found["needs"]
        )
    except (ValueError, KeyError, TypeError) as error:
        raise HandoffError(f"{path}:{number}: corrupt line, not a block ({error!r})") from error


class PlanLog:
    """The blocks of a run that is being measured: each is on the disk before its first trial."""

    def __init__(self, path: Path) -> None:
        self.records, whole = read(path)
        self._path = path
        self._file = open(path, "ab", buffering=0)
        self._file.truncate(whole)

    def append(self, record: BlockRecord) -> None:
        line = record.line()
        try:
            while line:
                line = line[self._file.write(line) :]
            os.fsync(self._file.fileno())
        except OSError as error:
            raise HandoffError(
                f"cannot write {self._path}: {os.strerror(error.errno or 0)}; what was measured before is "
                "kept, the same --out goes on from there"
            ) from error
        self.records[record.block] = record

    def close(self) -> None:
        self._file.close()
