"""What a campaign says at its end, on the terminal: what the run has answered, and what it has not."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from typing import Any

Json = dict[str, Any]

FILE_NAME = "summary.json"
WIDTH = 100
MOST_NAMED = 4  # of what is best in one row; the report has them all


def text(summary: Json) -> str:
    rows = [row for row in summary["decisions"] if row["group"]]
    told = [_head(summary), ""]
    for row in rows:
        if row["resolved"]:
            told += _indented(f"{row['title']}: {_best(row)}")
    if unknown := [f"{row['title']} ({row['measured']} candidates)" for row in rows if not row["resolved"]]:
        told += _indented(f"Not known: {'; '.join(unknown)}")
    return "\n".join(told).rstrip()


def _head(summary: Json) -> str:
    counts = summary["counts"]
    measured = f"{counts['trials']} trials in {counts['blocks_complete']} complete blocks"
    if summary["citable"]:
        return f"Citable: all controls passed. {measured}."
    return f"NOT CITABLE: {'; '.join(summary['stamps'])}. {measured}."


def _best(row: Json) -> str:
    names = row["best"][:MOST_NAMED]
    more = len(row["best"]) - len(names)
    best = ", ".join(names) + (f" and {more} more" if more else "")
    told = [best]
    if row["next"]:
        told.append(f"the next one costs {row['next']['ratio']:.2f} × as much")
    if row["not_known"]:
        told.append(f"not known against it: {len(row['not_known'])} of {row['measured']}")
    if row["by_regime"]:
        told.append(f"regime-dependent: {len(row['by_regime'])}")
    return "; ".join(told)


def _indented(line: str) -> Iterable[str]:
    return textwrap.wrap(line, WIDTH, subsequent_indent="    ")
