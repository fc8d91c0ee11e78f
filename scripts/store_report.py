#!/usr/bin/python3
"""Stores a finished run in the repository as the one of its kind, in the place of the former one: what was measured,
packed, and the report, with the README's figure as pixels. `scripts/report.py reports/KIND` renders it again."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # PYTHONSAFEPATH leaves it out
from handoff.host import interpreter

if __name__ == "__main__":
    interpreter.settle()

from handoff.errors import ends_with_one_line, unknown

# What each kind is for.
KINDS = {
    "reference": "profile quick: which queue for what",
    "experiments": "profile experiments: what the articles tried that this project began with",
    "downloads": "profile downloads: long lists of documents, and HTTP",
    "python": "scripts/python_baseline.py: the same experiments in Python",
}


@ends_with_one_line
def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path, metavar="RUN", help="folder of a finished run")
    parser.add_argument("kind", metavar="KIND", help="; ".join(f"{k}: {v}" for k, v in KINDS.items()))
    given = parser.parse_args(arguments)
    if given.kind not in KINDS:
        raise unknown("kind of stored run", given.kind, KINDS)
    from handoff.commands import store_report  # needs packages

    return store_report.run(given)


if __name__ == "__main__":
    sys.exit(main())
