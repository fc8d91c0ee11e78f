"""The source's ways to download many documents at once."""

from __future__ import annotations

import contextlib
import multiprocessing
import queue
import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable, Deque, Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from . import rq_server, rq_workers
from .fetching import Fetched, fetch
from .simulated_list import Document
from .window import Figures

Fetch = Callable[[int], Fetched]
Deliver = Callable[[Fetched], None]


class Setup(NamedTuple):
    """A list of documents, and how many of them may be under way at once."""

    items: int
    median_ms: float
    n: int
    failing_percent: int = 0  # of the attempts


# A short list, for quick campaigns; the source's 11 pages, of which at most 4 are under way; and the shortest list
# with errors that the C++ side has.
SHORT, PAGES, ERRORS = Setup(64, 4, 8), Setup(11, 50, 4), Setup(500, 4, 8, 10)


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


def window_in_order(items: int, n: int, get: Fetch, deliver: Deliver) -> None:
    """All wait for the first of the window; a thread for each, as the C++ window has them."""
    results: Dict[int, Fetched] = {}
    window: Deque[Tuple[int, threading.Thread]] = deque()

    def one(index: int) -> None:
        results[index] = get(index)

    def move_on() -> None:
        index, thread = window.popleft()
        thread.join()
        deliver(results.pop(index))

    for index in range(items):
        if len(window) == n:
            move_on()
        window.append((index, threading.Thread(target=one, args=(index,))))
        window[-1][1].start()
    while window:
        move_on()


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


def pool_stopped(items: int, n: int, get: Fetch, deliver: Deliver) -> None:
    """A None for each worker comes last."""
    wanted: queue.Queue[int | None] = queue.Queue()

    def work() -> None:
        while True:
            index = wanted.get()
            if index is None:
                break
            deliver(get(index))

    workers = _started(n, work)
    for index in range(items):
        wanted.put(index)
    for _ in workers:
        wanted.put(None)
    for worker in workers:
        worker.join()


def pool_flagged(items: int, n: int, get: Fetch, deliver: Deliver) -> int:
    """A flag ends the workers, not the work: what they leave in the queue is counted, and done here."""
    wanted: queue.Queue[int] = queue.Queue()
    ended = threading.Event()

    def work() -> None:
        while not ended.is_set():
            try:
                index = wanted.get(timeout=0.001)  # setting the flag wakes no waiting thread
            except queue.Empty:
                continue
            deliver(get(index))

    workers = _started(n, work)
    for index in range(items):
        wanted.put(index)
    ended.set()
    for worker in workers:
        worker.join()
    left = 0
    while not wanted.empty():
        deliver(get(wanted.get()))
        left += 1
    return left


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


def _started(n: int, work: Callable[[], None]) -> List[threading.Thread]:
    workers = [threading.Thread(target=work) for _ in range(n)]
    for worker in workers:
        worker.start()
    return workers


_remembered: List[Fetch] = []


def _remember(get: Fetch) -> None:
    _remembered[:] = [get]


def _fetch_remembered(index: int) -> Fetched:
    return _remembered[0](index)


Run = Callable[[Deliver], Optional[int]]


class Strategy(NamedTuple):
    # Returns how many documents were left in a queue whose workers had gone, where that can be.
    run: Optional[Callable[[int, int, Fetch, Deliver], Optional[int]]]
    setups: Tuple[Setup, ...] = (SHORT,)
    in_order: bool = False  # its promise of results
    at_once: Callable[[Setup], int] = lambda setup: setup.n
    # Instead of `run`: what has to be there before the clock starts, and is checked after it has stopped.
    office: Optional[Callable[..., Any]] = None
    # Whether this Python and this machine have what it needs.
    is_here: Callable[[], bool] = lambda: True

    @contextlib.contextmanager
    def opened(self, documents: Sequence[Document], seed: int, n: int, figures: Figures) -> Iterator[Run]:
        if self.office is not None:
            with self.office(documents, seed, n, figures) as run:
                yield run
            return
        assert self.run is not None
        way: Callable[[int, int, Fetch, Deliver], Optional[int]] = self.run
        yield lambda deliver: way(
            len(documents), n, lambda index: fetch(documents[index], index, seed), deliver
        )


def _over_rq(kind: str, how: rq_workers.How, *setups: Setup) -> Strategy:
    return Strategy(None, setups, office=rq_workers.over(kind, how), is_here=rq_server.is_here)


STRATEGIES: Dict[str, Strategy] = {
    "python_sequential": Strategy(sequential, at_once=lambda setup: 1, in_order=True),
    "python_thread_per_item": Strategy(thread_per_item, at_once=lambda setup: setup.items),
    "python_window_in_order": Strategy(window_in_order, (SHORT, PAGES), in_order=True),
    "python_pool": Strategy(pool, (SHORT, PAGES, ERRORS)),
    "python_pool_stopped": Strategy(pool_stopped, (SHORT, PAGES)),
    "python_pool_flagged": Strategy(pool_flagged),  # the C++ side has it for this list alone
    "python_executor_map": Strategy(executor_map, (SHORT, PAGES), in_order=True),
    "python_processes": Strategy(processes),
    "python_rq": _over_rq(rq_server.FORKING, rq_workers.all_of, SHORT, PAGES),
    "python_rq_simple": _over_rq(rq_server.SIMPLE, rq_workers.all_of, SHORT, PAGES, ERRORS),
    "python_rq_killed": _over_rq(rq_server.SIMPLE, rq_workers.one_killed, SHORT),
}
