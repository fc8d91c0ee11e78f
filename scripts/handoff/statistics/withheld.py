"""Which implementations have no figures in a run: those that failed verification in it even once.

What loses, doubles or reorders items now and then is no queue, and may be fast because of it: the trials in which
nothing went wrong say as little about it as the others.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

UNVERIFIED = "unverified"  # the status of a trial


@dataclass(frozen=True)
class Failures:
    """Of one implementation in one run."""

    unverified: int
    trials: int

    @property
    def reason(self) -> str:
        return f"withheld: failed verification in {self.unverified} of {self.trials} trials of this run"


def find(samples: pd.DataFrame) -> dict[str, Failures]:
    """By implementation, those that failed verification. `samples`: every trial of the run."""
    failed = (samples["status"] == UNVERIFIED).groupby(samples["implementation"]).agg(["sum", "size"])
    bad = failed[failed["sum"] > 0]
    return {str(name): Failures(int(row["sum"]), int(row["size"])) for name, row in bad.iterrows()}


def sound(samples: pd.DataFrame) -> "pd.Series[bool]":
    """Of each trial, whether it is of an implementation that has not failed verification."""
    return ~samples["implementation"].isin(find(samples))
