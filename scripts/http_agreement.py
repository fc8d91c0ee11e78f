#!/usr/bin/python3
"""Holds the downloads of a run over HTTP against those on the simulated network, and prints a table. The exit
code is 1 if makespans differ by more than 10%. Such a run:

  scripts/campaign.py --profile downloads --blocks 8 --out run
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

from handoff.errors import ends_with_one_line


@ends_with_one_line
def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("run", type=Path, help="the folder of the run")
    parser.add_argument(
        "--json",
        type=Path,
        metavar="FILE",
        help="store what was found, too: reports/http_agreement.json is what "
        "scripts/readme_tables.py makes the table in docs/downloads.md from",
    )
    given = parser.parse_args(arguments)
    from handoff.commands import http_agreement  # needs packages

    return http_agreement.run(given)


if __name__ == "__main__":
    sys.exit(main())
