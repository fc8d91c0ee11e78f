"""One case in two runs: the ratio of its cost with its interval, and how surely there is any.

Runs of two campaigns share no blocks: the Hodges-Lehmann ratio within each regime, with the interval that inverts
the exact Mann-Whitney test, and a t test over all regimes. Runs that were measured interleaved do: their trials are
pairs, as two labels of one campaign are. compare.py says when which of them holds, and why there are two witnesses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from ..statistics import ranking
from ..statistics.stats import (
    CONFIDENCE,
    DIFFERENT,
    EQUIVALENCE,
    EQUIVALENT,
    UNRESOLVED,
    Interval,
    median_interval,
    shift_interval,
    shift_resolvable,
    sign_rank,
)

REGRESSION, IMPROVEMENT = "regression", "improvement"


@dataclass(frozen=True)
class Change:
    """One case in one regime. `ratio`, `low`, `high`: cost in B over cost in A, above 1 is worse."""

    case: str
    regime: str
    unit: str
    median_a: float
    median_b: float
    n_a: int
    n_b: int
    ratio: float
    low: float
    high: float
    coverage: float
    resolvable: float  # smallest change that would have shown; NaN: none would have
    verdict: str  # different | equivalent | unresolved
    effect: str  # regression | improvement | "": not past the threshold, or not sure after correction


def effect_text(effect: str, otherwise: str = "") -> str:
    """What a table says of it: a regression is shouted."""
    return effect.upper() if effect == REGRESSION else effect or otherwise


def unpaired(rows: pd.DataFrame, unit: str) -> tuple[list[Change], float]:
    """The change in each regime that both runs saw, and the p of a change over all of them."""
    return _in_each_regime(rows, unit), _p_over_regimes(rows)


def _in_each_regime(rows: pd.DataFrame, unit: str) -> list[Change]:
    found: list[Change] = []
    for regime, here in rows.groupby("regime"):
        a, b = here[here["run"] == "a"], here[here["run"] == "b"]
        if len(a) and len(b):
            found.append(_change(str(regime), a, b, unit))
    return found


def _change(regime: str, a: pd.DataFrame, b: pd.DataFrame, unit: str) -> Change:
    plain = shift_interval(a["log_cost"].to_numpy(float), b["log_cost"].to_numpy(float))
    low, high, middle, coverage = plain.low, plain.high, plain.estimate, plain.coverage
    needed = shift_resolvable(a["log_cost"].to_numpy(float), b["log_cost"].to_numpy(float))
    if a["multiple"].notna().all() and b["multiple"].notna().all():
        scaled = shift_interval(_log(a["multiple"]), _log(b["multiple"]))
        low, high = min(low, scaled.low), max(high, scaled.high)
        middle, coverage = scaled.estimate, min(coverage, scaled.coverage)
        needed = max(needed, shift_resolvable(_log(a["multiple"]), _log(b["multiple"])))
    low, middle, high = (float(np.exp(value)) for value in (low, middle, high))
    ratio = Interval(low, middle, high, coverage, plain.n)
    return Change(
        case=str(a["case"].iloc[0]),
        regime=regime,
        unit=unit,
        median_a=median_interval(a["value"].to_numpy(float)).estimate,
        median_b=median_interval(b["value"].to_numpy(float)).estimate,
        n_a=len(a),
        n_b=len(b),
        ratio=ratio.estimate,
        low=ratio.low,
        high=ratio.high,
        coverage=ratio.coverage,
        resolvable=float(np.expm1(needed)),
        verdict=_verdict(ratio),
        effect="",
    )


def paired(rows: pd.DataFrame, unit: str) -> tuple[list[Change], float]:
    """The change in each regime and, first, over all of them unless they contradict each other; and the p of
    the latter: where they do, of the surest regime, corrected for their number."""
    found = ranking.rank(rows.assign(implementation=rows["run"]))
    changes: list[Change] = []
    p = 1.0
    for one in found:
        if set(one.names) != {"a", "b"}:
            continue
        i, j = one.names.index("b"), one.names.index("a")
        if one.regime == ranking.POOLED:
            p = _p_of_any(found[1:]) if one.contradicts[i, j] else float(one.pairs.p[i, j])
            if one.contradicts[i, j] or len(found) == 2:
                continue  # a single regime is the whole
        if one.pairs.n[i, j]:
            here = rows if one.regime == ranking.POOLED else rows[rows["regime"] == one.regime]
            changes.append(_paired_change(one, i, j, here, unit))
    return changes, p


def _p_of_any(found: list[ranking.Ranking]) -> float:
    known = [float(one.pairs.p[0, 1]) for one in found if len(one.names) == 2]
    return min(1.0, len(known) * min(known))


def _paired_change(found: ranking.Ranking, b: int, a: int, rows: pd.DataFrame, unit: str) -> Change:
    pairs, n = found.pairs, int(found.pairs.n[b, a])
    low, middle, high = (float(part[b, a]) for part in (pairs.low, pairs.ratio, pairs.high))
    ratio = Interval(low, middle, high, sign_rank(n)[1], n)
    # Medians of several regimes would be those of none.
    medians = {
        run: median_interval(own.to_numpy(float)).estimate for run, own in rows.groupby("run")["value"]
    }
    if found.regime == ranking.POOLED:
        medians = {}
    return Change(
        case=str(rows["case"].iloc[0]),
        regime=found.regime,
        unit=unit,
        median_a=medians.get("a", float("nan")),
        median_b=medians.get("b", float("nan")),
        n_a=n,
        n_b=n,
        ratio=ratio.estimate,
        low=ratio.low,
        high=ratio.high,
        coverage=ratio.coverage,
        resolvable=found.resolvable(b, a),
        verdict=_verdict(ratio),
        effect="",
    )


def _p_over_regimes(rows: pd.DataFrame) -> float:
    """Two-sided t of one common log-ratio over the regimes, with the variance within runs and regimes.

    Of the two readings, cost and multiple, the one that is less sure counts.
    """
    return max((_stratified_t(rows, column) for column in ("log_cost", "log_multiple")), default=1.0)


def _stratified_t(rows: pd.DataFrame, column: str) -> float:
    known = rows.dropna(subset=[column])
    if known.empty:
        # Without a yardstick there is only the cost itself; it must not veto nor be vetoed.
        return 0.0 if column != "log_cost" else 1.0
    difference = weight = squares = 0.0
    freedom = 0
    for _, here in known.groupby("regime"):
        a, b = (here.loc[here["run"] == run, column].to_numpy(float) for run in ("a", "b"))
        for cell in (a, b):
            squares += float(((cell - cell.mean()) ** 2).sum()) if cell.size else 0.0
            freedom += max(int(cell.size) - 1, 0)
        if a.size and b.size:
            own = a.size * b.size / (a.size + b.size)
            difference += own * float(b.mean() - a.mean())
            weight += own
    if freedom == 0 or weight == 0.0:
        return 1.0
    if squares == 0.0:
        return 1.0 if difference == 0.0 else 0.0
    t = abs(difference) / weight / np.sqrt(squares / freedom / weight)
    return float(2 * stats.t.sf(t, freedom))


def _log(values: "pd.Series[float]") -> Any:
    return np.log(values.to_numpy(float))


def _verdict(ratio: Interval) -> str:
    if ratio.coverage < CONFIDENCE:
        return UNRESOLVED
    if ratio.low >= 1 - EQUIVALENCE and ratio.high <= 1 + EQUIVALENCE:
        return EQUIVALENT
    return DIFFERENT if ratio.low > 1 or ratio.high < 1 else UNRESOLVED
