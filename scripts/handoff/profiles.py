"""Which cases a profile takes: by rules over the keys of the cases and the specs in the catalog. No rule
names an implementation, so that a new one joins without a change here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import strategies
from .cases import Case
from .catalog import Suite
from .control_kinds import is_comparison
from .sampling import BLOCKS_FOR_AN_INTERVAL

Value = str | tuple[str, ...] | None  # None: the case has no such key
Values = Mapping[str, Value]
Chooser = Callable[[Suite], set[str]]

# notes/measurement.md: half-width of the interval that a headline case should reach.
PRECISION = 0.02


@dataclass(frozen=True)
class Rule:
    """Of each chosen implementation, the cases of a workload whose keys have the given values. Of several
    alternatives an implementation gets the first that it has cases for. Keys not named are free."""

    workload: str
    whose: Chooser
    alternatives: tuple[Values, ...]
    at_most: int | None = None  # of an implementation's cases, spread evenly over the listing

    def select(self, suite: Suite) -> set[str]:
        chosen = self.whose(suite)
        candidates: dict[str, list[Case]] = {}
        for case in suite.cases:
            if case.workload == self.workload and case.implementation in chosen:
                candidates.setdefault(case.implementation, []).append(case)
        return {case.name for cases in candidates.values() for case in self._first_match(cases)}

    def _first_match(self, cases: list[Case]) -> list[Case]:
        for values in self.alternatives:
            if found := [case for case in cases if _matches(case, values)]:
                return _spread(found, self.at_most)
        return []


@dataclass(frozen=True)
class Profile:
    name: str
    rules: tuple[Rule, ...] | None  # None: all cases
    min_blocks: int
    budget_s: float | None  # None: ends after min_blocks
    precision: float = PRECISION

    def headlines(self, suite: Suite, cases: Sequence[Case]) -> tuple[tuple[str, ...], ...]:
        """Of the given cases those of each headline, the most important first. Where there is no headline all
        cases are equally important, but for the controls."""
        names = [case.name for case in cases]
        chosen = (rule.select(suite) for rule in HEADLINES)
        ranks = (tuple(name for name in names if name in rank) for rank in chosen)
        others = ranked(suite)
        rest = tuple(case.name for case in cases if case.implementation in others)
        return tuple(rank for rank in ranks if rank) or (rest or tuple(names),)

    def select(self, suite: Suite) -> list[Case]:
        """In the order of the listing."""
        if self.rules is None:
            return list(suite.cases)
        names = set().union(*(rule.select(suite) for rule in self.rules))
        return [case for case in suite.cases if case.name in names]


def _matches(case: Case, values: Values) -> bool:
    return all(
        case.keys.get(key) in (allowed if isinstance(allowed, tuple) else (allowed,))
        for key, allowed in values.items()
    )


def _spread(cases: list[Case], at_most: int | None) -> list[Case]:
    if at_most is None or len(cases) <= at_most:
        return cases
    return [cases[i * len(cases) // at_most] for i in range(at_most)]


# ---- whose cases -------------------------------------------------------------------------------------------


def everyone(suite: Suite) -> set[str]:
    return {case.implementation for case in suite.cases}


def ranked(suite: Suite) -> set[str]:
    return everyone(suite) - suite.controls()


def controls_of_comparison(suite: Suite) -> set[str]:
    return {case.implementation for case in suite.cases if is_comparison(case)}


def other_controls(suite: Suite) -> set[str]:
    return suite.controls() - controls_of_comparison(suite)


def all_others(suite: Suite) -> set[str]:
    return everyone(suite) - controls_of_comparison(suite)


def _first(entries: Iterable[dict[str, Any]], **spec: Any) -> set[str]:
    for entry in entries:
        if not entry["control"] and all(entry.get(key) == value for key, value in spec.items()):
            return {entry["name"]}
    return set()


MPMC_RING = {"producers": "many", "consumers": "many", "bound": "bounded", "delivery": "fifo"}


def closable_queue(suite: Suite) -> set[str]:
    """The first bounded mpmc queue that waits by itself: what a careful programmer writes with a lock."""
    return _first(suite.catalog["queues"], **MPMC_RING, own_wait=True)


def reservation_queue(suite: Suite) -> set[str]:
    """The first bounded mpmc queue whose threads reserve slots without a lock."""
    return _first(suite.catalog["queues"], **MPMC_RING, failure="in_flight")


def stacks(suite: Suite) -> set[str]:
    """The bounded queues that give out the latest first."""
    bounded = (e for e in suite.catalog["queues"] if e.get("bound") == "bounded")
    return {e["name"] for e in bounded if e.get("delivery") == "lifo"} & ranked(suite)


def both_orders(suite: Suite) -> set[str]:
    """Two queues that differ only in which item comes out first."""
    lifo = MPMC_RING | {"delivery": "lifo"}
    return closable_queue(suite) | _first(suite.catalog["queues"], **lifo, own_wait=True)


def spsc_queue(suite: Suite) -> set[str]:
    return _first(suite.catalog["queues"], producers="one", consumers="one", bound="bounded")


def mpmc_queues(suite: Suite) -> set[str]:
    return closable_queue(suite) | reservation_queue(suite)


def representative_queues(suite: Suite) -> set[str]:
    return mpmc_queues(suite) | spsc_queue(suite)


def download_strategies(suite: Suite) -> set[str]:
    """All of them, but pools only over the queue that a careful programmer would take."""
    queues = {entry["name"] for entry in suite.catalog["queues"]}
    wanted = {None, *closable_queue(suite)}
    names = {case.implementation for case in suite.cases if case.workload == strategies.WORKLOAD}
    return {name for name in names if strategies.queue_of(name, queues) in wanted}


def one_pool(suite: Suite) -> set[str]:
    return {f"{strategies.POOL}_{queue}" for queue in closable_queue(suite)}


def windows(suite: Suite) -> set[str]:
    """So many under way at once: results in order, and as they come."""
    return {strategies.ORDERED, strategies.BUFFERED, strategies.UNORDERED} & everyone(suite)


def pool_and_windows(suite: Suite) -> set[str]:
    return one_pool(suite) | windows(suite)


def on_one_thread(suite: Suite) -> set[str]:
    return set(strategies.ON_ONE_THREAD) & everyone(suite)


def over_http(suite: Suite) -> set[str]:
    """A thread for each document under way, and one for all; beside what they are held against."""
    return {strategies.UNORDERED, strategies.MULTI} & everyone(suite)


def stages(suite: Suite) -> set[str]:
    """Pools over some queues, and what they are compared with."""
    return {strategies.SEQUENTIAL} | {f"{strategies.POOL}_{queue}" for queue in mpmc_queues(suite)}


def all_stages(suite: Suite) -> set[str]:
    """A pool over each queue, ended by stop items and by closing it, and what they are compared with."""
    queues = {entry["name"] for entry in suite.catalog["queues"]}
    pools = {name: strategies.pool_of(name, queues) for name in everyone(suite)}
    ends = (strategies.POOL, strategies.CLOSED_POOL)
    return {strategies.SEQUENTIAL} | {name for name, pool in pools.items() if pool and pool[0] in ends}


def one_claim(suite: Suite) -> set[str]:
    """Of the ways to claim a file's name the first."""
    return {case.implementation for case in [c for c in suite.cases if c.workload == "download_saving"][:1]}


