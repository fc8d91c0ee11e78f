"""Who is ahead of whom among the implementations of one group: same workload, same keys, same regime."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from . import stats, ties

POOLED = "pooled"
MIN_BLOCKS = 6  # below it no interval reaches 95%, so a regime cannot contradict another one


@dataclass(frozen=True)
class Ranking:
    """Members from best to worst with everything that is known of each pair. Ratios are ratios of cost."""

    regime: str
    names: list[str]
    pairs: stats.Pairwise
    verdicts: npt.NDArray[np.object_]
    contradicts: stats.Bools  # pairs on which the regimes disagree, so that they were not pooled
    blocks: int
    undecided: int  # pairs that Holm's correction did not reject: by as many the level is still divided

    @property
    def different(self) -> stats.Bools:
        return np.asarray(self.verdicts == stats.DIFFERENT, dtype=bool)

    def tied_with_best(self, allowed: set[str] | None = None) -> list[str]:
        """The best of the allowed members and all that were not found different from it."""
        kept = [i for i, name in enumerate(self.names) if allowed is None or name in allowed]
        return [self.names[i] for i in kept if i == kept[0] or not self.different[i, kept[0]]]

    def resolvable(self, i: int, j: int) -> float:
        """The smallest difference between the two that this run would have shown."""
        return stats.resolvable(float(self.pairs.spread[i, j]), int(self.pairs.n[i, j]), self.undecided)

    def as_dict(self) -> dict[str, Any]:
        letters = ties.tie_letters(self.different)
        return {
            "regime": self.regime,
            "blocks": self.blocks,
            "members": [self._member(i, letters[i]) for i in range(len(self.names))],
        }

    def _member(self, i: int, letters: str) -> dict[str, Any]:
        return {
            "implementation": self.names[i],
            "letters": letters,
            "ratio": float(self.pairs.ratio[i, 0]),
            "low": float(self.pairs.low[i, 0]),
            "high": float(self.pairs.high[i, 0]),
            "n": int(self.pairs.n[i, 0]),
            "verdict": "best" if i == 0 else str(self.verdicts[i, 0]),
            "regime_dependent": bool(self.contradicts[i].any()),
            "resolvable": self.resolvable(i, 0) if i else None,
            "ahead_of": np.flatnonzero(self.different[i] & (self.pairs.ratio[i] < 1.0)).tolist(),
        }


def rank(samples: pd.DataFrame, column: str = "log_cost") -> list[Ranking]:
    """One ranking per regime, and the pooled one first. `samples` holds the rows of one group."""
    tables = {
        str(regime): _table(rows, column) for regime, rows in samples.groupby("regime") if len(rows) > 0
    }
    tables = {regime: table for regime, table in tables.items() if not table.empty}
    if not tables:
        return []
    names = sorted({str(name) for table in tables.values() for name in table.columns})
    logs = {regime: table.reindex(columns=names).to_numpy(float) for regime, table in tables.items()}
    present = _present(tables, logs)
    compared = {regime: stats.pairwise([matrix], [present[regime]]) for regime, matrix in logs.items()}
    nobody = np.zeros((len(names), len(names)), dtype=bool)
    rankings = [_ranking(r, names, len(tables[r]), compared[r], nobody) for r in logs]
    blocks = len(set().union(*(table.index for table in tables.values())))
    apart = _contradictions(list(compared.values()), len(names))
    pooled = _ranking(
        POOLED, names, blocks, stats.pairwise(list(logs.values()), list(present.values())), apart
    )
    return [pooled, *rankings]


def _table(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """Blocks down, implementations across. A trial that was repeated counts once, the last time."""
    values = rows[column].to_numpy(float)
    known = np.isfinite(values)
    at, blocks = pd.factorize(rows["block"].to_numpy()[known], sort=True)
    which, names = pd.factorize(rows["implementation"].to_numpy()[known], sort=True)
    table = np.full((len(blocks), len(names)), np.nan)
    table[at, which] = values[known]  # where a place comes twice, the last one stays
    return pd.DataFrame(table, index=blocks, columns=names)


def _present(tables: dict[str, pd.DataFrame], logs: dict[str, stats.Floats]) -> dict[str, stats.Bools]:
    """For the blocks of each regime, which implementations have a sample in them, in whichever regime."""
    blocks = np.unique(np.concatenate([table.index.to_numpy() for table in tables.values()]))
    rows = {regime: np.searchsorted(blocks, table.index.to_numpy()) for regime, table in tables.items()}
    held = np.zeros((len(blocks), next(iter(logs.values())).shape[1]), dtype=bool)
    for regime, matrix in logs.items():
        held[rows[regime]] |= np.isfinite(matrix)
    return {regime: held[at] for regime, at in rows.items()}


def _contradictions(regimes: list[stats.Pairwise], k: int) -> stats.Bools:
    """Pairs whose intervals in two regimes have no ratio in common: there is no one ratio to pool."""
    highest_low = np.full((k, k), -np.inf)
    lowest_high = np.full((k, k), np.inf)
    for one in regimes:
        counts = one.n >= MIN_BLOCKS
        highest_low = np.where(counts, np.fmax(highest_low, one.low), highest_low)
        lowest_high = np.where(counts, np.fmin(lowest_high, one.high), lowest_high)
    return highest_low > lowest_high


def _ranking(
    regime: str, names: list[str], blocks: int, pairs: stats.Pairwise, apart: stats.Bools
) -> Ranking:
    present = np.diag(pairs.n) > 0
    # Mean of the paired log-ratios against all others: what a member did in blocks that others missed does
    # not move it.
    place = np.full(len(names), np.inf)
    place[present] = [float(np.nanmean(row[np.isfinite(row)])) for row in np.log(pairs.ratio[present])]
    order = [int(i) for i in np.argsort(place, kind="stable") if present[i]]
    square = np.ix_(order, order)
    chosen = stats.Pairwise(
        pairs.ratio[square],
        pairs.low[square],
        pairs.high[square],
        pairs.n[square],
        pairs.spread[square],
        pairs.p[square],
    )
    adjusted = stats.holm_square(chosen.p)
    open_pairs = int((adjusted[np.triu_indices(len(order), 1)] >= 1 - stats.CONFIDENCE).sum())
    return Ranking(
        regime,
        [names[i] for i in order],
        chosen,
        _verdicts(chosen, adjusted, apart[square]),
        apart[square],
        blocks,
        max(1, open_pairs),
    )


def _verdicts(pairs: stats.Pairwise, adjusted: stats.Floats, apart: stats.Bools) -> npt.NDArray[np.object_]:
    k = pairs.p.shape[0]
    result = np.full((k, k), stats.UNRESOLVED, dtype=object)
    for i in range(k):
        for j in range(k):
            if i != j and not apart[i, j]:
                n, low, high = int(pairs.n[i, j]), float(pairs.low[i, j]), float(pairs.high[i, j])
                result[i, j] = stats.verdict(low, high, n, float(adjusted[i, j]))
    return result
