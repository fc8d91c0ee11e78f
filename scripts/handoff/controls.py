"""Known answers that every campaign carries, and whether this one gave them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from . import measures, ranking, stats
from .cases import parse
from .control_kinds import KINDS, is_comparison, kind_of

PASSED, FAILED, ABSENT = "passed", "failed", "absent"

Outcome = dict[str, Any]


def names(catalog: dict[str, Any]) -> set[str]:
    """Those marked as controls, and counters that may lose updates: they teach, and are no contestants."""
    entries = [*catalog.get("queues", []), *catalog.get("counters", [])]
    return {str(one["name"]) for one in entries if one.get("control") or one.get("value") == "lossy"}


def check(samples: pd.DataFrame, usable: pd.DataFrame, control_names: set[str]) -> list[Outcome]:
    """`samples`: every trial; `usable`: those that figures are made of."""
    by_kind = {kind: sorted(n for n in control_names if kind_of(n) == kind) for kind in KINDS}
    outcomes = [
        _faulty("loses one item in 10⁶", samples, by_kind["lossy"]),
        _faulty("duplicates one item in 10⁶", samples, by_kind["duplicating"]),
        _reference("no-op ceiling", usable, by_kind["ceiling"]),
        _reference("fetch_add floor", usable, by_kind["floor"], workload="counter"),
        *_same_twice(usable),
        _slowed(usable, by_kind["paced"], by_kind["slowed"]),
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
    """A/A: one implementation under two labels must not come out different. A run that is too short to call
    them equivalent calls much else unresolved, too, and is not wrong."""
    found = []
    for case, rows in usable.groupby("case"):
        labels = sorted(set(rows["label"]))
        if len(labels) < 2 or (pair := _compared(rows, labels[1], labels[0])) is None:
            continue
        passed = pair.verdict != stats.DIFFERENT
        found.append(_outcome("A/A", PASSED if passed else FAILED, f"{case}: {pair.text}"))
    return found or [_outcome("A/A", ABSENT, "no case was run under two labels")]


def _slowed(usable: pd.DataFrame, paced: list[str], slowed: list[str]) -> Outcome:
    """A round trip that is known to take 5% longer must be found to do so."""
    compared = {name for name in usable["case"].unique() if is_comparison(parse(name))}
    rows = usable[usable["case"].isin(compared) & usable["label"].isin(paced + slowed)]
    pair = _compared(rows, slowed[0], paced[0]) if paced and slowed else None
    if pair is None:
        return _outcome("+5% is found", ABSENT, "this control was not run")
    passed = pair.verdict == stats.DIFFERENT and 1.0 < pair.ratio < 1.1
    return _outcome("+5% is found", PASSED if passed else FAILED, f"{slowed[0]} / {paced[0]}: {pair.text}")


@dataclass(frozen=True)
class _Pair:
    verdict: str
    ratio: float  # of cost
    low: float
    high: float
    n: int
    resolvable: float

    @property
    def text(self) -> str:
        interval = f"ratio {self.ratio:.3f} [{self.low:.3f}, {self.high:.3f}]"
        return f"{self.verdict}, {interval}, {self.n} pairs, {measures.resolves(self.resolvable)}"


def _compared(rows: pd.DataFrame, above: str, below: str) -> _Pair | None:
    """The cost of one label over that of another; None if one of them is not there. Where a block holds
    several trials of each, they are paired in their order."""
    nth = rows.groupby(["block", "label", "regime"]).cumcount()
    apart = rows["block"] * (int(nth.max()) + 1 if len(nth) else 1) + nth
    found = ranking.rank(rows.assign(implementation=rows["label"], block=apart))
    if not found or not {above, below} <= set(found[0].names):
        return None
    pooled = found[0]
    i, j = pooled.names.index(above), pooled.names.index(below)
    ratio, low, high = (float(a[i, j]) for a in (pooled.pairs.ratio, pooled.pairs.low, pooled.pairs.high))
    return _Pair(
        str(pooled.verdicts[i, j]), ratio, low, high, int(pooled.pairs.n[i, j]), pooled.resolvable(i, j)
    )


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
