"""From samples to summary.json: figures per case and regime, verdicts per group, controls, failures."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..campaign import redis_server
from ..compare import memory
from ..errors import write_text
from ..python import baseline as python_baseline
from ..run import cases
from ..run.results import Run
from ..run.run_folder import SUMMARY_NAME
from ..statistics import controls, interference, pairs, regimes, states, tails, usl, verdicts, withheld
from ..statistics.outcomes import Outcome
from ..statistics.prepared import Prepared, prepare
from . import decisions, downloads, effort, nearly_full, pitfalls, stalls

SUMMARY_SCHEMA = 1
FILE_NAME = SUMMARY_NAME
TRACK_POINTS = 1500  # more dots than a figure's width can tell apart
_RANKED = ["block", "implementation", "regime", "log_cost", interference.FLAGGED]

Json = dict[str, Any]


def build(run: Run) -> Json:
    """The whole summary as plain JSON data."""
    prepared = prepare(run.samples)
    samples, usable = prepared.samples, prepared.usable
    complete = run.complete_blocks()
    in_block = samples["block"].isin(complete)
    usable, disturbed = interference.mark(usable[usable["block"].isin(complete)])
    catalog = run.environment.get("catalog", {})
    control_names = controls.names(catalog)
    outcomes = controls.check(samples, usable)
    reasons = controls.stamps(run.environment, outcomes, len(complete))
    # Python is no contestant either.
    aside = control_names | cases.python_forms(catalog)
    rows = _cases(prepared, usable, aside, effort.precision(run.environment))
    in_blocks = samples[in_block & (samples["status"] == "ok") & withheld.sound(samples)]
    groups = _groups(rows, usable)
    result = {
        "schema": SUMMARY_SCHEMA,
        "method": run.environment.get("method"),
        "run_id": run.environment.get("run_id", run.path.name),
        "citable": not reasons,
        "stamps": reasons,
        "warnings": [*run.warnings, *redis_server.warnings(run.environment)],
        "controls": outcomes,
        "counts": _counts(samples, in_block, complete),
        "regimes": [place.as_dict() for place in prepared.regimes],
        "bootstrap": tails.settings(),
        "cases": rows,
        "groups": groups,
        "sampling": effort.describe(run, in_blocks, rows, complete),
        "interference": interference.outcome(disturbed, groups),
        "scaling": usl.table(rows),
        "memory": memory.table(rows),
        "downloads": downloads.tables(rows, usable, _queues(run.environment), run.jobs.values()),
        "nearly_full": nearly_full.table(rows, _failures_allowed(catalog)),
        "stalls": stalls.table(rows, usable, catalog),
        "pitfalls": pitfalls.table(usable),
        "python_baseline": python_baseline.table(rows, usable, catalog),
        "decisions": decisions.table(rows, usable, catalog),
        "failures": _failures(samples, control_names),
        "track": _track(samples),
        "environment": {k: v for k, v in run.environment.items() if k != "cases"},
    }
    cleaned: Json = clean(result)
    return cleaned


def _queues(environment: Json) -> list[str]:
    return [entry["name"] for entry in environment.get("catalog", {}).get("queues", [])]


def _failures_allowed(catalog: Json) -> dict[str, str]:
    return {str(entry["name"]): str(entry.get("failure", "")) for entry in catalog.get("queues", [])}


def write(summary: Json, path: Path) -> None:
    write_text(path, json.dumps(summary, allow_nan=False, ensure_ascii=False, separators=(",", ":")) + "\n")


def clean(value: Any) -> Any:
    """Plain JSON: no numpy types, and what is not a finite number is null."""
    if isinstance(value, dict):
        return {str(key): clean(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [clean(one) for one in value]
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return float(f"{value:.9g}") if math.isfinite(value) else None
    return value


def _counts(samples: pd.DataFrame, in_block: "pd.Series[bool]", complete: list[int]) -> Json:
    blocks = set(samples["block"])
    return {
        "trials": len(samples),
        "ok": int((samples["status"] == "ok").sum()),
        "blocks_complete": len(complete),
        "blocks_partial": len(blocks) - len(complete),
        "in_partial_blocks": int((~in_block).sum()),
        "set_aside": int((in_block & (samples["regime"] == regimes.SET_ASIDE)).sum()),
        "by_status": {str(k): int(v) for k, v in samples["status"].value_counts().sort_index().items()},
    }


def _cases(prepared: Prepared, usable: pd.DataFrame, control_names: set[str], precision: float) -> list[Json]:
    samples, parsed, measures = prepared.samples, prepared.cases, prepared.measures
    known = states.find(usable, measures, precision)
    states.flag_ceiling(known, parsed, measures)
    keyed = [samples["case"], samples["label"]]
    trials = samples.groupby(keyed, sort=True).size()
    set_aside = (samples["regime"] == regimes.SET_ASIDE).groupby(keyed).sum()
    failed: dict[tuple[str, str], Json] = {}
    bad = samples[samples["status"] != "ok"]
    for (case, label, status), count in bad.groupby(["case", "label", "status"], sort=True).size().items():
        failed.setdefault((case, label), {})[str(status)] = int(count)
    distrusted = withheld.find(samples)
    threads, crowded = _first(samples, keyed, "threads"), _first(samples, keyed, "oversubscribed")
    result = []
    for (case, label), count in trials.items():
        found = known.get((case, label), [])
        measure = measures[case]
        row: Json = {
            "case": case,
            "label": label,
            "workload": parsed[case].workload,
            "implementation": parsed[case].implementation,
            "keys": parsed[case].keys,
            "group": parsed[case].group,
            "control": parsed[case].implementation in control_names,
            "control_kind": parsed[case].control or None,
            "threads": threads.get((case, label)),
            "oversubscribed": crowded.get((case, label)) == 1,
            "figure": measure.figure if measure else None,
            "unit": measure.unit if measure else None,
            "trials": int(count),
            "failed": failed.get((case, label), {}),
            "withheld": _reason(distrusted.get(parsed[case].implementation)),
            "set_aside": int(set_aside[(case, label)]),
            "flagged": sum(state["flagged"] for state in found),
            "regimes": found,
        }
        result.append(row)
    return result


def _reason(failures: withheld.Failures | None) -> str | None:
    return failures.reason if failures else None


def _first(samples: pd.DataFrame, keyed: list[pd.Series], column: str) -> dict[tuple[str, str], float]:
    """The first value of each case and label that has any."""
    if column not in samples:
        return {}
    values = samples[column].groupby(keyed).first().dropna()
    return {(str(case), str(label)): float(value) for (case, label), value in values.items()}


def _groups(rows: list[Json], usable: pd.DataFrame) -> list[Json]:
    """Groups of the same workload and keys. Controls are never ranked, nor what has its figures withheld."""
    ranked: dict[str, list[Json]] = {}
    for row in rows:
        if (
            row["figure"]
            and not row["withheld"]
            and not row["control"]
            and row["label"] == row["implementation"]
        ):
            ranked.setdefault(row["group"], []).append(row)
    entrants = usable[usable["label"] == usable["implementation"]]
    by_case = dict(list(entrants[["case", *_RANKED]].groupby("case")))
    groups: list[Json] = []
    for name, members in sorted(ranked.items()):
        frames = [by_case[row["case"]] for row in members if row["case"] in by_case]
        entered = pd.concat(frames) if frames else usable.iloc[:0]
        if members[0]["workload"] == "core_to_core":
            continue
        group = pairs.of_rows(entered)
        standing = verdicts.against_best(group)
        if standing is None:
            continue
        first = members[0]
        groups.append(
            {
                "id": name,
                **{
                    key: first[key]
                    for key in ("workload", "keys", "figure", "unit", "oversubscribed", "threads")
                },
                **standing.as_dict(),
                "ahead_of": _ahead(group),
                "without_flagged": interference.changes(standing, entered),
            }
        )
    return groups


def _ahead(of: pairs.Group) -> dict[str, list[str]]:
    """For each member those that it is shown to be faster than."""
    said = verdicts.all_pairs(of)
    return {
        name: [other for other, outcome in zip(of.names, row) if outcome is Outcome.FASTER]
        for name, row in zip(of.names, said)
    }


def _failures(samples: pd.DataFrame, control_names: set[str]) -> list[Json]:
    """Everything that did not end well, one entry per case and kind of failure, with one output to read."""
    bad = samples[samples["status"] != "ok"]
    result = []
    for (case, status), rows in bad.groupby(["case", "status"], sort=True):
        last = rows.iloc[-1]
        result.append(
            {
                "case": case,
                "status": status,
                "count": len(rows),
                "blocks": sorted(int(block) for block in rows["block"]),
                "message": last["message"],
                "output": last["output"],
                "expected": last["implementation"] in control_names and status == "unverified",
            }
        )
    return sorted(result, key=lambda one: (one["expected"], one["case"]))


def _track(samples: pd.DataFrame) -> Json:
    """The yardstick over the run: minutes since the start, nanoseconds and regime of each sample."""
    with_yardstick = samples[samples["yardstick_ns"].notna()]
    step = -(-len(with_yardstick) // TRACK_POINTS) or 1
    kept = with_yardstick.iloc[::step]
    started = pd.to_datetime(kept["started"], utc=True, errors="coerce")
    minutes = (started - started.min()).dt.total_seconds() / 60
    return {
        "minutes": [float(m) for m in minutes],
        "yardstick_ns": [float(v) for v in kept["yardstick_ns"]],
        "regime": [str(name) for name in kept["regime"]],
    }
