"""A team of threads and the window through which it is measured, as benchmarks/harness/window.hpp has them: ramp,
measure, drain. No fixed counts: their ends are ragged."""

from __future__ import annotations

import os
import resource
import threading
import time
from typing import Callable, Dict, List, Optional, Sequence, Tuple

RAMP, MEASURE, DRAIN = range(3)

# After the drain began; a thread that is not back by then never comes back.
DRAIN_LIMIT_S = 3.0

Figures = Dict[str, float]


class FormError(Exception):
    """The trial has failed. The message begins with the kind of failure, as those of the C++ harness do."""


class Window:
    """Threads read `phase` after each operation and tell their record when it has changed."""

    def __init__(self) -> None:
        self.phase = RAMP

    def drive(self, ramp_s: float, window_s: float) -> float:
        """Goes through the phases; returns how long the window was open."""
        time.sleep(ramp_s)
        opened = time.perf_counter()
        self.phase = MEASURE
        time.sleep(window_s)
        self.phase = DRAIN
        return time.perf_counter() - opened


class Record:
    """What one thread did between its two notices of the window's edges."""

    def __init__(self) -> None:
        self.operations = 0
        self.elapsed = 0.0
        self.waiting = 0.0
        self.cpu_s = 0.0
        self.voluntary = 0
        self.involuntary = 0
        self._opened: Optional[Tuple[int, float, float, resource.struct_rusage]] = None

    def edge(self, phase: int, done: int, waiting: float = 0.0) -> bool:
        """The thread has noticed a new phase when it had done so much in all. True once draining has begun."""
        if phase == MEASURE:
            used = resource.getrusage(resource.RUSAGE_THREAD)
            self._opened = (done, waiting, time.perf_counter(), used)
        elif self._opened is not None:
            self._close(done, waiting)
        return phase == DRAIN

    def _close(self, done: int, waiting: float) -> None:
        now = time.perf_counter()
        assert self._opened is not None
        done_then, waiting_then, opened, before = self._opened
        after = resource.getrusage(resource.RUSAGE_THREAD)
        self.operations = done - done_then
        self.elapsed = now - opened
        # Stamps that stand for others may add up to a little more than there was.
        self.waiting = min(waiting - waiting_then, self.elapsed)
        self.cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        self.voluntary = after.ru_nvcsw - before.ru_nvcsw
        self.involuntary = after.ru_nivcsw - before.ru_nivcsw
        self._opened = None


def run_team(cpus: Sequence[int], body: Callable[[int], None], meanwhile: Callable[[], float]) -> float:
    """Runs body(i) on a thread on cpus[i], for all i; none begins before all are pinned. Then `meanwhile` runs
    here, and what it returns is returned when all have ended."""
    gate = threading.Barrier(len(cpus) + 1)
    errors: List[BaseException] = []

    def guarded(index: int) -> None:
        try:
            if cpus[index] >= 0:
                os.sched_setaffinity(0, {cpus[index]})  # 0: the calling thread
            gate.wait()
            body(index)
        except BaseException as error:  # reported below, by whoever waits for the team
            errors.append(error)
            gate.abort()

    threads = [threading.Thread(target=guarded, args=(index,), daemon=True) for index in range(len(cpus))]
    for thread in threads:
        thread.start()
    try:
        gate.wait()
        result = meanwhile()
    except threading.BrokenBarrierError:
        result = 0.0
    end = time.monotonic() + DRAIN_LIMIT_S
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
    if errors:
        raise FormError(f"failed: {type(errors[0]).__name__}: {errors[0]}")
    if any(thread.is_alive() for thread in threads):
        raise FormError("unverified: a thread never came back from the queue; the run was abandoned")
    return result


def common_figures(records: Sequence[Record], window_s: float) -> Figures:
    """Those of docs/samples.md that every workload has and the frame does not know."""
    waiting = sum(record.waiting for record in records)
    return {
        "window_s": window_s,
        "cpu_s": sum(record.cpu_s for record in records),
        "voluntary_switches": sum(record.voluntary for record in records),
        "involuntary_switches": sum(record.involuntary for record in records),
        "active_s": sum(record.elapsed for record in records) - waiting,
        "waiting_s": waiting,
    }


def shares(records: Sequence[Record]) -> Figures:
    """How evenly the threads did, as add_shares in benchmarks/harness/sample.cpp."""
    done = [record.operations for record in records]
    mean = sum(done) / len(done)
    if mean == 0:
        return {}
    squares = sum((one / mean) ** 2 for one in done)
    return {
        "thread_share_min": min(done) / mean,
        "thread_share_max": max(done) / mean,
        "thread_jain": len(done) / squares,
    }
