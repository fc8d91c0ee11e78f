#!/usr/bin/python3
"""Renders one figure alone, of a run or, with a facet for each machine, of several."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # PYTHONSAFEPATH leaves it out
from handoff.host import interpreter

if __name__ == "__main__":
    interpreter.settle()

from handoff.errors import ends_with_one_line
from handoff.report import arguments as report_arguments


@ends_with_one_line
def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    report_arguments.add_runs(parser)
    parser.add_argument(
        "--figure", required=True, metavar="NAME", help="a file in a run's figures/, without its ending"
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="ends in .svg or .png (default: NAME.svg)")
    given = parser.parse_args(arguments)
    given.out = given.out or Path(f"{given.figure}.svg")
    report_arguments.check_picture(given.out)
    from handoff.commands import plot  # needs packages

    return plot.run(given)


if __name__ == "__main__":
    sys.exit(main())
