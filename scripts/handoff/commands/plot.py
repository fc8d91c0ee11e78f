"""The work of scripts/plot.py: one figure alone."""

from __future__ import annotations

import argparse

from ..errors import unknown, write_bytes
from ..report import figures, merge, summary
from ..report.figures import facets
from ..run import results


def run(given: argparse.Namespace) -> int:
    if given.figure not in figures.REGISTRY:
        raise unknown("figure", given.figure, figures.REGISTRY)
    pixels = given.out.suffix == ".png"
    runs = [results.load(run) for run in given.runs]
    if len(runs) == 1:
        one = figures.required(given.figure, summary.build(runs[0]), pixels)
    else:
        named = [(machine.label, machine.summary) for machine in merge.machines(runs)[0]]
        one = facets.required(given.figure, named, pixels)
    write_bytes(given.out, one.png if pixels else one.svg.encode())
    print(given.out)
    return 0
