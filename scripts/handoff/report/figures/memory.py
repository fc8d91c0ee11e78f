"""Bytes per item held by each queue, and beside them how often an item that passes needs an allocation."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator

from ...compare import memory
from ...statistics import measures
from . import data, dots, style

QUESTION = "What memory does an item cost?"
GOALS = ("memory",)
ANSWER = (
    "Left: all that a full queue takes, over the items that it holds; the dashed line is the item itself, and "
    "what lies beyond it is the queue's. Middle: how many allocations an item needs that passes through an "
    "almost empty queue. A queue that takes nearly as much when it is empty has paid in advance."
)

Json = dict[str, Any]


def draw(summary: Json) -> Figure | None:
    if not summary["memory"]:
        return None
    setting = summary["memory"][0]
    members = setting["members"]
    figure, (held, passing, margin) = style.new(1.6 + style.ROW * len(members), 3, (2.6, 1.5, 1.6))
    for axes in (held, passing):
        axes.set_ylim(len(members) - 0.4, -1.3)
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        axes.grid(axis="x", which="major")
    _held(held, setting)
    _passing(passing, members)
    _columns(margin, members)
    margin.set_ylim(held.get_ylim())
    title = f"Memory: {setting['items']} items of {setting['item']} bytes"
    style.finish(figure, summary, title, "one thread, not timed", data.n_text(members))
    return figure


def _held(axes: Axes, setting: Json) -> None:
    for y, member in enumerate(setting["members"]):
        axes.axhline(y, color=style.SHADE, linewidth=0.8, zorder=0)
        (mark,) = axes.plot(member["bytes_per_item"], y, "o", color=style.BLUE, markersize=5.5, zorder=3)
        held = measures.text(member["bytes_per_item"], "B")
        style.tip(mark, f"{member['implementation']}: {held} per item, n = {member['n']}")
    size = int(setting["item"])
    axes.axvline(size, color=style.GREEN, linewidth=1.4, linestyle="--", zorder=1)
    axes.text(size, -0.9, " the item", color=style.GREEN, fontsize=8, va="center")
    axes.set_yticks(range(len(setting["members"])), [m["implementation"] for m in setting["members"]])
    axes.set_xscale("log", base=2)
    axes.set_xlim(size / 1.15, 1.3 * max(2.0 * size, *(m["bytes_per_item"] for m in setting["members"])))
    axes.xaxis.set_major_locator(LogLocator(base=2, numticks=20))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: dots.tick(value, "B")))
    axes.minorticks_off()
    axes.set_xlabel("bytes per item held (log scale; lower is better)")


def _passing(axes: Axes, members: list[Json]) -> None:
    """From zero on a plain scale: none at all is the value that matters most."""
    for y, member in enumerate(members):
        value = member["allocations_per_item"]
        axes.axhline(y, color=style.SHADE, linewidth=0.8, zorder=0)
        axes.plot([0, value], [y, y], color=style.ORANGE, linewidth=2.2, solid_capstyle="butt")
        axes.plot(value, y, "D", color=style.ORANGE, markersize=5.0, zorder=3)
    axes.set_yticks([])
    axes.set_xlim(-0.06, 1.1 * max(1.0, *(member["allocations_per_item"] for member in members)))
    axes.set_xlabel("allocations per item that passes")


def _columns(margin: Axes, members: list[Json]) -> None:
    margin.axis("off")
    margin.set_xlim(0, 1)
    columns = (("per item", 0.26), ("allocations", 0.62), ("empty", 0.98))
    for head, x in columns:
        margin.text(x, -1.0, head, va="center", ha="right", fontsize=7.5, color=style.MUTED)
    for y, member in enumerate(members):
        texts = (
            measures.text(member["bytes_per_item"], "B"),
            memory.allocations(member["allocations_per_item"]),
            measures.text(member["empty_bytes"], "B"),
        )
        for text, (_, x) in zip(texts, columns):
            margin.text(x, y, text, va="center", ha="right", fontsize=8)
