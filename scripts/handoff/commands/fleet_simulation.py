"""The work of scripts/fleet_simulation.py."""

from __future__ import annotations

import argparse
import sys

from ..fleet.simulation import HEAD, Plan, Simulation, row
from ..python.forms import rq_server

SILENT_S, POLL_S = 60.0, 2.0  # as scripts/fleet.py has them
FETCH_EVERY_S = (600.0, None)


def run(given: argparse.Namespace) -> int:
    print(f"seed {given.seed}", file=sys.stderr)
    print(f"{HEAD}\n|{'---|' * (HEAD.count('|') - 1)}")
    for every in FETCH_EVERY_S:
        plan = Plan(
            given.workers, given.jobs, given.run_kib << 10, SILENT_S, POLL_S, given.dies, every, given.seed
        )
        with rq_server.opened(0, rq_server.SIMPLE) as office:
            print(row(Simulation(office.redis, plan).run()), flush=True)
    return 0
