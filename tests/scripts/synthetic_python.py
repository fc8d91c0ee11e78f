"""Adds Python forms to a synthetic run, with known costs, and the C++ cases that stand beside them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from handoff.python.forms import main

# Nanoseconds per round trip, operation and makespan.
ROUND_TRIP_NS = {"spin": 1e7, "try": 2e6, "sleep_1ms": 2.2e6, "timed": 6e4, "block": 5e4}
OPERATION_NS = {"python_unlocked": 40.0, "python_unlocked_call": 90.0, "python_lock": 80.0}
MAKESPAN_NS = 4e7

STRATEGIES = {
    "python_sequential": "sequential",
    "python_thread_per_item": "thread_per_item",
    "python_window_in_order": "window_in_order",
    "python_pool": "pool_mutex_ring",
    "python_pool_flagged": "flagged_pool_mutex_ring",
    "python_executor_map": "window_reorder_buffer",
    "python_rq": "redis_workers",
    "python_rq_simple": "redis_workers",
}


@dataclass
class Forms:
    seed: int = 5
    version: str = "3.11.2"
    gil: bool = True
    lost_by_call: int = 7
    slower: float = 1.0  # all of Python
    bytes: float = 700_000.0  # of the documents of the C++ strategies; Python's are 700,000


def add(run: Path, forms: Forms = Forms()) -> Path:
    """The run, in whose environment and blocks they now are, too."""
    environment = json.loads((run / "environment.json").read_text())
    catalog = environment["catalog"]
    for entry in catalog["queues"]:
        entry["own_wait"] = entry["own_wait"] or entry["name"] == "mutex_deque"
    for entry in catalog["counters"]:
        entry["add"] = {"mutex_counter": "blocking", "relaxed_counter": "wait_free"}.get(
            entry["name"], entry["add"]
        )
    described = main.description() | {"version": forms.version, "gil": forms.gil, "forms_sha256": "0" * 64}
    catalog["python"] = described
    added = [case.name for case in main.all_cases()]
    added += [
        case.replace(form, partner)
        for case in added
        for form, partner in STRATEGIES.items()
        if case.split("/")[1] == form
    ]
    added += [
        f"counter/{name}/t:{t}/mix:{mix}"
        for name in ("lossy_counter", "mutex_counter")
        for t, mix in ((1, "list_packed"), (2, "list_packed"), (2, "add_subtract"))
    ]
    added = list(dict.fromkeys(added))  # two pools stand beside the same one
    environment["cases"] += added
    (run / "environment.json").write_text(json.dumps(environment))
    lines = [json.loads(line) for line in (run / "samples.jsonl").read_text().splitlines()]
    rng = np.random.default_rng(forms.seed)
    for block in sorted({line["block"] for line in lines}):
        like = next(
            line for line in lines if line["block"] == block and "yardstick_before_ns" in line["figures"]
        )
        place = len([line for line in lines if line["block"] == block])
        for at, case in enumerate(added):
            lines.append(_trial(like, case, place + at, forms, rng))
    (run / "samples.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return run


def _trial(
    like: dict[str, Any], case: str, position: int, forms: Forms, rng: np.random.Generator
) -> dict[str, Any]:
    workload, implementation, *pairs = case.split("/")
    keys = dict(pair.split(":") for pair in pairs)
    slow = float(np.exp(rng.normal(0, 0.02))) * (forms.slower if implementation in main.CITES else 1.0)
    yardsticks = {name: like["figures"][name] for name in ("yardstick_before_ns", "yardstick_after_ns")}
    common = {"window_s": 0.1, "threads": 2, "oversubscribed": 0, "verified": 1, "cpu_s": 0.1}
    figures = common | yardsticks | _figures(workload, implementation, keys, slow, forms)
    own = {"case": case, "label": implementation, "position": position, "status": "ok", "exit": 0}
    return like | own | {"message": "", "output": "", "figures": figures}


def _figures(
    workload: str, implementation: str, keys: dict[str, str], slow: float, forms: Forms
) -> dict[str, float]:
    if workload == "ping_pong":
        trip = ROUND_TRIP_NS[keys["wait"]] * slow / (1.0 if keys["queues"] == "2" else 20.0)
        return {"round_trips": 1e8 / trip, "round_trip_ns": trip}
    if workload == "counter":
        operations = 1e8 / (OPERATION_NS.get(implementation, 8.0) * slow)
        lost = {"python_unlocked_call": forms.lost_by_call, "lossy_counter": 1e5}.get(implementation, 0)
        lost = lost if keys["t"] == "2" else 0
        rate = {"operations": operations, "operations_per_second": operations / 0.1, "adds": operations}
        return rate | {"lost_updates": float(lost), "final_value": operations - lost}
    python = implementation in main.CITES
    makespan = MAKESPAN_NS * slow / (1.0 if python else 1.05)
    shown = {
        "makespan_s": makespan * 1e-9,
        "bound_s": 0.9 * MAKESPAN_NS * 1e-9,
        "items": float(keys["items"]),
        "first_result_s": 0.1 * makespan * 1e-9,
    }
    return shown | {
        "efficiency": 0.9 * MAKESPAN_NS / makespan,
        "bytes": 700_000.0 if python else forms.bytes,
    }
