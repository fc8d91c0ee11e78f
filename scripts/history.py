#!/usr/bin/python3
"""Keeps the history of a branch as small JSON, and plots it: `append` adds the comparison that compare.py --json has
printed, `page` writes one HTML file. docs/comparing.md describes both."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from handoff.campaign.options import OneLineParser
from handoff.errors import HandoffError, ends_with_one_line

KEEP = 200


def parser() -> argparse.ArgumentParser:
    p = OneLineParser(prog="history.py", description=__doc__, allow_abbrev=False)
    actions = p.add_subparsers(dest="action", metavar="ACTION", required=True, parser_class=OneLineParser)
    append = actions.add_parser("append", help="add the commit that a comparison is about, or measured anew")
    append.add_argument("history", type=Path, metavar="HISTORY", help="the file; a new one is begun")
    append.add_argument("comparison", type=Path, metavar="COMPARISON", help="what compare.py --json printed")
    append.add_argument(
        "--keep", type=int, default=KEEP, metavar="N", help=f"how many commits stay (default: {KEEP})"
    )
    page = actions.add_parser("page", help="plot it")
    page.add_argument("history", type=Path, metavar="HISTORY")
    page.add_argument("--out", type=Path, default=Path("history.html"), metavar="FILE")
    page.add_argument("--title", default="the history of a branch", metavar="TEXT")
    return p


@ends_with_one_line
def main(arguments: list[str] | None = None) -> int:
    given = parser().parse_args(arguments)
    if given.action == "append" and given.keep < 1:
        raise HandoffError(f"--keep {given.keep}: at least 1")
    from handoff.commands import history  # needs packages

    return history.run(given)


if __name__ == "__main__":
    sys.exit(main())
