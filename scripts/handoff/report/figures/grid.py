"""A table that is also a heat map: implementations down, settings across, the figure written in each cell."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.patches import Rectangle

from . import style


@dataclass
class GridCell:
    value: float
    text: str
    best: bool = False  # in the first tie group of its column
    tip: str = ""  # the figure with its interval


@dataclass
class Grid:
    rows: list[str]
    columns: list[str]
    cells: dict[tuple[str, str], GridCell]
    hatched: set[str] = field(default_factory=set)  # columns that are oversubscribed
    apart: set[str] = field(default_factory=set)  # columns that start a new block: never compared across it
    more_is_better: bool = True
    per_column: bool = False  # colour within each column, where columns differ by orders of magnitude


GAP = 0.35  # of a column: says that the columns on both sides are not one scale


def draw(axes: Axes, grid: Grid) -> None:
    places = _places(grid)
    # Dark is good; the pale end stays light enough for black text, the dark one takes white.
    colours = pyplot.get_cmap("Blues" if grid.more_is_better else "Blues_r")
    axes.set_xlim(-0.5, max(places.values()) + 0.5)
    for column in grid.columns:
        values = [c.value for (_, at), c in grid.cells.items() if grid.per_column is False or at == column]
        norm = LogNorm(min(values), max(values) * 1.0001)
        for index, row in enumerate(grid.rows):
            cell = grid.cells.get((row, column))
            _draw_cell(axes, places[column], index, cell, colours, norm, column in grid.hatched)
    axes.set_ylim(len(grid.rows) - 0.5, -0.5)
    axes.set_yticks(range(len(grid.rows)), grid.rows)
    axes.set_xticks([places[column] for column in grid.columns], grid.columns)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _places(grid: Grid) -> dict[str, float]:
    places: dict[str, float] = {}
    at = 0.0
    for column in grid.columns:
        at += GAP if column in grid.apart and places else 0.0
        places[column] = at
        at += 1.0
    return places


def _size(axes: Axes, text: str) -> float:
    """Of letters that stay inside their cell: names and margins take about 180 points of the width."""
    low, high = axes.get_xlim()
    room = (72 * style.WIDTH - 180) / (high - low)
    longest = max(len(line) for line in text.splitlines())
    return float(min(8.0 if "\n" not in text else 7.0, room / (0.62 * longest)))


def _draw_cell(
    axes: Axes, x: float, y: int, cell: GridCell | None, colours: object, norm: LogNorm, hatched: bool
) -> None:
    corner = (x - 0.48, y - 0.46)
    if cell is None:
        axes.add_patch(Rectangle(corner, 0.96, 0.92, facecolor="white", edgecolor=style.FAINT, linewidth=0.6))
        axes.text(x, y, "–", ha="center", va="center", color=style.FAINT, fontsize=8)
        return
    share = 0.06 + 0.74 * float(norm(cell.value))
    if colours.name.endswith("_r"):  # type: ignore[attr-defined]
        share = 0.20 + 0.74 * float(norm(cell.value))
    fill = colours(share)  # type: ignore[operator]
    dark = float(np.dot(fill[:3], (0.299, 0.587, 0.114))) < 0.55
    axes.add_patch(Rectangle(corner, 0.96, 0.92, facecolor=fill, edgecolor="none"))
    if hatched:
        edge = "#ffffff40" if dark else "#00000020"
        axes.add_patch(
            Rectangle(corner, 0.96, 0.92, facecolor="none", edgecolor=edge, hatch="///", linewidth=0.0)
        )
    if cell.best:
        axes.add_patch(
            Rectangle(corner, 0.96, 0.92, facecolor="none", edgecolor=style.ORANGE, linewidth=1.5, zorder=3)
        )
    weight = "bold" if cell.best else "normal"
    colour = "white" if dark else style.INK
    size = _size(axes, cell.text)
    text = axes.text(
        x, y, cell.text, ha="center", va="center", color=colour, fontsize=size, fontweight=weight, zorder=4
    )
    if cell.tip:
        style.tip(text, cell.tip)
