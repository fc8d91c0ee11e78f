#!/usr/bin/python3
"""Write the tables of the README and of docs/ from the catalog, the record of proofs and stored measurements, or
with --check fail if they are not what these say."""

from __future__ import annotations

import argparse
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # PYTHONSAFEPATH leaves it out
from handoff.host import interpreter

if __name__ == "__main__":
    interpreter.settle()

from handoff.errors import ends_with_one_line
from handoff.host import build


@ends_with_one_line
def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    build.add_option(parser)
    parser.add_argument(
        "--check", action="store_true", help="change nothing; exit 1 if something would change"
    )
    given = parser.parse_args(arguments)
    from handoff.commands import readme_tables  # needs packages

    return readme_tables.run(given)


if __name__ == "__main__":
    sys.exit(main())