def representative_counters(suite: Suite) -> set[str]:
    """The first of each kind of read."""
    return set().union(
        *(_first(suite.catalog["counters"], value=value) for value in ("exact", "quiescent", "lossy"))
    )


def two_counters(suite: Suite) -> set[str]:
    return set().union(*(_first(suite.catalog["counters"], value=value) for value in ("exact", "quiescent")))


# ---- which cases -------------------------------------------------------------------------------------------


def _throughput(
    p: str | tuple[str, ...] = "1", c: str | tuple[str, ...] = "1", **others: str | tuple[str, ...]
) -> Values:
    return {"p": p, "c": c, "wait": "spin", "item": "8", "capacity": "1024"} | others


def _round_trip(wait: str | tuple[str, ...], queues: str = "2", report: str = "mean") -> Values:
    return {"queues": queues, "wait": wait, "report": report}


# What a queue allows: many savers behind many downloaders, or one behind one.
DOWNLOADS: tuple[Values, ...] = (
    {"n": "8", "m": "2", "wait": "block"},
    {"n": "8", "m": "1", "wait": "block"},
    {"n": "1", "m": "1", "wait": "block"},
)

# Some tenths of a second each: the long lists are in the full profile.
SHORT_LIST: tuple[Values, ...] = ({"items": "64", "latency": "log_normal", "ms": "4", "time": "real"},)
# How many under way are enough.
SHORT_SWEEP: tuple[Values, ...] = ({"items": "200", "latency": "log_normal", "ms": "4", "time": "real"},)

