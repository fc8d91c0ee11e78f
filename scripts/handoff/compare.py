"""What changed between two runs, case by case, within the regimes that both of them saw.

Two campaigns share no blocks, so nothing is paired by time. Their samples are clustered into regimes together,
and each case is compared within a regime by the Hodges-Lehmann ratio with the interval that inverts the
exact Mann-Whitney test. This is done twice: on the cost itself and on the cost as a multiple of the sample's
own yardstick. Within a regime yardsticks still differ by some per cent; a change that only one of the two
shows is explained by the machine. So the reported interval spans both.

Hundreds of intervals at 95% exclude 1 by chance a few times. A regression or an improvement therefore needs
a second witness, as verdicts within a run do: a t test of the case over all its regimes, corrected with Holm
over all cases.

Two builds that were measured interleaved do share their blocks: then the two trials of a block are a pair
within their regime, as two labels of one campaign are, and the two witnesses of a campaign's verdicts (stats.py)
take the place of the other two. Where the regimes do not contradict each other, their pairs are
pooled, too, and that is what decides.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from . import cases, controls, memory_changes, ranking, regimes
from .errors import HandoffError
from .memory_changes import MemoryChange
from .measures import add_derived, at_least, measure_of, text
from .results import Run
from .run_folder import interleaved
from .stats import CONFIDENCE, DIFFERENT, EQUIVALENCE, EQUIVALENT, UNRESOLVED, Interval, median_interval
from .stats import holm, shift_interval, shift_resolvable, sign_rank

REGRESSION, IMPROVEMENT = memory_changes.REGRESSION, memory_changes.IMPROVEMENT


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


@dataclass(frozen=True)
class Comparison:
    changes: list[Change]
    only_a: list[str]
    only_b: list[str]
    no_common_regime: list[str]
    newly_failing: list[str]
    paired: bool  # by block: both were measured interleaved
    memory: list[MemoryChange]  # only what changed
    memory_cases: int  # how many were compared

    @property
    def regressions(self) -> list[Change]:
        return [change for change in self.changes if change.effect == REGRESSION]

    @property
    def is_worse(self) -> bool:
        return bool(self.regressions) or any(change.effect == REGRESSION for change in self.memory)


def compare(a: Run, b: Run, threshold: float) -> Comparison:
    """Raises HandoffError where the two were not measured in the same way."""
    require_same_method(a, b)
    both = pd.concat(
        [a.complete_samples().assign(run="a"), b.complete_samples().assign(run="b")], ignore_index=True
    )
    both, _ = regimes.assign(both)
    parsed = {name: cases.parse(name) for name in both["case"].unique()}
    measures = {name: measure_of(case.workload, case.keys) for name, case in parsed.items()}
    both = add_derived(both, measures)
    both["log_multiple"] = np.log(both["multiple"])
    known = controls.names(a.environment.get("catalog", {})) | controls.names(
        b.environment.get("catalog", {})
    )
    both = both[~both["implementation"].isin(known) & (both["label"] == both["implementation"])]
    both = both[both["workload"] != "core_to_core"]  # that is the machine, and no change of ours
    cases_a, cases_b = (set(both.loc[both["run"] == run, "case"]) for run in ("a", "b"))
    usable = both[(both["status"] == "ok") & (both["regime"] != regimes.SET_ASIDE) & both["log_cost"].notna()]
    found: dict[str, list[Change]] = {}
    p_values: dict[str, float] = {}
    apart: list[str] = []
    paired = interleaved(a.environment, b.environment)
    timed = {name for name, measure in measures.items() if measure is None or measure.is_time}
    for name in sorted(cases_a & cases_b & timed):
        measure = measures[name]
        rows = usable[usable["case"] == name]
        unit = measure.unit if measure else ""
        if paired:
            found[name], p_values[name] = _paired_changes(rows, unit)
        else:
            found[name], p_values[name] = _changes(rows, unit), _p_over_regimes(rows)
        if not found[name]:
            apart.append(name)
    adjusted = dict(zip(p_values, holm(np.array(list(p_values.values())))))
    return Comparison(
        [
            replace(change, effect=_effect(change, float(adjusted[name]), threshold)) if decides else change
            for name, changes in found.items()
            for change, decides in zip(changes, _deciding(changes))
        ],
        sorted(cases_a - cases_b),
        sorted(cases_b - cases_a),
        apart,
        sorted(_failing(both, "b") - _failing(both, "a")),
        paired,
        *memory_changes.between(both[both["status"] == "ok"], threshold),
    )


def require_same_method(a: Run, b: Run) -> None:
    for key in ("method", "window_ms", "ramp_ms", "placement"):
        left, right = a.environment.get(key), b.environment.get(key)
        if left != right:
            raise HandoffError(
                f"the runs were measured in different ways: {key} is {left!r} in {a.path} and {right!r} in "
                f"{b.path}; valid: two runs with the same {key}"
            )
    for run in (a, b):
        if not run.complete_blocks():
            raise HandoffError(f"run '{run.path}' has no complete block, so there is nothing to compare")


def _failing(samples: pd.DataFrame, run: str) -> set[str]:
    return set(samples.loc[(samples["run"] == run) & (samples["status"] != "ok"), "case"])


def _changes(rows: pd.DataFrame, unit: str) -> list[Change]:
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


def _paired_changes(rows: pd.DataFrame, unit: str) -> tuple[list[Change], float]:
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


def _deciding(changes: list[Change]) -> list[bool]:
    """Which of a case's changes count as an effect: the pooled one where there is one, or else each."""
    pooled = [change.regime == ranking.POOLED for change in changes]
    return pooled if any(pooled) else [True] * len(changes)


