#!/usr/bin/python3
"""Measures: runs the cases of a profile in interleaved blocks of fresh processes, and has the report written."""

from __future__ import annotations

import argparse
import secrets
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

from rich.console import Console

from handoff.campaign import catalog, environment, measuring, progress, redis_server, schedule
from handoff.campaign.catalog import Suite
from handoff.campaign.interrupt import Interrupt
from handoff.campaign.measuring import Design
from handoff.campaign.profiles import PRECISION, PROFILES, Profile
from handoff.campaign.runner import Settings
from handoff.campaign.schedule import StopRule
from handoff.campaign.selection import Selection
from handoff.errors import EXIT_INTERRUPTED, HandoffError, MeasurementError, ends_with_one_line, unknown
from handoff.run import sampling
from handoff.run.cases import Case
from handoff.run.run_folder import ENVIRONMENT_NAME, RunFolder
from handoff.run.sampling import BLOCKS_FOR_AN_INTERVAL, Sampling

ROOT = Path(__file__).resolve().parent.parent


class OneLineParser(argparse.ArgumentParser):
    """Says what is wrong in one line, as the scripts do for any other misuse."""

    def error(self, message: str) -> NoReturn:
        raise HandoffError(f"{message}; --help lists the options")


@dataclass(frozen=True)
class Request:
    """The command line, checked."""

    options: argparse.Namespace
    profile: Profile
    settings: Settings
    budget_s: float | None
    precision: float | None  # if it was asked for
    stop: StopRule
    suite: Suite
    cases: list[Case]

    @property
    def sampling(self) -> Sampling:
        precision = self.profile.precision if self.precision is None else self.precision
        return Sampling(precision, self.profile.headlines(self.suite, self.cases))

    def design(self, seed: int, rule: Sampling) -> Design:
        """Who asks for a number of blocks gets so many full ones."""
        return Design(self.cases, seed, self.stop, rule if self.options.blocks is None else None)


def add_measuring_options(p: argparse._ActionsContainer) -> None:
    """What to measure, how and for how long."""
    p.add_argument("--profile", default="quick", help=f"{', '.join(PROFILES)} (default: quick)")
    add_selecting_options(p)
    add_redis_options(p)


def add_selecting_options(p: argparse._ActionsContainer) -> None:
    """The same for whoever has a profile of its own."""
    defaults = Settings()
    p.add_argument("--filter", metavar="REGEX", help="only cases whose name matches")
    p.add_argument("--impl", action="append", default=[], metavar="NAME", help="only this one; repeatable")
    p.add_argument(
        "--workload", action="append", default=[], metavar="NAME", help="only this one; repeatable"
    )
    p.add_argument("--wait", action="append", default=[], metavar="NAME", help="only this one; repeatable")
    p.add_argument("--time-budget", metavar="TIME", help="such as 90s or 5m (default: the profile's)")
    p.add_argument(
        "--blocks",
        type=int,
        metavar="N",
        help="as many full blocks, or fewer if the time is up; not adaptive",
    )
    p.add_argument("--out", type=Path, metavar="DIR", help="a new folder, or a run to go on with")
    p.add_argument("--seed", type=int, metavar="N", help="of the order of the trials (default: random)")
    p.add_argument("--placement", default=defaults.placement, help="compact, scatter, none or cpus:LIST")
    p.add_argument("--window-ms", type=float, default=defaults.window_ms, metavar="MS")
    p.add_argument("--ramp-ms", type=float, default=defaults.ramp_ms, metavar="MS")


def add_redis_options(p: argparse._ActionsContainer) -> None:
    p.add_argument(
        "--redis",
        metavar="URL",
        help="the server of the strategies over Redis: redis://HOST:PORT or unix:///PATH (default: one of its own)",
    )
    p.add_argument("--queue", metavar="NAME", help=f"which of its queues (default: {redis_server.QUEUE})")
    p.add_argument(
        "--workers-elsewhere",
        type=int,
        metavar="N",
        help="so many of the workers of each run are started by hand, on any host: download_worker --stays 1",
    )


def parser() -> argparse.ArgumentParser:
    p = OneLineParser(prog="campaign.py", description=__doc__, allow_abbrev=False)
    add_measuring_options(p)
    p.add_argument(
        "--precision",
        type=float,
        metavar="PERCENT",
        help="half-width of a headline's interval at which the campaign may end (default: the profile's, "
        f"{100 * PRECISION:g})",
    )
    p.add_argument("--build-dir", type=Path, default=ROOT / "build" / "release", metavar="DIR")
    p.add_argument("--list", action="store_true", help="print the cases and measure nothing")
    p.add_argument("--dry-run", action="store_true", help="print the cases and how long they would take")
    p.add_argument("--no-report", action="store_true", help="measure only")
    return p


def check_alone(options: argparse.Namespace) -> tuple[Profile, float | None]:
    """What can be said before anything is built: the profile, and the budget that is asked for."""
    if options.profile not in PROFILES:
        raise unknown("profile", options.profile, PROFILES)
    return PROFILES[options.profile], check_numbers(options)


def check_numbers(options: argparse.Namespace) -> float | None:
    """Returns the budget that is asked for."""
    if options.blocks is not None and options.blocks < 1:
        raise HandoffError(f"--blocks {options.blocks}: at least 1")
    if options.seed is not None and options.seed < 0:
        raise HandoffError(f"--seed {options.seed}: at least 0")
    return None if options.time_budget is None else schedule.parse_duration(options.time_budget)


