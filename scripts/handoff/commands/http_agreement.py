"""The work of scripts/http_agreement.py: downloads over HTTP against those on the simulated network."""

from __future__ import annotations

import argparse
import json

from ..compare import agreement
from ..errors import EXIT_FAILED, HandoffError, write_text
from ..host.privacy import anonymous
from ..run import results


def run(given: argparse.Namespace) -> int:
    measured = results.load(given.run)
    found = agreement.pairs(measured.complete_samples())
    if not found:
        raise HandoffError(
            f"{given.run} has no complete block with a list both over HTTP and on the simulated network; "
            "--help names a campaign that has"
        )
    print(agreement.table(found))
    if given.json is not None:
        stored = anonymous(agreement.record(measured, found))
        write_text(given.json, json.dumps(stored, indent=1, allow_nan=False) + "\n")
    return 0 if all(pair.agrees for pair in found) else EXIT_FAILED
