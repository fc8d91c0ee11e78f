"""The benchmark of moodycamel::ConcurrentQueue (github.com/cameron314/concurrentqueue, the one source in its folder
benchmarks).

What is wrong with its figures, and by how much:
- `result` is the sum of the times of all measured threads, and `opsPerSecond` divides the operations of all of them by
  it. Of n threads that run at the same time the rate is n times as high. `avg` and `opsst` are n times off, too: they
  divide by the number of threads once more. It pins no thread, and threads that the scheduler runs one after the other
  on one CPU look the same; so n times is the most that it can be.
- In "multi-producer, single-consumer" and "single-producer, multi-consumer" each pop counts as an operation, also one
  that finds the queue empty. How many items there were is not printed; there were at most as many as operations.
- A pair of "enqueue-dequeue pairs" counts as two operations.
Its clock (CLOCK_MONOTONIC_RAW) is right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .suite import Clock, Counterpart, Foreign, Reading, Row, Suite

NAME = "moodycamel"

_FIRST = re.compile(r"Running(?: \d+-bit)? benchmarks on an? .*")
_TITLE = re.compile(r"(?P<title>[a-z][^:]*?)(?: \(measuring (?:all but )?\d+ threads?\))?:")
_QUEUE = re.compile(r"\s+> (?P<queue>\S+)")
_TOKENS = re.compile(r"\s+(?P<tokens>With|Without) tokens")
_FIGURE = re.compile(
    r"\s+(?P<threads>\d+)\s+threads?:\s+Avg:\s+\S+s\s+Range: \[\s*\S+s,\s*\S+s\]"
    r"\s+Ops/s:\s+(?P<rate>[1-9]\d*\.\d+)(?P<prefix>[kMGT]?)\s+Ops/s/t:\s+\S+"
)
_INDENTED = re.compile(r"\s+(?!.*Ops/s:).*")  # legends, descriptions and means
_SPOKEN = (
    "Note that these are synthetic benchmarks.",
    "Note: Error",
    "Legend:",
    "Overall average operations per second per thread",
    "(Take this summary with a grain of salt",
    "better idea of how the queues measure up",
)

_PREFIXES = {"": 1.0, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}

MPSC = "multi-producer, single-consumer"
SPMC = "single-producer, multi-consumer"
PAIRS = "enqueue-dequeue pairs"
_ATTEMPTS = (MPSC, SPMC)


def _timed(title: str, threads: int) -> int:
    """How many threads' times it has added up."""
    return {MPSC: 1, SPMC: threads - 1}.get(title, threads)


def read(text: str, clock: Clock) -> Reading:
    rows: dict[str, Row] = {}
    for title, queue, figure in _figures(text):
        threads = int(figure["threads"])
        name = f"{title}, {queue}, {threads} thread{'' if threads == 1 else 's'}"
        timed = _timed(title, threads)
        rate = float(figure["rate"]) * _PREFIXES[figure["prefix"]] * timed
        items = rate / 2 if title == PAIRS else rate
        printed = f"{figure['rate']}{figure['prefix']} ops/s"
        rows[name] = Row(printed, 1e9 / items, at_least=title in _ATTEMPTS or timed > 1)
    corrected = (
        "its rates divide by the sum of the threads' times: × the threads it timed, as if all ran at the same time; a "
        "pair is two operations, an item is one"
    )
    return Reading(rows, corrected)


def _figures(text: str) -> Iterator[tuple[str, str, re.Match[str]]]:
    """Each line with a figure, under its title and its queue."""
    title = queue = tokens = ""
    seen = False
    lines = text.splitlines() or [""]
    for number, line in enumerate(lines, start=1):
        if number == 1:
            if not _FIRST.fullmatch(line):
                raise Foreign(NAME, number, line)
        elif found := _QUEUE.fullmatch(line):
            queue, tokens = found["queue"], ""
        elif found := _TOKENS.fullmatch(line):
            tokens = " with tokens" if found["tokens"] == "With" else ""
        elif title and queue and (found := _FIGURE.fullmatch(line)):
            seen = True
            yield title, queue + tokens, found
        elif line.startswith(_SPOKEN) or _INDENTED.fullmatch(line) or not line:
            continue
        elif found := _TITLE.fullmatch(line):
            title, queue, tokens = found["title"], "", ""
        else:
            raise Foreign(NAME, number, line)
    if not seen:
        raise Foreign(NAME, len(lines), lines[-1])


def _faster_half(times: Sequence[float]) -> float:
    count = max(1, len(times) // 2)
    return sum(sorted(times)[:count]) / count


_ONE_PAIR = "producer_consumer/{}/p:1/c:1/wait:spin/item:8/capacity:1024"
_BOOST = "memory: its boost queue grows, ours has a fixed capacity"
_SUMMED = "method: threads that ran one after the other look the same, so its cost is at least what is shown"
_COUNTED = "method: a failed pop counts as an operation, so its cost of an item is at least what is shown"

SUITE = Suite(
    name=NAME,
    library="libconcurrentqueue-dev",
    programs=("build/bin/benchmarks", "benchmarks/benchmarks", "benchmarks"),
    how_to_build="make -C build bin/benchmarks",
    arguments=(("--run", "mpsc"), ("--run", "spmc"), ("--run", "enqueue_dequeue_pairs")),
    read=read,
    repeats=4,
    summary="the mean of the faster half",
    summarised=_faster_half,
    wrong="",
    differs=(
        "method: the mean of the faster half of ten runs of a fixed number of operations, all in one process; ours is "
        "the mean over a window in which all threads run, of one process",
        "wait: none; a pop that fails is repeated at once, as in our case with spin",
        "item: 4 bytes, ours 8",
        "placement: it pins no thread; here it may use the same two CPUs as our case",
        "capacity: none, as its queue grows; blocks of 64 items, ours has the library's default of 32",
    ),
    counterparts=(
        Counterpart(
            f"{MPSC}, moodycamel::ConcurrentQueue, 2 threads",
            _ONE_PAIR.format("moodycamel_concurrent_queue"),
            (_COUNTED,),
        ),
        Counterpart(
            f"{MPSC}, moodycamel::ConcurrentQueue with tokens, 2 threads",
            _ONE_PAIR.format("moodycamel_token_queue"),
            (_COUNTED,),
        ),
        Counterpart(
            f"{MPSC}, boost::lockfree::queue, 2 threads", _ONE_PAIR.format("boost_queue"), (_COUNTED, _BOOST)
        ),
        Counterpart(
            f"{SPMC}, moodycamel::ConcurrentQueue, 2 threads",
            _ONE_PAIR.format("moodycamel_concurrent_queue"),
            (_COUNTED,),
        ),
        Counterpart(
            f"{SPMC}, boost::lockfree::queue, 2 threads", _ONE_PAIR.format("boost_queue"), (_COUNTED, _BOOST)
        ),
        Counterpart(
            f"{PAIRS}, boost::lockfree::queue, 2 threads",
            "nearly_full/boost_queue/t:2/wait:pause/capacity:64/free:2",
            (_SUMMED, _BOOST, "occupancy: its queue is nearly empty, ours nearly full", "wait: ours pauses"),
        ),
    ),
)
