"""Command line and output of the Python forms: those of a benchmark binary, as far as a campaign needs them."""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import sys
from importlib import metadata
from typing import Any, Callable, Dict, List, NamedTuple, Optional

from . import counters, downloads, ping_pong, strategies
from .frame import Frame
from .window import Figures, FormError

EXIT_FAILED, EXIT_MISUSE = 1, 2
SUFFIX = "/iterations:1/manual_time"  # as Google Benchmark prints names

CITES = {
    "python_queue": "queue.Queue",
    "python_lifo_queue": "queue.LifoQueue(maxsize=64)",
    "python_unlocked": "values[i] += 1, no lock",
    "python_unlocked_call": "values[i] = plus(values[i], 1), no lock",
    "python_lock": "values[i] += 1 under threading.Lock",
    "python_sequential": "one document after the other",
    "python_thread_per_item": "a threading.Thread for each document",
    "python_window_in_order": "a deque of threads, the first one joined",
    "python_pool": "threads on a queue.Queue, task_done and join",
    "python_pool_stopped": "threads on a queue.Queue, a None for each",
    "python_pool_flagged": "threads on a queue.Queue, a threading.Event, the rest one by one",
    "python_executor_map": "concurrent.futures.ThreadPoolExecutor.map",
    "python_processes": "multiprocessing.Pool.imap_unordered",
    "python_rq": "RQ over Redis: enqueue, rq worker, a process for each job",
    "python_rq_simple": "RQ over Redis: enqueue, rq worker --worker-class rq.SimpleWorker",
    "python_rq_killed": "the same, and a worker is killed in the midst of a job, which is put back by hand",
}


class Case(NamedTuple):
    name: str
    threads: int
    job: bool  # runs to its end, on threads that mostly sleep and are not pinned
    run: Callable[[Frame, argparse.Namespace], Figures]


def ping_pong_case(implementation: str, queues: int, wait: str) -> Case:
    def run(frame: Frame, given: argparse.Namespace) -> Figures:
        ramp_s, window_s = given.ramp_ms / 1000, given.window_ms / 1000
        return ping_pong.run(queues, wait, frame.cpus, ramp_s, window_s, implementation)

    return Case(f"ping_pong/{implementation}/queues:{queues}/wait:{wait}/report:mean", 2, False, run)


def counter_case(implementation: str, threads: int, mix: str) -> Case:
    def run(frame: Frame, given: argparse.Namespace) -> Figures:
        return counters.run(implementation, mix, frame.cpus, given.ramp_ms / 1000, given.window_ms / 1000)

    return Case(f"counter/{implementation}/t:{threads}/mix:{mix}", threads, False, run)


def download_case(implementation: str, setup: strategies.Setup) -> Case:
    def run(frame: Frame, given: argparse.Namespace) -> Figures:
        return downloads.run(implementation, setup, given.seed)

    n = strategies.STRATEGIES[implementation].at_once(setup)
    listed = f"items:{setup.items}/latency:log_normal/ms:{setup.median_ms}/failures:{setup.failing_percent}%"
    name = f"download_strategies/{implementation}/n:{n}/{listed}/bandwidth:unlimited/time:real"
    return Case(name, n, True, run)


def all_cases() -> List[Case]:
    found = [ping_pong_case(ping_pong.FIFO, queues, wait) for wait in ping_pong.WAITS for queues in (2, 1)]
    # What lies between two threads is one number, so that the order hardly matters: the wait that one uses will do.
    found += [ping_pong_case(ping_pong.LIFO, queues, "block") for queues in (2, 1)]
    for implementation in counters.FORMS:
        for mix in counters.MIXES:
            # One thread alone has no other to add against.
            numbers = (2,) if mix == "add_subtract" else (1, 2)
            found += [counter_case(implementation, threads, mix) for threads in numbers]
    for name, strategy in strategies.STRATEGIES.items():
        if strategy.is_here():
            found += [download_case(name, setup) for setup in strategy.setups]
    return found


