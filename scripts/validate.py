#!/usr/bin/python3
"""Shows how far the numbers hold: measures the same binaries many times over, holds the campaigns against one
another and writes reports/validation.md. About 45 minutes; it goes on with what an earlier run has left."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from handoff.compare import validation
from handoff.compare.validation import Table
from handoff.errors import EXIT_FAILED, HandoffError, MeasurementError, ends_with_one_line
from handoff.report import page
from handoff.run import results
from handoff.run.results import Run
from handoff.run.run_folder import ENVIRONMENT_NAME, now

ROOT = Path(__file__).resolve().parent.parent
REPORT = ROOT / "reports" / "validation.md"
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


def tables(out: Path) -> dict[str, Table]:
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
    """The queues that are others' work: those whose source names a package's version."""
    return {
        str(one["name"])
        for one in run.environment["catalog"]["queues"]
        if validation.is_packaged(str(one["cite"]))
    }


def write(found: dict[str, Table], out: Path, target: Path) -> None:
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
    target.write_text(text, encoding="utf-8")


@ends_with_one_line
def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--campaigns", type=int, default=20, help="of the smoke size, over one build (default: 20)"
    )
    parser.add_argument("--out", type=Path, required=True, help="a folder for the runs, new or to go on with")
    parser.add_argument("--build-dir", type=Path, default=ROOT / "build" / "release")
    parser.add_argument("--evaluate", action="store_true", help="measure nothing: judge what --out holds")
    parser.add_argument("--report", type=Path, default=REPORT, help=f"default: {REPORT.relative_to(ROOT)}")
    given = parser.parse_args()
    if given.campaigns < 2:
        raise HandoffError(f"--campaigns {given.campaigns}: at least 2")
    if not given.evaluate:
        measure(given.out, given.campaigns, given.build_dir.absolute())
    found = tables(given.out)
    write(found, given.out, given.report)
    print(given.report)
    for name, table in found.items():
        print(f"{'passed' if table.passed else 'FAILED'}: {name}", file=sys.stderr)
    return 0 if all(table.passed for table in found.values()) else EXIT_FAILED


if __name__ == "__main__":
    sys.exit(main())
