#!/usr/bin/python3
"""Measures the source's experiments in Python beside the C++ cases that do the same: interleaved, each trial a fresh
process in the same frame, so that one report shows both and the ratio between them."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

import campaign

from handoff.campaign import schedule
from handoff.campaign.runner import Settings
from handoff.campaign.selection import Selection
from handoff.errors import ends_with_one_line
from handoff.python import suite as python_suite

DEFAULT_PYTHON = Path("/usr/bin/python3")


def parser() -> argparse.ArgumentParser:
    p = campaign.OneLineParser(prog="python_baseline.py", description=__doc__, allow_abbrev=False)
    p.add_argument(
        "--python",
        type=Path,
        default=DEFAULT_PYTHON,
        metavar="PATH",
        help=f"what runs the Python forms (default: {DEFAULT_PYTHON})",
    )
    campaign.add_selecting_options(p)
    p.add_argument("--build-dir", type=Path, default=campaign.ROOT / "build" / "release", metavar="DIR")
    p.add_argument("--list", action="store_true", help="print the cases and measure nothing")
    p.add_argument("--dry-run", action="store_true", help="print the cases and how long they would take")
    p.add_argument("--no-report", action="store_true", help="measure only")
    p.set_defaults(blocks=python_suite.BLOCKS, window_ms=python_suite.WINDOW_MS)
    return p


def check(options: argparse.Namespace) -> campaign.Request:
    budget_s = campaign.check_numbers(options)
    settings = Settings(options.placement, options.window_ms, options.ramp_ms)
    suite = python_suite.load(options.python, options.build_dir, settings)
    profile = python_suite.profile(options.placement)
    selection = Selection(tuple(options.impl), tuple(options.workload), tuple(options.wait), options.filter)
    return campaign.Request(
        options=options,
        profile=profile,
        settings=replace(settings, tsc_hz=suite.tsc_hz()),
        budget_s=budget_s,
        precision=None,
        stop=schedule.stop_rule(profile.min_blocks, None, options.blocks, budget_s),
        suite=suite,
        cases=selection.of(profile, suite),
    )


@ends_with_one_line
def main(arguments: list[str] | None = None) -> int:
    return campaign.carry_out(check(parser().parse_args(arguments)))


if __name__ == "__main__":
    sys.exit(main())
