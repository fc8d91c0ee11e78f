#!/usr/bin/python3
"""Draws who waited for whom: every document of a short download job, by strategies of one's choice, in virtual time.
The report has the same picture of the strategies that keep the order of results and of one that does not."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # PYTHONSAFEPATH leaves it out
from handoff.host import interpreter

if __name__ == "__main__":
    interpreter.settle()

from handoff.campaign import jobs
from handoff.errors import ends_with_one_line
from handoff.host import build
from handoff.report import arguments as report_arguments


@ends_with_one_line
def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    build.add_option(parser)
    parser.add_argument(
        "--strategy",
        action="append",
        metavar="NAME",
        help=f"may be given again (default: {', '.join(jobs.STRATEGIES)})",
    )
    parser.add_argument("--out", type=Path, default=Path("gantt.svg"), help="ends in .svg or .png")
    given = parser.parse_args(arguments)
    report_arguments.check_picture(given.out)
    from handoff.commands import gantt  # needs packages

    return gantt.run(given)


if __name__ == "__main__":
    sys.exit(main())
