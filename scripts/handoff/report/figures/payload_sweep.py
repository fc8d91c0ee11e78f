"""How the size of an item changes each queue's throughput."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure

from . import data, dots, style

QUESTION = "What does a larger payload cost?"
GOALS = ("throughput",)
ANSWER = (
    "One row per queue, one mark per item type, sorted by the 8-byte figure. The distance between the marks "
    "of a row is the price of the copy."
)

Json = dict[str, Any]


def draw(summary: Json) -> Figure | None:
    every = data.rows_of(summary, "producer_consumer")
    sizes_of: dict[tuple[str, ...], set[str]] = {}
    for row in every:
        setting = tuple(row["keys"].get(key, "") for key in ("p", "c", "wait", "capacity"))
        sizes_of.setdefault(setting, set()).add(row["keys"]["item"])
    if not sizes_of or max(len(sizes) for sizes in sizes_of.values()) < 2:
        return None
    most = max(sorted(sizes_of), key=lambda setting: len(sizes_of[setting]))
    shared = dict(zip(("p", "c", "wait", "capacity"), most))
    rows = data.rows_of(summary, "producer_consumer", **shared)
    regime = data.main_regime(summary, rows)
    table: dict[str, dict[str, Json]] = {}
    for row in rows:
        state = data.state_of(row, regime)
        if state is not None:
            table.setdefault(row["implementation"], {})[row["keys"]["item"]] = state
    swept = {name: states for name, states in table.items() if len(states) > 1}
    if not swept:
        return None
    items = sorted(
        {i for states in swept.values() for i in states}, key=lambda i: (not i.isdigit(), i.zfill(6))
    )
    names = sorted(swept, key=lambda name: -float(swept[name].get(items[0], {"median": 0.0})["median"]))
    figure, (axes,) = style.new(1.75 + style.ROW * len(names))
    for y, name in enumerate(names):
        medians = [state["median"] for state in swept[name].values()]
        axes.plot([min(medians), max(medians)], [y, y], color=style.FAINT, linewidth=1.6, zorder=1)
    for index, item in enumerate(items):
        colour, marker = style.COLOURS[index % len(style.COLOURS)], style.MARKERS[index]
        label = f"{item} bytes" if item.isdigit() else item
        for y, name in enumerate(names):
            state = swept[name].get(item)
            if state is not None:
                axes.plot([state["low"], state["high"]], [y, y], color=colour, linewidth=1.8, zorder=2)
                (mark,) = axes.plot(state["median"], y, marker, color=colour, markersize=5.5, zorder=3)
                style.tip(mark, f"{name}, {label}: {dots.told(state, '1/s')}")
        axes.plot([], [], marker, color=colour, markersize=5.5, label=label)
    dots.names_down(axes, names, "1/s")
    axes.set_xlabel("items per second (log scale; further right is better)")
    axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncol=len(items), handletextpad=0.3)
    shown = ", ".join(f"{key} {value}" for key, value in shared.items())
    n = data.n_text(state for states in swept.values() for state in states.values())
    style.finish(figure, summary, f"Payload: {shown}", data.regime_text(summary, regime), n)
    return figure
