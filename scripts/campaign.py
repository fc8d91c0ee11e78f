#!/usr/bin/python3
"""Measures: runs the cases of a profile in interleaved blocks of fresh processes, and has the report written."""

from __future__ import annotations

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # PYTHONSAFEPATH leaves it out
from handoff.host import interpreter

if __name__ == "__main__":
    interpreter.settle()

from handoff.campaign import options
from handoff.errors import ends_with_one_line


@ends_with_one_line
def main(arguments: list[str] | None = None) -> int:
    given = options.parser().parse_args(arguments)
    given.command = options.typed("campaign.py", arguments)
    options.check(given)
    if given.check_options:
        return 0
    if given.targets:
        print("\n".join(options.targets(given)))
        return 0
    from handoff.commands import campaign  # needs packages

    return campaign.run(given)


if __name__ == "__main__":
    sys.exit(main())
