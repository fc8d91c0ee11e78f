"""The work of scripts/python_baseline.py: a campaign of the Python forms and of the C++ cases that do the same."""

from __future__ import annotations

import argparse
from dataclasses import replace

from ..campaign import options, schedule
from ..campaign.runner import Settings
from ..python import suite as python_suite
from . import campaign


def check(given: argparse.Namespace) -> campaign.Request:
    budget_s = options.budget_of(given)
    settings = Settings(given.placement, *options.times_of(given))
    suite = python_suite.load(given.python, given.build_dir, settings)
    profile = python_suite.profile(given.placement)
    return campaign.Request(
        options=given,
        profile=profile,
        settings=replace(settings, tsc_hz=suite.tsc_hz()),
        budget_s=budget_s,
        precision=None,
        stop=schedule.stop_rule(profile.min_blocks, None, given.blocks, budget_s),
        suite=suite,
        cases=campaign.selected(given).of(profile, suite),
    )


def run(given: argparse.Namespace) -> int:
    return campaign.carry_out(check(given))
