"""The campaign itself: block after block, trial after trial, each on the disk before the next."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from ..run import sampling
from ..run.cases import Case
from ..run.run_folder import RunFolder
from ..run.samples import Sample
from ..run.sampling import BlockRecord, Needs, BlockPlan, Sampling
from . import jobs, runner, schedule
from .catalog import Suite
from .interrupt import Interrupt
from .look import Look
from .progress import Display, State
from .runner import Settings
from .schedule import TrialCosts, StopRule, Trial, block_trials, interleaved

# A trial that takes this much longer than expected, and at least as long as its suite says, hangs.
LATE_FACTOR = 20

PRECISE, BLOCKS, BUDGET, INTERRUPTED = "precise", "blocks", "budget", "interrupted"  # how a campaign ended


@dataclass(frozen=True)
class MeasuredBuild:
    """What is measured, and where what comes of it goes."""

    suite: Suite
    folder: RunFolder


@dataclass(frozen=True)
class Design:
    """What is measured in which order, and for how long."""

    cases: list[Case]
    seed: int
    stop: StopRule
    sampling: Sampling | None  # None: every block is full

    def outlook(self, done: int, spent_s: float, full_s: float, thin_s: float) -> tuple[int, int, float]:
        first = None if self.sampling is None else self.sampling.first_blocks
        return schedule.outlook(self.stop, done, spent_s, full_s, thin_s, first)

    def thin_s(self, costs: TrialCosts, needs: Needs | None = None) -> float:
        """Of a thin block, on average."""
        if self.sampling is None:
            return 0.0
        known = needs or sampling.while_nothing_is_known(self.cases, self.sampling)
        usual = sampling.ThinBlocks(self.cases, replace(known, missing=frozenset()), self.sampling)
        trials = schedule.in_a_block(BlockPlan(tuple(self.cases), sampling.THIN_REPEATS))
        return sum(costs.of(case) / usual.period(case) for case, _ in trials)


class Campaign:
    """Of one build, or of several whose trials are interleaved: these in full blocks, as what is compared is
    each case of one build with the same of the other, and none is in the way."""

    def __init__(self, builds: Sequence[MeasuredBuild], settings: Settings, design: Design) -> None:
        assert len(builds) == 1 or design.sampling is None
        self.blocks_complete = 0
        self.ended = INTERRUPTED
        self._builds = builds
        self._settings = settings
        self._design = design
        self._costs = TrialCosts(settings)
        self._needs: Needs | None = None
        self._thin_s = 0.0
        self._done: set[tuple[int, int]] = set()  # block and position
        self._spent_s = 0.0
        self._failures = 0
        self._controls = set[str]().union(*(build.suite.controls() for build in builds))
        for build in builds:
            for record in build.folder.log.records:
                self._note(record)

    def measure(self, interrupt: Interrupt, display: Display) -> None:
        """Until there is enough or the interruption comes."""
        rule = self._design.sampling
        look = None if rule is None else Look(self._builds[0].folder.path)
        try:
            if self._record_jobs(interrupt, display):
                self._measure(look, interrupt, display)
        finally:
            if look is not None:
                look.close()

    def _record_jobs(self, interrupt: Interrupt, display: Display) -> bool:
        """Once for each build, before anything else, so that an interrupted run has its picture, too."""
        for build in self._builds:
            recorded = build.folder.stamps
            for case in jobs.to_draw(build.suite.cases, self._design.cases):
                if case.name in recorded.records:
                    continue
                program, limit = build.suite.command(case), self._limit_s(build, case)
                job = jobs.run(program, case, self._settings, limit, interrupt)
                if job is None:
                    return False
                recorded.append(job)
                if not job.is_sound:
                    display.say(f"{job.case}, for its picture: {job.message}")
        return True

    def _measure(self, look: Look | None, interrupt: Interrupt, display: Display) -> None:
        for block in itertools.count():
            plan = self._plan(block, look)
            if plan is None:
                self.ended = PRECISE
                return
            alone = block_trials(plan, self._design.seed, block)
            trials = interleaved(alone, self._design.seed, len(self._builds))
            pending = [trial for trial in trials if (trial.block, trial.position) not in self._done]
            if len(pending) == len(trials):
                if not self._design.stop.another(block, self._spent_s, self._block_s(plan)):
                    self.ended = BLOCKS if self._design.stop.has_all(block) else BUDGET
                    return
                self._store(block, plan)
            self._thin_s = self._design.thin_s(self._costs, self._needs)
            for left, trial in zip(range(len(pending), 0, -1), pending):
                display.show(self._state(block, pending[-left:]))
                if interrupt.requested or not self._run(trial, interrupt, display):
                    return
            self.blocks_complete = block + 1
            display.show(self._state(block, []))

    def _plan(self, block: int, look: Look | None) -> BlockPlan | None:
        """What the block holds, as it was planned before if it was; None if there is enough already."""
        if stored := self._builds[0].folder.plans.records.get(block):
            by_name = {case.name: case for case in self._design.cases}
            return BlockPlan(tuple(by_name[name] for name in stored.cases), stored.repeats)
        rule = self._design.sampling
        if rule is None or look is None or block < rule.first_blocks:
            return sampling.full_block(self._design.cases)
        start = time.monotonic()
        self._needs = look.needs()
        self._spent_s += time.monotonic() - start
        if rule.is_enough(self._needs):
            return None
        return sampling.thin_block(block, self._design.cases, self._needs, rule)

    def _store(self, block: int, plan: BlockPlan) -> None:
        """On the disk before the first trial, so that it is the same block after an interruption."""
        why = None if plan.needs is None else plan.needs.counts()
        names = [case.name for case in plan.cases]
        for plans in (build.folder.plans for build in self._builds):
            if block not in plans.records:
                plans.append(BlockRecord(block, plan.repeats, names, why))

    def _run(self, trial: Trial, interrupt: Interrupt, display: Display) -> bool:
        start = time.monotonic()
        build = self._builds[trial.build]
        limit = self._limit_s(build, trial.case)
        program = build.suite.command(trial.case)
        outcome = runner.run(program, trial.case, self._settings, trial.layout, limit, interrupt)
        if outcome is None:
            return False
        sample = Sample(
            block=trial.block,
            position=trial.position,
            case=trial.case.name,
            label=trial.label,
            **asdict(outcome),
        )
        build.folder.log.append(sample)
        self._note(sample.record(), time.monotonic() - start)
        if counts_as_failure(sample.record(), self._controls):
            display.say(f"{sample.case}: {sample.message}")
        return True

    def _limit_s(self, build: MeasuredBuild, case: Case) -> float:
        return limit_s(self._costs.of(case), build.suite.late_at_least_s(case))

    def _note(self, record: Mapping[str, Any], seconds: float | None = None) -> None:
        cost = record["seconds"] if seconds is None else seconds
        self._done.add((record["block"], record["position"]))
        self._spent_s += cost
        # A hung trial says nothing about how long the case takes when it works.
        if record["status"] != "hung":
            self._costs.note(record["case"], cost)
        self._failures += counts_as_failure(record, self._controls)

    def _block_s(self, plan: BlockPlan) -> float:
        return len(self._builds) * self._costs.of_block(plan)

    def _state(self, block: int, pending: list[Trial]) -> State:
        left_in_block = sum(self._costs.of(trial.case) for trial in pending)
        full_s = self._block_s(sampling.full_block(self._design.cases))
        full, thin, left = self._design.outlook(
            block + 1, self._spent_s + left_in_block, full_s, self._thin_s
        )
        return State(block, block + 1 + full + thin, self._spent_s, left_in_block + left, self._failures)


def limit_s(expected_s: float, at_least_s: float) -> float:
    """After how many seconds a trial hangs."""
    return max(at_least_s, LATE_FACTOR * expected_s)


def counts_as_failure(record: Mapping[str, Any], controls: Iterable[str]) -> bool:
    """Whether something is wrong with the implementation: a control may have to fail, and a sample that was
    voided was disturbed by the machine."""
    implementation = record["case"].split("/")[1]
    return record["status"] not in ("ok", "voided") and implementation not in controls


def failures(build: MeasuredBuild) -> str:
    """One line about what failed; empty if nothing did."""
    every = build.folder.log.records
    controls = build.suite.controls()
    bad = [record for record in every if counts_as_failure(record, controls)]
    if bad:
        count = len({record["case"] for record in bad})
        return (
            f"{len(bad)} of {len(every)} trials failed, in {count} {'case' if count == 1 else 'cases'}; "
            f"the first: {bad[0]['case']}: {bad[0]['message']}"
        )
    if every and all(record["status"] == "voided" for record in every):
        return f"all {len(every)} trials are voided, the first: {every[0]['message']}"
    undrawn = [job for job in build.folder.stamps.records.values() if not job.is_sound]
    return f"the job to be drawn failed: {undrawn[0].case}: {undrawn[0].message}" if undrawn else ""


def carry_through(
    campaign: Campaign, folder: RunFolder, interrupt: Interrupt, display: Display, said: Sequence[str]
) -> None:
    """Measures into the folder and records its end. Whatever happens, the display and the folder are closed."""
    try:
        try:
            for line in said:
                display.say(line)
            campaign.measure(interrupt, display)
        finally:
            display.close()
        folder.finish(campaign.blocks_complete, interrupt.requested, campaign.ended)
    finally:
        folder.close()
