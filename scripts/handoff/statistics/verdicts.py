"""The one place that decides who is faster: two members of a group, or each member against the best.

Every view of a run (figure, explorer, decision table, summary, comparison, terminal) shows what is decided here.

A **direction** (faster, slower) needs evidence over all regimes together, and no regime may object: none may lean the
other way, and none that is known well enough to show a difference of the size found elsewhere may point there. The
size may differ from regime to regime. **Equivalent**: the interval lies within the bound, and no regime leans out of
it, or leaves open that the two differ by 10%. What the best of a group cannot be told from at ±3% may still be shown
to lie within ±10% of it; it is then equivalent within that bound, which is named. **Regime-dependent**: the direction is shown in one regime, and its opposite in another one. The rest is **not
known**.

The family of the decision is each against the best. It is decided as a model confidence set (Hansen, Lunde and Nason,
Econometrica 79, 2011): whoever is shown slower than one that is still in the set leaves it, the surest first. The
level is divided by the number of pairs that are still in the set, so that clear losers cost the contenders nothing.
Who is left has not been shown slower than anybody.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from .outcomes import CARE, EQUIVALENCE, Outcome, RegimeRatio, Verdict
from .pairs import LEANS, MIN_TRIALS, Bools, Group
from .stats import Floats, holm

FAMILY_ERROR = (
    0.002  # nominal, that any direction said of a group is wrong; verdict_errors.py shows what it is
)
NOWHERE_APART = (
    0.10  # of what is called equivalent no regime may leave open that it differs by more than this
)
# How likely it is by chance that a single regime shows a direction; that is enough for the weaker side of a changed
# order, whose stronger side has the level of the family.
PROBABLY = 0.01
POWER = 0.90
_NEEDED = float(special.ndtri(POWER) - special.ndtri(PROBABLY / 2))  # deviations, for a single regime
_WITHIN = float(special.ndtri(0.975) + special.ndtri(POWER))  # deviations, to be shown equivalent
MIN_IN_REGIME = 3  # trials of either member, for a single regime to show anything by itself
NO_SENSIBLE_NUMBER = 1000  # whoever would need more blocks is not told how many


# ---- two members ---------------------------------------------------------------------------------------------


def equivalent(of: Group, bound: float = EQUIVALENCE) -> Bools:
    """Where the interval lies within the bound, and no regime leans out of it or leaves much more than it open."""
    limit = np.log1p(bound)
    with np.errstate(invalid="ignore"):
        within = np.abs(of.common) + of.common_quantile * of.common_error <= limit
        leans = (np.abs(of.differences) - limit) / of.errors > LEANS
        leans |= np.abs(of.differences) + LEANS * of.errors > np.log1p(max(bound, NOWHERE_APART))
    found: Bools = within & ~leans.any(axis=0) & (of.pairs >= MIN_TRIALS)
    return found


def changes_order(of: Group, level: float) -> Bools:
    """Where the direction is shown in one regime, and its opposite in another one."""
    surely, probably = -special.ndtri([level / 2, PROBABLY / 2])
    most, least = of.evidence.max(axis=0), -of.evidence.min(axis=0)
    found: Bools = (np.minimum(most, least) > probably) & (np.maximum(most, least) > surely)
    return found & (of.pairs >= MIN_TRIALS)


def outcomes(of: Group, level: float, bound: float = EQUIVALENCE) -> npt.NDArray[np.object_]:
    """The outcome of each i against each j, each pair judged at this level."""
    found = np.full((len(of.names), len(of.names)), Outcome.NOT_KNOWN, dtype=object)
    found[changes_order(of, level)] = Outcome.REGIME_DEPENDENT
    slower = of.wrong <= level / 2
    found[slower] = Outcome.SLOWER
    found[slower.T] = Outcome.FASTER
    found[equivalent(of, bound)] = Outcome.EQUIVALENT
    return found


def verdict(
    of: Group,
    i: int,
    j: int,
    level: float = FAMILY_ERROR,
    outcome: Outcome | None = None,
    bound: float = EQUIVALENCE,
) -> Verdict:
    """What is known of i against j. `outcome`: that of a family that i and j are part of, `bound`: its own."""
    said = outcome if outcome is not None else Outcome(outcomes(of, level)[i, j])
    middle, error = float(of.common[i, j]), float(of.common_error[i, j])
    reach = float(of.common_quantile[i, j]) * error
    trials = int(of.pairs[i, j])
    freedom = float(np.nan_to_num(of.common_freedom[i, j], nan=1.0))
    needed = float(special.stdtrit(freedom, POWER) - special.stdtrit(freedom, level / 2))
    return Verdict(
        said,
        _exp(middle),
        _exp(middle - reach),
        _exp(middle + reach),
        trials,
        tuple(_in_regime(of, regime, i, j) for regime in range(len(of.regimes)) if of.fewest[regime, i, j]),
        bound,
        _exp(needed * error) - 1.0 if trials >= MIN_TRIALS else float("nan"),
        _more_blocks(middle, error, trials, needed) if said is Outcome.NOT_KNOWN else None,
    )


def _in_regime(of: Group, regime: int, i: int, j: int) -> RegimeRatio:
    middle = float(of.differences[regime, i, j])
    reach = float(of.quantile[regime, i, j] * of.errors[regime, i, j])
    evidence = float(of.evidence[regime, i, j])
    trials = int(of.fewest[regime, i, j])
    shows, resolvable = Outcome.NOT_KNOWN, float("nan")
    if trials >= MIN_IN_REGIME and of.pairs[i, j] >= MIN_TRIALS:
        resolvable = _exp(_NEEDED * float(of.errors[regime, i, j])) - 1.0
        if abs(middle) + reach <= np.log1p(EQUIVALENCE):
            shows = Outcome.EQUIVALENT
        elif chance(evidence) <= PROBABLY:
            shows = Outcome.SLOWER if evidence > 0 else Outcome.FASTER
    low, high = _exp(middle - reach), _exp(middle + reach)
    return RegimeRatio(of.regimes[regime], _exp(middle), low, high, trials, shows, resolvable)


def _exp(logarithm: float) -> float:
    """Of what is hardly known the interval may be wider than any number."""
    with np.errstate(over="ignore"):
        return float(np.exp(logarithm))


def _more_blocks(middle: float, error: float, trials: int, needed: float) -> int | None:
    """How many more would mostly settle it, were the ratio what it seems: as a direction, or as equivalent."""
    if trials == 0 or not np.isfinite(middle):
        return MIN_TRIALS
    limit = np.log1p(EQUIVALENCE)
    times = [(needed * error / abs(middle)) ** 2] if middle else []
    times += [(_WITHIN * error / (limit - abs(middle))) ** 2] if abs(middle) < limit else []
    more = max(1, MIN_TRIALS - trials, int(np.ceil(trials * (min(times) - 1))))
    return more if more <= NO_SENSIBLE_NUMBER else None


def chance(evidence: float) -> float:
    """How likely evidence of this size, to whichever side, is there by chance."""
    return float(2 * special.ndtr(-abs(evidence)))


def all_pairs(of: Group, level: float = FAMILY_ERROR) -> npt.NDArray[np.object_]:
    """The outcome of each i against each j, where somebody asks for all of them (Holm over all pairs)."""
    upper = np.triu_indices(len(of.names), 1)
    count = max(1, len(upper[0]))
    found = outcomes(of, level / count)
    said = np.zeros_like(of.wrong, dtype=bool)
    p: Floats = 2.0 * np.minimum(of.wrong, of.wrong.T)[upper]
    said[upper] = holm(p) <= level
    said |= said.T
    surer = of.wrong < of.wrong.T
    open_still = found == Outcome.NOT_KNOWN
    found[said & surer & open_still] = Outcome.SLOWER
    found[said & surer.T & open_still] = Outcome.FASTER
    return found


# ---- each against the best -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Member:
    """A member of a group against its best one; the best one has no verdict."""

    name: str
    verdict: Verdict | None

    @property
    def outcome(self) -> str:
        return self.verdict.word if self.verdict else BEST

    def as_dict(self) -> dict[str, Any]:
        told = self.verdict.as_dict() if self.verdict else {"outcome": BEST, "ratio": 1.0}
        return {"implementation": self.name, **told}


BEST = "best"


@dataclass(frozen=True)
class Standing:
    """A group's members, the best one first, the others by their cost."""

    members: tuple[Member, ...]
    blocks: int
    regimes: tuple[str, ...]

    @property
    def best(self) -> str:
        return self.members[0].name

    def named(self, *outcomes: Outcome) -> list[str]:
        return [one.name for one in self.members if one.verdict and one.verdict.outcome in outcomes]

    @property
    def tied(self) -> list[str]:
        """What stands in the cell of the best: it and those that are equivalent to it within ±3%."""
        return [self.best, *(name for name in self.named(Outcome.EQUIVALENT) if name not in self.alike)]

    @property
    def alike(self) -> list[str]:
        """Those that are equivalent to the best within a wider bound."""
        return [one.name for one in self.members if one.verdict and one.verdict.is_alike]

    def of(self, name: str) -> Member:
        return next(one for one in self.members if one.name == name)

    def as_dict(self) -> dict[str, Any]:
        return {
            "blocks": self.blocks,
            "regimes": list(self.regimes),
            "members": [one.as_dict() for one in self.members],
        }