# As long as the articles have them, and longer.
NO_ACCIDENTS: dict[str, Value] = {"failures": "0%", "bandwidth": "unlimited"}
LONG_LIST: dict[str, Value] = NO_ACCIDENTS | {"items": "500", "latency": "log_normal", "ms": "50"}
SIMULATED: dict[str, Value] = {"time": "real", "transport": None}
# Nothing to wait for: what a queue between two stages costs.
STAGES: tuple[Values, ...] = (NO_ACCIDENTS | SIMULATED | {"items": "10000", "ms": "0", "n": "1"},)
# A thread for each, up to what the machine hardly notices; and so many that the end of the list hardly counts.
LONG_SWEEP: tuple[Values, ...] = (LONG_LIST | SIMULATED | {"n": ("8", "16", "32", "64")},)
MANY_UNDER_WAY: tuple[Values, ...] = (NO_ACCIDENTS | {"items": "25600", "n": "256", "time": "real"},)
# The same lists over both networks.
STEADY: tuple[Values, ...] = (
    NO_ACCIDENTS | {"items": "500", "latency": "constant", "ms": ("5", "20"), "n": "8", "time": "real"},
)
UNSTEADY: tuple[Values, ...] = (LONG_LIST | {"n": ("8", "64"), "time": "real"},)
# Hours, of which nobody waits for a second.
HOURS: tuple[Values, ...] = ({"items": "100000", "n": "256", "time": "virtual"},)
IN_BOTH_TIMES: tuple[Values, ...] = (LONG_LIST | {"n": "8", "time": "virtual"},)

# Savers that want the same names; what the disk takes is another question.
SAVING: tuple[Values, ...] = ({"n": "8", "sync": "none"},)

LOADS: tuple[Values, ...] = (
    {"p": "1", "c": "1", "wait": "spin", "arrivals": "poisson", "rate": ("10%", "50%", "80%", "95%")},
    {"p": "1", "c": "1", "wait": "block", "arrivals": "poisson", "rate": "100000"},
)

# So much that items lie in the queue and wait for one another.
BUSY: tuple[Values, ...] = ({"p": "1", "c": "1", "wait": "spin", "arrivals": "poisson", "rate": "80%"},)

# Many items, so that what a queue takes at all events hardly counts. The figures are the same each time.
MEMORY: tuple[Values, ...] = ({"item": "8", "items": "65536"},)

# A machine of 64 CPUs has 2,016 pairs, and a campaign is about its queues: those of 4 CPUs will do.
SOME_CPU_PAIRS = 6

# What a campaign's first two figures show. It ends when these are known precisely enough, and where the time does
# not suffice for that it goes to the first of them first.
HEADLINES = (
    Rule("ping_pong", ranked, (_round_trip("spin"),)),
    Rule("producer_consumer", ranked, (_throughput(),)),
)

SMOKE = (
    Rule("producer_consumer", representative_queues, (_throughput(),)),
    Rule("producer_consumer", mpmc_queues, (_throughput("2", "2"),)),
    Rule("producer_consumer", other_controls, (_throughput(),)),
    Rule("ping_pong", representative_queues, (_round_trip("spin"),)),
    Rule("ping_pong", mpmc_queues, (_round_trip(("block", "own")),)),
    Rule("ping_pong", spsc_queue, (_round_trip("spin", report="distribution"),)),
    Rule("ping_pong", controls_of_comparison, (_round_trip("pause"),)),
    Rule("load", spsc_queue, BUSY),
    Rule("counter", representative_counters, ({"t": ("1", "2"), "mix": "increment"},)),
    Rule("counter", other_controls, ({"t": "2", "mix": "increment"},)),
    Rule("download", mpmc_queues, DOWNLOADS),
    Rule(strategies.WORKLOAD, one_pool, SHORT_LIST),
    Rule("download_saving", one_claim, SAVING),
    Rule("memory", mpmc_queues, MEMORY),
    Rule("core_to_core", everyone, ({},), at_most=SOME_CPU_PAIRS),
    Rule("pitfalls", everyone, ({},)),
)

