"""What a control is there for, told from its catalog name, and how often a block runs it."""

from __future__ import annotations

import re

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
# A wait that polls without a pause makes a hand-over the faster for a stall, and one that sleeps hides it.
_COMPARED_BY = {"queues": "2", "wait": "pause", "report": "mean"}


def kind_of(name: str) -> str:
    return next((kind for kind, pattern in _KINDS.items() if pattern.search(name)), "other")


def is_comparison(case: Case) -> bool:
    """Whether the case is one by which the comparison is controlled."""
    return (
        kind_of(case.implementation) in ("paced", "slowed", "slight")
        and case.workload == "ping_pong"
        and case.keys == _COMPARED_BY
    )


def labels(case: Case, repeats: int) -> list[str]:
    """A label for each trial that a block takes of the case: one, but for the controls of the comparison, which
    have to resolve a few per cent in a short campaign, too, and so are repeated.

    The paced ring runs under two labels, which must not come out different; the slowed ones are known to
    take 5% and 2% longer than it: the first must be found, the second may be more than a run can resolve.
    """
    if not is_comparison(case):
        return [case.implementation]
    again = [case.implementation + AGAIN] if kind_of(case.implementation) == "paced" else []
    return [case.implementation, *again] * repeats
