"""A peer's own benchmark program and our cases of the same shape, in turns: blocks of fresh processes in a random order,
each framed by the yardstick."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy

from ..errors import HandoffError, MeasurementError
from ..run.cases import Case
from ..run.peers import folder
from ..run.peers.suite import CPUS, OURS, THEIRS, Clock, Foreign, Suite, disagrees
from ..run.samples import STATUSES, Sample, SampleLog
from . import catalog, runner, schedule, watched
from .interrupt import Interrupt
from .runner import Layout, Settings

# A peer's program measures all that it has, which takes minutes where there are many CPUs.
LIMIT_S = 3600.0
_FOREIGN = "foreign: "
_KEPT = 100_000  # of what it prints, as many characters as a line of the samples may have


@dataclass(frozen=True)
class Design:
    suite: Suite
    program: Path  # of the peer's
    ours: catalog.Suite
    cases: list[Case]  # of ours
    settings: Settings
    clock: Clock
    blocks: int
    seed: int

    @property
    def cpus(self) -> str:
        return self.settings.placement.removeprefix("cpus:")

    @property
    def trials(self) -> int:
        """In a block."""
        return len(self.suite.arguments) + self.suite.repeats * len(self.cases)


@dataclass(frozen=True)
class _Outcome:
    case: str
    label: str
    found: runner.TrialOutcome


def two_cpus() -> list[int]:
    """The lowest that this process may use: where there are two, peers that pin threads take these, too."""
    cpus = sorted(os.sched_getaffinity(0))
    if len(cpus) < CPUS:
        raise HandoffError(f"{len(cpus)} CPU may be used; a comparison takes {CPUS}")
    return cpus[:CPUS]


def measure(design: Design, log: SampleLog, interrupt: Interrupt, say: Callable[[str], None]) -> None:
    """Until all blocks are there or the interruption comes. If the peer's program fails in the first block, that is the
    end: it would fail in the others, too."""
    for block in range(design.blocks):
        start = time.monotonic()
        for position, (trial, layout) in enumerate(_trials(design, block)):
            of = _measured(design, trial, layout, interrupt)
            if of is None:
                return
            sample = Sample(block=block, position=position, case=of.case, label=of.label, **vars(of.found))
            log.append(sample)
            if sample.status != "ok":
                say(f"{sample.case}: {sample.message}")
                _refuse_if_hopeless(design, sample)
        say(f"block {block + 1} of {design.blocks}: {time.monotonic() - start:.0f} s")


def _refuse_if_hopeless(design: Design, sample: Sample) -> None:
    if sample.label != THEIRS or sample.block > 0 or sample.status in ("voided", "unverified"):
        return
    said = f"'{design.program}': {sample.message.removeprefix(_FOREIGN)}"
    raise HandoffError(said) if sample.message.startswith(_FOREIGN) else MeasurementError(said)


def _trials(design: Design, block: int) -> Iterator[tuple[tuple[str, ...] | Case, Layout]]:
    """The arguments of a run of the peer's, or a case of ours: in an order that follows from the seed and the block."""
    random = numpy.random.Generator(numpy.random.PCG64([design.seed, block]))
    trials: list[tuple[str, ...] | Case] = [*design.suite.arguments, *design.cases * design.suite.repeats]
    shuffled = [trials[index] for index in random.permutation(len(trials))]
    return zip(shuffled, schedule.layouts(random, len(trials)))


def _measured(
    design: Design, trial: tuple[str, ...] | Case, layout: Layout, interrupt: Interrupt
) -> _Outcome | None:
    if isinstance(trial, tuple):
        return _theirs(design, trial, layout, interrupt)
    return _ours(design, trial, layout, interrupt)


def _ours(design: Design, case: Case, layout: Layout, interrupt: Interrupt) -> _Outcome | None:
    limit_s = design.ours.late_at_least_s(case)
    found = runner.run(design.ours.command(case), case, design.settings, layout, limit_s, interrupt)
    return None if found is None else _Outcome(case.name, OURS, found)


def _theirs(
    design: Design, arguments: tuple[str, ...], layout: Layout, interrupt: Interrupt
) -> _Outcome | None:
    command = ["taskset", "-c", design.cpus, str(design.program), *arguments]
    # In the locale C numbers have no separators.
    variables = {"LC_ALL": "C", "HANDOFF_PADDING": "x" * layout.padding}
    bracket = catalog.built(design.ours.build_dir / "benchmarks" / "bracket")
    with _Frame(bracket, design.settings) as frame:
        # Some write a log where they stand.
        ended = watched.run(command, variables, LIMIT_S, interrupt, moves=True)
        if ended.why == watched.INTERRUPTED:
            return None
        error, figures = frame.close()
    status, message = _verdict(design, ended, error)
    said = ended.stdout if status == "ok" else f"{ended.stdout}\n{ended.stderr}"
    found = runner.TrialOutcome(
        started=ended.started,
        seconds=ended.seconds,
        status=status,
        exit=ended.exit,
        message=design.settings.anonymous(message),
        output=design.settings.anonymous(said)[:_KEPT],
        placement=design.settings.placement,
        cpus=frame.cpus,
        figures=figures,
    )
    return _Outcome(folder.case_name(design.suite, arguments), THEIRS, found)


def _verdict(design: Design, ended: watched.Ended, framed: str) -> tuple[str, str]:
    """Status and message of a run of the peer's."""
    if ended.why == watched.LATE:
        return "hung", f"hung: no end within {LIMIT_S:.0f} s"
    if ended.exit:
        kind = "crashed" if ended.exit < 0 else "failed"
        last = (ended.stderr.strip() or ended.stdout.strip() or "without a word").splitlines()[-1]
        return kind, f"{kind}: exit code {ended.exit}: {last}"
    wrong = design.suite.wrong
    lost = next((line for line in ended.stderr.splitlines() if wrong and wrong in line), "")
    if lost:
        return "unverified", f"unverified: {lost.strip()}"
    try:
        disagreement = disagrees(design.suite.read(ended.stdout, design.clock), ended.seconds)
    except Foreign as error:
        return "failed", f"{_FOREIGN}{error}"
    message = f"voided: {disagreement}" if disagreement else framed
    kind = message.partition(":")[0] if message else "ok"
    return kind if kind in STATUSES else "failed", message


class _Frame:
    """The program that takes the yardstick before and after, around what another program does."""

    def __init__(self, program: Path, settings: Settings) -> None:
        placed = [
            f"--threads={CPUS}",
            f"--placement={settings.placement}",
            f"--tsc_hz={settings.tsc_hz:.17g}",
        ]
        self._program = program
        self.cpus: list[int] = []
        try:
            self._process = subprocess.Popen(
                [str(program), *placed],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                start_new_session=True,  # Ctrl-C is ours to handle
            )
        except OSError as error:
            raise HandoffError(f"cannot run '{program}': {error.strerror}") from error

    def __enter__(self) -> _Frame:
        try:
            self.cpus = self._answer()["cpus"]
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def _end(self) -> None:
        self._process.kill()
        self._process.communicate()

    def close(self) -> tuple[str, dict[str, float]]:
        """What was wrong, and the figures."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        answer = self._answer()
        return str(answer["error"]), dict(answer["figures"])

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:  # it has said why on the standard error, which is ours, too
            raise MeasurementError(f"'{self._program}' ended with exit code {self._process.wait()}")
        return dict(json.loads(line))
