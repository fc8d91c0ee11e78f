"""The benchmark of atomic_queue (github.com/max0x7ba/atomic_queue, src/benchmarks.cc).

What is wrong with its figures, and by how much:
- `to_seconds` multiplies ticks of the time stamp counter by 1e-9 / `cpu_base_frequency()`, which is the number before
  "GHz" in the model name of /proc/cpuinfo, and 1 where there is none (src/cpu_base_frequency.cc), as of all CPUs of
  AMD. Newer versions print what they take it for ("base GHz: 3.4").
- Where the title of the round trips says neither how many messages nor how many runs there are, but "with 2 CPUs",
  versions differ: in some a message makes a whole round trip, in some (02499f6) half of one, and the time is divided
  by the number of messages. Which it was cannot be seen in the output.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .suite import Clock, Counterpart, Foreign, Reading, Row, Suite

NAME = "atomic_queue"

_TITLE = re.compile(
    r"---- Running (?P<what>throughput|ping-pong) benchmarks(?P<cpus> with (?:up to )?\d+ CPUs)?"
    r"(?:, (?P<messages>[\d,.' ]+) messages, best of (?P<runs>\d+) runs)? \((?:higher|lower) is better\) ----"
)
_RATE = re.compile(r"\s*(?P<queue>\S+),\s*(?P<pairs>\d+),(?P<order>[si]):\s+(?P<rate>[1-9][\d,.' ]*) msg/sec")
_TRIP = re.compile(r"\s*(?P<queue>\S+): (?P<seconds>(?!0\.0{9})\d+\.\d{9}) sec/round-trip")
_CPU = re.compile(r".*CPU Model: .*")
_BASE = re.compile(r"base GHz: ([\d.]+)")
_IN_MODEL = re.compile(r"[^@]+@\s*([0-9.]+)\s*GHz")

# Before the titles said it. The first versions made ten short runs of the round trips.
_MESSAGES, _RUNS = 1_000_000, 3
_FIRST_TRIPS, _FIRST_TRIP_RUNS = 100_000, 10


@dataclass(frozen=True)
class _Part:
    """What stands under a title."""

    trips: bool
    messages: int
    runs: int
    known: bool  # whether a message is known to be a whole round trip


def _part(title: re.Match[str]) -> _Part:
    trips = title["what"] == "ping-pong"
    if title["messages"]:
        return _Part(trips, _whole(title["messages"]), int(title["runs"]), True)
    if trips and not title["cpus"]:
        return _Part(trips, _FIRST_TRIPS, _FIRST_TRIP_RUNS, True)
    return _Part(trips, _MESSAGES, _RUNS, not trips)


def _whole(text: str) -> int:
    """Whatever the locale separates thousands by."""
    return int(re.sub(r"\D", "", text))


def believed_ghz(text: str, model: str) -> float:
    """What the program takes for the frequency of the counter."""
    said = _BASE.search(text) or _IN_MODEL.fullmatch(model)
    return float(said[1]) if said else 1.0


def read(text: str, clock: Clock) -> Reading:
    ghz = believed_ghz(text, clock.model)
    factor = ghz * 1e9 / clock.tsc_hz
    rows: dict[str, Row] = {}
    implied_s, withheld = 0.0, ""
    for part, line in _figures(text):
        name, printed, seconds = _figure(part, line)
        if not part.known:
            withheld = "its round trips: under this title some versions print a half of one, and it does not say which"
            continue
        rows[name] = Row(printed, 1e9 * factor * seconds)
        implied_s += factor * seconds * part.messages * part.runs
    corrected = (
        f"its seconds are ticks / {ghz:g} GHz, of a counter of {clock.tsc_hz / 1e9:.4g} GHz: × {factor:.4g}"
    )
    return Reading(rows, corrected, implied_s, withheld)


def _figures(text: str) -> Iterator[tuple[_Part, re.Match[str]]]:
    """Each line with a figure, and what it stands under."""
    part: _Part | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        if title := _TITLE.fullmatch(line.strip()):
            part = _part(title)
        elif part and (figure := (_TRIP if part.trips else _RATE).fullmatch(line)):
            yield part, figure
        elif line.strip() and not (part is None and _CPU.fullmatch(line)):
            raise Foreign(NAME, number, line)
    if part is None:
        raise Foreign(NAME, 1, "")


def _figure(part: _Part, line: re.Match[str]) -> tuple[str, str, float]:
    """What was measured, as printed, and seconds of its own for each message."""
    if part.trips:
        return f"ping-pong {line['queue']}", f"{line['seconds']} s", float(line["seconds"])
    rate = _whole(line["rate"])
    name = f"throughput {line['queue']}, {line['pairs']},{line['order']}"
    return name, f"{rate} msg/sec", 1 / rate


def _counterparts() -> Iterator[Counterpart]:
    for theirs, ours, *differs in _QUEUES:
        trip = f"ping_pong/{ours}/queues:2/wait:pause/report:mean"
        yield Counterpart(f"ping-pong {theirs}", trip, ("capacity: 8, ours 64", *differs))
    for theirs, ours, *differs in _QUEUES:
        flow = f"producer_consumer/{ours}/p:1/c:1/wait:pause/item:8/capacity:65536"
        capacity = "capacity: 65,536 as ours, in newer versions 131,072"
        yield Counterpart(f"throughput {theirs}, 1,s", flow, (capacity, *differs))


_STRONG = (
    "form: a try that fails looks at the other end's counter first; ours is the weak form, which does not"
)
_GROWS = "push: try_enqueue, which fails where the queue would have to grow; ours enqueue, which lets it grow"

# The same queue on both sides, and in what the two differ. A row of another form of the same library (AtomicQueueB2 as
# a queue for one pair, say) is no counterpart.
_QUEUES = (
    (
        "AtomicQueueB",
        "atomic_queue_spsc",
        "form: MAXIMIZE_THROUGHPUT is false, ours has the library's default, true",
    ),
    (
        "boost::lockfree::spsc_queue",
        "boost_spsc_queue",
        "form: its capacity is known when it is compiled, ours is not",
    ),
    ("boost::lockfree::queue", "boost_queue"),
    ("moodycamel::ReaderWriterQueue", "moodycamel_spsc_queue", _GROWS),
    ("moodycamel::ConcurrentQueue", "moodycamel_concurrent_queue", _GROWS),
    ("tbb::concurrent_bounded_queue", "tbb_bounded_queue"),
    ("xenium::michael_scott_queue", "xenium_michael_scott_queue", "memory: epochs, ours hazard pointers"),
    ("xenium::vyukov_bounded_queue", "xenium_vyukov_ring", _STRONG),
)

SUITE = Suite(
    name=NAME,
    library="libatomic-queue-dev",
    programs=(
        "build/release/gcc/benchmarks",
        "build/release/clang/benchmarks",
        "build/benchmarks",
        "benchmarks",
    ),
    how_to_build="make -r benchmarks",
    arguments=((),),
    read=read,
    repeats=3,
    summary="the best of 3",
    summarised=min,
    wrong="wrong checksum error",
    differs=(
        "method: the best of several runs of a fixed number of items, all in one process, from the first thread's "
        "start to the last one's end; ours is the mean over a window in which all threads run, of one process",
        "wait: a pause after each failed try, as in our case",
        "item: 4 bytes, ours 8",
        "memory: queues lie in huge pages where there are some",
    ),
    counterparts=tuple(_counterparts()),
)
