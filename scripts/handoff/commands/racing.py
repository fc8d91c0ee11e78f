"""The measuring of scripts/choose.py: a race of those that would do, into a run's folder."""

from __future__ import annotations

import argparse
import secrets
import time
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console

from ..campaign import catalog, contests, environment, options, progress, race
from ..campaign.contests import Contests
from ..campaign.interrupt import Interrupt
from ..campaign.measuring import Design, MeasuredBuild, carry_through, failures
from ..campaign.profiles import PRECISION
from ..campaign.question import Question
from ..campaign.runner import Settings
from ..campaign.schedule import StopRule, TrialCosts
from ..errors import HandoffError, MeasurementError
from ..host.build import ROOT
from ..report import choice
from ..run.run_folder import ENVIRONMENT_NAME, RunFolder
from ..run.sampling import Sampling

PROFILE = "choose"

# From the last trial to the last line of the answer, and what Python took to start.
ANSWER_S = 5.0


@dataclass(frozen=True)
class Raced:
    path: Path
    interrupted: bool
    failed: str  # one line about what went wrong with an implementation; empty: nothing
    left_out: tuple[str, ...]  # promises whose price there was no time for


def measure(question: Question, given: argparse.Namespace, began: float) -> Raced:
    """`began`: when the command did, by the monotonic clock. Raises MeasurementError without a complete block."""
    if given.out is not None and (given.out / ENVIRONMENT_NAME).exists():
        raise HandoffError(f"--out '{given.out}' holds a run; valid: a new folder, or --from '{given.out}'")
    settings = Settings(given.placement)
    suite = catalog.load(given.build_dir, settings)
    question.check_wait(suite.catalog.get("waits", ()))
    settings = replace(settings, tsc_hz=suite.tsc_hz())
    able = choice.able_to(question, suite.catalog["queues"])
    end = began + options.parse_duration(given.time_budget) - ANSWER_S
    found = contests.of(question, suite, able.names)
    found = contests.affordable(found, TrialCosts(settings), end - time.monotonic())
    seed = secrets.randbits(32) if given.seed is None else given.seed
    rule = Sampling(PRECISION, (tuple(case.name for case in found.all[0].cases),))
    wanted = environment.describe(ROOT, suite, found.cases, settings, PROFILE, seed, rule)
    wanted |= {"question": question.as_dict(), race.KEY: race.described(found)}
    folder = RunFolder.begin(ROOT / "reports", given.out, wanted)
    build = MeasuredBuild(suite, folder)
    interrupted = _race(build, settings, found, StopRule(1, None, end - time.monotonic()))
    return Raced(folder.path, interrupted, failures(build), found.left_out)


def _race(build: MeasuredBuild, settings: Settings, found: Contests, stop: StopRule) -> bool:
    """Whether it was interrupted."""
    folder = build.folder
    design = Design(found.cases, folder.environment["seed"], stop, None)
    running = race.Race(build, settings, design, found)
    display = progress.display(Console(stderr=True))
    with Interrupt() as interrupt:
        time_left = progress.clock(stop.budget_s or 0.0)
        said = f"{len(found.racing)} cases race for {time_left}; measuring into {folder.path}"
        carry_through(running, folder, interrupt, display, [said])
        if running.blocks_complete == 0:
            raise MeasurementError(f"no complete block, so no answer; the samples are kept in {folder.path}")
        return interrupt.requested
