"""How the number of items of a call changes a queue's throughput."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from ...statistics import measures
from . import data, dots, style

QUESTION = "What do several items in one call bring?"
GOALS = ("throughput",)
ANSWER = (
    "Items per second by how many items a producer offers and a consumer asks for in one call; at 1 they make single "
    "calls. Of the queues that take several at once, those that the run has at more than one number."
)

Json = dict[str, Any]
Points = list[tuple[int, Json]]  # items of a call, and the state

# Of one colour each, then again in other marks.
MOST_LINES = 2 * len(style.COLOURS)


def draw(summary: Json) -> Figure | None:
    every = [row for row in data.rows_of(summary, "bulk") if not row["oversubscribed"]]
    shared = data.commonest(every, "p", "c", "wait", "item", "capacity")
    rows = [row for row in every if all(row["keys"].get(key) == value for key, value in shared.items())]
    regime = data.main_regime(summary, rows)
    found: dict[str, Points] = {}
    for row in rows:
        if (state := data.state_of(row, regime)) is not None:
            found.setdefault(row["implementation"], []).append((int(row["keys"]["bulk"]), state))
    swept = {
        name: sorted(points, key=lambda one: one[0]) for name, points in found.items() if len(points) > 1
    }
    if not swept:
        return None
    # The best first, as the lines end from the top down.
    names = sorted(swept, key=lambda name: -float(swept[name][-1][1]["median"]))[:MOST_LINES]
    figure, (axes,) = style.new(4.6)
    for place, name in enumerate(names):
        colour = style.COLOURS[place % len(style.COLOURS)]
        marker = style.MARKERS[place // len(style.COLOURS)]
        numbers = [number for number, _ in swept[name]]
        axes.plot(numbers, [state["median"] for _, state in swept[name]], color=colour, linewidth=1.4)
        for number, state in swept[name]:
            axes.plot([number, number], [state["low"], state["high"]], color=colour, linewidth=2.4, alpha=0.5)
            (mark,) = axes.plot(number, state["median"], marker, color=colour, markersize=5)
            style.tip(mark, f"{name}, {number} a call: {dots.told(state, '1/s')}")
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    steps = sorted({number for name in names for number, _ in swept[name]})
    axes.set_xticks(steps, [str(number) for number in steps])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlabel("items of a call")
    axes.set_ylabel("items per second")
    dots.figures_axis(axes, "1/s", "y")
    axes.grid(axis="y")
    _label_ends(axes, [(name, *swept[name][-1]) for name in names], len(steps))
    shown = ", ".join(f"{key} {value}" for key, value in shared.items())
    n = data.n_text(state for name in names for _, state in swept[name])
    style.finish(figure, summary, f"Several items in one call: {shown}", data.regime_text(summary, regime), n)
    return figure


def _label_ends(axes: Axes, ends: list[tuple[str, int, Json]], steps: int) -> None:
    """Each line's name and last figure beside its right end, apart from one another."""
    last = max(number for _, number, _ in ends)
    axes.set_xlim(0.9, last * 2.0 ** (0.8 * steps))  # room for the names
    low, high = (float(np.log(value)) for value in axes.get_ylim())
    wanted = [(float(np.log(state["median"])) - low) / (high - low) for *_, state in ends]
    for place, at in enumerate(style.spread_labels(wanted, 0.05)):
        name, number, state = ends[place]
        colour = style.COLOURS[place % len(style.COLOURS)]
        axes.annotate(
            f"{name}: {measures.text(state['median'], '1/s')}",
            (number, state["median"]),
            (last * 1.35, float(np.exp(low + at * (high - low)))),
            va="center",
            fontsize=7.8,
            color=style.INK,
            annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": colour, "linewidth": 0.7, "relpos": (0, 0.5)},
        )