def confidence_set(of: Group, members: Sequence[int], level: float = FAMILY_ERROR) -> list[int]:
    """Those of the members that are not shown slower than another one."""
    left = list(members)
    while len(left) > 1:
        p = of.wrong[np.ix_(left, left)].copy()
        np.fill_diagonal(p, 1.0)
        surest = p.min(axis=1)
        worst = int(np.argmin(surest))
        if surest[worst] * len(left) * (len(left) - 1) > level:
            break
        del left[worst]
    return left


def against_best(
    of: Group, allowed: Collection[str] | None = None, level: float = FAMILY_ERROR
) -> Standing | None:
    """Each of the allowed members against the best of them; None if there is none."""
    members = [i for i, name in enumerate(of.names) if allowed is None or name in allowed]
    if not members:
        return None
    left = confidence_set(of, members, level)
    best = _surest(of, left)
    each = level / max(1, len(left) * (len(left) - 1) // 2)
    judged, alike = outcomes(of, each)[:, best], equivalent(of, CARE)[:, best]
    found = []
    for i in members:
        outcome, bound = Outcome(judged[i]), EQUIVALENCE
        if outcome is not Outcome.EQUIVALENT and i not in left:
            outcome = Outcome.SLOWER  # than one that is still in the set, if not than this one
        elif outcome in (Outcome.FASTER, Outcome.SLOWER):
            outcome = Outcome.NOT_KNOWN
        if outcome is Outcome.NOT_KNOWN and alike[i]:
            outcome, bound = Outcome.EQUIVALENT, CARE
        told = None if i == best else verdict(of, i, best, each, outcome, bound)
        found.append((i, Member(of.names[i], told)))
    cost = np.where(np.isfinite(of.common[:, best]), of.common[:, best], np.inf)
    found.sort(key=lambda one: (one[0] != best, cost[one[0]], one[1].name))
    return Standing(tuple(member for _, member in found), int(np.unique(of.trials.block).size), of.regimes)


def _surest(of: Group, left: Sequence[int]) -> int:
    """Of those that may be the best, the one of which least can be promised: a single lucky trial makes no best."""
    known = [i for i in left if of.costs.trials[:, i].sum() >= MIN_TRIALS]
    left = known or left
    square = np.ix_(left, left)
    promised = np.nan_to_num(of.common[square] + LEANS * np.nan_to_num(of.common_error[square]), nan=1e3)
    np.fill_diagonal(promised, 0.0)
    return left[int(np.argmin(promised.sum(axis=1)))]
