"""The one figure that stands for a case, its unit, and how it is written for people."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Measure:
    figure: str  # column of the samples
    unit: str  # of the column: "1/s", "ns" or "s"; "B" is no time, so nothing that has it is ranked
    title: str
    item: str  # what one operation is called
    count: str  # column with the operations in the window
    scales: bool  # does the cost of one operation consist of cache-line transfers?

    @property
    def more_is_better(self) -> bool:
        return self.unit == "1/s"

    @property
    def is_time(self) -> bool:
        return self.unit != "B"


MEASURES = {
    "producer_consumer": Measure("items_per_second", "1/s", "throughput", "item", "items", True),
    "bulk": Measure("items_per_second", "1/s", "throughput", "item", "items", True),
    "ping_pong": Measure("round_trip_ns", "ns", "round trip", "round trip", "round_trips", True),
    "ping_pong:distribution": Measure("p99_ns", "ns", "99th percentile", "round trip", "round_trips", True),
    "load": Measure("p99_ns", "ns", "99th percentile", "item", "items", False),
    "nearly_full": Measure("items_per_second", "1/s", "throughput", "item", "items", True),
    "stall": Measure(
        "stalled_operations_per_second",
        "1/s",
        "throughput beside a stopped thread",
        "operation",
        "stalled_operations",
        False,
    ),
    "counter": Measure("operations_per_second", "1/s", "throughput", "operation", "operations", True),
    "lock": Measure("acquisitions_per_second", "1/s", "throughput", "acquisition", "acquisitions", True),
    "wait": Measure("late_p50_ns", "ns", "median lateness", "item", "items", False),
    "download": Measure("makespan_s", "s", "makespan", "item", "items", False),
    "download_strategies": Measure("makespan_s", "s", "makespan", "document", "items", False),
    "download_saving": Measure("makespan_s", "s", "makespan", "document", "items", False),
    "memory": Measure("bytes_per_item", "B", "memory per item held", "item", "items", False),
    "core_to_core": Measure("round_trip_ns", "ns", "round trip", "round trip", "round_trips", True),
}


def measure_of(workload: str, keys: dict[str, str]) -> Measure | None:
    """None for a workload that this version has no headline figure for; its samples stay in the explorer."""
    kind = f"{workload}:distribution" if keys.get("report") == "distribution" else workload
    return MEASURES.get(kind, MEASURES.get(workload))


def percentile(workload: str, keys: dict[str, str]) -> str:
    """Which one the headline figure is, in words; empty: none."""
    measure = measure_of(workload, keys)
    return measure.title if measure and measure.title.endswith("percentile") else ""


def add_derived(samples: pd.DataFrame, measures: dict[str, Measure | None]) -> pd.DataFrame:
    """Adds `value` (the headline), `log_cost` (higher is worse; of times only), `log_bytes` (of bytes only), `multiple`,
    `cpu_ns` (per operation) and its logarithm."""
    result = samples.copy(deep=False)  # columns are added, and not written into
    for column in ("value", "log_cost", "log_bytes", "multiple", "cpu_ns"):
        result[column] = np.nan
    kinds = result["case"].map(measures)
    for measure in {m for m in measures.values() if m is not None}:
        rows = kinds == measure
        if measure.figure not in result:
            continue
        value = pd.to_numeric(result.loc[rows, measure.figure], errors="coerce").astype(float)
        value = value.where(value > 0)
        result.loc[rows, "value"] = value
        if not measure.is_time:
            result.loc[rows, "log_bytes"] = np.log(value)
            continue
        cost = 1e9 / value if measure.more_is_better else value * (1e9 if measure.unit == "s" else 1.0)
        result.loc[rows, "log_cost"] = np.log(cost)
        if measure.scales:
            result.loc[rows, "multiple"] = cost / result.loc[rows, "yardstick_ns"]
        if measure.count in result and "cpu_s" in result:
            count = pd.to_numeric(result.loc[rows, measure.count], errors="coerce").astype(float)
            result.loc[rows, "cpu_ns"] = _busy_s(result.loc[rows]) * 1e9 / count.where(count > 0)
    result["log_cpu"] = np.log(result["cpu_ns"].where(result["cpu_ns"] > 0))
    return result


def _busy_s(rows: pd.DataFrame) -> "pd.Series[float]":
    """CPU time less what a load waits, busily, for its items to be due; unknown where it gave way to other threads."""
    if "idle_s" not in rows:
        return rows["cpu_s"]
    idle = rows["idle_s"].fillna(0.0)
    return (rows["cpu_s"] - idle).mask((idle > 0) & (rows["oversubscribed"] == 1))


def short_number(value: float) -> str:
    """Three significant digits, no exponent, in the range that is left after scaling."""
    if value == 0:
        return "0"
    value = float(f"{value:.3g}")  # before the digits are counted: 0.9996 is 1.00
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:.{min(digits, 3)}f}"


def text(value: float | None, unit: str) -> str:
    """A figure with a readable prefix: 12.3 M/s, 183 ns, 1.24 µs."""
    if value is None or not math.isfinite(value):
        return "–"
    if unit == "1/s":
        steps = ((1e9, "G/s"), (1e6, "M/s"), (1e3, "k/s"), (0.0, "/s"))
    elif unit in ("ns", "s"):
        value = value * (1e9 if unit == "s" else 1.0)
        steps = ((1e9, "s"), (1e6, "ms"), (1e3, "µs"), (0.0, "ns"))
    elif unit in ("B", "B/s"):
        over = unit.removeprefix("B")
        steps = ((2.0**30, f"GiB{over}"), (2.0**20, f"MiB{over}"), (2.0**10, f"KiB{over}"), (0.0, unit))
    else:
        return f"{short_number(value)} {unit}".strip()
    for size, name in steps:
        # 0.9995: what rounds up to a thousand belongs to the next prefix.
        if abs(value) >= size * 0.9995:
            return f"{short_number(value / (size or 1.0))} {name}"
    raise AssertionError("the last step takes every value")


def times(multiple: float | None) -> str:
    if multiple is None or not math.isfinite(multiple):
        return "–"
    return f"{short_number(multiple / 1e3)}k×" if multiple >= 999.5 else f"{short_number(multiple)}×"


def percent(value: float | None) -> str:
    if value is None or not math.isfinite(value):
        return "–"
    return f"{100 * value:.0f}%" if value >= 0.1 else f"{100 * value:.2g}%"


# Which factor no choice between two implementations is about: whoever can show only that shows nothing.
NO_DIFFERENCE = 100.0


def resolves(difference: float | None) -> str:
    """The smallest difference that a comparison would have shown, in words."""
    return f"resolves {at_least(difference)}"


def at_least(difference: float | None) -> str:
    if difference is None or not math.isfinite(difference):
        return "nothing: too few samples"
    if 1.0 + difference > NO_DIFFERENCE:
        return "nothing: too much scatter"
    return f"≥ {extra(difference)}"


def extra(difference: float) -> str:
    """How much more one thing costs than another: 4.1%, and from twice as much on a factor."""
    return percent(difference) if difference < 1.0 else times(1.0 + difference)
