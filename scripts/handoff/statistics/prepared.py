"""Samples made ready for statistics: each in its regime, with the headline figure and the costs of its case."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ..run.cases import Case, parse
from . import withheld
from .measures import Measure, add_derived, measure_of
from .regimes import SET_ASIDE, Regime, assign


@dataclass(frozen=True)
class Prepared:
    samples: pd.DataFrame  # all of them, with `regime`, what add_derived adds, and the `group` of their case
    regimes: list[Regime]
    cases: dict[str, Case]  # by name
    measures: dict[str, Measure | None]  # by the name of the case

    @property
    def usable(self) -> pd.DataFrame:
        """Those that figures and comparisons are made of: they ended well while the machine stood still, and no
        trial of their implementation failed verification."""
        good = (self.samples["status"] == "ok") & (self.samples["regime"] != SET_ASIDE)
        return self.samples[good & withheld.sound(self.samples)]


def prepare(samples: pd.DataFrame) -> Prepared:
    placed, regimes = assign(samples)
    kinds = dict(zip(samples["implementation"], samples["control"]))
    cases = {name: parse(name, kinds) for name in placed["case"].unique()}
    measures = {name: measure_of(case.workload, case.keys) for name, case in cases.items()}
    measured = add_derived(placed, measures)
    measured["group"] = measured["case"].map({name: case.group for name, case in cases.items()})
    return Prepared(measured, regimes, cases, measures)
