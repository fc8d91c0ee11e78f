"""Which cases need more samples, told from those that there are.

Everything here looks at widths, never at which of two sides is ahead: exchange the sides of every comparison
and the same cases need samples. A campaign that went on until the result pleased would find differences that
are not there; so would one that asked again and again whether a difference is "significant" and stopped as
soon as it is (Armitage, McPherson and Rowe, J. R. Stat. Soc. A 132, 1969). Hence a pair is given up early only
when its ratio is known as precisely as was asked for, or when the two are so far apart that no number of looks
explains it: after Haybittle (Br. J. Radiol. 44, 1971) and Peto et al. (Br. J. Cancer 34, 1976) the looks on the
way demand a p below 0.001, which leaves the last one, made by the report, its ordinary level.

The exception is a contest, in which whoever is shown to be behind gets no more trials. Its rule spends an error over
all looks (statistics/racing.py), and treats everybody alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from ..run.cases import parse
from ..run.sampling import Contest, Needs
from ..statistics import contests, interference, pairs, stats, verdicts
from ..statistics.outcomes import CARE
from ..statistics.prepared import prepare
from ..statistics.racing import Race

CLEAR = 0.001  # the level of Haybittle and Peto, divided by the number of pairs in the group
# A case that has no interval, or no calm samples, after this many times the blocks of the beginning will hardly
# get any: its trials are set aside or disturbed as a rule.
PATIENCE = 2


class Watched:
    """The contests of a campaign, who is out of which, and what else is needed. Each look counts."""

    def __init__(self, of: Sequence[Contest], looks: int = 0) -> None:
        """`looks`: how many there were before, of a campaign that goes on."""
        self._contests = of
        self._races = [Race([one.member(parse(name)) for name in one.cases], looks) for one in of]

    def needs(self, samples: pd.DataFrame, precision: float, first_blocks: int) -> Needs:
        good = _good(samples)
        found = _of(good, samples, precision, first_blocks)
        contending: set[str] = set()
        for contest, race in zip(self._contests, self._races):
            contending |= self._contending(contest, race, good)
        return replace(found, contending=frozenset(contending))

    def _contending(self, contest: Contest, race: Race, good: pd.DataFrame) -> set[str]:
        """Those of whom more trials may still tell something."""
        group = contests.group(good, contest.cases, contest.column, contest.of_waits)
        race.look(group)
        left = [name for name in race.left if name in group.names]  # of others no trial has given a figure
        inside = [group.names.index(name) for name in left]
        alike = verdicts.equivalent(group, CARE)[np.ix_(inside, inside)]
        np.fill_diagonal(alike, True)
        if alike.all():
            return set()
        return {name for name in contest.cases if contest.member(parse(name)) in left}


def of(samples: pd.DataFrame, precision: float, first_blocks: int) -> Needs:
    """Contests apart. `samples`: all of the complete blocks. `precision`: half-width of an interval that is enough,
    relative."""
    return _of(_good(samples), samples, precision, first_blocks)


def _good(samples: pd.DataFrame) -> pd.DataFrame:
    """Those that have a figure, without the second labels of the controls."""
    good = prepare(samples).usable
    return good[(good["label"] == good["implementation"]) & good["value"].notna()]


def _of(good: pd.DataFrame, samples: pd.DataFrame, precision: float, first_blocks: int) -> Needs:
    if good.empty:
        return Needs()
    flagged = interference.mark(good)[0]
    taken = samples["case"].value_counts()
    waiting = set(taken[taken < PATIENCE * first_blocks].index)
    calm = flagged.groupby("case")[interference.FLAGGED].agg(lambda flags: int((~flags).sum()))
    missing, wide = _imprecise(good, precision)
    undecided, open_pairs = _undecided(good, precision)
    return Needs(
        missing=frozenset(missing & waiting),
        wide=frozenset(wide | missing),
        disturbed=frozenset(set(calm[calm < first_blocks].index) & _with_flags(flagged) & waiting),
        undecided=frozenset(undecided),
        open_pairs=open_pairs,
    )


def _with_flags(flagged: pd.DataFrame) -> set[str]:
    return set(flagged.loc[flagged[interference.FLAGGED], "case"])


def _imprecise(good: pd.DataFrame, precision: float) -> tuple[set[str], set[str]]:
    """Cases without an interval, and those whose interval is too wide, in the regime that has most of their
    samples: a place where the machine was for a moment may never get enough."""
    missing: set[str] = set()
    wide: set[str] = set()
    for name, rows in good.groupby("case"):
        values = rows.loc[rows["regime"] == rows["regime"].mode().iloc[0], "value"].to_numpy(float)
        interval = stats.median_interval(values)
        if not interval.sufficient:
            missing.add(str(name))
        elif half_width(interval) > precision:
            wide.add(str(name))
    return missing, wide


def half_width(interval: stats.Interval) -> float:
    return (interval.high - interval.low) / 2 / interval.estimate if interval.n else float("nan")


def _undecided(good: pd.DataFrame, precision: float) -> tuple[set[str], int]:
    """Cases in comparisons that more samples could still settle, and the number of these."""
    found: set[str] = set()
    count = 0
    for _, rows in good.groupby("group"):
        group = pairs.of_rows(rows)
        if len(group.names) < 2:
            continue
        still_open = open_pairs(group, precision)
        count += int(np.triu(still_open).sum())
        names = [group.names[i] for i in np.flatnonzero(still_open.any(axis=1))]
        found |= set(rows.loc[rows["implementation"].isin(names), "case"])
    return found, count


def open_pairs(of: pairs.Group, precision: float) -> pairs.Bools:
    """Neither known precisely enough nor clearly apart. Symmetric: i against j is open where j against i is."""
    k = len(of.names)
    with np.errstate(invalid="ignore"):
        precise = of.common_quantile * of.common_error <= precision
    apart = 2 * np.minimum(of.wrong, of.wrong.T) * (k * (k - 1) / 2) < CLEAR
    still_open: pairs.Bools = ~((of.pairs >= pairs.MIN_TRIALS) & (precise | apart))
    np.fill_diagonal(still_open, False)
    return still_open
