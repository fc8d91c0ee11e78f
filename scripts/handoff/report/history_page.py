"""The page of a branch's history: a plot for each case of the newest commit, the dearest first, and all commits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib
import numpy as np
from matplotlib import pyplot
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from ..compare.history import Entry
from ..statistics.outcomes import EQUIVALENCE
from .figures import style
from .page import environment

SHORT = 7  # digits of a commit
TICKS = 12  # commits that are named below a plot
HEIGHT = 1.7  # inches


@dataclass(frozen=True)
class Plot:
    case: str
    newest: tuple[float, float, float]
    svg: str


def render(entries: Sequence[Entry], title: str) -> str:
    newest = entries[-1]
    cases = sorted(newest.cases, key=lambda case: (-newest.cases[case][0], case))
    options: dict[str, Any] = {**matplotlib.rcParamsDefault, "backend": "Agg", **style.RC}
    with matplotlib.rc_context(options):
        plots = [
            Plot(case, newest.cases[case], _svg(entries, case, number)) for number, case in enumerate(cases)
        ]
    return (
        environment()
        .get_template("history.html.j2")
        .render(title=title, newest=newest, entries=list(reversed(entries)), plots=plots, bound=EQUIVALENCE)
    )


def _svg(entries: Sequence[Entry], case: str, number: int) -> str:
    figure = draw(entries, case)
    try:
        return style.svg(figure, f"history-{number}")
    finally:
        pyplot.close(figure)


def draw(entries: Sequence[Entry], case: str) -> Figure:
    """The ratio to the baseline, commit by commit; a baseline that changes breaks the line."""
    figure, (axes,) = style.new(HEIGHT)
    at = np.array([i for i, one in enumerate(entries) if case in one.cases])
    ratio, low, high = np.array([entries[i].cases[case] for i in at]).T
    axes.axhspan(1 / (1 + EQUIVALENCE), 1 + EQUIVALENCE, color=style.SHADE, zorder=0)
    axes.axhline(1.0, color=style.MUTED, linewidth=0.8, zorder=1)
    axes.vlines(at, low, high, color=style.BLUE, linewidth=1.4, zorder=2)
    bases = np.array([entries[i].base for i in at])
    for run in np.split(np.arange(at.size), np.flatnonzero(bases[1:] != bases[:-1]) + 1):
        axes.plot(at[run], ratio[run], "-", color=style.BLUE, linewidth=0.8, zorder=2)
    above = low > 1 + EQUIVALENCE
    axes.plot(at[~above], ratio[~above], "o", color=style.BLUE, markersize=4.5, zorder=3)
    axes.plot(at[above], ratio[above], "s", color=style.RED, markersize=5.0, zorder=3)
    for i in _new_baselines(entries):
        axes.axvline(i - 0.5, color=style.MUTED, linestyle="--", linewidth=0.8)
    axes.set_yscale("log")
    axes.set_ylim(min(0.9, 0.98 * ratio.min()), max(1.1, 1.02 * ratio.max()))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.2f}"))
    axes.yaxis.set_minor_formatter(FuncFormatter(lambda value, _: f"{value:.2f}"))
    axes.tick_params(axis="y", which="both", labelsize=7.5)
    axes.set_xlim(-0.6, len(entries) - 0.4)
    step = -(-len(entries) // TICKS)
    named = range((len(entries) - 1) % step, len(entries), step)  # the newest is among them
    axes.set_xticks(list(named), [entries[i].commit[:SHORT] for i in named], fontsize=7.5)
    axes.set_ylabel("× baseline")
    return figure


def _new_baselines(entries: Sequence[Entry]) -> list[int]:
    return [i for i in range(1, len(entries)) if entries[i].base != entries[i - 1].base]
