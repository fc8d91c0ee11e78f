"""The sorted dot plot of one group, as used by throughput and by ping-pong."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ...statistics import measures, stats
from ...statistics.regimes import SINGLE_CPU
from . import data, dots, style

Json = dict[str, Any]


def draw(summary: Json, group: Json | None, title: str, axis_title: str) -> Figure | None:
    if group is None:
        return None
    cases = {row["implementation"]: row for row in summary["cases"] if row["group"] == group["id"]}
    members = data.members_of(group)
    regime = data.main_regime(summary, [cases[name] for name in members])
    shown = [(name, data.state_of(cases[name], regime)) for name in members]
    present = [(name, state) for name, state in shown if state is not None]
    if not present:
        return None
    rows = [_row(name, cases[name], state, members[name], summary, group["unit"]) for name, state in present]
    figure, (axes, margin) = style.new(1.75 + style.ROW * len(rows), 2, (4.0, 2.3))
    dots.draw(axes, margin, rows, group["unit"])
    axes.set_xlabel(axis_title)
    _yardstick_axis(axes, summary, regime, group)
    legend = _legend(axes, summary, rows, regime)
    keys = ", ".join(f"{key} {value}" for key, value in group["keys"].items())
    footer = data.n_text(state for _, state in present)
    style.finish(figure, summary, f"{title}: {keys}", data.regime_text(summary, regime), footer, legend)
    return figure


def _row(name: str, case: Json, state: Json, member: Json, summary: Json, unit: str) -> dots.DotRow:
    order = [place["name"] for place in summary["regimes"]]
    others = [
        (one["median"], order.index(one["regime"]))
        for one in case["regimes"]
        if one["regime"] not in (state["regime"], SINGLE_CPU) and one["median"] is not None
    ]
    multiple = state["multiple"]["median"] if state["multiple"] else None
    note = measures.text(state["median"], unit)
    enough = state["coverage"] >= stats.CONFIDENCE
    dot = dots.Dot(state["median"], state["low"], state["high"], enough)
    return dots.DotRow(
        name, dot, note, dots.told(state, unit), measures.times(multiple), member["outcome"], others
    )


def _yardstick_axis(axes: Axes, summary: Json, regime: str, group: Json) -> None:
    """Round trips: the raw cache line as a line to look at, since no queue can be faster by much."""
    yardstick = data.yardstick(summary, regime)
    if group["unit"] == "ns" and yardstick is not None:
        axes.axvline(yardstick, color=style.GREEN, linewidth=1.4, linestyle="--", zorder=1, label="yardstick")


def _legend(axes: Axes, summary: Json, rows: list[dots.DotRow], regime: str) -> list[tuple[Any, str]]:
    """What the marks mean; only those that are there."""
    entries = [
        (
            axes.plot([], [], "o-", color=style.BLUE, markersize=5.5, linewidth=2.2)[0],
            f"regime {regime}, {'95% interval' if any(row.dot.sufficient for row in rows) else 'median'}",
        )
    ]
    if any(not row.dot.sufficient for row in rows):
        entries.append((axes.plot([], [], ":", color=style.BLUE, linewidth=2.2)[0], "n < 6: range only"))
    for index in sorted({index for row in rows for _, index in row.others})[:3]:
        place = summary["regimes"][index]
        marker = style.MARKERS[1 + index % (len(style.MARKERS) - 1)]
        hollow = axes.plot([], [], marker, color="white", markeredgecolor=style.MUTED, markersize=4.5)[0]
        entries.append((hollow, f"regime {place['name']} ({place['median_ns']:.0f} ns)"))
    entries += [(line, "yardstick") for line in axes.get_lines() if line.get_label() == "yardstick"]
    return entries