def description() -> Dict[str, Any]:
    enabled: Optional[Callable[[], bool]] = getattr(sys, "_is_gil_enabled", None)
    return {
        "version": platform.python_version(),
        "implementation": platform.python_implementation(),
        "gil": True if enabled is None else enabled(),
        "packages": {name: _version(name) for name in ("rq", "redis")},
        "forms": [{"name": name, "cite": cite} for name, cite in CITES.items()],
    }


def _version(package: str) -> Optional[str]:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def parser() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(prog="python_form.py", description=__doc__, allow_abbrev=False)
    p.add_argument("--describe", action="store_true", help="print the interpreter and the forms as JSON")
    p.add_argument("--bracket", help="the program that frames a measurement: build/bench/benchmarks/bracket")
    p.add_argument("--benchmark_filter", default="", metavar="REGEX")
    p.add_argument("--benchmark_list_tests", action="store_true")
    p.add_argument("--benchmark_format", default="json", choices=["json"])
    p.add_argument("--placement", default="compact")
    p.add_argument("--window_ms", type=float, default=100.0)
    p.add_argument("--ramp_ms", type=float, default=10.0)
    p.add_argument("--tsc_hz", type=float, default=0.0)
    p.add_argument("--heap_gap", type=int, default=0)
    p.add_argument("--seed", type=int, default=1, help="of the list of documents")
    return p


def measured(case: Case, given: argparse.Namespace) -> Dict[str, Any]:
    """Google Benchmark's entry for the case."""
    entry: Dict[str, Any] = {"name": case.name + SUFFIX}
    placement = "none" if case.job else given.placement
    try:
        with Frame(given.bracket, placement, case.threads, given.tsc_hz) as frame:
            figures = case.run(frame, given)
            framed = frame.close()
    except FormError as error:
        return {**entry, "error_occurred": True, "error_message": str(error)}
    # A job's threads mostly sleep: more of them than CPUs is what it is about.
    framed["oversubscribed"] = 0.0 if case.job else float(frame.oversubscribed)
    entry["label"] = "cpus:" + ",".join(map(str, frame.cpus))
    return {**entry, **framed, **figures}


def selected(pattern: str) -> List[Case]:
    try:
        wanted = re.compile(pattern)
        chosen = [c for c in all_cases() if wanted.search(c.name) or wanted.search(c.name + SUFFIX)]
    except re.error as error:
        raise ValueError(f"--benchmark_filter '{pattern}' is not a regular expression: {error}") from error
    if not chosen:
        raise ValueError(f"no case matches --benchmark_filter '{pattern}'; --benchmark_list_tests names them")
    return chosen


def check(given: argparse.Namespace) -> None:
    if given.bracket is None:
        raise ValueError("--bracket is missing; valid: the path of a build's benchmarks/bracket")
    for name, least in (("window_ms", 1.0), ("ramp_ms", 0.0), ("heap_gap", 0)):
        if not getattr(given, name) >= least:
            raise ValueError(f"--{name} is {getattr(given, name):g}; at least {least:g}")


def main() -> int:
    given = parser().parse_args()
    if given.describe:
        print(json.dumps(description()))
        return 0
    try:
        chosen = selected(given.benchmark_filter)
        if given.benchmark_list_tests:
            print("".join(case.name + SUFFIX + "\n" for case in chosen), end="")
            return 0
        check(given)
    except ValueError as error:
        print(f"python_form.py: {error}", file=sys.stderr)
        return EXIT_MISUSE
    gap = bytearray(given.heap_gap)  # moves the heap, as in every other trial
    entries = [measured(case, given) for case in chosen]
    context = {"handoff_placement": given.placement, "python": platform.python_version(), "gap": len(gap)}
    print(json.dumps({"context": context, "benchmarks": entries}))
    failed = [entry["error_message"] for entry in entries if "error_message" in entry]
    for message in failed:
        print(message, file=sys.stderr)
    sys.stdout.flush()
    # Threads that are not to be waited for are left behind: those of a pool, and those that never came back.
    os._exit(EXIT_FAILED if failed else 0)
