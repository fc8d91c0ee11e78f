"""Files of lines that grow while a campaign measures: each line is on the disk before anything follows it. In a run
that is stored in the repository they are packed, and are only read."""

from __future__ import annotations

import io
import lzma
import os
from collections.abc import Callable
from pathlib import Path
from typing import IO, Generic, Protocol, TypeVar

from ..errors import HandoffError, describe


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


def packed(path: Path) -> Path:
    """Where the file's lines are once the run is stored."""
    return path.with_name(f"{path.name}.xz")


def open_lines(path: Path) -> IO[bytes]:
    """The lines, whether they are packed or not. Raises OSError as open does."""
    if not path.exists() and packed(path).exists():
        # Whole in memory: damage shows here, as an error of the file, and not in the midst of the lines.
        try:
            return io.BytesIO(lzma.decompress(packed(path).read_bytes()))
        except lzma.LZMAError as error:
            raise HandoffError(f"{packed(path)}: not a packed file of lines ({error})") from error
    return open(path, "rb")


def pack(path: Path, target: Path) -> None:
    """The same bytes in a tenth of the space."""
    target.write_bytes(lzma.compress(path.read_bytes(), preset=9 | lzma.PRESET_EXTREME))


def whole_lines(path: Path, thing: str) -> tuple[list[bytes], int]:
    """The lines, and their size: a last one that was cut short is none. Without the file there are none."""
    try:
        with open_lines(path) as file:
            content = file.read()
    except FileNotFoundError:
        return [], 0
    except OSError as error:
        raise HandoffError(f"cannot read the {thing} {describe(error)}") from error
    whole = content.rfind(b"\n") + 1
    return content[:whole].splitlines(), whole


class LineRecord(Protocol):
    def line(self) -> bytes:
        ...


Key = TypeVar("Key")
AnyRecord = TypeVar("AnyRecord", bound=LineRecord)


class LineLog(Generic[Key, AnyRecord]):
    """The records of a file's whole lines, by their keys, and more behind them: each is on the disk before anything
    follows it. What a write that was cut short has left is taken off. A new file is there from its first line on.
    """

    def __init__(
        self, path: Path, found: tuple[dict[Key, AnyRecord], int], key: Callable[[AnyRecord], Key]
    ) -> None:
        self.records, whole = found
        self._path = path
        self._key = key
        self._file: io.FileIO | None = None
        if path.exists():
            os.truncate(path, whole)

    def append(self, record: AnyRecord) -> None:
        if self._file is None:
            self._file = open(self._path, "ab", buffering=0)
        append(self._file, self._path, record.line())
        self.records[self._key(record)] = record

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
