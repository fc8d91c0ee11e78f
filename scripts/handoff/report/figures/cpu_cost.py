"""What CPU time an item costs against how many are moved, with the frontier of the sensible choices."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from . import data, dots, style

QUESTION = "What CPU do I pay for the speed?"
GOALS = ("cpu",)
ANSWER = (
    "Each point is one queue under one wait with one producer and one consumer. Right and low is good. The "
    "line is the Pareto frontier of the medians: nothing else is both faster and cheaper. Of "
    "points near it this is not known."
)
MAX_LABELS = 10

Json = dict[str, Any]
Point = tuple[float, float, str, str]  # items/s, CPU ns per item, queue, wait
Mark = tuple[Point, Json]  # with its figures


def draw(summary: Json) -> Figure | None:
    every = data.rows_of(summary, "producer_consumer", p="1", c="1")
    shared = data.commonest(every, "item", "capacity")
    rows = data.rows_of(summary, "producer_consumer", p="1", c="1", **shared)
    regime = data.main_regime(summary, rows)
    marks: list[Mark] = []
    for row in rows:
        state = data.state_of(row, regime)
        if state is not None and state["cpu_ns"] is not None and state["cpu_ns"]["median"]:
            at = (state["median"], state["cpu_ns"]["median"])
            marks.append(((*at, row["implementation"], row["keys"]["wait"]), state))
    if not marks:
        return None
    points = [point for point, _ in marks]
    figure, (axes,) = style.new(5.6)
    place = data.wait_order(summary)
    waits = sorted({point[3] for point in points}, key=place)
    for wait in waits:
        index = place(wait)[0]
        colour, marker = style.COLOURS[index % len(style.COLOURS)], style.MARKERS[index % len(style.MARKERS)]
        for point, state in marks:
            if point[3] == wait:
                _mark(axes, point, state, colour, marker)
        axes.plot([], [], marker, color=colour, alpha=0.85, markersize=6, label=f"wait: {wait}")
    axes.set_xscale("log")
    axes.set_yscale("log")
    low, high = axes.get_xlim()
    axes.set_xlim(low, high * (high / low) ** 0.36)  # room for the names
    front = frontier(points)
    axes.step(
        [p[0] for p in front], [p[1] for p in front], where="pre", color=style.INK, linewidth=1.0, zorder=2
    )
    _labels(axes, front[-MAX_LABELS:])
    dots.figures_axis(axes, "1/s", "x")
    dots.figures_axis(axes, "ns", "y")
    axes.grid()
    axes.set_xlabel("items per second (log scale; further right is better)")
    axes.set_ylabel("CPU time per item, all threads (log scale; lower is better)")
    axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncol=len(waits), handletextpad=0.2)
    setting = ", ".join(f"{key} {value}" for key, value in shared.items())
    title = f"CPU cost against throughput: p 1, c 1, {setting}"
    style.finish(
        figure, summary, title, data.regime_text(summary, regime), data.n_text(state for _, state in marks)
    )
    return figure


def _mark(axes: Axes, point: Point, state: Json, colour: str, marker: str) -> None:
    """With both of its intervals, which are pale: where many points are near each other they would hide them."""
    x, y, name, wait = point
    cpu = state["cpu_ns"]
    axes.plot([state["low"], state["high"]], [y, y], color=colour, linewidth=0.9, alpha=0.35, zorder=1)
    axes.plot([x, x], [cpu["low"], cpu["high"]], color=colour, linewidth=0.9, alpha=0.35, zorder=1)
    (mark,) = axes.plot(x, y, marker, color=colour, alpha=0.85, markersize=6, zorder=3)
    style.tip(
        mark, f"{name}, wait {wait}: {dots.told(state, '1/s')}; CPU per item {dots.told(state | cpu, 'ns')}"
    )


def frontier(points: list[Point]) -> list[Point]:
    """Points that no other one beats in both, from slow and cheap to fast and dear."""
    kept: list[Point] = []
    for point in sorted(points, key=lambda one: (-one[0], one[1])):
        if not kept or point[1] < kept[-1][1]:
            kept.append(point)
    return kept[::-1]


def _labels(axes: Axes, front: list[Point]) -> None:
    low, high = (float(np.log(value)) for value in axes.get_ylim())
    placed = style.spread_labels([(float(np.log(p[1])) - low) / (high - low) for p in front], 0.045)
    shift = -min(0.0, min(placed) - 0.03)  # what would stick out at the bottom goes up with all the rest
    for (x, y, name, wait), share in zip(front, placed):
        axes.annotate(
            f"{name} · {wait}", (x, y), (0.765, share + shift), textcoords="axes fraction", va="center",
            fontsize=8, arrowprops={"arrowstyle": "-", "color": style.MUTED, "linewidth": 0.6, "shrinkB": 4, "relpos": (0, 0.5)},
        )  # fmt: skip
