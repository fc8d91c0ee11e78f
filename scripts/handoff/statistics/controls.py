"""Known answers that every campaign carries, and whether this one gave them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from ..run import kinds
from ..run.control_kinds import KINDS
from . import known_pairs
from .outcomes import Outcome as Said

PASSED, FAILED, ABSENT = "passed", "failed", "absent"

Outcome = dict[str, Any]


def names(catalog: dict[str, Any]) -> set[str]:
    """Those marked as controls, and counters that may lose updates: they teach, and are no contestants."""
    listed = kinds.entries(catalog)
    return {str(one["name"]) for one in listed if one.get("control") or one.get("value") == "lossy"}


def check(samples: pd.DataFrame, usable: pd.DataFrame) -> list[Outcome]:
    """`samples`: every trial; `usable`: those that figures are made of."""
    by_kind = {kind: sorted(set(samples["implementation"][samples["control"] == kind])) for kind in KINDS}
    outcomes = [
        _faulty("loses one item in 10⁶", samples, by_kind["lossy"]),
        _faulty("duplicates one item in 10⁶", samples, by_kind["duplicating"]),
        _reference("no-op ceiling", usable, by_kind["ceiling"]),
        _reference("fetch_add floor", usable, by_kind["floor"], workload="counter"),
        *_only_of(samples, "lock", "lets two threads into a lock", by_kind["intruding"]),
        *_only_of(samples, "wait", "forgets what a thread has waited for", by_kind["forgetful"]),
        *_same_twice(usable),
        _slowed(usable),
        _slightly_slowed(usable),
    ]
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


def _only_of(samples: pd.DataFrame, workload: str, name: str, members: list[str]) -> list[Outcome]:
    """Of a run that measured what this control is one of: of others it would say nothing."""
    if not (samples["workload"] == workload).any():
        return []
    return [_faulty(name, samples, members)]


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


def _same_twice(usable: pd.DataFrame) -> list[Outcome]:
    """A run that is too short to call the two labels equivalent knows little of much else, too, and is not
    wrong."""
    found = [
        _outcome("A/A", PASSED if pair.outcome not in (Said.FASTER, Said.SLOWER) else FAILED, pair.text)
        for pair in known_pairs.same_twice(usable)
    ]
    return found or [_outcome("A/A", ABSENT, "no case was run under two labels")]


def _slowed(usable: pd.DataFrame) -> Outcome:
    """A round trip that is known to take 5% longer must be found to do so."""
    pair = known_pairs.against_paced(usable, "slowed")
    if pair is None:
        return _outcome("+5% is found", ABSENT, "this control was not run")
    passed = pair.outcome is Said.SLOWER and pair.ratio < 1.1
    return _outcome("+5% is found", PASSED if passed else FAILED, pair.text)


def _slightly_slowed(usable: pd.DataFrame) -> Outcome:
    """2% is within what is called equivalent and may be too little to see. It must not come out as faster, and
    where it is not found the run says which difference it could have found: at half of that a miss is a flaw.
    """
    name = "+2% is found, or said to be too little"
    pair = known_pairs.against_paced(usable, "slight")
    if pair is None:
        return _outcome(name, ABSENT, "this control was not run")
    return _outcome(name, FAILED if pair.misses(known_pairs.SLIGHT / 2) else PASSED, pair.text)


def stamps(environment: dict[str, Any], outcomes: list[Outcome], blocks: int) -> list[str]:
    """Why this run must not be cited; empty when it may be."""
    found = [
        f"control '{one['name']}' {one['outcome']}: {one['detail']}"
        for one in outcomes
        if one["outcome"] != PASSED
    ]
    build = environment.get("build", {})
    rules: list[tuple[Callable[[], bool], str]] = [
        (lambda: build.get("commit") is None, "unknown source: no commit says what was measured"),
        (
            lambda: build.get("commit") is not None and build.get("dirty") is not False,
            "dirty build: the commit does not say what was measured",
        ),
        (
            lambda: str(build.get("build_type", "")).lower() not in ("release", "relwithdebinfo"),
            f"build type {build.get('build_type', 'unknown')!s}: not an optimised release",
        ),
        (
            lambda: bool(build.get("sanitizers")),
            f"built with sanitizers ({build.get('sanitizers')}): their cost is in every figure",
        ),
        (
            lambda: not is_optimised(build.get("flags")),
            f"flags '{build.get('flags')}': not optimised",
        ),
        (lambda: blocks == 0, "no complete block"),
    ]
    return found + [reason for applies, reason in rules if applies()]


def is_optimised(flags: str | None) -> bool:
    """Of several -O the last one counts. What recorded no flags is judged by its build type alone."""
    levels = [one for one in (flags or "-O").split() if one.startswith("-O")]
    return bool(levels) and levels[-1] not in ("-O0", "-Og")
