"""Where a thread is stopped, and who is held up by it: for each queue the share of the stops in a push and of those in a
pop that hold up the pushes and the pops of others."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import PercentFormatter

from ...statistics import measures
from .. import stalls
from . import data, style

QUESTION = "What does a stalled thread cost the others?"
ANSWER = (
    "Left: of the stops in the middle of a push, the share that held up the pushes (circles) and the pops (squares) of "
    "other threads for nearly the whole stop. Right: the same of stops in a pop. What declares progress is blue, and "
    "belongs at 0%; what declares to be blocking is orange. Red: a declaration that the stops contradict. The grey line "
    "is the share by the machine alone: of stops between the calls."
)

Json = dict[str, Any]

_MARKS = {"push": "o", "pop": "s"}
_WORDS = {"push": "pushes", "pop": "pops"}


def draw(summary: Json) -> Figure | None:
    if not summary["stalls"]:
        return None
    setting = summary["stalls"][0]
    members = setting["members"]
    figure, (push, pop, margin) = style.new(1.9 + style.ROW * len(members), 3, (2.0, 2.0, 1.3))
    for axes, end in ((push, "push"), (pop, "pop")):
        axes.set_ylim(len(members) - 0.4, -1.3)
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        axes.grid(axis="x", which="major")
        _stopped_in(axes, end, members)
    push.set_yticks(range(len(members)), [one["implementation"] for one in members])
    pop.set_yticks([])
    _columns(margin, members)
    margin.set_ylim(push.get_ylim())
    title = f"A thread is stopped for {setting['stop_ms']} ms inside a call: who is held up?"
    style.finish(figure, summary, title, "all regimes", data.n_text(members), _legend())
    return figure


def _stopped_in(axes: Axes, end: str, members: list[Json]) -> None:
    for y, member in enumerate(members):
        axes.axhline(y, color=style.SHADE, linewidth=0.8, zorder=0)
        seen, outside = member["ends"][end], member["outside"]
        if outside["stops"]:
            by_machine = outside["harmful"] / outside["stops"]
            axes.plot([by_machine] * 2, [y - 0.3, y + 0.3], color=style.MUTED, linewidth=1.2, zorder=1)
        for lower, (operation, mark) in zip((-0.12, 0.12), _MARKS.items()):
            if not seen["stops"]:
                continue
            held_up = seen["held_up"][operation]
            style.tip(
                axes.plot(
                    held_up / seen["stops"],
                    y + lower,
                    mark,
                    color=_colour(member, operation),
                    markersize=5.0,
                    zorder=3,
                    clip_on=False,
                )[0],
                f"{member['implementation']}: {held_up} of {seen['stops']} stops in a {end} held up {_WORDS[operation]} "
                f"of others, declared {member['declares'][operation].replace('_', '-')}",
            )
    axes.set_xlim(-0.02, 1.02)
    axes.xaxis.set_major_formatter(PercentFormatter(1.0))
    axes.set_xlabel(f"of the stops in a {end}: others held up")


def _colour(member: Json, operation: str) -> str:
    if any(one["operation"] == operation for one in member["contradicts"]):
        return style.RED
    return style.ORANGE if member["declares"][operation] == "blocking" else style.BLUE


def _legend() -> list[tuple[Any, str]]:
    def mark(shape: str, colour: str) -> Line2D:
        return Line2D([], [], linestyle="", marker=shape, color=colour, markersize=5.0)

    return [
        (mark(_MARKS["push"], style.MUTED), "pushes"),
        (mark(_MARKS["pop"], style.MUTED), "pops"),
        (mark("o", style.BLUE), "declares progress"),
        (mark("o", style.ORANGE), "declares blocking"),
        (mark("o", style.RED), "contradicted"),
        (mark("|", style.MUTED), "outside calls"),
    ]


def _columns(margin: Axes, members: list[Json]) -> None:
    margin.axis("off")
    margin.set_xlim(0, 1)
    columns = (("held up", 0.24), ("stops", 0.5), ("others kept", 0.98))
    for head, x in columns:
        margin.text(x, -1.0, head, va="center", ha="right", fontsize=7.5, color=style.MUTED)
    for y, member in enumerate(members):
        texts = (stalls.share(member), str(member["stops"]), measures.times(member["kept_share"]))
        for text, (_, x) in zip(texts, columns):
            margin.text(x, y, text, va="center", ha="right", fontsize=8)
