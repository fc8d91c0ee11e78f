#!/usr/bin/python3
"""Measure what the harness itself costs and store the outcome, from which the README's table is made.

Each process compares every case once; where the pages of its queues lie is settled for its whole life, so it
takes many processes, not many rounds, to know a ratio.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas
from rich.console import Console
from rich.progress import track

from handoff.errors import HandoffError, MeasurementError, ends_with_one_line
from handoff.host import build, machine
from handoff.host.privacy import anonymous
from handoff.run import cases
from handoff.run.run_folder import now
from handoff.run.sampling import BLOCKS_FOR_AN_INTERVAL
from handoff.statistics import regimes, stats

ROOT = Path(__file__).resolve().parent.parent
STORED = ROOT / "reports" / "reference" / "harness_cost.json"
FIGURES = ["harness_ns", "by_hand_ns", "own_wait_ns", "own_wait_otherwise_ns"]
YARDSTICKS = ["yardstick_before_ns", "yardstick_after_ns"]


def measured(binary: Path, seed: int) -> pandas.DataFrame:
    """What one process says: a row per case; not a number where a case has no such figure or was void."""
    command = [str(binary), "--benchmark_format=json", f"--seed={seed}"]
    done = subprocess.run(command, capture_output=True, text=True)
    try:
        entries = json.loads(done.stdout)["benchmarks"]
    except (ValueError, KeyError) as error:
        raise MeasurementError(f"{binary} exit code {done.returncode}: {done.stderr[-500:]}") from error
    if wrong := [e for e in entries if not e.get("error_message", "voided").startswith("voided")]:
        raise MeasurementError(f"{wrong[0]['name']}: {wrong[0]['error_message']}")
    names = [cases.from_listing(entry["name"]).name for entry in entries]
    return pandas.DataFrame(entries, index=names).reindex(columns=FIGURES + YARDSTICKS)


def by_regime(rows: pandas.DataFrame) -> list[dict[str, Any]]:
    """The same for the processes of each regime apart, where there are enough for an interval."""
    return [
        {
            "regime": regime,
            "yardstick_ns": here.yardstick_ns.median(),
            "processes": len(here),
            **summary(here[FIGURES]),
        }
        for regime, here in rows.dropna(subset=["harness_ns"]).groupby("regime")
        if regime not in (regimes.SET_ASIDE, regimes.SINGLE_CPU) and len(here) >= BLOCKS_FOR_AN_INTERVAL
    ]


def summary(rows: pandas.DataFrame) -> dict[str, Any]:
    """Of one case in all processes: medians, and of the ratios to the loop by hand within a process the median."""
    medians = rows.median().dropna()
    ratios = rows.div(rows.by_hand_ns, axis="index").dropna()
    ratio = stats.median_interval(ratios.harness_ns.to_numpy())
    if not ratio.n:
        return {name: medians[name] for name in medians.index}
    return {
        **{name: medians[name] for name in medians.index},
        "ratio": ratio.estimate,
        "ratio_low": ratio.low,
        "ratio_high": ratio.high,
        "own_wait": ratios.own_wait_ns.median(),
        "own_wait_otherwise": ratios.own_wait_otherwise_ns.median(),
    }


@ends_with_one_line
def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build-dir", type=Path, default=ROOT / "build/release")
    parser.add_argument("--processes", type=int, default=25)
    parser.add_argument("--seed", type=int, default=1, help="of the first process; the others count on")
    parser.add_argument("--out", type=Path, default=STORED, help="the file to write (JSON)")
    arguments = parser.parse_args()
    binary = (arguments.build_dir / "benchmarks/harness_cost").absolute()
    if not binary.exists():
        raise HandoffError(f"there is no {binary}; build the release preset first")
    if arguments.processes < 1:
        raise HandoffError(f"--processes {arguments.processes}; it must be 1 or more")
    started = now()
    seeds = range(arguments.seed, arguments.seed + arguments.processes)
    console = Console(file=sys.stderr)
    runs = pandas.concat([measured(binary, seed) for seed in track(seeds, "measuring", console=console)])
    placed, _ = regimes.assign(runs)
    record = {
        "started": started,
        "machine": machine.describe()["slug"],
        **build.source(ROOT),
        "processes": arguments.processes,
        "seed": arguments.seed,
        "cases": [
            {"case": name, **summary(rows[FIGURES]), "regimes": by_regime(rows)}
            for name, rows in placed.groupby(level=0, sort=False)
        ],
    }
    arguments.out.write_text(json.dumps(anonymous(record), indent=1) + "\n", encoding="utf-8")
    print(arguments.out)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
