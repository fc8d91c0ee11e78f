"""What changed between two runs, case by case, within the regimes that both of them saw.

Samples of both are clustered into regimes together. changes.py says what is known of each case. Of hundreds of cases
some show a change by chance, so each is judged at the level that Holm's procedure leaves it among all of them: what is
shown, and how small a change would have been, both hold for the comparison as a whole.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ..errors import HandoffError
from ..run.cases import Case
from ..run.results import Run
from ..run.run_folder import interleaved
from ..statistics import controls
from ..statistics.outcomes import EQUIVALENCE, Outcome
from ..statistics.prepared import Prepared, prepare
from ..statistics.stats import holm_level
from . import changes, memory_changes
from .changes import IMPROVEMENT, REGRESSION, Change, Compared
from .memory_changes import MemoryChange

THRESHOLD = EQUIVALENCE  # unless another one is asked for: what is within it is the same for a decision


@dataclass(frozen=True)
class Comparison:
    changes: list[Change]
    only_a: list[str]
    only_b: list[str]
    not_compared: list[str]  # in both runs, but no regime has usable trials of both
    newly_failing: list[str]
    paired: bool  # by block: both were measured interleaved
    threshold: float
    memory: list[MemoryChange]  # only what changed
    memory_cases: int  # how many were compared

    @property
    def deciding(self) -> list[Change]:
        return [change for change in self.changes if change.decides]

    def of_effect(self, effect: str) -> list[Change]:
        """Those that decide, the largest change first."""
        found = [change for change in self.deciding if change.effect == effect]
        return sorted(found, key=lambda one: (-abs(np.log(one.ratio)), one.case, one.regime))

    @property
    def regressions(self) -> list[Change]:
        return self.of_effect(REGRESSION)

    @property
    def improvements(self) -> list[Change]:
        return self.of_effect(IMPROVEMENT)


def _all(_: Case) -> bool:
    return True


def compare(a: Run, b: Run, threshold: float, takes: Callable[[Case], bool] = _all) -> Comparison:
    """`takes`: which cases. Raises HandoffError where the two were not measured in the same way."""
    require_same_method(a, b)
    both = _joined(a.complete_samples().assign(run="a"), b.complete_samples().assign(run="b"))
    prepared = prepare(both)
    known = controls.names(a.environment.get("catalog", {})) | controls.names(
        b.environment.get("catalog", {})
    )
    asked = {name for name, case in prepared.cases.items() if takes(case)}
    both, usable = (
        _ours(samples[samples["case"].isin(asked)], known) for samples in (prepared.samples, prepared.usable)
    )
    cases_a, cases_b = (set(both.loc[both["run"] == run, "case"]) for run in ("a", "b"))
    paired = interleaved(a.environment, b.environment)
    compared = _compared(prepared, usable, sorted(cases_a & cases_b), paired)
    newly_failing = _failing(both, "b") - _failing(both, "a")
    return Comparison(
        _judged(compared, threshold),
        sorted(cases_a - cases_b),
        sorted(cases_b - cases_a),
        [name for name, one in compared.items() if not one.readings and name not in newly_failing],
        sorted(newly_failing),
        paired,
        threshold,
        *memory_changes.between(both[both["status"] == "ok"], threshold),
    )


def _joined(a: pd.DataFrame, b: pd.DataFrame) -> pd.DataFrame:
    """One above the other. A column that one of them has not, or has no value in, takes the other's type."""
    columns = [*a.columns, *b.columns.difference(a.columns, sort=False)]
    tables = [one.dropna(axis="columns", how="all") for one in (a, b)]
    return pd.concat(tables, ignore_index=True).reindex(columns=columns)


def _compared(
    prepared: Prepared, usable: pd.DataFrame, names: list[str], paired: bool
) -> dict[str, Compared]:
    """By case, of those whose headline is a time."""
    make = changes.paired if paired else changes.unpaired
    usable = usable[usable["log_cost"].notna()]
    timed = {name: one for name, one in prepared.measures.items() if one is not None and one.is_time}
    by_case = dict(tuple(usable.groupby("case")))
    nothing = usable.iloc[:0]
    return {name: make(by_case.get(name, nothing), timed[name].unit) for name in names if name in timed}


def _judged(compared: dict[str, Compared], threshold: float) -> list[Change]:
    known = [one for one in compared.values() if one.readings]
    level = holm_level(np.array([one.chance for one in known]), changes.LEVEL)
    return [
        replace(change, effect=_effect(change, threshold)) if change.decides else change
        for one in known
        for change in one.changes(level)
    ]


def _ours(samples: pd.DataFrame, control_names: set[str]) -> pd.DataFrame:
    """What a change of ours can have changed: neither controls nor what shows the machine."""
    own = samples[
        ~samples["implementation"].isin(control_names) & (samples["label"] == samples["implementation"])
    ]
    own = own[own["workload"] != "core_to_core"]
    return own.assign(log_multiple=np.log(own["multiple"]))


def require_same_method(a: Run, b: Run) -> None:
    for key in ("method", "window_ms", "ramp_ms", "brief_ms", "placement", "redis"):
        left, right = a.environment.get(key), b.environment.get(key)
        if left != right:
            raise HandoffError(
                f"the runs were measured in different ways: {key} is {left!r} in {a.path} and {right!r} in "
                f"{b.path}; valid: two runs with the same {key}"
            )
    for run in (a, b):
        if not run.complete_blocks():
            raise HandoffError(f"run '{run.path}' has no complete block, so there is nothing to compare")


def _failing(samples: pd.DataFrame, run: str) -> set[str]:
    return set(samples.loc[(samples["run"] == run) & (samples["status"] != "ok"), "case"])


def _effect(change: Change, threshold: float) -> str:
    if change.outcome is Outcome.SLOWER and change.ratio > 1 + threshold:
        return REGRESSION
    if change.outcome is Outcome.FASTER and change.ratio < 1 / (1 + threshold):
        return IMPROVEMENT
    return ""
