"""Who waited for whom in a short download job: which document occupied which place when, and whose result waited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from ...run.stamps import Document
from . import style

QUESTION = "Who waits for whom when results have to come in order?"
ANSWER = (
    "One list of documents, fetched by each strategy; a row is a place, on which one document at a time is under "
    "way, and time runs to the right. A window that hands its results in in order stands still while its first "
    "document is on its way: the later ones have long come (orange: their results wait), and their places stay "
    "free (grey) although documents are left. A reorder buffer keeps the results that came too early, so that the "
    "places go on; in completion order nothing waits. Time is virtual: only the downloads take any, so that one job "
    "of each strategy says it all, and is the same on any machine."
)
# The page has it beside the table that says how much is lost.
SECTION = "downloads-order"

Json = dict[str, Any]
Documents = Sequence[Document]

_ROW = 0.3  # inches for a place
_BETWEEN = 0.5  # and beside those of a strategy


def draw(summary: Json) -> Figure | None:
    jobs = summary["downloads"]["jobs"]
    if not jobs:
        return None
    figure = panels({job["implementation"]: job["documents"] for job in jobs})
    n = "one job of each strategy"
    style.finish(figure, summary, title(jobs[0]["setting"]), "the same in any regime", n, legend())
    return figure


def title(setting: Mapping[str, str]) -> str:
    return (
        f"Download jobs of {setting['items']} documents, {setting['n']} places: {setting['latency'].replace('_', '-')} latencies, "
        f"median {setting['ms']} ms"
    )


def legend() -> list[tuple[Any, str]]:
    return [
        (Patch(facecolor=style.SKY), "a document under way, by its number in the list"),
        (Patch(facecolor=style.ORANGE), "it has come, and its result waits for an earlier one"),
        (Patch(facecolor=style.FAINT), "the place is free"),
    ]


def places(documents: Documents) -> list[int]:
    """The place that each document occupied: of those that are free when it starts the one free longest."""
    free: list[float] = []
    taken: dict[int, int] = {}
    for document in sorted(range(len(documents)), key=lambda one: documents[one][0]):
        started, ended, _ = documents[document]
        able = [place for place, since in enumerate(free) if since <= started]
        if able:
            place = min(able, key=lambda one: free[one])
            free[place] = ended
        else:
            place = len(free)
            free.append(ended)
        taken[document] = place
    return [taken[document] for document in range(len(documents))]


def panels(jobs: Mapping[str, Documents]) -> Figure:
    """One for each strategy, below one another, over the same time."""
    rows = {name: places(documents) for name, documents in jobs.items()}
    heights = [1 + max(taken) for taken in rows.values()]
    figure, axes = pyplot.subplots(
        len(jobs),
        1,
        figsize=(style.WIDTH, 1.4 + sum(_BETWEEN + _ROW * height for height in heights)),
        sharex=True,
        squeeze=False,
        layout="constrained",
        height_ratios=heights,
    )
    last = max(delivered for documents in jobs.values() for _, _, delivered in documents)
    for panel, (name, documents) in zip(axes[:, 0], jobs.items()):
        _panel(panel, name, documents, rows[name], 1e3 * last)
    axes[-1, 0].set_xlabel("ms since the start, in virtual time")
    return figure


def _panel(axes: Axes, name: str, documents: Documents, rows: list[int], last_ms: float) -> None:
    end = 1e3 * max(delivered for _, _, delivered in documents)
    every = range(max(rows) + 1)
    axes.barh(every, end, height=0.72, color=style.FAINT, zorder=0)
    for number, ((started, ended, delivered), place) in enumerate(zip(documents, rows), start=1):
        left, right, waited = 1e3 * started, 1e3 * ended, 1e3 * (delivered - ended)
        axes.barh(
            place, right - left, left=left, height=0.72, color=style.SKY, edgecolor="white", linewidth=0.8
        )
        # Thin, so that the place's next document is seen beside it.
        axes.barh(place + 0.26, waited, left=right, height=0.2, color=style.ORANGE, zorder=3)
        axes.text(
            (left + right) / 2,
            place - 0.05,
            str(number),
            ha="center",
            va="center_baseline",
            fontsize=7,
            zorder=4,
        )
    axes.set_yticks(every, [str(place + 1) for place in every])
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(max(rows) + 0.6, -0.6)
    axes.set_xlim(0, 1.01 * last_ms)
    axes.axvline(end, color=style.INK, linewidth=1.0, linestyle=":")
    axes.set_ylabel("place")
    axes.set_title(f"{name}: {end:.0f} ms")
