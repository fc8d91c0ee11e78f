"""The rows of the decision table: usual situations, each with what answers it and who can do the job.

A quick campaign measures each row for everybody who can do the job, and spends its time on those who may still be the
best (statistics/racing.py). The report decides each row by the closest setting that a run has. No row names an
implementation.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..run import kinds
from ..run.cases import Case
from ..run.sampling import COLUMNS, USUAL_COLUMN, Contest
from . import whose
from .catalog import Suite
from .rules import CaseRule, Values, matches

Entry = Mapping[str, Any]  # of an implementation, in the catalog


@dataclass(frozen=True)
class Row:
    """A row of the decision table."""

    title: str
    asks: str  # what the best is best at
    promise: str  # that a candidate must make, in words
    workload: str
    # What counts as an answer, the closest first; of the values of a key, too. A quick campaign measures the closest.
    settings: tuple[Values, ...]
    limit: str  # when the answer does not hold
    offers: Callable[[Entry], bool] = lambda entry: True  # who can do the job
    column: str = USUAL_COLUMN  # what is ranked
    crowded: bool = False  # only with more threads than CPUs
    of_waits: bool = False  # compares the waits of one queue, not queues
    turns_over: bool = False  # whether it turns over with the gap between items: where, the report says

    def distance(self, workload: str, keys: Mapping[str, str], crowded: bool) -> tuple[int, ...] | None:
        """How far a group of cases is from what is asked, to be compared with others; None: it is no answer.
        `crowded`: whether it had more threads than CPUs."""
        if workload != self.workload or (self.crowded and not crowded):
            return None
        for place, values in enumerate(self.settings):
            if matches(keys, values):
                wanted = _waiting(values, crowded)
                return (place, *(_place(keys.get(key), value) for key, value in wanted.items()))
        return None

    def rule(self) -> CaseRule:
        """What a quick campaign measures for it."""
        if self.of_waits:
            return CaseRule(self.workload, whose.closable_queue, self.settings[:1])
        keys = dict(self.settings[0])
        if self.crowded:
            many = _values(keys["p"])
            keys |= dict.fromkeys("pc", next((n for n in many if crowds({"p": n, "c": n})), many[-1]))
        crowded = crowds({key: _values(keys[key])[0] for key in "pc" if key in keys})
        closest = {key: _values(value)[0] for key, value in _waiting(keys, crowded).items()}
        return CaseRule(self.workload, self._candidates, (closest,))

    def _candidates(self, suite: Suite) -> set[str]:
        able = {str(entry["name"]) for entry in suite.entries() if self.offers(entry)}
        return whose.ranked(suite) & able


def crowds(keys: Mapping[str, str]) -> bool:
    """Whether these producers and consumers are more threads than this process has CPUs."""
    return sum(int(keys.get(end, 0)) for end in "pc") > len(os.sched_getaffinity(0))


def _values(value: str | tuple[str, ...] | None) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else (value or "",)


def _waiting(values: Values, crowded: bool) -> Values:
    """Where any wait will do: rather one that keeps its CPU, but where threads share CPUs one that sleeps."""
    return dict(values) | {"wait": ANY_WAIT[::-1]} if crowded and values.get("wait") == ANY_WAIT else values


def _place(value: str | None, allowed: str | tuple[str, ...] | None) -> int:
    return allowed.index(value) if isinstance(allowed, tuple) and value is not None else 0


# ---- who can do the job ---------------------------------------------------------------------------------------


def _many_producers(entry: Entry) -> bool:
    return bool(entry.get("producers") == "many")


def _many_consumers(entry: Entry) -> bool:
    return bool(entry.get("consumers") == "many")


def _many_to_many(entry: Entry) -> bool:
    return _many_producers(entry) and _many_consumers(entry)


def _bounded(entry: Entry) -> bool:
    return _many_to_many(entry) and entry.get("bound") == "bounded"


def _unbounded(entry: Entry) -> bool:
    return _many_to_many(entry) and entry.get("bound") == "unbounded"


def _fifo(entry: Entry) -> bool:
    return _many_to_many(entry) and entry.get("delivery") == "fifo"


def _in_bulk(entry: Entry) -> bool:
    return bool(entry.get("bulk"))


def _exact_at_rest(entry: Entry) -> bool:
    return entry.get("value") in ("exact", "quiescent")


ANY_WAIT = ("pause", "spin", "yield", "block")


# ---- the rows --------------------------------------------------------------------------------------------------


def _between(p: str | tuple[str, ...], c: str | tuple[str, ...], **others: str | tuple[str, ...]) -> Values:
    """Items of 8 bytes over 1,024 places."""
    usual: Values = {"wait": ANY_WAIT, "item": "8", "capacity": "1024"}
    return {"p": p, "c": c} | dict(usual) | others


def _held(**others: str | tuple[str, ...]) -> Values:
    """A lock that is held for about 100 ns; the closest first."""
    return {"t": ("2", "4", "8"), "inside": ("100", "0"), "outside": ("1000", "0")} | others


def _coming(gap_us: str | tuple[str, ...]) -> Values:
    """One thread waits, on a CPU of its own."""
    return {"waiters": "1", "gap_us": gap_us, "hungry": "0"}


_TRIP: Values = {"queues": "2", "report": "mean"}
_SPINNING = "where threads can be descheduled: then spinning costs whole time slices"

ROWS = (
    Row(
        "Round trip, one producer, one consumer",
        "shortest way to and fro between two threads that own a CPU each",
        "any queue",
        "ping_pong",
        (dict(_TRIP) | {"wait": ("pause", "spin")},),
        f"Not {_SPINNING}.",
    ),
    Row(
        "Throughput, one producer, one consumer",
        "most items per second",
        "any queue",
        "producer_consumer",
        (_between("1", "1"),),
        f"Not {_SPINNING}.",
    ),
    Row(
        "Several items at once, one producer, one consumer",
        "most items per second with 16 of them in a call",
        "takes several items in one call",
        "bulk",
        (_between("1", "1", bulk=("16", "64", "4")),),
        f"The first item of a call waits for the last. Not {_SPINNING}.",
        _in_bulk,
    ),
    Row(
        "Many producers, one consumer: logging",
        "most items per second from several producers",
        "many producers",
        "producer_consumer",
        (_between(("4", "2", "8"), "1"),),
        "Says nothing of the burst that fills the queue: a bounded one then blocks or drops, an unbounded one "
        "grows.",
        _many_producers,
    ),
    Row(
        "One producer, many consumers: handing out work",
        "most items per second to several consumers",
        "many consumers",
        "producer_consumer",
        (_between("1", ("4", "2", "8")),),
        "Says nothing of how evenly the consumers are served.",
        _many_consumers,
    ),
    Row(
        "Bounded, many to many",
        "most items per second with a fixed memory",
        "bounded, many to many",
        "producer_consumer",
        (_between(("2", "4", "8"), ("2", "4", "8")),),
        "Depends on the capacity; where the threads exceed the CPUs it is a statement about preemption.",
        _bounded,
    ),
    Row(
        "Unbounded, many to many",
        "most items per second that never wait for room",
        "unbounded, many to many",
        "producer_consumer",
        (_between(("2", "4", "8"), ("2", "4", "8")),),
        "A queue that grows for ever is slower, too: see memory.",
        _unbounded,
    ),
    Row(
        "Strict FIFO across producers",
        "most items per second in the order of the pushes",
        "FIFO over all, many to many",
        "producer_consumer",
        (_between(("2", "4", "8"), ("2", "4", "8")),),
        "With several consumers the order of processing is not the order of popping.",
        _fifo,
    ),
    Row(
        "More threads than CPUs, or a container with a quota",
        "most items per second when threads are preempted and who waits sleeps",
        "many to many",
        "producer_consumer",
        (_between(("4", "8", "2"), ("4", "8", "2")),),
        "Depends on the scheduler and on the wait; compare the waits before the queues.",
        _many_to_many,
        crowded=True,
    ),
    Row(
        "CPU budget at a low steady rate",
        "least CPU time per item of 10,000 a second, when the consumer sleeps in between",
        "any queue",
        "load",
        ({"p": "1", "c": "1", "wait": "block", "arrivals": "poisson", "rate": ("10000", "100000")},),
        "Each item wakes the consumer. At saturation nobody sleeps.",
        column=COLUMNS["cpu"],
    ),
    Row(
        "Large payload",
        "most items of 256 bytes per second",
        "takes items of 256 bytes",
        "producer_consumer",
        (_between("1", "1", item="256"),),
        "Beyond a few cache lines per item hand over a pointer; then the 8-byte rows apply.",
    ),
    Row(
        "Must block",
        "shortest way to and fro when a waiting thread sleeps",
        "any queue",
        "ping_pong",
        (dict(_TRIP) | {"wait": ("block", "own")},),
        "The harness's wait. A queue's own blocking calls are compared by themselves (wait:own).",
    ),
    Row(
        "99th percentile at 80% load",
        "least time from when an item is due until it is out, for all but one in a hundred",
        "any queue",
        "load",
        ({"p": "1", "c": "1", "wait": ("pause", "spin"), "arrivals": "poisson", "rate": "80%"},),
        "80% of what each queue takes by itself: a faster queue has more to do.",
    ),
    Row(
        "Spin or block",
        "shortest way to and fro by the wait, over one queue",
        "the first bounded queue with calls that wait",
        "ping_pong",
        (_TRIP,),
        "What spins burns a CPU for each waiting thread: see the CPU time per round trip.",
        of_waits=True,
        turns_over=True,
    ),
    Row(
        "Memory per item",
        "fewest bytes per item of 8 bytes when 65,536 are held",
        "any queue",
        "memory",
        ({"item": "8", "items": ("65536", "1024")},),
        "A bounded queue has its memory from the start, an unbounded one may keep what it had.",
        column=COLUMNS["memory"],
    ),
    Row(
        "Counter, mostly written",
        "most increments per second of two threads",
        "no increment is lost",
        "counter",
        ({"t": ("2", "4", "8"), "mix": "increment"},),
        "Turns over as threads are added or leave: see counters by threads.",
        _exact_at_rest,
    ),
    Row(
        "Counter, often read",
        "most operations per second of two threads, nine in ten a read",
        "no increment is lost",
        "counter",
        ({"t": ("2", "4", "8"), "mix": ("read_90", "read_10", "read_1")},),
        "A read of a counter in parts visits all of them: more threads, dearer reads.",
        _exact_at_rest,
    ),
    Row(
        "Lock, short sections",
        "most acquisitions per second of two threads that do about ten times as much without it",
        "any lock",
        "lock",
        (_held(read="0"),),
        f"Says nothing of who waits how long: see fairness and the 99th percentile. Not {_SPINNING}.",
        kinds.is_lock,
    ),
    Row(
        "Lock, mostly read",
        "most acquisitions per second of two threads, nine in ten to read",
        "any lock; readers of one that they cannot share take it alone",
        "lock",
        (_held(read=("90", "99")),),
        "Turns over with the length of the section: a short one does not pay for readers together.",
        kinds.is_lock,
    ),
    Row(
        "Wait, 100 µs, seen early",
        "least time from when an item is there, 100 µs after the one before, until a waiting thread has it",
        "any way to wait",
        "wait",
        (_coming(("100", "1000", "10")),),
        "What polls has no CPU left for others, and is the latest of all where it has to share one.",
        kinds.is_wait,
    ),
    Row(
        "Wait, 100 µs, cheaply",
        "least CPU time of the waiting thread for each item, 100 µs after the one before",
        "any way to wait",
        "wait",
        (_coming(("100", "1000", "10")),),
        "What sleeps is late by a wake-up, which the producer pays for, too.",
        kinds.is_wait,
        column=COLUMNS["cpu"],
        turns_over=True,
    ),
)


def contests(suite: Suite, cases: Iterable[Case]) -> tuple[Contest, ...]:
    """Of the cases that are measured: each row's closest setting in which there are two candidates. Rows that are
    decided by the same cases are contests of their own, because they have other candidates."""
    specs = {str(entry["name"]): entry for entry in suite.entries() if not entry["control"]}
    groups: dict[tuple[str, ...], list[Case]] = {}
    for case in cases:
        if case.implementation in specs:
            groups.setdefault((case.workload, case.group), []).append(case)
    found = (_contest(row, groups.values(), specs) for row in ROWS)
    return tuple(one for one in found if one is not None)


def _contest(row: Row, groups: Collection[list[Case]], specs: Mapping[str, Entry]) -> Contest | None:
    able = {name for name, entry in specs.items() if row.offers(entry)}
    answering = []
    for group in groups:
        far = row.distance(group[0].workload, group[0].keys, crowds(group[0].keys))
        members = tuple(case for case in group if case.implementation in able)
        if far is not None and members:
            answering.append((far, members))
    if row.of_waits:
        answering = [((0,), members) for members in _by_implementation(answering)]
    entrants = [members for _, members in sorted(answering, key=lambda one: one[0]) if len(members) > 1]
    if not entrants:
        return None
    return Contest(row.title, row.column, tuple(case.name for case in entrants[0]), row.of_waits)


def _by_implementation(
    answering: Iterable[tuple[tuple[int, ...], tuple[Case, ...]]]
) -> list[tuple[Case, ...]]:
    """Whoever has the most waits first."""
    found: dict[str, list[Case]] = {}
    for _, members in answering:
        for case in members:
            found.setdefault(case.implementation, []).append(case)
    return sorted((tuple(own) for own in found.values()), key=len, reverse=True)
