"""One case in two runs: the ratio of its cost with its interval, what is said of it, and how surely there is any change.

The two runs are two members of a group (../statistics/verdicts.py). Runs that were measured interleaved share their
blocks, so that what a block did to both cancels. Runs of two campaigns share none: nothing is aligned, and a change
must show in the cost itself and in the cost as a multiple of the sample's own yardstick, because a change that only one
of the two shows is explained by the machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..statistics import pairs, verdicts
from ..statistics.costs import Trials
from ..statistics.outcomes import Outcome, RegimeRatio, Verdict
from ..statistics.pairs import Group
from ..statistics.stats import median_interval

REGRESSION, IMPROVEMENT = "regression", "improvement"
LEVEL = 0.05  # of all cases of a comparison together
POOLED = "all"  # what stands for the regime where the change is over all of them


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
    resolvable: float  # smallest change that would mostly have been shown; NaN: none would have
    outcome: Outcome  # of B against A
    decides: bool  # for its case; the others tell what is behind it
    effect: str = ""  # regression | improvement | "": no direction is shown, or it is not past the threshold


def effect_text(effect: str, otherwise: str = "") -> str:
    """What a table says of it: a regression is shouted."""
    return effect.upper() if effect == REGRESSION else effect or otherwise


@dataclass(frozen=True)
class Compared:
    """The trials of one case in both runs."""

    rows: pd.DataFrame
    unit: str
    readings: tuple[Group, ...]  # a change must show in each of them; none: nothing can be compared

    @property
    def chance(self) -> float:
        """How likely some change would be said by chance."""
        return max((_chance(group) for group in self.readings), default=1.0)

    def changes(self, level: float) -> list[Change]:
        """Over all regimes that both runs saw, which decides unless the direction depends on them, and in each."""
        told = [verdicts.verdict(group, 1, 0, level) for group in self.readings]
        each = [_least_sure(same) for same in zip(*(one.regimes for one in told))]
        if not each:
            return []
        if all(one.outcome is Outcome.REGIME_DEPENDENT for one in told):
            return [self._change(one, decides=True) for one in each]
        if len(each) == 1:
            return [self._change(_over_all(told, each[0].regime), decides=True)]
        whole = self._change(_over_all(told, POOLED), decides=True)
        return [whole, *(self._change(one, decides=False) for one in each)]

    def _change(self, told: RegimeRatio, decides: bool) -> Change:
        whole = told.regime == POOLED
        here = self.rows if whole else self.rows[self.rows["regime"] == told.regime]
        values = {run: own.to_numpy(float) for run, own in here.groupby("run")["value"]}
        # Medians of several regimes would be those of none.
        medians = {} if whole else {run: median_interval(own).estimate for run, own in values.items()}
        return Change(
            case=str(self.rows["case"].iloc[0]),
            regime=told.regime,
            unit=self.unit,
            median_a=medians.get("a", float("nan")),
            median_b=medians.get("b", float("nan")),
            n_a=len(values.get("a", ())),
            n_b=len(values.get("b", ())),
            ratio=told.ratio,
            low=told.low,
            high=told.high,
            resolvable=told.resolvable,
            outcome=told.shows,
            decides=decides,
        )


def unpaired(rows: pd.DataFrame, unit: str) -> Compared:
    columns = ["log_cost"] + (["log_multiple"] if rows["log_multiple"].notna().all() else [])
    groups = tuple(group for column in columns if (group := _apart(rows, column)) is not None)
    return Compared(rows, unit, groups)


def _apart(rows: pd.DataFrame, reading: str) -> Group | None:
    """A and B without common blocks; None if no regime has trials of both."""
    known = rows[np.isfinite(rows[reading].to_numpy(float))]
    regime, regimes = pd.factorize(known["regime"].to_numpy(), sort=True)
    member = (known["run"] == "b").to_numpy(np.int64)
    nothing_shared = np.zeros(len(known), dtype=np.int64)
    if not set(regime[member == 0]) & set(regime[member == 1]):
        return None
    return pairs.of_trials(
        Trials(known[reading].to_numpy(float), member, nothing_shared, regime), "ab", tuple(map(str, regimes))
    )


def paired(rows: pd.DataFrame, unit: str) -> Compared:
    group = pairs.of_rows(rows.assign(implementation=rows["run"]))
    return Compared(rows, unit, (group,) if group.names == ("a", "b") and group.fewest[:, 1, 0].any() else ())


def _chance(of: Group) -> float:
    """Of a change over all regimes or, where its direction depends on them, of the surest one among them."""
    if verdicts.outcomes(of, LEVEL)[1, 0] is Outcome.REGIME_DEPENDENT:
        return min(1.0, len(of.regimes) * verdicts.chance(float(np.abs(of.evidence[:, 1, 0]).max())))
    return min(1.0, 2 * float(min(of.wrong[1, 0], of.wrong[0, 1])))


def _over_all(readings: Sequence[Verdict], regime: str) -> RegimeRatio:
    """The verdicts themselves, in the form of a regime's."""
    return _least_sure(
        [
            RegimeRatio(regime, one.ratio, one.low, one.high, one.trials, one.outcome, one.resolvable)
            for one in readings
        ]
    )


def _least_sure(readings: Sequence[RegimeRatio]) -> RegimeRatio:
    """What all readings show, with an interval that spans them."""
    last = readings[-1]
    said = {one.shows for one in readings}
    return RegimeRatio(
        last.regime,
        last.ratio,
        min(one.low for one in readings),
        max(one.high for one in readings),
        last.trials,
        last.shows if len(said) == 1 else Outcome.NOT_KNOWN,
        float(np.max([one.resolvable for one in readings])),
    )
