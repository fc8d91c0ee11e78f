"""What is known of each two members of a group: differences, errors, evidence, and who objects.

Arrays have [i, j] about member i against member j; those "by regime" have the regime first. Differences are of
logarithms of cost: above zero, i is dearer. verdicts.py says what follows from them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from . import costs
from .costs import Costs, Floats, Integers, Trials

CONFIDENCE = 0.95  # of each interval
MIN_TRIALS = 6  # with fewer of either member nothing is said
LEANS = float(special.ndtri(0.90))  # a regime that points the other way by so many deviations objects
# So does one that points there by half of that, if it is known so well that an interval of this confidence excludes the
# size found elsewhere.
FAILS = 0.99
MOSTLY = 2 / 3  # of all comparisons of a trial with a trial, so many must have the direction that is said

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Group:
    """Members that were measured under the same conditions."""

    names: tuple[str, ...]
    regimes: tuple[str, ...]
    costs: Costs  # in each regime
    pooled: Costs  # as if ratios were the same in all of them
    trials: Trials

    @cached_property
    def differences(self) -> Floats:
        """By regime: the logarithm of the ratio of costs."""
        location = self.costs.location
        found: Floats = location[:, :, np.newaxis] - location[:, np.newaxis, :]
        return found

    @cached_property
    def errors(self) -> Floats:
        """By regime: the standard errors of the differences."""
        covariance = self.costs.covariance
        own = np.diagonal(covariance, axis1=1, axis2=2)
        variance = own[:, :, np.newaxis] + own[:, np.newaxis, :] - 2 * covariance
        found: Floats = np.where(np.isfinite(self.differences), np.sqrt(np.maximum(variance, 1e-18)), np.nan)
        return found

    @cached_property
    def freedom(self) -> Floats:
        return _freedom(self.costs)

    @cached_property
    def fewest(self) -> Integers:
        """By regime: the trials of the member that has fewer."""
        n = self.costs.trials
        found: Integers = np.minimum(n[:, :, np.newaxis], n[:, np.newaxis, :])
        return found

    @cached_property
    def pairs(self) -> Integers:
        """The same over all regimes; 0 where no regime saw both."""
        total = self.costs.trials.sum(axis=0)
        found: Integers = np.where(self.fewest.any(axis=0), np.minimum.outer(total, total), 0)
        return found

    @cached_property
    def evidence(self) -> Floats:
        """By regime: by how many deviations of a normal law i is shown dearer than j.

        However small the scatter, all trials of a member may be stray ones, which is more likely the fewer they are.
        """
        return _evidence(self.costs)

    @cached_property
    def precision(self) -> Floats:
        """By regime: the weight of its difference in the common one."""
        return np.nan_to_num(1.0 / self.errors**2)

    @cached_property
    def common(self) -> Floats:
        """The logarithm of the ratio over all regimes; NaN where no regime saw both."""
        return _ratio(
            np.nansum(self.precision * np.nan_to_num(self.differences), axis=0), self.precision.sum(axis=0)
        )

    @cached_property
    def common_error(self) -> Floats:
        return _ratio(np.ones_like(self.common), np.sqrt(self.precision.sum(axis=0)))

    @cached_property
    def common_evidence(self) -> Floats:
        """By how many deviations i is shown dearer than j over all regimes: of two ways the one that shows more.

        One adds up what each regime shows. The other takes all trials together, with what regimes do to single
        members in this group as one more source of error.
        """
        weight = np.sqrt(self.precision)
        apart = np.nan_to_num(
            _ratio((weight * self.evidence).sum(axis=0), np.sqrt(self.precision.sum(axis=0)))
        )
        if len(self.regimes) < 2:
            return apart
        share = _ratio(self.fewest.astype(float), self.fewest.sum(axis=0).astype(float))
        variance = 2 * self.dependence**2 * np.nansum(share**2, axis=0)
        together = _evidence(self.pooled, variance)[0]
        # A member may have most of its trials where the other one has none: what they share must lean the same way.
        counts = (np.abs(together) > np.abs(apart)) & (together * apart > 0) & (np.abs(apart) > LEANS)
        found: Floats = np.where(counts, together, apart)
        return found

    @cached_property
    def dependence(self) -> float:
        """How much regimes change the costs of single members in this group: a standard deviation of logarithms."""
        location = self.costs.location
        own = np.diagonal(self.costs.covariance, axis1=1, axis2=2)
        enough = self.costs.sound >= 2.0
        found, noise = [], []
        for regime in range(len(self.regimes)):
            both = enough[regime] & (self.costs.sound.sum(axis=0) - self.costs.sound[regime] >= 2.0)
            if both.sum() < 3:
                continue
            change = location[regime, both] - self.pooled.location[0, both]
            found.append(change - np.median(change))
            noise.append(own[regime, both])
        if not found:
            return 0.0
        changes = np.concatenate(found)
        variance = (1.4826 * np.median(np.abs(changes))) ** 2 - float(np.median(np.concatenate(noise)))
        return float(np.sqrt(max(variance, 0.0)))

    @cached_property
    def quantile(self) -> Floats:
        """By regime: of Student's law, for an interval of 95%."""
        found: Floats = special.stdtrit(self.freedom, (1 + CONFIDENCE) / 2)
        return found

    @cached_property
    def common_freedom(self) -> Floats:
        weights = self.precision**2
        freedom = _ratio(self.precision.sum(axis=0) ** 2, (weights / self.freedom).sum(axis=0))
        found: Floats = np.maximum(freedom, 1.0)
        return found

    @cached_property
    def common_quantile(self) -> Floats:
        found: Floats = special.stdtrit(self.common_freedom, (1 + CONFIDENCE) / 2)
        return found

    @cached_property
    def mostly(self) -> Floats:
        """Of all comparisons of a trial of i with a trial of j in the same regime, the share in which i is dearer."""
        k = len(self.names)
        dearer, compared = np.zeros((k, k)), np.zeros((k, k))
        for regime in range(len(self.regimes)):
            here = self.trials.regime == regime
            member, value = self.trials.member[here], self.costs.aligned[here]
            order = np.argsort(value, kind="stable")
            seen = np.zeros((order.size + 1, k))
            seen[np.arange(1, order.size + 1), member[order]] = 1.0
            below = np.cumsum(seen, axis=0)[:-1]  # for each trial: how many of each member cost less
            np.add.at(dearer, member[order], below)
            counts = np.bincount(member, minlength=k).astype(float)
            compared += np.outer(counts, counts)
        return np.nan_to_num(_ratio(dearer, compared))

    @cached_property
    def objected(self) -> Bools:
        """Where a regime objects to "i is dearer than j"."""
        leans = (self.evidence < -LEANS).any(axis=0)
        total = self.precision.sum(axis=0)
        weighted = self.precision * np.nan_to_num(self.differences)
        elsewhere = _ratio(weighted.sum(axis=0) - weighted, total - self.precision)
        reach = -special.stdtrit(self.freedom, (1 - FAILS) / 2) * self.errors
        with np.errstate(invalid="ignore"):
            fails = (self.differences + reach < elsewhere) & (self.evidence < -LEANS / 2)
        found: Bools = leans | fails.any(axis=0)
        return found

    @cached_property
    def wrong(self) -> Floats:
        """How likely "i is dearer than j" would be said by chance; 1 where it is not to be said at all."""
        p = special.ndtr(-self.common_evidence)
        refused = self.objected | (self.pairs < MIN_TRIALS) | (self.mostly < MOSTLY)
        found: Floats = np.where(refused, 1.0, p)
        return found


