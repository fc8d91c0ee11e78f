"""Proof files as the tests of a build write them, and records made by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from handoff.proofs.record import Proof, Record

Json = dict[str, Any]

SOURCE, EARLIER_SOURCE = "a" * 64, "b" * 64

SANITIZERS = {"release": "", "tsan": "thread", "tsan-gcc": "thread", "asan-ubsan": "address,undefined"}
COMPILERS = {"tsan": "Clang 14.0.6"}


def order_page(name: str, **changes: Any) -> Json:
    """As linearizability/NAME writes it."""
    calls = {"stamped": 1758189, "decided": 1758189, "concurrent": 423228, "unstamped": 3433633}
    page = {
        "schema": 1,
        "name": name,
        "kind": "queue",
        "checker": "linearizable bounded FIFO",
        "holds": True,
        "violation": None,
        "stamps": {"trusted": True, "why": "invariant time stamp counter", "smallest_hand_over_ns": 50.1},
        "calls": calls | {"succeeded": 3423626, "empty": 921803, "full": 846393, "excused": 48874},
        "stopped": {"stops": 212, "bursts": 201, "calls": 18202, "decided": 18202},
        "wrapped": {"bursts": 40, "calls": 5120, "decided": 5120},
        "overtaken": 0,
        "bursts": 103147,
        "effort": "quick",
        "seconds": 2,
        "seed": 608447424,
    }
    return page | changes


def broken_page(name: str) -> Json:
    violation = "order: 7 was pushed before 8, but 8 came out and 7 never was\nthread 0  | [--a--]\n"
    return order_page(name, holds=False, violation=violation)


def exploration_page(name: str, **last: Any) -> Json:
    """Two scenarios; `last` changes the second."""
    scenario = {
        "scenario": "both ways",
        "threads": 2,
        "mode": "exhaustive",
        "preemptions": 2,
        "stale": 1,
        "spurious": 1,
        "executions": 17841,
        "steps": 641872,
        "complete": True,
        "seconds": 0.09,
    }
    scenarios = [scenario, scenario | {"scenario": "two consumers", "executions": 159} | last]
    return {"schema": "handoff-exploration-1", "implementation": name, "scenarios": scenarios}


def progress_page(name: str, **changes: Any) -> Json:
    seen = {"claim": "lock_free", "watched": 212, "held_up": 0, "held_up_by": {"push": 0, "pop": 0}}
    page = {"schema": 1, "name": name, "kind": "queue", "effort": "quick", "seed": 3, "stops": 300}
    page |= {"inside": {"push": 110, "pop": 102}, "push": seen, "pop": seen}
    return page | {"holds": True, "violation": None} | changes


def stalls_page(name: str, **changes: Any) -> Json:
    page = {"schema": 1, "name": name, "kind": "queue", "effort": "quick", "seed": 3, "order": "fifo"}
    page |= {"transfers": 40, "items": 40000, "stops": 812, "reordered": 0}
    return page | {"holds": True, "violation": None} | changes


def mutation_page(mutation: str, name: str, **verdicts: str) -> Json:
    checks = {check: {"expected": "caught", "verdict": verdict} for check, verdict in verdicts.items()}
    head = {"schema": "handoff-mutation-1", "mutation": mutation, "implementations": [name]}
    return head | {"what": "a fault", "catalogue": None, "checks": checks}


def write_pages(proofs: Path, pages: Mapping[str, Json]) -> None:
    for file, page in pages.items():
        (proofs / file).parent.mkdir(parents=True, exist_ok=True)
        (proofs / file).write_text(json.dumps(page))


def junit(statuses: Mapping[str, str], outputs: Mapping[str, str] | None = None) -> str:
    """As `ctest --output-junit` writes it."""
    cases = "".join(
        f'<testcase name="{name}" classname="{name}" time="1.0" status="{status}">'
        + ('<failure message=""/>' if status == "fail" else "")
        + f"<system-out>{escape((outputs or {}).get(name, 'seed: HANDOFF_SEED=1'))}</system-out></testcase>"
        for name, status in statuses.items()
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuite name="Linux-g++">{cases}</testsuite>\n'


def run(preset: str, commit: str = "5f917cc0123", began: str = "2026-11-21T20:00:00+00:00") -> Json:
    found = {"preset": preset, "commit": commit, "dirty": False, "flags": "-O3"}
    found |= {"compiler": COMPILERS.get(preset, "GNU 12.2.0")}
    return found | {"sanitizers": SANITIZERS[preset], "machine": "AMD EPYC", "cpus": 2, "began": began}


def proof(name: str, check: str, facts: Json, **changes: Any) -> Proof:
    values = {"preset": "release", "effort": "quick", "sources": SOURCE, "holds": True} | changes
    return Proof(name=name, check=check, run=f"1 {values['preset']}", facts=facts, **values)


ORDER: Json = {
    "checker": "linearizable bounded FIFO",
    "trusted": True,
    "why": "invariant time stamp counter",
    "stamped": 1758189,
    "decided": 1758189,
    "concurrent": 423228,
    "unstamped": 3433633,
    "overtaken": 0,
    "test_passed": True,
}
TESTS: Json = {"passed": ["conformance", "linearizability"], "suppressed": 0}


def record(*proofs: Proof, **runs: Json) -> Record:
    known = {f"1 {preset}": run(preset) for preset in SANITIZERS} | runs
    return Record(known, {one.key: one for one in proofs})
