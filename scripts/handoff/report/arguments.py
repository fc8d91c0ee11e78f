"""Arguments that several of the scripts take."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..errors import HandoffError


def add_runs(parser: argparse.ArgumentParser) -> None:
    """One run, or several to be merged."""
    parser.add_argument(
        "runs",
        nargs="+",
        type=Path,
        metavar="RUN",
        help="folder of a run, reports/<run-id>; several are merged",
    )


def check_picture(out: Path) -> None:
    if out.suffix not in (".svg", ".png"):
        raise HandoffError(f"unknown kind of file '{out}'; valid: .svg, .png")
