"""Round trip of each queue under each way of waiting."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure

from ...statistics import measures
from . import data, dots, grid, style

QUESTION = "Spin, yield or block?"
GOALS = (
    "round_trip",
    "wait",
)
ANSWER = (
    "Round trip, and under it the multiple of the yardstick. Colours compare within a column. `own` is the "
    "queue's own blocking call; the other columns are the harness waiting around try_ calls, so the two "
    "are not one scale."
)

MOST_IN_A_LINE = 7  # columns whose cells have room for a figure and its multiple side by side
NEW_LINE = "\n"

Json = dict[str, Any]


def draw(summary: Json) -> Figure | None:
    every = data.rows_of(summary, "ping_pong", report="mean")
    shared = data.commonest(every, "queues")
    rows = data.rows_of(summary, "ping_pong", report="mean", **shared)
    if not rows:
        return None
    regime = data.main_regime(summary, rows)
    cells: dict[tuple[str, str], grid.GridCell] = {}
    # Of many ways to wait each has little room.
    many = len({row["keys"]["wait"] for row in rows}) > MOST_IN_A_LINE
    states: list[Json] = []
    for row in rows:
        state = data.state_of(row, regime)
        if state is None:
            continue
        states.append(state)
        multiple = state["multiple"]["median"] if state["multiple"] else None
        text = f"{measures.text(state['median'], row['unit'])}{NEW_LINE if many else ' · '}{measures.times(multiple)}"
        cells[(row["implementation"], row["keys"]["wait"])] = grid.GridCell(
            state["median"],
            text,
            data.leads(summary, row),
            f"{row['implementation']}, wait {row['keys']['wait']}: {dots.told(state, row['unit'])}",
        )
    if not cells:
        return None
    columns = sorted({column for _, column in cells}, key=data.wait_order(summary))
    names = sorted({name for name, _ in cells}, key=lambda name: _place(name, columns, cells))
    apart = set(columns) & {"own"}
    table = grid.Grid(names, columns, cells, apart=apart, more_is_better=False, per_column=True)
    figure, (axes,) = style.new(1.3 + style.ROW * len(names) * (1.25 if many else 1.0))
    grid.draw(axes, table)
    title = f"Ping-pong round trip by wait: {shared.get('queues', '?')} queues"
    style.finish(figure, summary, title, data.regime_text(summary, regime), data.n_text(states))
    return figure


def _place(name: str, columns: list[str], cells: dict[tuple[str, str], grid.GridCell]) -> tuple[int, float]:
    at = next(i for i, column in enumerate(columns) if (name, column) in cells)
    return at, cells[(name, columns[at])].value
