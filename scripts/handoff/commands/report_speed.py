"""The work of scripts/report_speed.py: times the summary and the report of a campaign that is made up."""

from __future__ import annotations

import argparse
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ..errors import HandoffError, MeasurementError
from ..host.build import ROOT
from ..run.run_folder import ENVIRONMENT_NAME
from ..run.samples import FILE_NAME, METHOD, SCHEMA
from ..statistics.stats import Floats

SCRIPTS = ROOT / "scripts"
SUMMARY = (
    "import sys; from pathlib import Path; from handoff.report import summary; from handoff.run import results; "
    "run = Path(sys.argv[1]); "
    "summary.write(summary.build(results.load(run)), run / summary.FILE_NAME)"
)
SEED = 20261121
PLACES = (49.0, 105.0, 483.0)  # yardsticks of a shared cache, another chiplet, another socket
QUEUES = 20
COUNTERS = 10
PERCENTILES = {"p50_ns": 0.98, "p90_ns": 1.15, "p99_ns": 1.7, "p99_9_ns": 6.0, "max_ns": 400.0}


def planned(wanted: int) -> list[str]:
    """Case names in the proportions of a full campaign: most are throughput, some ping-pong, some counters."""
    threads = list(itertools.product((1, 2, 4, 8), repeat=2))
    shapes = [(*pair, "8", 1024, wait) for pair in threads for wait in ("spin", "pause", "block")]
    shapes += [(1, 1, item, 1024, "pause") for item in ("64", "256", "move_only")]
    shapes += [(1, 1, "8", capacity, wait) for capacity in (64, 65536) for wait in ("spin", "pause", "block")]
    waits = ("spin", "pause", "backoff", "yield", "sleep_1ms", "block", "adaptive", "timed")
    names = [
        f"producer_consumer/queue_{q}/p:{p}/c:{c}/wait:{wait}/item:{item}/capacity:{capacity}"
        for (p, c, item, capacity, wait), q in itertools.product(shapes, range(QUEUES))
    ]
    names += [
        f"ping_pong/queue_{q}/queues:{queues}/wait:{wait}/report:{report}"
        for report, queues, wait, q in itertools.product(
            ("mean", "distribution"), (2, 1), waits, range(QUEUES)
        )
    ]
    mixes = ("increment", "read_1", "read_10", "read_90", "add_subtract", "list_packed", "list_padded")
    names += [
        f"counter/counter_{i}/t:{t}/mix:{mix}"
        for t, mix, i in itertools.product((1, 2, 4, 8), mixes, range(COUNTERS))
    ]
    if not 0 < wanted <= len(names):
        raise HandoffError(f"--cases is {wanted}; valid: 1 to {len(names)}")
    # Evenly from the whole list, so that every workload keeps its part.
    return [names[i * len(names) // wanted] for i in range(wanted)]


def write(run: Path, cases: list[str], blocks: int) -> None:
    environment = {
        "schema": SCHEMA,
        "method": METHOD,
        "run_id": "synthetic",
        "cases": cases,
        "started": "2026-11-21T00:00:00+00:00",
        "window_ms": 50,
        "build": {"dirty": False, "build_type": "Release"},
        "catalog": {"queues": [], "counters": []},
    }
    (run / ENVIRONMENT_NAME).write_text(json.dumps(environment))
    rng = np.random.default_rng(SEED)
    with open(run / FILE_NAME, "w", encoding="utf-8") as file:
        for block in range(blocks):
            for position, line in enumerate(_block(cases, rng)):
                file.write(
                    json.dumps(
                        {"schema": SCHEMA, "method": METHOD, "block": block, "position": position} | line
                    )
                )
                file.write("\n")


def _block(cases: list[str], rng: np.random.Generator) -> Iterator[dict[str, object]]:
    place = PLACES[int(rng.integers(len(PLACES)))]
    for index in rng.permutation(len(cases)):
        case = cases[index]
        workload, implementation, *pairs = case.split("/")
        keys = dict(pair.split(":") for pair in pairs)
        scatter = np.exp(0.03 * rng.normal(size=12))
        figures = _figures(workload, keys, place, (1 + index % QUEUES) * 0.1, scatter)
        yield {
            "case": case,
            "label": implementation,
            "started": "2026-11-21T00:00:00.000+00:00",
            "seconds": 0.1,
            "status": "ok",
            "exit": 0,
            "message": "",
            "output": "",
            "placement": "compact",
            "cpus": [0, 1],
            "figures": figures,
        }


def _figures(
    workload: str, keys: dict[str, str], place: float, cost: float, scatter: Floats
) -> dict[str, float]:
    ns = place * (1 + cost) * float(scatter[0])
    threads = int(keys["t"]) if workload == "counter" else 2
    if workload == "producer_consumer":
        threads = int(keys["p"]) + int(keys["c"])
    figures: dict[str, float] = {
        "active_s": 0.06 * float(scatter[3]),
        "capacity": 1024.0,
        "clock_error": 1e-8 * float(scatter[4]),
        "cpu_s": 0.1 * float(scatter[5]),
        "failed_attempts": float(int(1e5 * scatter[6])),
        "involuntary_switches": float(int(6 * scatter[7])),
        "migrations": 0.0,
        "oversubscribed": float(threads > 2),
        "steal_s": 0.0,
        "threads": float(threads),
        "verified": 1.0,
        "voluntary_switches": 3.0,
        "waiting_s": 0.03 * float(scatter[8]),
        "window_s": 0.05,
    }
    if threads > 1:
        figures |= {
            "yardstick_before_ns": place * float(scatter[1]),
            "yardstick_after_ns": place * float(scatter[2]),
        }
    if workload == "ping_pong":
        figures |= {"round_trips": 5e7 / ns, "round_trip_ns": ns}
        if keys["report"] == "distribution":
            figures |= {name: ns * factor * float(scatter[9]) for name, factor in PERCENTILES.items()}
        return figures
    noun, parts = (
        ("operations", ("thread",)) if workload == "counter" else ("items", ("producer", "consumer"))
    )
    for part in parts:
        figures |= {
            f"{part}_share_min": 0.9 * float(scatter[9]),
            f"{part}_share_max": 1.1 * float(scatter[10]),
        }
    return figures | {noun: 5e7 / ns, f"{noun}_per_second": 1e9 / ns}


def measured(name: str, command: list[str]) -> None:
    """Runs the command and prints what it took."""
    began = time.monotonic()
    child = subprocess.Popen(
        command, env={**os.environ, "PYTHONPATH": str(SCRIPTS)}, stdout=subprocess.DEVNULL
    )
    # Not resource.RUSAGE_CHILDREN: that is the largest of all children so far.
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise MeasurementError(f"the {name} ended with exit code {child.returncode}")
    seconds = time.monotonic() - began
    cpu = usage.ru_utime + usage.ru_stime
    print(
        f"{name:<8} {seconds:6.1f} s  ({cpu:.1f} s of CPU)  {usage.ru_maxrss / 2**20:5.2f} GiB at most",
        flush=True,
    )


def run(given: argparse.Namespace) -> int:
    cases = planned(given.cases)
    if given.samples < len(cases):
        raise HandoffError(
            f"--samples is {given.samples}; valid: at least one for each of {len(cases)} cases"
        )
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=given.keep is None)
        write(folder, cases, given.samples // given.cases)
        size = os.path.getsize(folder / FILE_NAME)
        print(f"{given.samples // given.cases} blocks of {len(cases)} cases, {size / 1e6:.0f} MB of samples")
        measured("summary", [sys.executable, "-c", SUMMARY, str(folder)])
        measured("report", [sys.executable, str(SCRIPTS / "report.py"), str(folder)])
    return 0
