"""What changed between two runs, case by case, within the regimes that both of them saw.

Samples of both are clustered into regimes together. changes.py says what is known of each case. Of hundreds of cases
some show a change by chance, so a regression or an improvement must also survive Holm's correction over all cases.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ..errors import HandoffError
from ..run.results import Run
from ..run.run_folder import interleaved
from ..statistics import controls
from ..statistics.measures import at_least, text
from ..statistics.prepared import prepare
from ..statistics.outcomes import Outcome
from ..statistics.stats import CONFIDENCE, holm
from . import changes, memory_changes
from .changes import IMPROVEMENT, REGRESSION, Change, effect_text
from .memory_changes import MemoryChange


@dataclass(frozen=True)
class Comparison:
    changes: list[Change]
    only_a: list[str]
    only_b: list[str]
    no_common_regime: list[str]
    newly_failing: list[str]
    paired: bool  # by block: both were measured interleaved
    memory: list[MemoryChange]  # only what changed
    memory_cases: int  # how many were compared

    @property
    def regressions(self) -> list[Change]:
        return [change for change in self.changes if change.effect == REGRESSION]

    @property
    def is_worse(self) -> bool:
        return bool(self.regressions) or any(change.effect == REGRESSION for change in self.memory)


def compare(a: Run, b: Run, threshold: float) -> Comparison:
    """Raises HandoffError where the two were not measured in the same way."""
    require_same_method(a, b)
    both = pd.concat(
        [a.complete_samples().assign(run="a"), b.complete_samples().assign(run="b")], ignore_index=True
    )
    prepared = prepare(both)
    known = controls.names(a.environment.get("catalog", {})) | controls.names(
        b.environment.get("catalog", {})
    )
    both, usable = _ours(prepared.samples, known), _ours(prepared.usable, known)
    usable = usable[usable["log_cost"].notna()]
    cases_a, cases_b = (set(both.loc[both["run"] == run, "case"]) for run in ("a", "b"))
    found: dict[str, list[Change]] = {}
    p_values: dict[str, float] = {}
    apart: list[str] = []
    paired = interleaved(a.environment, b.environment)
    timed = {name: one for name, one in prepared.measures.items() if one is not None and one.is_time}
    for name in sorted(cases_a & cases_b & timed.keys()):
        rows = usable[usable["case"] == name]
        unit = timed[name].unit
        found[name], p_values[name] = (changes.paired if paired else changes.unpaired)(rows, unit)
        if not found[name]:
            apart.append(name)
    adjusted = dict(zip(p_values, holm(np.array(list(p_values.values())))))
    return Comparison(
        [
            replace(change, effect=_effect(change, float(adjusted[name]), threshold)) if decides else change
            for name, every in found.items()
            for change, decides in zip(every, _deciding(every))
        ],
        sorted(cases_a - cases_b),
        sorted(cases_b - cases_a),
        apart,
        sorted(_failing(both, "b") - _failing(both, "a")),
        paired,
        *memory_changes.between(both[both["status"] == "ok"], threshold),
    )


def _ours(samples: pd.DataFrame, control_names: set[str]) -> pd.DataFrame:
    """What a change of ours can have changed: neither controls nor what shows the machine."""
    own = samples[
        ~samples["implementation"].isin(control_names) & (samples["label"] == samples["implementation"])
    ]
    own = own[own["workload"] != "core_to_core"]
    return own.assign(log_multiple=np.log(own["multiple"]))


def require_same_method(a: Run, b: Run) -> None:
    for key in ("method", "window_ms", "ramp_ms", "placement", "redis"):
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


def _deciding(every: list[Change]) -> list[bool]:
    """Which of a case's changes count as an effect: the pooled one where there is one, or else each."""
    pooled = [change.regime == changes.POOLED for change in every]
    return pooled if any(pooled) else [True] * len(every)


def _effect(change: Change, adjusted_p: float, threshold: float) -> str:
    if change.outcome not in (Outcome.FASTER, Outcome.SLOWER) or adjusted_p >= 1 - CONFIDENCE:
        return ""
    if change.ratio > 1 + threshold:
        return REGRESSION
    return IMPROVEMENT if change.ratio < 1 / (1 + threshold) else ""


HEADS = ("case", "regime", "A", "B", "cost B/A", "95% interval", "n", "resolves", "outcome")


def cells(change: Change) -> tuple[str, ...]:
    """One row of text for a table of HEADS."""
    interval = f"{change.low:.3f} – {change.high:.3f}"
    return (
        change.case,
        change.regime,
        text(change.median_a, change.unit),
        text(change.median_b, change.unit),
        f"{change.ratio:.3f}",
        interval,
        f"{change.n_a}, {change.n_b}",
        at_least(change.resolvable),
        effect_text(change.effect, change.outcome.value),
    )


def remarks(found: Comparison, threshold: float) -> list[str]:
    """What the table does not show, a sentence each."""
    expected = len(found.changes) * (1 - CONFIDENCE)
    told = [
        f"{len(found.changes)} comparisons, {len(found.regressions)} regressions past {100 * threshold:g}%; "
        f"were nothing changed, up to {expected:.1f} intervals would still exclude 1, which is why a "
        f"regression must also survive Holm's correction over all cases"
    ]
    if found.memory_cases:
        told.append(
            f"{found.memory_cases} cases of memory compared, "
            + (f"{len(found.memory)} figures changed" if found.memory else "no figure changed")
            + ": all trials of B on one side of all of A, past the threshold and past what alignment explains"
        )
    if found.paired:
        told.append(
            "both were measured interleaved in one campaign: n counts pairs of trials of the same block and regime"
        )
    lists = (
        ("only in A", found.only_a),
        ("only in B", found.only_b),
        ("no regime in common, so not compared", found.no_common_regime),
        ("failed in B and not in A", found.newly_failing),
    )
    return told + [f"{what}: {', '.join(names)}" for what, names in lists if names]
