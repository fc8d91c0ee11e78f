#!/usr/bin/python3
"""Says what changed from run A to run B, or from one commit to another. Exits 0 if there is no regression and one would
have been seen, 1 on a regression, 3 if too little was seen to know, 2 if it is misused."""

from __future__ import annotations

import argparse
import math
import os
import sys
from pathlib import Path

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # PYTHONSAFEPATH leaves it out
from handoff.host import interpreter

if __name__ == "__main__":
    interpreter.settle()

from handoff.campaign import options
from handoff.errors import HandoffError, ends_with_one_line

USAGE = """compare.py [--threshold T] [--resolve R] [--across] [--markdown | --json] [--all] RUN_A RUN_B [which cases]
       compare.py [--threshold T] [--resolve R] [--markdown | --json] [--all] --commits BASE [HEAD] [how to measure]"""

# Of how to measure, what says which cases. Two stored runs can be narrowed down by it, too.
WHICH_CASES = ("filter", "impl", "workload", "wait")


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
        "--threshold", default="3%", metavar="T", help="smallest change of cost that counts (default: 3%%)"
    )
    p.add_argument(
        "--resolve",
        default="5%",
        metavar="R",
        help="the change that must have been visible in each comparison, or the answer is inconclusive (default: 5%%)",
    )
    p.add_argument(
        "--across",
        action="store_true",
        help="compare runs of different machines, compilers or libraries, too",
    )
    shown = p.add_mutually_exclusive_group()
    shown.add_argument("--markdown", action="store_true", help="print tables for a pull request")
    shown.add_argument(
        "--json", action="store_true", help="print all of it for a program (docs/comparing.md)"
    )
    p.add_argument(
        "--all", action="store_true", help="list also what did not change, and all that was not seen"
    )
    options.add_measuring_options(
        p.add_argument_group("how to measure, with --commits; which cases, with two runs, too")
    )
    return p


def check(given: argparse.Namespace) -> None:
    """What can be said before anything is built. Leaves shares as numbers."""
    given.threshold = _share("--threshold", given.threshold)
    given.resolve = _share("--resolve", given.resolve)
    if given.resolve <= given.threshold:
        raise HandoffError(
            f"--resolve {100 * given.resolve:g}% is not above --threshold {100 * given.threshold:g}%: such a change "
            "would not count; valid: a --resolve above it"
        )
    if given.commits is None:
        if len(given.runs) != 2:
            raise HandoffError(f"{len(given.runs)} runs; valid: RUN_A RUN_B, or --commits BASE [HEAD]")
        _refuse_measuring_options(given)
        options.check(given)
    elif given.runs:
        raise HandoffError(f"--commits and the run '{given.runs[0]}'; valid: one of the two")
    elif len(given.commits) > 2:
        raise HandoffError(
            f"--commits {' '.join(given.commits)}: {len(given.commits)} commits; valid: 1 or 2"
        )
    else:
        options.check(given)


def _share(option: str, text: str) -> float:
    """0.05 from "5%" and from "0.05"."""
    number, whole = (text[:-1], 100.0) if text.endswith("%") else (text, 1.0)
    try:
        share = float(number) / whole
    except ValueError:
        share = math.nan
    if not 0 <= share < 10:
        raise HandoffError(f"{option} is {text}; valid: a share from 0 to 10, such as 5% or 0.05")
    return share


def _refuse_measuring_options(given: argparse.Namespace) -> None:
    """Nothing is measured where both runs are there: whoever says how has something else in mind."""
    p = argparse.ArgumentParser()
    options.add_measuring_options(p)
    for name, default in vars(p.parse_args([])).items():
        if name not in WHICH_CASES and getattr(given, name) != default:
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
