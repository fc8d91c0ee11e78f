"""Latency against load in an open loop: a panel per queue, the median and the tail as lines."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from . import data, dots, style

QUESTION = "How does latency grow with the load?"
GOALS = ("p99",)
ANSWER = (
    "Open loop: items are due by a clock, and latency counts from the time at which an item was due. The load "
    "is a share of what the same queue took just before without pacing, so the panels differ in items "
    "per second. Dashed: the same items counted from the time at which they were sent, as a closed loop would, "
    "which leaves out the waiting before it. A cross marks a load at which most trials could not keep up."
)

LINES = (
    ("p50_ns", "p50", "o", style.BLUE, "-"),
    ("p99_ns", "p99", "D", style.ORANGE, "-"),
    ("p99_9_ns", "p99.9", "^", style.RED, "-"),
    ("since_sent_p99_ns", "p99 since sent", "", style.MUTED, "--"),
)
MOST_PANELS = 4

Json = dict[str, Any]


def draw(summary: Json) -> Figure | None:
    every = [row for row in data.rows_of(summary, "load") if row["keys"]["rate"].endswith("%")]
    setting = ("p", "c", "wait", "arrivals")
    shared = data.commonest(every, *setting)
    rows = [row for row in every if all(row["keys"][key] == shared[key] for key in setting)]
    regime = data.main_regime(summary, rows)
    panels: dict[str, dict[float, Json]] = {}
    for row in rows:
        if state := data.state_of(row, regime):
            percent = float(row["keys"]["rate"].removesuffix("%"))
            panels.setdefault(row["implementation"], {})[percent] = state
    swept = {name: states for name, states in sorted(panels.items()) if len(states) > 1}
    if not swept:
        return None
    shown = dict(list(swept.items())[:MOST_PANELS])
    figure, axes = style.new(3.6, len(shown), sharey=True)
    for panel, (name, states) in zip(axes, shown.items()):
        _panel(panel, name, states)
    axes[0].set_ylabel("latency (log scale; lower is better)")
    dots.figures_axis(axes[0], "ns", "y")
    title = ", ".join(f"{key} {value}" for key, value in shared.items())
    if len(shown) < len(swept):
        title += f"; {len(shown)} of {len(swept)} queues"
    n = data.n_text(state for states in shown.values() for state in states.values())
    legend = list(zip(*axes[0].get_legend_handles_labels()))
    style.finish(
        figure, summary, f"Latency under load: {title}", data.regime_text(summary, regime), n, legend
    )
    return figure


def _panel(axes: Axes, name: str, states: dict[float, Json]) -> None:
    loads = sorted(states)
    for figure, label, marker, colour, line in LINES:
        values = [states[load]["figures"].get(figure) for load in loads]
        points = [(load, value) for load, value in zip(loads, values) if value]
        if points:
            axes.plot(*zip(*points), line, color=colour)
            axes.plot([], [], line, marker=marker, color=colour, markersize=5.0, label=label)
        for load, value in points:
            shown = dots.percentile(states[load], figure)
            axes.plot([load, load], [shown["low"], shown["high"]], color=colour, linewidth=2.0, alpha=0.5)
            (mark,) = axes.plot(load, value, marker=marker or ".", color=colour, markersize=5.0)
            style.tip(mark, f"{name}, {label} at {load:g}%: {dots.told(shown, 'ns')}")
    overloaded = [load for load in loads if states[load]["figures"].get("overloaded")]
    for load in overloaded:
        axes.plot(load, states[load]["figures"]["p99_ns"], "x", color=style.INK, markersize=10.0, zorder=4)
    axes.set_title(name)
    axes.set_yscale("log")
    axes.set_xticks(loads, [f"{load:g}%" for load in loads])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlim(0, 100)
    axes.set_xlabel("load")
    axes.grid(axis="y")
