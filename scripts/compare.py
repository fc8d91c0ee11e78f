#!/usr/bin/python3
"""Prints what changed from run A to run B, and exits 1 on a regression past the threshold."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from handoff import compare, results
from handoff.errors import EXIT_FAILED, HandoffError, ends_with_one_line

WIDE = 200  # of output that is no terminal: case names are kept whole


@ends_with_one_line
def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run_a", type=Path, help="folder of the run to compare with")
    parser.add_argument("run_b", type=Path, help="folder of the run that is judged")
    parser.add_argument(
        "--threshold", type=float, default=0.05, help="smallest change of cost that counts (default: 0.05)"
    )
    parser.add_argument("--markdown", action="store_true", help="print a table for a pull request")
    given = parser.parse_args()
    if not 0 <= given.threshold < 10:
        raise HandoffError(f"--threshold is {given.threshold:g}; valid: a share from 0 to 10, such as 0.05")
    a, b = results.load(given.run_a), results.load(given.run_b)
    for run in (a, b):
        for warning in run.warnings:
            print(f"warning: {warning}", file=sys.stderr)
    found = compare.compare(a, b, given.threshold)
    notes = compare.remarks(found, given.threshold)
    if given.markdown:
        _print_markdown(found, notes)
    else:
        _print_table(found, notes)
    return EXIT_FAILED if found.regressions else 0


def _print_markdown(found: compare.Comparison, notes: list[str]) -> None:
    print("| " + " | ".join(compare.HEADS) + " |")
    print("|" + "---|" * len(compare.HEADS))
    for change in found.changes:
        case, *rest = compare.cells(change)
        print("| " + " | ".join([f"`{case}`", *rest]) + " |")
    for note in notes:
        print(f"\n{note}.")


def _print_table(found: compare.Comparison, notes: list[str]) -> None:
    console = Console(width=None if sys.stdout.isatty() else WIDE, highlight=False)
    table = Table(box=None, pad_edge=False)
    for head in compare.HEADS:
        table.add_column(head, overflow="fold", justify="left" if head in ("case", "verdict") else "right")
    for change in found.changes:
        style = {"regression": "bold red", "improvement": "green"}.get(change.effect)
        table.add_row(*compare.cells(change), style=style)
    console.print(table)
    for note in notes:
        console.print(note, markup=False)


if __name__ == "__main__":
    sys.exit(main())
