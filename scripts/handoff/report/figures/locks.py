"""Locks in the settings that most of them were measured in: how often they are taken, and how long taking one lasts."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from . import data, dots, style

QUESTION = "What does a lock cost?"
GOALS = ("lock",)
ANSWER = (
    "Left: how often all threads together take the lock in a second. Right: the 99th percentile of the time that one "
    "acquisition takes; hollow where its interval ends further than a factor of 1.5 from it, so that it is not known. "
    "Bars are 95% intervals. The best at the top, in the first setting."
)

MOST_SETTINGS = 3
P99 = "acquire_p99_ns"
APART = 0.22  # of a row, between two settings

Json = dict[str, Any]
Shown = dict[str, Json]  # by name, the state


def draw(summary: Json) -> Figure | None:
    rows = data.rows_of(summary, "lock")
    regime = data.main_regime(summary, rows)
    settings = _settings(rows, regime)
    if not settings:
        return None
    first = next(iter(settings.values()))
    names = sorted(
        {name for shown in settings.values() for name in shown}, key=lambda one: _place(first, one)
    )
    height = 1.75 + style.ROW * max(1.0, 0.75 * len(settings)) * len(names)
    figure, (often, tail) = style.new(height, 2, (1.25, 1.0))
    handles = []
    for number, shown in enumerate(settings.values()):
        shift = APART * (number - (len(settings) - 1) / 2)
        handles.append(_often(often, shown, names, shift, number))
        _tail(tail, shown, names, shift, number)
    dots.names_down(often, names, "1/s")
    often.set_xlabel("acquisitions per second (higher is better)")
    dots.names_down(tail, [""] * len(names), "ns")
    tail.set_xlabel("time to acquire, 99th percentile (lower is better)")
    style.finish(
        figure,
        summary,
        "Locks",
        data.regime_text(summary, regime),
        data.n_text(state for shown in settings.values() for state in shown.values()),
        list(zip(handles, map(_told, settings))),
    )
    return figure


def _settings(rows: list[Json], regime: str) -> dict[str, Shown]:
    """By group, those with most locks first; one lock alone is compared with nothing."""
    found: dict[str, Shown] = {}
    for row in rows:
        if (state := data.state_of(row, regime)) is not None:
            found.setdefault(row["group"], {})[row["implementation"]] = state
    held = sorted(
        (group for group in found if len(found[group]) > 1), key=lambda one: (-len(found[one]), one)
    )
    return {group: found[group] for group in held[:MOST_SETTINGS]}


def _place(first: Shown, name: str) -> tuple[bool, float, str]:
    return (name not in first, -first[name]["median"] if name in first else 0.0, name)


def _told(group: str) -> str:
    """A setting in words: 2 threads, 100 steps inside, 1000 outside, 90% reads."""
    keys = dict(part.split(":") for part in group.split("/")[1:])
    threads = f"{keys['t']} thread{'' if keys['t'] == '1' else 's'}"
    reads = f", {keys['read']}% reads" if keys["read"] != "0" else ""
    return f"{threads}, {keys['inside']} steps inside, {keys['outside']} outside{reads}"


def _often(axes: Axes, shown: Shown, names: list[str], shift: float, number: int) -> Any:
    for name, state in shown.items():
        _mark(axes, name, state, "1/s", names.index(name) + shift, number)
    colour, marker = style.COLOURS[number], style.MARKERS[number]
    return axes.plot([], [], marker + "-", color=colour, markersize=5, linewidth=2.0)[0]


def _tail(axes: Axes, shown: Shown, names: list[str], shift: float, number: int) -> None:
    for name, state in shown.items():
        if state["figures"].get(P99):
            _mark(axes, name, dots.percentile(state, P99), "ns", names.index(name) + shift, number)


def _mark(axes: Axes, name: str, state: Json, unit: str, y: float, number: int) -> None:
    colour = style.COLOURS[number]
    axes.plot([state["low"], state["high"]], [y, y], color=colour, linewidth=2.0, solid_capstyle="butt")
    inside = colour if state["known"] else "white"
    (mark,) = axes.plot(
        state["median"],
        y,
        style.MARKERS[number],
        color=colour,
        markerfacecolor=inside,
        markersize=5,
        zorder=3,
    )
    style.tip(mark, f"{name}: {dots.told(state, unit)}")
