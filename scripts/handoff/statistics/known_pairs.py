"""The pairs of a campaign whose difference is known: none, 5% and 2%."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ..run.cases import parse
from ..run.control_kinds import comparison
from . import measures, pairs, verdicts
from .outcomes import Outcome

LEVEL = 0.01  # of one comparison that is no part of a family
SLIGHT = 0.02  # by how much the slightly slowed ring is slower


@dataclass(frozen=True)
class KnownPair:
    above: str
    below: str
    outcome: Outcome
    ratio: float  # of cost
    low: float
    high: float
    n: int
    resolvable: float  # smallest difference that would have been found, mostly

    def misses(self, difference: float) -> bool:
        """Whether a slowdown that is there was turned round, or not found although the run says that it would
        find one of this size."""
        return self.high < 1.0 or (self.low <= 1.0 and self.resolvable < difference)

    @property
    def text(self) -> str:
        interval = f"ratio {self.ratio:.3f} [{self.low:.3f}, {self.high:.3f}]"
        found = (
            f"{self.outcome.value}, {interval}, {self.n} trials of each, {measures.resolves(self.resolvable)}"
        )
        return f"{self.above} / {self.below}: {found}"


def same_twice(usable: pd.DataFrame) -> list[KnownPair]:
    """A/A: for each case that ran under two labels, the one over the other."""
    found = []
    for _, rows in usable.groupby("case"):
        labels = sorted(set(rows["label"]))
        if len(labels) > 1 and (pair := _compared(rows, labels[1], labels[0])):
            found.append(pair)
    return found


def against_paced(usable: pd.DataFrame, kind: str) -> KnownPair | None:
    """A slowed ring, "slowed" or "slight", over the paced one."""
    kinds = dict(zip(usable["implementation"], usable["control"]))
    compared = comparison(parse(name, kinds) for name in usable["case"].unique())
    rows = usable[usable["case"].isin(compared)]
    slower, paced = (min(rows["label"][rows["control"] == one], default=None) for one in (kind, "paced"))
    return _compared(rows, slower, paced) if slower and paced else None


def _compared(rows: pd.DataFrame, above: str, below: str) -> KnownPair | None:
    """The cost of one label over that of another; None if one of them is not there. Where a block holds
    several trials of each, they are paired in their order."""
    rows = rows[rows["label"].isin([above, below])]
    nth = rows.groupby(["block", "label", "regime"]).cumcount()
    apart = rows["block"] * (int(nth.max()) + 1 if len(nth) else 1) + nth
    group = pairs.of_rows(rows.assign(implementation=rows["label"], block=apart))
    if not {above, below} <= set(group.names):
        return None
    found = verdicts.verdict(group, group.names.index(above), group.names.index(below), LEVEL)
    return KnownPair(
        above, below, found.outcome, found.ratio, found.low, found.high, found.trials, found.resolvable
    )
