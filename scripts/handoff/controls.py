"""Known answers that every campaign carries, and whether this one gave them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd

from . import ranking, stats

PASSED, FAILED, ABSENT = "passed", "failed", "absent"

# What a control is there for, told from its catalog name.
_KINDS = {
    "lossy": re.compile(r"loss|lose|losing|drop"),
    "duplicating": re.compile(r"duplic"),
    "ceiling": re.compile(r"no_?op"),
    "floor": re.compile(r"faa|floor|fetch_add"),
}

Outcome = dict[str, Any]


def names(catalog: dict[str, Any]) -> set[str]:
    """Those marked as controls, and counters that may lose updates: they teach, and are no contestants."""
    entries = [*catalog.get("queues", []), *catalog.get("counters", [])]
    return {str(one["name"]) for one in entries if one.get("control") or one.get("value") == "lossy"}


def kind_of(name: str) -> str:
    return next((kind for kind, pattern in _KINDS.items() if pattern.search(name)), "other")


def check(samples: pd.DataFrame, usable: pd.DataFrame, control_names: set[str]) -> list[Outcome]:
    """`samples`: every trial; `usable`: those that figures are made of."""
    by_kind = {kind: sorted(n for n in control_names if kind_of(n) == kind) for kind in _KINDS}
    outcomes = [
        _faulty("loses one item in 10⁶", samples, by_kind["lossy"]),
        _faulty("duplicates one item in 10⁶", samples, by_kind["duplicating"]),
        _reference("no-op ceiling", usable, by_kind["ceiling"]),
        _reference("fetch_add floor", usable, by_kind["floor"], workload="counter"),
    ]
    outcomes.extend(_same_twice(usable))
    return outcomes


def _outcome(name: str, outcome: str, detail: str) -> Outcome:
    return {"name": name, "outcome": outcome, "detail": detail}


def _faulty(name: str, samples: pd.DataFrame, members: list[str]) -> Outcome:
    # Counters do not hand over items: one that loses updates does so openly.
    trials = samples[samples["implementation"].isin(members) & (samples["workload"] != "counter")]
    if trials.empty:
        return _outcome(name, ABSENT, "this control was not run")
    caught = int((trials["status"] == "unverified").sum())
    ran = sorted(set(trials["implementation"]))
    detail = f"{', '.join(ran)}: caught in {caught} of {len(trials)} trials"
    return _outcome(name, PASSED if caught == len(trials) else FAILED, detail)


def _reference(name: str, usable: pd.DataFrame, members: list[str], workload: str | None = None) -> Outcome:
    rows = usable[usable["implementation"].isin(members)]
    if workload is not None:
        rows = rows[rows["workload"] == workload]
    rates = [column for column in ("items_per_second", "operations_per_second") if column in rows]
    per_second = rows[rates].max(axis=1) if rates else pd.Series(dtype=float)
    if rows.empty or per_second.dropna().empty:
        return _outcome(name, ABSENT, "this control was not run, or never ended well")
    best = float(1e9 / per_second.groupby(rows["case"]).median().max())
    return _outcome(name, PASSED, f"{', '.join(members)}: {best:.2f} ns per operation at its best")


def _same_twice(usable: pd.DataFrame) -> Iterator[Outcome]:
    """A/A: one implementation under two labels must come out equivalent."""
    for case, rows in usable.groupby("case"):
        labels = sorted(set(rows["label"]))
        if len(labels) < 2:
            continue
        relabelled = rows.assign(implementation=rows["label"])
        best = ranking.rank(relabelled)
        if not best:
            continue
        verdict = str(best[0].verdicts[0, 1])
        ratio, low, high = (
            float(a[1, 0]) for a in (best[0].pairs.ratio, best[0].pairs.low, best[0].pairs.high)
        )
        detail = f"{case}: {verdict}, ratio {ratio:.3f} [{low:.3f}, {high:.3f}]"
        yield _outcome("A/A", PASSED if verdict == stats.EQUIVALENT else FAILED, detail)


def stamps(environment: dict[str, Any], outcomes: list[Outcome], blocks: int) -> list[str]:
    """Why this run must not be cited; empty when it may be."""
    found = [
        f"control '{one['name']}' {one['outcome']}: {one['detail']}"
        for one in outcomes
        if one["outcome"] != PASSED
    ]
    build = environment.get("build", {})
    rules: list[tuple[Callable[[], bool], str]] = [
        (lambda: bool(build.get("dirty", True)), "dirty build: the commit does not say what was measured"),
        (
            lambda: str(build.get("build_type", "")).lower() not in ("release", "relwithdebinfo"),
            f"build type {build.get('build_type', 'unknown')!s}: not an optimised release",
        ),
        (lambda: blocks == 0, "no complete block"),
    ]
    return found + [reason for applies, reason in rules if applies()]