def _effect(change: Change, adjusted_p: float, threshold: float) -> str:
    if change.verdict != DIFFERENT or adjusted_p >= 1 - CONFIDENCE:
        return ""
    if change.ratio > 1 + threshold:
        return REGRESSION
    return IMPROVEMENT if change.ratio < 1 / (1 + threshold) else ""


HEADS = ("case", "regime", "A", "B", "cost B/A", "95% interval", "n", "resolves", "verdict")


def cells(change: Change) -> tuple[str, ...]:
    """One row of text for a table of HEADS."""
    interval = f"{change.low:.3f} – {change.high:.3f}"
    if change.coverage < CONFIDENCE:
        interval += f" ({100 * change.coverage:.0f}% only)"
    return (
        change.case,
        change.regime,
        text(change.median_a, change.unit),
        text(change.median_b, change.unit),
        f"{change.ratio:.3f}",
        interval,
        f"{change.n_a}, {change.n_b}",
        at_least(change.resolvable),
        change.effect.upper() if change.effect == REGRESSION else change.effect or change.verdict,
    )


def remarks(found: Comparison, threshold: float) -> list[str]:
    """What the table does not show, a sentence each."""
    expected = len(found.changes) * (1 - CONFIDENCE)
    told = [
        f"{len(found.changes)} comparisons, {len(found.regressions)} regressions past {100 * threshold:g}%; "
        f"were nothing changed, up to {expected:.1f} intervals would still exclude 1, which is why a "
        f"regression must also survive Holm's correction over all cases"
    ]
    if found.memory_cases:
        told.append(
            f"{found.memory_cases} cases of memory compared, "
            + (f"{len(found.memory)} figures changed" if found.memory else "no figure changed")
            + ": all trials of B on one side of all of A, past the threshold and past what alignment explains"
        )
    if found.paired:
        told.append(
            "both were measured interleaved in one campaign: n counts pairs of trials of the same block and regime"
        )
    lists = (
        ("only in A", found.only_a),
        ("only in B", found.only_b),
        ("no regime in common, so not compared", found.no_common_regime),
        ("failed in B and not in A", found.newly_failing),
    )
    return told + [f"{what}: {', '.join(names)}" for what, names in lists if names]
