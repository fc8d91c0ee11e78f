"""Whose cases a rule takes: implementations by what their specs say, strategies by what their names tell."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..run import strategies
from ..run.control_kinds import comparison
from .catalog import Suite


def everyone(suite: Suite) -> set[str]:
    return {case.implementation for case in suite.cases}


def ranked(suite: Suite) -> set[str]:
    return everyone(suite) - suite.controls()


def controls_of_comparison(suite: Suite) -> set[str]:
    compared = comparison(suite.cases)
    return {case.implementation for case in suite.cases if case.name in compared}


def other_controls(suite: Suite) -> set[str]:
    return suite.controls() - controls_of_comparison(suite)


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


def bulk_spsc_queue(suite: Suite) -> set[str]:
    return _first(suite.catalog["queues"], producers="one", consumers="one", bound="bounded", bulk=True)


def bulk_queues(suite: Suite) -> set[str]:
    """Of the bounded queues that take several items at once, the first of one thread at each end and of many."""
    return bulk_spsc_queue(suite) | _first(suite.catalog["queues"], **MPMC_RING, bulk=True)


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
    """Several under way at once: results in order, and as they come."""
    return {strategies.ORDERED, strategies.BUFFERED, strategies.UNORDERED} & everyone(suite)


def pool_and_windows(suite: Suite) -> set[str]:
    return one_pool(suite) | windows(suite)


def pool_windows_and_workers(suite: Suite) -> set[str]:
    return pool_and_windows(suite) | (set(strategies.WORKERS) & everyone(suite))


def on_one_thread(suite: Suite) -> set[str]:
    return set(strategies.ON_ONE_THREAD) & everyone(suite)


def over_http(suite: Suite) -> set[str]:
    """A thread for each document under way, and one for all; beside what they are held against."""
    return {strategies.UNORDERED, strategies.MULTI} & everyone(suite)


def stages(suite: Suite) -> set[str]:
    """A pool over each queue, ended so that nothing is left behind, and what they are compared with."""
    queues = {entry["name"] for entry in suite.catalog["queues"]}
    pools = {name: strategies.pool_of(name, queues) for name in everyone(suite)}
    ends = (strategies.POOL, strategies.CLOSED_POOL, strategies.COUNTED_POOL)
    return {strategies.SEQUENTIAL} | {name for name, pool in pools.items() if pool and pool[0] in ends}


def representative_counters(suite: Suite) -> set[str]:
    """The first of each kind of read."""
    return set().union(
        *(_first(suite.catalog["counters"], value=value) for value in ("exact", "quiescent", "lossy"))
    )


def representative_locks(suite: Suite) -> set[str]:
    """The first that sleeps, the first that is fair, and the first that readers share."""
    locks = suite.catalog.get("locks", [])
    return _first(locks, may_block=True) | _first(locks, fairness="fifo") | _first(locks, shared=True)


def representative_waits(suite: Suite) -> set[str]:
    """The first of each thing that a waiting thread may do."""
    ways = suite.catalog.get("ways_to_wait", [])
    kinds = ("polls", "naps", "sleeps", "polls_then_sleeps")
    return set().union(*(_first(ways, meanwhile=kind) for kind in kinds))


def two_counters(suite: Suite) -> set[str]:
    return set().union(*(_first(suite.catalog["counters"], value=value) for value in ("exact", "quiescent")))
