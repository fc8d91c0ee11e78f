"""What each workload's cases and samples must have for a report to be made of them (docs/samples.md). A workload that
is not here is a user's own, of which nothing is relied on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import cases
from .cases import Case
from .strict_json import quoted

_COUNT = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True)
class WorkloadShape:
    counts: tuple[str, ...]  # keys that count something
    texts: tuple[str, ...] = ()  # the other keys that its cases have
    positive: frozenset[str] = frozenset()  # figures of a sample that ended well by which others are divided
    figures: frozenset[str] = frozenset()  # further ones, of which each such sample has a value


SHAPES: Mapping[str, WorkloadShape] = {
    "producer_consumer": WorkloadShape(("p", "c", "capacity"), ("wait", "item")),
    "bulk": WorkloadShape(("p", "c", "capacity", "bulk"), ("wait", "item")),
    "ping_pong": WorkloadShape(("queues",), ("wait", "report")),
    "load": WorkloadShape(("p", "c"), ("wait", "arrivals", "rate")),
    "nearly_full": WorkloadShape(
        ("t", "capacity", "free"),
        ("wait",),
        frozenset(),
        frozenset("failed_push_share failed_pop_share held capacity thread_share_min".split()),
    ),
    "stall": WorkloadShape(
        ("p", "c", "capacity", "stop_ms"),
        (),
        frozenset(),
        frozenset(
            f"{where}_{what}"
            for where in ("push", "pop", "outside")
            for what in ("stops", "harmful_stops", "pushes_held_up", "pops_held_up")
        ),
    ),
    "counter": WorkloadShape(("t",), ("mix",)),
    "lock": WorkloadShape(("t", "inside", "outside", "read")),
    "wait": WorkloadShape(
        ("waiters", "gap_us", "hungry"),
        (),
        frozenset({"late_p50_ns"}),
        frozenset("late_p99_ns notify_p50_ns cpu_per_item_ns items".split()),
    ),
    "download": WorkloadShape(("n", "m", "items"), ("wait",), frozenset({"makespan_s", "ideal_s"})),
    "download_strategies": WorkloadShape(
        ("n", "items"),
        ("latency", "ms", "failures", "bandwidth", "time"),
        frozenset({"makespan_s", "bound_s"}),
    ),
    "download_saving": WorkloadShape(("n", "items"), ("sync",), frozenset({"makespan_s"})),
    "memory": WorkloadShape(
        ("item", "items"),
        (),
        frozenset(),
        frozenset(
            "bytes_per_item empty_bytes retained_bytes peak_bytes allocations_per_item items capacity".split()
        ),
    ),
    "core_to_core": WorkloadShape(("a", "b")),
    "pitfalls": WorkloadShape(("tries",)),
}

# Keys of which none is nothing: threads, and what is handed over.
_AT_LEAST_ONE = frozenset(
    ("n", "m", "p", "c", "t", "items", "queues", "waiters", "gap_us", "stop_ms", "bulk")
)


def check_case(name: str) -> Case:
    """Raises ValueError or HandoffError if it is the name of no case."""
    if len(name) > 2000 or not name.isprintable():
        raise ValueError(f"case {quoted(name)} is no printable name")
    case = cases.parse(name)
    shape = SHAPES.get(case.workload)
    if shape is None:
        return case
    missing = [key for key in (*shape.counts, *shape.texts) if key not in case.keys]
    if missing:
        raise ValueError(f"case {quoted(name)} has no {', '.join(missing)}")
    for key in shape.counts:
        value = case.keys[key]
        if not _COUNT.fullmatch(value) or (key in _AT_LEAST_ONE and int(value) == 0):
            raise ValueError(f"case {quoted(name)}: {key} is {quoted(value)}; valid: a number")
    return case


def check_figures(workload: str, figures: Mapping[str, Any]) -> None:
    """Of a sample that ended well. Raises ValueError."""
    shape = SHAPES.get(workload)
    if shape is None:
        return
    if missing := (shape.positive | shape.figures) - figures.keys():
        raise ValueError(f"{workload} without its figures {', '.join(sorted(missing))}")
    for name in shape.positive:
        if not figures[name] > 0:
            raise ValueError(f"the figure '{name}' is {figures[name]!r}; valid: more than 0")
