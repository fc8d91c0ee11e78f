#!/usr/bin/python3
"""Renders one figure of a run alone."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from handoff import figures, results, summary
from handoff.errors import HandoffError, ends_with_one_line, unknown


@ends_with_one_line
def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path, help="folder of a run, reports/<run-id>")
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
    one = figures.required(given.figure, summary.build(results.load(given.run)))
    out.write_bytes(one.png if out.suffix == ".png" else one.svg.encode())
    print(out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
