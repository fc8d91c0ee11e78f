#!/usr/bin/python3
"""Shows how far the numbers hold: measures the same binaries many times over, holds the campaigns against one
another and writes reports/validation.md. About 45 minutes; it goes on with what an earlier run has left."""

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

REPORT = build.ROOT / "reports" / "validation.md"


@ends_with_one_line
def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--campaigns", type=int, default=20, help="of the smoke size, over one build (default: 20)"
    )
    parser.add_argument("--out", type=Path, required=True, help="a folder for the runs, new or to go on with")
    build.add_option(parser)
    parser.add_argument("--evaluate", action="store_true", help="measure nothing: judge what --out holds")
    parser.add_argument(
        "--report", type=Path, default=REPORT, help=f"default: {REPORT.relative_to(build.ROOT)}"
    )
    given = parser.parse_args(arguments)
    if given.campaigns < 2:
        raise HandoffError(f"--campaigns {given.campaigns}: at least 2")
    from handoff.commands import validate  # needs packages

    return validate.run(given)


if __name__ == "__main__":
    sys.exit(main())
