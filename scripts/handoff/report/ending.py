"""What a campaign says at its end, on the terminal: what the run has answered, and what it has not."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

Json = dict[str, Any]

FILE_NAME = "summary.json"
WIDTH = 100
MOST_NAMED = 4  # in one list; the report has them all


def text(summary: Json) -> str:
    rows = [row for row in summary["decisions"] if row["group"]]
    told = [*_indented(_head(summary)), ""]
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
    told = _listed(row["best"])
    if row["next"]:
        told += f"; {row['next']['implementation']} costs {row['next']['ratio']:.2f} × as much"
    if row["by_regime"]:
        told += f"; depends on the regime: {_listed(row['by_regime'])}"
    if row["not_known"]:
        told += f"; not known: {_listed([one['implementation'] for one in row['not_known']])}"
    return told


def _listed(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _indented(line: str) -> Iterable[str]:
    return textwrap.wrap(line, WIDTH, subsequent_indent="    ")
