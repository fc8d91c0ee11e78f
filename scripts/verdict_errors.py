#!/usr/bin/env python3
"""Prints how often verdicts are wrong, and how often they are reached, in campaigns whose truth is known."""

from __future__ import annotations

import argparse
import sys

from handoff.statistics import error_rates, synthetic


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--campaigns", type=int, default=500, help="of each kind (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=20261130, help="of the campaigns (default: %(default)s)")
    parser.add_argument("--kind", choices=[kind.name for kind in synthetic.KINDS], help="only this kind")
    chosen = parser.parse_args()
    if chosen.campaigns < 1:
        parser.error(f"--campaigns {chosen.campaigns}: valid: 1 or more")
    rows = []
    for kind in synthetic.KINDS:
        if chosen.kind in (None, kind.name):
            counts = error_rates.of_kind(kind, chosen.campaigns, chosen.seed)
            rows.append(error_rates.row(kind.name, counts))
            print(" | ".join(rows[-1]), file=sys.stderr, flush=True)
    print(f"Seed {chosen.seed}.\n\n{error_rates.markdown(rows)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
