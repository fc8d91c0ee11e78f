"""Runs a check with a fault switched on, and says what came of it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ..errors import EXIT_MISUSE, HandoffError
from .mutations import BY_CHANCE, CAUGHT, NOT_CAUGHT, FaultCheck, Mutation

Json = dict[str, Any]

SCHEMA = "handoff-mutation-1"
FAILED_OTHERWISE = "failed otherwise"

# A step of a test that takes longer counts as hung: what a machine with much other work takes is no hang.
TEST_SECONDS = 60
# Where a hang is one of several reasons there is no need to wait as long, nor where every verdict will do; less still
# where a hang is the one reason. Only a run with such a fault is so impatient: the same test without the fault, and a
# fault that must not be caught, get the time above.
HANG_AMONG_OTHERS_SECONDS = 10
HANG_SECONDS = 3
# So, too, what is late, or held up, need not be so for 10 s.
PATIENCE_SECONDS = 1
# A fault that stops are to find is looked for until it is found, as a rule within seconds.
SEARCH_SECONDS = 30
RUN_SECONDS = 180.0
# All tests without a fault in one command, which each fault runs one of.
NONE_SECONDS = 900.0
# Whether threads meet is left to the scheduler: while other programs want the CPUs, too, ten runs of a test may pass
# without. So what must be caught is tried until it is: a caught fault costs as many tries as it needs, and only one
# that is missed costs all of them.
MOST_TRIES = 200
TRIES_SECONDS = 300.0
# The eventcount's tests have no watchdog of their own; without a fault they take a second.
EVENTCOUNT_SECONDS = 60.0

_MET = "the mutation is met\n"
_DIED = r"^mutants_\w+: (\w+\.\w+.*)$"
_ASSERTION = r": Failure\n((?:.|\n)*?)(?=\nGoogle Test trace:|\n\[|\n\n|\Z)"
_SANITIZER = r"^SUMMARY: \w+Sanitizer: (.+)$|runtime error: (.+)$"
_COMPLAINTS: Mapping[str, str] = {
    "exploration": r"^ *FAILED: (.+)$",
    "conformance": f"{_DIED}|{_ASSERTION}",
    "linearizability": rf"^\w+: BROKEN: (.+)$|{_DIED}",
    "thread_sanitizer": f"{_SANITIZER}|{_DIED}|{_ASSERTION}",
    "address_sanitizer": f"{_SANITIZER}|{_DIED}|{_ASSERTION}",
    "progress": f"{_DIED}|{_ASSERTION}",
}
# The suite of each check in tests/mutants; the others run the conformance suite.
_SUITES: Mapping[str, str] = {"linearizability": "linearizability", "progress": "progress"}
_SHOWN = 240  # characters of a complaint


@dataclass(frozen=True)
class Ended:
    """How a process ended: `code` is None if it had to be ended."""

    code: int | None
    output: str
    seconds: float


@dataclass(frozen=True)
class Result:
    cell: FaultCheck
    verdict: str
    reported: str | None
    seconds: float  # of all tries
    tries: int = 1

    @property
    def is_as_expected(self) -> bool:
        return self.cell.expected in (self.verdict, BY_CHANCE)

    @property
    def effort(self) -> str:
        return f"{self.tries} {'try' if self.tries == 1 else 'tries'}, {self.seconds:.1f} s"


def check(mutation: Mutation, cell: FaultCheck, build: Path) -> Result:
    limit = EVENTCOUNT_SECONDS if cell.subject == "eventcount" else RUN_SECONDS
    start = time.monotonic()
    tries = 0
    while True:
        settings = _haste(cell) | _seed(tries)
        ended = run(command(mutation.name, cell, build), mutation.name, limit, settings)
        tries += 1
        seconds = time.monotonic() - start
        if _is_settled(cell, ended) or not _may_try_again(cell, tries, seconds):
            break
    if not _is_met(cell, ended):
        last = ended.output.strip().splitlines()[-1:] or ["it printed nothing"]
        raise HandoffError(f"{mutation.name}, {cell.check}: the fault was not met: {last[0]}")
    reported = complaint(cell.check, ended.output)
    if ended.code is None:
        reported = f"did not end within {limit:g} s"
    return Result(cell, verdict(cell, ended, reported), reported, seconds, tries)


def _is_settled(cell: FaultCheck, ended: Ended) -> bool:
    """Not where a test itself came upon the fault before the sanitizer did, which was to find it."""
    if ended.code == 0:
        return False
    silent = cell.check.endswith("_sanitizer") and not re.search(_SANITIZER, ended.output, re.MULTILINE)
    return not silent or verdict(cell, ended, complaint(cell.check, ended.output)) == CAUGHT


def _may_try_again(cell: FaultCheck, tries: int, seconds: float) -> bool:
    """The explorer leaves nothing to chance; what need not be caught is not sought."""
    left_to_chance = cell.has_threads and cell.expected == CAUGHT
    return left_to_chance and tries < MOST_TRIES and seconds < TRIES_SECONDS


def _seed(tries_before: int) -> dict[str, str]:
    """Where a seed is given, another one for each try, which is printed; else each draws its own."""
    given = os.environ.get("HANDOFF_SEED", "")
    return {"HANDOFF_SEED": str(int(given) + tries_before)} if given.isdecimal() and tries_before else {}


def _is_met(cell: FaultCheck, ended: Ended) -> bool:
    """Whether the faulty code has run: else a check that passes has shown nothing."""
    if ended.code == EXIT_MISUSE:
        return False  # so the explorer says it, too
    return ended.code != 0 or cell.check == "exploration" or _MET in ended.output


def verdict(cell: FaultCheck, ended: Ended, reported: str | None) -> str:
    if ended.code == 0:
        return NOT_CAUGHT
    if reported is None or not cell.reason.search(reported):
        return FAILED_OTHERWISE
    return CAUGHT


def complaint(check: str, output: str) -> str | None:
    """The first thing that the check complained of, in one line."""
    match = re.search(_COMPLAINTS[check], output, re.MULTILINE)
    if match is None:
        return None
    text = " ".join(next(group for group in match.groups() if group is not None).split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def command(mutation: str, cell: FaultCheck, build: Path) -> list[str]:
    if cell.check == "exploration":
        explore = str(build / "tests/exploration/explore")
        return [explore, "--implementation", cell.subject, "--mutation", mutation]
    suite, test = _suite_and_test(cell)
    return suite_command(build, suite, [test])


def _suite_and_test(cell: FaultCheck) -> tuple[str, str]:
    test = cell.test or "*"
    if cell.subject == "eventcount":
        return "eventcount", f"eventcount_test.{test}"
    return _SUITES.get(cell.check, "conformance"), f"{cell.subject}.{test}"


def suite_command(build: Path, suite: str, tests: Sequence[str]) -> list[str]:
    binary = str(build / f"tests/mutants/mutants_{suite}")
    return [binary, "--gtest_brief=1", "--gtest_fail_fast=1", f"--gtest_filter={':'.join(tests)}"]


def run(
    command: Sequence[str],
    mutation: str,
    limit: float = RUN_SECONDS,
    settings: Mapping[str, str] = MappingProxyType({}),
) -> Ended:
    """In a process group of its own, so that a run that hangs leaves nothing behind."""
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        with subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            env=_environment(mutation, scratch) | settings,
        ) as process:
            try:
                output, _ = process.communicate(timeout=limit)
                code: int | None = process.returncode
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                output, _ = process.communicate()
                code = None
    return Ended(code, output, time.monotonic() - start)


def _environment(mutation: str, scratch: str) -> dict[str, str]:
    # A proof of a faulty queue must not lie beside the others.
    return os.environ | {
        "HANDOFF_MUTATION": mutation,
        "HANDOFF_TEST_SECONDS": str(TEST_SECONDS),
        "HANDOFF_PROOFS": scratch,
        "HANDOFF_STRESS": "quick",
        "TSAN_OPTIONS": "halt_on_error=1",
    }


def _haste(cell: FaultCheck) -> dict[str, str]:
    """What a check is told of whether it must catch the fault, and for which reason."""
    if cell.expected == BY_CHANCE:
        return {"HANDOFF_TEST_SECONDS": str(HANG_AMONG_OTHERS_SECONDS)}
    if cell.expected != CAUGHT:
        return {}
    settings = {"HANDOFF_PATIENCE_SECONDS": str(PATIENCE_SECONDS)}
    if cell.hangs:
        settings["HANDOFF_TEST_SECONDS"] = str(HANG_SECONDS)
    elif cell.may_hang:
        settings["HANDOFF_TEST_SECONDS"] = str(HANG_AMONG_OTHERS_SECONDS)
    if cell.check == "progress":
        settings |= {"HANDOFF_STRESS": "deep", "HANDOFF_DEEP_SECONDS": str(SEARCH_SECONDS)}
    return settings


def write(mutation: Mutation, effort: str, results: Sequence[Result], build: Path) -> None:
    folder = build / "proofs/mutations" / effort
    folder.mkdir(parents=True, exist_ok=True)
    record: Json = {
        "schema": SCHEMA,
        "effort": effort,
        "mutation": mutation.name,
        "implementations": list(mutation.implementations),
        "what": mutation.what,
        "catalogue": mutation.catalogue,
        "checks": {
            one.cell.check: {
                "expected": one.cell.expected,
                "verdict": one.verdict,
                "subject": one.cell.subject,
                "reported": one.reported,
                "tries": one.tries,
                "seconds": round(one.seconds, 3),
            }
            for one in results
        },
    }
    text = json.dumps(record, indent=1, ensure_ascii=False) + "\n"
    (folder / f"{mutation.name}.json").write_text(text, encoding="utf-8")


def commands_without_fault(cells: Sequence[FaultCheck], build: Path) -> list[list[str]]:
    """One command per suite, which runs all tests that any of the cells runs; the explorer's own tests do so."""
    suites: dict[str, set[str]] = {}
    for cell in cells:
        if cell.check != "exploration":
            suite, test = _suite_and_test(cell)
            suites.setdefault(suite, set()).add(test)
    return [suite_command(build, suite, sorted(tests)) for suite, tests in suites.items()]
