"""Queues against P × C as one heat map."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure

from ...statistics import measures
from . import data, dots, grid, style

QUESTION = "Which is fastest at my number of producers and consumers?"
GOALS = ("throughput",)
ANSWER = (
    "Each column is one P × C; darker is better. An orange frame marks the tie group of the best in its "
    "column. Hatched columns have more threads than CPUs: they measure the scheduler as well."
)

Json = dict[str, Any]


def draw(summary: Json) -> Figure | None:
    every = data.rows_of(summary, "producer_consumer")
    shared = data.commonest(every, "wait", "item", "capacity")
    rows = data.rows_of(summary, "producer_consumer", **shared)
    shapes = sorted({(int(r["keys"]["p"]), int(r["keys"]["c"])) for r in rows}, key=lambda s: (sum(s), s))
    if not rows or not shapes:
        return None
    regime = data.main_regime(summary, rows)
    crowded = {(int(r["keys"]["p"]), int(r["keys"]["c"])) for r in rows if r["oversubscribed"]}
    ordered = [s for s in shapes if s not in crowded] + [s for s in shapes if s in crowded]
    names = {shape: f"{shape[0]} × {shape[1]}" for shape in ordered}
    cells: dict[tuple[str, str], grid.GridCell] = {}
    states: list[Json] = []
    for row in rows:
        state = data.state_of(row, regime)
        if state is None:
            continue
        states.append(state)
        column = names[(int(row["keys"]["p"]), int(row["keys"]["c"]))]
        text = measures.text(state["median"], row["unit"]).removesuffix("/s")
        cells[(row["implementation"], column)] = grid.GridCell(
            state["median"],
            text,
            data.leads(summary, row),
            f"{row['implementation']}, {column}: {dots.told(state, row['unit'])}",
        )
    if not cells:
        return None
    columns = [names[s] for s in ordered if any(at == names[s] for _, at in cells)]
    implementations = _sorted({name for name, _ in cells}, columns, cells)
    first_crowded = next((names[s] for s in ordered if s in crowded), "")
    table = grid.Grid(implementations, columns, cells, {names[s] for s in crowded}, {first_crowded})
    figure, (axes,) = style.new(1.5 + style.ROW * len(implementations))
    grid.draw(axes, table)
    axes.set_xlabel("producers × consumers; hatched: more threads than CPUs", labelpad=8)
    setting = ", ".join(f"{key} {value}" for key, value in shared.items())
    title = f"Items per second by producers × consumers: {setting}"
    style.finish(figure, summary, title, data.regime_text(summary, regime), data.n_text(states))
    return figure


def _sorted(names: set[str], columns: list[str], cells: dict[tuple[str, str], grid.GridCell]) -> list[str]:
    """Those that cover most columns first, then by the first column that they have."""

    def place(name: str) -> tuple[int, float, str]:
        own = [cells[(name, column)] for column in columns if (name, column) in cells]
        return (-len(own), -own[0].value, name)

    return sorted(names, key=place)
