#!/usr/bin/python3
"""Renders everything that is derived from a run: summary.json, figures/, report.html and report.md. Of several
runs, one of each machine, it makes one report with a facet per machine, in a folder of its own."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # PYTHONSAFEPATH leaves it out
from handoff.host import interpreter

if __name__ == "__main__":
    interpreter.settle()

from handoff.errors import HandoffError, ends_with_one_line
from handoff.proofs import record as proof_record
from handoff.report import arguments as report_arguments


@ends_with_one_line
def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    report_arguments.add_runs(parser)
    parser.add_argument("--out", type=Path, metavar="DIR", help="where the report of several runs goes")
    parser.add_argument(
        "--proofs",
        type=Path,
        metavar="FILE",
        help=f"the record of what is proven (default: {proof_record.DEFAULT})",
    )
    parser.add_argument("--png", action="store_true", help="write the figures as PNG files, too")
    given = parser.parse_args(arguments)
    if (given.out is None) != (len(given.runs) == 1):
        raise HandoffError(
            f"{len(given.runs)} runs and --out {given.out}; valid: RUN, whose report goes into its own folder, or "
            "RUN_1 RUN_2 … --out DIR"
        )
    from handoff.commands import report  # needs packages

    return report.run(given)


if __name__ == "__main__":
    sys.exit(main())
