"""Arguments that several of the scripts take."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_runs(parser: argparse.ArgumentParser) -> None:
    """One run, or several to be merged."""
    parser.add_argument(
        "runs",
        nargs="+",
        type=Path,
        metavar="RUN",
        help="folder of a run, reports/<run-id>; several are merged",
    )
