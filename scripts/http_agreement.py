#!/usr/bin/python3
"""Holds the downloads of a run over HTTP against those on the simulated network, and prints a table. The exit
code is 1 if makespans differ by more than 10%. Such a run:

  scripts/campaign.py --profile downloads --blocks 8 --out run
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from handoff.compare import agreement
from handoff.errors import EXIT_FAILED, HandoffError, ends_with_one_line
from handoff.host.privacy import anonymous
from handoff.run import results


@ends_with_one_line
def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("run", type=Path, help="the folder of the run")
    parser.add_argument(
        "--json",
        type=Path,
        metavar="FILE",
        help="store what was found, too: reports/reference/http_agreement.json is what "
        "scripts/readme_tables.py makes the table in docs/downloads.md from",
    )
    given = parser.parse_args()
    run = results.load(given.run)
    found = agreement.pairs(run.complete_samples())
    if not found:
        raise HandoffError(
            f"{given.run} has no complete block with a list both over HTTP and on the simulated network; "
            "--help names a campaign that has"
        )
    print(agreement.table(found))
    if given.json is not None:
        stored = anonymous(agreement.record(run, found))
        given.json.write_text(json.dumps(stored, indent=1, allow_nan=False) + "\n", encoding="utf-8")
    return 0 if all(pair.agrees for pair in found) else EXIT_FAILED


if __name__ == "__main__":
    sys.exit(main())
