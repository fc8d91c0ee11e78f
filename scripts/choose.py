#!/usr/bin/python3
"""Which queue for this job? Measures for a minute, or answers from a run."""

from __future__ import annotations

import sys

from handoff.campaign import question_options
from handoff.errors import HandoffError, ends_with_one_line


@ends_with_one_line
def main(arguments: list[str] | None = None) -> int:
    asked = sys.argv[1:] if arguments is None else arguments
    if not asked and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise HandoffError("no question, and no terminal to ask it on; --help lists what can be asked")
    given = question_options.parser().parse_args(asked)
    question_options.check(given)
    from handoff.commands import choose  # needs packages

    return choose.run(given) if asked else choose.ask_and_run(given)


if __name__ == "__main__":
    sys.exit(main())
