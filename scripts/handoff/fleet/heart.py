"""Tells the board, while a job is under way, that its worker is alive; learns from it whether the job is still wanted."""

from __future__ import annotations

import threading
from collections.abc import Callable

from ..errors import HandoffError
from .board import Board
from .server import CutOff, Server

BEATS = 6  # within the time after which a worker counts as silent: five may get lost


class Heart:
    def __init__(
        self, server: Server, job: str, attempt: int, silent_s: float, progress: Callable[[], str]
    ) -> None:
        self.is_unwanted = False  # called off, or begun by another worker while this one was cut off
        self._server, self._job, self._attempt = server, job, attempt
        self._silent_s, self._progress = silent_s, progress
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> Heart:
        self._thread.start()
        return self

    def __exit__(self, *why: object) -> None:
        self._ended.set()
        self._thread.join()

    def _beat(self) -> None:
        board: Board | None = None
        while not self._ended.wait(self._silent_s / BEATS):
            try:
                # A connection of its own: the worker's is not for two threads at once.
                board = board or Board(self._server.connect())
                if not board.beat(self._job, self._attempt, self._silent_s, self._progress()):
                    self.is_unwanted = True
                    break
            except (CutOff, HandoffError):
                board = None  # it goes on measuring; what comes of it is not lost
        if board is not None:
            board.client.close()
