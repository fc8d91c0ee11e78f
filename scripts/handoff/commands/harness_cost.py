"""The work of scripts/harness_cost.py: the harness against loops by hand, in many processes."""

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

from ..campaign import catalog
from ..errors import MeasurementError, write_text
from ..host import build, machine, probe
from ..host.privacy import anonymous
from ..run import cases
from ..run.run_folder import now
from ..run.sampling import BLOCKS_FOR_AN_INTERVAL
from ..statistics import regimes, stats

FIGURES = ["harness_ns", "by_hand_ns", "own_wait_ns", "own_wait_otherwise_ns"]
YARDSTICKS = ["yardstick_before_ns", "yardstick_after_ns"]


def measured(binary: Path, seed: int) -> pandas.DataFrame:
    """What one process says: a row per case; not a number where a case has no such figure or was void."""
    command = [str(binary), "--benchmark_format=json", f"--seed={seed}"]
    done = subprocess.run(command, capture_output=True, text=True, env=probe.without_flags())
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


def run(given: argparse.Namespace) -> int:
    binary = catalog.built(given.build_dir / "benchmarks" / "harness_cost").absolute()
    started = now()
    seeds = range(given.seed, given.seed + given.processes)
    console = Console(file=sys.stderr)
    runs = pandas.concat([measured(binary, seed) for seed in track(seeds, "measuring", console=console)])
    placed, _ = regimes.assign(runs)
    record = {
        "started": started,
        "machine": machine.describe()["slug"],
        **build.source(build.ROOT),
        "processes": given.processes,
        "seed": given.seed,
        "cases": [
            {"case": name, **summary(rows[FIGURES]), "regimes": by_regime(rows)}
            for name, rows in placed.groupby(level=0, sort=False)
        ],
    }
    write_text(given.out, json.dumps(anonymous(record), indent=1) + "\n")
    print(given.out)
    return 0
