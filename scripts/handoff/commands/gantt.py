"""The work of scripts/gantt.py: runs a download job by each strategy and draws its documents."""

from __future__ import annotations

import argparse
from pathlib import Path

from matplotlib import pyplot

from ..campaign import catalog, jobs, measuring, schedule
from ..campaign.interrupt import Interrupt
from ..campaign.runner import Settings
from ..errors import MeasurementError, unknown, write_bytes, write_text
from ..report.figures import gantt, style
from ..run import strategies
from ..run.cases import Case
from ..run.stamps import Document


def job(binary: Path, case: Case) -> list[Document]:
    limit = measuring.limit_s(schedule.TrialCosts(Settings()).of(case), catalog.LATE_AT_LEAST_S)
    with Interrupt() as interrupt:
        done = jobs.run([str(binary)], case, Settings(), limit, interrupt)
    if done is None:
        raise KeyboardInterrupt
    if not done.is_sound:
        raise MeasurementError(f"{case.name}: {done.message}")
    return done.documents


def draw(drawn: dict[str, list[Document]], setting: dict[str, str], path: Path) -> None:
    with pyplot.rc_context(style.RC):
        figure = gantt.panels(drawn)
        style.frame(figure, gantt.title(setting), "one job of each strategy", gantt.legend())
        if path.suffix == ".png":
            write_bytes(path, style.png(figure))
        else:
            write_text(path, style.svg(figure, "gantt"))
        pyplot.close(figure)


def run(given: argparse.Namespace) -> int:
    binary = catalog.built(given.build_dir / "benchmarks" / strategies.WORKLOAD).absolute()
    able = jobs.strategies_of(catalog.list_cases([str(binary)], []))
    chosen = given.strategy or list(jobs.STRATEGIES)
    for name in chosen:
        if name not in able:
            raise unknown("strategy", name, able)
    cases = {name: jobs.case_of(name) for name in chosen}
    draw({name: job(binary, case) for name, case in cases.items()}, cases[chosen[0]].keys, given.out)
    print(given.out)
    return 0
