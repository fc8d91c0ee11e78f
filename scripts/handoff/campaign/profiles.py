"""Which cases a profile takes: by rules over the keys of the cases and the specs in the catalog. No rule
names an implementation, so that a new one joins without a change here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..run import strategies
from ..run.cases import Case
from ..run.control_kinds import comparison
from ..run.sampling import BLOCKS_FOR_AN_INTERVAL
from . import download_lists as lists, rows, whose
from .catalog import Suite
from .rules import CaseRule, Values

# docs/method.md: half-width of the interval that a headline case should reach.
PRECISION = 0.02


# How many queues the minutes of quick were chosen for.
IN_TIME = 22


@dataclass(frozen=True)
class Profile:
    name: str
    rules: tuple[CaseRule, ...] | None  # None: all cases
    min_blocks: int
    budget_s: float | None  # None: ends after min_blocks; else see seconds()
    precision: float = PRECISION
    is_brief: bool = False  # whether steady cases have a short window
    races: bool = False  # whether the rows of the decision table are contests
    more_s: float = 0.0  # for each queue that a build has beyond IN_TIME
    locks_s: float = 0.0  # for the rows of the locks, where a build has any
    waits_s: float = 0.0  # and for those of the ways to wait

    def seconds(self, suite: Suite) -> float | None:
        """What the campaign may take with this build's queues: each wants to be told apart."""
        if self.budget_s is None:
            return None
        queues = {entry["name"] for entry in suite.catalog["queues"]} & whose.ranked(suite)
        more = self.more_s * max(0, len(queues) - IN_TIME)
        for kind, seconds in (("locks", self.locks_s), ("ways_to_wait", self.waits_s)):
            known = {entry["name"] for entry in suite.catalog.get(kind, [])}
            more += seconds if known & whose.ranked(suite) else 0.0
        return self.budget_s + more

    def headlines(self, suite: Suite, cases: Sequence[Case]) -> tuple[tuple[str, ...], ...]:
        """Of the given cases those of each headline, the most important first. Where there is no headline the
        controls of the comparison come first, because what they do not find no case of this run could have
        shown, and all other cases are equally important."""
        names = [case.name for case in cases]
        chosen = [rule.select(suite) for rule in HEADLINES]
        headlines = [tuple(name for name in names if name in rank) for rank in chosen]
        others = whose.ranked(suite)
        controls = comparison(cases)
        compared = tuple(name for name in names if name in controls)
        rest = tuple(case.name for case in cases if case.implementation in others)
        for ranks in (headlines, (compared, rest)):
            if any(ranks):
                return tuple(rank for rank in ranks if rank)
        return (tuple(names),)

    def measures(self, workload: str) -> bool:
        """Whether it may have cases of this workload: nobody has to build the others."""
        return self.workloads is None or workload in self.workloads

    @property
    def workloads(self) -> tuple[str, ...] | None:
        """Those that it has cases of; None: all that there are."""
        return None if self.rules is None else tuple(sorted({rule.workload for rule in self.rules}))

    def select(self, suite: Suite) -> list[Case]:
        """In the order of the listing."""
        if self.rules is None:
            return list(suite.cases)
        names = set().union(*(rule.select(suite) for rule in self.rules))
        return [case for case in suite.cases if case.name in names]


# ---- which cases -------------------------------------------------------------------------------------------


def _throughput(
    p: str | tuple[str, ...] = "1", c: str | tuple[str, ...] = "1", **others: str | tuple[str, ...]
) -> Values:
    return {"p": p, "c": c, "wait": "pause", "item": "8", "capacity": "1024"} | others


def _bulk(*sizes: str) -> Values:
    """Items of a call."""
    return _throughput(bulk=sizes)


def _round_trip(wait: str | tuple[str, ...], queues: str = "2", report: str = "mean") -> Values:
    return {"queues": queues, "wait": wait, "report": report}


LOADS: tuple[Values, ...] = (
    {"p": "1", "c": "1", "wait": "pause", "arrivals": "poisson", "rate": ("10%", "50%", "80%", "95%")},
)

# So much that items lie in the queue and wait for one another.
BUSY: tuple[Values, ...] = ({"p": "1", "c": "1", "wait": "pause", "arrivals": "poisson", "rate": "80%"},)

# More threads than the reference machine has CPUs: a call under way may be put off in the middle.
NEARLY_FULL: tuple[Values, ...] = ({"t": "4", "wait": "pause", "capacity": "64", "free": "4"},)

# Short ones, of which there are enough in a short window.
STALLED: tuple[Values, ...] = ({"stop_ms": "1"},)

# Many items, so that what a queue takes at all events hardly counts. The figures are the same each time.
MEMORY: tuple[Values, ...] = ({"item": "8", "items": "65536"},)

# Held for 100 steps, and not held for 1,000.
LOCKED: tuple[Values, ...] = ({"t": "2", "inside": "100", "outside": "1000", "read": "0"},)

