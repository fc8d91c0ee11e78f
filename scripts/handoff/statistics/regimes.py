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
from scipy import ndimage, signal

DRIFT_LIMIT = 0.15  # docs/method.md: yardsticks that disagree by more set the sample aside
SMOOTHING = np.log(1.05)  # about the scatter of readings within one place
BIN = np.log(1.01)  # a fifth of the smoothing: the grid does not show in the cuts
VALLEY = 0.10  # a cut needs a valley this low relative to the lower peak

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
    peaks, _ = signal.find_peaks(density, height=density.max() * 1e-9)
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


def name_of(index: int) -> str:
    """A, B, … Z, AA, AB, …: the fastest place is A."""
    letters = string.ascii_uppercase
    head, tail = divmod(index, len(letters))
    return (name_of(head - 1) if head else "") + letters[tail]


def assign(samples: pd.DataFrame) -> tuple[pd.DataFrame, list[Regime]]:
    """The samples with the columns `yardstick_ns` and `regime`, and the regimes from fast to slow.

    Rows are kept whatever became of them; `regime` is SET_ASIDE where before and after disagree (or one of
    the two is missing) and SINGLE_CPU where neither exists.
    """
    result = samples.copy(deep=False)  # columns are added, and not written into
    before = _column(result, "yardstick_before_ns")
    after = _column(result, "yardstick_after_ns")
    with np.errstate(invalid="ignore", divide="ignore"):
        middle = np.sqrt(before * after)
        spread = np.maximum(before, after) / np.minimum(before, after) - 1.0
    both = np.isfinite(middle) & (middle > 0)
    steady = both & (spread <= DRIFT_LIMIT)
    names = np.full(len(result), SET_ASIDE, dtype=object)
    names[np.isnan(before) & np.isnan(after)] = SINGLE_CPU
    limits = cuts(middle[steady])
    places = np.searchsorted(limits, middle[steady], side="right")
    names[steady] = [name_of(int(place)) for place in places]
    result["yardstick_ns"] = np.where(both, middle, np.nan)
    result["regime"] = names
    return result, _describe(middle[steady], places)


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
