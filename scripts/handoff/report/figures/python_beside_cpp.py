"""The source's experiments in Python and in C++: how many per second, and how many times as fast C++ is."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator

from ...python import wording as python_wording
from ...python.baseline import OTHER, OWN, SAME, SPINS
from ...statistics import measures
from . import data, dots, style

QUESTION = "What would it cost in Python?"
ANSWER = (
    "Left: hops, operations or documents per second, with their intervals: orange the Python form, blue the C++ "
    "implementation that is built like it, with the same wait. Right: how many times as fast C++ is, from trials of "
    "the same block and regime; at the margin the ratio of the one that is built like the Python form."
)

Json = dict[str, Any]

# Role: marker, colour, name in the legend.
_LOOKS = {
    SAME: ("o", style.BLUE, "C++, the same design"),
    OWN: ("D", style.SKY, "C++, its own blocking calls"),
    SPINS: ("v", style.PURPLE, "spins 2 µs, then blocks"),
    OTHER: ("^", style.GREEN, "C++, without a lock"),
}
_PYTHON = ("s", style.ORANGE)


def draw(summary: Json) -> Figure | None:
    found = summary.get("python_baseline")
    if found is None:
        return None
    entries: list[Json] = found["entries"]
    lines = _lines(entries)
    figure, (left, right, margin) = style.new(1.5 + style.ROW * (max(lines) + 1), 3, (2.4, 1.7, 1.0))
    for y, entry in zip(lines, entries):
        _rates(left, y, entry)
        _ratios(right, y, entry)
    _heads(left, lines, entries)
    _axes(left, right, margin, lines, entries)
    regimes = sorted({side["regime"] for entry in entries for side in (entry, *entry["others"])})
    regime = data.regime_text(summary, regimes[0]) if len(regimes) == 1 else f"regimes {', '.join(regimes)}"
    title = f"Python beside C++: {python_wording.interpreter(found)}"
    style.finish(figure, summary, title, regime, data.n_text(entries), _legend(left, entries))
    return figure


def _lines(entries: list[Json]) -> list[int]:
    """A line for each entry, with one above each topic for its head."""
    lines: list[int] = []
    at, topic = -1, ""
    for entry in entries:
        at += 1 if entry["workload"] == topic else 2
        topic = entry["workload"]
        lines.append(at)
    return lines


def _rates(axes: Axes, y: int, entry: Json) -> None:
    axes.axhline(y, color=style.SHADE, linewidth=0.8, zorder=0)
    for other, offset in zip(entry["others"], _offsets(len(entry["others"]))):
        marker, colour, _ = _LOOKS[other["role"]]
        _dot(axes, y + offset, other["rate"], marker, colour)
    _dot(axes, y, entry["rate"], *_PYTHON)


def _ratios(axes: Axes, y: int, entry: Json) -> None:
    axes.axhline(y, color=style.SHADE, linewidth=0.8, zorder=0)
    for other, offset in zip(entry["others"], _offsets(len(entry["others"]))):
        marker, colour, _ = _LOOKS[other["role"]]
        if other["ratio"]:
            line = "-" if other["ratio"]["sufficient"] else ":"
            _dot(axes, y + offset, other["ratio"], marker, colour, line)


def _offsets(count: int) -> list[float]:
    """Of a row, so that two that are equal do not hide each other."""
    return [0.22 * (at - (count - 1) / 2) for at in range(count)]


def _dot(axes: Axes, y: float, one: Json, marker: str, colour: str, line: str = "-") -> None:
    axes.plot(
        [one["low"], one["high"]], [y, y], line, color=colour, linewidth=2.0, solid_capstyle="butt", zorder=2
    )
    axes.plot(one["median"], y, marker, color=colour, markersize=4.8, zorder=3)


def _heads(axes: Axes, lines: list[int], entries: list[Json]) -> None:
    """The topic, and what is counted, above its first line."""
    topic = ""
    for y, entry in zip(lines, entries):
        if entry["workload"] != topic:
            topic = entry["workload"]
            head = f"{python_wording.TOPICS[topic]}: {python_wording.ITEMS[topic]} per second"
            axes.text(
                0.0,
                y - 1,
                head,
                transform=axes.get_yaxis_transform(),
                va="center",
                fontweight="bold",
                fontsize=8.5,
            )


def _axes(left: Axes, right: Axes, margin: Axes, lines: list[int], entries: list[Json]) -> None:
    for axes in (left, right):
        axes.set_ylim(max(lines) + 0.6, -0.6)
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        axes.grid(axis="x", which="major")
        axes.set_xscale("log")
    left.set_yticks(lines, [python_wording.experiment(entry) for entry in entries], fontsize=8)
    dots.figures_axis(left, "1/s")
    left.xaxis.set_major_locator(LogLocator(subs=(1.0,), numticks=6))
    left.set_xlabel("per second (log scale)")
    right.set_yticks([])
    right.axvline(1.0, color=style.MUTED, linewidth=1.0, linestyle="--", zorder=1)
    low, high = right.get_xlim()
    right.set_xlim(min(low, 0.7), max(high, 5.0))
    right.minorticks_off()
    right.xaxis.set_major_formatter(
        lambda value, _: measures.times(value).replace(".00", "").replace(".0", "")
    )
    right.set_xlabel("times as fast as Python (log scale)")
    margin.axis("off")
    margin.set_xlim(0, 1)
    margin.set_ylim(left.get_ylim())
    for y, entry in zip(lines, entries):
        twin = next((other for other in entry["others"] if other["role"] == SAME and other["ratio"]), None)
        if twin is not None:
            text = f"{measures.times(twin['ratio']['median'])}  ({python_wording.interval(twin['ratio'])})"
            margin.text(0.0, y, text, va="center", fontsize=8)


def _legend(axes: Axes, entries: list[Json]) -> list[tuple[Any, str]]:
    marker, colour = _PYTHON
    shown = [(axes.plot([], [], marker, color=colour, markersize=4.8)[0], "Python")]
    present = {other["role"] for entry in entries for other in entry["others"]}
    for role, (marker, colour, name) in _LOOKS.items():
        if role in present:
            shown.append((axes.plot([], [], marker, color=colour, markersize=4.8)[0], name))
    return shown
