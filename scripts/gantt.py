#!/usr/bin/python3
"""Draws who waited for whom: every document of a short download job, by several strategies, in virtual time."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from handoff import gantt
from handoff.errors import HandoffError, ends_with_one_line

ROOT = Path(__file__).resolve().parent.parent


@ends_with_one_line
def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build-dir", type=Path, default=ROOT / "build" / "release")
    parser.add_argument(
        "--strategy",
        action="append",
        metavar="NAME",
        help=f"may be given again (default: {', '.join(gantt.STRATEGIES)})",
    )
    parser.add_argument("--out", type=Path, default=Path("gantt.svg"), help="ends in .svg or .png")
    given = parser.parse_args()
    if given.out.suffix not in (".svg", ".png"):
        raise HandoffError(f"unknown kind of file '{given.out}'; valid: .svg, .png")
    chosen = given.strategy or list(gantt.STRATEGIES)
    jobs = {name: gantt.job(given.build_dir / "benchmarks", name) for name in chosen}
    gantt.write(jobs, given.out)
    print(given.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
