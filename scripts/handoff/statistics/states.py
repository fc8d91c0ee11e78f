"""What a run knows of each case in each regime: its figures with their intervals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..run.cases import Case
from . import interference, stats, tails
from .measures import Measure
from .regimes import SINGLE_CPU, YARDSTICK_FORMS
from .stats import Interval, median_interval

# Columns that describe the trial and are no figures of the case.
_NOT_FIGURES = {"schema", "method", "block", "position", "seconds", "exit", "value", "log_cost", "log_cpu"}
_NOT_FIGURES |= {"log_bytes"}
_NOT_FIGURES |= {f"{what}_{when}_ns" for what in ("canary", *YARDSTICK_FORMS) for when in ("before", "after")}
_NOT_FIGURES |= {"multiple", "cpu_ns"}

Json = dict[str, Any]


def find(
    usable: pd.DataFrame, measures: dict[str, Measure | None], precision: float
) -> dict[tuple[str, str], list[Json]]:
    """Per case and label what is known of it in each regime. Rows are cut from arrays that are sorted once:
    a table of its own for each state would take longer than all statistics."""
    states: dict[tuple[str, str], list[Json]] = {}
    if usable.empty:
        return states
    grouped = usable.groupby(["case", "label", "regime"], sort=True)
    numeric = usable.select_dtypes("number").columns.difference(sorted(_NOT_FIGURES))
    medians = grouped[list(numeric)].median()
    order = np.argsort(grouped.ngroup().to_numpy(), kind="stable")
    ends = np.cumsum(grouped.size().to_numpy())
    columns = _Columns(
        usable["value"].to_numpy(float)[order],
        usable["multiple"].to_numpy(float)[order],
        usable["cpu_ns"].to_numpy(float)[order],
        usable["block"].to_numpy(int)[order],
        usable[interference.FLAGGED].to_numpy(bool)[order],
        {name: usable[name].to_numpy(float)[order] for name in numeric if tails.covers(name)},
    )
    for (case, label, regime), middle, end, n in zip(
        medians.index, medians.to_numpy(float), ends, np.diff(ends, prepend=0)
    ):
        extra = {name: value for name, value in zip(numeric, middle) if not np.isnan(value)}
        state = _state(regime, columns.cut(slice(end - n, end)), measures[case], extra, precision)
        states.setdefault((case, label), []).append(state)
    return states


def main_regime(rows: Iterable[Json]) -> str:
    """The regime in which most of these cases have their samples; the faster one where there is a draw. `rows`
    are cases of the summary, here and below."""
    counts: Counter[str] = Counter()
    for row in rows:
        for state in row["regimes"]:
            if state["regime"] != SINGLE_CPU:
                counts[state["regime"]] += state["n"]
    return max(sorted(counts), key=lambda name: counts[name]) if counts else SINGLE_CPU


def state_of(row: Json, regime: str) -> Json | None:
    """The figures of a case in a regime; a case that ran on one CPU has only that one state."""
    known = {state["regime"]: state for state in row["regimes"] if state["median"] is not None}
    return known.get(regime) or known.get(SINGLE_CPU)


@dataclass(frozen=True)
class _Columns:
    """What the figures of a state are made of, a row per trial."""

    value: stats.Floats
    multiple: stats.Floats
    cpu_ns: stats.Floats
    block: stats.Integers
    flagged: stats.Bools
    tails: dict[str, stats.Floats]

    def cut(self, rows: slice) -> "_Columns":
        kept = (
            self.value[rows],
            self.multiple[rows],
            self.cpu_ns[rows],
            self.block[rows],
            self.flagged[rows],
        )
        return _Columns(*kept, {name: column[rows] for name, column in self.tails.items()})


def _state(regime: str, rows: _Columns, measure: Measure | None, extra: Json, precision: float) -> Json:
    resampled = _resampled(rows, [name for name in extra if name in rows.tails])
    figure = median_interval(rows.value)
    method, known = stats.METHOD, True
    if measure is not None and measure.figure in resampled:
        figure, method = resampled[measure.figure], tails.METHOD
        known = tails.is_known(figure)
    half_width = (figure.high - figure.low) / 2 / figure.estimate if figure.n else float("nan")
    return {
        "regime": regime,
        "n": figure.n,
        **_interval(figure),
        "coverage": figure.coverage,
        "method": method,
        "known": known,
        "half_width": half_width,
        "unstable": not (figure.sufficient and half_width <= precision),
        "multiple": _optional(median_interval(rows.multiple)),
        "cpu_ns": _optional(median_interval(rows.cpu_ns)),
        "above_half_ceiling": False,
        "flagged": int(rows.flagged.sum()),
        "median_without_flagged": _median(rows.value[~rows.flagged]),
        "figures": extra,
        "figure_intervals": {
            name: {"low": one.low, "high": one.high, "coverage": one.coverage, "method": tails.METHOD}
            for name, one in resampled.items()
        },
    }


def _median(values: stats.Floats) -> float | None:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if known.size else None


def _resampled(rows: _Columns, names: list[str]) -> dict[str, Interval]:
    if not names:
        return {}
    return dict(
        zip(names, tails.median_intervals(np.column_stack([rows.tails[name] for name in names]), rows.block))
    )


def _interval(one: Interval) -> Json:
    return {"median": one.estimate, "low": one.low, "high": one.high}


def _optional(one: Interval) -> Json | None:
    return _interval(one) if one.n else None


def flag_ceiling(
    states: dict[tuple[str, str], list[Json]],
    parsed: dict[str, Case],
    measures: dict[str, Measure | None],
) -> None:
    """Marks rates above half of what the harness shows with no queue at all under the same keys."""
    ceilings: dict[str, float] = {}
    for (name, _), found in states.items():
        measure = measures[name]
        if measure and measure.more_is_better and parsed[name].control == "ceiling":
            medians = [state["median"] for state in found if state["n"]]
            ceilings[parsed[name].group] = max([*medians, ceilings.get(parsed[name].group, 0.0)])
    for (name, _), found in states.items():
        ceiling = ceilings.get(parsed[name].group)
        if ceiling and parsed[name].control != "ceiling":
            for state in found:
                state["above_half_ceiling"] = bool(state["n"] and state["median"] > ceiling / 2)
