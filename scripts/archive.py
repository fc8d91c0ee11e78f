#!/usr/bin/python3
"""Keeps runs of many machines in one folder, with pages that need no server: an index with what is best on each machine,
comparisons, and the history of each implementation. docs/archive.md describes it."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # PYTHONSAFEPATH leaves it out
from handoff.host import interpreter

if __name__ == "__main__":
    interpreter.settle()

from handoff.campaign.options import OneLineParser
from handoff.errors import HandoffError, ends_with_one_line

DEFAULT = Path("archive")


def parser() -> argparse.ArgumentParser:
    p = OneLineParser(prog="archive.py", description=__doc__, allow_abbrev=False)
    actions = p.add_subparsers(dest="action", metavar="ACTION", required=True, parser_class=OneLineParser)

    add = actions.add_parser("add", help="check a run, and keep it with its report")
    add.add_argument(
        "run", type=Path, metavar="RUN", help="folder of a finished run, or what pack has made of one"
    )
    _where(add, "--to")
    _anyhow(add)

    pack = actions.add_parser("pack", help="check a run, and make one file of it to send to somebody")
    pack.add_argument("run", type=Path, metavar="RUN")
    pack.add_argument("--out", type=Path, metavar="FILE", help="default: ID.tar.xz, here")
    _anyhow(pack)

    compare = actions.add_parser("compare", help="two runs of the archive, as a page")
    compare.add_argument("a", metavar="A", help="name of a run")
    compare.add_argument("b", metavar="B")
    _where(compare, "--in")

    remove = actions.add_parser("remove", help="take a run out, with its comparisons")
    remove.add_argument("id", metavar="ID", help="name of the run")
    _where(remove, "--from")

    check = actions.add_parser(
        "check", help="is each run what was measured, and each page what the runs say?"
    )
    check.add_argument("archive", type=Path, metavar="DIR", nargs="?", default=DEFAULT)

    refresh = actions.add_parser("refresh", help="make everything again from what was measured")
    refresh.add_argument("archive", type=Path, metavar="DIR", nargs="?", default=DEFAULT)
    return p


def _where(action: argparse.ArgumentParser, option: str) -> None:
    action.add_argument(
        option,
        type=Path,
        dest="archive",
        default=DEFAULT,
        metavar="DIR",
        help=f"the archive (default: {DEFAULT})",
    )


def _anyhow(action: argparse.ArgumentParser) -> None:
    action.add_argument(
        "--anyhow", action="store_true", help="take a run that must not be cited, too; it is marked"
    )


@ends_with_one_line
def main(arguments: list[str] | None = None) -> int:
    given = parser().parse_args(arguments)
    if given.action == "compare" and given.a == given.b:
        raise HandoffError(f"A and B are the same run '{given.a}'; valid: two runs")
    from handoff.commands import archive  # needs packages

    return archive.run(given)


if __name__ == "__main__":
    sys.exit(main())
