"""What changed between two runs in the memory that queues take.

Bytes are no times: one thread, no clock, the same figures in each trial but for some bytes of alignment. So no
test is needed and no regime: a figure changed when all trials of B lie on one side of all trials of A, by more
than the threshold and by more than alignment explains.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ..statistics import measures
from . import memory
from .changes import IMPROVEMENT, REGRESSION, effect_text

# Units, and the differences that alignment or an allocation that now and then falls into the window explain.
FIGURES: dict[str, tuple[str, float]] = {
    "bytes_per_item": ("B", 0.01),
    "empty_bytes": ("B", 256.0),
    "retained_bytes": ("B", 256.0),
    "peak_bytes": ("B", 256.0),
    "allocations_per_item": ("", 0.001),
}


@dataclass(frozen=True)
class MemoryChange:
    """One figure of one case; smaller is better. Each side: its least and its greatest trial."""

    case: str
    figure: str
    a: tuple[float, float]
    b: tuple[float, float]
    effect: str


def between(both: pd.DataFrame, threshold: float) -> tuple[list[MemoryChange], int]:
    """The changes, and how many cases were compared. `both`: samples that ended well, with `run` a or b."""
    rows = both[both["workload"] == memory.WORKLOAD]
    found: list[MemoryChange] = []
    compared = 0
    for case, here in rows.groupby("case"):
        a, b = here[here["run"] == "a"], here[here["run"] == "b"]
        if a.empty or b.empty:
            continue
        compared += 1
        for figure, (_, explained) in FIGURES.items():
            one, other = _range(a[figure]), _range(b[figure])
            effect = _effect(one, other, threshold, explained)
            if effect:
                found.append(MemoryChange(str(case), figure, one, other, effect))
    return found, compared


def _range(values: "pd.Series[float]") -> tuple[float, float]:
    return float(values.min()), float(values.max())


def _effect(a: tuple[float, float], b: tuple[float, float], threshold: float, explained: float) -> str:
    if b[0] > a[1] * (1 + threshold) and b[0] - a[1] > explained:
        return REGRESSION
    return IMPROVEMENT if a[0] > b[1] * (1 + threshold) and a[0] - b[1] > explained else ""


HEADS = ("case", "figure", "A", "B", "verdict")


def cells(change: MemoryChange) -> tuple[str, ...]:
    """One row of text for a table of HEADS."""
    return (
        change.case,
        change.figure,
        _text(change.figure, change.a),
        _text(change.figure, change.b),
        effect_text(change.effect),
    )


def _text(figure: str, side: tuple[float, float]) -> str:
    unit, _ = FIGURES[figure]
    shown = [measures.text(value, unit) if unit else memory.allocations(value) for value in side]
    return shown[0] if shown[0] == shown[1] else " – ".join(shown)
