"""Standard streams on which nothing that is said ends the program: they may be closed, lead to a terminal that has gone,
or know no more than ASCII. Needs only the standard library."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import sys
from collections.abc import Iterator
from typing import Any, TextIO

# The terminal has gone, or its window.
_GONE = (errno.EIO, errno.ENXIO, errno.EBADF, errno.ENOTCONN)


class Unheard(io.TextIOBase):
    """Stands before stderr. Once what it leads to has gone, so that nobody listens, all goes to the null device; also
    what the processes say that are started then."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._stream.encoding

    def isatty(self) -> bool:
        return self._stream.isatty()

    def fileno(self) -> int:
        return self._stream.fileno()

    def write(self, text: str) -> int:
        with self._unheard():
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with self._unheard():
            self._stream.flush()

    @contextlib.contextmanager
    def _unheard(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            # The reader of a pipe has gone: no more is to be said there either.
            if error.errno not in (*_GONE, errno.EPIPE):
                raise
            _lead_nowhere(self._stream.fileno())


@contextlib.contextmanager
def sound() -> Iterator[None]:
    """While a script's main runs."""
    for number in (0, 1, 2):
        _open_if_closed(number)
    sys.stdout = sys.stdout or _writer(1)
    sys.stderr = sys.stderr or _writer(2)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    with contextlib.redirect_stderr(Unheard(sys.stderr)):
        yield


def _open_if_closed(number: int) -> None:
    """Else the next file that is opened, such as the samples, gets the number, and with it what is said there."""
    try:
        os.fstat(number)
    except OSError:
        opened = os.open(os.devnull, os.O_RDWR)
        if opened != number:
            os.dup2(opened, number)
            os.close(opened)
        os.set_inheritable(number, True)


def _writer(number: int) -> TextIO:
    return open(number, "w", encoding="utf-8", errors="backslashreplace", closefd=False)


def _lead_nowhere(number: int) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, number)
    os.close(nowhere)
