"""The pitfalls of threads that a run has met. They have no times, so nothing of them is ranked."""

from __future__ import annotations

from typing import Any

import pandas as pd

Json = dict[str, Any]

WORKLOAD = "pitfalls"

READING = (
    "Two threads that need the same two locks. Where they take them in opposite orders, sooner or later each holds the "
    "one that the other waits for, and both would wait for ever: that is a deadlock, and its place in a program is no "
    "line but two. Here a watchdog sees it, names the threads and the locks (“thread 'left to right' holds 'left' and "
    "waits for 'right'; thread 'right to left' holds 'right' and waits for 'left'”), and calls one of them off. The "
    "cures: one order for all threads, or std::scoped_lock, which never waits for a lock while it holds another. "
    "A trial fails in which the fault meets no deadlock, or a cure meets one."
)

_WHAT = {
    "opposite_order": "the fault: each takes first what the other takes second",
    "same_order": "cure: both take them in the same order",
    "scoped_lock": "cure: opposite orders, by std::scoped_lock",
}


def table(usable: pd.DataFrame) -> list[Json]:
    """A row for each way to take two locks, the fault first. `usable`: the samples that ended well."""
    rows = usable[usable["workload"] == WORKLOAD]
    found = [_member(str(name), own) for name, own in rows.groupby("implementation")]
    return sorted(found, key=lambda one: -float(one["deadlocks"]))


def _member(name: str, rows: pd.DataFrame) -> Json:
    seen = rows.loc[rows["deadlocks"] > 0, "first_deadlock"]
    return {
        "implementation": name,
        "what": _WHAT.get(name, ""),
        "trials": len(rows),
        "tries": float(rows["tries"].sum()),
        "deadlocks": float(rows["deadlocks"].sum()),
        "first": float(seen.median()) if len(seen) else None,  # of a trial: in which try it came first
    }
