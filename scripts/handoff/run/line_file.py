"""Files of lines that grow while a campaign measures: each line is on the disk before anything follows it. In a run
that is stored in the repository they are packed, and are only read."""

from __future__ import annotations

import contextlib
import io
import lzma
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Generic, Protocol, TypeVar

from ..errors import HandoffError, describe, write_bytes

# No line of a campaign comes near it: the longest are those of blocks.jsonl, with the names of all cases.
LONGEST_LINE = 4 << 20
LARGEST_UNPACKED = 1 << 30


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


def check_in_place(file: io.FileIO, path: Path, records: int) -> None:
    """Raises HandoffError if the open file is no longer at its path."""
    own = os.fstat(file.fileno())
    try:
        there = os.stat(path)
    except OSError:
        there = None
    if there is not None and (there.st_dev, there.st_ino) == (own.st_dev, own.st_ino):
        return
    measured = f"{records} sample{'' if records == 1 else 's'}"
    if own.st_nlink == 0:
        raise HandoffError(f"{path} has been removed during the run, and with it its {measured}")
    raise HandoffError(
        f"{path} has been moved during the run; its {measured} are where it is now, and nothing more is measured"
    )


def sync_folder(path: Path) -> None:
    """So that a file's new name is on the disk, too, where the file system knows of such a thing."""
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with contextlib.suppress(OSError):
            os.fsync(folder)
    finally:
        os.close(folder)


def packed(path: Path) -> Path:
    """Where the file's lines are once the run is stored."""
    return path.with_name(f"{path.name}.xz")


def open_lines(path: Path) -> IO[bytes]:
    """The lines, whether they are packed or not. Raises OSError as open does."""
    if path.exists() or not packed(path).exists():
        return open_regular(path)
    _check_packed(packed(path))
    return lzma.open(packed(path), "rb")


def open_regular(path: Path) -> IO[bytes]:
    """A pipe would be waited for, and a device never ends."""
    kind = os.stat(path).st_mode
    if not (stat.S_ISREG(kind) or stat.S_ISDIR(kind)):  # of a folder, open says that it is one
        raise HandoffError(f"{path}: neither a file nor a folder; valid: a file")
    return open(path, "rb")


def lines_of(file: IO[bytes], path: Path) -> Iterator[bytes]:
    """Each with its end; what is longer than any line that is written is no line."""
    number = 0
    while line := file.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            raise HandoffError(f"{path}:{number}: corrupt line, longer than {LONGEST_LINE >> 20} MiB")
        yield line


def _check_packed(path: Path) -> None:
    """Damage shows here, as an error of the file, and not in the midst of the lines; and so does a file that unpacks
    to more than any run has."""
    try:
        with lzma.open(path, "rb") as file:
            size = 0
            while part := file.read(1 << 20):
                size += len(part)
                if size > LARGEST_UNPACKED:
                    raise HandoffError(f"{path}: unpacks to more than {LARGEST_UNPACKED >> 20} MiB")
    except (lzma.LZMAError, EOFError) as error:
        raise HandoffError(f"{path}: not a packed file of lines ({error})") from error


def pack(path: Path, target: Path) -> None:
    """The same bytes in a tenth of the space."""
    write_bytes(target, lzma.compress(path.read_bytes(), preset=9 | lzma.PRESET_EXTREME))


def whole_lines(path: Path, thing: str) -> tuple[list[bytes], int]:
    """The lines, and their size: a last one that was cut short is none. Without the file there are none."""
    try:
        with open_lines(path) as file:
            lines = list(lines_of(file, path))
    except FileNotFoundError:
        return [], 0
    except OSError as error:
        raise HandoffError(f"cannot read the {thing} {describe(error)}") from error
    if lines and not lines[-1].endswith(b"\n"):
        lines.pop()
    return [line[:-1] for line in lines], sum(map(len, lines))


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
