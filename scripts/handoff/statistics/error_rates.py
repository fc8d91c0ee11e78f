"""How often verdicts are wrong, and how often they are reached, in campaigns whose truth is known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

import numpy as np

from . import pairs, synthetic, verdicts
from .costs import Floats
from .outcomes import Outcome
from .pairs import Bools

APART = float(np.log(1.1))  # pairs that differ by 10% or more are to be told apart
SEEN = 4  # trials of either member in a regime; of fewer, stray ones may leave nothing to know the truth by


@dataclass
class Counts:
    """Over campaigns of one kind. Pairs are unordered."""

    campaigns: int = 0
    wrong_direction: int = 0  # campaigns in which any is said
    wrong_equivalence: int = 0  # campaigns in which a pair that is APART somewhere is called equivalent
    wrong_alike: int = (
        0  # the same of one and the best of its group, within ±3% or within the wider, named bound
    )
    best_lost: int = 0  # campaigns in which one that nothing is faster than is called slower than the best
    apart: int = 0  # pairs that are APART, in the same direction in every regime
    told: int = 0
    apart_from_best: int = 0
    told_from_best: int = 0
    equivalent: int = 0
    alike: int = 0  # members that are called equivalent to the best within the wider bound
    flips: int = 0  # pairs whose order changes by APART to either side
    flips_named: int = 0
    flips_mistaken: int = 0  # a direction was said of them

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Counts)))


@dataclass(frozen=True)
class _Truth:
    """Of each pair, over the regimes that both were seen in: the largest and the smallest true difference."""

    most: Floats
    least: Floats

    @property
    def nowhere_dearer(self) -> Bools:
        found: Bools = self.most <= 1e-9
        return found

    @property
    def flips(self) -> Bools:
        found: Bools = (self.most > APART) & (self.least < -APART)
        return found

    @property
    def dearer(self) -> Bools:
        """Everywhere by APART or more."""
        found: Bools = np.isfinite(self.least) & (self.least >= APART)
        return found


def _truth(of: synthetic.Campaign, group: pairs.Group, seen: int) -> _Truth:
    difference = of.truth[:, :, np.newaxis] - of.truth[:, np.newaxis, :]
    both = group.fewest >= seen
    return _Truth(
        np.where(both, difference, -np.inf).max(axis=0), np.where(both, difference, np.inf).min(axis=0)
    )


def judge(of: synthetic.Campaign) -> Counts:
    """What is right and wrong about the verdicts of one campaign."""
    group = pairs.of_trials(of.trials, of.names, of.regimes)
    said = verdicts.all_pairs(group)
    standing = verdicts.against_best(group)
    assert standing is not None
    anywhere, known = _truth(of, group, 1), _truth(of, group, SEEN)
    slower, equal = said == Outcome.SLOWER, said == Outcome.EQUIVALENT
    out = np.isin(of.names, standing.named(Outcome.SLOWER))
    as_the_best = np.isin(of.names, standing.named(Outcome.EQUIVALENT))
    differs = np.maximum(anywhere.most, -anywhere.least) >= APART
    true_best = anywhere.nowhere_dearer.all(axis=1)
    from_best = anywhere.dearer[:, true_best].any(axis=1)
    return Counts(
        campaigns=1,
        wrong_direction=int((slower & (anywhere.nowhere_dearer | known.flips)).any()),
        wrong_equivalence=int((equal & differs).any()),
        wrong_alike=int((as_the_best & differs[:, group.names.index(standing.best)]).any()),
        best_lost=int((out & true_best).any()),
        apart=int(anywhere.dearer.sum()),
        told=int((anywhere.dearer & (slower | slower.T)).sum()),
        apart_from_best=int(from_best.sum()),
        told_from_best=int((from_best & out).sum()),
        equivalent=int(np.triu(equal, 1).sum()),
        alike=len(standing.alike),
        flips=int(np.triu(known.flips, 1).sum()),
        flips_named=int(np.triu(known.flips & (said == Outcome.REGIME_DEPENDENT), 1).sum()),
        flips_mistaken=int(np.triu(known.flips & (slower | slower.T), 1).sum()),
    )


def of_kind(kind: synthetic.Kind, campaigns: int, seed: int) -> Counts:
    rng = np.random.default_rng([seed, *kind.name.encode()])
    return sum((judge(synthetic.campaign(kind, rng)) for _ in range(campaigns)), Counts())


HEADS = (
    "campaigns",
    "number",
    "wrong direction",
    "best called slower",
    "≥ 10% apart called equivalent",
    "≥ 10% apart called equivalent to the best, within ±3% or ±10%",
    "≥ 10% apart: told apart",
    "of these, against the best",
    "called equivalent",
    "to the best within ±10%",
    "changed orders",
    "named as such",
    "called a direction",
)


def row(name: str, of: Counts) -> tuple[str, ...]:
    return (
        name,
        f"{of.campaigns}",
        _share(of.wrong_direction, of.campaigns),
        _share(of.best_lost, of.campaigns),
        _share(of.wrong_equivalence, of.campaigns),
        _share(of.wrong_alike, of.campaigns),
        _share(of.told, of.apart),
        _share(of.told_from_best, of.apart_from_best),
        f"{of.equivalent}",
        f"{of.alike}",
        f"{of.flips}",
        _share(of.flips_named, of.flips),
        _share(of.flips_mistaken, of.flips),
    )


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}%" if whole else "–"


def markdown(rows: Iterable[Sequence[str]]) -> str:
    lines = [HEADS, ["---"] * len(HEADS), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