# What comes soon and what comes late, for a thread with a CPU of its own.
WAITED: tuple[Values, ...] = ({"waiters": "1", "gap_us": ("1", "10", "100", "1000", "10000"), "hungry": "0"},)
WAITED_BRIEFLY: tuple[Values, ...] = ({"waiters": "1", "gap_us": "100", "hungry": "0"},)

# A machine of 64 CPUs has 2,016 pairs, and a campaign is about its queues: those of 4 CPUs will do.
SOME_CPU_PAIRS = 6

# What a campaign's first two figures show. It ends when these are known precisely enough, and where the time does
# not suffice for that it goes to the first of them first.
HEADLINES = (
    CaseRule("ping_pong", whose.ranked, (_round_trip("pause"),)),
    CaseRule("producer_consumer", whose.ranked, (_throughput(),)),
)

SMOKE = (
    CaseRule("producer_consumer", whose.representative_queues, (_throughput(),)),
    CaseRule("producer_consumer", whose.mpmc_queues, (_throughput("2", "2"),)),
    CaseRule("bulk", whose.bulk_spsc_queue, (_bulk("16"),)),
    CaseRule("producer_consumer", whose.other_controls, (_throughput(),)),
    CaseRule("ping_pong", whose.representative_queues, (_round_trip("spin"),)),
    CaseRule("ping_pong", whose.mpmc_queues, (_round_trip(("block", "own")),)),
    CaseRule("ping_pong", whose.spsc_queue, (_round_trip("spin", report="distribution"),)),
    CaseRule("ping_pong", whose.controls_of_comparison, (_round_trip("pause"),)),
    CaseRule("load", whose.spsc_queue, BUSY),
    CaseRule("counter", whose.representative_counters, ({"t": ("1", "2"), "mix": "increment"},)),
    CaseRule("counter", whose.other_controls, ({"t": "2", "mix": "increment"},)),
    CaseRule("lock", whose.representative_locks, LOCKED),
    CaseRule("lock", whose.other_controls, ({},)),
    CaseRule("wait", whose.representative_waits, WAITED_BRIEFLY),
    CaseRule("wait", whose.other_controls, ({},)),
    CaseRule("nearly_full", whose.reservation_queue, NEARLY_FULL),
    CaseRule("stall", whose.reservation_queue, STALLED),
    CaseRule("memory", whose.mpmc_queues, MEMORY),
    CaseRule("core_to_core", whose.everyone, ({},), at_most=SOME_CPU_PAIRS),
    CaseRule("pitfalls", whose.everyone, ({},)),
)

# Each row of the decision table, for everybody who can do the job.
ANSWERS = tuple(row.rule() for row in rows.ROWS)

QUICK = (
    *ANSWERS,
    # The headline by the other wait, and what the rows do not have of each implementation. A queue's own push and
    # pop, too, where it has them: what loses items or wake-ups there is seen here.
    CaseRule("ping_pong", whose.representative_queues, (_round_trip("spin"),)),
    CaseRule("ping_pong", whose.ranked, (_round_trip("own"),)),
    CaseRule("counter", whose.everyone, ({"t": "2", "mix": "increment"},)),
    CaseRule("core_to_core", whose.everyone, ({},), at_most=SOME_CPU_PAIRS),
    CaseRule("nearly_full", whose.ranked, NEARLY_FULL),
    CaseRule("stall", whose.ranked, STALLED),
    CaseRule("producer_consumer", whose.other_controls, (_throughput(),)),
    CaseRule("lock", whose.other_controls, ({},)),
    CaseRule("wait", whose.other_controls, ({},)),
    CaseRule("ping_pong", whose.controls_of_comparison, (_round_trip("pause"),)),
    # Sweeps, on representatives.
    CaseRule("producer_consumer", whose.mpmc_queues, (_throughput(("1", "2"), ("1", "2")),)),
    CaseRule("producer_consumer", whose.mpmc_queues, (_throughput("4", "4"),)),
    CaseRule(
        "producer_consumer",
        whose.mpmc_queues,
        (_throughput(wait=("spin", "pause", "yield", "block", "own")),),
    ),
    CaseRule("producer_consumer", whose.mpmc_queues, (_throughput(item=("8", "64", "256", "move_only")),)),
    CaseRule("bulk", whose.bulk_queues, (_bulk("1", "4", "16", "64"),)),
    CaseRule("ping_pong", whose.closable_queue, (_round_trip(("pause", "block"), queues="1"),)),
    CaseRule(
        "ping_pong", whose.representative_queues, (_round_trip(("pause", "block"), report="distribution"),)
    ),
    CaseRule("load", whose.spsc_queue, LOADS),
    CaseRule("counter", whose.representative_counters, ({"t": ("1", "2", "4"), "mix": "increment"},)),
    CaseRule("counter", whose.two_counters, ({"t": "2", "mix": ("list_packed", "list_padded")},)),
    CaseRule("wait", whose.representative_waits, WAITED),
)

