"""Download jobs that are run to be drawn: which, and running one with the stamps of its documents."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from ..run import cases, stamps, strategies
from ..run.cases import Case
from ..run.stamps import Document, Job
from . import runner, scratch
from .interrupt import Interrupt
from .runner import Layout, Settings

# A list short enough to be read, in the time that every strategy has in common.
SETTING = "n:4/items:24/latency:log_normal/ms:50/failures:0%/bandwidth:unlimited/time:virtual"

# What keeping the order costs, and its cure.
STRATEGIES = (strategies.ORDERED, strategies.BUFFERED, strategies.UNORDERED)

_COLUMNS = ("started_s", "ended_s", "delivered_s")

# So often, as the machine may disturb a job that has nothing to do with its speed.
_ATTEMPTS = 3


def case_of(strategy: str) -> Case:
    return cases.parse(f"{strategies.WORKLOAD}/{strategy}/{SETTING}")


def strategies_of(listed: Iterable[Case]) -> list[str]:
    """Those that can be drawn, of what a build lists."""
    return [case.implementation for case in listed if case == case_of(case.implementation)]


def to_draw(listed: Iterable[Case], measured: Iterable[Case]) -> list[Case]:
    """Of what a build lists: the strategies that are measured, if order is kept by one of them and by another
    not. A build from before there was the setting lists none."""
    chosen = {case.implementation for case in measured if case.workload == strategies.WORKLOAD}
    if not {strategies.ORDERED, strategies.UNORDERED} <= chosen:
        return []
    able = set(listed)
    wanted = [case_of(strategy) for strategy in STRATEGIES if strategy in chosen]
    return [case for case in wanted if case in able]


def run(
    program: Sequence[str], case: Case, settings: Settings, limit_s: float, interrupt: Interrupt
) -> Job | None:
    """None if the interruption came first."""
    for _ in range(_ATTEMPTS):
        job = _run_once(program, case, settings, limit_s, interrupt)
        if job is None or job.status != "voided":
            break
    return job


def _run_once(
    program: Sequence[str], case: Case, settings: Settings, limit_s: float, interrupt: Interrupt
) -> Job | None:
    with scratch.folder() as folder:
        path = Path(folder) / "stamps.csv"
        outcome = runner.run([*program, f"--stamps={path}"], case, settings, Layout(), limit_s, interrupt)
        if outcome is None:
            return None
        if outcome.status != "ok":
            return Job(case.name, outcome.status, outcome.message, [])
        try:
            documents = _documents(path)
            stamps.check_documents(case.name, documents)
        except (OSError, ValueError, KeyError, TypeError) as error:
            return Job(case.name, "failed", f"failed: no stamps of its documents ({error!r})", [])
    return Job(case.name, "ok", "", documents)


def _documents(path: Path) -> list[Document]:
    with open(path, newline="", encoding="utf-8") as file:
        rows = [tuple(float(row[column]) for column in _COLUMNS) for row in csv.DictReader(file)]
    return [(started, ended, delivered) for started, ended, delivered in rows]
