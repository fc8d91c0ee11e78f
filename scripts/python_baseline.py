#!/usr/bin/python3
"""Measures the source's experiments in Python beside the C++ cases that do the same: interleaved, each trial a fresh
process in the same frame, so that one report shows both and the ratio between them."""

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
from handoff.errors import ends_with_one_line

DEFAULT_PYTHON = Path("/usr/bin/python3")

BLOCKS = 10
WINDOW_MS = 100.0  # Python threads that poll hand over some hundred times per second


def parser() -> argparse.ArgumentParser:
    p = options.OneLineParser(prog="python_baseline.py", description=__doc__, allow_abbrev=False)
    p.add_argument(
        "--python",
        type=Path,
        default=DEFAULT_PYTHON,
        metavar="PATH",
        help=f"what runs the Python forms (default: {DEFAULT_PYTHON})",
    )
    options.add_selecting_options(p)
    options.add_running_options(p)
    p.set_defaults(blocks=BLOCKS, window_ms=WINDOW_MS)
    return p


@ends_with_one_line
def main(arguments: list[str] | None = None) -> int:
    given = parser().parse_args(arguments)
    given.command = options.typed("python_baseline.py", arguments)
    options.check_selecting(given)
    from handoff.commands import python_baseline  # needs packages

    return python_baseline.run(given)


if __name__ == "__main__":
    sys.exit(main())
