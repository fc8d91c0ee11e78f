"""Standard streams on which nothing that is said ends the program: they may be closed, lead to a terminal that has gone,
or know no more than ASCII. Needs only the standard library."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import sys
from collections.abc import Iterator
from typing import Any, TextIO, cast

# The terminal has gone, or its window.
_GONE = (errno.EIO, errno.ENXIO, errno.EBADF, errno.ENOTCONN)


class Unheard(io.TextIOBase):
    """Stands before a stream. Once what it leads to has gone, so that nobody listens, all goes to the null device; also
    what the processes say that are started then. `gone`: the errors that say so."""

    def __init__(self, stream: TextIO, gone: tuple[int, ...]) -> None:
        self._stream = stream
        self._gone = gone

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
            if error.errno not in self._gone:
                error.filename = error.filename or f"the stream '{self._stream.name}'"
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
    # Who reads the output from a pipe and goes wants no more of it; who reads the errors may still want the work done.
    out = cast(TextIO, Unheard(sys.stdout, _GONE))
    err = cast(TextIO, Unheard(sys.stderr, (*_GONE, errno.EPIPE)))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        yield


def flush_output() -> None:
    """What cannot be written now cannot be at the end of the program either, where it would be a traceback."""
    try:
        sys.stdout.flush()
    except OSError:
        _lead_nowhere(1)
        raise


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
