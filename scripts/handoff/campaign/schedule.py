"""Which trial comes next, how long it should take, and when a campaign has enough blocks."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy

from ..errors import HandoffError
from ..run import control_kinds, strategies
from ..run.cases import Case
from ..run.sampling import BlockPlan
from .runner import Layout, Settings

# The stack starts at another place for each size of the environment, in steps of 16 bytes; a page covers
# every place relative to it.
PADDING_LIMIT = 4096

# Steps of a cache line up to 96 KiB: below the size from which malloc maps memory of its own instead of moving
# the heap (M_MMAP_THRESHOLD, 128 KiB, mallopt(3)).
HEAP_GAP_STEP = 64
HEAP_GAP_LIMIT = 96 * 1024

# From the start of a process to its end, less ramp and window: clock calibration, yardsticks, verification.
PROCESS_S = 0.045

# Mean of the download's latencies: log-normal, median 4 ms, sigma 0.5 (benchmarks/downloads/job/list.cpp).
MEAN_DOWNLOAD_S = 0.004 * math.exp(0.5**2 / 2)

# In virtual time a document costs its hand-overs: some switches between threads. Pools and windows of 8 to 64
# took 17 to 32 µs for each of 500 documents on 2 CPUs; a thread for each document takes longer.
VIRTUAL_DOWNLOAD_S = 30e-6

# What the last documents of a log-normal list take, in medians.
DOWNLOAD_TAIL = 3.0


@dataclass(frozen=True)
class Trial:
    block: int
    position: int
    case: Case
    label: str
    layout: Layout
    build: int = 0  # which of the builds that are measured interleaved


def in_a_block(plan: BlockPlan) -> list[tuple[Case, str]]:
    """Each trial of a block, as its case and label."""
    return control_kinds.trials(plan.cases, plan.repeats)


def block_trials(plan: BlockPlan, seed: int, block: int) -> list[Trial]:
    """The trials of a block, in an order that follows from its plan, the seed and the block alone."""
    trials = in_a_block(plan)
    random = numpy.random.Generator(numpy.random.PCG64([seed, block]))
    order = random.permutation(len(trials))
    shuffled = (trials[index] for index in order)
    return [
        Trial(block, position, case, label, layout)
        for position, ((case, label), layout) in enumerate(zip(shuffled, layouts(random, len(trials))))
    ]


def layouts(random: numpy.random.Generator, count: int) -> list[Layout]:
    """Of so many trials."""
    paddings = random.integers(0, PADDING_LIMIT, size=count)
    gaps = HEAP_GAP_STEP * random.integers(0, HEAP_GAP_LIMIT // HEAP_GAP_STEP, size=count)
    return [Layout(padding, gap) for padding, gap in zip(paddings.tolist(), gaps.tolist())]


def interleaved(trials: list[Trial], seed: int, builds: int) -> list[Trial]:
    """Each trial once with each build, one directly after the other, so that the machine has hardly time to
    move between them; which build comes first follows from seed and block. Both have the same layout: what it
    does to a trial is no difference between the builds."""
    if builds == 1:
        return trials
    random = numpy.random.Generator(numpy.random.PCG64([seed, trials[0].block, builds]))
    orders = (random.permutation(builds).tolist() for _ in trials)
    return [
        replace(trial, position=builds * trial.position + place, build=build)
        for trial, order in zip(trials, orders)
        for place, build in enumerate(order)
    ]


class TrialCosts:
    """Seconds per trial of a case: guessed until it has been measured."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._measured: dict[str, float] = {}

    def note(self, case_name: str, seconds: float) -> None:
        self._measured[case_name] = seconds

    def of(self, case: Case) -> float:
        measured = self._measured.get(case.name)
        return self._guess(case) if measured is None else measured

    def of_block(self, plan: BlockPlan) -> float:
        return sum(self.of(case) for case, _ in in_a_block(plan))

    def _guess(self, case: Case) -> float:
        if case.workload == "download":
            return PROCESS_S + case.number("items") * MEAN_DOWNLOAD_S / case.number("n")
        if case.workload == strategies.WORKLOAD:
            return PROCESS_S + _downloading_s(case)
        if case.workload == "memory":
            return PROCESS_S
        return PROCESS_S + sum(self._settings.times_ms(case)) / 1000


def _downloading_s(case: Case) -> float:
    """The longest documents come last, and a list may have fewer than may be under way."""
    if case.keys.get("time") == "virtual":
        return case.number("items") * VIRTUAL_DOWNLOAD_S
    rounds = case.number("items") / case.number("n") + DOWNLOAD_TAIL
    return rounds * case.number("ms") / 1000


@dataclass(frozen=True)
class StopRule:
    """At least `min_blocks`; more while the budget lasts, but never more than `max_blocks`. A block is begun
    only if it should end within the budget."""

    min_blocks: int
    max_blocks: int | None
    budget_s: float | None

    def planned_blocks(self, done: int, spent_s: float, block_s: float) -> int:
        """How many blocks there will be in the end, as far as can be said after `done` of them."""
        affordable = 0
        if self.budget_s is not None:
            affordable = done + max(0, math.floor((self.budget_s - spent_s) / block_s))
        wanted = max(self.min_blocks, affordable)
        return max(done, wanted if self.max_blocks is None else min(wanted, self.max_blocks))

    def has_all(self, done: int) -> bool:
        """Whether it is the number of blocks that ends the campaign, not the time."""
        return self.budget_s is None or (self.max_blocks is not None and done >= self.max_blocks)

    def another(self, done: int, spent_s: float, block_s: float) -> bool:
        return self.planned_blocks(done, spent_s, block_s) > done


def outlook(
    stop: StopRule, done: int, spent_s: float, full_s: float, thin_s: float, first_blocks: int | None
) -> tuple[int, int, float]:
    """How many full and thin blocks are to come after `done` of them, and how long they take; None: all are
    full."""
    if first_blocks is None:
        full = stop.planned_blocks(done, spent_s, full_s) - done
        return full, 0, full * full_s
    full, end_s = 0, spent_s
    while done + full < first_blocks and stop.another(done + full, end_s, full_s):
        full += 1
        end_s += full_s
    thin = 0
    if done + full >= first_blocks:
        thin = stop.planned_blocks(done + full, end_s, thin_s) - done - full
    return full, thin, end_s + thin * thin_s - spent_s


def stop_rule(
    profile_blocks: int, profile_budget_s: float | None, blocks: int | None, budget_s: float | None
) -> StopRule:
    """What is asked for overrules the profile; a budget that is asked for is kept even if the intervals then
    lack blocks, while a profile's own is exceeded rather than that."""
    if blocks is not None:
        return StopRule(blocks if budget_s is None else 1, blocks, budget_s)
    if budget_s is not None:
        return StopRule(1, None, budget_s)
    return StopRule(profile_blocks, None, profile_budget_s)


def refuse_if_hopeless(rule: StopRule, asked_budget_s: float | None, block_s: float, count: int) -> None:
    """A budget under one block would measure, and report nothing."""
    if asked_budget_s is not None and asked_budget_s < block_s:
        raise HandoffError(
            f"--time-budget {asked_budget_s:.0f}s: one block of {count} cases takes about {block_s:.0f} s, and only "
            "complete blocks are reported; --filter, --impl and --workload take fewer cases"
        )
