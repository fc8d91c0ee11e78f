"""The frame around a measurement: the C++ program `bracket` takes yardstick, canary and clock before and after."""

from __future__ import annotations

import json
import subprocess
from typing import Any, Dict, List

from .window import FormError


class Frame:
    """Open from its construction, which returns when it is time to measure, until it is closed or left."""

    def __init__(self, program: str, placement: str, threads: int, tsc_hz: float) -> None:
        command = [program, f"--placement={placement}", f"--threads={threads}", f"--tsc_hz={tsc_hz!r}"]
        try:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, universal_newlines=True
            )
        except OSError as error:
            raise FormError(f"failed: cannot run '{program}': {error.strerror}") from error
        opened = self._answer()
        self.cpus: List[int] = opened["cpus"]
        self.oversubscribed = bool(opened["oversubscribed"])

    def __enter__(self) -> Frame:
        return self

    def __exit__(self, *why: object) -> None:
        """Nobody asks for the figures of a measurement that has failed."""
        self._process.kill()
        self._process.wait()

    def close(self) -> Dict[str, float]:
        """The frame's own figures."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        answer = self._answer()
        if answer["error"]:
            raise FormError(answer["error"])
        return dict(answer["figures"])

    def _answer(self) -> Dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            # It has said on the standard error, which is ours, too, what was wrong.
            raise SystemExit(self._process.wait() or 1)
        found: Dict[str, Any] = json.loads(line)
        return found
