"""Ctrl-C and its like as something to look at, never as an exception in the middle of a write."""

from __future__ import annotations

import os
import signal
from types import FrameType, TracebackType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupt:
    """While it is entered, a signal to end only makes `requested` true and `fd` readable."""

    def __init__(self) -> None:
        self.requested = False
        self.fd, self._write_fd = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._former: dict[signal.Signals, object] = {}

    def __enter__(self) -> Interrupt:
        # What whoever started us has us ignore (nohup, a shell's background job) goes on being ignored.
        heard = [number for number in _SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
        self._former = {number: signal.signal(number, self._note) for number in heard}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._former.items():
            signal.signal(number, handler)  # type: ignore[arg-type]
        os.close(self.fd)
        os.close(self._write_fd)

    def _note(self, number: int, frame: FrameType | None) -> None:
        if not self.requested:  # one byte will do, and the pipe never fills
            self.requested = True
            os.write(self._write_fd, b"!")
