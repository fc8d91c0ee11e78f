#!/usr/bin/python3
"""Draws who waited for whom: every document of a short download job, by strategies of one's choice, in virtual time.
The report has the same picture of the strategies that keep the order of results and of one that does not."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from matplotlib import pyplot

from handoff.campaign import catalog, jobs, measuring, schedule
from handoff.campaign.interrupt import Interrupt
from handoff.campaign.runner import Settings
from handoff.errors import HandoffError, MeasurementError, ends_with_one_line, unknown
from handoff.report.figures import gantt, style
from handoff.run import strategies
from handoff.run.cases import Case
from handoff.run.stamps import Document

ROOT = Path(__file__).resolve().parent.parent


def run(binary: Path, case: Case) -> list[Document]:
    limit = measuring.limit_s(schedule.Costs(Settings()).of(case))
    with Interrupt() as interrupt:
        job = jobs.run([str(binary)], case, Settings(), limit, interrupt)
    if job is None:
        raise KeyboardInterrupt
    if not job.is_sound:
        raise MeasurementError(f"{case.name}: {job.message}")
    return job.documents


def draw(drawn: dict[str, list[Document]], setting: dict[str, str], path: Path) -> None:
    with pyplot.rc_context(style.RC):
        figure = gantt.panels(drawn)
        style.frame(figure, gantt.title(setting), "one job of each strategy", gantt.legend())
        if path.suffix == ".png":
            path.write_bytes(style.png(figure))
        else:
            path.write_text(style.svg(figure, "gantt"), encoding="utf-8")
        pyplot.close(figure)


@ends_with_one_line
def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build-dir", type=Path, default=ROOT / "build" / "release")
    parser.add_argument(
        "--strategy",
        action="append",
        metavar="NAME",
        help=f"may be given again (default: {', '.join(jobs.STRATEGIES)})",
    )
    parser.add_argument("--out", type=Path, default=Path("gantt.svg"), help="ends in .svg or .png")
    given = parser.parse_args()
    if given.out.suffix not in (".svg", ".png"):
        raise HandoffError(f"unknown kind of file '{given.out}'; valid: .svg, .png")
    binary = catalog.built(given.build_dir / "benchmarks" / strategies.WORKLOAD).absolute()
    able = jobs.strategies_of(catalog.list_cases([str(binary)], []))
    chosen = given.strategy or list(jobs.STRATEGIES)
    for name in chosen:
        if name not in able:
            raise unknown("strategy", name, able)
    cases = {name: jobs.case_of(name) for name in chosen}
    draw({name: run(binary, case) for name, case in cases.items()}, cases[chosen[0]].keys, given.out)
    print(given.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
