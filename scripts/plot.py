#!/usr/bin/python3
"""Renders one figure alone, of a run or, with a facet for each machine, of several."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from handoff.errors import HandoffError, ends_with_one_line, unknown
from handoff.report import arguments, figures, merge, summary
from handoff.report.figures import facets
from handoff.run import results


@ends_with_one_line
def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    arguments.add_runs(parser)
    parser.add_argument(
        "--figure", required=True, metavar="NAME", help=f"one of {', '.join(figures.REGISTRY)}"
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="ends in .svg or .png (default: NAME.svg)")
    given = parser.parse_args()
    if given.figure not in figures.REGISTRY:
        raise unknown("figure", given.figure, figures.REGISTRY)
    out = given.out or Path(f"{given.figure}.svg")
    if out.suffix not in (".svg", ".png"):
        raise HandoffError(f"unknown kind of file '{out}'; valid: .svg, .png")
    runs = [results.load(run) for run in given.runs]
    if len(runs) == 1:
        one = figures.required(given.figure, summary.build(runs[0]))
    else:
        named = [(machine.label, machine.summary) for machine in merge.machines(runs)[0]]
        one = facets.required(given.figure, named)
    out.write_bytes(one.png if out.suffix == ".png" else one.svg.encode())
    print(out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
