"""A picture of one download job: which document occupied which place when, and how long its result had to wait."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from . import cases, strategies
from .errors import HandoffError, MeasurementError, unknown
from .figures import style

STRATEGIES = ("window_in_order", "window_reorder_buffer", "window_completion_order")

# A list short enough to be read, in the time that every strategy has in common.
SETTING = "n:4/items:24/latency:log_normal/ms:50/failures:0%/bandwidth:unlimited/time:virtual"


def job(binaries: Path, strategy: str) -> pd.DataFrame:
    """A row for each document, in the order of the list: started_s, ended_s and delivered_s."""
    binary = binaries / strategies.WORKLOAD
    if not binary.is_file():
        raise HandoffError(
            f"benchmark '{binary}' is not built; scripts/bench.sh builds it, --build-dir names another build"
        )
    able = _able(binary)
    if strategy not in able:
        raise unknown("strategy", strategy, able)
    with tempfile.TemporaryDirectory() as folder:
        stamps = Path(folder) / "stamps.csv"
        case = cases.parse(f"{strategies.WORKLOAD}/{strategy}/{SETTING}")
        _run([str(binary), f"--benchmark_filter={cases.listing_filter(case)}", f"--stamps={stamps}"])
        return pd.read_csv(stamps, index_col="document")


def _able(binary: Path) -> list[str]:
    """The strategies that have the setting."""
    listed = _run([str(binary), "--benchmark_list_tests"]).splitlines()
    known = [cases.from_listing(line) for line in listed]
    return [case.implementation for case in known if case.name.endswith(f"/{SETTING}")]


# A short list in virtual time. What takes longer stands still.
_LIMIT_S = 60.0


def _run(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_LIMIT_S)
    except subprocess.TimeoutExpired as error:
        raise MeasurementError(f"{command[0]}: not done after {_LIMIT_S:.0f} s") from error
    if done.returncode != 0:
        raise MeasurementError(f"{command[0]}: {done.stderr.strip() or f'exit code {done.returncode}'}")
    return done.stdout


def places(stamps: pd.DataFrame) -> list[int]:
    """The place that each document occupied: of those that are free when it starts the one free longest."""
    free: list[float] = []
    taken: dict[int, int] = {}
    for document, row in stamps.sort_values("started_s", kind="stable").iterrows():
        able = [place for place, since in enumerate(free) if since <= row.started_s]
        if able:
            place = min(able, key=lambda one: free[one])
            free[place] = row.ended_s
        else:
            place = len(free)
            free.append(row.ended_s)
        taken[int(document)] = place
    return [taken[int(document)] for document in stamps.index]


def draw(jobs: Mapping[str, pd.DataFrame]) -> Figure:
    heights = [1.0 + max(places(stamps)) for stamps in jobs.values()]
    figure, axes = pyplot.subplots(
        len(jobs),
        1,
        figsize=(style.WIDTH, 0.9 + sum(0.55 + 0.3 * height for height in heights)),
        sharex=True,
        squeeze=False,
        layout="constrained",
        height_ratios=heights,
    )
    for panel, (name, stamps) in zip(axes[:, 0], jobs.items()):
        _panel(panel, name, stamps)
    axes[-1, 0].set_xlabel(
        "ms of virtual time. Blue: a document under way, by its number; orange: its result waits for an earlier one"
    )
    return figure


def _panel(axes: Axes, name: str, stamps: pd.DataFrame) -> None:
    ms = 1e3 * stamps
    rows = places(stamps)
    axes.barh(
        rows, ms.ended_s - ms.started_s, left=ms.started_s, height=0.72, color=style.SKY, edgecolor="white"
    )
    # Thin, so that the place's next document is seen behind it.
    axes.barh(rows, ms.delivered_s - ms.ended_s, left=ms.ended_s, height=0.14, color=style.ORANGE, zorder=3)
    for document, place in zip(stamps.index, rows):
        middle = (ms.started_s[document] + ms.ended_s[document]) / 2
        axes.text(middle, place, str(document), ha="center", va="center", fontsize=6.5, zorder=4)
    axes.set_yticks(range(max(rows) + 1), [str(place + 1) for place in range(max(rows) + 1)])
    axes.invert_yaxis()
    axes.set_ylabel("place")
    axes.set_xlim(left=0)
    end = float(ms.delivered_s.max())
    axes.axvline(end, color=style.INK, linewidth=1.0, linestyle=":")
    axes.set_title(f"{name}: {end:.0f} ms")


def write(jobs: Mapping[str, pd.DataFrame], path: Path) -> None:
    with pyplot.rc_context(style.RC):
        figure = draw(jobs)
        if path.suffix == ".png":
            path.write_bytes(style.png(figure))
        else:
            path.write_text(style.svg(figure, "gantt"))
        pyplot.close(figure)
