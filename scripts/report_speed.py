#!/usr/bin/python3
"""Measure how long the summary and the report of a large campaign take, and how much memory."""

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


@ends_with_one_line
def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=200_000)
    parser.add_argument("--cases", type=int, default=2_000)
    parser.add_argument("--keep", type=Path, help="write the samples to this new folder and leave them there")
    given = parser.parse_args(arguments)
    from handoff.commands import report_speed  # needs packages

    return report_speed.run(given)


if __name__ == "__main__":
    sys.exit(main())
