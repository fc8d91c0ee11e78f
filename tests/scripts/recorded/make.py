#!/usr/bin/python3
"""Keeps of some campaigns in a folder of scripts/validate.py what the tests of the validation need."""

from __future__ import annotations

import gzip
import json
import sys
from dataclasses import replace
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[2] / "scripts"))

from handoff.run import cases, sampling  # noqa: E402  (after the path)
from handoff.run import control_kinds  # noqa: E402
from handoff.run.control_kinds import comparison  # noqa: E402

CAMPAIGNS = 4
ONE_IN = 3  # of the cases that are no controls of the comparison
FIGURES = {"yardstick_before_ns", "yardstick_after_ns", "round_trip_ns", "items_per_second", "items", "cpu_s"}
FIGURES |= {"operations_per_second", "operations", "makespan_s", "p99_ns", "threads", "oversubscribed"}


def main() -> None:
    runs = sorted(Path(sys.argv[1]).glob("alike-*"))[:CAMPAIGNS]
    environment = json.loads((runs[0] / "environment.json").read_text())
    kinds = control_kinds.of(environment["catalog"])
    compared = list(comparison(cases.parse(name, kinds) for name in environment["cases"]))
    others = [name for name in environment["cases"] if name not in compared][::ONE_IN]
    kept = {
        key: environment[key] for key in ("schema", "method", "catalog", "window_ms", "ramp_ms", "placement")
    }
    kept |= {
        "cases": sorted(compared + others),
        "build": {"binaries": {}, "commit": environment["build"]["commit"]},
    }
    kept["build"]["dirty"] = environment["build"]["dirty"]
    kept["machine"] = {key: environment["machine"][key] for key in ("model", "cpus")}
    (HERE / "environment.json").write_text(json.dumps(kept, indent=1) + "\n")
    for run in runs:
        lines = [json.loads(line) for line in (run / "samples.jsonl").read_text().splitlines()]
        lines = [line for line in lines if line["case"] in kept["cases"]]
        for line in lines:
            line["figures"] = {name: value for name, value in line["figures"].items() if name in FIGURES}
        text = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)
        (HERE / f"{run.name}.jsonl.gz").write_bytes(gzip.compress(text.encode(), mtime=0))
        (HERE / f"{run.name}.blocks.gz").write_bytes(gzip.compress(_plans(run, kept["cases"]), mtime=0))


def _plans(run: Path, kept: list[str]) -> bytes:
    found = sampling.read_blocks(run / sampling.BLOCKS_NAME)[0].values()
    records = [replace(plan, cases=[name for name in plan.cases if name in kept]) for plan in found]
    return b"".join(record.line() for record in records)


if __name__ == "__main__":
    main()
