"""The work of scripts/verdict_errors.py: how often verdicts are wrong in campaigns whose truth is known."""

from __future__ import annotations

import argparse
import sys

from ..errors import unknown
from ..statistics import error_rates, synthetic


def run(given: argparse.Namespace) -> int:
    kinds = {kind.name: kind for kind in synthetic.KINDS}
    if given.kind is not None and given.kind not in kinds:
        raise unknown("kind of campaign", given.kind, kinds)
    rows = []
    for name, kind in kinds.items():
        if given.kind in (None, name):
            counts = error_rates.of_kind(kind, given.campaigns, given.seed)
            rows.append(error_rates.row(name, counts))
            print(" | ".join(rows[-1]), file=sys.stderr, flush=True)
    print(f"Seed {given.seed}.\n\n{error_rates.markdown(rows)}")
    return 0
