#!/usr/bin/python3
"""Measure what the harness itself costs and store the outcome, from which the table of docs/harness_cost.md is made.

Each process compares every case once; where the pages of its queues lie is settled for its whole life, so it
takes many processes, not many rounds, to know a ratio.
"""

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
from handoff.host import build

STORED = build.ROOT / "reports" / "harness_cost.json"


@ends_with_one_line
def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    build.add_option(parser)
    parser.add_argument("--processes", type=int, default=25)
    parser.add_argument("--seed", type=int, default=1, help="of the first process; the others count on")
    parser.add_argument("--out", type=Path, default=STORED, help="the file to write (JSON)")
    given = parser.parse_args(arguments)
    if given.processes < 1:
        raise HandoffError(f"--processes {given.processes}; it must be 1 or more")
    from handoff.commands import harness_cost  # needs packages

    return harness_cost.run(given)


if __name__ == "__main__":
    sys.exit(main())
