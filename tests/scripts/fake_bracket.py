#!/usr/bin/python3 -IS
"""Stands in for the program that frames a measurement: places nothing, and reads its yardsticks from the air."""

from __future__ import annotations

import json
import os
import sys

threads = int(next(a for a in sys.argv if a.startswith("--threads=")).partition("=")[2])
if "--placement=nowhere" in sys.argv:
    print("handoff: bracket: placement 'nowhere' is unknown; valid: compact", file=sys.stderr)
    sys.exit(2)
print(json.dumps({"cpus": [-1] * threads, "oversubscribed": threads > 2}), flush=True)
if not sys.stdin.readline():
    sys.exit(1)
error = "voided: the harness clock ran 3% off wall time" if os.path.exists(__file__ + ".voided") else ""
yardsticks = {"yardstick_before_ns": 50.0, "yardstick_after_ns": 51.0} if threads > 1 else {}
print(json.dumps({"error": error, "figures": {"team": threads, "steal_s": 0.0, **yardsticks}}))
