"""The simulated download job: items per second against threads with the ideal, and efficiency per queue."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from . import data, dots, style

QUESTION = "How many download threads, and does the queue matter?"
GOALS = ("download",)
ANSWER = (
    "Left: every queue at every number of downloaders; the line is what the latencies alone allow. "
    "Downloaders wait for most of their time, so there may be many more of them than CPUs; measured points "
    "are therefore not joined. Right: the share of the ideal that each queue reaches."
)

Json = dict[str, Any]


def draw(summary: Json) -> Figure | None:
    every = data.rows_of(summary, "download")
    shared = data.commonest(every, "m", "wait", "items")
    rows = data.rows_of(summary, "download", **shared)
    if not rows:
        return None
    regime = data.main_regime(summary, rows)
    cells = [(row, state) for row in rows if (state := data.state_of(row, regime)) is not None]
    if not cells:
        return None
    counts = {int(row["keys"]["n"]): 0 for row, _ in cells}
    for row, _ in cells:
        counts[int(row["keys"]["n"])] += 1
    most = max(sorted(counts), key=lambda n: counts[n])
    figure, (left, right) = style.new(max(4.4, 1.6 + style.ROW * counts[most]), 2, (1.0, 1.0))
    _by_threads(left, cells)
    _efficiency(right, [(r["implementation"], s) for r, s in cells if int(r["keys"]["n"]) == most], most)
    setting = ", ".join(f"{key} {value}" for key, value in shared.items())
    n = data.n_text(state for _, state in cells)
    style.finish(figure, summary, f"Download job: {setting}", data.regime_text(summary, regime), n)
    return figure


def _by_threads(axes: Axes, cells: list[tuple[Json, Json]]) -> None:
    threads = sorted({int(row["keys"]["n"]) for row, _ in cells})
    ideal: dict[int, list[float]] = {}
    names = sorted({row["implementation"] for row, _ in cells})
    for row, state in cells:
        n, figures = int(row["keys"]["n"]), state["figures"]
        items = figures.get("items")
        if items and figures.get("ideal_s"):
            ideal.setdefault(n, []).append(items / figures["ideal_s"])
        if not items or not state["median"]:
            continue
        # A few per cent to the side, so that equal queues do not hide one another.
        offset = 1 + 0.12 * ((names.index(row["implementation"]) + 0.5) / len(names) - 0.5)
        axes.plot(
            n * offset, items / state["median"], "o", color=style.BLUE, markersize=4.5, alpha=0.8, zorder=3
        )
    line = [(n, float(np.median(ideal[n]))) for n in threads if n in ideal]
    if line:
        axes.plot(*zip(*line), "--", color=style.GREEN, linewidth=1.4, label="ideal", zorder=1, marker="_")
    axes.plot([], [], "o", color=style.BLUE, markersize=4.5, label="a queue, median")
    dots.rates_by_number(axes, threads, room=1.25)
    axes.set_xlabel("download threads")
    axes.set_ylabel("items per second (log scale)")
    axes.legend(loc="upper left")


def _efficiency(axes: Axes, cells: list[tuple[str, Json]], threads: int) -> None:
    known = [(name, state["figures"].get("ideal_s"), state) for name, state in cells]
    rows = [
        (name, ideal / s["median"], ideal / s["high"], ideal / s["low"]) for name, ideal, s in known if ideal
    ]
    rows.sort(key=lambda row: -float(row[1]))
    for y, (_, median, low, high) in enumerate(rows):
        axes.axhline(y, color=style.SHADE, linewidth=0.8, zorder=0)
        axes.plot([100 * low, 100 * high], [y, y], color=style.BLUE, linewidth=2.2)
        axes.plot(100 * median, y, "o", color=style.BLUE, markersize=5.5)
    axes.axvline(100, color=style.GREEN, linestyle="--", linewidth=1.4)
    axes.set_yticks(range(len(rows)), [row[0] for row in rows])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(0, 105)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x")
    axes.set_xlabel(f"% of the ideal with {threads} download threads")
