"""The source's ways to download many documents at once. A document is a pause as long as its latency, and then bytes
whose checksum is the work that it makes."""

from __future__ import annotations

import multiprocessing
import queue
import resource
import threading
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from typing import Callable, Dict, List, NamedTuple, Sequence

from .simulated_list import Document, documents
from .window import Figures, FormError

ITEMS, MEDIAN_MS = 64, 4


class Fetched(NamedTuple):
    document: int
    bytes: int
    checksum: int
    started: float
    ended: float


Fetch = Callable[[int], Fetched]
Deliver = Callable[[Fetched], None]


def fetch(job: Sequence[Document], index: int) -> Fetched:
    started = time.perf_counter()
    time.sleep(job[index].latency_ns * 1e-9)
    content = body(job[index], index)
    return Fetched(index, len(content), zlib.crc32(content), started, time.perf_counter())


def body(document: Document, index: int) -> bytes:
    line = b"document %d\n" % index
    return (line * (document.bytes // len(line) + 1))[: document.bytes]


def sequential(items: int, n: int, get: Fetch, deliver: Deliver) -> None:
    for index in range(items):
        deliver(get(index))


def thread_per_item(items: int, n: int, get: Fetch, deliver: Deliver) -> None:
    def one(index: int) -> None:
        deliver(get(index))

    threads = [threading.Thread(target=one, args=(index,)) for index in range(items)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def pool(items: int, n: int, get: Fetch, deliver: Deliver) -> None:
    wanted: queue.Queue[int] = queue.Queue()

    def work() -> None:
        while True:
            index = wanted.get()
            try:
                deliver(get(index))
            finally:
                wanted.task_done()

    for index in range(items):
        wanted.put(index)
    for _ in range(n):
        threading.Thread(target=work, daemon=True).start()  # they end with the program
    wanted.join()


def executor_map(items: int, n: int, get: Fetch, deliver: Deliver) -> None:
    with ThreadPoolExecutor(n) as executor:
        for one in executor.map(get, range(items)):
            deliver(one)


def processes(items: int, n: int, get: Fetch, deliver: Deliver) -> None:
    # fork: what was the default on Linux when the source was written; no other thread runs yet.
    with multiprocessing.get_context("fork").Pool(n, _remember, (get,)) as workers:
        for one in workers.imap_unordered(_fetch_remembered, range(items)):
            deliver(one)
        workers.close()
        workers.join()  # so that what they have used is counted


_remembered: List[Fetch] = []


def _remember(get: Fetch) -> None:
    _remembered[:] = [get]


def _fetch_remembered(index: int) -> Fetched:
    return _remembered[0](index)


class Strategy(NamedTuple):
    run: Callable[[int, int, Fetch, Deliver], None]
    n: int  # under way at once


STRATEGIES: Dict[str, Strategy] = {
    "python_sequential": Strategy(sequential, 1),
    "python_thread_per_item": Strategy(thread_per_item, ITEMS),
    "python_pool": Strategy(pool, 8),
    "python_executor_map": Strategy(executor_map, 8),
    "python_processes": Strategy(processes, 8),
}


def run(implementation: str, seed: int) -> Figures:
    strategy = STRATEGIES[implementation]
    job = documents(ITEMS, MEDIAN_MS, seed)
    delivered: List[Fetched] = []
    stamps: List[float] = []
    lock = threading.Lock()

    def deliver(one: Fetched) -> None:
        with lock:
            delivered.append(one)
            stamps.append(time.perf_counter())

    before, start = _used(), time.perf_counter()
    strategy.run(ITEMS, strategy.n, lambda index: fetch(job, index), deliver)
    makespan = time.perf_counter() - start
    used = _used() - before
    verify(job, delivered)
    taken = sorted(stamp - one.started for stamp, one in zip(stamps, delivered))
    under_way = sum(one.ended - one.started for one in delivered)
    latencies = [document.latency_ns * 1e-9 for document in job]
    bound = max(sum(latencies) / strategy.n, max(latencies))
    arrived = sum(one.bytes for one in delivered)
    return {
        "window_s": makespan,
        "verified": 1,
        "cpu_s": used,
        "items": ITEMS,
        "bytes": arrived,
        "makespan_s": makespan,
        "bound_s": bound,
        "efficiency": bound / makespan,
        "items_per_second": ITEMS / makespan,
        "bytes_per_second": arrived / makespan,
        "first_result_s": min(stamps) - start,
        "p50_ns": 1e9 * taken[(ITEMS - 1) // 2],
        "p99_ns": 1e9 * taken[99 * (ITEMS - 1) // 100],
        "max_ns": 1e9 * taken[-1],
        "active_s": under_way,
        "waiting_s": max(0.0, strategy.n * makespan - under_way),
        "retries": 0,
        "failed": 0,
    }


def verify(job: Sequence[Document], delivered: Sequence[Fetched]) -> None:
    """Each document once, and whole."""
    times = [0] * len(job)
    for one in delivered:
        times[one.document] += 1
    lost, repeated = times.count(0), sum(count > 1 for count in times)
    if lost:
        raise FormError(f"unverified: {lost} of {len(job)} documents were lost")
    if repeated:
        raise FormError(f"unverified: {repeated} of {len(job)} documents came twice")
    for one in delivered:
        whole = body(job[one.document], one.document)
        if (one.bytes, one.checksum) != (len(whole), zlib.crc32(whole)):
            raise FormError(f"unverified: document {one.document} is not whole")


def _used() -> float:
    """CPU seconds of this process and of those that it has waited for."""
    own, others = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime
