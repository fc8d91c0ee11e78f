"""Which physical state of the machine each sample saw, judged by its yardsticks.

A shared host moves virtual cores between a few places (same cache, other chiplet, other socket). Their
cache-line round trips lie a factor of about two apart while repeated readings within one place scatter by
a few per cent. So the yardsticks are clustered on a logarithmic axis by density: a smoothed histogram is
cut at valleys that fall under a tenth of the lower of the two peaks beside them. For well separated values
that equals single linkage (isolated readings part at a ratio of about 1.27); unlike single linkage a few
readings taken while the machine was moving do not chain two places into one.
"""

from __future__ import annotations

import string
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import ndimage

DRIFT_LIMIT = 0.15  # docs/method.md: yardsticks that disagree by more set the sample aside
SMOOTHING = np.log(1.05)  # about the scatter of readings within one place
BIN = np.log(1.01)  # a fifth of the smoothing: the grid does not show in the cuts
VALLEY = 0.10  # a cut needs a valley this low relative to the lower peak

# The least of all, and each of the others (benchmarks/harness/yardstick.hpp). Runs of method 2 have the first alone.
YARDSTICK_FORMS = ("yardstick", "bare_standing", "paused_standing", "bare_walking", "paused_walking")

SINGLE_CPU = "one CPU"  # all threads shared a CPU: there was no cache line to hand over
SET_ASIDE = "set aside"

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Regime:
    """One place of the machine: a name and the range of yardsticks that belong to it."""

    name: str
    low_ns: float
    high_ns: float
    median_ns: float
    samples: int

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def cuts(values: Floats) -> list[float]:
    """The yardsticks (ns) at which one cluster ends and the next begins, ascending."""
    if values.size < 2:
        return []
    logs = np.log(values)
    # Five smoothing widths of margin: the outermost peaks must not touch the border.
    low, high = logs.min() - 5 * SMOOTHING, logs.max() + 5 * SMOOTHING
    edges = np.arange(low, high + BIN, BIN)
    counts, edges = np.histogram(logs, bins=edges)
    density = ndimage.gaussian_filter1d(counts.astype(float), SMOOTHING / BIN, truncate=8.0)
    peaks = peaks_of(density)
    peaks = peaks[density[peaks] >= density.max() * 1e-9]
    found: list[float] = []
    if peaks.size == 0:
        return found
    left_peak = peaks[0]
    for peak in peaks[1:]:
        valley = left_peak + int(np.argmin(density[left_peak : peak + 1]))
        if density[valley] < VALLEY * min(density[left_peak], density[peak]):
            found.append(float(np.exp((edges[valley] + edges[valley + 1]) / 2)))
            left_peak = peak
        elif density[peak] > density[left_peak]:
            left_peak = peak  # the same cluster: remember its highest point
    return found


def peaks_of(density: Floats) -> npt.NDArray[np.int64]:
    """Where it is higher than on both sides; of a flat top, the middle. As scipy.signal.find_peaks, which takes each
    command half a second to import."""
    starts = np.flatnonzero(np.diff(density, prepend=np.nan))  # of runs of equal values
    lasts = np.append(starts[1:], density.size) - 1
    rises = np.diff(density[starts]) > 0
    tops = np.flatnonzero(rises[:-1] & ~rises[1:]) + 1
    found: npt.NDArray[np.int64] = (starts[tops] + lasts[tops]) // 2
    return found


def name_of(index: int) -> str:
    """A, B, … Z, AA, AB, …: the fastest place is A."""
    letters = string.ascii_uppercase
    head, tail = divmod(index, len(letters))
    return (name_of(head - 1) if head else "") + letters[tail]


def assign(samples: pd.DataFrame) -> tuple[pd.DataFrame, list[Regime]]:
    """The samples with the columns `yardstick_ns` and `regime`, and the regimes from fast to slow.

    Rows are kept whatever became of them; `regime` is SET_ASIDE where before and after disagree (or one of
    the two is missing) and SINGLE_CPU where neither exists. The regimes are those of the form of the yardstick that
    separates best; `yardstick_ns`, and the ranges of the regimes, are of the least form.
    """
    result = samples.copy(deep=False)  # columns are added, and not written into
    least = _readings(result, YARDSTICK_FORMS[0])
    by = max((_readings(result, form) for form in YARDSTICK_FORMS), key=separation)  # the first of equals
    names = np.full(len(result), SET_ASIDE, dtype=object)
    names[by.absent] = SINGLE_CPU
    steady = by.steady & np.isfinite(least.middle)
    places = np.searchsorted(cuts(by.middle[by.steady]), by.middle[steady], side="right")
    names[steady] = [name_of(int(place)) for place in places]
    result["yardstick_ns"] = least.middle
    result["regime"] = names
    return result, _describe(least.middle[steady], places)


@dataclass(frozen=True)
class _Readings:
    """One form of the yardstick, an element for each sample."""

    middle: Floats  # the geometric mean of before and after; NaN where one is missing
    steady: npt.NDArray[np.bool_]  # both are there, and agree
    absent: npt.NDArray[np.bool_]  # neither is there


def _readings(samples: pd.DataFrame, form: str) -> _Readings:
    before, after = _column(samples, f"{form}_before_ns"), _column(samples, f"{form}_after_ns")
    with np.errstate(invalid="ignore", divide="ignore"):
        middle = np.sqrt(before * after)
        spread = np.maximum(before, after) / np.minimum(before, after) - 1.0
    both = np.isfinite(middle) & (middle > 0)
    return _Readings(
        middle=np.where(both, middle, np.nan),
        steady=both & (spread <= DRIFT_LIMIT),
        absent=np.isnan(before) & np.isnan(after),
    )


def separation(readings: _Readings) -> float:
    """How well a form tells regimes apart: the share of the variance of its logarithm that lies between its regimes,
    times the share of the samples that it does not set aside. 0: it sees one regime, or is not there."""
    values = readings.middle[readings.steady]
    limits = cuts(values)
    if not limits:
        return 0.0
    logs = pd.Series(np.log(values))
    means = logs.groupby(np.searchsorted(limits, values, side="right")).transform("mean")
    between = float(np.var(means) / np.var(logs))
    return between * float(readings.steady.mean())


def _column(samples: pd.DataFrame, name: str) -> Floats:
    if name not in samples:
        return np.full(len(samples), np.nan)
    return np.asarray(pd.to_numeric(samples[name], errors="coerce"), dtype=float)


def _describe(values: Floats, places: npt.NDArray[np.intp]) -> list[Regime]:
    regimes: list[Regime] = []
    for place in np.unique(places):
        own = values[places == place]
        regimes.append(
            Regime(
                name=name_of(int(place)),
                low_ns=float(own.min()),
                high_ns=float(own.max()),
                median_ns=float(np.median(own)),
                samples=int(own.size),
            )
        )
    return regimes
