"""The work of scripts/campaign.py: measures the cases of a profile and has the report written."""

from __future__ import annotations

import argparse
import json
import secrets
import subprocess
import sys
from dataclasses import dataclass, replace
from typing import Any

from rich.console import Console

from ..campaign import catalog, company, environment, measuring, options, progress, rows, schedule
from ..campaign.catalog import Suite
from ..campaign.interrupt import Interrupt
from ..campaign.measuring import Design
from ..campaign.profiles import Profile
from ..campaign.runner import Settings
from ..campaign.schedule import StopRule
from ..campaign.selection import Selection
from ..errors import EXIT_INTERRUPTED, MeasurementError
from ..host.build import ROOT
from ..run import run_folder, sampling
from ..run.cases import Case
from ..run.run_folder import RunFolder
from ..run.sampling import BLOCKS_FOR_AN_INTERVAL, Sampling


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
    along: str = ""  # of what was not asked for

    @property
    def sampling(self) -> Sampling:
        precision = self.profile.precision if self.precision is None else self.precision
        contests = rows.contests(self.suite, self.cases) if self.profile.races else ()
        return Sampling(precision, self.profile.headlines(self.suite, self.cases), contests)

    def design(self, seed: int, rule: Sampling) -> Design:
        """Whoever asks for a number of blocks gets that many full ones."""
        return Design(self.cases, seed, self.stop, rule if self.options.blocks is None else None)


def check(given: argparse.Namespace) -> Request:
    """What only the build can say of options that options.check has found sound."""
    profile, budget_s = options.profile_of(given), options.budget_of(given)
    settings = options.settings_of(given)
    asked = selected(given)
    suite = catalog.load(
        given.build_dir, settings, lambda workload: profile.measures(workload) and asked.requires(workload)
    )
    chosen = asked.of(profile, suite)
    # Two builds that are compared need no controls, and have each other.
    along = company.of(chosen, suite) if given.impl and not getattr(given, "alone", True) else company.NOBODY
    return Request(
        options=given,
        profile=profile,
        settings=replace(settings, tsc_hz=suite.tsc_hz()),
        budget_s=budget_s,
        precision=None if given.precision is None else given.precision / 100,
        stop=schedule.stop_rule(profile.min_blocks, profile.seconds(suite), given.blocks, budget_s),
        suite=suite,
        cases=along.with_those(chosen, suite),
        along=str(along),
    )


def selected(given: argparse.Namespace) -> Selection:
    return Selection(tuple(given.impl), tuple(given.workload), tuple(given.wait), given.filter)


def plan_text(request: Request, rule: Sampling) -> str:
    costs = schedule.TrialCosts(request.settings)
    design = request.design(0, rule)
    full_s = costs.of_block(sampling.full_block(request.cases))
    thin_s = design.thin_s(costs)
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
        end = f"in all, or less if all contests are settled and the headlines known to ±{100 * rule.precision:g}%"
    planned = (
        f"profile {request.profile.name}: {len(request.cases)} cases, {blocks}, "
        f"{progress.clock(all_s)} {end}{few}"
    )
    return f"{planned}\n{request.along}" if request.along else planned


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
    if out is not None and run_folder.is_begun(out):
        return RunFolder.resume(out, wanted, request.options.seed, request.precision)
    return RunFolder.begin(ROOT / "reports", out, wanted)


def measure(request: Request, folder: RunFolder, interrupt: Interrupt, console: Console) -> int:
    """Measures into the folder and returns the number of complete blocks."""
    seed = folder.environment["seed"]
    rule = Sampling.from_dict(folder.environment["sampling"])
    campaign = measuring.Campaign(
        [measuring.MeasuredBuild(request.suite, folder)], request.settings, request.design(seed, rule)
    )
    where = f"seed {seed}; measuring into {folder.path}; the same command with --out goes on with it"
    display = progress.display(console)
    measuring.carry_through(campaign, folder, interrupt, display, [plan_text(request, rule), where])
    return campaign.blocks_complete


def write_report(folder: RunFolder, given: argparse.Namespace) -> None:
    command = [sys.executable, str(ROOT / "scripts" / "report.py"), str(folder.path)]
    # Its own word is the path, too; once is enough.
    code = subprocess.run(command, stdout=subprocess.DEVNULL).returncode
    if code != 0:
        raise MeasurementError(
            f"the report of {folder.path} failed with exit code {code}; its samples are kept"
        )
    if (found := folder.path / run_folder.SUMMARY_NAME).exists():
        print(
            f"\n{ending(json.loads(found.read_text(encoding='utf-8')), folder, given)}\nReport:",
            file=sys.stderr,
        )
    print(folder.path / "report.html")


def ending(summary: dict[str, Any], folder: RunFolder, given: argparse.Namespace) -> str:
    """What the run has found, and a command to copy."""
    # Here: its statistics take a second to import, which a campaign does without until its end.
    from ..report import ending

    if ending.is_open(summary):
        step = f"Next, for what is not known, as long again:\n    {options.again(given.command, folder.path)}"
    else:
        step = f"Next, what a change of yours does to it:\n    {options.comparing(given)}"
    return f"{ending.text(summary)}\n\n{step}"


def carry_out(request: Request) -> int:
    """Lists or measures; returns the exit code."""
    not_built = [workload for workload in request.suite.not_built if request.profile.measures(workload)]
    if not_built and not request.options.workload:
        names = ", ".join(not_built)
        print(f"note: not built, so without their cases: {names}", file=sys.stderr)
    if request.options.list or request.options.dry_run:
        print("\n".join(case.name for case in request.cases))
        if request.options.dry_run:
            print(plan_text(request, request.sampling))
        return 0
    block_s = schedule.TrialCosts(request.settings).of_block(sampling.full_block(request.cases))
    schedule.refuse_if_hopeless(request.stop, request.budget_s, block_s, len(request.cases))
    console = Console(stderr=True)
    folder = open_folder(request)
    with Interrupt() as interrupt:
        blocks = measure(request, folder, interrupt, console)
        if blocks == 0:
            print(f"no complete block, so no report; --out {folder.path} goes on", file=sys.stderr)
        elif not request.options.no_report:
            write_report(folder, request.options)
    if interrupt.requested:
        return EXIT_INTERRUPTED
    if failed := measuring.failures(measuring.MeasuredBuild(request.suite, folder)):
        raise MeasurementError(failed)
    return 0


def run(given: argparse.Namespace) -> int:
    return carry_out(check(given))
