"""Files of lines that grow while a campaign measures: each line is on the disk before anything follows it."""

from __future__ import annotations

import io
import os
from pathlib import Path

from .errors import HandoffError, describe


def append(file: io.FileIO, path: Path, line: bytes) -> None:
    try:
        while line:
            line = line[file.write(line) :]
        os.fsync(file.fileno())
    except OSError as error:
        raise HandoffError(
            f"cannot write {path}: {os.strerror(error.errno or 0)}; what was measured before is "
            "kept, the same --out goes on from there"
        ) from error


def whole_lines(path: Path, thing: str) -> tuple[list[bytes], int]:
    """The lines, and their size: a last one that was cut short is none. Without the file there are none."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return [], 0
    except OSError as error:
        raise HandoffError(f"cannot read the {thing} {describe(error)}") from error
    whole = content.rfind(b"\n") + 1
    return content[:whole].splitlines(), whole


class Appender:
    """Goes on behind the whole lines of a file, which is there from the first new line on."""

    def __init__(self, path: Path, whole: int) -> None:
        self._path = path
        self._whole = whole
        self._file: io.FileIO | None = None

    def append(self, line: bytes) -> None:
        if self._file is None:
            self._file = open(self._path, "ab", buffering=0)
            self._file.truncate(self._whole)
        append(self._file, self._path, line)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
