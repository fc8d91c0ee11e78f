#!/usr/bin/python3
"""Simulates a large fleet in virtual time, over a Redis of its own, and prints a table of what it asks of that (docs/fleet.md)."""

from __future__ import annotations

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # PYTHONSAFEPATH leaves it out
from handoff.host import interpreter

if __name__ == "__main__":
    interpreter.settle()

from handoff.campaign import options
from handoff.errors import HandoffError, ends_with_one_line


def parser() -> options.OneLineParser:
    p = options.OneLineParser(prog="fleet_simulation.py", description=__doc__, allow_abbrev=False)
    p.add_argument("--workers", type=int, default=500, metavar="N", help="(default: 500)")
    p.add_argument("--jobs", type=int, default=10_000, metavar="N", help="(default: 10000)")
    p.add_argument("--run-kib", type=int, default=64, metavar="KIB", help="the size of a run (default: 64)")
    p.add_argument(
        "--dies", type=float, default=0.02, metavar="SHARE", help="of the attempts (default: 0.02)"
    )
    p.add_argument("--seed", type=int, default=1, metavar="N", help="(default: 1)")
    return p


@ends_with_one_line
def main(arguments: list[str] | None = None) -> int:
    given = parser().parse_args(arguments)
    for name, value in (("--workers", given.workers), ("--jobs", given.jobs), ("--run-kib", given.run_kib)):
        if value < 1:
            raise HandoffError(f"{name} {value}: at least 1")
    if not 0 <= given.dies < 1:
        raise HandoffError(f"--dies {given.dies:g}; valid: a share from 0 to below 1")
    from handoff.commands import fleet_simulation  # needs packages

    return fleet_simulation.run(given)


if __name__ == "__main__":
    sys.exit(main())
