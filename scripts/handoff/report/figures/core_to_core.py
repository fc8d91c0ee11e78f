"""The machine itself: the yardstick over the run, and the round trip between each pair of CPUs."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ...statistics import measures
from ...statistics.regimes import SET_ASIDE
from . import data, dots, style

QUESTION = "Did the machine hold still?"
ANSWER = (
    "Each point is the yardstick of one trial: the raw round trip of a cache line between its CPUs. Levels "
    "are regimes; figures are compared within one of them only. Crosses are trials during which the "
    "yardstick moved by more than 15%; they are set aside."
)

Json = dict[str, Any]

MOST_CPUS = 1024  # in the table of pairs; with more of them it is larger than any screen

PIXELS = {"rasterized": True}  # thousands of points: each would be an element of the SVG


def draw(summary: Json) -> Figure | None:
    track = summary["track"]
    pairs = [row for row in summary["cases"] if row["workload"] == "core_to_core" and row["regimes"]]
    many = len(pairs) > 1 and len(_cpus(pairs)) <= MOST_CPUS
    if not track["minutes"] and not many:
        return None
    figure, axes = style.new(4.6, 2 if many else 1, (1.7, 1.0) if many else None)
    _strip(axes[0], summary)
    if many:
        _matrix(axes[1], pairs, data.main_regime(summary, pairs))
    counts = summary["counts"]
    n = f"n = {counts['trials']} trials"
    style.finish(
        figure, summary, "Core-to-core latency of the machine", f"{counts['set_aside']} set aside", n
    )
    return figure


def _strip(axes: Axes, summary: Json) -> None:
    track = summary["track"]
    minutes, values = np.array(track["minutes"], dtype=float), np.array(track["yardstick_ns"], dtype=float)
    regimes = np.array(track["regime"], dtype=object)
    axes.set_yscale("log")
    axes.set_ylim(values.min() / 1.4, values.max() * 1.6)
    for index, place in enumerate(summary["regimes"]):
        chosen = regimes == place["name"]
        colour, marker = style.COLOURS[index % len(style.COLOURS)], style.MARKERS[index % len(style.MARKERS)]
        axes.axhspan(place["low_ns"], place["high_ns"], color=colour, alpha=0.10, linewidth=0, zorder=0)
        label = f"{place['name']}: {place['median_ns']:.0f} ns, {place['samples']} trials"
        shown = label if index < 8 else None  # noise of a few trials needs no entry of its own
        look = {"color": colour, "markersize": 2.8, "zorder": 2, **PIXELS}
        axes.plot(minutes[chosen], values[chosen], marker, label=shown, **look)
    aside = regimes == SET_ASIDE
    if aside.any():
        look = {"color": style.INK, "markersize": 4.5, "zorder": 3, **PIXELS}
        axes.plot(minutes[aside], values[aside], "x", label="set aside", **look)
    dots.figures_axis(axes, "ns", "y")
    axes.grid(axis="y")
    axes.set_xlabel("minutes since the start")
    axes.set_ylabel("yardstick: raw round trip (log scale)")
    axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncol=4, markerscale=1.8, handletextpad=0.2)


def _cpus(rows: list[Json]) -> list[int]:
    return sorted({int(row["keys"][key]) for row in rows for key in ("a", "b")})


def _matrix(axes: Axes, rows: list[Json], regime: str) -> None:
    cpus = _cpus(rows)
    table = np.full((len(cpus), len(cpus)), np.nan)
    for row in rows:
        state = data.state_of(row, regime)
        if state is not None:
            a, b = cpus.index(int(row["keys"]["a"])), cpus.index(int(row["keys"]["b"]))
            table[a, b] = table[b, a] = state["median"]
    image = axes.imshow(table, cmap="Blues")
    if len(cpus) <= 8:
        middle = (np.nanmin(table) + np.nanmax(table)) / 2
        for (a, b), value in np.ndenumerate(table):
            if np.isfinite(value):
                colour = "white" if value > middle else style.INK
                axes.text(
                    b, a, measures.short_number(value), ha="center", va="center", fontsize=8, color=colour
                )
    step = max(1, len(cpus) // 16)
    axes.set_xticks(range(0, len(cpus), step), [str(cpu) for cpu in cpus[::step]])
    axes.set_yticks(range(0, len(cpus), step), [str(cpu) for cpu in cpus[::step]])
    axes.set_title(f"between CPUs, ns (regime {regime})")
    axes.figure.colorbar(image, ax=axes, shrink=0.7)
