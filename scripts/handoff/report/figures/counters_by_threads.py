"""Counters as threads are added; oversubscribed points stand apart and are joined to nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from . import data, dots, style

QUESTION = "What does counting cost as threads are added?"
GOALS = ("counter",)
ANSWER = (
    "Operations per second of all threads together. Lines join only points with a CPU for every thread; the "
    "shaded part has more threads than CPUs. The dashed grey line is the control: the bare fetch_add."
)

Json = dict[str, Any]


def draw(summary: Json) -> Figure | None:
    every = data.rows_of(summary, "counter")
    counts = {m: sum(r["keys"]["mix"] == m for r in every) for m in sorted({r["keys"]["mix"] for r in every})}
    mixes = sorted(counts, key=lambda mix: (mix != "increment", -counts[mix], mix))
    regime = data.main_regime(summary, every)
    panels = [mix for mix in mixes if len({r["keys"]["t"] for r in every if r["keys"]["mix"] == mix}) > 1]
    panels = (panels or mixes)[:2]  # two fit with their labels; the rest is in the explorer
    if not panels:
        return None
    figure, axes = style.new(5.2, len(panels))
    states: list[Json] = []
    for one, mix in zip(axes, panels):
        states += _panel(one, summary, [r for r in every if r["keys"]["mix"] == mix], mix, regime)
    axes[0].set_ylabel("operations per second (log scale)")
    style.finish(
        figure, summary, "Counters by threads", data.regime_text(summary, regime), data.n_text(states)
    )
    return figure


def _panel(axes: Axes, summary: Json, rows: list[Json], mix: str, regime: str) -> list[Json]:
    threads = sorted({int(row["keys"]["t"]) for row in rows})
    crowded = {int(row["keys"]["t"]) for row in rows if row["oversubscribed"]}
    series: dict[str, list[tuple[int, Json]]] = {}
    for row in rows:
        state = data.state_of(row, regime)
        if state is not None:
            series.setdefault(row["implementation"], []).append((int(row["keys"]["t"]), state))
    axes.set_yscale("log")
    for index, name in enumerate(sorted(series)):
        _line(axes, name, sorted(series[name], key=lambda one: one[0]), threads, crowded, index)
    _floor(axes, summary, mix, threads, regime)
    if crowded:
        first = min(threads.index(t) for t in crowded)
        axes.axvspan(first - 0.5, len(threads) - 0.5, color=style.SHADE, zorder=0, linewidth=0)
        axes.text(
            first - 0.42, 0.985, "more threads\nthan CPUs", transform=axes.get_xaxis_transform(), va="top",
            fontsize=7.5, color=style.MUTED,
        )  # fmt: skip
    axes.set_xticks(range(len(threads)), [str(t) for t in threads])
    axes.set_xlim(-0.35, len(threads) - 0.5)
    axes.set_xlabel("threads")
    axes.set_title(f"mix: {mix}")
    low, high = axes.get_ylim()
    axes.set_ylim(low, high * (high / low) ** 0.08)  # room for the note in the shaded part
    dots.figures_axis(axes, "1/s", "y")
    axes.grid(axis="y")
    _labels(axes, series, threads)
    return [state for points in series.values() for _, state in points]


def _line(
    axes: Axes,
    name: str,
    points: list[tuple[int, Json]],
    threads: list[int],
    crowded: set[int],
    index: int,
) -> None:
    colour = style.COLOURS[index % len(style.COLOURS)]
    marker = style.MARKERS[index % len(style.MARKERS)]
    own = [(threads.index(t), s) for t, s in points if t not in crowded]
    beyond = [(threads.index(t), s) for t, s in points if t in crowded]
    axes.plot([x for x, _ in own], [s["median"] for _, s in own], color=colour, linewidth=1.4, zorder=2)
    for x, state in own + beyond:
        axes.plot([x, x], [state["low"], state["high"]], color=colour, linewidth=1.6, zorder=2)
        hollow = "white" if (x, state) in beyond else colour
        (mark,) = axes.plot(
            x, state["median"], marker, color=colour, markerfacecolor=hollow, markersize=5, zorder=3
        )
        style.tip(mark, f"{name}, {threads[x]} threads: {dots.told(state, '1/s')}")


def _floor(axes: Axes, summary: Json, mix: str, threads: list[int], regime: str) -> None:
    """The control is drawn for orientation; it has no label among the contestants."""
    rows = [
        row
        for row in summary["cases"]
        if row["control_kind"] == "floor" and row["workload"] == "counter" and row["keys"].get("mix") == mix
    ]
    points = [
        (int(row["keys"]["t"]), data.state_of(row, regime)) for row in rows if not row["oversubscribed"]
    ]
    known = sorted((threads.index(t), s["median"]) for t, s in points if s is not None and t in threads)
    if known:
        axes.plot(*zip(*known), "--", color=style.MUTED, linewidth=1.0, zorder=1)


def _labels(axes: Axes, series: dict[str, list[tuple[int, Json]]], threads: list[int]) -> None:
    """Names at the right, moved apart where points are close, each joined to its last point."""
    names = sorted(series)
    last = {name: max(series[name], key=lambda one: one[0]) for name in names}
    low, high = (float(np.log(value)) for value in axes.get_ylim())
    wanted = [(float(np.log(last[name][1]["median"])) - low) / (high - low) for name in names]
    placed = style.spread_labels(wanted, 0.048)
    for index, name in enumerate(names):
        colour = style.COLOURS[index % len(style.COLOURS)]
        at = threads.index(last[name][0])
        y = float(np.exp(low + placed[index] * (high - low)))
        axes.annotate(
            name, (at, last[name][1]["median"]), (len(threads) - 0.42, y), textcoords="data", va="center",
            fontsize=7.8, color=style.INK, annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": colour, "linewidth": 0.7, "shrinkA": 1, "shrinkB": 4, "relpos": (0, 0.5)},
        )  # fmt: skip
