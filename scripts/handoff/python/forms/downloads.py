"""A download job, measured and verified. A document is a pause as long as its latency, and then bytes whose checksum
is the work that it makes."""

from __future__ import annotations

import resource
import threading
import time
import zlib
from typing import List, Sequence

from .fetching import Fetched, body
from .simulated_list import Document, documents
from .simulated_network import ARRIVED, expected_end, under_way_ns
from .strategies import STRATEGIES, Setup
from .window import Figures, FormError


def run(implementation: str, setup: Setup, seed: int) -> Figures:
    strategy = STRATEGIES[implementation]
    n = strategy.at_once(setup)
    job = documents(setup.items, setup.median_ms, seed, setup.failing_percent)
    delivered: List[Fetched] = []
    stamps: List[float] = []
    lock = threading.Lock()

    def deliver(one: Fetched) -> None:
        with lock:
            delivered.append(one)
            stamps.append(time.perf_counter())

    others: Figures = {"cpu_s": 0.0}
    with strategy.opened(job, seed, n, others) as do:
        before, start = _used(), time.perf_counter()
        left_behind = do(deliver)
        makespan = time.perf_counter() - start
        used = _used() - before
    verify(job, delivered, n)
    if strategy.in_order and delivered != sorted(delivered):  # by document
        raise FormError(f"unverified: results came out of order, which '{implementation}' promises")
    taken = sorted(stamp - one.started for stamp, one in zip(stamps, delivered))
    under_way = sum(one.ended - one.started for one in delivered)
    least = [under_way_ns(document, index, seed) * 1e-9 for index, document in enumerate(job)]
    bound = max(sum(least) / n, max(least))
    arrived = sum(one.bytes for one in delivered)
    return {
        "window_s": makespan,
        "verified": 1,
        "cpu_s": used + others.pop("cpu_s"),
        "items": setup.items,
        "bytes": arrived,
        "makespan_s": makespan,
        "bound_s": bound,
        "efficiency": bound / makespan,
        "items_per_second": setup.items / makespan,
        "bytes_per_second": arrived / makespan,
        "first_result_s": min(stamps) - start,
        "p50_ns": 1e9 * taken[(setup.items - 1) // 2],
        "p99_ns": 1e9 * taken[99 * (setup.items - 1) // 100],
        "max_ns": 1e9 * taken[-1],
        "active_s": under_way,
        "waiting_s": max(0.0, n * makespan - under_way),
        "retries": sum(one.end.attempts - 1 for one in delivered),
        "failed": sum(one.end.status != ARRIVED for one in delivered),
        "left_behind": left_behind or 0,
        **others,
    }


def verify(job: Sequence[Document], delivered: Sequence[Fetched], n: int) -> None:
    """Each document once, to the end that the list has for it, and whole; never more than n under way."""
    times = [0] * len(job)
    for one in delivered:
        times[one.document] += 1
    lost, repeated = times.count(0), sum(count > 1 for count in times)
    if lost:
        raise FormError(f"unverified: {lost} of {len(job)} documents were lost")
    if repeated:
        raise FormError(f"unverified: {repeated} of {len(job)} documents came twice")
    for one in delivered:
        if one.end != expected_end(job[one.document]):
            raise FormError(f"unverified: document {one.document} came to another end than its own")
        whole = body(job[one.document], one.document, one.end)
        if (one.bytes, one.checksum) != (len(whole), zlib.crc32(whole)):
            raise FormError(f"unverified: document {one.document} is not whole")
    most = most_at_once(delivered)
    if most > n:
        raise FormError(
            f"unverified: {most} of {len(job)} documents were under way at once; at most {n} may be"
        )


def most_at_once(fetched: Sequence[Fetched]) -> int:
    # Of what happens at one time the ends come first.
    changes = sorted(change for one in fetched for change in ((one.started, 1), (one.ended, -1)))
    now = most = 0
    for _, change in changes:
        now += change
        most = max(most, now)
    return most


def _used() -> float:
    """CPU seconds of this process and of those that it has waited for."""
    own, others = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime
