"""The fake benchmarks of these tests, as programs; and campaigns of them whose trials and looks are no processes.

To start a process takes ten times as long as what most of them do. What is about a process has one all the same: a
trial that misbehaves in it, the tests of one trial (test_runner), and whatever is run as a user runs it."""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import re
import time
import types
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from unittest import mock

import fake_benchmark
from fake_benchmark import SUFFIX, TO_ITS_PROCESS

from handoff.campaign import catalog, look, measuring, race, watched
from handoff.campaign.interrupt import Interrupt
from handoff.campaign.watched import ENDED, Ended

# A campaign begins with a listing by each of them, which takes a shell a tenth of the time of an interpreter.
FAKE_BENCHMARK = """#!/bin/sh
here=${0%/*}
name=${0##*/}
case "$*" in
  *--placement=compact*--benchmark_list_tests*)
    exec awk -v RS='"' -v name="$name/" 'index($0, name) == 1 { print $0 "/iterations:1/manual_time" }' "$here/cases.json" ;;
esac
exec /usr/bin/python3 -IS "$here/fake_benchmark.pyc" "$name" "$@"
"""

TRIAL_S = 0.06  # of a campaign's time takes a trial that is no process

_ask, _run = catalog.ask, watched.run


def _needs_a_process(command: Sequence[str]) -> bool:
    program = Path(command[0])
    if not program.is_file() or program.read_bytes() != FAKE_BENCHMARK.encode():
        return True
    chosen = next(
        (word.partition("=")[2] for word in command if word.startswith("--benchmark_filter=")), None
    )
    if chosen is None:
        return False
    rules = json.loads((program.parent / "behaviour.json").read_text())
    cases = [
        name
        for name in json.loads((program.parent / "cases.json").read_text())
        if re.search(chosen, name + SUFFIX)
    ]
    severe = [rule["case"] for rule in rules if rule["do"] in TO_ITS_PROCESS]
    return any(re.search(pattern, name) for pattern in severe for name in cases)


def _answer(command: Sequence[str], variables: Mapping[str, str]) -> tuple[int, str, str]:
    """Exit code, output and errors of a fake."""
    program, *options = command
    out, err, code = io.StringIO(), io.StringIO(), 0
    with (
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        mock.patch.dict(os.environ, variables),
    ):
        try:
            fake_benchmark.begin(str(Path(program).parent), Path(program).name, options)
        except SystemExit as ended:
            code = int(ended.code or 0)
    return code, out.getvalue(), err.getvalue()


def _asked(command: list[str]) -> str:
    """As catalog.ask, which says what is wrong with a program."""
    if not _needs_a_process(command):
        code, out, _ = _answer(command, {})
        if code == 0:
            return out
    return _ask(command)


class _Time:
    """Trials take all of it, and each the same: what a campaign does within its time does not depend on the machine."""

    def __init__(self) -> None:
        self._now_s = self._begun_s = time.monotonic()
        self._begun = datetime.now(timezone.utc)

    def monotonic(self) -> float:
        return self._now_s

    def run(
        self,
        command: Sequence[str],
        variables: Mapping[str, str],
        limit_s: float,
        interrupt: Interrupt,
        moves: bool = False,
    ) -> Ended:
        """As watched.run."""
        if interrupt.requested or moves or _needs_a_process(command):
            ended = _run(command, variables, limit_s, interrupt, moves)
        else:
            started = self._begun + timedelta(seconds=self._now_s - self._begun_s)
            code, out, err = _answer(command, variables)
            ended = Ended(ENDED, started.isoformat(timespec="milliseconds"), TRIAL_S, code, out, err)
        self._now_s += ended.seconds
        return ended


class _Looks:
    """As look.Beside asks."""

    def __init__(self) -> None:
        self._answers: dict[look.Beside, Iterator[dict[str, Any]]] = {}

    def ask(self, of: look.Beside) -> Any:
        if of not in self._answers:
            module = importlib.import_module(f"handoff.campaign.{of._module}")
            self._answers[of] = module.answers(of._run)
        return json.loads(json.dumps(next(self._answers[of])))


@contextlib.contextmanager
def in_this_process(looks: bool = True) -> Iterator[None]:
    """Campaigns within it are those of the fakes. `looks`: these, too, are taken here."""
    clock, asked = _Time(), _Looks()
    ask = asked.ask if looks else look.Beside.ask
    told = types.SimpleNamespace(monotonic=clock.monotonic)
    with (
        mock.patch.object(catalog, "ask", _asked),
        mock.patch.object(watched, "run", clock.run),
        mock.patch.object(measuring, "time", told),
        mock.patch.object(race, "time", told),
        mock.patch.object(look.Beside, "ask", lambda of: ask(of)),
    ):
        yield