def _evidence(of: Costs, variance: Floats | float = 0.0) -> Floats:
    """See Group.evidence; `variance`: of other sources than the scatter of trials."""
    location = of.location
    difference = location[:, :, np.newaxis] - location[:, np.newaxis, :]
    own = np.diagonal(of.covariance, axis1=1, axis2=2)
    error = np.sqrt(
        np.maximum(own[:, :, np.newaxis] + own[:, np.newaxis, :] - 2 * of.covariance, 1e-18) + variance
    )
    t = np.nan_to_num(difference / error)
    fewer = np.minimum(of.sound[:, :, np.newaxis], of.sound[:, np.newaxis, :])
    all_stray = costs.STRAY**fewer * costs.AGREEMENT ** np.maximum(fewer - 1, 0)
    p = np.maximum(special.stdtr(_freedom(of), -np.abs(t)), np.minimum(all_stray, 0.5))
    found: Floats = np.sign(t) * -special.ndtri(np.clip(p, 1e-300, 0.5))
    return found


def _freedom(of: Costs) -> Floats:
    """The degrees of freedom of the errors (Welch 1947). What is usual in a group of two is known from the two alone:
    no pair has more of them than its whole group has left."""
    share = of.scatter**2 / np.maximum(of.sound, 1e-9)
    both = share[:, :, np.newaxis] + share[:, np.newaxis, :]
    squares = share**2 / of.freedom
    found: Floats = np.minimum(both**2 / (squares[:, :, np.newaxis] + squares[:, np.newaxis, :]), of.left)
    return found


def _ratio(above: Floats, below: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = np.where(below > 0, above / below, np.nan)
    return found


def of_rows(rows: pd.DataFrame, column: str = "log_cost") -> Group:
    """Of trials with `block`, `implementation`, `regime` and the column. A trial that was repeated counts once, the
    last time."""
    known = rows[np.isfinite(rows[column].to_numpy(float))]
    known = known.drop_duplicates(["block", "implementation", "regime"], keep="last")
    member, names = pd.factorize(known["implementation"].to_numpy(), sort=True)
    regime, regimes = pd.factorize(known["regime"].to_numpy(), sort=True)
    block, _ = pd.factorize(known["block"].to_numpy(), sort=True)
    trials = Trials(known[column].to_numpy(float), member, block, regime)
    return of_trials(trials, tuple(map(str, names)), tuple(map(str, regimes)))


def of_trials(trials: Trials, names: Sequence[str], regimes: Sequence[str]) -> Group:
    apart = costs.fit(trials)
    pooled = costs.fit(trials, pooled=True) if len(regimes) > 1 else apart
    return Group(tuple(names), tuple(regimes), apart, pooled, trials)
