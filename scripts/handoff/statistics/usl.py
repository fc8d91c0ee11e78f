"""Fits of the Universal Scalability Law: C(n) = λ n / (1 + σ (n − 1) + κ n (n − 1)).

λ is the rate of one thread alone, σ the part that is done one at a time (Amdahl), κ the cost of keeping all
threads agreed (Gunther, Guerrilla Capacity Planning, 2007). Only points with a CPU for every thread count,
and at least six of them: beyond the CPUs it is the scheduler that is measured, and three parameters follow
fewer points wherever they go.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import optimize, special

from .regimes import SINGLE_CPU
from .stats import CONFIDENCE, Floats

MIN_POINTS = 6  # docs/method.md: a fit only with at least six points that are not oversubscribed

# The exact interval of a median can be of no width when readings are equal; a weight must not be infinite.
_LEAST_WIDTH = 1e-3

Json = dict[str, Any]
Point = tuple[int, Json]  # threads (or pairs of them), the state of the case


@dataclass(frozen=True)
class Parameter:
    estimate: float
    low: float
    high: float

    def as_dict(self) -> Json:
        return {"estimate": self.estimate, "low": self.low, "high": self.high}


@dataclass(frozen=True)
class Fit:
    rate: Parameter  # λ
    serial: Parameter  # σ
    agreement: Parameter  # κ

    @property
    def peak(self) -> float:
        """The number of threads past which more of them do less; infinite where nothing turns over."""
        sigma, kappa = self.serial.estimate, self.agreement.estimate
        return float(np.sqrt((1 - sigma) / kappa)) if kappa > 0 and sigma < 1 else np.inf


def law(n: Floats, rate: float, serial: float, agreement: float) -> Floats:
    """C(n)."""
    found: Floats = rate * n / (1 + serial * (n - 1) + agreement * n * (n - 1))
    return found


def fit(n: Floats, rates: Floats, widths: Floats) -> Fit:
    """Weighted least squares within λ > 0, σ ≥ 0, κ ≥ 0. `widths`: half-widths of the intervals of the rates.

    Intervals are from the covariance with Student's t, cut at the bounds. Only the proportions of the widths
    count: their scale is taken from the residuals, so that a curve which does not fit has wide intervals.
    """
    unit = float(rates[np.argmin(n)] / n.min())  # parameters of one magnitude
    weights = np.maximum(widths, _LEAST_WIDTH * rates) / unit
    bounds = ([0.0, 0.0, 0.0], [np.inf, np.inf, np.inf])
    found, covariance = optimize.curve_fit(
        law, n, rates / unit, p0=_start(n, rates / unit), sigma=weights, bounds=bounds, xtol=1e-12, ftol=1e-12
    )
    t = special.stdtrit(n.size - found.size, (1 + CONFIDENCE) / 2)
    reach = t * np.sqrt(np.diag(covariance))
    scale = np.array([unit, 1.0, 1.0])
    lows, highs = np.maximum(found - reach, 0.0) * scale, (found + reach) * scale
    parameters = (Parameter(*map(float, one)) for one in zip(found * scale, lows, highs))
    return Fit(*parameters)


def _start(n: Floats, rates: Floats) -> list[float]:
    """Where to begin: n / C is linear in 1/λ, σ/λ and κ/λ, none of them negative."""
    terms = np.column_stack([np.ones_like(n), n - 1, n * (n - 1)])
    # Divided by n / C, so that each point counts alike.
    (whole, serial, agreement), _ = optimize.nnls(terms * (rates / n)[:, None], np.ones_like(n))
    whole = whole or 1.0
    # A start on a bound has no gradient there.
    return [1 / whole, max(serial / whole, 1e-6), max(agreement / whole, 1e-9)]


def sentence(scaling: list[Json]) -> str:
    """Why a report has no fit at all."""
    most = max((one["points"] for one in scaling), default=0)
    return (
        f"No fit of the Universal Scalability Law: at most {most} points with a CPU for every thread in any "
        f"series; a fit needs {MIN_POINTS}"
    )


def table(rows: list[Json]) -> list[Json]:
    """A fit, or the reason why there is none, for each implementation and setting: counters by their threads,
    producer_consumer by p where c = p. `rows` are the cases of the summary."""
    series: dict[tuple[str, ...], list[tuple[int, Json]]] = {}
    settings: dict[tuple[str, ...], Json] = {}
    for row in rows:
        threads = _threads(row)
        if threads is None or not _counts(row):
            continue
        keys = {key: value for key, value in row["keys"].items() if key not in ("t", "p", "c")}
        name = (row["workload"], row["implementation"], *keys.values())
        series.setdefault(name, []).append((threads, row))
        settings[name] = keys
    return [
        {"workload": name[0], "implementation": name[1], "keys": settings[name], **_described(series[name])}
        for name in sorted(series)
    ]


def _threads(row: Json) -> int | None:
    keys = row["keys"]
    if row["workload"] == "counter":
        return int(keys["t"])
    same = row["workload"] == "producer_consumer" and keys["p"] == keys["c"]
    return int(keys["p"]) if same else None


def _counts(row: Json) -> bool:
    contestant = not row["control"] and row["label"] == row["implementation"]
    return contestant and not row["withheld"]


def _described(cases: list[tuple[int, Json]]) -> Json:
    own = [(n, row) for n, row in cases if not row["oversubscribed"]]
    regime, points = _points(own)
    told: Json = {"regime": regime, "points": len(points), "n": [count for count, _ in points]}
    if len(points) < MIN_POINTS:
        return {**told, "fit": None, "why_not": _why_not(len(points), len(own))}
    n, rates, widths = np.array([(n, s["median"], (s["high"] - s["low"]) / 2) for n, s in points]).T
    try:
        found = fit(n, rates, widths)
    except RuntimeError:  # curve_fit gave up
        return {**told, "fit": None, "why_not": "the fit did not converge"}
    # Never past what was measured: a peak out there is a guess.
    peak = found.peak if found.peak <= n.max() else None
    parameters: Json = {
        "lambda": found.rate.as_dict(),
        "sigma": found.serial.as_dict(),
        "kappa": found.agreement.as_dict(),
    }
    residuals = rates / law(n, found.rate.estimate, found.serial.estimate, found.agreement.estimate) - 1
    fitted = {**parameters, "peak": peak, "worst_residual": float(np.abs(residuals).max())}
    return {**told, "fit": fitted, "why_not": None}


def _points(cases: list[tuple[int, Json]]) -> tuple[str | None, list[Point]]:
    """The points of the regime that has most of them, then most trials, then the faster one.

    A single thread has no regime of its own and belongs to each.
    """
    by_regime: dict[str, list[Point]] = {}
    alone: list[Point] = []
    for n, row in sorted(cases, key=lambda one: one[0]):
        for state in row["regimes"]:
            if state["median"] is None or state["coverage"] < CONFIDENCE:
                continue
            place = alone if state["regime"] == SINGLE_CPU else by_regime.setdefault(state["regime"], [])
            place.append((n, state))
    if not by_regime:
        return (SINGLE_CPU if alone else None), alone
    counts = {name: (len(points), sum(s["n"] for _, s in points)) for name, points in by_regime.items()}
    best = max(sorted(counts), key=lambda name: counts[name])
    return best, sorted(alone + by_regime[best], key=lambda point: point[0])


def _why_not(points: int, measured: int) -> str:
    short = f", {measured - points} more with too few trials in one regime" if measured > points else ""
    noun = "point" if points == 1 else "points"
    return f"{points} {noun} with a CPU for every thread{short}; a fit needs {MIN_POINTS}"
