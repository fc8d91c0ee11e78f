#!/usr/bin/python3
"""Prints how often verdicts are wrong, and how often they are reached, in campaigns whose truth is known."""

from __future__ import annotations

import argparse
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # PYTHONSAFEPATH leaves it out
from handoff.host import interpreter

if __name__ == "__main__":
    interpreter.settle()

from handoff.errors import HandoffError, ends_with_one_line


@ends_with_one_line
def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--campaigns", type=int, default=500, help="of each kind (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=20261130, help="of the campaigns (default: %(default)s)")
    parser.add_argument("--kind", metavar="NAME", help="only this kind; an unknown one lists them")
    given = parser.parse_args(arguments)
    if given.campaigns < 1:
        raise HandoffError(f"--campaigns {given.campaigns}: at least 1")
    from handoff.commands import verdict_errors  # needs packages

    return verdict_errors.run(given)


if __name__ == "__main__":
    sys.exit(main())
