"""A sorted dot plot: one row per implementation, the median with its interval, what is known of it against the best at the right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import Formatter, LogLocator, MaxNLocator, NullFormatter

from ...statistics import measures
from ...statistics.tails import KNOWN_WITHIN
from . import style

Json = dict[str, Any]


# Of a logarithmic axis: a shorter one would make a difference of what is none.
LEAST_SPAN = 1.5
MOST_PLAIN = 4.0  # up to such a span it has even steps


@dataclass
class Dot:
    median: float
    low: float
    high: float
    sufficient: bool  # does the interval reach 95%?


@dataclass
class DotRow:
    name: str
    dot: Dot
    note: str = ""  # the median as text
    tip: str = ""  # the same with its interval and n
    multiple: str = ""
    outcome: str = ""  # against the best
    others: list[tuple[float, int]] = field(default_factory=list)  # medians in other regimes: value, index


def draw(axes: Axes, margin: Axes, rows: list[DotRow], unit: str) -> None:
    """Best at the top; rows come sorted. `margin` takes the figures and the outcomes as text."""
    for y, row in enumerate(rows):
        axes.axhline(y, color=style.SHADE, linewidth=0.8, zorder=0)
        for value, index in row.others:
            marker = style.MARKERS[1 + index % (len(style.MARKERS) - 1)]
            axes.plot(value, y, marker, color="white", markeredgecolor=style.MUTED, markersize=4.5, zorder=2)
        ends = [row.dot.low, row.dot.high]
        line = "-" if row.dot.sufficient else ":"
        axes.plot(ends, [y, y], line, color=style.BLUE, linewidth=2.2, solid_capstyle="butt")
        (mark,) = axes.plot(row.dot.median, y, "o", color=style.BLUE, markersize=5.5, zorder=3)
        style.tip(mark, f"{row.name}: {row.tip}")
    axes.set_yticks(range(len(rows)), [row.name for row in rows])
    axes.set_ylim(len(rows) - 0.4, -1.3)
    axes.set_xscale("log")
    figures_axis(axes, unit)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x", which="major")
    _columns(margin, rows)
    margin.set_ylim(axes.get_ylim())


def _columns(margin: Axes, rows: list[DotRow]) -> None:
    margin.axis("off")
    margin.set_xlim(0, 1)
    heads = (("median", 0.25, "right"), ("multiple", 0.49, "right"), ("against the best", 0.54, "left"))
    for text, x, side in heads:
        margin.text(x, -1.0, text, va="center", ha=side, fontsize=7.5, color=style.MUTED)
    for y, row in enumerate(rows):
        margin.text(0.25, y, row.note, va="center", ha="right", fontsize=8)
        margin.text(0.49, y, row.multiple, va="center", ha="right", fontsize=8)
        margin.text(0.54, y, row.outcome, va="center", fontsize=8, color=style.RED)


def figures_axis(axes: Axes, unit: str, which: str = "x") -> None:
    """Readable figures on a logarithmic axis, at 1, 2 and 5 where the range is short."""
    axis = axes.xaxis if which == "x" else axes.yaxis
    low, high = axes.get_xlim() if which == "x" else axes.get_ylim()
    if low > 0 and high / low < LEAST_SPAN:
        middle, half = (low * high) ** 0.5, LEAST_SPAN**0.5
        low, high = middle / half, middle * half
        axes.set_xlim(low, high) if which == "x" else axes.set_ylim(low, high)
    subs = (1.0,) if high / low > 500 else (1.0, 2.0, 5.0)
    # Within a few multiples, 1, 2 and 5 are too few.
    short = high / low < MOST_PLAIN
    axis.set_major_locator(
        MaxNLocator(nbins=5, steps=[1, 2, 5, 10]) if short else LogLocator(subs=subs, numticks=12)
    )
    axis.set_major_formatter(_Ticks(unit))
    axis.set_minor_formatter(NullFormatter())


class _Ticks(Formatter):  # type: ignore[misc]
    """A text stands at one of the places that it would stand at: where they are near each other it says no more."""

    def __init__(self, unit: str) -> None:
        self._unit = unit

    def __call__(self, value: float, _position: int | None = None) -> str:
        return tick(value, self._unit)

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        told = [tick(value, self._unit) for value in values]
        return [text if text not in told[:at] else "" for at, text in enumerate(told)]


def names_down(axes: Axes, names: list[str], unit: str) -> None:
    """A name to each row, the first at the top, and a logarithmic axis below."""
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_xscale("log")
    figures_axis(axes, unit)
    axes.grid(axis="x")
    axes.tick_params(axis="y", length=0)


def rates_by_number(axes: Axes, numbers: list[int], room: float) -> None:
    """Items per second against how many take part, both logarithmic; `room`: a factor beside the outermost."""
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    axes.set_xticks(numbers, [str(n) for n in numbers])
    axes.set_xlim(min(numbers) / room, max(numbers) * room)
    axes.minorticks_off()
    figures_axis(axes, "1/s", "y")
    axes.grid()


def percentile(state: Json, figure: str) -> Json:
    """A tail of a case in place of its headline, with the interval that it has."""
    value = state["figures"][figure]
    interval = state["figure_intervals"].get(figure, {"low": value, "high": value})
    known = interval["high"] <= KNOWN_WITHIN * value and value <= KNOWN_WITHIN * interval["low"]
    return {**state, "median": value, "low": interval["low"], "high": interval["high"], "known": known}


def told(state: Json, unit: str) -> str:
    """A figure with its interval, its trials and its regime: 183 ns (180 ns – 190 ns), n = 11, regime A."""
    if not state.get("known", True):
        between = f"{measures.text(state['low'], unit)} – {measures.text(state['high'], unit)}"
        return f"not known ({between}), n = {state['n']}, regime {state['regime']}"
    ends = f"{measures.text(state['low'], unit)} – {measures.text(state['high'], unit)}"
    return f"{measures.text(state['median'], unit)} ({ends}), n = {state['n']}, regime {state['regime']}"


def tick(value: float, unit: str) -> str:
    """Like measures.text without trailing zeros: 5 M/s, 200 ns."""
    number, _, name = measures.text(value, unit).partition(" ")
    if "." in number:
        number = number.rstrip("0").rstrip(".")
    return f"{number} {name}"
