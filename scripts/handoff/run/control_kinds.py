"""What a control is there for, as the register says it (cmake/handoff_add.cmake), and how often a block runs it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from . import kinds
from .cases import Case

KINDS = (
    "lossy",
    "duplicating",
    "ceiling",
    "floor",
    "paced",
    "slight",
    "slowed",
    "racing",
    "intruding",
    "forgetful",
)

# Catalogs of before said of a control only that it was one. These were all.
_BEFORE = {
    "lossy_queue": "lossy",
    "duplicating_queue": "duplicating",
    "noop_queue": "ceiling",
    "faa_floor_counter": "floor",
    "paced_spsc_ring": "paced",
    "slightly_slowed_spsc_ring": "slight",
    "slowed_spsc_ring": "slowed",
    "racing_counter": "racing",
}

AGAIN = " again"
# A wait that polls without a pause makes a hand-over the faster for a stall, and over two CPUs one that sleeps hides
# it. On one CPU polling hides everything, and what blocks takes turns, so that a stall counts in full.
_WAITS = ("pause", "block")


def of(catalog: Mapping[str, Any]) -> dict[str, str]:
    """The kind of each control of a catalog, by its name."""
    said = {str(one["name"]): one.get("control") for one in kinds.entries(catalog)}
    return {name: _BEFORE.get(name, "") if kind is True else str(kind) for name, kind in said.items() if kind}


def comparison(cases: Iterable[Case]) -> frozenset[str]:
    """Names of those of the given cases by which the comparison is controlled, all with one wait: the one that shows
    a stall over two CPUs where there are any, else the one that does on a single CPU."""
    by_wait: dict[str, set[str]] = {wait: set() for wait in _WAITS}
    for case in cases:
        wait = case.keys.get("wait", "")
        if (
            case.control in ("paced", "slowed", "slight")
            and case.workload == "ping_pong"
            and case.keys == {"queues": "2", "wait": wait, "report": "mean"}
            and wait in by_wait
        ):
            by_wait[wait].add(case.name)
    return frozenset(next((names for names in by_wait.values() if names), ()))


def trials(cases: Sequence[Case], repeats: int) -> list[tuple[Case, str]]:
    """Each trial that a block takes of the cases, as case and label: one of each, but of the controls of the
    comparison, which have to resolve a few per cent in a short campaign, too, this many of each label.

    The paced ring runs under two labels, which must not come out different; the slowed ones are known to
    take 5% and 2% longer than it: the first must be found, the second may be more than a run can resolve.
    """
    compared = comparison(cases)

    def labels(case: Case) -> list[str]:
        if case.name not in compared:
            return [case.implementation]
        again = [case.implementation + AGAIN] if case.control == "paced" else []
        return [case.implementation, *again] * repeats

    return [(case, label) for case in cases for label in labels(case)]
