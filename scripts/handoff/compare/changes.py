"""One case in two runs: the ratio of its cost with its interval, what is said of it, and how surely there is any change.

The two runs are two members of a group (../statistics/verdicts.py). Runs that were measured interleaved share their
blocks, so that what a block did to both cancels. Runs of two campaigns share none: nothing is aligned, and a change
must show in the cost itself and in the cost as a multiple of the sample's own yardstick, because a change that only one
of the two shows is explained by the machine.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..statistics import pairs, verdicts
from ..statistics.costs import Trials
from ..statistics.outcomes import Outcome, RegimeRatio
from ..statistics.pairs import Group
from ..statistics.stats import median_interval

REGRESSION, IMPROVEMENT = "regression", "improvement"
POOLED = "all"  # what stands for the regime where the change is over all of them
LEVEL = 0.05  # of one case; compare.py corrects it over all cases


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
    resolvable: float  # smallest change that would have shown; NaN: none would have
    outcome: Outcome  # of B against A
    effect: str  # regression | improvement | "": not past the threshold, or not sure after correction


def effect_text(effect: str, otherwise: str = "") -> str:
    """What a table says of it: a regression is shouted."""
    return effect.upper() if effect == REGRESSION else effect or otherwise


def unpaired(rows: pd.DataFrame, unit: str) -> tuple[list[Change], float]:
    """The change in each regime that both runs saw, and how likely any would be said by chance."""
    readings = ["log_cost"] + (["log_multiple"] if rows["log_multiple"].notna().all() else [])
    groups = [group for reading in readings if (group := _apart(rows, reading)) is not None]
    if not groups:
        return [], 1.0
    told = [verdicts.verdict(group, 1, 0, LEVEL).regimes for group in groups]
    changes = [_change(rows, _least_sure(same), unit) for same in zip(*told)]
    return changes, max(_chance(group) for group in groups)


def _apart(rows: pd.DataFrame, reading: str) -> Group | None:
    """A and B without common blocks; None if one of them has no trial."""
    known = rows[np.isfinite(rows[reading].to_numpy(float))]
    if set(known["run"]) != {"a", "b"}:
        return None
    regime, regimes = pd.factorize(known["regime"].to_numpy(), sort=True)
    member = (known["run"] == "b").to_numpy(np.int64)
    nothing_shared = np.zeros(len(known), dtype=np.int64)
    return pairs.of_trials(
        Trials(known[reading].to_numpy(float), member, nothing_shared, regime), "ab", tuple(map(str, regimes))
    )


def _least_sure(readings: tuple[RegimeRatio, ...]) -> RegimeRatio:
    """What both readings show, with an interval that spans both."""
    last = readings[-1]
    said = {one.shows for one in readings}
    return RegimeRatio(
        last.regime,
        last.ratio,
        min(one.low for one in readings),
        max(one.high for one in readings),
        last.trials,
        last.shows if len(said) == 1 else Outcome.NOT_KNOWN,
        max(one.resolvable for one in readings),
    )


def paired(rows: pd.DataFrame, unit: str) -> tuple[list[Change], float]:
    """The change over all regimes unless its direction depends on them, and in each; and how likely any would be said by
    chance."""
    group = pairs.of_rows(rows.assign(implementation=rows["run"]))
    if group.names != ("a", "b"):
        return [], 1.0
    found = verdicts.verdict(group, 1, 0, LEVEL)
    each = [_change(rows, one, unit) for one in found.regimes]
    if len(each) < 2 or found.outcome is Outcome.REGIME_DEPENDENT:
        return each, _chance(group)
    whole = RegimeRatio(
        POOLED, found.ratio, found.low, found.high, found.trials, found.outcome, found.resolvable
    )
    return [_change(rows, whole, unit), *each], _chance(group)


def _chance(of: Group) -> float:
    """Of a change over all regimes or, where its direction depends on them, of the surest one among them."""
    if verdicts.outcomes(of, LEVEL)[1, 0] is Outcome.REGIME_DEPENDENT:
        return min(1.0, len(of.regimes) * verdicts.chance(float(np.abs(of.evidence[:, 1, 0]).max())))
    return min(1.0, 2 * float(min(of.wrong[1, 0], of.wrong[0, 1])))


def _change(rows: pd.DataFrame, told: RegimeRatio, unit: str) -> Change:
    here = rows if told.regime == POOLED else rows[rows["regime"] == told.regime]
    values = {run: own.to_numpy(float) for run, own in here.groupby("run")["value"]}
    # Medians of several regimes would be those of none.
    medians = (
        {} if told.regime == POOLED else {run: median_interval(own).estimate for run, own in values.items()}
    )
    return Change(
        case=str(rows["case"].iloc[0]),
        regime=told.regime,
        unit=unit,
        median_a=medians.get("a", float("nan")),
        median_b=medians.get("b", float("nan")),
        n_a=len(values.get("a", ())),
        n_b=len(values.get("b", ())),
        ratio=told.ratio,
        low=told.low,
        high=told.high,
        resolvable=told.resolvable,
        outcome=told.shows,
        effect="",
    )
