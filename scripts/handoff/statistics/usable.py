"""The samples that figures and comparisons are made of."""

from __future__ import annotations

import pandas as pd

from ..run import cases
from . import regimes
from .measures import add_derived, measure_of


def of(samples: pd.DataFrame) -> pd.DataFrame:
    """Those that ended well while the machine stood still, with regimes, costs and the `group` of their case."""
    placed, _ = regimes.assign(samples)
    parsed = {name: cases.parse(name) for name in placed["case"].unique()}
    measured = add_derived(placed, {n: measure_of(c.workload, c.keys) for n, c in parsed.items()})
    measured = measured.assign(group=measured["case"].map({n: case.group for n, case in parsed.items()}))
    return measured[(measured["status"] == "ok") & (measured["regime"] != regimes.SET_ASIDE)]
