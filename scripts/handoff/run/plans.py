"""blocks.jsonl: what each block was to hold, written before its first trial. By it a block is complete or not,
and a campaign that was stopped goes on with the block that it was at."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import HandoffError
from . import line_file

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
    """The blocks, and the number of bytes of whole lines: a block whose line was cut short was not begun yet. A
    run from before there were plans has none: each block holds everything."""
    lines, whole = line_file.whole_lines(path, "blocks")
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


class PlanLog(line_file.Log[int, BlockRecord]):
    """The blocks of a run that is being measured: each is on the disk before its first trial."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, read(path), lambda record: record.block)
