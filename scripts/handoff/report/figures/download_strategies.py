"""Download strategies on one list: throughput against documents under way with the bound, and a table."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ...run import strategies
from ...statistics import measures
from . import data, dots, style

QUESTION = "How to download many documents, and what does keeping their order cost?"
GOALS = ("download_strategies",)
ANSWER = (
    "Left: throughput against how many documents may be under way, on the list with most such numbers; the "
    "dashed line is the bound that latencies, cores and bandwidth set. Right: the share of that bound, and what "
    "it takes, on the list with most strategies. A window that moves on only when its first document is there "
    "loses the places of those that wait behind it: “lost” is how many documents per second those places would "
    "have fetched. A reorder buffer gives the same order without "
    "that loss, as long as no document takes so long that the buffer fills behind it."
)

Json = dict[str, Any]
Cells = list[tuple[Json, Json]]

_SETTING = ("items", "latency", "ms", "failures", "bandwidth", "time", "transport")
_COLUMNS = (("n", 0.07), ("first result", 0.32), ("p99", 0.54), ("CPU/item", 0.79), ("lost", 1.0))


def draw(summary: Json) -> Figure | None:
    every = data.rows_of(summary, strategies.WORKLOAD)
    if not every:
        return None
    queues = {entry["name"] for entry in summary["environment"].get("catalog", {}).get("queues", [])}
    regime = data.main_regime(summary, every)
    settings = _settings(every, regime)
    if not settings:
        return None
    # The name decides between equals.
    swept = max(sorted(settings), key=lambda one: _numbers(settings[one]))
    compared = max(
        sorted(settings),
        key=lambda one: (_others(settings[one], queues), _is_real(one), *_numbers(settings[one])),
    )
    usual = int(data.commonest([row for row, _ in settings[compared]], "n")["n"])
    table = _table(settings[compared], usual)
    figure, (left, right, margin) = style.new(max(4.6, 1.6 + style.ROW * len(table)), 3, (2.2, 1.0, 2.0))
    _by_number(left, settings[swept], queues)
    _share(right, table)
    _columns(margin, table)
    margin.set_ylim(right.get_ylim())
    left.set_title(_text(swept), fontsize=8.5)
    right.set_title(_text(compared), fontsize=8.5)
    n = data.n_text(state for _, state in settings[swept] + settings[compared])
    style.finish(figure, summary, "Download strategies", data.regime_text(summary, regime), n)
    return figure


def _settings(rows: list[Json], regime: str) -> dict[tuple[str, ...], Cells]:
    """The cases that have the same list and clock, each with its state in the regime."""
    found: dict[tuple[str, ...], Cells] = {}
    for row in rows:
        state = data.state_of(row, regime)
        # Where there is nothing to wait for there is no bound that more under way could come nearer to.
        if state is not None and row["keys"].get("ms") != "0":
            found.setdefault(tuple(row["keys"].get(key, "") for key in _SETTING), []).append((row, state))
    return found


def _text(setting: tuple[str, ...]) -> str:
    kept = [(key, value) for key, value in zip(_SETTING, setting) if value not in ("", "0%", "unlimited")]
    return ", ".join(f"{key} {value}" for key, value in kept)


def _is_real(setting: tuple[str, ...]) -> bool:
    return setting[_SETTING.index("time")] == "real"


def _numbers(cells: Cells) -> tuple[int, int, int]:
    """How many numbers under way it has, then how many cases, then documents."""
    return len({row["keys"]["n"] for row, _ in cells}), len(cells), int(cells[0][0]["keys"]["items"])


def _others(cells: Cells, queues: set[str]) -> int:
    """How many strategies it has that are no pools: over each queue there is one of those."""
    return len(
        {name for row, _ in cells if strategies.queue_of(name := row["implementation"], queues) is None}
    )


def _table(cells: Cells, usual: int) -> Cells:
    """Each strategy once, nearest to the bound first: with the usual number under way, or what it has."""
    nearest: dict[str, tuple[Json, Json]] = {}
    for row, state in sorted(cells, key=lambda cell: abs(int(cell[0]["keys"]["n"]) - usual)):
        nearest.setdefault(row["implementation"], (row, state))
    return sorted(nearest.values(), key=lambda cell: (-_bound(cell[1]) / cell[1]["median"], cell[0]["case"]))


def _bound(state: Json) -> float:
    return float(state["figures"].get("bound_s") or np.nan)


def _by_number(axes: Axes, cells: Cells, queues: set[str]) -> None:
    numbers = sorted({int(row["keys"]["n"]) for row, _ in cells})
    names = sorted({row["implementation"] for row, _ in cells})
    named = [name for name in names if strategies.queue_of(name, queues) is None]
    bounds: dict[int, list[float]] = {}
    for row, state in cells:
        n, items = int(row["keys"]["n"]), float(row["keys"]["items"])
        bounds.setdefault(n, []).append(items / _bound(state))
        # A few per cent to the side, so that equal strategies do not hide one another.
        offset = 1 + 0.16 * ((names.index(row["implementation"]) + 0.5) / len(names) - 0.5)
        marker, colour = _look(row["implementation"], named)
        axes.plot(n * offset, items / state["median"], marker, color=colour, markersize=4.5, zorder=3)
    line = [(n, float(np.nanmedian(bounds[n]))) for n in numbers]
    axes.plot(*zip(*line), "--", color=style.GREEN, linewidth=1.4, marker="_", zorder=1, label="bound")
    for name in named:
        marker, colour = _look(name, named)
        axes.plot([], [], marker, color=colour, markersize=4.5, label=name)
    if len(named) < len(names):
        axes.plot([], [], "o", color=style.MUTED, markersize=4.5, label="a pool over a queue")
    dots.rates_by_number(axes, numbers, room=1.4)
    axes.set_xlabel("documents under way at once (n)")
    axes.set_ylabel("documents per second (log scale)")
    axes.legend(loc="upper left", fontsize=7.5)
    # The legend's room: a factor above the highest point.
    low, high = axes.get_ylim()
    axes.set_ylim(low, high * (high / low) ** 0.8)


def _look(name: str, named: list[str]) -> tuple[str, str]:
    if name not in named:
        return "o", style.MUTED
    at = named.index(name)
    return style.MARKERS[1 + at % (len(style.MARKERS) - 1)], style.COLOURS[at % len(style.COLOURS)]


def _share(axes: Axes, table: Cells) -> None:
    for y, (_, state) in enumerate(table):
        low, middle, high = (100 * _bound(state) / state[key] for key in ("high", "median", "low"))
        axes.axhline(y, color=style.SHADE, linewidth=0.8, zorder=0)
        axes.plot([low, high], [y, y], color=style.BLUE, linewidth=2.2, solid_capstyle="butt")
        axes.plot(middle, y, "o", color=style.BLUE, markersize=5.5, zorder=3)
    axes.axvline(100, color=style.GREEN, linestyle="--", linewidth=1.4)
    axes.set_yticks(range(len(table)), [row["implementation"] for row, _ in table], fontsize=8)
    axes.set_ylim(len(table) - 0.4, -1.3)
    axes.set_xlim(0, 107)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x")
    axes.set_xlabel("% of the bound")


def _columns(margin: Axes, table: Cells) -> None:
    margin.axis("off")
    margin.set_xlim(0, 1)
    for head, x in _COLUMNS:
        margin.text(x, -1.0, head, va="center", ha="right", fontsize=7.5, color=style.MUTED)
    for y, (row, state) in enumerate(table):
        figures = state["figures"]
        texts = (
            row["keys"]["n"],
            measures.text(figures.get("first_result_s"), "s"),
            measures.text(figures.get("p99_ns"), "ns"),
            measures.text(_cpu_per_item(row, figures), "s"),
            _lost(figures.get("lost_items_per_second")),
        )
        for text, (_, x) in zip(texts, _COLUMNS):
            margin.text(x, y, text, va="center", ha="right", fontsize=8)


def _cpu_per_item(row: Json, figures: Json) -> float | None:
    spent = figures.get("cpu_s")
    return None if spent is None else float(spent) / float(row["keys"]["items"])


def _lost(per_second: float | None) -> str:
    """Less than one in a hundred seconds is a rounding of stamps."""
    return "–" if per_second is None or per_second < 0.01 else measures.text(per_second, "1/s")
