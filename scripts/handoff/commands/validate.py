"""The work of scripts/validate.py: measures the same binaries many times over and holds the campaigns against one
another."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from ..compare import validation
from ..compare.validation import ValidationTable
from ..errors import EXIT_FAILED, HandoffError, MeasurementError, write_text
from ..host.build import ROOT
from ..report import page
from ..run import results
from ..run.results import Run
from ..run.run_folder import ENVIRONMENT_NAME, now

SECONDS = 60  # of a campaign of the smoke size

Json = dict[str, Any]


def measure(out: Path, campaigns: int, build_dir: Path) -> None:
    """What is missing in `out`: the campaigns alike, the two to repeat, the loops by hand."""
    out.mkdir(parents=True, exist_ok=True)
    for number in range(campaigns):
        _campaign(out / f"alike-{number:02d}", build_dir, "smoke", "--time-budget", f"{SECONDS}s")
    for name in ("repeat-a", "repeat-b"):
        _campaign(out / name, build_dir, "quick")
    cost = out / "harness_cost.json"
    if not cost.exists():
        _run("harness_cost.py", "--build-dir", str(build_dir), "--out", str(cost))


def _campaign(run: Path, build_dir: Path, profile: str, *more: str) -> None:
    environment = run / ENVIRONMENT_NAME
    if environment.exists() and json.loads(environment.read_text())["finished"]:
        return
    _run(
        "campaign.py",
        "--build-dir",
        str(build_dir),
        "--profile",
        profile,
        "--out",
        str(run),
        "--no-report",
        *more,
    )


def _run(script: str, *arguments: str) -> None:
    print(f"{script} {' '.join(arguments)}", file=sys.stderr)
    code = subprocess.run([sys.executable, str(ROOT / "scripts" / script), *arguments]).returncode
    if code != 0:
        raise MeasurementError(f"{script} {' '.join(arguments)} ended with exit code {code}")


def tables(out: Path) -> dict[str, ValidationTable]:
    """By the names under which the report's template knows them."""
    alike = [results.load(path) for path in sorted(out.glob("alike-*"))]
    if len(alike) < 2:
        raise HandoffError(f"{out} has {len(alike)} campaigns alike; it takes two at least")
    _same_binaries(alike)
    found = {"same_twice": validation.same_twice(alike), "power": validation.power(alike)}
    repeats = [results.load(path) for path in sorted(out.glob("repeat-*"))]
    if len(repeats) == 2:
        found["repeatability"] = validation.repeatability(*repeats)
    cost = out / "harness_cost.json"
    if cost.exists():
        record = json.loads(cost.read_text(encoding="utf-8"))
        found["against_others"] = validation.against_others(record, _packaged(alike[0]))
    return found


def _same_binaries(runs: list[Run]) -> None:
    builds = {json.dumps(run.environment["build"]["binaries"], sort_keys=True) for run in runs}
    if len(builds) > 1:
        raise HandoffError(f"the campaigns measured {len(builds)} different builds; --out takes a new folder")


def _packaged(run: Run) -> set[str]:
    """The queues that are others' work, as the register says."""
    return {str(one["name"]) for one in run.environment["catalog"]["queues"] if one["packaged"]}


def write(found: dict[str, ValidationTable], out: Path, target: Path) -> None:
    first = results.load(sorted(out.glob("alike-*"))[0])
    text = (
        page.environment()
        .get_template("validation.md.j2")
        .render(
            tables=found,
            campaigns=len(list(out.glob("alike-*"))),
            env=first.environment,
            seconds=SECONDS,
            written=now()[:10],
        )
    )
    write_text(target, text)


def run(given: argparse.Namespace) -> int:
    if not given.evaluate:
        measure(given.out, given.campaigns, given.build_dir.absolute())
    found = tables(given.out)
    write(found, given.out, given.report)
    print(given.report)
    for name, table in found.items():
        print(f"{'passed' if table.passed else 'FAILED'}: {name}", file=sys.stderr)
    return 0 if all(table.passed for table in found.values()) else EXIT_FAILED