# What the articles tried that this project began with, and the downloads that threads are for. Apart from smoke and
# quick: they would shorten the minutes for the comparison of queues, and take a third of the build.
EXPERIMENTS = (
    CaseRule("producer_consumer", whose.other_controls, (_throughput(),)),
    CaseRule("producer_consumer", whose.closable_queue, (_throughput(wait=("spin", "block", "own")),)),
    CaseRule("producer_consumer", whose.stacks, (_throughput(wait=("spin", "block", "own")),)),
    CaseRule("load", whose.both_orders, BUSY),
    CaseRule("ping_pong", whose.controls_of_comparison, (_round_trip("pause"),)),
    CaseRule("ping_pong", whose.closable_queue, ({"queues": "2", "report": "mean"},)),
    CaseRule("ping_pong", whose.closable_queue, (_round_trip(("spin", "block"), queues="1"),)),
    CaseRule("counter", whose.everyone, ({"t": "2", "mix": ("increment", "add_subtract")},)),
    CaseRule("counter", whose.everyone, ({"t": ("1", "2"), "mix": ("list_packed", "list_padded")},)),
    CaseRule("download", whose.closable_queue, lists.DOWNLOADS),
    CaseRule("download", whose.closable_queue, lists.AS_MANY),
    CaseRule(strategies.WORKLOAD, whose.download_strategies, lists.SHORT_LIST),
    CaseRule(strategies.WORKLOAD, whose.download_strategies, lists.PAGES),
    CaseRule(strategies.WORKLOAD, whose.windows, lists.FOUR_AT_ONCE),
    CaseRule(strategies.WORKLOAD, whose.pool_windows_and_workers, lists.ACCIDENTS),
    CaseRule(strategies.WORKLOAD, whose.over_http, lists.ACCIDENTS_ON_THE_WIRE),
    CaseRule(strategies.WORKLOAD, whose.stages, lists.STAGES),
    CaseRule(strategies.WORKLOAD, whose.one_pool, lists.SHORT_SWEEP),
    CaseRule("download_saving", whose.everyone, lists.SAVING_AND_SYNCING),
    CaseRule("pitfalls", whose.everyone, ({},)),
)

# What docs/downloads.md promises: long lists, hundreds under way, and HTTP beside the simulated network.
LONG_DOWNLOADS = (
    CaseRule("producer_consumer", whose.other_controls, (_throughput(),)),
    CaseRule("ping_pong", whose.controls_of_comparison, (_round_trip("pause"),)),
    CaseRule("counter", whose.other_controls, ({"t": "2", "mix": "increment"},)),
    CaseRule(strategies.WORKLOAD, whose.windows, (lists.LONG_LIST | lists.SIMULATED | {"n": "8"},)),
    CaseRule(strategies.WORKLOAD, whose.one_pool, lists.LONG_SWEEP),
    CaseRule(strategies.WORKLOAD, whose.on_one_thread, lists.MANY_UNDER_WAY),
    CaseRule(strategies.WORKLOAD, whose.over_http, lists.STEADY),
    CaseRule(strategies.WORKLOAD, whose.over_http, lists.UNSTEADY),
    CaseRule(strategies.WORKLOAD, whose.over_http, lists.WITH_ACCIDENTS),
    CaseRule(strategies.WORKLOAD, whose.over_http, lists.OVER_A_LINK),
    CaseRule(strategies.WORKLOAD, whose.over_http, lists.OWN_RATES),
    CaseRule(strategies.WORKLOAD, whose.one_pool, lists.NARROW_LINK),
    CaseRule(strategies.WORKLOAD, whose.one_pool, lists.NEARBY),
    CaseRule(strategies.WORKLOAD, whose.pool_and_windows, lists.HOURS),
    CaseRule(strategies.WORKLOAD, whose.pool_and_windows, lists.IN_BOTH_TIMES),
)

PROFILES = {
    profile.name: profile
    for profile in (
        Profile("smoke", SMOKE, BLOCKS_FOR_AN_INTERVAL, 40.0, is_brief=True),
        # 5 minutes in all, less the report's time (15 s on 2 CPUs); 8 minutes with 45 queues.
        Profile(
            "quick",
            QUICK,
            BLOCKS_FOR_AN_INTERVAL,
            280.0,
            is_brief=True,
            races=True,
            more_s=7.8,
            locks_s=15.0,
            waits_s=15.0,
        ),
        Profile("experiments", EXPERIMENTS, BLOCKS_FOR_AN_INTERVAL, 280.0),
        # Eight minutes for the lists, the other half for the controls, which take many samples to settle.
        Profile("downloads", LONG_DOWNLOADS, BLOCKS_FOR_AN_INTERVAL, 960.0),
        Profile("full", None, BLOCKS_FOR_AN_INTERVAL, None),
    )
}
