"""What a control is there for, told from its catalog name, and how often a block runs it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from .cases import Case

# The first that fits counts: what is slight is slow, too.
_KINDS = {
    "lossy": re.compile(r"loss|lose|losing|drop"),
    "duplicating": re.compile(r"duplic"),
    "ceiling": re.compile(r"no_?op"),
    "floor": re.compile(r"faa|floor|fetch_add"),
    "paced": re.compile(r"paced"),
    "slight": re.compile(r"slight"),
    "slowed": re.compile(r"slow"),
}
KINDS = tuple(_KINDS)

AGAIN = " again"
# A wait that polls without a pause makes a hand-over the faster for a stall, and over two CPUs one that sleeps hides
# it. On one CPU polling hides everything, and what blocks takes turns, so that a stall counts in full.
_WAITS = ("pause", "block")


def kind_of(name: str) -> str:
    return next((kind for kind, pattern in _KINDS.items() if pattern.search(name)), "other")


def comparison(cases: Iterable[Case]) -> frozenset[str]:
    """Names of those of the given cases by which the comparison is controlled, all with one wait: the one that shows
    a stall over two CPUs where there are any, else the one that does on a single CPU."""
    by_wait: dict[str, set[str]] = {wait: set() for wait in _WAITS}
    for case in cases:
        wait = case.keys.get("wait", "")
        if (
            kind_of(case.implementation) in ("paced", "slowed", "slight")
            and case.workload == "ping_pong"
            and case.keys == {"queues": "2", "wait": wait, "report": "mean"}
            and wait in by_wait
        ):
            by_wait[wait].add(case.name)
    return frozenset(next((names for names in by_wait.values() if names), ()))


def trials(cases: Sequence[Case], repeats: int) -> list[tuple[Case, str]]:
    """Each trial that a block takes of the cases, as case and label: one of each, but of the controls of the
    comparison, which have to resolve a few per cent in a short campaign, too, so many of each label.

    The paced ring runs under two labels, which must not come out different; the slowed ones are known to
    take 5% and 2% longer than it: the first must be found, the second may be more than a run can resolve.
    """
    compared = comparison(cases)

    def labels(case: Case) -> list[str]:
        if case.name not in compared:
            return [case.implementation]
        again = [case.implementation + AGAIN] if kind_of(case.implementation) == "paced" else []
        return [case.implementation, *again] * repeats

    return [(case, label) for case in cases for label in labels(case)]
