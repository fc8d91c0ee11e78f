"""The distribution of round trips: percentiles of each queue and wait on one logarithmic axis."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure

from ...statistics.stats import CONFIDENCE
from . import data, dots, style

QUESTION = "What is the tail of a round trip?"
GOALS = ("p99",)
ANSWER = (
    "Medians over the trials of each percentile, sorted by p99; a bar of the same colour is the 95% interval of "
    "a tail, from a bootstrap of blocks. Closed loop: the next item leaves when the "
    "last one is back, so queueing delay under load is not in it. Left of the dotted line is below what "
    "the timer itself costs."
)

PERCENTILES = (
    ("p50_ns", "p50", "o", style.BLUE),
    ("p90_ns", "p90", "s", style.SKY),
    ("p99_ns", "p99", "D", style.ORANGE),
    ("p99_9_ns", "p99.9", "^", style.RED),
    ("max_ns", "max", "x", style.MUTED),
)

Json = dict[str, Any]


def draw(summary: Json) -> Figure | None:
    every = data.rows_of(summary, "ping_pong", report="distribution")
    shared = data.commonest(every, "queues")
    rows = data.rows_of(summary, "ping_pong", report="distribution", **shared)
    regime = data.main_regime(summary, rows)
    found = [(row, data.state_of(row, regime)) for row in rows]
    present = [(f"{row['implementation']}, {row['keys']['wait']}", state) for row, state in found if state]
    if not present:
        return None
    present.sort(key=lambda one: float(one[1]["median"]))
    figure, (axes,) = style.new(1.75 + style.ROW * len(present))
    for y, (_, state) in enumerate(present):
        values = [state["figures"].get(name) for name, *_ in PERCENTILES]
        known = [value for value in values if value is not None]
        axes.plot([min(known), max(known)], [y, y], color=style.FAINT, linewidth=1.6, zorder=1)
    for name, label, marker, colour in PERCENTILES:
        for y, (_, state) in enumerate(present):
            interval = state["figure_intervals"].get(name)
            if interval is not None:
                line = "-" if interval["coverage"] >= CONFIDENCE else ":"
                ends = [interval["low"], interval["high"]]
                axes.plot(ends, [y, y], line, color=colour, linewidth=2.2, alpha=0.55, zorder=2)
        points = [(state["figures"].get(name), y) for y, (_, state) in enumerate(present)]
        kept = [(x, y) for x, y in points if x is not None]
        for x, y in kept:
            (mark,) = axes.plot(x, y, marker, color=colour, markersize=5.5, zorder=3)
            name_of, state = present[y]
            style.tip(mark, f"{name_of}, {label}: {dots.told(dots.percentile(state, name), 'ns')}")
        if kept:
            axes.plot([], [], marker, color=colour, markersize=5.5, label=label)
    floors = [state["figures"].get("timer_floor_ns") for _, state in present]
    known_floors = [floor for floor in floors if floor]
    if known_floors:
        axes.axvline(max(known_floors), color=style.MUTED, linestyle=":", label="timer floor")
    dots.names_down(axes, [name for name, _ in present], "ns")
    axes.set_xlabel("round trip (log scale; further left is better)")
    axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncol=6, handletextpad=0.3, columnspacing=1.4)
    setting = ", ".join(f"{key} {value}" for key, value in shared.items())
    n = data.n_text(state for _, state in present)
    style.finish(figure, summary, f"Round-trip percentiles: {setting}", data.regime_text(summary, regime), n)
    return figure
