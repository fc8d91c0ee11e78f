#!/usr/bin/python3
"""A peer's own benchmark program and our cases of the same shape, run in turns: by how much do they differ, and why?

Nothing is downloaded. The peer's program is built by whoever has a checkout of its project (docs/beside_peers.md).
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

from handoff.campaign import options
from handoff.errors import HandoffError, ends_with_one_line, unknown
from handoff.host import build
from handoff.run.peers.known import SUITES

BLOCKS = 8


def parser() -> argparse.ArgumentParser:
    p = options.OneLineParser(prog="beside.py", description=__doc__, allow_abbrev=False)
    p.add_argument("peer", help=", ".join(SUITES))
    source = p.add_mutually_exclusive_group()
    source.add_argument(
        "--checkout", type=Path, metavar="DIR", help="a checkout of the peer, with its benchmark built"
    )
    source.add_argument("--program", type=Path, metavar="FILE", help="its benchmark program")
    source.add_argument(
        "--from", dest="stored", type=Path, metavar="DIR", help="tell again what was measured"
    )
    p.add_argument(
        "--blocks",
        type=int,
        default=BLOCKS,
        metavar="N",
        help=f"each has a run of the peer's and trials of ours (default: {BLOCKS})",
    )
    p.add_argument("--out", type=Path, metavar="DIR", help="a new folder (default: one in build/beside)")
    p.add_argument("--seed", type=int, metavar="N", help="of the order of the trials (default: random)")
    build.add_option(p)
    return p


def check(given: argparse.Namespace) -> None:
    if given.peer not in SUITES:
        raise unknown("peer", given.peer, SUITES)
    if given.checkout is None and given.program is None and given.stored is None:
        raise HandoffError(
            f"where is the benchmark of {given.peer}? valid: --checkout DIR, --program FILE, or --from DIR for what "
            "was measured"
        )
    if given.stored is not None:
        usual = parser().parse_args([given.peer])
        for name in ("blocks", "out", "seed", "build_dir"):
            if getattr(given, name) != getattr(usual, name):
                raise HandoffError(
                    f"--{name.replace('_', '-')} says how to measure, and --from '{given.stored}' measures nothing"
                )
    if given.blocks < 1:
        raise HandoffError(f"--blocks {given.blocks}: at least 1")
    if given.seed is not None and given.seed < 0:
        raise HandoffError(f"--seed {given.seed}: at least 0")


@ends_with_one_line
def main(arguments: list[str] | None = None) -> int:
    given = parser().parse_args(arguments)
    check(given)
    from handoff.commands import beside  # needs packages

    return beside.run(given)


if __name__ == "__main__":
    sys.exit(main())