QUICK = (
    # Each implementation in each workload that it fits.
    Rule("producer_consumer", all_others, (_throughput(),)),
    Rule("producer_consumer", ranked, (_throughput("2", "2"),)),
    Rule("ping_pong", ranked, (_round_trip("spin"),)),
    Rule("ping_pong", ranked, (_round_trip("block"),)),
    Rule("ping_pong", controls_of_comparison, (_round_trip("pause"),)),
    Rule("load", representative_queues, LOADS),
    Rule("counter", everyone, ({"t": "2", "mix": "increment"},)),
    Rule("download", ranked, DOWNLOADS),
    Rule("memory", ranked, MEMORY),
    Rule("core_to_core", everyone, ({},), at_most=SOME_CPU_PAIRS),
    # Sweeps, on representatives.
    Rule("producer_consumer", mpmc_queues, (_throughput(("1", "2"), ("1", "2")),)),
    Rule("producer_consumer", mpmc_queues, (_throughput("4", "4"),)),
    Rule("producer_consumer", mpmc_queues, (_throughput(wait=("spin", "pause", "yield", "block", "own")),)),
    Rule("producer_consumer", mpmc_queues, (_throughput(item=("8", "64", "256", "move_only")),)),
    Rule("ping_pong", closable_queue, (_round_trip(("pause", "yield", "sleep_1ms", "adaptive", "own")),)),
    Rule("ping_pong", closable_queue, (_round_trip(("spin", "block"), queues="1"),)),
    Rule("ping_pong", representative_queues, (_round_trip(("spin", "block"), report="distribution"),)),
    Rule("counter", representative_counters, ({"t": ("1", "2", "4"), "mix": "increment"},)),
    Rule("counter", two_counters, ({"t": "2", "mix": "read_10"},)),
    Rule("counter", two_counters, ({"t": "2", "mix": ("list_packed", "list_padded")},)),
    Rule("download", closable_queue, ({"n": ("1", "2", "4", "8", "16", "32"), "m": "2", "wait": "block"},)),
)

# The ways to wait that the articles have, and those that take their place here.
WAITS = ("spin", "pause", "yield", "sleep_1ms", "block", "adaptive", "timed", "own")

# What the articles tried that this project began with, and the downloads that threads are for. Apart from quick,
# whose five minutes they would shorten for the comparison of queues.
EXPERIMENTS = (
    Rule("producer_consumer", other_controls, (_throughput(),)),
    Rule("producer_consumer", closable_queue, (_throughput(wait=("spin", "block", "own")),)),
    Rule("producer_consumer", stacks, (_throughput(wait=("spin", "block", "own")),)),
    Rule("load", both_orders, BUSY),
    Rule("ping_pong", controls_of_comparison, (_round_trip("pause"),)),
    Rule("ping_pong", closable_queue, (_round_trip(WAITS),)),
    Rule("ping_pong", closable_queue, (_round_trip(("spin", "block"), queues="1"),)),
    Rule("counter", everyone, ({"t": "2", "mix": ("increment", "add_subtract")},)),
    Rule("counter", everyone, ({"t": ("1", "2"), "mix": ("list_packed", "list_padded")},)),
    Rule("download", closable_queue, DOWNLOADS),
    Rule(strategies.WORKLOAD, download_strategies, SHORT_LIST),
    Rule(strategies.WORKLOAD, stages, STAGES),
    Rule(strategies.WORKLOAD, one_pool, SHORT_SWEEP),
    Rule("download_saving", everyone, SAVING),
    Rule("pitfalls", everyone, ({},)),
)

# What docs/downloads.md promises: long lists, hundreds under way, HTTP beside the simulated network, and what a
# stage costs with each queue.
LONG_DOWNLOADS = (
    Rule("producer_consumer", other_controls, (_throughput(),)),
    Rule("ping_pong", controls_of_comparison, (_round_trip("pause"),)),
    Rule("counter", other_controls, ({"t": "2", "mix": "increment"},)),
    Rule(strategies.WORKLOAD, windows, (LONG_LIST | SIMULATED | {"n": "8"},)),
    Rule(strategies.WORKLOAD, one_pool, LONG_SWEEP),
    Rule(strategies.WORKLOAD, on_one_thread, MANY_UNDER_WAY),
    Rule(strategies.WORKLOAD, over_http, STEADY),
    Rule(strategies.WORKLOAD, over_http, UNSTEADY),
    Rule(strategies.WORKLOAD, pool_and_windows, HOURS),
    Rule(strategies.WORKLOAD, pool_and_windows, IN_BOTH_TIMES),
    Rule(strategies.WORKLOAD, all_stages, STAGES),
)

PROFILES = {
    profile.name: profile
    for profile in (
        Profile("smoke", SMOKE, BLOCKS_FOR_AN_INTERVAL, 60.0),
        # 5 minutes in all, less the report's time (15 s on 2 CPUs).
        Profile("quick", QUICK, BLOCKS_FOR_AN_INTERVAL, 280.0),
        Profile("experiments", EXPERIMENTS, BLOCKS_FOR_AN_INTERVAL, 240.0),
        Profile("downloads", LONG_DOWNLOADS, BLOCKS_FOR_AN_INTERVAL, None),
        Profile("full", None, BLOCKS_FOR_AN_INTERVAL, None),
    )
}
