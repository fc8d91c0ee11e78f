"""Ways to wait: how late an item is seen and what waiting for it costs, by how long it is waited for."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ...run import kinds
from ...statistics import measures
from .. import turnover
from . import cpu_cost, data, dots, style

QUESTION = "Spin or block: how late is an item seen, and what does waiting for it cost?"
GOALS = ("wait",)
ANSWER = (
    "Left: from when an item is there until the waiting thread has it, by how long it was waited for; filled: the "
    "median, hollow: the 99th percentile; bars are 95% intervals. Middle: CPU time of the waiting thread for each item; the dotted line is a "
    "thread that never rests, the upright one where sleeping begins to cost less. Right: both at one gap; the line "
    "joins those that no other one beats in both."
)

Json = dict[str, Any]
Series = dict[str, list[tuple[float, Json]]]  # by name: gap in ns and state, by gap

MOST_LINES = len(style.COLOURS)
P99 = "late_p99_ns"


def draw(summary: Json) -> Figure | None:
    rows = data.rows_of(summary, "wait", **turnover.ALONE)
    regime = data.main_regime(summary, rows)
    every: Series = {}
    for row in rows:
        if (state := data.state_of(row, regime)) is not None and state["cpu_ns"]:
            every.setdefault(row["implementation"], []).append((1e3 * int(row["keys"]["gap_us"]), state))
    every = {name: sorted(points, key=lambda one: one[0]) for name, points in every.items()}
    shown = _shown(summary, every)
    if not shown:
        return None
    figure, (late, cost, plane) = style.new(5.0, 3, (1.15, 1.0, 1.15))
    colours = {name: style.COLOURS[place] for place, name in enumerate(shown)}
    handles = [_lateness(late, name, every[name], colours[name]) for name in shown]
    _cost(cost, every, colours, turnover.find(summary["cases"], summary["environment"].get("catalog", {})))
    _plane(plane, every, colours)
    style.finish(
        figure,
        summary,
        "Waiting for an item, one thread on a CPU of its own",
        data.regime_text(summary, regime),
        data.n_text(state for points in every.values() for _, state in points),
        list(zip(handles, shown)),
    )
    return figure


def _shown(summary: Json, every: Series) -> list[str]:
    """Those that have a line, in the catalog's order: the first of each kind, then as many others as there are colours."""
    listed = [one for one in kinds.entries(summary["environment"].get("catalog", {})) if kinds.is_wait(one)]
    measured = [one for one in listed if len(every.get(one["name"], ())) > 1]
    most = max((len(every[one["name"]]) for one in measured), default=0)
    whole = [one for one in measured if len(every[one["name"]]) == most]
    first = {one["meanwhile"]: one["name"] for one in reversed(whole)}
    names = [one["name"] for one in whole]
    chosen = [*first.values(), *(name for name in names if name not in first.values())][:MOST_LINES]
    return [name for name in names if name in chosen]


def _lateness(axes: Axes, name: str, points: list[tuple[float, Json]], colour: str) -> Any:
    xs = [gap for gap, _ in points]
    (line,) = axes.plot(
        xs, [s["median"] for _, s in points], "o-", color=colour, markersize=4.5, linewidth=1.4
    )
    axes.plot(
        xs, [s["figures"][P99] for _, s in points], "o--", color=colour, markerfacecolor="white",
        markersize=4, linewidth=0.8,
    )  # fmt: skip
    for gap, state in points:
        _interval(axes, gap, state, colour)
        _interval(axes, gap, dots.percentile(state, P99), colour, linewidth=0.8)
        (mark,) = axes.plot(gap, state["median"], "o", color=colour, markersize=4.5)
        p99 = measures.text(state["figures"][P99], "ns")
        style.tip(
            mark, f"{name}, gap {measures.text(gap, 'ns')}: {dots.told(state, 'ns')}; 99th percentile {p99}"
        )
    _gaps(axes)
    axes.set_title("lateness: median ●, 99th percentile ○")
    return line


def _interval(axes: Axes, gap: float, state: Json, colour: str, linewidth: float = 1.6) -> None:
    axes.plot([gap, gap], [state["low"], state["high"]], color=colour, linewidth=linewidth)


def _gaps(axes: Axes) -> None:
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("gap between items")
    dots.figures_axis(axes, "ns", "x")
    dots.figures_axis(axes, "ns", "y")
    axes.grid(axis="y")


def _cost(axes: Axes, every: Series, colours: dict[str, str], turns: Json | None) -> None:
    for name, colour in colours.items():
        xs = [gap for gap, _ in every[name]]
        ys = [state["cpu_ns"]["median"] for _, state in every[name]]
        axes.plot(xs, ys, "o-", color=colour, markersize=4.5, linewidth=1.4)
        for gap, state in every[name]:
            _interval(axes, gap, state["cpu_ns"], colour)
    gaps = sorted({gap for points in every.values() for gap, _ in points})
    axes.plot(gaps, gaps, ":", color=style.MUTED, linewidth=1.0, zorder=1)
    _gaps(axes)
    if turns and turns["gap_us"]:
        at = 1e3 * turns["gap_us"]
        axes.axvline(at, color=style.MUTED, linewidth=1.0, zorder=1)
        axes.annotate(
            f" {turns['gap_us']:.2g} µs", (at, 0.97), xycoords=axes.get_xaxis_transform(), fontsize=8,
            color=style.MUTED, va="top",
        )  # fmt: skip
    axes.set_title("CPU time per item")


def _plane(axes: Axes, every: Series, colours: dict[str, str]) -> None:
    """At the gap at which the most were measured."""
    counts: dict[float, int] = {}
    for points in every.values():
        for gap, _ in points:
            counts[gap] = counts.get(gap, 0) + 1
    at = max(sorted(counts), key=lambda gap: counts[gap])
    known = [(name, state) for name, points in every.items() for gap, state in points if gap == at]
    for name, state in known:
        cpu = state["cpu_ns"]["median"]
        colour = colours.get(name, style.MUTED)
        ends = (state["cpu_ns"]["low"], state["cpu_ns"]["high"])
        axes.plot([state["low"], state["high"]], [cpu, cpu], color=colour, linewidth=0.8)
        axes.plot([state["median"], state["median"]], ends, color=colour, linewidth=0.8)
        (mark,) = axes.plot(state["median"], cpu, "o", color=colour, markersize=5.5, zorder=3)
        style.tip(mark, f"{name}: {dots.told(state, 'ns')}; CPU {measures.text(cpu, 'ns')} per item")
    # As the frontier of throughputs has it, more is better: the earlier, the larger.
    front = cpu_cost.frontier([(-s["median"], s["cpu_ns"]["median"], name, "") for name, s in known])[::-1]
    axes.plot([-x for x, *_ in front], [y for _, y, *_ in front], color=style.INK, linewidth=1.0, zorder=2)
    axes.set_xscale("log")
    axes.set_yscale("log")
    dots.figures_axis(axes, "ns", "x")
    dots.figures_axis(axes, "ns", "y")
    axes.margins(0.12, 0.14)
    axes.set_xlabel("median lateness")
    axes.set_title(f"CPU time per item, gap {measures.text(at, 'ns')}")
    axes.grid(axis="both")
    names = ", ".join(name for *_, name, _ in front)
    axes.text(
        0.98, 0.985, "the line, from the left:\n" + names.replace(", ", "\n"), transform=axes.transAxes, fontsize=7.5,
        color=style.MUTED, va="top", ha="right",
    )  # fmt: skip
