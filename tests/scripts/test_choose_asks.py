"""scripts/choose.py on a terminal: without arguments it asks."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import HANG_S, ROOT
from synthetic_run import Spec, write

END = "\x04"  # Ctrl-D


@dataclass
class Dialogue:
    """What stands on a terminal, and the keys of who sits before it."""

    terminal: int
    process: subprocess.Popen[bytes]
    shown: str = ""

    def answers(self, question: str, keys: str) -> None:
        """Waits for the question, which begins after what was answered before."""
        self._until(question)
        os.write(self.terminal, f"{keys}\n".encode() if keys != END else END.encode())

    def rest(self) -> str:
        self._until(None)
        return self.shown

    def _until(self, wanted: str | None) -> None:
        end = time.monotonic() + HANG_S
        while wanted is None or wanted not in self.shown:
            assert time.monotonic() < end, f"waited in vain for {wanted!r} after: {self.shown}"
            if not select.select([self.terminal], [], [], 1.0)[0]:
                continue
            try:
                self.shown += re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", os.read(self.terminal, 65536).decode())
            except OSError:  # the other side is closed
                assert wanted is None, f"ended before {wanted!r}: {self.shown}"
                return
        if wanted is not None:
            self.shown = self.shown.partition(wanted)[2]


@contextmanager
def terminal(*arguments: str) -> Iterator[Dialogue]:
    mine, its = pty.openpty()
    termios.tcsetwinsize(its, (24, 80))
    command = [sys.executable, "-B", str(ROOT / "scripts" / "choose.py"), *arguments]
    process = subprocess.Popen(command, stdin=its, stdout=its, stderr=its, start_new_session=True)
    os.close(its)
    try:
        yield Dialogue(mine, process)
    finally:
        process.kill()
        process.wait()
        os.close(mine)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    queues = ("vyukov_mpmc_ring", "mutex_ring", "moodycamel_blocking_concurrent_queue")
    spec = Spec(queues=queues, workloads=("ping_pong",), places=(49.0,), blocks=8)
    return write(tmp_path_factory.mktemp("asked") / "run", spec)


def test_without_arguments_it_asks_and_answers(run: Path) -> None:
    with terminal() as one:
        one.answers("Best at what?", "speed")
        one.answers("unknown goal 'speed'; valid: throughput, ", "round_trip")
        one.answers("How many producers?", "two")
        one.answers("'two' is no whole number", "1")
        one.answers("How many consumers?", "")
        one.answers("Bytes of an item?", "8")
        one.answers("In which order?", "fifo")
        one.answers("Bounded?", "unbounded-ish")
        one.answers("'unbounded-ish' is no whole number", "either")
        one.answers("Must others go on when a thread stalls?", "n")
        one.answers("May a waiting thread spin?", "n")
        one.answers("Answer from a stored run?", "/nowhere")
        one.answers("'/nowhere' is no run", str(run))
        said = one.rest()
        assert one.process.wait() == 0
    asked = "--goal round_trip --producers 1 --consumers 1 --item 8 --order fifo --wait block --from"
    assert f"The same, without being asked: scripts/choose.py {asked} {run}" in said
    assert "→ vyukov_mpmc_ring" in said and "For a design review" in said


def test_a_rate_is_asked_for_where_the_goal_needs_one() -> None:
    with terminal() as one:
        one.answers("Best at what?", "p99")
        one.answers("At which rate?", "fast")
        one.answers("--rate 'fast'; valid: items per second", "200k")
        one.answers("How many producers?", END)
        said = one.rest()
        assert one.process.wait() == 2
    assert "error: the answers ended before the questions; --help lists them as options" in said


def test_with_arguments_it_does_not_ask(run: Path) -> None:
    with terminal("--goal", "round_trip", "--wait", "block", "--from", str(run)) as one:
        said = one.rest()
        assert one.process.wait() == 0
    assert "→ vyukov_mpmc_ring" in said and "Best at what?" not in said


def test_no_verdict_is_cut_off_on_a_terminal_of_80_columns(run: Path) -> None:
    with terminal("--goal", "round_trip", "--wait", "block", "--from", str(run)) as one:
        lines = one.rest().splitlines()
    assert max(len(line) for line in lines if line.startswith(("queue ", "moodycamel_", "mutex_"))) <= 80
    told = {"best", "slower", "equivalent", "not known"}
    for name in ("vyukov_mpmc_ring", "mutex_ring", "moodycamel_blocking_concurrent_queue"):
        (row,) = [line for line in lines if line.startswith(f"{name} ")]
        assert re.split(r"  +", row.strip())[-1] in told, row
