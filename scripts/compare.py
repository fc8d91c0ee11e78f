#!/usr/bin/python3
"""Prints what changed from run A to run B, or from one commit to another, and exits 1 on a regression past the
threshold."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # PYTHONSAFEPATH leaves it out
from handoff.host import interpreter

if __name__ == "__main__":
    interpreter.settle()

from handoff.campaign import options
from handoff.errors import HandoffError, ends_with_one_line

USAGE = """compare.py [--threshold T] [--markdown] RUN_A RUN_B
       compare.py [--threshold T] [--markdown] --commits BASE [HEAD] [how to measure]"""


def parser() -> argparse.ArgumentParser:
    p = options.OneLineParser(prog="compare.py", usage=USAGE, description=__doc__, allow_abbrev=False)
    p.add_argument("runs", nargs="*", type=Path, metavar="RUN", help="folders of two runs; B is judged by A")
    p.add_argument(
        "--commits",
        nargs="+",
        metavar="COMMIT",
        help="build and measure two commits in turns: BASE and HEAD, each a branch, a tag or a hash; without "
        "HEAD the working tree as it is",
    )
    p.add_argument(
        "--threshold", type=float, default=0.05, help="smallest change of cost that counts (default: 0.05)"
    )
    p.add_argument("--markdown", action="store_true", help="print a table for a pull request")
    options.add_measuring_options(p.add_argument_group("how to measure, with --commits"))
    return p


def check(given: argparse.Namespace) -> None:
    """What can be said before anything is built."""
    if not 0 <= given.threshold < 10:
        raise HandoffError(f"--threshold is {given.threshold:g}; valid: a share from 0 to 10, such as 0.05")
    if given.commits is None:
        if len(given.runs) != 2:
            raise HandoffError(f"{len(given.runs)} runs; valid: RUN_A RUN_B, or --commits BASE [HEAD]")
        _refuse_measuring_options(given)
    elif given.runs:
        raise HandoffError(f"--commits and the run '{given.runs[0]}'; valid: one of the two")
    elif len(given.commits) > 2:
        raise HandoffError(
            f"--commits {' '.join(given.commits)}: {len(given.commits)} commits; valid: 1 or 2"
        )
    else:
        options.check(given)


def _refuse_measuring_options(given: argparse.Namespace) -> None:
    """Nothing is measured where both runs are there: whoever says how has something else in mind."""
    p = argparse.ArgumentParser()
    options.add_measuring_options(p)
    for name, default in vars(p.parse_args([])).items():
        if getattr(given, name) != default:
            raise HandoffError(
                f"--{name.replace('_', '-')} says how to measure, and needs --commits BASE [HEAD]"
            )


@ends_with_one_line
def main(arguments: list[str] | None = None) -> int:
    given = parser().parse_intermixed_args(arguments)  # A --markdown B
    check(given)
    from handoff.commands import compare  # needs packages

    return compare.run(given)


if __name__ == "__main__":
    sys.exit(main())
