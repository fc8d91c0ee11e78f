"""The campaign itself: block after block, trial after trial, each on the disk before the next."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from . import runner
from .cases import Case
from .catalog import Suite
from .interrupt import Interrupt
from .progress import Display, State
from .runner import Settings
from .samples import Log, Sample
from .schedule import Costs, StopRule, Trial, block_trials, interleaved

# A trial that takes this much longer than expected, and at least so many seconds, hangs. The harness itself
# gives up on a queue that keeps its threads after 6 s (drain_limit in benchmarks/harness/sample.cpp).
LATE_FACTOR = 20
LATE_AT_LEAST_S = 10.0


@dataclass(frozen=True)
class Build:
    """What is measured, and where its samples go."""

    suite: Suite
    log: Log


class Campaign:
    """Of one build, or of several whose trials are interleaved."""

    def __init__(
        self, builds: Sequence[Build], cases: list[Case], settings: Settings, seed: int, stop: StopRule
    ) -> None:
        self.blocks_complete = 0
        self._builds = builds
        self._cases = cases
        self._settings = settings
        self._seed = seed
        self._stop = stop
        self._costs = Costs(settings)
        self._done: set[tuple[int, int]] = set()  # block and position
        self._spent_s = 0.0
        self._failures = 0
        self._controls = set[str]().union(*(build.suite.controls() for build in builds))
        for build in builds:
            for record in build.log.records:
                self._note(record)

    def measure(self, interrupt: Interrupt, display: Display) -> None:
        """Until there are enough blocks or the interruption comes."""
        for block in itertools.count():
            alone = block_trials(self._cases, self._seed, block)
            trials = interleaved(alone, self._seed, len(self._builds))
            pending = [trial for trial in trials if (trial.block, trial.position) not in self._done]
            untouched = len(pending) == len(trials)
            if untouched and not self._stop.another(block, self._spent_s, self._block_s()):
                return
            for left, trial in zip(range(len(pending), 0, -1), pending):
                display.show(self._state(block, pending[-left:]))
                if interrupt.requested or not self._run(trial, interrupt, display):
                    return
            self.blocks_complete = block + 1
            display.show(self._state(block, []))

    def _run(self, trial: Trial, interrupt: Interrupt, display: Display) -> bool:
        start = time.monotonic()
        limit = limit_s(self._costs.of(trial.case))
        build = self._builds[trial.build]
        binary = build.suite.binary(trial.case)
        outcome = runner.run(binary, trial.case, self._settings, trial.layout, limit, interrupt)
        if outcome is None:
            return False
        sample = Sample(
            block=trial.block,
            position=trial.position,
            case=trial.case.name,
            label=trial.label,
            **asdict(outcome),
        )
        build.log.append(sample)
        self._note(asdict(sample), time.monotonic() - start)
        if counts_as_failure(asdict(sample), self._controls):
            display.say(f"{sample.case}: {sample.message}")
        return True

    def _note(self, record: Mapping[str, Any], seconds: float | None = None) -> None:
        cost = record["seconds"] if seconds is None else seconds
        self._done.add((record["block"], record["position"]))
        self._spent_s += cost
        # A hung trial says nothing about how long the case takes when it works.
        if record["status"] != "hung":
            self._costs.note(record["case"], cost)
        self._failures += counts_as_failure(record, self._controls)

    def _block_s(self) -> float:
        return len(self._builds) * self._costs.of_block(self._cases)

    def _state(self, block: int, pending: list[Trial]) -> State:
        block_s = self._block_s()
        left_in_block = sum(self._costs.of(trial.case) for trial in pending)
        planned = self._stop.planned_blocks(block + 1, self._spent_s + left_in_block, block_s)
        left = left_in_block + (planned - block - 1) * block_s
        return State(block, planned, self._spent_s, left, self._failures)


def limit_s(expected_s: float) -> float:
    """After how many seconds a trial hangs."""
    return max(LATE_AT_LEAST_S, LATE_FACTOR * expected_s)


def counts_as_failure(record: Mapping[str, Any], controls: Iterable[str]) -> bool:
    """Whether something is wrong with the implementation: a control may have to fail, and a sample that was
    voided was disturbed by the machine."""
    implementation = record["case"].split("/")[1]
    return record["status"] not in ("ok", "voided") and implementation not in controls


def failures(records: Iterable[Mapping[str, Any]], controls: Iterable[str]) -> str:
    """One line about what failed; empty if nothing did."""
    every = list(records)
    bad = [record for record in every if counts_as_failure(record, controls)]
    if not bad:
        if every and all(record["status"] == "voided" for record in every):
            return f"all {len(every)} trials are voided, the first: {every[0]['message']}"
        return ""
    count = len({record["case"] for record in bad})
    return (
        f"{len(bad)} of {len(every)} trials failed, in {count} {'case' if count == 1 else 'cases'}; "
        f"the first: {bad[0]['case']}: {bad[0]['message']}"
    )
