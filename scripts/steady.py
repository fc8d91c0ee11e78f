#!/usr/bin/python3
"""Runs the tests of presets again and again: some times alone, and as often while two busy loops for each CPU want the
CPUs, too. Says which tests failed, and how often. A test that fails in any of these runs is not steady.

It runs what `ctest --preset` runs: all but the deep tests; scripts/test.sh builds them. Ends with exit code 1 if a
test failed. The busy loops end with this program, however it ends."""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # PYTHONSAFEPATH leaves it out
from handoff.host import interpreter

if __name__ == "__main__":
    interpreter.settle()

from handoff.proofs import ctest
from handoff.errors import EXIT_FAILED, HandoffError, describe, ends_with_one_line

ROOT = Path(__file__).resolve().parent.parent
PRESETS = ("tsan", "asan-ubsan", "release")
TIMES = 5
LOOPS_PER_CPU = 2

ALONE, BESIDE, BOTH = "alone", "beside", "both"
WORDS = {ALONE: "alone", BESIDE: "beside busy loops"}

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_libc = ctypes.CDLL(None, use_errno=True)


def _ending_with_us() -> Callable[[], None]:
    """For a process that is started: the kernel kills it when this one ends."""
    parent = os.getpid()

    def end_with_parent() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(EXIT_FAILED)

    return end_with_parent


@contextlib.contextmanager
def busy_loops(count: int) -> Iterator[list[int]]:
    """So many processes that do nothing but use a CPU each, if they get one; their numbers."""
    loops = [
        subprocess.Popen([sys.executable, "-ISc", "while True: pass"], preexec_fn=_ending_with_us())
        for _ in range(count)
    ]
    try:
        yield [loop.pid for loop in loops]
    finally:
        for loop in loops:
            loop.kill()
        for loop in loops:
            loop.wait()


@dataclass
class Tally:
    """How often each test failed, in how many runs of a preset, by what else there was to do."""

    preset: str
    runs: Counter[str] = field(default_factory=Counter)
    failures: dict[str, Counter[str]] = field(default_factory=lambda: {ALONE: Counter(), BESIDE: Counter()})

    def note(self, beside_what: str, outcomes: dict[str, ctest.CTestResult]) -> list[str]:
        """What failed in this run."""
        failed = sorted(name for name, outcome in outcomes.items() if not outcome.passed)
        self.runs[beside_what] += 1
        self.failures[beside_what].update(failed)
        return failed

    def lines(self) -> list[str]:
        names = sorted(set(self.failures[ALONE]) | set(self.failures[BESIDE]))
        return [
            f"{self.preset}: {name} failed in "
            + " and ".join(
                f"{self.failures[how][name]} of {self.runs[how]} runs {WORDS[how]}"
                for how in (ALONE, BESIDE)
                if self.runs[how]
            )
            for name in names
        ]


@dataclass(frozen=True)
class Ctest:
    only: str | None  # an expression; None: all tests

    def run(self, preset: str) -> dict[str, ctest.CTestResult]:
        """One run of the preset's tests. What a test that fails has to say is shown."""
        with tempfile.TemporaryDirectory() as folder:
            junit = Path(folder) / "results.xml"
            command = ["ctest", "--preset", preset, "--no-tests=error", "--output-junit", str(junit)]
            command += ["-R", self.only] if self.only is not None else []
            try:
                done = subprocess.run(
                    command,
                    cwd=ROOT,
                    capture_output=True,
                    text=True,
                    errors="replace",
                    preexec_fn=_ending_with_us(),
                )
            except OSError as error:
                raise HandoffError(f"cannot run ctest: {describe(error)}") from error
            outcomes = ctest.read(junit) if junit.exists() else {}
        if not outcomes:
            raise HandoffError(f"ctest runs no test of preset '{preset}': {_last_line(done)}")
        if done.returncode != 0:
            print(done.stdout, end="", flush=True)
            if all(one.passed for one in outcomes.values()):
                raise HandoffError(f"not all tests of preset '{preset}' could be run: {_last_line(done)}")
        return outcomes


def _last_line(done: subprocess.CompletedProcess[str]) -> str:
    said = (done.stderr or done.stdout).strip().splitlines()
    return said[-1] if said else f"exit code {done.returncode}"


def run_all(given: argparse.Namespace) -> list[Tally]:
    tests = Ctest(given.only)
    loops = given.loops * len(os.sched_getaffinity(0))
    tallies = [Tally(preset) for preset in given.presets]
    for tally in tallies:
        for how in WORDS if given.how == BOTH else (given.how,):
            with busy_loops(loops if how == BESIDE else 0):
                for number in range(1, given.times + 1):
                    start = time.monotonic()
                    outcomes = tests.run(tally.preset)
                    failed = tally.note(how, outcomes)
                    print(
                        f"{tally.preset}, {WORDS[how]}, {number} of {given.times}: {len(outcomes)} tests, "
                        f"{len(failed)} failed, {time.monotonic() - start:.0f} s",
                        flush=True,
                    )
    return tallies


def _expression(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise argparse.ArgumentTypeError(f"'{text}' is no regular expression: {error}") from error
    return text


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"'{text}': a whole number from 1 on")
    return int(text)


def _end(number: int, _: object) -> None:
    raise SystemExit(128 + number)


@ends_with_one_line
def main(arguments: list[str] | None = None) -> int:
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument(
        "presets", nargs="*", default=PRESETS, help=f"that are built (default: {' '.join(PRESETS)})"
    )
    p.add_argument("--times", type=_count, default=TIMES, help="runs of each kind (default: %(default)s)")
    p.add_argument(
        "--loops", type=_count, default=LOOPS_PER_CPU, help="busy loops for each CPU (default: %(default)s)"
    )
    p.add_argument(
        "--how", choices=(BOTH, ALONE, BESIDE), default=BOTH, help="what else there is to do (default: both)"
    )
    p.add_argument(
        "-R", dest="only", metavar="REGEX", type=_expression, help="only the tests whose names match"
    )
    given = p.parse_args(arguments)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)
    tallies = run_all(given)
    unsteady = [line for tally in tallies for line in tally.lines()]
    print("\n".join(unsteady) if unsteady else "every test passed in every run")
    return EXIT_FAILED if unsteady else 0


if __name__ == "__main__":
    sys.exit(main())