def check(options: argparse.Namespace) -> Request:
    profile, budget_s = check_alone(options)
    check_precision(options, profile)
    settings = Settings(
        options.placement,
        options.window_ms,
        options.ramp_ms,
        redis=redis_server.asked_for(options.redis, options.queue, options.workers_elsewhere),
    )
    suite = catalog.load(options.build_dir, settings)
    settings = replace(settings, tsc_hz=suite.tsc_hz())
    selection = Selection(tuple(options.impl), tuple(options.workload), tuple(options.wait), options.filter)
    return Request(
        options=options,
        profile=profile,
        settings=settings,
        budget_s=budget_s,
        precision=None if options.precision is None else options.precision / 100,
        stop=schedule.stop_rule(profile.min_blocks, profile.budget_s, options.blocks, budget_s),
        suite=suite,
        cases=selection.of(profile, suite),
    )


def check_precision(options: argparse.Namespace, profile: Profile) -> None:
    if options.precision is None:
        return
    if not 0 < options.precision < 100:
        raise HandoffError(f"--precision {options.precision:g}: more than 0 and less than 100 per cent")
    if options.blocks is not None:
        raise HandoffError("--precision and --blocks: a number of blocks is measured whatever the precision")
    if options.time_budget is None and profile.budget_s is None:
        raise HandoffError(f"--precision: profile {profile.name} has no time budget; --time-budget sets one")


def plan_text(request: Request, rule: Sampling) -> str:
    costs = schedule.Costs(request.settings)
    design = request.design(0, rule)
    full_s = costs.of_block(sampling.full_block(request.cases))
    thin_s = design.thin_s(costs, rule.first_blocks)
    full, thin, all_s = design.outlook(0, 0.0, full_s, thin_s)
    few = (
        f"; a median's interval needs {BLOCKS_FOR_AN_INTERVAL} blocks"
        if full < BLOCKS_FOR_AN_INTERVAL
        else ""
    )
    blocks = f"about {full} blocks of {progress.clock(full_s)}"
    end = "in all"
    if thin:
        blocks = (
            f"about {full} full blocks of {progress.clock(full_s)} and {thin} thin ones of "
            f"{progress.clock(thin_s)}"
        )
        end = f"in all, or less if the headlines are known to ±{100 * rule.precision:g}% before"
    return (
        f"profile {request.profile.name}: {len(request.cases)} cases, {blocks}, "
        f"{progress.clock(all_s)} {end}{few}"
    )


def open_folder(request: Request) -> RunFolder:
    out = request.options.out
    seed = secrets.randbits(32) if request.options.seed is None else request.options.seed
    wanted = environment.describe(
        ROOT,
        request.suite,
        request.cases,
        request.settings,
        request.profile.name,
        seed,
        request.sampling,
    )
    if out is not None and (out / ENVIRONMENT_NAME).exists():
        return RunFolder.resume(out, wanted, request.options.seed, request.precision)
    return RunFolder.begin(ROOT / "reports", out, wanted)


def measure(request: Request, folder: RunFolder, interrupt: Interrupt, console: Console) -> int:
    """Measures into the folder and returns the number of complete blocks."""
    seed = folder.environment["seed"]
    rule = Sampling.from_dict(folder.environment["sampling"])
    campaign = measuring.Campaign(
        [measuring.Build(request.suite, folder)], request.settings, request.design(seed, rule)
    )
    display = progress.display(console)
    try:
        display.say(plan_text(request, rule))
        display.say(f"seed {seed}; measuring into {folder.path}; the same command with --out goes on with it")
        campaign.measure(interrupt, display)
    finally:
        display.close()
        folder.close()
    folder.finish(campaign.blocks_complete, interrupt.requested, campaign.ended)
    return campaign.blocks_complete


def write_report(folder: RunFolder) -> None:
    command = [sys.executable, str(ROOT / "scripts" / "report.py"), str(folder.path)]
    # Its own word is the path, too; once is enough.
    code = subprocess.run(command, stdout=subprocess.DEVNULL).returncode
    if code != 0:
        raise MeasurementError(
            f"the report of {folder.path} failed with exit code {code}; its samples are kept"
        )
    print(folder.path / "report.html")


def carry_out(request: Request) -> int:
    """Lists or measures; returns the exit code."""
    if request.options.list or request.options.dry_run:
        print("\n".join(case.name for case in request.cases))
        if request.options.dry_run:
            print(plan_text(request, request.sampling))
        return 0
    block_s = schedule.Costs(request.settings).of_block(sampling.full_block(request.cases))
    schedule.refuse_if_hopeless(request.stop, request.budget_s, block_s, len(request.cases))
    console = Console(stderr=True)
    folder = open_folder(request)
    with Interrupt() as interrupt:
        blocks = measure(request, folder, interrupt, console)
        if blocks == 0:
            print(f"no complete block, so no report; --out {folder.path} goes on", file=sys.stderr)
        elif not request.options.no_report:
            write_report(folder)
    if interrupt.requested:
        return EXIT_INTERRUPTED
    if failed := measuring.failures(measuring.Build(request.suite, folder)):
        raise MeasurementError(failed)
    return 0


@ends_with_one_line
def main(arguments: list[str] | None = None) -> int:
    return carry_out(check(parser().parse_args(arguments)))


if __name__ == "__main__":
    sys.exit(main())
