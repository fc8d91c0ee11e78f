"""All cases as the page's script draws them: what is saved as CSV, and the texts of each row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..statistics import measures
from . import verdict_words

Json = dict[str, Any]

# So many rows stand in the page itself, for readers without scripts. Of more only the first: they would be a part in any
# case, and each takes half a kilobyte.
MOST_STATIC = 300
STATIC_OF_MORE = 50


def static_rows(rows: int) -> int:
    return rows if rows <= MOST_STATIC else STATIC_OF_MORE


def build(rows: Sequence[Json]) -> Json:
    """By column, which packs better than by row, a value for each case and regime."""
    columns = list(rows[0]["export"]) if rows else []
    return {
        "columns": columns,
        "exported": [[_short(row["export"][name]) for row in rows] for name in columns],
        "shown": [list(one) for one in zip(*map(_shown, rows))],
    }


def _short(value: Any) -> Any:
    return float(f"{value:.6g}") if isinstance(value, float) else value


def _shown(row: Json) -> list[Any]:
    state, unit = row["state"], row["case"]["unit"]
    known = bool(row["bar"])
    text, interval = "–", ""
    if known:
        text = measures.text(state["median"], unit) if state["known"] else "not known"
        interval = f"{measures.text(state['low'], unit)} – {measures.text(state['high'], unit)}"
    against = verdict_words.detail(row["member"], state.get("regime")) if row["member"] else ""
    return [
        text,
        interval,
        row["percentile"] if known else "",
        [row["bar"][name] for name in ("low", "width", "middle")] if known else None,
        measures.times(row["multiple"]),
        measures.text(row["cpu"], "ns"),
        against,
        ", ".join(row["notes"]),
        bool(row["case"]["control"]),
    ]
